import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ScanEvent } from '../contract/devices.ts';
import { sampleTicket, ticketPaper } from '../documents/ticket/index.ts';
import { openStore, systemClock, type Store } from '../store/index.ts';
import { createTrainingPrinter, servePrinter, type ServedPrinter } from '../training/escpos/index.ts';
import { serveA4Printer, type ServedA4Printer } from '../training/ipp/index.ts';
import { BAD_CODES, serveReader, type ServedReader } from '../training/reader/index.ts';
import { createDevices, decodePng, migrations, type Devices } from './index.ts';

let dir: string;
let store: Store;
let printer: ServedPrinter;
let reader: ServedReader;
let a4: ServedA4Printer;
let devices: Devices;

const until = async (what: () => boolean) => {
  for (let i = 0; i < 2000 && !what(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(what()).toBe(true);
};
const stateOf = (id: string) => devices.health().find((h) => h.id === id)?.state;

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'quay-devices-'));
  store = openStore({ file: path.join(dir, 'quay.db'), clock: systemClock, migrations });
  printer = await servePrinter(createTrainingPrinter());
  reader = await serveReader();
  a4 = await serveA4Printer({ dir: path.join(dir, 'a4'), jobMs: 20 });
  devices = createDevices({
    store,
    clock: systemClock,
    training: true,
    ticketPaper,
    config: [
      {
        id: 'in-phieu',
        kind: 'ticket-printer',
        name: 'Máy in phiếu',
        profile: 'training',
        address: { via: 'tcp', host: '127.0.0.1', port: printer.port },
      },
      { id: 'in-a4', kind: 'a4-printer', name: 'Máy in A4', address: { via: 'ipp', url: a4.url } },
      { id: 'doc-ma', kind: 'reader', name: 'Đầu đọc mã', counterId: '1', address: { via: 'tcp', host: '127.0.0.1', port: reader.port } },
    ],
    printerTimes: { heartbeatMs: 40, retryMs: 10 },
    a4Times: { heartbeatMs: 40, lookMs: 15, deadlineMs: 400 },
    heartbeatMs: 40,
  });
});
afterEach(async () => {
  await devices.close();
  await Promise.all([printer.close(), reader.close(), a4.close()]);
  store.close();
  rmSync(dir, { recursive: true });
});

describe('the counter’s machines', () => {
  it('print a ticket that says training, and a reprint that says so', async () => {
    devices.printTicket(sampleTicket({ training: false }), { key: 't1' });
    devices.printTicket(sampleTicket({ training: false }), { key: 't1/2', reprint: true });
    expect((await devices.settled('t1')).state).toBe('confirmed');
    expect((await devices.settled('t1/2')).state).toBe('confirmed');
    expect(printer.printer.slips).toHaveLength(2);
    expect(printer.printer.slips[1]!.picture.height).toBeGreaterThan(printer.printer.slips[0]!.picture.height);
    const preview = decodePng(devices.renderTicketPng(sampleTicket({ training: false })));
    const { picture } = printer.printer.slips[0]!;
    expect(Buffer.from(picture.data).equals(Buffer.from(preview.data.subarray(0, picture.data.length)))).toBe(true);
    expect(
      devices
        .jobs()
        .map((j) => j.key)
        .sort(),
    ).toEqual(['t1', 't1/2']);
  });

  it('tell a card that is held under the reader, and a sentence for a torn one', async () => {
    const scans: ScanEvent[] = [];
    devices.onScan((event, config) => {
      expect(config.counterId).toBe('1');
      scans.push(event);
    });
    await until(() => stateOf('doc-ma') === 'ready');
    reader.scanCard('huong');
    await until(() => scans.length === 1);
    expect(scans[0]!.scan).toMatchObject({
      kind: 'id-card',
      needsCheck: false,
      card: { fullName: 'Trần Thị Mỹ Hường', address: 'Ấp Bình Thượng 2, xã Thái Mỹ, Thành phố Hồ Chí Minh' },
    });
    reader.scan(BAD_CODES.torn);
    await until(() => scans.length === 2);
    expect(scans[1]!.scan.kind).toBe('broken');
  });

  it('find a pulled cable and a plugged one by themselves', async () => {
    const heard: string[] = [];
    devices.onHealth((h) => heard.push(`${h.id} ${h.state}`));
    await until(() => ['in-phieu', 'in-a4', 'doc-ma'].every((id) => stateOf(id) === 'ready'));
    reader.set({ unplugged: true });
    printer.set({ unplugged: true });
    a4.set({ unplugged: true });
    await until(() => ['in-phieu', 'in-a4', 'doc-ma'].every((id) => stateOf(id) === 'absent'));
    reader.set({ unplugged: false });
    printer.set({ unplugged: false });
    a4.set({ unplugged: false });
    await until(() => ['in-phieu', 'in-a4', 'doc-ma'].every((id) => stateOf(id) === 'ready'));
    expect(heard).toContain('doc-ma absent');
  });
});

describe('the A4 printer', () => {
  const pdf = () => {
    const file = path.join(dir, 'giay-hen.pdf');
    writeFileSync(file, Buffer.from('%PDF-1.7\n1 0 obj <</Type /Catalog>> endobj\n%%EOF\n'));
    return file;
  };
  it('gets the very bytes, once per key', async () => {
    const file = pdf();
    devices.a4Printer()!.print(file, { key: 'r1', title: 'Giấy hẹn', copies: 2 });
    devices.a4Printer()!.print(file, { key: 'r1', title: 'Giấy hẹn', copies: 2 });
    expect((await devices.settled('r1')).state).toBe('confirmed');
    expect(a4.jobs).toHaveLength(1);
    expect(a4.jobs[0]).toMatchObject({ name: 'Giấy hẹn', copies: 2 });
    expect(readFileSync(a4.jobs[0]!.file).equals(readFileSync(file))).toBe(true);
  });
  it('says that paper is out, keeps the document, and goes on when paper is in', async () => {
    a4.set({ paperOut: true });
    await until(() =>
      devices
        .health()
        .find((h) => h.id === 'in-a4')!
        .reasons.includes('paper-out'),
    );
    devices.a4Printer()!.print(pdf(), { key: 'r2', title: 'Giấy hẹn' });
    await until(() => devices.job('r2')?.state === 'sent');
    a4.set({ paperOut: false });
    expect((await devices.settled('r2')).state).toBe('confirmed');
  });
  it('is unknown when nobody fills paper in, and failed when it is not there', async () => {
    a4.set({ jam: true });
    await until(() =>
      devices
        .health()
        .find((h) => h.id === 'in-a4')!
        .reasons.includes('jam'),
    );
    devices.a4Printer()!.print(pdf(), { key: 'r3', title: 'Giấy hẹn' });
    expect(await devices.settled('r3')).toMatchObject({ state: 'failed', reason: 'jam' });
    a4.set({ jam: false, paperOut: true });
    await until(
      () =>
        devices
          .health()
          .find((h) => h.id === 'in-a4')!
          .reasons.join() === 'paper-out',
    );
    devices.a4Printer()!.print(pdf(), { key: 'r4', title: 'Giấy hẹn' });
    expect(await devices.settled('r4')).toMatchObject({ state: 'unknown', reason: 'paper-out' });
    a4.set({ unplugged: true });
    await until(() => stateOf('in-a4') === 'absent');
    devices.a4Printer()!.print(pdf(), { key: 'r5', title: 'Giấy hẹn' });
    expect(await devices.settled('r5')).toMatchObject({ state: 'failed', reason: 'unplugged' });
  });
});
