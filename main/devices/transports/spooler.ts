import type { DeviceReason } from '../../contract/devices.ts';
import type { PrinterStatus } from '../printer/status.ts';
import { createDriverProcess, type DriverProcess, type SpawnDriver } from '../scanner/native-process.ts';
import { ScanTrouble } from '../scanner/types.ts';
import { createPlug, DeviceTrouble, type Connection, type SlipQueue, type Transport } from './transport.ts';

/** A queue of the system, as the setup page needs it. */
export interface SystemQueue {
  readonly name: string;
  readonly port: string;
  readonly driver: string;
}

/** The Windows spooler in raw mode: slips go to a queue as they are, the maker's driver changes nothing in them. */
export interface Spooler {
  list(): Promise<readonly SystemQueue[]>;
  transport(queue: string): Transport;
  close(): Promise<void>;
}

/** `winspool.h`. */
const PRINTER = {
  paused: 0x1,
  error: 0x2,
  jam: 0x8,
  paperOut: 0x10,
  paperProblem: 0x40,
  offline: 0x80,
  notAvailable: 0x1000,
  noToner: 0x40000,
  userIntervention: 0x100000,
  doorOpen: 0x400000,
  unknown: 0x800000,
} as const;
const WORK_OFFLINE = 0x400;
const JOB = {
  paused: 0x1,
  error: 0x2,
  deleting: 0x4,
  offline: 0x20,
  paperOut: 0x40,
  printed: 0x80,
  deleted: 0x100,
  blocked: 0x200,
} as const;
const JOB_NEEDS_HAND = 0x400;
const JOB_COMPLETE = 0x1000;

const any = (bits: number, ...masks: readonly number[]): boolean => masks.some((mask) => (bits & mask) !== 0);

/** What the bits of the printer, and of the slip that waits in its queue, say together. */
export function statusFromBits(printer: number, attributes: number, job = 0): PrinterStatus {
  return {
    paperOut: any(printer, PRINTER.paperOut) || any(job, JOB.paperOut),
    coverOpen: any(printer, PRINTER.doorOpen),
    error: any(printer, PRINTER.jam, PRINTER.paperProblem),
    paperLow: false,
    offline:
      any(
        printer,
        PRINTER.paused,
        PRINTER.error,
        PRINTER.offline,
        PRINTER.notAvailable,
        PRINTER.noToner,
        PRINTER.userIntervention,
        PRINTER.unknown,
      ) ||
      any(attributes, WORK_OFFLINE) ||
      any(job, JOB.paused, JOB.error, JOB.offline, JOB.blocked, JOB_NEEDS_HAND),
  };
}

/** Codes of Windows (winerror.h) that tell something about the printer. */
const CODES: Readonly<Record<number, DeviceReason>> = {
  5: 'access-denied',
  // The queue was renamed or taken away.
  1801: 'unplugged',
  // The spooler service does not run.
  1722: 'offline',
  1796: 'offline',
  1905: 'offline',
  28: 'paper-out',
  // The system has no such part: not Windows, or not built.
  126: 'not-configured',
};

/** The addon's words as trouble; something else that went wrong stays what it is. */
function spoolerTrouble(error: unknown): DeviceTrouble {
  const words = error instanceof Error ? error.message : '';
  const code = /^SPOOLER (\d+) /u.exec(words)?.[1];
  if (code !== undefined) return new DeviceTrouble(CODES[Number(code)] ?? 'offline', words, { cause: error });
  if (error instanceof ScanTrouble)
    return new DeviceTrouble(error.reason === 'timeout' ? 'timeout' : 'driver-restarting', words, { cause: error });
  return new DeviceTrouble('not-configured', words, { cause: error });
}

/** A call into a port monitor that stands still this long is taken for dead. */
const HUNG_MS = 20_000;
const LOOK_MS = 400;
const LATE_LOOK_MS = 2500;

/**
 * @param options.driver, options.spawn the child process that owns winspool.drv: a queue that hangs costs this printer a
 * few seconds, and scanners nothing at all
 */
export function createSpooler(options: { driver?: DriverProcess; spawn?: SpawnDriver; lookMs?: number } = {}): Spooler {
  const driver = options.driver ?? createDriverProcess({ ...(options.spawn ? { spawn: options.spawn } : {}), times: { hungMs: HUNG_MS } });
  const lookMs = options.lookMs ?? LOOK_MS;

  const open = async (queue: string, signal: AbortSignal): Promise<Connection> => {
    const plug = createPlug();
    const ended = new AbortController();
    /** Of the slips that wait, by job: the printer's own bits often stay silent about what stops it. */
    const waiting = new Map<number, number>();

    const status = async (): Promise<PrinterStatus> => {
      try {
        const { status: bits, attributes } = await driver.call('queueState', [queue]);
        return statusFromBits(
          bits,
          attributes,
          [...waiting.values()].reduce((all, job) => all | job, 0),
        );
      } catch (error) {
        throw spoolerTrouble(error);
      }
    };
    const pause = (ms: number) =>
      new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          ended.signal.removeEventListener('abort', done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        ended.signal.addEventListener('abort', done);
        if (ended.signal.aborted) done();
      });
    /** One look at a slip: did it leave, was it taken out by hand, or does it wait? */
    const look = async (job: number): Promise<'left' | 'taken-out' | 'waits'> => {
      const bits = await driver.call('job', [queue, job]).catch(() => waiting.get(job) ?? 0);
      if (bits === null) return any(waiting.get(job) ?? 0, JOB.deleting, JOB.deleted) ? 'taken-out' : 'left';
      waiting.set(job, bits);
      if (any(bits, JOB.deleting, JOB.deleted)) return 'taken-out';
      return any(bits, JOB.printed, JOB_COMPLETE) ? 'left' : 'waits';
    };
    const follow = async (job: number, deadlineMs: number, late: () => void): Promise<boolean> => {
      const end = performance.now() + deadlineMs;
      for (;;) {
        const now = await look(job);
        if (now !== 'waits') {
          waiting.delete(job);
          return now === 'left';
        }
        if (ended.signal.aborted) return false;
        if (performance.now() > end) break;
        await pause(lookMs);
      }
      void (async () => {
        while (!ended.signal.aborted) {
          await pause(Math.max(lookMs, LATE_LOOK_MS));
          const now = ended.signal.aborted ? 'waits' : await look(job);
          if (now === 'waits') continue;
          waiting.delete(job);
          if (now === 'left') late();
          return;
        }
      })();
      return false;
    };
    const slips: SlipQueue = {
      status,
      async print(bytes, title, deadlineMs, late) {
        let job: number;
        try {
          job = await driver.call('print', [queue, title, Buffer.from(bytes).toString('base64')]);
        } catch (error) {
          // The driver died in the middle, or the end of the document failed: whether the queue has the slip nobody knows.
          const unsure = error instanceof ScanTrouble || (error instanceof Error && error.message.endsWith(' EndDocPrinter'));
          throw unsure ? new Error('the slip may be in the queue', { cause: error }) : spoolerTrouble(error);
        }
        return { left: follow(job, deadlineMs, late) };
      },
    };

    await status();
    if (signal.aborted) throw new Error('aborted');
    return {
      ...plug.listen,
      slips,
      write: async (bytes) => void (await slips.print(bytes, 'Quay', 0, () => undefined)),
      close: async () => {
        ended.abort();
        plug.closed();
      },
    };
  };

  return {
    list: async () => (await driver.call('printers', [])).map(({ name, port, driver: model }) => ({ name, port, driver: model })),
    transport: (queue) => ({ description: `queue ${queue}`, open: (signal) => open(queue, signal) }),
    close: () => driver.close(),
  };
}
