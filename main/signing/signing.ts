import { randomUUID } from 'node:crypto';
import { isRefusal, type Refusal } from '../contract/refusal.ts';
import { Journal, type Batch, type Item, type Place } from './batch/journal.ts';
import { BatchRunner, type ReadyFiles, type TimestampAnswer } from './batch/runner.ts';
import { reconcile } from './batch/recover.ts';
import { Drivers } from './drivers.ts';
import { settle } from './todos.ts';
import type { Preview } from './preview.ts';
import {
  badPicture,
  batchRunning,
  noTsa,
  notAsked,
  notPaused,
  notSeen,
  notWaiting,
  numberMissing,
  unknownBatch,
  unknownDocument,
} from './refusals.ts';
import { RootStore } from './roots.ts';
import { folders, readSettings, writeSettings, type SigningSettings } from './settings.ts';
import { expiringOf, listTokens, TRAINING_MODULE, type ExpiringCertificate, type OpenKey, type TokenList } from './tokens/index.ts';
import { TimestampError } from './trust/index.ts';
import type { SignedResult, SigningDeps, WorklistAddition } from './types.ts';
import type { Verification } from './verify/index.ts';
import { Worklist, type Arrangement } from './worklist.ts';
import { Workshop } from './workshop.ts';
import type { BatchView, StartRequest } from './requests.ts';

export type { BatchView, StartItem, StartRequest } from './requests.ts';

/** The room: worklist, tokens, batches. One batch runs at a time on a station. */
export class Signing {
  readonly journal: Journal;
  readonly roots: RootStore;
  private readonly deps: SigningDeps;
  private readonly dirs: ReturnType<typeof folders>;
  private readonly workshop: Workshop;
  private readonly list: Worklist;
  /** Which PKCS#11 modules may be loaded here. */
  readonly drivers: Drivers;
  private seenTokens: TokenList = { tokens: [], problems: [] };
  /** Grows whenever a look at the tokens sees others than before: screens then ask for them. */
  tokenChanges = 0;
  private readonly listeners = new Set<() => void>();
  private readonly starting = new Map<string, Promise<BatchView | Refusal>>();
  private runner: BatchRunner | null = null;
  private readonly unsubscribe: () => void;
  private readonly ready: Promise<void>;
  private telling: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(deps: SigningDeps) {
    this.deps = deps;
    this.journal = new Journal(deps.store);
    this.roots = new RootStore(this.journal);
    this.dirs = folders(deps.dataDir);
    this.drivers = new Drivers({ store: deps.store, modules: deps.modules, onlyTheseModules: deps.onlyTheseModules ?? false });
    this.list = new Worklist(deps.store, this.journal, this.dirs, () => this.workshop.pictures.list().seal);
    this.workshop = new Workshop(deps, this.journal, this.roots, this.dirs);
    this.unsubscribe = deps.store.subscribe((event) => {
      if (event.room === 'signing') this.tellListeners();
    });
    this.ready = this.recover();
  }

  /** After a crash: what was renamed is signed, what was not is untouched; an open batch waits for its PIN. */
  private async recover(): Promise<void> {
    try {
      for (const batch of this.journal.openBatches()) await reconcile(this.journal, batch);
      const open = this.journal.openBatches().at(-1);
      if (open) this.runner = this.makeRunner(open, null);
    } catch (error) {
      this.deps.onError?.(error);
    }
    this.tellSigned();
  }

  // --- worklist

  /** "Chờ ký số": another room has a result that needs a signature. The same document is added once. */
  addToWorklist = (addition: WorklistAddition): void => this.list.add(addition);
  worklist = (): Item[] => this.list.all();
  preview = (documentId: string): Promise<Preview | Refusal> => this.list.preview(documentId);
  findPlace = (documentId: string, text: string): Promise<Place[] | Refusal> => this.list.findPlace(documentId, text);
  cleanCopy = (documentId: string): Promise<Preview | Refusal> => this.list.cleanCopy(documentId);
  verify = (documentId: string): Promise<Verification | Refusal> => this.list.verify(documentId);
  arrange = (documentId: string, change: Arrangement): Item | Refusal => this.list.arrange(documentId, change);
  setAside = (documentId: string, kind: 'set-aside' | 'returned' | 'waiting', reason: string): Item | Refusal =>
    this.list.setAside(documentId, kind, reason);

  /** A picture of a signature or of the agency's seal, transparent PNG. @returns a refusal when it cannot be drawn */
  savePicture(kind: 'signature' | 'seal', certificateId: string | null, png: Uint8Array): Refusal | null {
    return this.workshop.pictures.save(kind, certificateId, png) ? null : badPicture();
  }

  /** Which pictures this station has: certificates with a signature picture, and whether there is a seal. */
  pictures(): { signatures: string[]; seal: boolean } {
    return this.workshop.pictures.list();
  }

  // --- tokens

  async tokens(): Promise<TokenList> {
    const drivers = await this.drivers.list();
    const list = await listTokens({
      modules: drivers.filter((one) => one.problem === null).map((one) => one.path),
      barred: drivers.flatMap((one) => (one.problem ? [{ module: one.path, ...one.problem }] : [])),
      trainingDir: this.deps.training ? this.dirs.training : null,
      now: this.deps.clock.now(),
      spawn: this.deps.spawn,
      ...(this.deps.tokenProcess ? { processOptions: this.deps.tokenProcess } : {}),
    });
    const changed = JSON.stringify(list) !== JSON.stringify(this.seenTokens);
    this.seenTokens = list;
    if (changed) {
      this.tokenChanges += 1;
      this.tellListeners();
    }
    return list;
  }

  /** Certificates that end within 60 days or have ended, as of the last look at the tokens. */
  expiring(): ExpiringCertificate[] {
    return expiringOf(this.seenTokens);
  }

  settings(): SigningSettings {
    return readSettings(this.deps.store);
  }

  saveSettings(change: Partial<SigningSettings>): SigningSettings {
    const next = writeSettings(this.deps.store, change);
    this.tellListeners();
    return next;
  }

  // --- batches

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
    if (this.runner) return batchRunning();
    const settings = this.settings();
    const level = request.level ?? settings.level;
    if (level !== 'B-B' && settings.tsaUrl === null) return noTsa();
    const barred = request.module === TRAINING_MODULE ? null : await this.drivers.refused(request.module);
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
    const [id, now] = [randomUUID(), this.deps.clock.now()];
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
    const key = await this.workshop.openKey(request, (identity) => (ready = this.workshop.prepareAhead(level, files, identity)));
    if (isRefusal(key)) return key;
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
      changed: () => this.tellListeners(),
      signed: () => this.tellSigned(),
      ready,
      ...(this.deps.pollMs === undefined ? {} : { pollMs: this.deps.pollMs }),
      ...(this.deps.onError ? { onError: this.deps.onError } : {}),
    });
    void runner.finished.then(() => {
      if (this.runner === runner) this.runner = null;
      this.tellListeners();
    });
    return runner;
  }

  /** Asks again for the timestamps and long-term data that signed documents owe; the other rooms hear of the new files. */
  async settleTodos(): Promise<{ settled: number; left: number } | Refusal> {
    const stamp = this.workshop.stamp();
    if (!stamp) return noTsa();
    let settled = 0;
    for (const todo of this.journal.todos()) {
      try {
        const done = await settle(todo, this.settings().level, stamp, (certificate, pool) =>
          this.workshop.completion('B-LTA', certificate, pool),
        );
        if (!done) continue;
        this.journal.setUpgraded(todo.documentId, todo.file, done.sha256, done.level);
        settled += 1;
      } catch (error) {
        if (!(error instanceof TimestampError)) throw error;
      }
    }
    this.tellSigned();
    return { settled, left: this.journal.todos().length };
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

  newestBatch(): BatchView | null {
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

  /** Resolves when the batch that runs now is over; for tests and an orderly end. */
  async idle(): Promise<void> {
    await this.ready;
    await this.runner?.finished;
    await this.telling;
  }

  // --- telling

  /** Hears that anything changed; a few times a second at most, because a screen draws everything anew. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private told = false;

  private tellListeners(): void {
    if (this.told) return;
    this.told = true;
    setTimeout(() => {
      this.told = false;
      for (const listener of this.listeners) listener();
    }, 40).unref();
  }

  /** Tells the other rooms of new signatures, in order, until they have heard. */
  private tellSigned(): void {
    this.telling = this.telling.then(async () => {
      const heard: Item[] = [];
      for (const item of this.journal.untold()) {
        if (this.closed) break;
        try {
          await this.deps.onSigned(resultOf(item));
          heard.push(item);
        } catch (error) {
          this.deps.onError?.(error);
        }
      }
      if (heard.length > 0) this.journal.setTold(heard);
    });
  }

  get training(): boolean {
    return this.deps.training;
  }

  get now(): number {
    return this.deps.clock.now();
  }

  link(file: string): Promise<{ url: string; name: string; type: string; size: number }> {
    return Promise.resolve(this.deps.linkFile(file));
  }

  /** Ends the batch after the file at hand and the token's process with it. */
  async close(): Promise<void> {
    this.unsubscribe();
    await this.ready;
    // An orderly end leaves the batch open in the journal: the next start offers to go on.
    await this.runner?.abandon();
    await this.telling;
    this.closed = true;
    this.listeners.clear();
  }
}

function resultOf(item: Item): SignedResult {
  return {
    complete: item.state === 'signed',
    documentId: item.documentId,
    dossierId: item.dossierId,
    file: item.file,
    sha256: item.sha256 ?? '',
    level: item.level ?? 'B-B',
    signer: item.signer ?? '',
    signedAt: item.signedAt ?? 0,
  };
}
