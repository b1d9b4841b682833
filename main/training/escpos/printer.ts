import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createMechanism, type Slip } from './paper.ts';
import { nextCommand, type Command } from './parser.ts';
import { createWire } from './wire.ts';

export type { Slip } from './paper.ts';

/** What an officer (or a test) can do to the training printer. */
export interface PrinterSwitches {
  paperOut: boolean;
  paperLow: boolean;
  coverOpen: boolean;
  /** The cutter is stuck in paper: an error that a hand has to clear. */
  jam: boolean;
  /** Off line by its button: answers, prints nothing. */
  offline: boolean;
  /** Cable out: nothing goes in, nothing comes out, connections drop. */
  unplugged: boolean;
  /** Bits per second of the wire, 0 = as fast as the network. */
  baud: number;
}

export interface TrainingPrinter {
  /** Bytes from a host; replies go to the `reply` handed to `attach`. */
  attach(reply: (bytes: Uint8Array) => void): { receive(bytes: Uint8Array): void; detach(): void };
  readonly switches: Readonly<PrinterSwitches>;
  set(change: Partial<PrinterSwitches>): void;
  /** Off and on again: buffer, modes and downloaded glyphs are lost. */
  powerCycle(): void;
  /** Slips in the order of printing, newest last; the last 50 are kept. */
  readonly slips: readonly Slip[];
  onSlip(listener: (slip: Slip) => void): () => void;
  /** Names of bytes it did not understand; must stay empty in the tests. */
  readonly unknown: readonly string[];
}

const SLIPS_KEPT = 50;

/** An ESC/POS printer made of memory: parses, prints to pictures, keeps its status and says it as a real one does. */
export function createTrainingPrinter(options: { widthDots?: number } = {}): TrainingPrinter {
  const switches: PrinterSwitches = {
    paperOut: false,
    paperLow: false,
    coverOpen: false,
    jam: false,
    offline: false,
    unplugged: false,
    baud: 0,
  };
  const slips: Slip[] = [];
  const unknown: string[] = [];
  const listeners = new Set<(slip: Slip) => void>();
  const hosts = new Set<{ reply: (bytes: Uint8Array) => void; asb: boolean }>();
  const mechanism = createMechanism(options.widthDots ?? 576, (slip) => {
    slips.push(slip);
    if (slips.length > SLIPS_KEPT) slips.shift();
    for (const listener of listeners) listener(slip);
  });
  let queue: { command: Command; length: number; host: { reply: (bytes: Uint8Array) => void; asb: boolean } }[] = [];

  const isOffline = () => switches.offline || switches.coverOpen || switches.paperOut || switches.jam;
  const realTime = (n: number): number => {
    if (n === 1) return 0x12 | (isOffline() ? 0x08 : 0);
    if (n === 2) return 0x12 | (switches.coverOpen ? 0x04 : 0) | (switches.paperOut ? 0x20 : 0) | (switches.jam ? 0x40 : 0);
    if (n === 3) return 0x12 | (switches.jam ? 0x08 : 0);
    return 0x12 | (switches.paperOut ? 0x6c : switches.paperLow ? 0x0c : 0);
  };
  const asbMessage = () =>
    Uint8Array.of(
      0x10 | (isOffline() ? 0x08 : 0) | (switches.coverOpen ? 0x20 : 0),
      switches.jam ? 0x08 : 0,
      (switches.paperLow || switches.paperOut ? 0x03 : 0) | (switches.paperOut ? 0x0c : 0),
      0x0f,
    );
  const sensor = () => (switches.paperOut ? 0x0f : switches.paperLow ? 0x03 : 0);
  const work = () => {
    while (queue.length > 0 && !isOffline()) {
      const { command, length, host } = queue.shift()!;
      mechanism.count(length);
      if (command.name === 'GS r') host.reply(Uint8Array.of(sensor()));
      else if (command.name === 'GS a') {
        host.asb = (command.data[0] ?? 0) !== 0;
        if (host.asb) host.reply(asbMessage());
      } else if (command.name === 'unknown') unknown.push(Buffer.from(command.data).toString('hex'));
      else {
        if (command.name === 'ESC @') host.asb = false;
        mechanism.run(command);
      }
    }
  };

  return {
    switches,
    slips,
    unknown,
    attach(reply) {
      const host = { reply: (bytes: Uint8Array) => void (switches.unplugged || reply(bytes)), asb: false };
      hosts.add(host);
      let rest = new Uint8Array(0);
      return {
        receive(bytes) {
          if (switches.unplugged) return;
          const all = new Uint8Array(rest.length + bytes.length);
          all.set(rest);
          all.set(bytes, rest.length);
          let at = 0;
          while (at < all.length) {
            const next = nextCommand(all, at);
            if (!next) break;
            at += next.used;
            if (next.command.name === 'DLE EOT') host.reply(Uint8Array.of(realTime(next.command.data[0] ?? 1)));
            else queue.push({ command: next.command, length: next.used, host });
            work();
          }
          rest = all.slice(at);
        },
        detach: () => void hosts.delete(host),
      };
    },
    set(change) {
      const before = asbMessage().join();
      Object.assign(switches, change);
      if (asbMessage().join() !== before) for (const host of hosts) if (host.asb) host.reply(asbMessage());
      work();
    },
    powerCycle() {
      queue = [];
      mechanism.reset();
      for (const host of hosts) host.asb = false;
    },
    onSlip(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/**
 * Puts a training printer on TCP, as network printers listen on 9100.
 * @param options.port 0 = any free one
 */
export async function servePrinter(printer: TrainingPrinter, options: { port?: number; host?: string } = {}) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    if (printer.switches.unplugged) return void socket.destroy();
    sockets.add(socket);
    socket.setNoDelay(true);
    const host = printer.attach((bytes) => void socket.write(bytes));
    const wire = createWire(
      () => printer.switches.baud,
      (bytes) => host.receive(bytes),
    );
    socket.on('data', (bytes) => {
      if (wire.push(bytes)) return;
      socket.pause();
      wire.whenFree(() => socket.resume());
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      wire.close();
      host.detach();
      sockets.delete(socket);
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  return {
    printer,
    port: (server.address() as AddressInfo).port,
    /** Sets switches; pulling the cable also drops the connections. */
    set(change: Partial<PrinterSwitches>) {
      printer.set(change);
      if (change.unplugged) for (const socket of sockets) socket.destroy();
    },
    /** Switch off and on: connections drop, memory is empty. */
    powerCycle() {
      printer.powerCycle();
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
export type ServedPrinter = Awaited<ReturnType<typeof servePrinter>>;
