import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCounter } from '../counter.ts';
import { examine } from './doctor.ts';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-doctor-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('the doctor', () => {
  it('says that a folder is not there, and leaves none behind', async () => {
    const findings = await examine(path.join(dir, 'gõ nhầm', 'quay'));
    expect(findings.find((finding) => finding.what === 'data')).toMatchObject({
      state: 'note',
      vi: expect.stringContaining('gõ nhầm') as string,
    });
    expect(findings.find((finding) => finding.what === 'database')).toMatchObject({ state: 'fine' });
    expect(existsSync(path.join(dir, 'gõ nhầm'))).toBe(false);
    // Each line names its thing once.
    const printer = findings.find((finding) => finding.what === 'ticket-printer')!;
    expect([printer.vi, printer.en].map((line) => line.split(': ').length)).toEqual([2, 2]);
  });

  it('tells of a running counter what it wrote down of each device', async () => {
    const counter = await openCounter({ dataDir: dir, port: 0, lan: false });
    try {
      counter.neighbours?.printer.set({ paperOut: true });
      await expect
        .poll(async () => (await examine(dir)).find((finding) => finding.what === 'ticket-printer'), { timeout: 30_000, interval: 500 })
        .toMatchObject({
          state: 'hand',
          device: { deviceState: 'error', reasons: ['paper-out'] },
          remedy: expect.stringContaining('giấy') as string,
        });
    } finally {
      await counter.close();
    }
  });

  it('looks at a folder that is there and keeps it', async () => {
    const findings = await examine(dir);
    expect(findings.some((finding) => finding.what === 'data')).toBe(false);
    expect(existsSync(path.join(dir, 'training/quay.sqlite'))).toBe(true);
  });

  it('says of a live station without the part for USB scanners what it lacks, and that nothing crashed', async () => {
    writeFileSync(path.join(dir, 'config.json'), JSON.stringify({ training: false }));
    const before = process.env['QUAY_NATIVE_ADDON'];
    process.env['QUAY_NATIVE_ADDON'] = path.join(dir, 'quay_native.node');
    try {
      const drivers = (await examine(dir)).filter((finding) => finding.what === 'scanner drivers');
      expect(drivers).toMatchObject([{ state: 'note', vi: expect.stringContaining('chưa được dựng') as string }]);
    } finally {
      if (before === undefined) delete process.env['QUAY_NATIVE_ADDON'];
      else process.env['QUAY_NATIVE_ADDON'] = before;
    }
  });
});
