import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { never, openScanning, temporary } from '../../../tests/fixtures/scanning.ts';
import { componentKey, saneScanners, type SessionRow } from './index.ts';
import { createDriverProcess, type DriverProcess, type DriverTimes } from './native-process.ts';
import type { ScanOptions } from './types.ts';

const module = fileURLToPath(new URL('../../../tests/fixtures/bad-driver.ts', import.meta.url));
const options: ScanOptions = { source: 'flatbed', dpi: 200, colour: 'colour', duplex: false };
const times: DriverTimes = { pulseMs: 30_000, hungMs: 30_000, cancelMs: 100, lookMs: 1_000, backOffMs: 60_000 };
/** Never measured: a busy machine takes its time. */
const patience = { timeout: 30_000 };
let driver: DriverProcess | undefined;
afterEach(() => driver?.close());

const bad = (how: string, change: Partial<DriverTimes> = {}) =>
  (driver = createDriverProcess({ module, env: { BAD_DRIVER: how }, times: { ...times, ...change } }));
const reason = (call: Promise<unknown>) =>
  call.then(
    () => 'fine',
    (error: { reason?: string; message: string }) => error.reason ?? error.message,
  );

describe('a driver process', () => {
  it('that dies on a page costs the page, and is not started again before the pause is over', async () => {
    const d = bad('dies on a page');
    expect(await d.call('devices', [])).toHaveLength(1);
    expect(await reason(d.call('page', ['/nowhere', 80, 200]))).toBe('driver-crashed');
    expect([d.state(), d.crashes()]).toEqual(['down', 1]);
    expect(await reason(d.call('devices', []))).toBe('driver-crashed');
  });

  it('that crashes in a loop is started ever less often, and used as soon as it works', async () => {
    const d = bad('dies at start', { backOffMs: 1 });
    await expect
      .poll(async () => {
        await reason(d.call('devices', []));
        return d.crashes();
      }, patience)
      .toBeGreaterThanOrEqual(4);
    await driver?.close();
    const env: Record<string, string> = { BAD_DRIVER: 'dies at start' };
    const healed = (driver = createDriverProcess({ module, env, times: { ...times, backOffMs: 1 } }));
    expect(await reason(healed.call('devices', []))).toBe('driver-crashed');
    env['BAD_DRIVER'] = 'works';
    await expect.poll(() => reason(healed.call('devices', [])), patience).toBe('fine');
  });

  it('that stands still, or spins, is killed and named so', async () => {
    expect(await reason(bad('hangs on a page', { hungMs: 400 }).call('page', ['/nowhere', 80, 200]))).toBe('timeout');
    expect(driver?.state()).toBe('down');
    await driver?.close();
    expect(await reason(bad('busy for ever', { pulseMs: 300 }).call('devices', []))).toBe('timeout');
  });

  it('whose addon is missing says so, and is not taken for one that crashed', async () => {
    const env = { QUAY_NATIVE_ADDON: '/nowhere/quay_native.node' };
    // Looked at every 20 ms, so that it is asked for its pulse before it has started.
    const d = (driver = createDriverProcess({ env, times: { ...times, hungMs: 30_000, pulseMs: 30_000, lookMs: 20 } }));
    expect(await reason(d.call('devices', []))).toMatch(/not built/);
    expect(await reason(d.call('page', ['/nowhere', 80, 200], AbortSignal.abort()))).toMatch(/not built/);
    expect([d.state(), d.crashes()]).toEqual(['running', 0]);
  });

  it('that does not let go after a cancel is killed after its deadline', async () => {
    const d = bad('hangs on a page');
    await d.call('devices', []);
    expect(await reason(d.call('page', ['/nowhere', 80, 200], AbortSignal.timeout(20)))).toBe('timeout');
  });

  it('that speaks nonsense is not believed', async () => {
    expect(await reason(bad('speaks nonsense').call('devices', []))).toBe('driver-crashed');
  });

  it('takes nobody with it: the session is stopped with a reason and the device says so', async () => {
    const folder = temporary();
    const d = bad('dies on a page');
    const room = openScanning(folder.dir, { finders: [saneScanners({ driver: d })] });
    await room.scanning.discover();
    expect(room.scanning.scanners()[0]).toMatchObject({ state: 'ready', scanner: { id: 'sane:bad:bad-driver' } });
    const session = room.scanning.sessions.start({
      commandId: 'bad-driver-1',
      componentKey: componentKey('d', 'c'),
      options,
    }) as SessionRow;
    await room.scanning.sessions.idle();
    expect(room.scanning.sessions.session(session.id)).toMatchObject({ state: 'stopped', reason: 'driver-crashed' });
    await room.scanning.check();
    expect(room.scanning.scanners()[0]).toMatchObject({ state: 'error', reason: 'driver-crashed' });
    await room.close();
    folder.remove();
  });

  it('ends with the counter', async () => {
    const d = bad('hangs on a page');
    const hanging = reason(d.call('page', ['/nowhere', 80, 200], never));
    await d.close();
    expect(await hanging).toBe('driver-crashed');
  });
});
