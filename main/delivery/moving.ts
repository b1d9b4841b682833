import path from 'node:path';
import { refuse, isRefusal, type Refusal } from '../contract/refusal.ts';
import { vietnamIso, type Clock, type Store } from '../store/index.ts';
import type { Item, Outbox } from './outbox.ts';
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

/** Unsent work from a station that cannot send (no line, dying machine) to one that can. Keys travel along: the province sees one dossier. */
export function createMoving(deps: MovingDeps) {
  const { store, outbox, clock, dataDir } = deps;

  return {
    /** @returns where the file is; the work rests here as `moved` so that two stations do not send it at once */
    async exportUnsent(passphrase: string): Promise<{ path: string; name: string; dossiers: number; bytes: number } | Refusal> {
      if (passphrase.length < 12)
        return refuse('passphrase-short', 'Mật khẩu tệp cần ít nhất 12 ký tự.', 'The passphrase needs at least 12 characters.');
      const open = outbox.listOpen(100_000).filter((i) => i.open === 1 || i.state === 'moved');
      if (open.length === 0) return refuse('nothing-unsent', 'Không có hồ sơ nào chưa gửi.', 'Nothing is unsent.');
      const blobs = new Map<string, { path: string; name: string; sha256: string; size: number }>();
      const items: ParcelItem[] = open.map((i) => ({
        ...pick(i),
        files: outbox.files(i.seq).map(
          (f) => (
            blobs.set(f.sha256, f),
            {
              ordinal: f.ordinal,
              componentCode: f.componentCode,
              componentName: f.componentName,
              name: f.name,
              sha256: f.sha256,
              size: f.size,
            }
          ),
        ),
      }));
      const dossiers = [...new Set(open.map((i) => i.dossierId))].flatMap((id) => {
        const d = outbox.dossier(id);
        return d
          ? [
              {
                dossierId: d.dossierId,
                provisionalCode: d.provisionalCode,
                officialCode: d.officialCode,
                agency: d.agency,
                day: d.day,
                procedureName: d.procedureName,
                applicantName: d.applicantName,
                revision: d.revision,
                ackedRevision: d.ackedRevision,
              },
            ]
          : [];
      });
      const files = [...blobs.values()];
      const manifest: ParcelManifest = {
        version: 1,
        madeAt: clock.now(),
        station: deps.station,
        dossiers,
        items,
        blobs: files.map((f) => ({ sha256: f.sha256, size: f.size })),
      };
      const name = `quay-chua-gui-${vietnamIso(clock.now()).slice(0, 19).replaceAll(/[-:T]/g, '')}.quay`;
      const target = path.join(dataDir, 'export', name);
      // Nothing more leaves from here while the file is made; what is under way ends as "unknown" and is asked about over there.
      const wasPaused = deps.sender.isPaused();
      if (!wasPaused) deps.sender.pause();
      try {
        await deps.sender.quiet();
        const bytes = await writeParcel(
          target,
          passphrase,
          { ...manifest, items: items.map((i) => ({ ...i, ...now(i.id) })) },
          dataDir,
          files,
        );
        store.transaction(() => outbox.moveAll());
        deps.changed();
        return { path: target, name, dossiers: dossiers.length, bytes };
      } catch (error) {
        if (error instanceof ProvinceProblem && error.word === 'file') {
          return refuse(
            'file-missing',
            `Tệp “${error.facts.file ?? ''}” không còn như lúc quét nên chưa xuất được. Quét lại hồ sơ đó rồi xuất lại.`,
            `The file "${error.facts.file ?? ''}" is not what was scanned. Scan it again, then export.`,
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

  function pick(i: Item): Omit<ParcelItem, 'files'> {
    const { id, dossierId, revision, kind, key, content, contentSha256, label, lane, bytes, step, maybeSent, enqueuedAt } = i;
    return { id, dossierId, revision, kind, key, content, contentSha256, label, lane, bytes, step, maybeSent, enqueuedAt };
  }
  function now(id: string): { step: number; maybeSent: boolean } {
    const i = outbox.byId(id);
    return { step: i?.step ?? 0, maybeSent: i?.maybeSent ?? true };
  }
}
