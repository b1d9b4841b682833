import { rm } from 'node:fs/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { isRefusal, type Refusal } from '../../contract/refusal.ts';
import type { PreparedFile, Signer } from '../sign.ts';
import type { OpenKey } from '../tokens/index.ts';
import { Finisher, type FinishSteps, type TimestampAnswer } from './finisher.ts';
import { Halt, Stopped } from './halt.ts';
import type { Batch, BatchFile, Journal } from './journal.ts';
import { Lane } from './lane.ts';
import { interrupted, unexpected, writeFailed } from './words.ts';

export type { TimestampAnswer } from './finisher.ts';

export interface RunnerDeps extends FinishSteps {
  readonly journal: Journal;
  readonly now: () => number;
  /** Opens and hashes one file for this signer, or says why it is not signed. */
  readonly prepare: (file: BatchFile, signer: Signer) => Promise<PreparedFile | Refusal>;
  /** Something other than the journal changed: what file is at hand, the estimate. */
  readonly changed: () => void;
  readonly signed: () => void;
  /** Files that were prepared while the key was opened, by their position. */
  readonly ready?: ReadyFiles;
  readonly pollMs?: number;
  readonly onError?: (error: unknown) => void;
}

export type Activity = 'none' | 'preparing' | 'signing' | 'timestamp' | 'checking';

/** So many files are prepared while the token signs. */
export const AHEAD = 3;

type Prepared = PreparedFile | Refusal | Error;
export type ReadyFiles = Map<number, Promise<PreparedFile | Refusal>>;

/**
 * Signs the files of one batch in order. While the token signs one file the next are prepared and the last ones are
 * finished, so that the token's own time is the only time there is. One file fails or is refused without stopping the others;
 * the token's troubles pause or stop the batch.
 */
export class BatchRunner {
  readonly id: string;
  readonly activities = new Map<number, Activity>();
  private readonly deps: RunnerDeps;
  private readonly files: readonly BatchFile[];
  private readonly halt: Halt;
  private readonly lane: Lane;
  private readonly finisher: Finisher;
  private preparing: Promise<void> = Promise.resolve();
  private abandoned = false;
  private over = false;
  private readonly startedAt: number;
  private doneFiles = 0;
  /** Settles when nothing of this batch runs any more. */
  readonly finished: Promise<void>;

  constructor(batch: Batch, key: OpenKey | null, deps: RunnerDeps) {
    this.id = batch.id;
    this.deps = deps;
    this.files = deps.journal.files(batch.id).filter((file) => file.state === 'pending');
    this.startedAt = deps.now();
    this.halt = new Halt(deps.journal, batch.id, deps.now);
    this.finisher = new Finisher({
      ...deps,
      halt: this.halt,
      doing: (file, activity) => this.doing(file, activity),
      done: (file) => this.done(file),
      failed: (file, error) => this.reject(file, error),
      stop: () => this.cancel(),
      written: deps.signed,
      onError: (error) => deps.onError?.(error),
    });
    this.lane = new Lane(key, { halt: this.halt, now: deps.now, pollMs: deps.pollMs, settle: () => this.finisher.settle() });
    this.finished = this.run(key !== null);
  }

  get size(): number {
    return this.files.length;
  }

  get unlocked(): boolean {
    return this.lane.open && !this.over;
  }

  /** Milliseconds that the rest will take, from the files so far without the time that people took; null before the first. */
  get remainingMs(): number | null {
    if (this.doneFiles === 0) return null;
    const worked = this.deps.now() - this.startedAt - this.halt.lostMs;
    return Math.round((worked / this.doneFiles) * (this.files.length - this.doneFiles));
  }

  /** Ends after the file at hand. */
  cancel(): void {
    if (this.over || this.halt.cancelled) return;
    this.deps.journal.setBatch(this.id, 'cancelling', null);
    this.stopBeginning();
  }

  /** The program ends: the file at hand is finished, the batch stays open in the journal for the next start. */
  async abandon(): Promise<void> {
    if (this.over) return;
    this.abandoned = true;
    this.stopBeginning();
    await this.finished;
  }

  private stopBeginning(): void {
    this.halt.end();
    this.lane.drop();
    this.finisher.reply('stop');
  }

  /** Goes on after a pause, with a newly opened key when the old one is gone. False when it was not paused. */
  async resume(key: OpenKey | null): Promise<boolean> {
    if (this.over || !this.halt.waiting) {
      await key?.close();
      return false;
    }
    if (key) await this.lane.take(key);
    this.halt.wakeUp();
    return true;
  }

  get waitsForPin(): boolean {
    return !this.lane.open && this.halt.waiting;
  }

  answerTimestamp(answer: TimestampAnswer): boolean {
    return this.finisher.reply(answer);
  }

  private async run(hasKey: boolean): Promise<void> {
    await turn(); // who started the batch gets its answer first
    let closing: Promise<void> | null = null;
    try {
      if (!hasKey) await this.halt.pause(interrupted());
      await this.signAll();
      // Nothing needs the token any more: the PIN goes while the last files are finished.
      closing = this.lane.close();
      await this.finisher.settle(() => this.end(this.halt.cancelled ? 'cancelled' : 'done'));
    } catch (error) {
      const ending = this.halt.cancelled && error instanceof Stopped ? 'cancelled' : 'stopped';
      if (!(error instanceof Stopped)) {
        this.halt.why = unexpected();
        this.deps.onError?.(error);
      }
      await this.finisher.settle().catch((failure: unknown) => this.deps.onError?.(failure));
      this.end(ending);
    } finally {
      // The officer has the last file; a driver may take its time to say goodbye.
      await (closing ?? this.lane.close());
    }
  }

  private end(ending: 'done' | 'cancelled' | 'stopped'): void {
    this.over = true;
    this.activities.clear();
    // The program ends: what is not done stays open for its next start.
    if (this.abandoned && ending !== 'done') return;
    this.deps.journal.setBatch(this.id, ending, ending === 'done' ? null : this.halt.why);
  }

  /** Every file has its end in the journal, and at most the token's process is still leaving. */
  get ended(): boolean {
    return this.over;
  }

  private async signAll(): Promise<void> {
    const ahead: (Promise<Prepared> | null)[] = [];
    let begun = 0;
    try {
      for (const [at, file] of this.files.entries()) {
        while (begun < this.files.length && ahead.length < AHEAD) ahead.push(this.prepareAt(begun++));
        const prepared = await ahead.shift();
        if (this.halt.cancelled) {
          await discard(prepared ?? null);
          return;
        }
        if (!prepared) continue;
        if (isPrepared(prepared)) await this.signPrepared(at, file, prepared, ahead[0] ?? null);
        else this.reject(file, prepared);
      }
    } finally {
      for (const one of ahead) await discard(await one);
    }
  }

  /** Signs one prepared file; one that waited long (a pulled token, a PIN) is prepared anew, so that its time stays true. */
  private async signPrepared(at: number, file: BatchFile, first: PreparedFile, next: Promise<Prepared> | null): Promise<void> {
    const following = Promise.resolve(next).then((one) => (one && isPrepared(one) ? one : null));
    let prepared = first;
    try {
      for (;;) {
        if (this.lane.stale(prepared)) {
          await discard(prepared);
          const again = await this.prepareAt(at);
          if (again && !isPrepared(again)) this.reject(file, again);
          if (!again || !isPrepared(again)) return;
          prepared = again;
        }
        this.doing(file, 'signing');
        const signature = await this.lane.sign(prepared, following);
        const { signer } = this.lane;
        if (!signature || !signer) continue;
        return await this.finisher.add(file, prepared, signer, signature);
      }
    } catch (error) {
      await discard(prepared);
      throw error;
    }
  }

  private prepareAt(at: number): Promise<Prepared> | null {
    const file = this.files[at];
    const { signer } = this.lane;
    if (!file || !signer || this.halt.cancelled) return null;
    this.doing(file, 'preparing');
    const begun = this.deps.ready?.get(file.position);
    this.deps.ready?.delete(file.position);
    // Some tokens cannot make the hash that the key asks for; that shows only when they are open.
    const ready = begun?.then((one) => (isRefusal(one) || one.hash === signer.hash ? one : this.deps.prepare(file, signer)));
    // One after the other, with a turn of the event loop between: the first is soonest ready, and nothing else stands still.
    const prepared = ready ?? this.preparing.then(() => turn()).then(() => this.deps.prepare(file, signer));
    this.preparing = prepared.then(
      () => undefined,
      () => undefined,
    );
    return prepared.catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  }

  private reject(file: BatchFile, reason: Refusal | Error): void {
    this.done(file);
    if (isRefusal(reason)) this.deps.journal.fileStopped(file, 'refused', reason);
    else {
      this.deps.onError?.(reason);
      this.deps.journal.fileStopped(file, 'failed', writeFailed());
    }
  }

  private done(file: BatchFile): void {
    this.activities.delete(file.position);
    this.doneFiles += 1;
  }

  private doing(file: BatchFile, activity: Activity): void {
    this.activities.set(file.position, activity);
    this.deps.changed();
  }
}

const isPrepared = (prepared: Prepared): prepared is PreparedFile => !isRefusal(prepared) && !(prepared instanceof Error);

/** Only a large file has its copy before it is signed. */
async function discard(prepared: Prepared | null): Promise<void> {
  if (prepared && isPrepared(prepared) && prepared.original === null) await rm(prepared.temporary, { force: true });
}
