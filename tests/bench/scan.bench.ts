import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isRefusal } from '../../main/contract/refusal.ts';
import { componentKey, createScanning, forkDriver, migrations, type DriverChild } from '../../main/devices/scanner/index.ts';
import { inspectJpeg, writePagesPdf } from '../../main/documents/pages/index.ts';
import { openStore, systemClock } from '../../main/store/index.ts';
import { ensureNative } from '../../native/index.ts';
import { part } from '../parts.ts';

const PAGES = 50;
/** What one page takes on a desk scanner of 40 pages a minute. */
const SCANNER_PAGE_MS = 1500;
const MIB = 1024 * 1024;

/** Highest resident memory of a process so far, in MiB; 0 where /proc is not there. */
function peakMb(pid: number | 'self'): number {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

/**
 * Fifty pages at 300 dpi in colour from SANE's test backend, through the driver process, libjpeg-turbo and the database, to
 * a finished PDF. The backend's feeder counts to ten per process, so the pages come from the glass, one session each,
 * which costs the host more than a feeder would. Its glass is 200 × 200 mm.
 */
export async function run(options: { json: boolean; args: string[] }): Promise<Record<string, number | string>> {
  await ensureNative();
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-bench-scan-'));
  const config = path.join(dir, 'sane.d');
  mkdirSync(config);
  copyFileSync('/etc/sane.d/test.conf', path.join(config, 'test.conf'));
  writeFileSync(path.join(config, 'dll.conf'), 'test\n');
  const store = openStore({ file: path.join(dir, 'quay.sqlite'), clock: systemClock, migrations });
  const children: DriverChild[] = [];
  const scanning = createScanning({
    store,
    clock: systemClock,
    dataDir: dir,
    scanners: [],
    inspect: inspectJpeg,
    writePdf: writePagesPdf,
    heartbeatMs: 0,
    sane: {
      env: { SANE_CONFIG_DIR: config },
      settings: { 'test-picture': 'Color pattern' },
      spawn: (module, env) => {
        const child = forkDriver(module, env);
        children.push(child);
        return child;
      },
    },
  });
  try {
    await scanning.discover();
    const key = componentKey('bench', 'pages');
    const began = performance.now();
    for (let page = 0; page < PAGES; page += 1) {
      const started = scanning.sessions.start({
        commandId: `bench-page-${page}`,
        componentKey: key,
        options: { source: 'flatbed', dpi: 300, colour: 'colour', duplex: false },
      });
      if (isRefusal(started)) throw new Error(started.en);
      await scanning.sessions.idle();
    }
    const scanned = performance.now();
    const pages = scanning.pagesOf(key);
    if (pages.length !== PAGES) throw new Error(`${pages.length} of ${PAGES} pages came`);
    const file = path.join(dir, 'component.pdf');
    const pdf = await scanning.buildPdf(pages, file);
    const done = performance.now();
    const driverMb = Math.max(0, ...children.map((child) => (child.pid === undefined ? 0 : peakMb(child.pid))));
    const result: Record<string, number | string> = {
      pages: PAGES,
      hostPerPageRatio: round((done - began) / PAGES / SCANNER_PAGE_MS, 4),
      scanPerPageMs: round((scanned - began) / PAGES, 1),
      pdfMs: round(done - scanned, 1),
      /** Counter and driver process together. */
      peakRssMb: round(peakMb('self') + driverMb, 1),
      driverPeakRssMb: round(driverMb, 1),
      pdfBytes: pdf.bytes,
      pictureMb: round(pages.reduce((sum, page) => sum + statSync(page.file).size, 0) / MIB, 2),
    };
    if (part('img2pdf')) {
      const theirs = path.join(dir, 'img2pdf.pdf');
      execFileSync('img2pdf', [...pages.map((page) => page.file), '-o', theirs]);
      result['sizeRatio'] = round(pdf.bytes / statSync(theirs).size, 4);
    }
    if (!options.json)
      console.log(
        Object.entries(result)
          .map(([name, value]) => `${name} ${value}`)
          .join('\n'),
      );
    return result;
  } finally {
    await scanning.close();
    store.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

const round = (value: number, digits: number): number => Number(value.toFixed(digits));
