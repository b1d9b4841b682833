import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it, beforeAll } from 'vitest';
import { part } from '../../../tests/parts.ts';
import { never, sheets } from '../../../tests/fixtures/scanning.ts';
import { esclScanner } from '../../devices/scanner/escl/client.ts';
import { startEsclServer, type EsclServer } from './index.ts';

const there = [part('scanimage'), part('/usr/lib/x86_64-linux-gnu/sane/libsane-airscan.so.1')].every(Boolean);

let dir: string;
let server: EsclServer;

/** Debian's scanimage through sane-airscan, with a configuration of its own that knows this one scanner only. */
function scanimage(...args: string[]): Promise<{ code: number; stderr: string; pages: string[] }> {
  const out = mkdtempSync(path.join(dir, 'out-'));
  return new Promise((resolve) => {
    execFile(
      'scanimage',
      ['-d', 'airscan:e0:Quay', '--format=pnm', '--resolution', '200', ...args],
      { cwd: out, env: { ...process.env, SANE_CONFIG_DIR: dir, LC_ALL: 'C' }, timeout: 40_000 },
      (error, _stdout, stderr) => resolve({ code: error ? Number(error.code ?? -1) : 0, stderr, pages: readdirSync(out).sort() }),
    );
  });
}
/** What the scanner was asked since the mark, without the questions about its state, which each client asks when it likes. */
const jobRequests = (from: number) => server.requests.slice(from).filter((r) => !r.startsWith('GET /eSCL/Scanner'));

describe.skipIf(!there)("sane-airscan, Debian's own eSCL client", () => {
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-airscan-'));
    server = await startEsclServer({ sheets: sheets(5), name: 'Quay' });
    writeFileSync(path.join(dir, 'dll.conf'), 'airscan\n');
    writeFileSync(path.join(dir, 'airscan.conf'), `[devices]\n"Quay" = ${server.url}, eSCL\n[options]\ndiscovery = disable\n`);
  });
  afterAll(async () => {
    await server.close();
    rmSync(dir, { recursive: true, force: true });
  });
  beforeEach(() => {
    server.load(sheets(5));
    server.set({ empty: false, jamOnPage: null, busy: false, coverOpen: false, locked: false, pageMs: 0 });
  });

  it('scans the glass', async () => {
    expect(await scanimage('--source', 'Flatbed', '-o', 'page.pnm')).toMatchObject({ code: 0, pages: ['page.pnm'] });
  });

  it('scans five pages from the feeder with the same requests as our client', async () => {
    const before = server.requests.length;
    const scan = await scanimage('--source', 'ADF', '--batch=p%d.pnm');
    expect(scan.pages).toEqual(['p1.pnm', 'p2.pnm', 'p3.pnm', 'p4.pnm', 'p5.pnm']);
    expect(scan.stderr).toContain('out of documents');
    const theirs = jobRequests(before);
    server.load(sheets(5));
    const ours = server.requests.length;
    const pages = mkdtempSync(path.join(dir, 'ours-'));
    for await (const page of esclScanner(server.url).scan({ source: 'feeder', dpi: 200, colour: 'colour', duplex: false }, pages, never))
      expect(page.bytes).toBeGreaterThan(0);
    expect(jobRequests(ours)).toEqual(theirs);
    expect(theirs).toEqual([
      'POST /eSCL/ScanJobs -> 201',
      ...Array.from({ length: 5 }, () => 'GET /eSCL/ScanJobs/JOB/NextDocument -> 200'),
      'GET /eSCL/ScanJobs/JOB/NextDocument -> 404',
      'DELETE /eSCL/ScanJobs/JOB -> 200',
    ]);
  });

  it('keeps two pages before a jam and names it', async () => {
    server.set({ jamOnPage: 3 });
    const scan = await scanimage('--source', 'ADF', '--batch=p%d.pnm');
    expect(scan.pages).toEqual(['p1.pnm', 'p2.pnm']);
    expect(scan.stderr).toContain('Document feeder jammed');
  });

  it('is told that the feeder is empty, and that the cover is open', async () => {
    server.set({ empty: true });
    const empty = await scanimage('--source', 'ADF', '--batch=p%d.pnm');
    expect([empty.pages, empty.stderr]).toEqual([[], expect.stringContaining('out of documents')]);
    server.set({ empty: false, coverOpen: true });
    const open = await scanimage('--source', 'ADF', '--batch=p%d.pnm');
    expect([open.pages, open.stderr]).toEqual([[], expect.stringContaining('cover is open')]);
  });

  it('waits while the scanner is busy and scans when it is free', async () => {
    const before = server.requests.length;
    server.set({ busy: true });
    const poll = setInterval(() => {
      if (server.requests.slice(before).some((r) => r.endsWith('503'))) server.set({ busy: false });
    }, 20);
    const scan = await scanimage('--source', 'Flatbed', '-o', 'page.pnm');
    clearInterval(poll);
    expect(scan).toMatchObject({ code: 0, pages: ['page.pnm'] });
    expect(jobRequests(before)).toContain('POST /eSCL/ScanJobs -> 503');
  });
});
