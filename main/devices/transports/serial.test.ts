import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { SerialPort } from 'serialport';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { part } from '../../../tests/parts.ts';
import { openPty, type PtyPair } from '../../../tests/pty.ts';
import type { ScanEvent } from '../../contract/devices.ts';
import { sampleTicket, ticketPaper } from '../../documents/ticket/index.ts';
import { openStore, systemClock, type Store } from '../../store/index.ts';
import { createTrainingPrinter, createWire, type TrainingPrinter } from '../../training/escpos/index.ts';
import { SAMPLE_CARDS } from '../../training/reader/index.ts';
import {
  createJobs,
  createReader,
  createTicketPrinter,
  migrations,
  profileOf,
  serialTransport,
  type TextMode,
  type TicketPrinter,
} from '../index.ts';

const socat = part('socat');
const FAST = { heartbeatMs: 50, replyMs: 200, retryMs: 20, patienceMs: 3000, confirmMs: 4000 };

let dir: string;
let store: Store;
let pair: PtyPair;
let model: TrainingPrinter;
let port: SerialPort;
let printer: TicketPrinter | undefined;

const until = async (what: () => boolean) => {
  for (let i = 0; i < 2000 && !what(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(what()).toBe(true);
};
/** The neighbour's end, by the same real driver. */
const plugIn = async () => {
  port = new SerialPort({ path: pair.device, baudRate: 115_200, autoOpen: false });
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  const host = model.attach((bytes) => void port.write(Buffer.from(bytes)));
  const wire = createWire(
    () => model.switches.baud,
    (bytes) => host.receive(bytes),
  );
  port.on('error', () => undefined);
  port.on('data', (bytes: Buffer) => {
    if (wire.push(bytes)) return;
    port.pause();
    wire.whenFree(() => port.resume());
  });
  port.on('close', () => {
    wire.close();
    host.detach();
  });
};
const unplug = async () => {
  const closed = port.isOpen ? new Promise<void>((resolve) => port.close(() => resolve())) : Promise.resolve();
  await closed;
  await pair.unplug();
};
const open = (textMode: TextMode = 'raster', baud = 115_200) => {
  printer = createTicketPrinter({
    id: 'in-phieu',
    name: 'Máy in phiếu',
    transport: serialTransport({ path: pair.host, baud }),
    profile: profileOf('training'),
    textMode,
    jobs: createJobs(store),
    clock: systemClock,
    times: FAST,
  });
  return printer;
};

describe.skipIf(!socat)('a serial line, the real driver at both ends', () => {
  beforeEach(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-pty-'));
    store = openStore({ file: path.join(dir, 'quay.db'), clock: systemClock, migrations });
    pair = await openPty(dir);
    model = createTrainingPrinter();
    await plugIn();
  });
  afterEach(async () => {
    await printer?.close();
    printer = undefined;
    await unplug();
    store.close();
    rmSync(dir, { recursive: true });
  });

  it('prints, hears the answer after the cut, and tells each status by heartbeat', async () => {
    const device = open();
    device.print(ticketPaper(sampleTicket()), { key: 't1', title: 'B 027' });
    expect((await device.settled('t1')).state).toBe('confirmed');
    expect(model.slips[0]!.qr).toEqual([sampleTicket().qr]);
    model.set({ coverOpen: true });
    await until(() => device.health.current().reasons.join() === 'cover-open');
    model.set({ coverOpen: false, paperOut: true });
    await until(() => device.health.current().reasons.join() === 'paper-out');
    model.set({ paperOut: false });
    await until(() => device.health.current().state === 'ready');
    expect(model.unknown).toEqual([]);
  });

  it('feels back-pressure and still prints every byte', async () => {
    const device = open();
    await until(() => device.health.current().state === 'ready');
    model.set({ baud: 115_200 });
    port.pause();
    device.print(ticketPaper(sampleTicket()), { key: 't1', title: 'B 027' });
    device.print(ticketPaper(sampleTicket({ number: 'B 028' })), { key: 't2', title: 'B 028' });
    await until(() => device.health.current().state === 'busy');
    expect(model.slips).toHaveLength(0);
    port.resume();
    expect((await device.settled('t1')).state).toBe('confirmed');
    expect((await device.settled('t2')).state).toBe('confirmed');
    expect(model.slips).toHaveLength(2);
    expect(model.unknown).toEqual([]);
  });

  it('prints text on a slow wire', async () => {
    const device = open('tcvn3', 9600);
    model.set({ baud: 9600 });
    device.print(ticketPaper(sampleTicket()), { key: 't1', title: 'B 027' });
    expect((await device.settled('t1')).state).toBe('confirmed');
    expect(model.slips[0]!.text).toContain('TẬP HUẤN');
  });

  it('finds the cable out by heartbeat, and back in without a click', async () => {
    const device = open();
    await until(() => device.health.current().state === 'ready');
    // The line stands, the printer is silent: no event of the system tells, only the heartbeat does.
    model.set({ unplugged: true });
    await until(() => device.health.current().state === 'absent');
    model.set({ unplugged: false });
    await until(() => device.health.current().state === 'ready');
    await unplug();
    await until(() => device.health.current().state === 'absent');
    device.print(ticketPaper(sampleTicket()), { key: 'gone', title: 'B 027' });
    expect(await device.settled('gone')).toMatchObject({ state: 'failed', reason: 'unplugged' });
    pair = await openPty(dir);
    await plugIn();
    await until(() => device.health.current().state === 'ready');
    device.print(ticketPaper(sampleTicket()), { key: 'back', title: 'B 027' });
    expect((await device.settled('back')).state).toBe('confirmed');
  });

  it('downloads its glyphs again after the printer was off', async () => {
    const device = open('glyphs');
    const print = async (key: string) => {
      device.print(ticketPaper(sampleTicket()), { key, title: 'B 027' });
      return device.settled(key);
    };
    const first = await print('1');
    const second = await print('2');
    expect(first.state).toBe('confirmed');
    expect(second.bytes).toBeLessThan(first.bytes / 2);
    model.set({ unplugged: true });
    await until(() => device.health.current().state === 'absent');
    model.powerCycle();
    model.set({ unplugged: false });
    await until(() => device.health.current().state === 'ready');
    const third = await print('3');
    expect(third.bytes).toBe(first.bytes);
    expect(Buffer.from(model.slips[2]!.picture.data).equals(Buffer.from(model.slips[0]!.picture.data))).toBe(true);
  });

  it('carries a card’s Vietnamese from a reader in USB-COM mode', async () => {
    const reader = createReader({
      id: 'doc-ma',
      name: 'Đầu đọc',
      transport: serialTransport({ path: pair.host, baud: 9600 }),
      clock: systemClock,
      heartbeatMs: 50,
    });
    const scans: ScanEvent[] = [];
    reader.onScan((event) => scans.push(event));
    await until(() => reader.health.current().state === 'ready');
    const bytes = Buffer.from(`${SAMPLE_CARDS.huong}\r\n`);
    port.write(bytes.subarray(0, 41)); // in the middle of a letter
    await new Promise((resolve) => setTimeout(resolve, 30));
    port.write(bytes.subarray(41));
    await until(() => scans.length === 1);
    expect(scans[0]!.scan).toMatchObject({ kind: 'id-card', card: { fullName: 'Trần Thị Mỹ Hường' } });
    await unplug();
    await until(() => reader.health.current().state === 'absent');
    await reader.close();
    pair = await openPty(dir);
    await plugIn();
  });
});
