import path from 'node:path';
import { refuse, isRefusal, type Refusal } from '../contract/refusal.ts';
import { vietnamIso, type Clock, type Store } from '../store/index.ts';
import { checkFile } from './files.ts';
import type { DossierRow, FileRow, Item, Outbox } from './outbox.ts';
import { readParcel, writeParcel, type ParcelItem, type ParcelManifest } from './parcel.ts';
import { ProvinceProblem } from './problems.ts';
import type { Sender } from './sender.ts';

export interface MovingDeps {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly station: string;
  changed(): void;
}

export interface Exported {
  readonly path: string;
  readonly name: string;
  readonly dossiers: number;
  /** Size of the file. */
  readonly bytes: number;
  /** Codes of dossiers that stayed here: a person must put them right first. */
  readonly left: readonly string[];
}

/** Unsent work from a station that cannot send (no line, dying machine) to one that can. Keys travel along: the province sees one dossier. */
export function createMoving(deps: MovingDeps) {
  const { store, outbox, clock, dataDir } = deps;

  return {
    /**
     * Everything unsent that can go. What a person must put right first (given back by the province, a scan that is gone) stays here
     * and is named, and so does what comes in while the file is written; it does not keep the rest from leaving a dying machine.
     * @returns where the file is; what is in it rests here as `moved`, so that two stations do not send it at once
     */
    async exportUnsent(passphrase: string): Promise<Exported | Refusal> {
      if (passphrase.length < 12)
        return refuse('passphrase-short', 'Mật khẩu tệp cần ít nhất 12 ký tự.', 'The passphrase needs at least 12 characters.');
      const name = `quay-chua-gui-${vietnamIso(clock.now()).slice(0, 19).replaceAll(/[-:T]/g, '')}.quay`;
      const target = path.join(dataDir, 'export', name);
      // Nothing more leaves from here while the file is made; what is under way ends as "unknown" and is asked about over there.
      const wasPaused = deps.sender.isPaused();
      if (!wasPaused) deps.sender.pause();
      try {
        await deps.sender.quiet();
        const { items, left } = await portable();
        if (items.length === 0) return nothing(left);
        const dossiers = [...new Set(items.map((i) => i.dossierId))].flatMap((id) => outbox.dossier(id) ?? []);
        const files = [...new Map(items.flatMap((i) => outbox.files(i.seq)).map((f) => [f.sha256, f])).values()];
        const manifest: ParcelManifest = {
          version: 1,
          madeAt: clock.now(),
          station: deps.station,
          dossiers: dossiers.map(pickDossier),
          items: items.map((i) => ({ ...pick(i), files: outbox.files(i.seq).map(pickFile) })),
          blobs: files.map((f) => ({ sha256: f.sha256, size: f.size })),
        };
        const bytes = await writeParcel(target, passphrase, manifest, dataDir, files);
        store.transaction(() => items.forEach((i) => outbox.move(i.seq)));
        deps.changed();
        return { path: target, name, dossiers: dossiers.length, bytes, left };
      } catch (error) {
        if (error instanceof ProvinceProblem && error.word === 'file') {
          return refuse(
            'file-missing',
            `Tệp “${error.facts.file ?? ''}” vừa thay đổi trong khi xuất. Hãy xuất lại.`,
            `The file "${error.facts.file ?? ''}" changed while it was written. Export again.`,
          );
        }
        throw error;
      } finally {
        if (!wasPaused) deps.sender.resume();
      }
    },

    async importUnsent(file: string, passphrase: string): Promise<{ dossiers: number; alreadyHere: number } | Refusal> {
      const got = await readParcel(file, passphrase, dataDir);
      if (isRefusal(got)) return got;
      const { manifest, files } = got;
      return store.transaction(() => {
        let added = 0;
        let known = 0;
        for (const d of manifest.dossiers) {
          const other = d.provisionalCode ? outbox.dossierByCode(d.provisionalCode) : undefined;
          if (other && other.dossierId !== d.dossierId)
            return refuse(
              'code-taken',
              `Mã ${d.provisionalCode ?? ''} đã thuộc về hồ sơ khác ở máy này. Chưa có gì được nhập.`,
              `The code ${d.provisionalCode ?? ''} belongs to another dossier here. Nothing was imported.`,
            );
        }
        for (const d of manifest.dossiers) {
          const mine = manifest.items.filter((i) => i.dossierId === d.dossierId);
          if (!outbox.dossier(d.dossierId)) {
            outbox.putDossier(d);
            outbox.ackedRevision(d.dossierId, d.ackedRevision);
          }
          let fresh = false;
          for (const i of mine) {
            if (outbox.byKey(i.key)) continue;
            fresh = true;
            const seq = outbox.insert(i);
            for (const f of i.files) outbox.insertFile({ ...f, itemSeq: seq, dossierId: d.dossierId, path: files.get(f.sha256) ?? '' });
            // The other station may have sent it just before it died: it is asked about before it goes.
            outbox.imported(seq, i.step, i.maybeSent);
            store.emit('delivery', 'queued', { dossierId: d.dossierId, id: i.id });
          }
          if (fresh) added += 1;
          else known += 1;
        }
        return { dossiers: added, alreadyHere: known };
      });
    },
    takeBack(): void {
      outbox.takeBack();
      deps.changed();
    },
  };

  /** In the order in which they must go, whole dossiers alone; and the codes of those that stay. */
  async function portable(): Promise<{ items: Item[]; left: string[] }> {
    const open = outbox.listOpen(100_000);
    const stay = new Set(open.filter((i) => i.state === 'refused' || i.state === 'needs-file').map((i) => i.dossierId));
    for (const i of open) if (!stay.has(i.dossierId) && !(await whole(i))) stay.add(i.dossierId);
    const left = [...stay].map((id) => {
      const d = outbox.dossier(id);
      return d?.officialCode ?? d?.provisionalCode ?? id;
    });
    return { items: open.filter((i) => !stay.has(i.dossierId)).sort((a, b) => a.place - b.place || a.seq - b.seq), left };
  }
  async function whole(i: Item): Promise<boolean> {
    try {
      for (const f of outbox.files(i.seq)) await checkFile(dataDir, f);
      return true;
    } catch (error) {
      if (error instanceof ProvinceProblem && error.word === 'file') return false;
      throw error;
    }
  }
}

/** Codes for a sentence: the first few, and how many more. */
export const someCodes = (codes: readonly string[]): string =>
  codes.length <= 5 ? codes.join(', ') : `${codes.slice(0, 5).join(', ')} (+${codes.length - 5})`;

const nothing = (left: readonly string[]): Refusal =>
  left.length === 0
    ? refuse('nothing-unsent', 'Không có hồ sơ nào chưa gửi.', 'Nothing is unsent.')
    : refuse(
        'nothing-portable',
        `Chưa xuất được: ${someCodes(left)} cần anh/chị sửa hoặc quét lại trước, xem cột “Cần làm”.`,
        `Nothing can go: ${someCodes(left)} must be put right or scanned again first, see the column "To do".`,
      );

function pick(i: Item): Omit<ParcelItem, 'files'> {
  const { id, dossierId, revision, kind, key, content, contentSha256, label, lane, bytes, step, maybeSent, enqueuedAt } = i;
  return { id, dossierId, revision, kind, key, content, contentSha256, label, lane, bytes, step, maybeSent, enqueuedAt };
}
function pickFile({ ordinal, componentCode, componentName, name, sha256, size }: FileRow): ParcelItem['files'][number] {
  return { ordinal, componentCode, componentName, name, sha256, size };
}
function pickDossier(d: DossierRow): ParcelManifest['dossiers'][number] {
  const { dossierId, provisionalCode, officialCode, agency, day, procedureName, applicantName, revision, ackedRevision } = d;
  return { dossierId, provisionalCode, officialCode, agency, day, procedureName, applicantName, revision, ackedRevision };
}
