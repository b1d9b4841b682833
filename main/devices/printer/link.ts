import type { DeviceReason } from '../../contract/devices.ts';
import type { Clock } from '../../store/index.ts';
import { DeviceTrouble, troubleOf, type Connection, type SlipQueue, type Transport } from '../transports/transport.ts';
import type { HealthCell } from '../health.ts';
import { createPause } from '../pause.ts';
import { asb, ORDERED_STATUS, statusRequest } from './commands.ts';
import type { PrinterProfile } from './profile.ts';
import { canPrint, createStatusParser, fromAsb, fromRealTime, reasonsOf, type PrinterStatus } from './status.ts';

export interface LinkTimes {
  /** Between two heartbeats. */
  readonly heartbeatMs: number;
  /** Longest wait for an answer to DLE EOT on an idle wire. */
  readonly replyMs: number;
  /** First pause after a failed connect; doubles up to `heartbeatMs`. */
  readonly retryMs: number;
}

/**
 * A question on the wire. Answers carry no name, so they belong to the questions in their order: one that was given up
 * stays in the row and swallows its late answer, or the next question would take that for its own.
 */
interface Waiter {
  readonly kind: 'real-time' | 'ordered';
  givenUp: boolean;
  resolve(byte: number | null): void;
  /** The answer came after it was given up. */
  late?: () => void;
}

/** So many good heartbeats in a row after a question was given up: the printer has lost it (switched off and on). */
const BEATS_TO_FORGET = 4;

/** A slip on its way: what the printer answered behind its last byte, null for nothing in time. */
interface Sent {
  readonly ordered: Promise<number | null>;
  readonly after: Promise<PrinterStatus | null>;
}

/**
 * The line to one printer: opens it, keeps it open, asks how it is every few seconds and writes what it hears into the
 * health cell. An unplugged cable is found by an unanswered heartbeat; no event of the system is needed for it.
 */
export function createLink(options: {
  transport: Transport;
  profile: PrinterProfile;
  health: HealthCell;
  clock: Clock;
  times: LinkTimes;
  onConnected?: () => void;
  /** A trouble that no status tells: it stands until the configuration changes. */
  standing?: DeviceReason;
}) {
  const { transport, profile, health, times } = options;
  const stopping = new AbortController();
  let connection: Connection | null = null;
  let status: PrinterStatus | null = null;
  let waiters: Waiter[] = [];
  /** While a job is on the wire answers come late: a missed heartbeat then says nothing. */
  let jobs = 0;
  let goodBeats = 0;
  const watchers = new Set<() => void>();

  const { pause, wake } = createPause();
  const changed = () => {
    for (const watcher of watchers) watcher();
  };
  const publish = () => {
    if (!status) return;
    const reasons = [...reasonsOf(status), ...(options.standing ? [options.standing] : [])];
    if (!canPrint(status)) health.set('error', reasons);
    else if (jobs > 0) health.set('busy', reasons);
    else health.set(reasons.length > 0 ? 'attention' : 'ready', reasons);
    changed();
  };
  const answer = (kind: Waiter['kind'], byte: number) => {
    const index = waiters.findIndex((w) => w.kind === kind);
    if (index < 0) return;
    const [waiter] = waiters.splice(index, 1);
    if (waiter!.givenUp) waiter!.late?.();
    else waiter!.resolve(byte);
  };
  const drop = (trouble: ReturnType<typeof troubleOf> = { state: 'absent', reason: 'unplugged' }) => {
    connection = null;
    status = null;
    const left = waiters;
    waiters = [];
    for (const waiter of left) waiter.resolve(null);
    if (!stopping.signal.aborted) health.set(trouble.state, [trouble.reason]);
    changed();
    wake();
  };

  /** Waits for one answer; null on silence. */
  const expect = (kind: Waiter['kind'], ms: number, late?: () => void): Promise<number | null> =>
    new Promise((resolve) => {
      const waiter: Waiter = {
        kind,
        givenUp: false,
        resolve: (byte) => {
          clearTimeout(timer);
          resolve(byte);
        },
        ...(late ? { late } : {}),
      };
      const timer = setTimeout(() => {
        waiter.givenUp = true;
        resolve(null);
      }, ms);
      waiters.push(waiter);
    });

  /** Of a queue: its driver's watchdog is the deadline. */
  const askQueue = async (line: Connection, slips: SlipQueue): Promise<PrinterStatus | null> => {
    try {
      const said = await slips.status();
      if (connection !== line) return null;
      health.seen();
      status = said;
      publish();
      return said;
    } catch (error) {
      if (connection !== line) return null;
      drop(troubleOf(error));
      await line.close();
      return null;
    }
  };
  const ask = async (ms: number): Promise<PrinterStatus | null> => {
    const line = connection;
    if (!line) return null;
    if (line.slips) return askQueue(line, line.slips);
    const answers = Promise.all([expect('real-time', ms), expect('real-time', ms), expect('real-time', ms)]);
    line.write(Uint8Array.from([...statusRequest(1), ...statusRequest(2), ...statusRequest(4)])).catch(() => undefined);
    const [printer, cause, paper] = await answers;
    if (printer === null || cause === null || paper === null || printer === undefined || cause === undefined || paper === undefined)
      return null;
    health.seen();
    status = fromRealTime(printer, cause, paper);
    goodBeats = canPrint(status) && jobs === 0 ? goodBeats + 1 : 0;
    if (goodBeats >= BEATS_TO_FORGET) waiters = waiters.filter((w) => !w.givenUp);
    publish();
    return status;
  };

  /** What leaves the queue counts as answered: the system knows no more. */
  const throughQueue = async (
    slips: SlipQueue,
    bytes: Uint8Array,
    title: string,
    deadlineMs: number,
    late: () => void,
  ): Promise<Sent | { refused: DeviceReason }> => {
    try {
      const { left } = await slips.print(bytes, title, deadlineMs, late);
      const after = left.then((gone) => (gone ? ask(times.replyMs) : null));
      return { ordered: after.then((said) => (said ? 0 : null)), after };
    } catch (error) {
      return error instanceof DeviceTrouble ? { refused: error.reason } : { ordered: Promise.resolve(null), after: Promise.resolve(null) };
    }
  };

  const hear = (line: Connection) => {
    const parse = createStatusParser();
    line.onData((bytes) => {
      for (const message of parse(bytes)) {
        if (message.kind === 'real-time') answer('real-time', message.byte);
        else if (message.kind === 'ordered') answer('ordered', message.byte);
        else if (message.kind === 'asb') {
          health.seen();
          status = fromAsb(message.bytes);
          publish();
        }
      }
    });
    line.onClose(() => {
      if (connection === line) drop();
    });
  };

  const run = async () => {
    let wait = times.retryMs;
    while (!stopping.signal.aborted) {
      if (!connection) {
        try {
          const line = await transport.open(stopping.signal);
          connection = line;
          hear(line);
          options.onConnected?.();
          wait = times.retryMs;
        } catch (error) {
          if (stopping.signal.aborted) break;
          const trouble = troubleOf(error);
          health.set(trouble.state, [trouble.reason]);
          changed();
          await pause(wait);
          wait = Math.min(times.heartbeatMs, wait * 2);
          continue;
        }
        if (profile.asb && !connection.slips) await connection.write(Uint8Array.from(asb(true))).catch(() => undefined);
      }
      const line: Connection | null = connection;
      if (jobs > 0 && waiters.length > 0) {
        // The wire is full of a slip; another question would only queue up behind it.
        await pause(times.heartbeatMs);
        continue;
      }
      const alive = await ask(times.replyMs);
      if (!alive && line && jobs === 0 && connection === line) {
        // One more question before the cable is called out: a printer that warms up may miss one.
        const second = await ask(times.replyMs);
        if (!second && connection === line) {
          drop();
          await line.close();
        }
      }
      if (!stopping.signal.aborted) await pause(connection ? times.heartbeatMs : wait);
    }
  };
  const running = run();

  return {
    status: () => status,
    /** Changes of the connection or the status. */
    watch(watcher: () => void): () => void {
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    isConnected: () => connection !== null && status !== null,
    /**
     * Writes one job. `ordered` and `after` settle when the printer has answered what stands behind the job's last byte
     * (null: not in time). `late` is called when the ordered answer comes after that: paper was filled in, and the printer
     * has finished the slip.
     */
    async send(bytes: Uint8Array, title: string, deadlineMs: number, late: () => void): Promise<Sent | { refused: DeviceReason }> {
      const line = connection;
      if (!line) return { refused: 'unplugged' };
      jobs += 1;
      publish();
      if (line.slips) return throughQueue(line.slips, bytes, title, deadlineMs, late);
      const ordered = profile.ordered ? expect('ordered', deadlineMs, late) : Promise.resolve(null);
      try {
        await line.write(profile.ordered ? Uint8Array.from([...bytes, ...ORDERED_STATUS]) : bytes);
      } catch {
        return { ordered: Promise.resolve(null), after: Promise.resolve(null) };
      }
      return { ordered, after: ask(deadlineMs) };
    },
    done() {
      jobs = Math.max(0, jobs - 1);
      publish();
    },
    /** Asks now instead of at the next heartbeat. */
    ask: () => ask(times.replyMs),
    async close() {
      stopping.abort();
      wake();
      const line = connection;
      connection = null;
      for (const waiter of waiters.splice(0)) waiter.resolve(null);
      await line?.close();
      await running;
    },
  };
}
