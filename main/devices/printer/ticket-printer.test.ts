import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ticketPaper } from '../../documents/ticket/index.ts';
import { openStore, systemClock, type Store } from '../../store/index.ts';
import { createTrainingPrinter, servePrinter, type ServedPrinter } from '../../training/escpos/index.ts';
import {
  createJobs,
  createTicketPrinter,
  migrations,
  profileOf,
  renderPaper,
  tcpTransport,
  type Jobs,
  type TicketPrinter,
} from '../index.ts';
import { sampleTicket } from '../../documents/ticket/sample.ts';

const FAST = { heartbeatMs: 40, replyMs: 150, retryMs: 10, patienceMs: 2000, confirmMs: 1500 };

let dir: string;
let store: Store;
let jobs: Jobs;
let served: ServedPrinter;
let printer: TicketPrinter;

const until = async (what: () => boolean) => {
  for (let i = 0; i < 2000 && !what(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(what()).toBe(true);
};
const open = () => {
  printer = createTicketPrinter({
    id: 'in-phieu',
    name: 'Máy in phiếu',
    transport: tcpTransport({ host: '127.0.0.1', port: served.port }),
    profile: profileOf('training'),
    textMode: 'raster',
    jobs,
    clock: systemClock,
    times: FAST,
  });
};

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'quay-printer-'));
  store = openStore({ file: path.join(dir, 'quay.db'), clock: systemClock, migrations });
  jobs = createJobs(store);
  served = await servePrinter(createTrainingPrinter());
  open();
});
afterEach(async () => {
  await printer.close();
  await served.close();
  store.close();
  rmSync(dir, { recursive: true });
});

describe('a ticket on its way to paper', () => {
  it('is queued, sent and confirmed, and the paper shows what was set', async () => {
    const states: unknown[] = [];
    store.subscribe((event) => states.push((event.payload as { state: string }).state));
    const paper = ticketPaper(sampleTicket());
    expect(printer.print(paper, { key: 'ticket-1', title: 'B 027' }).state).toBe('queued');
    const job = await printer.settled('ticket-1');
    expect(job.state).toBe('confirmed');
    expect(states).toEqual(['queued', 'sent', 'confirmed']);
    expect(served.printer.slips).toHaveLength(1);
    const slip = served.printer.slips[0]!;
    expect(slip.cut).toBe(true);
    expect(slip.qr).toEqual([sampleTicket().qr]);
    expect(served.printer.unknown).toEqual([]);
    // Dot for dot the same as the preview: cropping and feeding lost nothing.
    const wanted = renderPaper(paper, 576);
    expect(Buffer.from(slip.picture.data).equals(Buffer.from(wanted.data.subarray(0, slip.picture.data.length)))).toBe(true);
  });

  it('is printed once however often it is asked for', async () => {
    for (let i = 0; i < 5; i += 1) printer.print(ticketPaper(sampleTicket()), { key: 'ticket-1', title: 'B 027' });
    await printer.settled('ticket-1');
    printer.print(ticketPaper(sampleTicket()), { key: 'ticket-1', title: 'B 027' });
    await printer.settled('ticket-1');
    expect(served.printer.slips).toHaveLength(1);
  });

  it('fails at once without paper, tells why, and goes on when paper is back', async () => {
    served.set({ paperOut: true });
    await until(() => printer.health.current().reasons.includes('paper-out'));
    printer.print(ticketPaper(sampleTicket()), { key: 'a', title: 'B 027' });
    const job = await printer.settled('a');
    expect(job).toMatchObject({ state: 'failed', reason: 'paper-out' });
    served.set({ paperOut: false });
    await until(() => printer.health.current().state === 'ready');
    printer.print(ticketPaper(sampleTicket()), { key: 'b', title: 'B 027' });
    expect((await printer.settled('b')).state).toBe('confirmed');
    expect(served.printer.slips).toHaveLength(1);
  });

  it('is unknown when the paper ends in the middle, never confirmed', async () => {
    await until(() => printer.health.current().state === 'ready');
    served.set({ baud: 115_200 });
    printer.print(ticketPaper(sampleTicket()), { key: 'a', title: 'B 027' });
    await until(() => jobs.get('a')?.state === 'sent');
    served.set({ paperOut: true });
    expect(await printer.settled('a')).toMatchObject({ state: 'unknown', reason: 'paper-out' });
  });

  it('turns out confirmed when paper is filled in and the printer finishes it; the next slip waits for its own answer', async () => {
    await until(() => printer.health.current().state === 'ready');
    served.set({ baud: 115_200 });
    printer.print(ticketPaper(sampleTicket()), { key: 'a', title: 'B 027' });
    await until(() => jobs.get('a')?.state === 'sent');
    served.set({ paperOut: true });
    expect((await printer.settled('a')).state).toBe('unknown');
    served.set({ paperOut: false });
    await until(() => jobs.get('a')?.state === 'confirmed');
    expect(served.printer.slips).toHaveLength(1);
    printer.print(ticketPaper(sampleTicket()), { key: 'b', title: 'B 028' });
    expect((await printer.settled('b')).state).toBe('confirmed');
    expect(served.printer.slips).toHaveLength(2);
  });

  it('is confirmed by its own answer, not by a late one to an earlier question', async () => {
    await printer.close();
    const slips: number[] = [];
    printer = createTicketPrinter({
      id: 'cham',
      name: 'Máy chậm',
      transport: tcpTransport({ host: '127.0.0.1', port: served.port }),
      profile: profileOf('generic-80'), // no ordered answers: DLE EOT alone
      textMode: 'raster',
      jobs,
      clock: systemClock,
      times: { ...FAST, replyMs: 30, confirmMs: 5000 },
    });
    await until(() => printer.health.current().state === 'ready');
    served.set({ baud: 230_400 }); // a third of a second per slip: every heartbeat in between is answered late
    for (const key of ['1', '2', '3']) {
      printer.print(ticketPaper(sampleTicket()), { key, title: key });
      expect((await printer.settled(key)).state).toBe('confirmed');
      slips.push(served.printer.slips.length);
    }
    expect(slips).toEqual([1, 2, 3]);
  });

  it('is unknown when the cable goes in the middle; the printer comes back without a click', async () => {
    await until(() => printer.health.current().state === 'ready');
    served.set({ baud: 38_400 });
    printer.print(ticketPaper(sampleTicket()), { key: 'a', title: 'B 027' });
    await until(() => jobs.get('a')?.state === 'sent');
    served.set({ unplugged: true });
    expect(await printer.settled('a')).toMatchObject({ state: 'unknown', reason: 'unplugged' });
    expect(printer.health.current().state).toBe('absent');
    served.set({ unplugged: false, baud: 0 });
    await until(() => printer.health.current().state === 'ready');
  });

  it('is settled, not repeated, after the counter was killed', async () => {
    jobs.begin({ key: 'queued', deviceId: 'in-phieu', kind: 'ticket', title: 'B 001' });
    jobs.begin({ key: 'sent', deviceId: 'in-phieu', kind: 'ticket', title: 'B 002' });
    jobs.change('sent', 'sent');
    const again = createJobs(store);
    expect(again.get('queued')).toMatchObject({ state: 'failed' });
    expect(again.get('sent')).toMatchObject({ state: 'unknown' });
    expect(served.printer.slips).toHaveLength(0);
  });
});

describe('the heartbeat', () => {
  it('tells cover, off line and low paper', async () => {
    served.set({ coverOpen: true });
    await until(() => printer.health.current().reasons.includes('cover-open'));
    expect(printer.health.current().vi).toContain('nắp đang mở');
    served.set({ coverOpen: false, offline: true });
    await until(() => printer.health.current().reasons.join() === 'offline');
    served.set({ offline: false, paperLow: true });
    await until(() => printer.health.current().state === 'attention');
    expect(printer.health.current().reasons).toEqual(['paper-low']);
  });
});
