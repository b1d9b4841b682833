import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isRefusal, refuse, type Refusal } from '../contract/refusal.ts';
import type { Store } from '../store/index.ts';
import { findPlaces, type CopyKind, type VisibleForm } from './appearance/index.ts';
import type { Item, Journal, Place } from './batch/journal.ts';
import { cleanCopy } from './clean.ts';
import { preview, type Preview } from './preview.ts';
import { notCleanable, notWaiting, stepsFixed, unknownDocument } from './refusals.ts';
import { readSettings, type folders } from './settings.ts';
import type { WorklistAddition } from './types.ts';
import { verify, type Verification } from './verify/index.ts';

const SHOWN_FOR_MS = 12 * 60 * 60 * 1000;

/** What an officer decides about a document before it is signed. */
export interface Arrangement {
  readonly form?: VisibleForm;
  readonly copyKind?: CopyKind;
  /** Number, date and seal of the clerk follow the leader's signature. */
  readonly clerk?: boolean;
}

/** "Chờ ký số": documents that wait for a signature, whoever comes with a token. */
export class Worklist {
  private readonly store: Store;
  private readonly journal: Journal;
  private readonly dirs: ReturnType<typeof folders>;

  private readonly sealPicture: () => boolean;

  constructor(store: Store, journal: Journal, dirs: ReturnType<typeof folders>, sealPicture: () => boolean) {
    this.sealPicture = sealPicture;
    this.store = store;
    this.journal = journal;
    this.dirs = dirs;
  }

  /** "Chờ ký số": another room has a result that needs a signature. The same document is added once. */
  add(addition: WorklistAddition): void {
    const steps = addition.steps ?? ['leader'];
    this.journal.addItem({
      ...addition,
      steps: readSettings(this.store).alwaysSeal && !steps.includes('clerk') ? [...steps, 'clerk'] : steps,
      area: addition.area ?? null,
      blanks: addition.blanks ?? null,
    });
  }

  /** What waits, and what was done in the last hours. */
  all(): Item[] {
    return this.journal.items(this.store.clock.now() - SHOWN_FOR_MS);
  }

  async preview(documentId: string): Promise<Preview | Refusal> {
    const item = this.journal.item(documentId);
    if (!item) return unknownDocument();
    const seen = await preview(item, readSettings(this.store).places[item.form] ?? null, this.sealPicture());
    if (isRefusal(seen) || !['waiting', 'refused', 'failed', 'set-aside'].includes(item.state)) return seen;
    // A file that may not be signed is never "seen": the list says why instead, and no batch takes it.
    const sha256 = seen.refused ? null : seen.sha256;
    const why = seen.refused && refuse(seen.refused.code, seen.refused.vi, seen.refused.en);
    if (item.seenSha256 !== sha256 || item.state === 'failed' || (item.state === 'refused') === (why === null))
      this.journal.setItem(documentId, {
        seenSha256: sha256,
        // Opened again and in order, it waits once more; what went wrong before stays beside it.
        ...(why ? { state: 'refused', reason: why } : item.state === 'set-aside' ? {} : { state: 'waiting' }),
      });
    return seen;
  }

  /** Places on the page that fit a name or title. */
  async findPlace(documentId: string, text: string): Promise<Place[] | Refusal> {
    const item = this.journal.item(documentId);
    return item ? findPlaces(item.file, text) : unknownDocument();
  }

  /** Before the first signature: rewrites the file; the officer must look at the copy before it is signed. */
  async cleanCopy(documentId: string): Promise<Preview | Refusal> {
    const item = this.journal.item(documentId);
    if (!item) return unknownDocument();
    const before = await preview(item, null);
    if (isRefusal(before)) return before;
    if (!before.cleanable || item.state === 'in-batch') return notCleanable();
    const output = path.join(this.dirs.clean, `${documentId.replace(/[^\w-]/g, '')}.pdf`);
    const refused = await cleanCopy(item.file, output);
    if (refused) return refused;
    this.journal.setItem(documentId, { file: output, seenSha256: null, state: 'waiting', reason: null });
    return this.preview(documentId);
  }

  /** The verdict on a document of the worklist as it stands now, against the roots of this station. */
  async verify(documentId: string): Promise<Verification | Refusal> {
    const item = this.journal.item(documentId);
    if (!item) return unknownDocument();
    const trustDir = this.dirs.trust;
    rmSync(trustDir, { recursive: true, force: true });
    mkdirSync(trustDir, { recursive: true });
    for (const root of this.journal.roots()) writeFileSync(path.join(trustDir, `${root.id}.cer`), root.der);
    return verify(item.file, { trustDir, offline: readSettings(this.store).offline });
  }

  /** Before the first signature: the visible form, the kind of copy, whether number, date and seal of the clerk follow. */
  arrange(documentId: string, change: Arrangement): Item | Refusal {
    const item = this.journal.item(documentId);
    if (!item) return unknownDocument();
    if (item.state === 'in-batch' || item.state === 'signed') return notWaiting(item.dossierCode);
    if (change.clerk !== undefined && item.signedAt !== null) return stepsFixed(item.dossierCode);
    const steps = change.clerk === undefined ? undefined : change.clerk ? (['leader', 'clerk'] as const) : (['leader'] as const);
    this.journal.setItem(documentId, {
      ...(change.form ? { form: change.form } : {}),
      ...(change.copyKind ? { copyKind: change.copyKind } : {}),
      ...(steps ? { steps } : {}),
    });
    return this.journal.item(documentId) ?? unknownDocument();
  }

  setAside(documentId: string, kind: 'set-aside' | 'returned' | 'waiting', reason: string): Item | Refusal {
    const item = this.journal.item(documentId);
    if (!item) return unknownDocument();
    if (item.state === 'in-batch' || item.state === 'signed') return notWaiting(item.dossierCode);
    const why = kind === 'waiting' ? null : { refused: kind, vi: reason, en: reason };
    this.journal.setItem(documentId, { state: kind, reason: why && reason ? why : null });
    return this.journal.item(documentId) ?? unknownDocument();
  }
}
