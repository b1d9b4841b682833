import { call } from '@orpc/server';
import fc from 'fast-check';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CallContext } from '../contract/context.ts';
import type { KioskScanEvent } from '../contract/devices.ts';
import { appointmentQr, ticketQr } from '../contract/paper.ts';
import { ticketPaper } from '../documents/ticket/index.ts';
import { openStore, systemClock, type Store } from '../store/index.ts';
import { BAD_CODES, SAMPLE_CARDS, serveReader, type ServedReader } from '../training/reader/index.ts';
import { ageOn, toldToKiosk } from './kiosk-scans.ts';
import { classify, createDevices, createSetup, devicesHandlers, migrations, type Devices } from './index.ts';

const elder = (years: number) => (years >= 60 ? 'cao-tuoi' : undefined);
const told = (text: string) => toldToKiosk(classify(text, { today: '2026-11-23' }), '2026-11-23', elder);

describe('what a ticket machine is told', () => {
  it('is the kind of code and what a number needs', () => {
    expect(told(SAMPLE_CARDS.an)).toEqual({ kind: 'id-card' });
    expect(told(SAMPLE_CARDS.ky)).toEqual({ kind: 'id-card', priorityReason: 'cao-tuoi' });
    expect(told(appointmentQr('A-20261123-0930-7KQ2'))).toEqual({ kind: 'appointment', code: 'A-20261123-0930-7KQ2' });
    expect(told('TAM-3-261123-1')).toEqual({ kind: 'receipt' });
    expect(told(ticketQr('B 027', '6f1c0e9a-77aa-4f00-9d2f-0123456789ab'))).toMatchObject({ kind: 'ticket' });
    expect(told(BAD_CODES.torn)).toEqual({ kind: 'unreadable' });
    expect(told(BAD_CODES.foreign)).toEqual({ kind: 'unreadable' });
  });
  it('never holds a word of the card', () => {
    for (const card of Object.values(SAMPLE_CARDS)) {
      const words = JSON.stringify(told(card));
      for (const field of card.split('|')) if (field !== '') expect(words).not.toContain(field);
    }
  });
  it('counts whole years, on the birthday itself too', () => {
    expect(ageOn('1966-11-23', '2026-11-23')).toBe(60);
    expect(ageOn('1966-11-24', '2026-11-23')).toBe(59);
    expect(ageOn('2024-02-29', '2025-02-28')).toBe(0);
    fc.assert(
      fc.property(fc.integer({ min: 1900, max: 2026 }), fc.integer({ min: 1, max: 12 }), (year, month) => {
        const age = ageOn(`${year}-${String(month).padStart(2, '0')}-10`, '2026-11-23');
        expect(age).toBe(2026 - year - (month === 12 ? 1 : 0));
      }),
    );
  });
});

describe('the stream of a ticket machine', () => {
  let dir: string;
  let store: Store;
  let kioskReader: ServedReader;
  let deskReader: ServedReader;
  let devices: Devices;
  const ending = new Set<AbortController>();
  const tcp = (port: number) => ({ via: 'tcp', host: '127.0.0.1', port }) as const;

  beforeEach(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-kiosk-scans-'));
    store = openStore({ file: path.join(dir, 'quay.db'), clock: systemClock, migrations });
    kioskReader = await serveReader();
    deskReader = await serveReader();
    devices = createDevices({
      store,
      clock: systemClock,
      training: false,
      ticketPaper,
      heartbeatMs: 50,
      config: [
        { id: 'o-kiot', kind: 'reader', name: 'Đầu đọc máy lấy số', counterId: 'kiosk-1', address: tcp(kioskReader.port) },
        { id: 'chung', kind: 'reader', name: 'Đầu đọc chung', address: tcp(deskReader.port) },
      ],
    });
  });
  afterEach(async () => {
    for (const one of ending) one.abort();
    await devices.close();
    await kioskReader.close();
    await deskReader.close();
    store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const listen = async (counterId?: string) => {
    const handlers = devicesHandlers(devices, createSetup(devices), systemClock, elder);
    const context: CallContext = { connectionId: 'c', caller: { role: 'kiosk', deviceId: 'k', ...(counterId ? { counterId } : {}) } };
    const end = new AbortController();
    ending.add(end);
    const heard: KioskScanEvent[] = [];
    const stream = await call(handlers.kioskScans, undefined, { context, signal: end.signal });
    void (async () => {
      for await (const event of stream) heard.push(event);
    })();
    return heard;
  };

  it('tells its own reader alone, and when that is pulled and comes back', async () => {
    const mine = await listen('kiosk-1');
    const other = await listen('kiosk-2');
    const nameless = await listen();
    await expect.poll(() => mine.at(-1)).toEqual({ type: 'reader', ready: true });
    deskReader.scan(SAMPLE_CARDS.huong);
    kioskReader.scan(SAMPLE_CARDS.an);
    await expect.poll(() => mine.at(-1)).toMatchObject({ type: 'scan', scan: { kind: 'id-card' } });
    kioskReader.set({ unplugged: true });
    await expect.poll(() => mine.at(-1), { timeout: 10_000 }).toEqual({ type: 'reader', ready: false });
    kioskReader.set({ unplugged: false });
    await expect.poll(() => mine.at(-1), { timeout: 20_000 }).toEqual({ type: 'reader', ready: true });
    expect(mine.filter((event) => event.type === 'scan')).toHaveLength(1);
    expect(other).toEqual([{ type: 'reader', ready: false }]);
    expect(nameless).toEqual([{ type: 'reader', ready: false }]);
  }, 40_000);
});
