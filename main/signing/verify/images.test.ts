import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { filled } from '../../../tests/fixtures/hostile/index.ts';
import { lie } from '../../../tests/fixtures/hostile/kit.ts';
import { samplePdf } from '../../../tests/fixtures/signed/document.ts';
import { createImageComparer, type ImageJob } from './images.ts';

const ENOUGH_MS = 30_000;

describe('the second opinion by page images', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'images-'));
  const comparer = createImageComparer();
  const end = samplePdf().bytes.length;
  let count = 0;
  afterAll(() => {
    comparer.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const job = (bytes: Uint8Array, allowed: ImageJob['allowed'] = []): ImageJob => {
    const file = path.join(dir, `${++count}.pdf`);
    writeFileSync(file, bytes);
    return { file, end, allowed, gone: [], comments: false, pages: [0, 1] };
  };
  const look = async (asked: ImageJob): Promise<string> => (await comparer.compare(asked, ENOUGH_MS)).result;

  it('sees other contents, and nothing where nothing is to be seen', async () => {
    expect(await look(job(samplePdf().update({ 4: lie }).bytes))).toBe('differs');
    expect(await look(job(samplePdf().update({ 8: samplePdf().body(8) }).bytes))).toBe('same');
  });

  it('sees another page', async () => {
    const more = { 2: '<</Type/Pages/Kids[3 0 R 20 0 R]/Count 2>>', 20: '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>' };
    expect(await look(job(samplePdf().update(more).bytes))).toBe('differs');
  });

  it('leaves the places of filled fields alone, and only those', async () => {
    expect(await look(job(filled(samplePdf())))).toBe('differs');
    expect(await look(job(filled(samplePdf()), [{ page: 0, rect: [100, 500, 300, 520], signature: false }]))).toBe('same');
    expect(await look(job(filled(samplePdf()), [{ page: 1, rect: [100, 500, 300, 520], signature: false }]))).toBe('differs');
  });

  it('lets fields hide lines and not words, and comments come and go', async () => {
    const dotted = samplePdf().update({
      4: '<</Length 63>>\nstream\n101 501 198 18 re S [1 2] 0 d 102 505 m 298 505 l S              \nendstream',
    });
    const white = (look: string, box: string): string =>
      `<</Type/XObject/Subtype/Form/BBox[${box}]/Resources<</Font<</F1 5 0 R>>>>/Length ${look.length}>>\nstream\n${look}\nendstream`;
    const field = { page: 0, rect: [100, 500, 300, 520] as [number, number, number, number], signature: false };
    const look1 = white('1 g 0 0 200 20 re f 0 g BT /F1 12 Tf 2 5 Td (da tra) Tj ET', '0 0 200 20');
    const covered = dotted.copy().update({ 6: dotted.body(6).replace('/AP<</N 7 0 R>>', '/V(da tra)/AP<</N 50 0 R>>'), 50: look1 });
    expect(await look({ ...job(covered.bytes, [field]), end: dotted.bytes.length })).toBe('same');
    // Under the same field, words in place of the line are something that was hidden.
    const words = samplePdf().update({ 4: '<</Length 43>>\nstream\nBT /F1 12 Tf 102 505 Td (1.000.000 dong) Tj ET\nendstream' });
    const hidden = words.copy().update({ 6: words.body(6).replace('/AP<</N 7 0 R>>', '/V(da tra)/AP<</N 50 0 R>>'), 50: look1 });
    expect(await look({ ...job(hidden.bytes, [field]), end: words.bytes.length })).toBe('differs');
    const marked = samplePdf().update({
      3: samplePdf().body(3).replace('/Annots[6 0 R]', '/Annots[6 0 R 50 0 R 51 0 R]'),
      50: '<</Type/Annot/Subtype/Highlight/Rect[100 695 440 725]/QuadPoints[100 725 440 725 100 695 440 695]/C[1 1 0]/F 4>>',
      51: '<</Type/Annot/Subtype/StrikeOut/Rect[100 695 440 725]/QuadPoints[100 725 440 725 100 695 440 695]/C[1 0 0]/F 4>>',
    });
    const gone = [{ page: 0, rect: [100, 695, 440, 725] as [number, number, number, number] }];
    expect(await look({ ...job(marked.bytes), comments: true })).toBe('same');
    expect(
      await look({ ...job(marked.copy().update({ 3: samplePdf().body(3) }).bytes), end: marked.bytes.length, comments: true, gone }),
    ).toBe('same');
  });

  it('has no opinion about what cannot be drawn, or not in time, and goes on', async () => {
    expect(await look(job(Buffer.from('hello')))).toBe('unavailable');
    expect((await comparer.compare(job(samplePdf().bytes), 0)).result).toBe('unavailable');
    expect(await look(job(samplePdf().bytes))).toBe('same');
  });
});
