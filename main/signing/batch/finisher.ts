import { rm } from 'node:fs/promises';
import type { WriteJob } from '../append/index.ts';
import { evidenceName, finishFile, type PreparedFile, type SignedFile, type Signer, type Timestamper } from '../sign.ts';
import type { Completed } from '../files.ts';
import { TimestampError } from '../trust/index.ts';
import { Stopped, type Halt } from './halt.ts';
import type { BatchFile, Journal } from './journal.ts';
import { Ledger } from './ledger.ts';
import { timestampFailed } from './words.ts';

export type TimestampAnswer = 'retry' | 'without' | 'stop';

/** So many files are finished side by side, because a disk that must sync is slow; */
const MOST_AT_ONCE = 8;
/** so many when each asks for a timestamp: the servers are slow (2 to 131 s) and take no more. */
const MOST_STAMPED = 4;

/** What becomes of a file once it has its signature value. */
export interface FinishSteps {
  /** Null at level B-B. */
  readonly timestamp: Timestamper | null;
  /** What stands beside the result before it has its name. */
  readonly evidence: (prepared: PreparedFile, signer: Signer, timestamped: boolean) => string;
  /** Onto the disk, re-checked, under its name. @returns SHA-256 of the whole file */
  readonly write: (job: WriteJob) => Promise<string>;
  /** After the rename: long-term data. Gives the level that was reached and the hash of the file. */
  readonly complete: (prepared: PreparedFile, signer: Signer, signed: SignedFile, timestamp: Buffer | null) => Promise<Completed>;
}

interface FinisherDeps extends FinishSteps {
  readonly halt: Halt;
  readonly journal: Journal;
  readonly doing: (file: BatchFile, activity: 'timestamp' | 'checking') => void;
  readonly done: (file: BatchFile) => void;
  readonly failed: (file: BatchFile, error: Error) => void;
  /** A required timestamp did not come and the officer stops here. */
  readonly stop: () => void;
  readonly written: () => void;
  readonly onError: (error: unknown) => void;
}

/** Timestamp, writing, re-check, name and journal, a few files at a time, while the token signs the next ones. */
export class Finisher {
  private readonly deps: FinisherDeps;
  private readonly ledger: Ledger;
  private readonly working = new Set<Promise<void>>();
  private answer: ((answer: TimestampAnswer) => void) | null = null;
  private question: Promise<TimestampAnswer> | null = null;

  constructor(deps: FinisherDeps) {
    this.deps = deps;
    this.ledger = new Ledger(deps.journal, deps.written);
  }

  /** Returns as soon as there is room for this file. */
  async add(file: BatchFile, prepared: PreparedFile, signer: Signer, signature: Buffer): Promise<void> {
    const most = this.deps.timestamp ? MOST_STAMPED : MOST_AT_ONCE;
    while (this.working.size >= most) await Promise.race(this.working);
    const work = this.finish(file, prepared, signer, signature)
      .catch(async (error: unknown) => {
        await rm(prepared.temporary, { force: true });
        if (!(error instanceof Stopped)) this.deps.failed(file, error instanceof Error ? error : new Error(String(error)));
      })
      .finally(() => this.working.delete(work));
    this.working.add(work);
  }

  /**
   * Everything that was added is finished, and in the journal.
   * @param last goes into the journal with it, in the same commit
   */
  async settle(last?: () => void): Promise<void> {
    await Promise.all(this.working);
    await this.ledger.flush(last);
  }

  reply(answer: TimestampAnswer): boolean {
    if (!this.answer) return false;
    this.answer(answer);
    return true;
  }

  private async finish(file: BatchFile, prepared: PreparedFile, signer: Signer, signature: Buffer): Promise<void> {
    const timestamp = await this.timestampFor(file, signature);
    this.deps.doing(file, 'checking');
    const evidence = this.deps.evidence(prepared, signer, timestamp !== null);
    const signed = await finishFile(prepared, signer, signature, timestamp, evidence, this.deps.write);
    const result = await this.deps.complete(prepared, signer, signed, timestamp).catch(async (error: unknown) => {
      // What is reported as failed must not lie there as a result.
      await rm(signed.output, { force: true });
      await rm(evidenceName(signed.output, signed.field), { force: true });
      throw error;
    });
    const record = { level: result.level, signedAt: prepared.request.signedAt, signer: signer.certificate.subject, sha256: result.sha256 };
    this.deps.done(file);
    this.ledger.add({ file, record, owes: result.owes }, this.deps.onError);
  }

  private async timestampFor(file: BatchFile, signature: Buffer): Promise<Buffer | null> {
    const ask = this.deps.timestamp;
    if (!ask) return null;
    for (;;) {
      this.deps.doing(file, 'timestamp');
      try {
        return await ask(signature);
      } catch (error) {
        if (!(error instanceof TimestampError)) throw error;
        const answer = await this.askOfficer();
        if (answer === 'without') return null;
        if (answer === 'stop') {
          this.deps.stop();
          throw new Stopped();
        }
      }
    }
  }

  /** A required timestamp did not come. The file is not called signed; the officer chooses. One question for all files at hand. */
  private askOfficer(): Promise<TimestampAnswer> {
    const { halt } = this.deps;
    if (halt.cancelled) return Promise.resolve('stop');
    this.question ??= new Promise<TimestampAnswer>((resolve) => {
      this.answer = resolve;
      halt.paused(timestampFailed());
    }).then((answer) => {
      this.answer = null;
      this.question = null;
      if (!halt.cancelled && answer !== 'stop') halt.running();
      return answer;
    });
    return this.question;
  }
}
