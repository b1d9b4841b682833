import { businessDay, fromVietnam, type Clock } from '../store/index.ts';
import type { Random, Timers } from './backoff.ts';
import { asProblem } from './problems.ts';
import type { Reconciliation } from './reconcile.ts';
import type { Remote } from './remote.ts';
import type { Sender } from './sender.ts';

export interface DailyOptions {
  /** How often the province is asked what changed, ms. */
  readonly pollMs: number;
  /** From this hour the day is compared, `HH:MM`; a day that was missed is made up for. */
  readonly reconcileAt: string;
}

/** Asks the province by itself: news every minute, the comparison once a day. A line that is not up is left alone. */
export function createDaily(deps: {
  clock: Clock;
  timers: Timers;
  random: Random;
  sender: Sender;
  remote: Remote;
  reconciliation: Reconciliation;
  hasDay(day: string): boolean;
  /** Did dossiers of this day arrive over there after the instant, without being compared yet? */
  arrivedSince(day: string, at: number): boolean;
  /** Our own housekeeping; asks nobody. */
  tidy(): void;
  options: DailyOptions;
  onError(error: unknown): void;
}) {
  const { clock, timers, sender } = deps;
  const stopping = new AbortController();
  let cancel: (() => void) | null = null;
  let running: Promise<void> = Promise.resolve();

  /** The day that is due for its comparison, the older one first; null when all is done. */
  function dueDay(): string | null {
    const now = clock.now();
    const today = businessDay(now);
    const yesterday = businessDay(now - 86_400_000);
    if (due(yesterday, now)) return yesterday;
    return now >= fromVietnam(today, deps.options.reconcileAt) && due(today, now) ? today : null;
  }

  /** Never compared, or something of it arrived after its last comparison. */
  function due(day: string, now: number): boolean {
    if (!deps.hasDay(day)) return false;
    const last = deps.reconciliation.last(day);
    return !last || (now - last.at >= deps.options.pollMs * 5 && deps.arrivedSince(day, last.at));
  }

  async function tick(): Promise<void> {
    deps.tidy();
    if (sender.line().word !== 'up' || sender.isPaused() || sender.line().notBefore > clock.now()) return;
    try {
      await deps.remote.poll(stopping.signal);
      const day = dueDay();
      if (day) await deps.reconciliation.run(day, stopping.signal);
      sender.learned(null);
    } catch (error) {
      if (stopping.signal.aborted) return;
      const problem = asProblem(error);
      sender.learned(problem);
      if (problem.word === 'fault' || problem.word === 'disk') deps.onError(error);
    }
  }

  function plan(ms: number): void {
    if (stopping.signal.aborted) return;
    cancel = timers.after(ms, () => {
      running = tick().finally(() => plan(deps.options.pollMs * (0.75 + deps.random() / 2)));
    });
  }

  return {
    start: () => plan(Math.min(2_000, deps.options.pollMs)),
    async close(): Promise<void> {
      stopping.abort();
      cancel?.();
      await running;
    },
  };
}
