import type { DeviceReason, PrintJob } from '../../contract/devices.ts';
import type { Paper } from '../../contract/paper.ts';
import type { Clock } from '../../store/index.ts';
import { createHealth, type HealthCell } from '../health.ts';
import type { Jobs } from '../jobs.ts';
import type { Transport } from '../transports/transport.ts';
import { createEncoder, modeObstacle, type Encoder } from './encode.ts';
import { createLink, type LinkTimes } from './link.ts';
import type { PrinterProfile, TextMode } from './profile.ts';
import { canPrint, reasonsOf } from './status.ts';

export interface PrinterTimes extends LinkTimes {
  /** How long a job waits for a printer that is just connecting. */
  readonly patienceMs: number;
  /** How long after the last byte the printer may take to answer before the job counts as unknown. */
  readonly confirmMs: number;
}

export const PRINTER_TIMES: PrinterTimes = { heartbeatMs: 2500, replyMs: 800, retryMs: 250, patienceMs: 3000, confirmMs: 15_000 };

export interface TicketPrinter {
  readonly id: string;
  readonly health: HealthCell;
  /**
   * Prints one paper and cuts. The same key never prints twice; the job comes back at once and is followed by `settled`
   * or the event `devices/job`.
   */
  print(paper: Paper, job: { key: string; kind?: PrintJob['kind']; title: string }): PrintJob;
  /** Sends bytes made elsewhere (test pages); otherwise as `print`. */
  printBytes(bytes: Uint8Array, job: { key: string; kind: PrintJob['kind']; title: string }): PrintJob;
  /** Resolves when the job is confirmed, unknown or failed. */
  settled(key: string): Promise<PrintJob>;
  close(): Promise<void>;
}

/** One ESC/POS printer: jobs one after another, each confirmed only by the printer's answer after its cut. */
export function createTicketPrinter(options: {
  id: string;
  name: string;
  transport: Transport;
  profile: PrinterProfile;
  textMode: TextMode;
  jobs: Jobs;
  clock: Clock;
  times?: Partial<PrinterTimes>;
  /** Sees the bytes of each job as they go out: the walkthrough keeps them. */
  onBytes?: (key: string, bytes: Uint8Array) => void;
}): TicketPrinter {
  const { jobs, profile } = options;
  const times = { ...PRINTER_TIMES, ...options.times };
  const health = createHealth({ id: options.id, kind: 'ticket-printer', name: options.name }, options.clock);
  const encoder: Encoder = createEncoder(profile, options.textMode, options.transport.bitsPerSecond);
  const standing = modeObstacle(profile, options.textMode, options.transport.bitsPerSecond);
  const link = createLink({
    transport: options.transport,
    profile,
    health,
    clock: options.clock,
    times,
    onConnected: () => encoder.forget(),
    ...(standing ? { standing } : {}),
  });
  const { settle, settled } = jobs;
  let tail: Promise<void> = Promise.resolve();
  let closing = false;
  let running = 0;

  /** Null when the printer can print now, else why not. Waits a moment for one that is still connecting. */
  const ready = async (): Promise<DeviceReason | null> => {
    if (!link.isConnected()) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          off();
          resolve();
        };
        const timer = setTimeout(done, times.patienceMs);
        const off = link.watch(() => link.isConnected() && done());
      });
    }
    const status = link.status();
    if (!status) return health.current().reasons[0] ?? 'unplugged';
    return canPrint(status) ? null : (reasonsOf(status)[0] ?? 'offline');
  };

  const run = async (key: string, encode: () => Uint8Array | DeviceReason) => {
    const obstacle = closing ? 'offline' : await ready();
    if (obstacle) return settle(key, 'failed', obstacle);
    const bytes = encode();
    if (typeof bytes === 'string') return settle(key, 'failed', bytes);
    jobs.change(key, 'sent', null, bytes.length); // before the first byte: a crash from here on may have printed
    await transmit(key, bytes);
  };

  const transmit = async (key: string, bytes: Uint8Array) => {
    options.onBytes?.(key, bytes);
    const wireMs = options.transport.bitsPerSecond ? (bytes.length * 10_000) / options.transport.bitsPerSecond : 0;
    const sent = await link.send(bytes, jobs.get(key)?.title ?? key, times.confirmMs + wireMs, () => {
      if (jobs.get(key)?.state === 'unknown') jobs.change(key, 'confirmed');
    });
    try {
      if ('refused' in sent) return settle(key, 'failed', sent.refused);
      const ordered = await sent.ordered;
      const after = await sent.after;
      const arrived = profile.ordered ? ordered !== null && after !== null : after !== null && canPrint(after);
      if (arrived) settle(key, 'confirmed');
      else settle(key, 'unknown', after ? (reasonsOf(after)[0] ?? 'timeout') : (health.current().reasons[0] ?? 'timeout'));
    } finally {
      if (jobs.get(key)?.state !== 'confirmed') encoder.forget();
      link.done();
    }
  };

  /**
   * An idle printer gets its slip at once: the job is queued and sent in one transaction, one wait for the disk instead of
   * two between the press and the first byte.
   */
  const enqueue = (job: { key: string; kind: PrintJob['kind']; title: string }, encode: () => Uint8Array | DeviceReason): PrintJob => {
    const { row, isNew, bytes } = jobs.together(() => {
      const begun = jobs.begin({ ...job, deviceId: options.id });
      const status = link.status();
      const now = begun.isNew && running === 0 && !closing && status !== null && canPrint(status) ? encode() : null;
      if (!(now instanceof Uint8Array)) return { row: begun.job, isNew: begun.isNew, bytes: null };
      return { row: jobs.change(job.key, 'sent', null, now.length), isNew: true, bytes: now };
    });
    if (!isNew) return row;
    running += 1;
    tail = tail
      .then(() => (bytes ? transmit(job.key, bytes) : run(job.key, encode)))
      .catch((error: unknown) => console.error(`devices: ${options.id}`, error))
      .finally(() => {
        running -= 1;
      });
    return row;
  };

  return {
    id: options.id,
    health,
    print: (paper, job) => enqueue({ kind: 'ticket', ...job }, () => encoder.encode(paper)),
    printBytes: (bytes, job) => enqueue(job, () => bytes),
    settled,
    async close() {
      closing = true;
      await link.close();
      await tail;
    },
  };
}
