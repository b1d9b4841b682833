import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run as outbox } from './bench/outbox.bench.ts';
import { option } from './bench/options.ts';
import { run as provinceDay } from './bench/province-day.bench.ts';

/** Figures are measured by hand; that they can be measured is tried here, at a small size. Nothing looks at a time. */
describe('benches', () => {
  it('are all there', () => {
    const names = readdirSync(path.join(import.meta.dirname, 'bench')).filter((file) => file.endsWith('.bench.ts'));
    const named =
      'sign-small sign-large sign-slow-token verify ticket raster scan call-to-board race estimate hall-day drain outbox resend province-day';
    expect(names).toEqual(expect.arrayContaining(named.split(' ').map((name) => `${name}.bench.ts`)));
  });

  it('bring the dossiers of a day to the province, each once', async () => {
    const day = await provinceDay({ json: true, args: ['--stations', '3', '--count', '30'] });
    expect(day).toMatchObject({ stations: 3, dossiers: 30, lost: 0, doubled: 0, misordered: 0 });
    for (const field of ['drainMinutes', 'fairnessRatio']) expect(day[field]).toBeTypeOf('number');
  });

  it('send an outbox to a province in a process of its own', async () => {
    const sent = await outbox({ json: true, args: ['--count', '20'] });
    expect(sent).toMatchObject({ count: 20, held: 20 });
    for (const field of ['dossiersPerSecond', 'peakRssMb']) expect(sent[field]).toBeTypeOf('number');
  });

  it('take no number that is none', () => {
    expect(option(['--count', '7'], '--count', 5)).toBe(7);
    expect(option([], '--count', 5)).toBe(5);
    for (const wrong of ['x', '0', '-1', '']) expect(() => option(['--count', wrong], '--count', 5)).toThrow('--count');
  });
});
