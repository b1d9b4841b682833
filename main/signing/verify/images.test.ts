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
    return { file, end, allowed, pages: 20 };
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
    expect(await look(job(filled(samplePdf()), [{ page: 0, rect: [100, 500, 300, 520] }]))).toBe('same');
    expect(await look(job(filled(samplePdf()), [{ page: 1, rect: [100, 500, 300, 520] }]))).toBe('differs');
  });

  it('has no opinion about what cannot be drawn, or not in time, and goes on', async () => {
    expect(await look(job(Buffer.from('hello')))).toBe('unavailable');
    expect((await comparer.compare(job(samplePdf().bytes), 0)).result).toBe('unavailable');
    expect(await look(job(samplePdf().bytes))).toBe('same');
  });
});
