import { call } from '@orpc/server';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallContext, Role } from '../contract/context.ts';
import type { DeviceConfig } from '../contract/devices.ts';
import { sampleTicket, ticketPaper } from '../documents/ticket/index.ts';
import { fromVietnam, manualClock, openStore, systemClock, type Store } from '../store/index.ts';
import { serveDisplays, type ServedDisplays } from '../training/display/index.ts';
import { createTrainingPrinter, servePrinter, type ServedPrinter } from '../training/escpos/index.ts';
import { serveKeypad, type ServedKeypad } from '../training/keypad/index.ts';
import { displayNeighbour, keypadNeighbour, printerNeighbour, readerNeighbour } from '../training/neighbours.ts';
import { createTrainingPanel, trainingHandlers } from '../training/panel.ts';
import { SAMPLE_CARDS, serveReader, type ServedReader } from '../training/reader/index.ts';
import { createKeyParser, KEYPAD_MODELS } from './keypad/keys.ts';
import {
  createDevices,
  createSetup,
  crc16,
  devicesHandlers,
  DISPLAY_PROTOCOLS,
  doctorRows,
  lastKnownHealth,
  migrations,
  segmentsOf,
  type Devices,
  type KeypadAction,
  type Setup,
} from './index.ts';

let dir: string;
let store: Store;
let printer: ServedPrinter;
let reader: ServedReader;
let keypad: ServedKeypad;
let displays: ServedDisplays;
let devices: Devices;
let setup: Setup;

const until = async (what: () => boolean) => {
  for (let i = 0; i < 2000 && !what(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(what()).toBe(true);
};
const stateOf = (id: string) => devices.health().find((h) => h.id === id)?.state;
const context = (role: Role, counterId: string): CallContext => ({ connectionId: 'c', caller: { role, deviceId: 'd', counterId } });
const tcp = (port: number) => ({ via: 'tcp', host: '127.0.0.1', port }) as const;

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'quay-desk-'));
  store = openStore({ file: path.join(dir, 'quay.db'), clock: systemClock, migrations });
  printer = await servePrinter(createTrainingPrinter());
  reader = await serveReader();
  keypad = await serveKeypad();
  displays = await serveDisplays({ addresses: [1, 2] });
  const config: DeviceConfig[] = [
    { id: 'in-phieu', kind: 'ticket-printer', name: 'Máy in phiếu', profile: 'training', address: tcp(printer.port) },
    { id: 'doc-ma', kind: 'reader', name: 'Đầu đọc mã', counterId: '1', address: tcp(reader.port) },
    { id: 'ban-phim', kind: 'keypad', name: 'Bàn phím', profile: 'ascii', counterId: '1', address: tcp(keypad.port) },
    {
      id: 'bang-1',
      kind: 'display',
      name: 'Bảng quầy 1',
      profile: 'modbus-7seg',
      busAddress: 1,
      counterId: '1',
      address: tcp(displays.port),
    },
    {
      id: 'bang-2',
      kind: 'display',
      name: 'Bảng quầy 2',
      profile: 'modbus-7seg',
      busAddress: 2,
      counterId: '2',
      address: tcp(displays.port),
    },
  ];
  devices = createDevices({
    store,
    clock: systemClock,
    training: true,
    ticketPaper,
    config,
    printerTimes: { heartbeatMs: 40, retryMs: 10 },
    heartbeatMs: 40,
  });
  setup = createSetup(devices, {
    serial: async () => [{ path: '/dev/ttyUSB0', vendorId: '04b8', serialNumber: 'X1' }],
    usb: async () => [],
    network: async () => [],
    hid: { list: async () => [], open: () => Promise.reject(new Error('none')) },
  });
});
afterEach(async () => {
  await devices.close();
  await Promise.all([printer.close(), reader.close(), keypad.close(), displays.close()]);
  store.close();
  rmSync(dir, { recursive: true });
});

describe('call keypads', () => {
  it('tell each key once, with the counter they stand at', async () => {
    const keys: string[] = [];
    devices.onKey((action, config) => keys.push(`${config.counterId} ${action}`));
    await until(() => stateOf('ban-phim') === 'ready');
    for (const action of ['next', 'recall', 'no-show', 'park', 'transfer', 'finish'] as const) keypad.press(action);
    await until(() => keys.length === 6);
    expect(keys).toEqual(['1 next', '1 recall', '1 no-show', '1 park', '1 transfer', '1 finish']);
  });
  it('find keys in any pieces, beside noise and other addresses', () => {
    const model = KEYPAD_MODELS.find((m) => m.id === 'framed')!;
    const press = (address: number, key: number) => [0x02, address, 0x30 + key, 0x03, 0x55];
    const actions: KeypadAction[] = ['next', 'recall', 'no-show', 'park', 'transfer', 'finish'];
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 6 }), { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 200 }),
        (keys, cuts) => {
          const clock = manualClock(0);
          const parse = createKeyParser(model, { busAddress: 7, now: () => (clock.advance(1000), clock.now()) });
          const stream = keys.flatMap((key) => [0xff, ...press(9, key), ...press(7, key)]);
          const got: KeypadAction[] = [];
          let at = 0;
          for (const cut of [...cuts, stream.length]) {
            got.push(...parse(Uint8Array.from(stream.slice(at, at + cut))));
            at += cut;
          }
          expect(got).toEqual(keys.map((key) => actions[key - 1]));
        },
      ),
    );
  });
  it('take a held key as one press', () => {
    const clock = manualClock(0);
    const parse = createKeyParser(KEYPAD_MODELS[0]!, { now: () => clock.now() });
    expect(parse(Buffer.from('NNN'))).toEqual(['next']);
    clock.advance(400);
    expect(parse(Buffer.from('N'))).toEqual(['next']);
  });
});

describe('counter displays', () => {
  it('share one pair of wires, each at its address, and notice a dead panel alone', async () => {
    await until(() => stateOf('bang-1') === 'ready' && stateOf('bang-2') === 'ready');
    devices.showAt('1', 'B 027');
    devices.showAt('2', 'A 104');
    await until(() => displays.shows(1) === 'B027' && displays.shows(2) === 'A104');
    displays.set({ dead: 2 });
    await until(() => stateOf('bang-2') === 'absent');
    expect(stateOf('bang-1')).toBe('ready');
    displays.set({ alive: 2 });
    expect(displays.shows(2)).toBe('');
    await until(() => stateOf('bang-2') === 'ready' && displays.shows(2) === 'A104');
  });
  it('show the number again when the cable is back', async () => {
    devices.showAt('1', 'B 027');
    await until(() => displays.shows(1) === 'B027');
    displays.set({ unplugged: true });
    await until(() => stateOf('bang-1') === 'absent' && stateOf('bang-2') === 'absent');
    devices.showAt('1', 'B 028');
    displays.set({ unplugged: false });
    await until(() => displays.shows(1) === 'B028');
  });
  it('write what the protocols’ documents say', () => {
    const frame = (id: string, text: string, address: number) =>
      Buffer.from(DISPLAY_PROTOCOLS.find((p) => p.id === id)!.frame(text, address));
    expect(frame('alpha', 'B 027', 1).toString('latin1')).toBe('\0\0\0\0\0\u0001Z01\u0002AA\u001B bB 027\u0004');
    const modbus = frame('modbus-7seg', 'B 027', 17);
    expect(modbus.subarray(0, 7)).toEqual(Buffer.from([17, 16, 0, 0, 0, 3, 6]));
    expect(modbus.subarray(7, 13).toString()).toBe('  B027');
    expect(crc16(modbus)).toBe(0);
    expect(crc16([0x02, 0x07])).toBe(0x1241); // Modbus over Serial Line V1.02, 6.2.2, its example
    expect([...frame('frame-segments-sum', '27', 3)]).toEqual([
      0xaa,
      0x55,
      3,
      0,
      0,
      segmentsOf('2'),
      segmentsOf('7'),
      (3 + segmentsOf('2') + segmentsOf('7')) & 0xff,
    ]);
    expect(frame('frame-ascii-xor', 'A 001', 2).toString('latin1').slice(1, 8)).toBe('\u0002  A001');
    expect(frame('frame-ascii-line', 'Đ 12', 10).toString()).toBe('#0A     D12\r');
  });
});

describe('the setup page', () => {
  it('finds what is there and knows what is remembered', async () => {
    expect(await setup.find()).toMatchObject([
      { kind: 'ticket-printer', remembered: false, address: { via: 'serial', path: '/dev/ttyUSB0', serialNumber: 'X1' } },
    ]);
    await setup.remember({
      id: 'in-2',
      kind: 'ticket-printer',
      name: 'Máy in 2',
      address: { via: 'serial', path: '/dev/ttyUSB7', baud: 9600, flow: 'none', serialNumber: 'X1' },
    });
    expect(await setup.find()).toMatchObject([{ remembered: true }]);
    expect(
      await setup.remember({
        id: 'in-3',
        kind: 'ticket-printer',
        name: 'Máy in 3',
        address: { via: 'serial', path: '/dev/ttyUSB9', baud: 9600, flow: 'none', serialNumber: 'X1' },
      }),
    ).toMatchObject({ refused: 'port-taken' });
    expect(await setup.remember({ id: 'la', kind: 'ticket-printer', name: 'Lạ', address: { via: 'ipp', url: 'ipp://h/p' } })).toMatchObject(
      { refused: 'wrong-connection' },
    );
    expect(await setup.forget('in-2')).toEqual({ id: 'in-2' });
    expect(setup.list().some((c) => c.id === 'in-2')).toBe(false);
    expect(await setup.forget('in-2')).toMatchObject({ refused: 'no-such-device' });
  });
  it('remembers across a restart', async () => {
    await setup.remember({
      id: 'in-phieu',
      kind: 'ticket-printer',
      name: 'Máy in kiosk',
      profile: 'training',
      textMode: 'tcvn3',
      address: tcp(printer.port),
    });
    await devices.close();
    devices = createDevices({
      store,
      clock: systemClock,
      training: true,
      ticketPaper,
      config: [],
      printerTimes: { heartbeatMs: 40, retryMs: 10 },
    });
    expect(devices.config()).toMatchObject([{ id: 'in-phieu', name: 'Máy in kiosk', textMode: 'tcvn3' }]);
  });
  it('prints a test page in every way, and uses the line that the officer picked', async () => {
    const answer = await setup.testPrint('in-phieu', 'test:1');
    if (!('lines' in answer)) throw new Error('refused');
    expect(answer.lines.map((l) => l.textMode)).toEqual(['raster', 'tcvn3', 'tcvn3', 'glyphs']);
    expect((await devices.settled('test:1')).state).toBe('confirmed');
    const page = printer.printer.slips.at(-1)!;
    expect(page.text).toContain('--- 1 ---');
    expect(page.text).toContain('Đường Nguyễn Huệ - ẤM ÁP, ỗ ữ ặ ỵ Ợ Ỹ - 25.000 \uFFFC');
    expect(await setup.chooseLine('in-phieu', 2)).toMatchObject({ textMode: 'tcvn3', tcvn: { lower: 30, upper: 31 } });
    await until(() => stateOf('in-phieu') === 'ready');
    devices.printTicket(sampleTicket(), { key: 't1' });
    expect((await devices.settled('t1')).state).toBe('confirmed');
    expect(printer.printer.slips.at(-1)!.text).toContain('Chứng thực bản sao, hộ tịch');
    expect(await setup.chooseLine('in-phieu', 9)).toMatchObject({ refused: 'no-such-line' });
    expect(await setup.testPrint('khong-co', 'test:2')).toMatchObject({ refused: 'no-such-device' });
  });
  it('refuses pictures on a slow wire, with the reason and the other way', async () => {
    await setup.remember({
      id: 'in-phieu',
      kind: 'ticket-printer',
      name: 'Máy in phiếu',
      profile: 'training',
      address: { ...tcp(printer.port), baud: 9600 },
    });
    await until(() => stateOf('in-phieu') !== 'connecting');
    devices.printTicket(sampleTicket(), { key: 't1' });
    expect(await devices.settled('t1')).toMatchObject({ state: 'failed', reason: 'wire-too-slow' });
    const health = devices.health().find((h) => h.id === 'in-phieu')!;
    expect(health).toMatchObject({ state: 'attention', reasons: ['wire-too-slow'] });
    expect(health.remedyVi).toContain('TCVN-3');
    const answer = await setup.testPrint('in-phieu', 'test:3');
    if (!('lines' in answer)) throw new Error('refused');
    expect(answer.lines.map((l) => l.textMode)).not.toContain('raster');
  });
});

describe('the contract', () => {
  it('gives a desk its own scans, and health as snapshot and events', async () => {
    const handlers = devicesHandlers(devices, setup, systemClock);
    const stop = new AbortController();
    const scans = await call(handlers.scans, undefined, { context: context('officer', '1'), signal: stop.signal });
    const others = await call(handlers.scans, undefined, { context: context('officer', '2'), signal: stop.signal });
    const live = await call(handlers.live, undefined, { context: context('officer', '1'), signal: stop.signal });
    expect((await live.next()).value).toMatchObject({ type: 'snapshot', seq: 0 });
    const mine = scans.next();
    const theirs = others.next();
    await until(() => stateOf('doc-ma') === 'ready');
    reader.scan(SAMPLE_CARDS.ky);
    expect((await mine).value).toMatchObject({ deviceId: 'doc-ma', scan: { kind: 'id-card', card: { fullName: 'Y Kỵ Êban' } } });
    expect((await live.next()).value).toMatchObject({ type: 'event', seq: 1 });
    stop.abort();
    expect((await Promise.allSettled([theirs]))[0]).not.toMatchObject({ value: { value: { deviceId: 'doc-ma' } } });
  });
  it('takes keystrokes for a reader’s only when they came as fast as one', async () => {
    const handlers = devicesHandlers(devices, setup, systemClock);
    const text = SAMPLE_CARDS.an;
    const typed = (gap: number) =>
      call(handlers.typed, { text, gapsMs: Array.from({ length: text.length - 1 }, () => gap) }, { context: context('officer', '1') });
    expect(await typed(4)).toMatchObject({ kind: 'id-card', needsCheck: true });
    expect(await typed(140)).toBeNull();
  });
  it('refuses with a sentence', async () => {
    const handlers = devicesHandlers(devices, setup, systemClock);
    await expect(
      call(handlers.setup.testPrint, { commandId: 'abcdefgh', id: 'khong-co' }, { context: context('officer', '1') }),
    ).rejects.toMatchObject({ code: 'REFUSED', data: { refused: 'no-such-device' } });
  });
});

describe('the training panel', () => {
  it('makes trouble and takes it back, and shows the paper', async () => {
    const panel = createTrainingPanel([
      printerNeighbour('in-phieu', printer),
      readerNeighbour('doc-ma', reader),
      keypadNeighbour('ban-phim', keypad),
      displayNeighbour('bang-1', displays, 1),
    ]);
    const handlers = trainingHandlers(panel, store);
    const options = { context: context('officer', '1') };
    await until(() => stateOf('in-phieu') === 'ready');
    const view = await call(handlers.setSwitch, { commandId: 'c-000001', id: 'in-phieu', key: 'paperOut', on: true }, options);
    expect(view.switches.find((s) => s.key === 'paperOut')?.on).toBe(true);
    await until(() =>
      devices
        .health()
        .find((h) => h.id === 'in-phieu')!
        .reasons.includes('paper-out'),
    );
    await call(handlers.setSwitch, { commandId: 'c-000002', id: 'in-phieu', key: 'paperOut', on: false }, options);
    await until(() => stateOf('in-phieu') === 'ready');
    devices.printTicket(sampleTicket(), { key: 't1' });
    await devices.settled('t1');
    const papers = await call(handlers.papers, { id: 'in-phieu', limit: 3 }, options);
    expect(papers).toHaveLength(1);
    expect(Buffer.from(papers[0]!.png, 'base64').subarray(1, 4).toString()).toBe('PNG');
    const scans: string[] = [];
    devices.onScan((event) => scans.push(event.scan.kind));
    await until(() => stateOf('doc-ma') === 'ready');
    await call(handlers.act, { commandId: 'c-000003', id: 'doc-ma', key: 'huong' }, options);
    await call(handlers.act, { commandId: 'c-000003', id: 'doc-ma', key: 'huong' }, options);
    await until(() => scans.length === 1);
    await expect(call(handlers.act, { commandId: 'c-000004', id: 'doc-ma', key: 'x' }, options)).rejects.toMatchObject({ code: 'REFUSED' });
    panel.close();
  });
  it('is closed on a live station', async () => {
    const handlers = trainingHandlers(undefined, store);
    await expect(call(handlers.papers, { id: 'x', limit: 1 }, { context: context('officer', '1') })).rejects.toMatchObject({
      data: { refused: 'not-training' },
    });
  });
});

describe('the doctor', () => {
  it('has a line per device, and words for what is wrong', async () => {
    await until(() => devices.health().every((h) => h.state === 'ready'));
    printer.set({ coverOpen: true });
    await until(() =>
      devices
        .health()
        .find((h) => h.id === 'in-phieu')!
        .reasons.includes('cover-open'),
    );
    const rows = await doctorRows(devices, systemClock.now());
    expect(rows).toHaveLength(5);
    expect(rows[0]).toMatchObject({ device: 'Máy in phiếu', state: 'bad', deviceState: 'error', reasons: ['cover-open'] });
    expect(rows[0]!.vi).toMatch(/^Máy in phiếu: nắp đang mở\. Từ \d\d:\d\d, trả lời lần cuối \d\d:\d\d\.$/u);
    expect(rows[0]!.en).toMatch(/^Máy in phiếu: the cover is open\. Since \d\d:\d\d, last answered \d\d:\d\d\.$/u);
    expect(rows[0]!.remedy).toContain('Đóng nắp');
    expect(rows.filter((r) => r.state === 'ok')).toHaveLength(4);
  });
  it('knows from an earlier run when a device was last seen, also from beside the counter', async () => {
    await until(() => devices.health().every((h) => h.state === 'ready'));
    const seen = devices.health()[0]!.lastSeen;
    expect(seen).not.toBeNull();
    await devices.close();
    const file = path.join(dir, 'quay.db');
    expect(lastKnownHealth(file).map((h) => [h.id, h.state])).toContainEqual(['in-phieu', 'ready']);
    printer.set({ unplugged: true });
    devices = createDevices({
      store,
      clock: systemClock,
      config: [{ id: 'in-phieu', kind: 'ticket-printer', name: 'Máy in phiếu', address: tcp(printer.port) }],
      ticketPaper,
      training: true,
    });
    await until(() => stateOf('in-phieu') === 'absent');
    const [row] = await doctorRows(devices, fromVietnam('2026-01-01', '09:00'));
    expect(row?.lastSeen).toBe(seen);
    expect(row?.vi).toMatch(/^Máy in phiếu: mất kết nối\. Từ \d\d:\d\d \d\d\/\d\d\/\d{4}, trả lời lần cuối/u);
  });
});
