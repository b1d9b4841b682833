import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import path from 'node:path';
import { refuse, type Refusal } from '../contract/refusal.ts';
import { businessDay, type Clock, type Store } from '../store/index.ts';
import {
  canonicalDossier,
  canonicalStatus,
  frozen,
  type CanonicalDossierInput,
  type CanonicalFile,
  type CanonicalStatusInput,
} from './canonical.ts';
import type { Content } from './deliver.ts';
import type { Item, Outbox } from './outbox.ts';

/** Content that breaks the canonical shape: a mistake of the caller, thrown so that its transaction is undone. */
export class ContentError extends Error {}

export type Enqueued = { id: string; key: string; revision: number };

export interface IntakeDeps {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly dataDir: string;
  /** Work that carries more bytes goes after the small work. */
  readonly largeBytes: number;
  readonly giveCode: (dossierId: string, code: string) => void;
}

/** What the other rooms put into the outbox: synchronous, inside the transaction that saves the dossier itself. */
export function createIntake(deps: IntakeDeps) {
  const { store, outbox, clock, giveCode } = deps;

  /** Size and presence now, hash when it is sent: a scan that is already gone is said at once, while the citizen is still there. */
  function missingFile(files: readonly CanonicalFile[]): Refusal | null {
    for (const file of files) {
      const stat = statSync(path.resolve(deps.dataDir, file.path), { throwIfNoEntry: false });
      if (!stat || stat.size !== file.size) {
        return refuse(
          'file-missing',
          `Tệp “${file.name}” không còn như lúc quét. Hãy quét lại thành phần này.`,
          `The file "${file.name}" is not what was scanned. Scan this component again.`,
        );
      }
    }
    return null;
  }

  function put(
    item: {
      dossierId: string;
      revision: number;
      kind: 'dossier' | 'status';
      key: string;
      content: Content;
      label: string;
      bulk: boolean;
      place?: number | null;
    },
    files: { code: string; name: string; file: CanonicalFile }[],
  ): Enqueued {
    const { text, sha256 } = frozen(item.content);
    const bytes = files.reduce((n, f) => n + f.file.size, 0);
    const lane = item.bulk ? 2 : bytes > deps.largeBytes ? 1 : 0;
    const id = randomUUID();
    const seq = outbox.insert(
      {
        id,
        dossierId: item.dossierId,
        revision: item.revision,
        kind: item.kind,
        key: item.key,
        content: text,
        contentSha256: sha256,
        label: item.label,
        lane,
        bytes,
        enqueuedAt: clock.now(),
      },
      item.place ?? null,
    );
    files.forEach((f, ordinal) =>
      outbox.insertFile({
        itemSeq: seq,
        ordinal,
        dossierId: item.dossierId,
        componentCode: f.code,
        componentName: f.name,
        name: f.file.name,
        path: f.file.path,
        sha256: f.file.sha256,
        size: f.file.size,
      }),
    );
    store.emit('delivery', 'queued', { dossierId: item.dossierId, id });
    return { id, key: item.key, revision: item.revision };
  }

  function tryAgain(item: Item): void {
    outbox.reopen(item.seq);
    store.emit('delivery', 'queued', { dossierId: item.dossierId, id: item.id });
  }

  return {
    /**
     * Puts a dossier into the outbox. Call it INSIDE the store transaction that saves the dossier. Key = dossier and revision;
     * the same content twice is one piece of work; other content is the next revision, sent after the one before was settled.
     * A refused or broken revision that was never taken is replaced; before a refused step the correction goes first.
     * @throws ContentError when the content breaks the canonical shape
     */
    enqueue(input: CanonicalDossierInput, options: { bulk?: boolean; reportReception?: boolean } = {}): Enqueued | Refusal {
      const parsed = canonicalDossier.safeParse(input);
      if (!parsed.success) throw new ContentError(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
      const dossier = parsed.data;
      const before = outbox.dossier(dossier.dossierId);
      const items = before ? outbox.ofDossier(dossier.dossierId) : [];
      const last = items.filter((i) => i.kind === 'dossier').at(-1);
      const same =
        last !== undefined &&
        frozen((JSON.parse(last.content) as Content).dossier).sha256 === frozen(dossier).sha256 &&
        last.state !== 'refused' &&
        last.state !== 'needs-file';
      // A step that the province refused: what is put right goes before it, and it is tried again after that.
      const stopped = items.find((i) => i.kind === 'status' && i.open === 2 && i.state !== 'moved');
      if (last && same) {
        if (stopped) tryAgain(stopped);
        return { id: last.id, key: last.key, revision: last.revision };
      }
      const files = dossier.components.flatMap((c) => c.files.map((file) => ({ code: c.code, name: c.name, file })));
      files.push(...dossier.results.map((r) => ({ code: r.code, name: r.name, file: r.file })));
      const gone = missingFile(files.map((f) => f.file));
      if (gone) return gone;
      const revision = (before?.revision ?? 0) + 1;
      const inWay = items.filter((i) => i.kind === 'dossier' && i.open === 2 && i.state !== 'moved');
      for (const item of inWay) outbox.supersede(item.seq);
      outbox.putDossier({
        dossierId: dossier.dossierId,
        provisionalCode: before ? before.provisionalCode : dossier.provisionalCode,
        officialCode: before ? before.officialCode : dossier.code,
        agency: dossier.agencies.receiving.code,
        day: before ? before.day : businessDay(dossier.receivedAt),
        procedureName: dossier.procedure.name,
        applicantName: dossier.applicant.name,
        revision,
      });
      if (before && dossier.code) giveCode(dossier.dossierId, dossier.code);
      // A correction takes the place of what it corrects, before the steps that wait behind it.
      const place = inWay[0]?.place ?? (stopped ? outbox.makeRoom(dossier.dossierId, stopped.place) : null);
      if (stopped) tryAgain(stopped);
      const owed = inWay.some((i) => (JSON.parse(i.content) as Content).status !== null);
      // The province hears of the reception once: with the first revision that it will really get.
      const willBeFirst = (before?.ackedRevision ?? 0) === 0 && !items.some((i) => i.kind === 'dossier' && i.open === 1);
      const status =
        (owed || willBeFirst) && options.reportReception !== false
          ? canonicalStatus.parse({
              dossierId: dossier.dossierId,
              status: 2,
              at: dossier.receivedAt,
              text: 'Tiếp nhận hồ sơ tại quầy',
              by: dossier.receivedBy,
              dueAt: dossier.dueAt,
            })
          : null;
      const label = revision === 1 ? 'reception' : place !== null ? 'correction' : 'supplement';
      return put(
        {
          dossierId: dossier.dossierId,
          revision,
          kind: 'dossier',
          key: `${dossier.dossierId}:${revision}`,
          content: { dossier, status },
          label,
          bulk: options.bulk ?? false,
          place,
        },
        files,
      );
    },

    /**
     * The last content of a dossier once more, as a new revision with a new key and all its files: for a dossier that the province
     * lost or holds with other files. Inside a transaction.
     */
    again(dossierId: string): Enqueued | null {
      const row = outbox.dossier(dossierId);
      const last = outbox
        .ofDossier(dossierId)
        .filter((i) => i.kind === 'dossier')
        .at(-1);
      if (!row || !last) return null;
      if (last.open > 0) return { id: last.id, key: last.key, revision: last.revision };
      const content = JSON.parse(last.content) as Content;
      if (!content.dossier) return null;
      outbox.forgetRemote(dossierId);
      const revision = row.revision + 1;
      outbox.setRevision(dossierId, revision);
      const files = content.dossier.components.flatMap((c) => c.files.map((file) => ({ code: c.code, name: c.name, file })));
      files.push(...content.dossier.results.map((r) => ({ code: r.code, name: r.name, file: r.file })));
      return put(
        { dossierId, revision, kind: 'dossier', key: `${dossierId}:${revision}`, content, label: 'correction', bulk: false },
        files,
      );
    },

    /**
     * Puts a later step (a status, a result) of a dossier into the outbox, after everything before it. Call it inside the
     * transaction that notes the step. The same step twice (status, time, results) is one piece of work.
     * @throws ContentError for a dossier that was never put in
     */
    enqueueStatus(input: CanonicalStatusInput, options: { bulk?: boolean } = {}): Enqueued | Refusal {
      const parsed = canonicalStatus.safeParse(input);
      if (!parsed.success) throw new ContentError(parsed.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`).join('; '));
      const status = parsed.data;
      const before = outbox.dossier(status.dossierId);
      if (!before) throw new ContentError('status of a dossier that is not in the outbox');
      const key = `${status.dossierId}:${frozen(status).sha256.slice(0, 24)}`;
      const same = outbox.byKey(key);
      if (same) return { id: same.id, key, revision: same.revision };
      const gone = missingFile(status.results.map((r) => r.file));
      if (gone) return gone;
      const label = status.status === 10 ? 'handover' : `status-${status.status}`;
      const files = status.results.map((r) => ({ code: r.code, name: r.name, file: r.file }));
      return put(
        {
          dossierId: status.dossierId,
          revision: Math.max(1, before.revision),
          kind: 'status',
          key,
          content: { dossier: null, status },
          label,
          bulk: options.bulk ?? false,
        },
        files,
      );
    },

    /** Notes an official code that came by another way (a telephone call, an import). Once and for ever. */
    mapProvisional(provisionalCode: string, officialCode: string): { dossierId: string } | Refusal {
      return store.transaction(() => {
        const row = outbox.dossierByCode(provisionalCode);
        if (!row) return refuse('unknown-code', 'Không có hồ sơ với mã tạm này.', 'No dossier has this provisional code.');
        if (row.officialCode && row.officialCode !== officialCode) {
          return refuse(
            'already-mapped',
            `Hồ sơ này đã có mã chính thức ${row.officialCode}; mã chỉ được gán một lần.`,
            `This dossier already has the official code ${row.officialCode}; a code is given once.`,
          );
        }
        const other = outbox.dossierByCode(officialCode);
        if (other && other.dossierId !== row.dossierId)
          return refuse('code-taken', 'Mã chính thức này thuộc về hồ sơ khác.', 'This official code belongs to another dossier.');
        giveCode(row.dossierId, officialCode);
        return { dossierId: row.dossierId };
      });
    },
  };
}
