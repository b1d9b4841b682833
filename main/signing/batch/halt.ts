import { setTimeout as wait } from 'node:timers/promises';
import type { Refusal } from '../../contract/refusal.ts';
import type { Journal } from './journal.ts';

/** The batch goes no further. */
export class Stopped extends Error {}

/** Whether a batch runs, waits or ends, as its parts and the journal see it. */
export class Halt {
  /** Why it waits, or why it ended before its end. */
  why: Refusal | null = null;
  private readonly journal: Journal;
  private readonly batchId: string;
  private readonly now: () => number;
  private wake: (() => void) | null = null;
  private ended = false;
  private pausedSince: number | null = null;
  private pausedMs = 0;

  constructor(journal: Journal, batchId: string, now: () => number) {
    this.journal = journal;
    this.batchId = batchId;
    this.now = now;
  }

  /** Nothing new is begun any more: the officer cancelled, or the program ends. */
  get cancelled(): boolean {
    return this.ended;
  }

  /** Somebody may say `wakeUp`. */
  get waiting(): boolean {
    return this.wake !== null;
  }

  /** Milliseconds that the batch has spent waiting for people. */
  get lostMs(): number {
    return this.pausedMs + (this.pausedSince === null ? 0 : this.now() - this.pausedSince);
  }

  end(): void {
    this.ended = true;
    this.wake?.();
  }

  wakeUp(): void {
    this.wake?.();
  }

  paused(why: Refusal): void {
    this.pausedSince ??= this.now();
    this.journal.setBatch(this.batchId, 'paused', why);
  }

  running(): void {
    if (this.pausedSince !== null) this.pausedMs += this.now() - this.pausedSince;
    this.pausedSince = null;
    this.journal.setBatch(this.batchId, 'running', null);
  }

  /** Until the officer goes on. @throws Stopped when it was cancelled meanwhile */
  async pause(why: Refusal): Promise<void> {
    if (this.ended) throw new Stopped();
    this.why = why;
    this.paused(why);
    await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = null;
    if (this.ended) throw new Stopped();
    this.why = null;
    this.running();
  }

  /** Ends early when somebody wakes it. */
  async sleep(ms: number): Promise<void> {
    const controller = new AbortController();
    this.wake = () => controller.abort();
    await wait(ms, undefined, { signal: controller.signal }).catch(() => undefined);
    this.wake = null;
  }
}
