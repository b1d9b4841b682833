import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureNative } from '../../../../native/index.ts';
import { never, openScanning, nextCommand, sheets, temporary } from '../../../../tests/fixtures/scanning.ts';
import { part } from '../../../../tests/parts.ts';
import { createPageWorker, inspectJpeg } from '../../../documents/pages/index.ts';
import { startEsclServer } from '../../../training/escl/index.ts';
import { componentKey, type SessionRow } from '../index.ts';
import { createDriverProcess, forkDriver, type DriverChild, type DriverProcess } from '../native-process.ts';
import type { ScanOptions, ScannedPage, Scanner } from '../types.ts';
import { saneScanners } from './scanner.ts';

const library = '/usr/lib/x86_64-linux-gnu';
const there = [
  part('g++'),
  part('/usr/include/sane/sane.h'),
  part(`${library}/sane/libsane-test.so.1`),
  part(`${library}/libturbojpeg.so.0`),
].every(Boolean);
const flatbed: ScanOptions = { source: 'flatbed', dpi: 200, colour: 'colour', duplex: false };
const feeder: ScanOptions = { ...flatbed, source: 'feeder', colour: 'gray' };

let folder: ReturnType<typeof temporary>;
let driver: DriverProcess;
let env: Record<string, string>;
let child: DriverChild | undefined;

/** A SANE configuration that knows the test backend alone. Its own test.conf must be copied: half of one leaves 0 dpi. */
function configure(dir: string): Record<string, string> {
  const config = path.join(dir, 'sane.d');
  mkdirSync(config);
  copyFileSync('/etc/sane.d/test.conf', path.join(config, 'test.conf'));
  writeFileSync(path.join(config, 'dll.conf'), 'test\n');
  return { SANE_CONFIG_DIR: config };
}
const spawn = (module: string, childEnv: Readonly<Record<string, string>>) => (child = forkDriver(module, childEnv));

async function first(settings: Record<string, string | number | boolean> = {}): Promise<Scanner> {
  for await (const scanner of saneScanners({ driver, settings }).find(never)) return scanner;
  throw new Error('no scanner');
}
async function collect(
  scanner: Scanner,
  options: ScanOptions,
  signal: AbortSignal = never,
): Promise<{ pages: ScannedPage[]; reason: string | null }> {
  const pages: ScannedPage[] = [];
  try {
    for await (const page of scanner.scan(options, folder.dir, signal)) pages.push(page);
    return { pages, reason: null };
  } catch (error) {
    return { pages, reason: (error as { reason?: string }).reason ?? String(error) };
  }
}

/**
 * The test backend cancels its own thread wherever that stands, and now and then hangs over it for good. The watchdog then
 * kills the process (`timeout`), as it should, and the next process answers what was asked.
 */
async function settled(settings: Record<string, string | number | boolean>, options: ScanOptions): ReturnType<typeof collect> {
  return vi.waitFor(
    async () => {
      const result = await collect(await first(settings), options);
      if (result.reason === 'timeout' || result.reason === 'driver-crashed') throw new Error(result.reason);
      return result;
    },
    { timeout: 50_000, interval: 300 },
  );
}

describe.skipIf(!there)("SANE's test backend through the addon", () => {
  beforeAll(() => ensureNative());
  beforeEach(() => {
    folder = temporary();
    env = configure(folder.dir);
    driver = createDriverProcess({ env, spawn, times: { hungMs: 10_000, cancelMs: 5_000 } });
  });
  afterEach(async () => {
    await driver.close();
    folder.remove();
  });

  it('lists the devices under ids that survive replugging, and their capabilities', async () => {
    const found: Scanner[] = [];
    for await (const scanner of saneScanners({ driver }).find(never)) found.push(scanner);
    expect(found.map((s) => s.id)).toEqual(['sane:test:noname-frontend-tester', 'sane:test:noname-frontend-tester#2']);
    expect(await found[0]?.capabilities(never)).toEqual({
      makeAndModel: 'Noname frontend-tester',
      sources: [
        {
          source: 'feeder',
          duplex: false,
          colours: ['colour', 'gray', 'bw'],
          dpis: [100, 150, 200, 300, 400, 600],
          widthMm: 200,
          heightMm: 200,
        },
        {
          source: 'flatbed',
          duplex: false,
          colours: ['colour', 'gray', 'bw'],
          dpis: [100, 150, 200, 300, 400, 600],
          widthMm: 200,
          heightMm: 200,
        },
      ],
    });
    expect(await found[1]?.status(never)).toEqual({ state: 'ready' });
  });

  it('scans the glass in colour at 300 dpi: the whole page, its real size in the file', async () => {
    const { pages, reason } = await collect(await first(), { ...flatbed, dpi: 300 });
    expect(reason).toBeNull();
    expect(await inspectJpeg(pages[0]?.file as string)).toMatchObject({
      widthPx: 2362,
      heightPx: 2362,
      components: 3,
      dpi: { x: 300, y: 300 },
    });
  });

  it('takes 16-bit samples as 8-bit ones', async () => {
    const { pages } = await collect(await first({ depth: 16, 'test-picture': 'Solid white' }), flatbed);
    expect(await inspectJpeg(pages[0]?.file as string)).toMatchObject({ widthPx: 1574, components: 3 });
  });

  it('scans black and white in grey and stores it in a tenth of the bytes', async () => {
    const room = openScanning(folder.dir, { sane: { env, settings: { 'test-picture': 'Grid' } }, work: createPageWorker() });
    await room.scanning.discover();
    const key = componentKey('draft', 'paper');
    room.scanning.sessions.start({ commandId: nextCommand(), componentKey: key, options: { ...flatbed, colour: 'bw' } });
    await room.scanning.sessions.idle();
    expect(room.scanning.pagesOf(key)).toMatchObject([{ kind: 'g4', dpi: 200, widthPx: 1574, heightPx: 1574 }]);
    const [page] = room.scanning.sessions.pile(key).pages;
    expect(page?.better?.bytes).toBeLessThan((page?.bytes ?? 0) / 10);
    await room.close();
  });

  it('empties the feeder page by page and ends without an error', async () => {
    const { pages, reason } = await collect(await first(), feeder);
    expect([pages.length, reason]).toEqual([10, null]);
    expect(await inspectJpeg(pages[9]?.file as string)).toMatchObject({ widthPx: 1574, heightPx: 1574, components: 1 });
  });

  it.each([
    ['SANE_STATUS_JAMMED', 'jam'],
    ['SANE_STATUS_NO_DOCS', 'feeder-empty'],
    ['SANE_STATUS_COVER_OPEN', 'cover-open'],
    ['SANE_STATUS_DEVICE_BUSY', 'busy'],
    ['SANE_STATUS_ACCESS_DENIED', 'access-denied'],
    ['SANE_STATUS_IO_ERROR', 'offline'],
    ['SANE_STATUS_NO_MEM', 'protocol'],
    ['SANE_STATUS_INVAL', 'unsupported'],
    ['SANE_STATUS_UNSUPPORTED', 'unsupported'],
    ['SANE_STATUS_CANCELLED', 'interrupted'],
    // The page "ends" before its first byte: only the byte count tells that it is missing.
    ['SANE_STATUS_EOF', 'protocol'],
  ])('tells %s apart and scans again afterwards', async (forced, reason) => {
    expect(await settled({ 'read-return-value': forced }, flatbed)).toEqual({ pages: [], reason });
    expect(readdirSync(folder.dir)).toEqual(['sane.d']);
    // The backend keeps the forced value for as long as its process lives.
    expect((await settled({ 'read-return-value': 'Default' }, flatbed)).pages).toHaveLength(1);
  });

  it('refuses a page whose frames it cannot put together', async () => {
    expect((await collect(await first({ 'three-pass': true }), flatbed)).reason).toBe('unsupported');
    expect((await collect(await first({ depth: 1 }), feeder)).reason).toBe('unsupported');
  });

  it('cancels in the middle of a page, leaves no half file, and scans the next page whole', async () => {
    const abort = new AbortController();
    const slow = await first({ 'read-delay': true, 'read-delay-duration': 200_000 });
    const running = collect(slow, flatbed, abort.signal);
    setTimeout(() => abort.abort(), 300);
    const { pages, reason } = await running;
    expect([pages.length, reason]).toEqual([0, expect.stringContaining('AbortError')]);
    expect(readdirSync(folder.dir)).toEqual(['sane.d']);
    const again = (await settled({ 'read-delay': false }, flatbed)).pages[0] as ScannedPage;
    expect(await inspectJpeg(again.file)).toMatchObject({ heightPx: 1574 });
  });

  it('goes on when the driver process is killed in the middle of a feeder, and keeps its pages', async () => {
    const room = openScanning(folder.dir, { sane: { env, spawn, settings: { 'read-delay': true, 'read-delay-duration': 20_000 } } });
    const { scanning } = room;
    await scanning.discover();
    const key = componentKey('draft', 'paper');
    const session = scanning.sessions.start({ commandId: nextCommand(), componentKey: key, options: feeder }) as SessionRow;
    await new Promise<void>((resolve) => scanning.sessions.listen(key, (event) => event.kind === 'page' && resolve()));
    child?.kill();
    await scanning.sessions.idle();
    expect(scanning.sessions.session(session.id)).toMatchObject({ state: 'stopped', reason: 'driver-crashed' });
    const kept = scanning.pagesOf(key).length;
    expect(kept).toBeGreaterThanOrEqual(1);
    expect(scanning.scanners()[0]).toMatchObject({ state: 'error', reason: 'driver-crashed' });
    // It returns when it can: the heartbeat starts a new process after the pause, nobody clicks.
    await expect
      .poll(
        async () => {
          await scanning.check();
          return scanning.scanners()[0]?.state;
        },
        { timeout: 30_000 },
      )
      .toBe('ready');
    scanning.sessions.start({ commandId: nextCommand(), componentKey: key, options: { ...feeder, source: 'flatbed' } });
    await scanning.sessions.idle();
    expect(scanning.pagesOf(key)).toHaveLength(kept + 1);
    await room.close();
  });
});

describe.skipIf(!there)('sane-airscan through the addon', () => {
  it('starts again after a cancel while a page was pulled in', async () => {
    await ensureNative();
    folder = temporary();
    const server = await startEsclServer({ sheets: sheets(3), name: 'Quay' });
    const config = path.join(folder.dir, 'sane.d');
    mkdirSync(config);
    writeFileSync(path.join(config, 'dll.conf'), 'airscan\n');
    writeFileSync(path.join(config, 'airscan.conf'), `[devices]\n"Quay" = ${server.url}, eSCL\n[options]\ndiscovery = disable\n`);
    driver = createDriverProcess({ env: { SANE_CONFIG_DIR: config } });
    try {
      await driver.call('open', ['airscan:e0:Quay']);
      await driver.call('set', ['source', 'ADF']);
      await driver.call('set', ['resolution', 200]);
      server.set({ pageMs: 400 });
      const abort = new AbortController();
      const off = server.subscribe(() => abort.abort());
      await expect(driver.call('page', [path.join(folder.dir, 'a.jpg'), 80, 200], abort.signal)).rejects.toThrow('CANCELLED');
      off();
      server.set({ pageMs: 0 });
      server.load(sheets(2));
      await driver.call('end', []);
      expect(await driver.call('page', [path.join(folder.dir, 'b.jpg'), 80, 200])).toMatchObject({ width: 1653, height: 2339 });
      expect(readFileSync(path.join(folder.dir, 'b.jpg')).length).toBeGreaterThan(50_000);
    } finally {
      await driver.close();
      await server.close();
      folder.remove();
    }
  });
});
