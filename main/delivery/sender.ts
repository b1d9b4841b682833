import type { Clock, Store } from '../store/index.ts';
import { businessDay, fromVietnam } from '../store/index.ts';
import { backoffMs, type Random, type Timers } from './backoff.ts';
import type { Batch } from './batch.ts';
import { Undelivered, deliver, type DeliverDeps } from './deliver.ts';
import { lineAfterProblem, lineAfterSuccess, lineUp, type Line } from './line.ts';
import type { Item, Outbox } from './outbox.ts';
import { asProblem, whyOf, type ProvinceProblem, type Why } from './problems.ts';

export interface SenderOptions {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly batch: Batch;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: Random;
  /** Dossiers under way at once. */
  readonly parallel: number;
  /** Longest wait between two tries, in ms. */
  readonly capMs: number;
  /** Hours in which bulk may leave, `HH:MM`; null: always. */
  readonly bulkHours: { from: string; to: string } | null;
  readonly deliver: DeliverDeps;
  readonly ready: () => boolean;
  onChange(seq: number): void;
  onLine(line: Line): void;
  onHeld(item: Item, why: Why): void;
}

/** A dossier that the province itself breaks on waits up to ten times as long as one that the line lost. */
const FAULT_FACTOR = 10;
const LOCAL_WAIT_MS = 5_000;
const SMALL = 0;
const LARGE = 1;
const BULK = 2;

/** Is `now` inside the hours, which may span midnight? And when do they open next? Pure. */
export function bulkWindow(hours: { from: string; to: string } | null, now: number): { open: boolean; opensAt: number } {
  if (!hours) return { open: true, opensAt: now };
  const day = businessDay(now);
  const from = fromVietnam(day, hours.from);
  const to = fromVietnam(day, hours.to);
  const open = from <= to ? now >= from && now < to : now >= from || now < to;
  return { open, opensAt: open ? now : now < from ? from : from + 86_400_000 };
}

/** Since when bulk may leave: 0 without hours, null while they are closed. Pure. */
export function bulkOpenedAt(hours: { from: string; to: string } | null, now: number): number | null {
  if (!hours) return 0;
  if (!bulkWindow(hours, now).open) return null;
  const from = fromVietnam(businessDay(now), hours.from);
  return from <= now ? from : from - 86_400_000;
}

/**
 * The loop that empties the outbox. It holds no truth: what to do next is always read from the database, so it may die at any point.
 * Order is kept within a dossier, dossiers go in parallel, small and interactive ones first, and one place is always kept free of bulk.
 */
export function createSender(options: SenderOptions) {
  const { outbox, batch, clock, timers, random } = options;
  const flying = new Map<number, { dossierId: string; lane: number; stop: AbortController; done: Promise<void> }>();
  let line: Line = lineUp(clock.now());
  let paused = false;
  let closed = false;
  let started = false;
  let cancelTimer: (() => void) | null = null;
  /** Set while our own disk or database refuses notes. */
  let local: Why | null = null;
  let localUntil = 0;

  const faultWait = (attempts: number) => backoffMs(attempts, random, Math.min(2_000, options.capMs), options.capMs * FAULT_FACTOR);

  function setLine(next: Line): void {
    if (next === line) return;
    const opened = next.word === 'up' && line.word !== 'up';
    line = next;
    if (opened) {
      // What waited because of the line need not wait out its own time any more.
      void batch
        .run(() => outbox.wakeLine())
        .then(pump)
        .catch(() => undefined);
    }
    options.onLine(line);
  }

  function wakeAt(at: number | null): void {
    cancelTimer?.();
    cancelTimer = null;
    if (at === null || closed) return;
    cancelTimer = timers.after(Math.max(1, at - clock.now()), pump);
  }

  function pump(): void {
    if (closed || !started) return;
    try {
      fill();
    } catch (error) {
      localTrouble(asProblem(error));
    }
  }

  function fill(): void {
    const now = clock.now();
    if (paused || !options.ready() || line.word === 'sign-in' || line.word === 'not-configured') return wakeAt(null);
    const until = Math.max(line.notBefore, localUntil);
    if (until > now) return wakeAt(until);
    // A line that is down is tried with one dossier at a time.
    const places = line.word === 'up' ? options.parallel : 1;
    const window = bulkWindow(options.bulkHours, now);
    const busy = new Set([...flying.values()].map((f) => f.dossierId));
    const take = (from: number, to: number, limit: number) => {
      if (flying.size >= limit) return;
      for (const row of outbox.next(now, from, to, options.parallel * 2 + flying.size)) {
        if (flying.size >= limit) return;
        if (flying.has(row.seq) || busy.has(row.dossierId)) continue;
        busy.add(row.dossierId);
        begin(row.seq, row.dossierId, row.lane);
      }
    };
    take(SMALL, LARGE, places);
    if (window.open) {
      // Small work that arrives next finds a free place at once.
      const bulkFlying = [...flying.values()].filter((f) => f.lane === BULK).length;
      const bulkPlaces = Math.max(1, places - 1);
      if (bulkFlying < bulkPlaces) take(BULK, BULK, Math.min(places, flying.size - bulkFlying + bulkPlaces));
    }
    if (flying.size >= places) return wakeAt(null);
    const next = outbox.nextTime(now, SMALL, window.open ? BULK : LARGE);
    wakeAt(window.open ? next : Math.min(next ?? Infinity, window.opensAt));
  }

  function begin(seq: number, dossierId: string, lane: number): void {
    const item = outbox.bySeq(seq);
    if (!item || item.open !== 1) return;
    const stop = new AbortController();
    const done = run(item, stop.signal).finally(() => {
      flying.delete(seq);
      options.onChange(seq);
      pump();
    });
    flying.set(seq, { dossierId, lane, stop, done });
    options.onChange(seq);
  }

  async function run(item: Item, signal: AbortSignal): Promise<void> {
    try {
      await deliver(options.deliver, item, signal);
      local = null;
      setLine(lineAfterSuccess(line, clock.now()));
    } catch (error) {
      const undelivered = error instanceof Undelivered ? error : new Undelivered(asProblem(error), true);
      if (closed || signal.aborted) {
        // Paused or shutting down is nobody's failure; the outcome of a request under way stays unknown.
        await batch
          .run(() =>
            outbox.wait(item.seq, undelivered.maybeSent ? 'unknown' : 'ready', undelivered.maybeSent, item.attempts, 0, {
              word: 'line',
              reasonCode: 'paused',
            }),
          )
          .catch(() => undefined);
        return;
      }
      await settle(item, undelivered).catch((e: unknown) => localTrouble(asProblem(e)));
    }
  }

  async function settle(item: Item, { problem, maybeSent }: Undelivered): Promise<void> {
    const now = clock.now();
    const why = whyOf(problem);
    const attempts = item.attempts + 1;
    if (problem.word === 'disk') return localTrouble(problem);
    // The province answered, so the line carries.
    const answered = problem.word === 'refused' || problem.word === 'fault' || problem.word === 'hash' || problem.word === 'file';
    if (answered && problem.facts.httpStatus !== undefined) setLine(lineAfterSuccess(line, now));
    if (problem.word === 'refused' && problem.facts.reasonCode === 'TEP_KHONG_CO') {
      // It lost files that it had: they go again with the next try.
      await batch.run(() => {
        outbox.forgetRemote(item.dossierId);
        outbox.wait(item.seq, 'ready', false, attempts, now + faultWait(attempts), why);
      });
      return;
    }
    if (problem.word === 'refused' || problem.word === 'file') {
      await batch.run(() => {
        outbox.hold(item.seq, problem.word === 'file' ? 'needs-file' : 'refused', attempts, why);
        if (why.file) outbox.fileProblem(item.seq, why.file, why.reasonCode ?? 'changed');
        options.onHeld(item, why);
      });
      return;
    }
    const own = problem.word === 'fault' || problem.word === 'hash';
    const wait = own ? faultWait(attempts) : backoffMs(attempts, random, 1_000, options.capMs);
    const at = problem.word === 'sign-in' || problem.word === 'blocked' ? 0 : now + (problem.facts.retryAfterMs ?? wait);
    await batch.run(() => outbox.wait(item.seq, maybeSent ? 'unknown' : 'ready', maybeSent, attempts, at, why));
    setLine(lineAfterProblem(line, problem, now, random, options.capMs));
  }

  function localTrouble(problem: ProvinceProblem): void {
    local = { ...whyOf(problem), word: 'disk' };
    localUntil = clock.now() + LOCAL_WAIT_MS;
    options.onLine(line);
    wakeAt(localUntil);
  }

  return {
    start(pausedNow: boolean): void {
      paused = pausedNow;
      started = true;
      pump();
    },
    pump,
    isPaused: () => paused,
    pause(): void {
      paused = true;
      for (const f of flying.values()) f.stop.abort();
      options.onLine(line);
    },
    resume(): void {
      paused = false;
      if (line.word !== 'sign-in') line = { ...line, notBefore: 0 };
      options.onLine(line);
      pump();
    },
    /** A person asks for it: no waiting time counts, the line is tried at once. */
    hurry(): void {
      if (line.word !== 'up')
        line = { ...line, word: line.word === 'sign-in' || line.word === 'not-configured' ? line.word : 'down', notBefore: 0 };
      else line = { ...line, notBefore: 0 };
      localUntil = 0;
      pump();
    },
    /** After a sign-in that worked. */
    signedIn: () => setLine(lineUp(clock.now())),
    /** Other calls (next code, reconciliation) tell what they learned about the line. */
    learned(problem: ProvinceProblem | null): void {
      setLine(problem ? lineAfterProblem(line, problem, clock.now(), random, options.capMs) : lineAfterSuccess(line, clock.now()));
      pump();
    },
    line: () => line,
    local: () => local,
    flying: (seq: number) => flying.has(seq),
    /** Resolves when nothing is under way. */
    async quiet(): Promise<void> {
      await Promise.allSettled([...flying.values()].map((f) => f.done));
    },
    idle: () => flying.size === 0,
    async close(): Promise<void> {
      closed = true;
      cancelTimer?.();
      const all = [...flying.values()];
      for (const f of all) f.stop.abort();
      await Promise.allSettled(all.map((f) => f.done));
    },
  };
}

export type Sender = ReturnType<typeof createSender>;
