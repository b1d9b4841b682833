import { randomUUID } from 'node:crypto';
import { isRefusal, type Refusal } from '../contract/refusal.ts';
import type { Batch, Item, Journal } from './batch/journal.ts';
import { BatchRunner, type ReadyFiles, type TimestampAnswer } from './batch/runner.ts';
import { reconcile } from './batch/recover.ts';
import type { Drivers } from './drivers.ts';
import { batchRunning, noTsa, notAsked, notPaused, notSeen, notWaiting, numberMissing, unknownBatch, unknownDocument } from './refusals.ts';
import type { BatchView, StartRequest } from './requests.ts';
import { readSettings } from './settings.ts';
import { settle } from './owed.ts';
import { TRAINING_MODULE, type OpenKey } from './tokens/index.ts';
import { TimestampError } from './trust/index.ts';
import type { SigningDeps } from './types.ts';
import type { Workshop } from './workshop.ts';

interface BatchesDeps {
  readonly room: SigningDeps;
  readonly journal: Journal;
  readonly workshop: Workshop;
  readonly drivers: Drivers;
  /** Something that screens show changed. */
  readonly changed: () => void;
  /** There are signatures that the other rooms have not heard of. */
  readonly signed: () => void;
}

/** Batches: how they start, pause, go on and end, and what a signed document still owes. One runs at a time on a station. */
export class Batches {
  private readonly deps: BatchesDeps;
  private readonly room: SigningDeps;
  private readonly journal: Journal;
  private readonly workshop: Workshop;
  private readonly starting = new Map<string, Promise<BatchView | Refusal>>();
  private runner: BatchRunner | null = null;
  private readonly ready: Promise<void>;

  constructor(deps: BatchesDeps) {
    this.deps = deps;
    this.room = deps.room;
    this.journal = deps.journal;
    this.workshop = deps.workshop;
    this.ready = this.recover();
  }

  /** After a crash: what was renamed is signed, what was not is untouched; an open batch waits for its PIN. */
  private async recover(): Promise<void> {
    await Promise.resolve(); // the room is not yet put together
    try {
      for (const batch of this.journal.openBatches()) await reconcile(this.journal, batch);
      const open = this.journal.openBatches().at(-1);
      if (open) this.runner = this.makeRunner(open, null);
    } catch (error) {
      this.room.onError?.(error);
    }
    this.deps.signed();
  }

  /** Starts a batch; the same command id gives the same batch. The PIN goes to the token's process alone. */
  async start(request: StartRequest): Promise<BatchView | Refusal> {
    await this.ready;
    const before = this.journal.batchByCommand(request.commandId);
    if (before) return this.view(before);
    const running = this.starting.get(request.commandId);
    if (running) return running;
    if (this.starting.size > 0) return batchRunning();
    const work = this.startOnce(request).finally(() => this.starting.delete(request.commandId));
    this.starting.set(request.commandId, work);
    return work;
  }

  private async startOnce(request: StartRequest): Promise<BatchView | Refusal> {
    if (this.runner?.ended) await this.runner.finished;
    if (this.runner) return batchRunning();
    const settings = readSettings(this.room.store);
    const level = request.level ?? settings.level;
    if (level !== 'B-B' && settings.tsaUrl === null) return noTsa();
    const barred = request.module === TRAINING_MODULE ? null : await this.deps.drivers.refused(request.module);
    if (barred) return barred;
    const items: Item[] = [];
    for (const wanted of request.items) {
      const item = this.journal.item(wanted.documentId);
      if (!item) return unknownDocument();
      if (!['waiting', 'refused', 'failed', 'set-aside'].includes(item.state)) return notWaiting(item.dossierCode);
      if (item.seenSha256 !== wanted.sha256) return notSeen(item.dossierCode);
      if (item.steps[0] === 'clerk' && item.blanks && !wanted.number?.trim()) return numberMissing(item.dossierCode);
      items.push(item);
    }
    const [id, now] = [randomUUID(), this.room.clock.now()];
    const files = items.map((item, position) => ({
      batchId: id,
      position,
      documentId: item.documentId,
      input: item.file,
      output: this.workshop.outputFor(item, id, now),
      seenSha256: request.items[position]?.sha256 ?? '',
      options: {
        form: item.form,
        placement: request.items[position]?.placement ?? null,
        field: request.items[position]?.field ?? null,
        number: request.items[position]?.number?.trim() || null,
        copyKind: item.copyKind,
        blanks: item.blanks,
        steps: item.steps,
      },
    }));
    let ready: ReadyFiles = new Map();
    this.workshop.warmUp(files);
    const key = await this.workshop.openKey(request, (identity) => (ready = this.workshop.prepareAhead(level, files, identity)));
    if (isRefusal(key)) {
      this.workshop.rest();
      return key;
    }
    const { commandId, module, tokenSerial, certificateId } = request;
    const signer = key.signer.certificate.subject;
    this.journal.createBatch({ id, commandId, module, tokenSerial, certificateId, signer, level, startedAt: now }, files);
    const stored = this.journal.batch(id);
    if (!stored) return unknownBatch();
    this.runner = this.makeRunner(stored, key, ready);
    return this.view(stored);
  }

  private makeRunner(batch: Batch, key: OpenKey | null, ready: ReadyFiles = new Map()): BatchRunner {
    const runner = new BatchRunner(batch, key, {
      ...this.workshop.stages(batch),
      changed: () => this.deps.changed(),
      signed: () => this.deps.signed(),
      ready,
      ...(this.room.pollMs === undefined ? {} : { pollMs: this.room.pollMs }),
      ...(this.room.onError ? { onError: this.room.onError } : {}),
    });
    void runner.finished.then(() => {
      if (this.runner === runner) this.runner = null;
      this.deps.changed();
      this.workshop.rest();
    });
    return runner;
  }

  /** Asks again for the timestamps and long-term data that signed documents owe; the other rooms hear of the new files. */
  async settleOwed(): Promise<{ settled: number; left: number } | Refusal> {
    const stamp = this.workshop.stamp();
    if (!stamp) return noTsa();
    let settled = 0;
    for (const owing of this.journal.owed()) {
      try {
        const done = await settle(owing, readSettings(this.room.store).level, stamp, (certificate, pool) =>
          this.workshop.completion('B-LTA', certificate, pool),
        );
        if (!done) continue;
        this.journal.setUpgraded(owing.documentId, owing.file, done.sha256, done.level);
        settled += 1;
      } catch (error) {
        if (!(error instanceof TimestampError)) throw error;
      }
    }
    this.deps.signed();
    return { settled, left: this.journal.owed().length };
  }

  cancel(batchId: string): BatchView | Refusal {
    const batch = this.journal.batch(batchId);
    if (!batch) return unknownBatch();
    if (this.runner?.id === batchId) this.runner.cancel();
    return this.view(this.journal.batch(batchId) ?? batch);
  }

  /** Goes on after a pause. A PIN opens the key anew; without one the token's process still has it. */
  async resume(batchId: string, pin: string | null | undefined, confirmFinalTry: boolean): Promise<BatchView | Refusal> {
    await this.ready;
    const batch = this.journal.batch(batchId);
    const runner = this.runner;
    if (!batch || runner?.id !== batchId) return unknownBatch();
    if (batch.state !== 'paused') return notPaused();
    let key: OpenKey | null = null;
    if (runner.waitsForPin) {
      if (pin === undefined) return batch.why ?? notPaused();
      this.workshop.warmUp(this.journal.files(batchId).filter((file) => file.state === 'pending'));
      const opened = await this.workshop.openKey({ ...batch, pin, confirmFinalTry });
      if (isRefusal(opened)) return opened;
      key = opened;
    }
    if (!(await runner.resume(key))) return notPaused();
    return this.view(this.journal.batch(batchId) ?? batch);
  }

  answerTimestamp(batchId: string, answer: TimestampAnswer): BatchView | Refusal {
    const batch = this.journal.batch(batchId);
    if (!batch || this.runner?.id !== batchId) return unknownBatch();
    if (!this.runner.answerTimestamp(answer)) return notAsked();
    return this.view(this.journal.batch(batchId) ?? batch);
  }

  newest(): BatchView | null {
    const batch = this.journal.newestBatch();
    return batch ? this.view(batch) : null;
  }

  get unlocked(): boolean {
    return this.runner?.unlocked ?? false;
  }

  private view(batch: Batch): BatchView {
    const files = this.journal.files(batch.id);
    const titles = this.journal.itemsOf(batch.id);
    return { batch, files, titles, runner: this.runner?.id === batch.id ? this.runner : null };
  }

  /** Files of the batch that runs. */
  get size(): number {
    return this.runner?.size ?? 0;
  }

  /** Resolves when the batch that runs now is over. */
  async idle(): Promise<void> {
    await this.ready;
    await this.runner?.finished;
  }

  /** An orderly end leaves the batch open in the journal: the next start offers to go on. */
  async close(): Promise<void> {
    await this.ready;
    await this.runner?.abandon();
    await this.workshop.close();
  }
}
