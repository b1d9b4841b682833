import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceConfig } from '../../contract/devices.ts';
import { isRefusal } from '../../contract/refusal.ts';
import { sampleTicket, ticketPaper } from '../../documents/ticket/index.ts';
import { openStore, systemClock, type Store } from '../../store/index.ts';
import { createTrainingPrinter } from '../../training/escpos/index.ts';
import { findDevices } from '../find.ts';
import { createDevices, createSetup, createSpooler, migrations, type Devices, type Spooler } from '../index.ts';
import { createDriverProcess } from '../scanner/native-process.ts';
import { statusFromBits } from './spooler.ts';

const module = fileURLToPath(new URL('../../../tests/fixtures/queue-driver.ts', import.meta.url));
const config: DeviceConfig = {
  id: 'in-phieu',
  kind: 'ticket-printer',
  name: 'Máy in phiếu',
  profile: 'training',
  address: { via: 'system', queue: 'POS-80' },
};
const patience = { timeout: 30_000 };

let dir: string;
let store: Store;
let spooler: Spooler;
let devices: Devices;

const state = (now: object) => writeFileSync(path.join(dir, 'state.json'), JSON.stringify(now));
const slips = () => {
  const file = path.join(dir, 'slips.jsonl');
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { title: string; bytes: string })
    : [];
};
const health = () => devices.health().find((h) => h.id === 'in-phieu');
const reaches = (what: string) => expect.poll(() => health()?.reasons[0] ?? health()?.state, patience).toBe(what);
const print = (key: string) => {
  const printer = devices.printer('in-phieu');
  printer?.print(ticketPaper(sampleTicket()), { key, title: 'B 027' });
  return devices.settled(key);
};
const open = (times: object = {}, hungMs = 30_000) => {
  spooler = createSpooler({
    driver: createDriverProcess({ module, env: { QUEUE_DIR: dir }, times: { pulseMs: 30_000, hungMs, backOffMs: 1 } }),
    lookMs: 10,
  });
  devices = createDevices({
    store,
    clock: systemClock,
    training: false,
    ticketPaper,
    config: [config],
    layers: { spooler },
    printerTimes: { heartbeatMs: 30, replyMs: 150, retryMs: 10, patienceMs: 20_000, confirmMs: 15_000, ...times },
  });
};

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'quay-queue-'));
  state({});
  store = openStore({ file: path.join(dir, 'quay.db'), clock: systemClock, migrations });
});
afterEach(async () => {
  await devices.close();
  await spooler.close();
  store.close();
  rmSync(dir, { recursive: true });
});

describe('a slip through a queue of Windows', () => {
  it('goes out byte for byte and counts as printed when it left the queue', async () => {
    open();
    expect(await print('ticket-1')).toMatchObject({ state: 'confirmed', reason: null });
    expect(slips()).toHaveLength(1);
    expect(slips()[0]?.title).toBe('B 027');
    const paper = createTrainingPrinter();
    paper.attach(() => undefined).receive(Buffer.from(slips()[0]?.bytes ?? '', 'base64'));
    expect(paper.slips[0]).toMatchObject({ cut: true, qr: [sampleTicket().qr] });
    // The same key prints nothing more.
    expect((await print('ticket-1')).state).toBe('confirmed');
    expect(slips()).toHaveLength(1);
  });

  it('is not handed over while the printer says why not, and the reasons are told apart', async () => {
    open();
    await reaches('ready');
    for (const [bits, reason] of [
      [{ printer: 0x10 }, 'paper-out'],
      [{ printer: 0x400000 }, 'cover-open'],
      [{ printer: 0x8 }, 'jam'],
      [{ printer: 0x80 }, 'offline'],
      [{ attributes: 0x400 }, 'offline'],
      [{ printer: 0x2 }, 'offline'],
    ] as const) {
      state(bits);
      await reaches(reason);
      expect(await print(`while ${JSON.stringify(bits)}`)).toMatchObject({ state: 'failed', reason });
    }
    expect(slips()).toEqual([]);
    state({});
    await reaches('ready');
    expect(await print('after')).toMatchObject({ state: 'confirmed' });
  });

  it('that waits in the queue is unknown, tells the reason of its own bits, and is confirmed when it leaves', async () => {
    open({ confirmMs: 300 });
    await reaches('ready');
    state({ job: 0x40 });
    expect(await print('stuck')).toMatchObject({ state: 'unknown', reason: 'paper-out' });
    await reaches('paper-out');
    state({});
    await expect.poll(() => devices.job('stuck')?.state, patience).toBe('confirmed');
    await reaches('ready');
    expect(slips()).toHaveLength(1);
  });

  it('that somebody took out of the queue is not taken for printed', async () => {
    open();
    await reaches('ready');
    state({ job: 0x4 });
    expect(await print('deleted')).toMatchObject({ state: 'unknown' });
  });

  it('that Windows refused failed: nothing of it stays', async () => {
    open();
    await reaches('ready');
    state({ refuse: 5 });
    expect(await print('refused')).toMatchObject({ state: 'failed', reason: 'access-denied' });
  });

  it('is unknown when the driver dies while it prints; the counter goes on and the printer comes back', async () => {
    open();
    await reaches('ready');
    state({ how: 'dies while printing' });
    expect(await print('crashed')).toMatchObject({ state: 'unknown' });
    state({});
    await reaches('ready');
    expect(await print('next')).toMatchObject({ state: 'confirmed' });
    expect(slips()).toHaveLength(1);
  });
});

describe('a queue of Windows', () => {
  it('that is taken away is unplugged, and back without a click', async () => {
    open();
    await reaches('ready');
    state({ gone: true });
    await reaches('unplugged');
    expect(health()?.state).toBe('absent');
    state({});
    await reaches('ready');
  });

  it('whose driver hangs or crashes in a loop says so and returns when it can', async () => {
    open({}, 2000);
    await reaches('ready');
    state({ how: 'hangs' });
    await expect.poll(() => health()?.reasons[0], patience).toMatch(/timeout|driver-restarting/u);
    state({ how: 'dies at start' });
    await reaches('driver-restarting');
    expect(health()?.vi).toContain('trình điều khiển');
    state({});
    await reaches('ready');
  });

  it('is found, told from queues that make files, and remembered', async () => {
    open();
    const found = await findDevices({
      serial: async () => [],
      usb: async () => [],
      hid: { list: async () => [], open: () => Promise.reject(new Error('none')) },
      network: async () => [],
      queues: () => spooler.list(),
      systemPrinters: async () => [{ name: 'POS-80' }, { name: 'Microsoft Print to PDF' }, { name: 'HP LaserJet M404' }],
    });
    expect(found).toEqual([
      { kind: 'ticket-printer', name: 'POS-80', address: { via: 'system', queue: 'POS-80' } },
      { kind: 'a4-printer', name: 'HP LaserJet M404', address: { via: 'system', queue: 'HP LaserJet M404' } },
    ]);
    const setup = createSetup(devices);
    expect(await setup.remember({ ...config, name: 'Máy in phiếu 2' })).toMatchObject({ name: 'Máy in phiếu 2' });
    expect(await setup.testPrint('in-phieu', 'test-1')).toMatchObject({ job: { kind: 'test' } });
    expect(await devices.settled('test-1')).toMatchObject({ state: 'confirmed' });
  });

  it('is refused where there is no spooler, and one from another system keeps no counter from opening', async () => {
    spooler = createSpooler({ driver: createDriverProcess({ module, env: { QUEUE_DIR: dir } }) });
    const a4: DeviceConfig = { id: 'in-a4', kind: 'a4-printer', name: 'Máy in A4', address: { via: 'system', queue: 'HP' } };
    devices = createDevices({ store, clock: systemClock, training: false, ticketPaper, config: [config, a4] });
    expect(devices.health().map((h) => [h.id, h.state, h.reasons[0]])).toEqual([
      ['in-phieu', 'error', 'not-configured'],
      ['in-a4', 'error', 'not-configured'],
    ]);
    expect(devices.printTicket(sampleTicket(), { key: 't' })).toBeUndefined();
    const setup = createSetup(devices);
    for (const device of [config, a4]) {
      const answer = await setup.remember({ ...device, name: 'Lần nữa' });
      expect(isRefusal(answer) && answer.vi).toContain('hàng đợi máy in');
    }
  });
});

it('reads every bit of winspool.h that tells something', () => {
  const fine = { paperOut: false, coverOpen: false, error: false, paperLow: false, offline: false };
  expect(statusFromBits(0, 0)).toEqual(fine);
  // Busy, printing, waiting, warming up, power save, toner low: it works, or will.
  expect(statusFromBits(0x200 | 0x400 | 0x2000 | 0x10000 | 0x1000000 | 0x20000, 0x40, 0x8 | 0x10)).toEqual(fine);
  expect(statusFromBits(0x40, 0)).toEqual({ ...fine, error: true });
  expect(statusFromBits(0, 0, 0x20)).toEqual({ ...fine, offline: true });
  expect(statusFromBits(0x100000, 0)).toEqual({ ...fine, offline: true });
});
