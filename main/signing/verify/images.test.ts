import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { filled } from '../../../tests/fixtures/hostile/index.ts';
import { lie } from '../../../tests/fixtures/hostile/kit.ts';
import { samplePdf } from '../../../tests/fixtures/signed/document.ts';
import type { ImageJob } from './image-job.ts';
import { createImageComparer } from './images.ts';

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
    return { file, end, allowed, gone: [], blind: [], seals: [], comments: false, print: false, pages: [0, 1], touched: 1 };
  };
  const look = async (asked: ImageJob, ms = ENOUGH_MS): Promise<string> => (await comparer.compare(asked, ms)).result;

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

  const looked = (draws: string, box = '0 0 200 60', more = ''): string =>
    `<</Type/XObject/Subtype/Form/BBox[${box}]/Resources<</Font<</F1 5 0 R>>>>${more}/Length ${draws.length}>>\nstream\n${draws}\nendstream`;
  /** A second mark on the sample, as a signature makes one. */
  const marked = (rect: [number, number, number, number], look: string, base = samplePdf()): ImageJob => {
    const page = base.body(3).replace('/Annots[6 0 R', '/Annots[6 0 R 50 0 R');
    const mark = `<</Type/Annot/Subtype/Widget/FT/Sig/T(hai)/Rect[${rect.join(' ')}]/F 4/AP<</N 51 0 R>>>>`;
    const bytes = base.copy().update({ 3: page, 50: mark, 51: look }).bytes;
    return { ...job(bytes, [{ page: 0, rect, signature: true }]), end: base.bytes.length };
  };

  it('lets ink cross letters, an opaque picture hide dots, a seal cross a signature', async () => {
    const scrawl = Array.from({ length: 14 }, (_, i) => `${(i * 13) % 200} ${(i * 29) % 58} m ${(i * 31) % 200} ${(i * 17) % 58} l S`).join(
      ' ',
    );
    expect(await look(marked([100, 680, 300, 740], looked(`0 0 1 RG 2 w ${scrawl}`)))).toBe('same');
    expect(await look(marked([260, 670, 360, 770], looked('1 0 0 RG 4 w 5 50 m 50 95 l 95 50 l 50 5 l s', '0 0 100 100')))).toBe('same');
    const dots = 'BT /F1 12 Tf 100 500 Td (....................................................) Tj ET';
    const dotted = samplePdf().update({ 4: `<</Length ${dots.length}>>\nstream\n${dots}\nendstream` });
    expect(await look(marked([120, 496, 320, 556], looked(`1 g 0 0 200 60 re f ${scrawl}`), dotted))).toBe('same');
    const first = marked([300, 300, 500, 360], looked(`0 0 1 RG 2 w ${scrawl} BT /F1 12 Tf 60 20 Td (Nguyen Van Mau) Tj ET`));
    const signed = samplePdf().update({
      3: samplePdf().body(3).replace('/Annots[6 0 R', '/Annots[6 0 R 40 0 R'),
      40: '<</Type/Annot/Subtype/Widget/FT/Sig/T(mot)/Rect[300 300 500 360]/F 4/AP<</N 41 0 R>>>>',
      41: looked('0 0 1 RG 2 w 5 5 m 190 50 l S BT 0 0 1 rg /F1 12 Tf 60 20 Td (Nguyen Van Mau) Tj ET'),
    });
    expect(await look(first)).toBe('same');
    const seals = [{ page: 0, rect: [300, 300, 500, 360] as [number, number, number, number] }];
    const page = signed.body(3).replace('40 0 R', '40 0 R 50 0 R');
    const over = (rect: string, look: string): Buffer =>
      signed.copy().update({ 3: page, 50: `<</Type/Annot/Subtype/Widget/FT/Sig/T(hai)/Rect[${rect}]/F 4/AP<</N 51 0 R>>>>`, 51: look })
        .bytes;
    const asked = (rect: [number, number, number, number], look: string): ImageJob => ({
      ...job(over(rect.join(' '), look), [{ page: 0, rect, signature: true }]),
      end: signed.bytes.length,
      seals,
    });
    const seal = looked('1 0 0 RG 4 w 5 50 m 50 95 l 95 50 l 50 5 l s', '0 0 100 100');
    expect(await look(asked([270, 280, 370, 380], seal))).toBe('same');
    expect(await look(asked([300, 300, 500, 360], looked('1 g 0 0 200 60 re f')))).toBe('differs');
  });

  it('does not take what cannot be drawn in time for something that is not there', async () => {
    const long = `1 g 0 0 200 60 re f ${'q 0 0 m 200 60 l S Q '.repeat(600_000)}`;
    // A machine that draws it in time sees what it hides.
    expect(['unknown', 'differs']).toContain(await look({ ...marked([100, 680, 300, 740], looked(long)), comments: true }, 6000));
  });

  it('does not let a page by that was made too heavy to draw before it was signed', async () => {
    const heavy = 'q 0 0 m 200 60 l S Q '.repeat(600_000);
    const base = samplePdf().update({ 4: `<</Length ${heavy.length}>>\nstream\n${heavy}\nendstream` });
    const asked = { ...marked([100, 680, 300, 740], looked('1 g 0 0 200 60 re f'), base), comments: true, touched: 1 };
    expect(['unknown', 'differs']).toContain(await look(asked, 300));
    expect((await comparer.compare({ ...asked, file: '/nowhere' }, 6000)).result).toBe('unknown');
    // Where nothing on the pages was touched there is nothing to hide.
    expect((await comparer.compare({ ...asked, file: '/nowhere', touched: 0 }, 6000)).result).toBe('unavailable');
  });

  it('has no opinion about what cannot be drawn, or not in time, and goes on', async () => {
    expect(await look({ ...job(Buffer.from('hello')), touched: 0 })).toBe('unavailable');
    expect(await look({ ...job(samplePdf().bytes), touched: 0 }, 0)).toBe('unavailable');
    expect(await look(job(samplePdf().bytes))).toBe('same');
  });
});
