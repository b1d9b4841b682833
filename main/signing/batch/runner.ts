import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { isRefusal, type Refusal } from '../../contract/refusal.ts';
import { attributesDigest } from '../cms/index.ts';
import { finishFile, type PreparedFile, type SignedFile, type Signer, type Timestamper } from '../sign.ts';
import { TokenError, troubleSentence, type OpenKey } from '../tokens/index.ts';
import { TimestampError } from '../trust/index.ts';
import type { Completed } from '../files.ts';
import { Ledger } from './ledger.ts';
import type { Batch, BatchFile, Journal } from './journal.ts';
import { interrupted, timestampFailed, unexpected, writeFailed } from './words.ts';

export interface RunnerDeps {
  readonly journal: Journal;
  readonly now: () => number;
  /** Opens and hashes one file for this signer, or says why it is not signed. */
  readonly prepare: (file: BatchFile, signer: Signer) => Promise<PreparedFile | Refusal>;
  /** Null at level B-B. */
  readonly timestamp: Timestamper | null;
  /** After the rename: long-term data, evidence beside the result. Gives the level that was reached and the hash of the file. */
  readonly complete: (file: BatchFile, signer: Signer, signed: SignedFile, timestamp: Buffer | null) => Promise<Completed>;
  /** Something other than the journal changed: what file is at hand, the estimate. */
  readonly changed: () => void;
  readonly signed: () => void;
  readonly pollMs?: number;
  readonly onError?: (error: unknown) => void;
}

export type Activity = 'none' | 'preparing' | 'signing' | 'timestamp' | 'checking';
export type TimestampAnswer = 'retry' | 'without' | 'stop';

/** So many files are finished side by side: timestamp servers are slow (2 to 131 s), and so is a disk that must sync. */
const MOST_AT_ONCE = 4;
/** So many files are prepared while the token signs. */
const AHEAD = 3;
/** A signature says when it was made: a file that was prepared longer ago is prepared anew. */
const FRESH_MS = 10_000;
const POLL_MS = 1000;

type Prepared = PreparedFile | Refusal | Error;

class Stopped extends Error {}

/**
 * Signs the files of one batch in order. While the token signs one file the next is prepared and the last ones are
 * finished, so that the token's own time is the only time there is. One file fails or is refused without stopping the others;
 * the token's troubles pause or stop the batch.
 */
export class BatchRunner {
  readonly id: string;
  readonly activities = new Map<number, Activity>();
  private readonly deps: RunnerDeps;
  private readonly files: readonly BatchFile[];
  private readonly ledger: Ledger;
  private key: OpenKey | null;
  /** Certificate and algorithms stay the same for the whole batch, even while the key is away. */
  private template: Signer | null;
  private cancelled = false;
  private abandoned = false;
  private over = false;
  private wake: (() => void) | null = null;
  private answer: { resolve: (answer: TimestampAnswer) => void } | null = null;
  private readonly finishing = new Set<Promise<void>>();
  private startedAt = 0;
  private doneFiles = 0;
  private why: Refusal | null = null;
  /** Settles when nothing of this batch runs any more. */
  readonly finished: Promise<void>;

  constructor(batch: Batch, key: OpenKey | null, deps: RunnerDeps) {
    this.id = batch.id;
    this.deps = deps;
    this.key = key;
    this.template = key?.signer ?? null;
    this.ledger = new Ledger(deps.journal, deps.signed);
    this.files = deps.journal.files(batch.id).filter((file) => file.state === 'pending');
    this.finished = this.run();
  }

  get unlocked(): boolean {
    return this.key !== null && !this.over;
  }

  /** Milliseconds that the rest will take, from the files so far; null before the first. */
  get remainingMs(): number | null {
    if (this.doneFiles === 0) return null;
    return Math.round(((this.deps.now() - this.startedAt) / this.doneFiles) * (this.files.length - this.doneFiles));
  }

  /** Ends after the file at hand. */
  cancel(): void {
    if (this.over || this.cancelled) return;
    this.cancelled = true;
    this.deps.journal.setBatch(this.id, 'cancelling', null);
    this.answer?.resolve('stop');
    this.wake?.();
  }

  /** The program ends: the file at hand is finished, the batch stays open in the journal for the next start. */
  async abandon(): Promise<void> {
    if (this.over) return;
    this.abandoned = true;
    this.cancelled = true;
    this.answer?.resolve('stop');
    this.wake?.();
    await this.finished;
  }

  /** Goes on after a pause, with a newly opened key when the old one is gone. False when it was not paused. */
  async resume(key: OpenKey | null): Promise<boolean> {
    if (this.over || !this.wake) {
      await key?.close();
      return false;
    }
    if (key) {
      await this.key?.close();
      this.key = key;
      this.template ??= key.signer;
    }
    this.wake();
    return true;
  }

  get waitsForPin(): boolean {
    return this.key === null;
  }

  answerTimestamp(answer: TimestampAnswer): boolean {
    if (!this.answer) return false;
    this.answer.resolve(answer);
    return true;
  }

  private async run(): Promise<void> {
    await Promise.resolve();
    this.startedAt = this.deps.now();
    let ending: 'done' | 'cancelled' | 'stopped' = 'done';
    try {
      if (!this.key) await this.pause(interrupted());
      await this.signAll();
      await Promise.all(this.finishing);
      if (this.cancelled) ending = 'cancelled';
    } catch (error) {
      await Promise.allSettled(this.finishing);
      if (error instanceof Stopped) ending = this.cancelled ? 'cancelled' : 'stopped';
      else {
        ending = 'stopped';
        this.why = unexpected();
        this.deps.onError?.(error);
      }
    }
    this.over = true;
    await this.ledger.flush();
    await this.key?.close();
    this.key = null;
    this.activities.clear();
    if (this.abandoned && ending !== 'done') return;
    this.deps.journal.setBatch(this.id, ending, ending === 'done' ? null : this.why);
  }

  private async signAll(): Promise<void> {
    const ahead: (Promise<Prepared> | null)[] = [];
    let begun = 0;
    try {
      for (const [at, file] of this.files.entries()) {
        while (begun < this.files.length && ahead.length < AHEAD) ahead.push(this.prepareAt(begun++));
        const prepared = await ahead.shift();
        if (this.cancelled) {
          await discard(prepared ?? null);
          return;
        }
        if (!prepared) continue;
        if (isRefusal(prepared) || prepared instanceof Error) this.reject(file, prepared);
        else await this.signPrepared(at, file, prepared);
      }
    } finally {
      for (const one of ahead) await discard(await one);
    }
  }

  /** Signs one prepared file; one that waited long (a pulled token, a PIN) is prepared anew, so that its time stays true. */
  private async signPrepared(at: number, file: BatchFile, first: PreparedFile): Promise<void> {
    let prepared = first;
    try {
      for (;;) {
        if (this.stale(prepared)) {
          await discard(prepared);
          const again = await this.prepareAt(at);
          if (again && (isRefusal(again) || again instanceof Error)) this.reject(file, again);
          if (!again || isRefusal(again) || again instanceof Error) return;
          prepared = again;
        }
        const signature = await this.signOne(file, prepared);
        if (!signature) continue;
        while (this.finishing.size >= MOST_AT_ONCE) await Promise.race(this.finishing);
        this.finishLater(file, prepared, signature);
        return;
      }
    } catch (error) {
      await discard(prepared);
      throw error;
    }
  }

  private stale(prepared: PreparedFile): boolean {
    return this.deps.now() - prepared.request.signedAt > FRESH_MS;
  }

  private prepareAt(at: number): Promise<Prepared> | null {
    const file = this.files[at];
    const signer = this.template;
    if (!file || !signer || this.cancelled) return null;
    this.doing(file, 'preparing');
    return this.deps.prepare(file, signer).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
  }

  /** One signature, through removals and returns of the token; null when it took so long that the file must be prepared anew. @throws Stopped */
  private async signOne(file: BatchFile, prepared: PreparedFile): Promise<Buffer | null> {
    let tokenErrors = 0;
    while (!this.stale(prepared)) {
      const key = this.key;
      if (!key) {
        await this.pause(this.why ?? troubleSentence(new TokenError('needs-pin', 'NO_KEY')));
        continue;
      }
      this.doing(file, 'signing');
      try {
        return await key.signer.sign(attributesDigest(prepared.attributes, key.signer.hash), prepared.attributes);
      } catch (error) {
        if (!(error instanceof TokenError)) throw error;
        tokenErrors += error.trouble === 'token-error' ? 1 : 0;
        await this.recover(error, tokenErrors);
      }
    }
    return null;
  }

  /** Decides what a token's trouble means for the batch: try again, pause, or stop. */
  private async recover(error: TokenError, tokenErrors: number): Promise<void> {
    switch (error.trouble) {
      case 'wrong-pin':
      case 'pin-locked':
      case 'pin-expired':
      case 'pin-format':
      case 'no-key':
        this.why = troubleSentence(error);
        throw new Stopped();
      case 'removed':
      case 'no-token':
        return this.awaitToken(error);
      case 'crashed':
      case 'hung':
      case 'not-loaded':
      case 'needs-pin':
        await this.dropKey();
        return this.pause(troubleSentence(error));
      case 'cancelled':
      case 'token-error':
        // The session was thrown away after the failure; once more on a fresh one, then the officer decides.
        if (error.trouble === 'cancelled' || tokenErrors > 1) await this.pause(troubleSentence(error));
        if (this.key) await this.reattach();
    }
  }

  private async reattach(): Promise<void> {
    try {
      await this.key?.reattach();
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      await this.recover(error, 2);
    }
  }

  /** The token is out: look once a second whether the same one is back. The officer may resume or cancel meanwhile. */
  private async awaitToken(error: TokenError): Promise<void> {
    this.deps.journal.setBatch(this.id, 'paused', troubleSentence(error));
    for (;;) {
      await this.sleep(this.deps.pollMs ?? POLL_MS);
      if (this.cancelled) throw new Stopped();
      const key = this.key;
      if (!key) return;
      try {
        await key.reattach();
        this.deps.journal.setBatch(this.id, 'running', null);
        return;
      } catch (again) {
        if (!(again instanceof TokenError)) throw again;
        if (again.trouble !== 'removed' && again.trouble !== 'no-token' && again.trouble !== 'token-error') return this.recover(again, 0);
      }
    }
  }

  private async sleep(ms: number): Promise<void> {
    const controller = new AbortController();
    this.wake = () => controller.abort();
    await wait(ms, undefined, { signal: controller.signal }).catch(() => undefined);
    this.wake = null;
  }

  private async pause(why: Refusal): Promise<void> {
    this.why = why;
    await Promise.all(this.finishing);
    await this.ledger.flush();
    this.deps.journal.setBatch(this.id, 'paused', why);
    await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = null;
    if (this.cancelled) throw new Stopped();
    this.why = null;
    this.deps.journal.setBatch(this.id, 'running', null);
  }

  private async dropKey(): Promise<void> {
    const key = this.key;
    this.key = null;
    await key?.close();
  }

  private finishLater(file: BatchFile, prepared: PreparedFile, signature: Buffer): void {
    const signer = this.template;
    if (!signer) throw new Stopped();
    const work = this.finish(file, prepared, signature, signer)
      .catch(async (error: unknown) => {
        await discard(prepared);
        if (error instanceof Stopped) return;
        this.reject(file, error instanceof Error ? error : new Error(String(error)));
      })
      .finally(() => this.finishing.delete(work));
    this.finishing.add(work);
  }

  private async finish(file: BatchFile, prepared: PreparedFile, signature: Buffer, signer: Signer): Promise<void> {
    const timestamp = await this.timestampFor(file, signature);
    this.doing(file, 'checking');
    const signed = await finishFile(prepared, signer, signature, timestamp);
    const result = await this.deps.complete(file, signer, signed, timestamp).catch(async (error: unknown) => {
      await rm(signed.output, { force: true }); // what is reported as failed must not lie there as a result
      throw error;
    });
    const record = { level: result.level, signedAt: prepared.request.signedAt, signer: signer.certificate.subject, sha256: result.sha256 };
    this.activities.delete(file.position);
    this.doneFiles += 1;
    this.ledger.add({ file, record, owes: result.owes }, (error) => this.deps.onError?.(error));
  }

  private async timestampFor(file: BatchFile, signature: Buffer): Promise<Buffer | null> {
    const ask = this.deps.timestamp;
    if (!ask) return null;
    for (;;) {
      this.doing(file, 'timestamp');
      try {
        return await ask(signature);
      } catch (error) {
        if (!(error instanceof TimestampError)) throw error;
        const answer = await this.askOfficer();
        if (answer === 'without') return null;
        if (answer === 'stop') {
          this.cancel();
          throw new Stopped();
        }
      }
    }
  }

  private pendingAnswer: Promise<TimestampAnswer> | null = null;

  /** A required timestamp did not come. The file is not called signed; the officer chooses. One question for all files at hand. */
  private askOfficer(): Promise<TimestampAnswer> {
    if (this.cancelled) return Promise.resolve('stop');
    this.pendingAnswer ??= new Promise<TimestampAnswer>((resolve) => {
      this.answer = { resolve };
      this.deps.journal.setBatch(this.id, 'paused', timestampFailed());
    }).then((answer) => {
      this.answer = null;
      this.pendingAnswer = null;
      if (!this.cancelled && answer !== 'stop') this.deps.journal.setBatch(this.id, 'running', null);
      return answer;
    });
    return this.pendingAnswer;
  }

  private reject(file: BatchFile, reason: Refusal | Error): void {
    this.activities.delete(file.position);
    this.doneFiles += 1;
    if (isRefusal(reason)) this.deps.journal.fileStopped(file, 'refused', reason);
    else {
      this.deps.onError?.(reason);
      this.deps.journal.fileStopped(file, 'failed', writeFailed());
    }
  }

  private doing(file: BatchFile, activity: Activity): void {
    this.activities.set(file.position, activity);
    this.deps.changed();
  }
}

async function discard(prepared: Prepared | null): Promise<void> {
  if (prepared && !isRefusal(prepared) && !(prepared instanceof Error)) await rm(prepared.temporary, { force: true });
}
