import type { Clock } from '../store/index.ts';
import type { Timers } from './backoff.ts';
import type { Outbox } from './outbox.ts';
import { bulkOpenedAt, type Sender } from './sender.ts';

/** Unsent for this long while the line is up, and somebody is told (queue reference 4.4, "nothing silently stuck"). */
export const STUCK_MS = 30 * 60_000;
const LOOK_MS = 30_000;

export interface Stuck {
  /** Pieces of work that wait too long. */
  readonly count: number;
  /** Sequence number of the one that waits longest, and since when it could have been sent. */
  readonly seq: number;
  readonly since: number;
}

/**
 * Work that could have left and did not: put in, line up and (for bulk) hours open for half an hour or more. What waits for a person,
 * for the line or because somebody paused is not stuck: it says so elsewhere. A restart begins the half hour anew.
 */
export function createStuck(deps: {
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly bulkHours: { from: string; to: string } | null;
  changed(): void;
}) {
  const { outbox, sender, clock } = deps;
  let cancel: (() => void) | null = null;
  let told = 0;

  function now(): Stuck | null {
    const line = sender.line();
    const late = clock.now() - STUCK_MS;
    if (line.word !== 'up' || sender.isPaused() || line.since > late) return null;
    const opened = bulkOpenedAt(deps.bulkHours, clock.now());
    const found = outbox.waitingSince(late, opened !== null && opened <= late);
    return found && { count: found.count, seq: found.seq, since: Math.max(found.at, line.since) };
  }

  /** Nothing may happen for half an hour, so screens must hear of it from the clock. */
  function look(): void {
    const count = now()?.count ?? 0;
    if (count !== told) {
      told = count;
      deps.changed();
    }
    cancel = deps.timers.after(LOOK_MS, look);
  }

  return {
    now,
    start: () => void (cancel = deps.timers.after(LOOK_MS, look)),
    close: () => cancel?.(),
  };
}
