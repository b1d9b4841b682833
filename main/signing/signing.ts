import { setImmediate as turn } from 'node:timers/promises';
import type { Refusal } from '../contract/refusal.ts';
import { Batches } from './batches.ts';
import { Journal, type Item, type Place } from './batch/journal.ts';
import type { TimestampAnswer } from './batch/runner.ts';
import { Drivers } from './drivers.ts';
import type { Preview } from './preview.ts';
import { badPicture } from './refusals.ts';
import type { BatchView, StartRequest } from './requests.ts';
import { RootStore } from './roots.ts';
import { folders, readSettings, writeSettings, type SigningSettings } from './settings.ts';
import { expiringOf, listTokens, type ExpiringCertificate, type TokenList } from './tokens/index.ts';
import type { SignedResult, SigningDeps, WorklistAddition } from './types.ts';
import type { Verification } from './verify/index.ts';
import { Worklist, type Arrangement } from './worklist.ts';
import { Workshop } from './workshop.ts';

export type { BatchView, StartItem, StartRequest } from './requests.ts';

const LEAST_OFTEN_MS = 400;

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
  private readonly batches: Batches;
  private readonly unsubscribe: () => void;
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
      if (event.room === 'signing') this.tellListeners(event.kind === 'batch');
    });
    this.batches = new Batches({
      room: deps,
      journal: this.journal,
      workshop: this.workshop,
      drivers: this.drivers,
      changed: () => this.tellListeners(),
      signed: () => this.tellSigned(),
    });
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

  start = (request: StartRequest): Promise<BatchView | Refusal> => this.batches.start(request);
  cancel = (batchId: string): BatchView | Refusal => this.batches.cancel(batchId);
  resume = (batchId: string, pin: string | null | undefined, confirmFinalTry: boolean): Promise<BatchView | Refusal> =>
    this.batches.resume(batchId, pin, confirmFinalTry);
  answerTimestamp = (batchId: string, answer: TimestampAnswer): BatchView | Refusal => this.batches.answerTimestamp(batchId, answer);
  settleOwed = (): Promise<{ settled: number; left: number } | Refusal> => this.batches.settleOwed();
  newestBatch = (): BatchView | null => this.batches.newest();

  get unlocked(): boolean {
    return this.batches.unlocked;
  }

  /** Resolves when the batch that runs now is over; for tests and an orderly end. */
  async idle(): Promise<void> {
    await this.batches.idle();
    await this.telling;
  }

  // --- telling

  /** Hears that anything changed; a few times a second at most, because a screen draws everything anew. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  private told: NodeJS.Timeout | null = null;

  /** @param now a batch pauses, goes on or ends: nobody waits for that */
  private tellListeners(now = false): void {
    if (this.told && !now) return;
    if (this.told) clearTimeout(this.told);
    // The larger the batch, the more there is to draw, and the less one file of it changes.
    const pause = now ? 0 : Math.min(LEAST_OFTEN_MS, 40 + this.batches.size);
    this.told = setTimeout(() => {
      this.told = null;
      for (const listener of this.listeners) listener();
    }, pause).unref();
  }

  /** Tells the other rooms of new signatures, in order, until they have heard. */
  private tellSigned(): void {
    this.telling = this.telling.then(async () => {
      await turn(); // two commits are two waits for the disk: others have their turn between
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
    await this.batches.close();
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
