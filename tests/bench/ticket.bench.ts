import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDevices, createEncoder, migrations as deviceMigrations, profileOf, type TextMode } from '../../main/devices/index.ts';
import { sampleTicket, ticketPaper } from '../../main/documents/ticket/index.ts';
import { openStore, systemClock } from '../../main/store/index.ts';
import { createTrainingPrinter, createWire } from '../../main/training/escpos/index.ts';

const percentile = (values: readonly number[], p: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * p))]!;
const round = (n: number): number => Math.round(n * 100) / 100;

/** The bytes of the walkthrough's ticket; `printed` slips before it have filled the printer's memory of glyphs. */
function bytesOf(mode: TextMode, profile: string, printed = 0): Uint8Array {
  const encoder = createEncoder(profileOf(profile), mode);
  for (let i = 0; i < printed; i += 1) encoder.encode(ticketPaper(sampleTicket({ number: `B 0${10 + i}` })));
  const bytes = encoder.encode(ticketPaper(sampleTicket()));
  if (typeof bytes === 'string') throw new Error(bytes);
  return bytes;
}

/** Time for these bytes over a wire of this speed (8N1), measured behind the token bucket that training uses. */
function wireMs(bytes: Uint8Array, baud: number): Promise<number> {
  return new Promise((resolve) => {
    const began = performance.now();
    let arrived = 0;
    const wire = createWire(
      () => baud,
      (part) => {
        arrived += part.length;
        if (arrived < bytes.length) return;
        setImmediate(() => wire.close());
        resolve(round(performance.now() - began));
      },
    );
    wire.push(bytes);
  });
}

/**
 * Press to first byte: from `printTicket` (job committed to SQLite, status known, paper set and encoded) to the first
 * byte that the printer's socket sees, over loopback TCP.
 */
async function firstByte(rounds: number): Promise<{ p50: number; p95: number }> {
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-bench-'));
  const store = openStore({ file: path.join(dir, 'quay.sqlite'), clock: systemClock, migrations: deviceMigrations });
  const model = createTrainingPrinter();
  const sockets = new Set<Socket>();
  let pressed = 0;
  const times: number[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    const host = model.attach((bytes) => void socket.write(bytes));
    socket.on('data', (bytes) => {
      // Heartbeats are nine bytes; a slip starts with many more.
      if (pressed > 0 && bytes.length > 20) {
        times.push(performance.now() - pressed);
        pressed = 0;
      }
      host.receive(bytes);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const devices = createDevices({
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
        address: { via: 'tcp', host: '127.0.0.1', port },
      },
    ],
  });
  while (devices.health()[0]!.state !== 'ready') await new Promise((resolve) => setTimeout(resolve, 5));
  for (let i = 0; i < rounds; i += 1) {
    const ticket = sampleTicket({ number: `B ${String(i).padStart(3, '0')}` });
    pressed = performance.now();
    devices.printTicket(ticket, { key: `bench-${i}` });
    const job = await devices.settled(`bench-${i}`);
    if (job.state !== 'confirmed') throw new Error(`ticket ${i} is ${job.state}`);
  }
  await devices.close();
  for (const socket of sockets) socket.destroy();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  store.close();
  rmSync(dir, { recursive: true });
  return { p50: round(percentile(times, 0.5)), p95: round(percentile(times, 0.95)) };
}

export const run = async (): Promise<Record<string, number>> => {
  const raster = bytesOf('raster', 'training');
  const plainRaster = bytesOf('raster', 'generic-80');
  const glyph = bytesOf('glyphs', 'training', 5);
  const glyphFirst = bytesOf('glyphs', 'training');
  const tcvn = bytesOf('tcvn3', 'training');
  const { p50, p95 } = await firstByte(200);
  return {
    firstByteP50Ms: p50,
    firstByteP95Ms: p95,
    /** As the walkthrough prints it. */
    ticketBytes: raster.length,
    /** On any printer: the QR as dots, nothing assumed. */
    rasterBytes: plainRaster.length,
    glyphBytes: glyph.length,
    /** The first slip after the printer was switched on brings the glyphs along. */
    glyphFirstBytes: glyphFirst.length,
    tcvnBytes: tcvn.length,
    tcvnWire9600Ms: await wireMs(tcvn, 9600),
    tcvnWire115200Ms: await wireMs(tcvn, 115_200),
    glyphWire9600Ms: await wireMs(glyph, 9600),
    glyphWire115200Ms: await wireMs(glyph, 115_200),
    /** Never sent: pictures are refused below 57,600. */
    rasterWire9600Ms: await wireMs(plainRaster, 9600),
    rasterWire115200Ms: await wireMs(plainRaster, 115_200),
  };
};
