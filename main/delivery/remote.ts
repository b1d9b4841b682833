import { createHash, randomUUID } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import type { inboxItem, remoteStatus } from '../contract/delivery.ts';
import type { Clock, Store } from '../store/index.ts';
import type { Adapter, RemoteChange } from './adapters/adapter.ts';
import type { Outbox } from './outbox.ts';
import { ProvinceProblem } from './problems.ts';
import { STATUS_TEXT } from './words.ts';

export type RemoteStatus = z.infer<typeof remoteStatus>;
export type InboxItem = z.infer<typeof inboxItem>;
type Axis = RemoteStatus['axis'];

/** A file that came back, checked against its hash; `path` is relative to the data folder. */
export interface ReturnedFile {
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}
export interface RemoteNews {
  readonly dossierId: string | null;
  readonly code: string;
  readonly kind: RemoteChange['kind'];
  readonly status: number | null;
  readonly value: string | null;
  readonly text: string;
  /** By the province's clock, corrected by how far it is off. */
  readonly at: number;
  readonly files: readonly ReturnedFile[];
}

export interface RemoteDeps {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly agency: string;
  adapter(): Adapter;
  /** Inside the transaction that notes it; once per piece of news. */
  onNews?: ((news: RemoteNews) => void) | undefined;
  changed(): void;
}

const AXIS: Record<RemoteChange['kind'], Axis> = {
  status: 'business',
  result: 'business',
  'supplement-request': 'business',
  payment: 'money',
  paper: 'paper',
};
const INBOX = 'id, kind, dossier_id as dossierId, code, text, at, seen_at as seenAt, files';

/** What comes back: statuses on four axes, results, supplement requests. Each piece of news has one effect, whatever is repeated. */
export function createRemote(deps: RemoteDeps) {
  const { store, outbox, clock } = deps;
  const { db } = store;
  const q = {
    axis: db.prepare(
      'select value, source, source_at as sourceAt, heard_at as heardAt from delivery_remote where dossier_id = ? and axis = ?',
    ),
    axes: db.prepare(
      'select axis, value, source, source_at as sourceAt, heard_at as heardAt from delivery_remote where dossier_id = ? order by axis',
    ),
    put: db.prepare(`insert into delivery_remote (dossier_id, axis, value, source, source_at, heard_at) values (?, ?, ?, ?, ?, ?)
      on conflict do update set value = excluded.value, source = excluded.source, source_at = excluded.source_at, heard_at = excluded.heard_at`),
    history: db.prepare(
      'insert into delivery_remote_history (dossier_id, axis, value, source, source_at, heard_at) values (?, ?, ?, ?, ?, ?)',
    ),
    add: db.prepare(
      `insert or ignore into delivery_inbox (id, remote_number, kind, dossier_id, code, text, at, heard_at, files) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    known: db.prepare('select 1 from delivery_inbox where remote_number = ?'),
    list: db.prepare(
      `select ${INBOX} from delivery_inbox where (seen_at is null or ? = 0) and (? is null or dossier_id = ?) order by heard_at desc limit 200`,
    ),
    seen: db.prepare('update delivery_inbox set seen_at = ? where id = ? and seen_at is null'),
    unseen: db.prepare('select count(*) as n from delivery_inbox where seen_at is null'),
    one: db.prepare(`select ${INBOX} from delivery_inbox where id = ?`),
  };

  /** Notes a value on an axis; an older one than what is known goes to the history alone, unless a person decided for it. Inside a transaction. */
  function note(dossierId: string, axis: Axis, value: string, source: 'province' | 'counter', sourceAt: number, decided = false): void {
    const before = q.axis.get(dossierId, axis) as { value: string; sourceAt: number } | undefined;
    q.history.run(dossierId, axis, value, source, sourceAt, clock.now());
    if (before && before.sourceAt > sourceAt && !decided) return;
    q.put.run(dossierId, axis, value, source, sourceAt, clock.now());
  }

  /** Fetches a returned file into the data folder under its own hash. @throws ProvinceProblem `hash` when the bytes are others */
  async function fetchFile(file: RemoteChange['files'][number], signal: AbortSignal): Promise<ReturnedFile> {
    const bytes = await deps.adapter().download(file.remoteId, signal);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== file.sha256 || bytes.length !== file.size)
      throw new ProvinceProblem('hash', 'a returned file is not whole', { file: file.name });
    const relative = `returned/${sha256}${path.extname(file.name).replaceAll(/[^.A-Za-z0-9]/g, '')}`;
    const full = path.join(deps.dataDir, relative);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(`${full}.new`, bytes, { flush: true });
    await rename(`${full}.new`, full);
    return { name: path.basename(file.name), path: relative, sha256, size: bytes.length };
  }

  const toItem = (raw: unknown): InboxItem => {
    const r = raw as {
      id: string;
      kind: InboxItem['kind'];
      dossierId: string | null;
      code: string;
      text: string;
      at: number;
      seenAt: number | null;
      files: string;
    };
    return {
      ...r,
      text: { vi: r.text, en: r.text },
      files: (JSON.parse(r.files) as ReturnedFile[]).map((f) => ({ name: f.name, size: f.size, sha256: f.sha256 })),
    };
  };

  const api = {
    note,
    /** Asks once what changed over there, page by page. @throws ProvinceProblem */
    async poll(signal: AbortSignal): Promise<number> {
      let heard = 0;
      for (;;) {
        const after = store.get<string>('delivery', 'changes-after') ?? '';
        const changes = await deps.adapter().changes(deps.agency, after, signal);
        if (changes.length === 0) return heard;
        const skew = deps.adapter().clockSkewMs() ?? 0;
        for (const change of changes) {
          const files = q.known.get(change.number) ? [] : await Promise.all(change.files.map((f) => fetchFile(f, signal)));
          store.transaction(() => {
            // A province that repeats itself, or a process that died between news and cursor: the number says it was heard.
            if (!q.known.get(change.number)) take(change, files, change.at - skew);
            store.set('delivery', 'changes-after', change.number);
          });
          heard += 1;
        }
        deps.changed();
        if (changes.at(-1)?.number === after) return heard;
      }
    },
    axes: (dossierId: string): RemoteStatus[] =>
      (q.axes.all(dossierId) as Omit<RemoteStatus, 'text'>[]).map((r) => ({
        ...r,
        text: r.axis === 'business' ? (STATUS_TEXT[Number(r.value)] ?? { vi: r.value, en: r.value }) : { vi: r.value, en: r.value },
      })),
    business: (dossierId: string) =>
      q.axis.get(dossierId, 'business') as { value: string; source: string; sourceAt: number; heardAt: number } | undefined,
    /** @param dossierId of one dossier alone */
    inbox: (unseenOnly: boolean, dossierId: string | null = null): InboxItem[] =>
      q.list.all(unseenOnly ? 1 : 0, dossierId, dossierId).map(toItem),
    seen: (id: string) => q.seen.run(clock.now(), id).changes > 0,
    unseen: () => (q.unseen.get() as { n: number }).n,
    /** Path (relative to the data folder) and name of a returned file. */
    file(id: string, sha256: string): ReturnedFile | null {
      const raw = q.one.get(id) as { files: string } | undefined;
      return (raw && (JSON.parse(raw.files) as ReturnedFile[]).find((f) => f.sha256 === sha256)) ?? null;
    },
    /** A notice of our own (a new official code, for example). Inside a transaction. */
    tell(kind: InboxItem['kind'], dossierId: string, code: string, text: string): void {
      q.add.run(randomUUID(), `own:${kind}:${dossierId}:${code}`, kind, dossierId, code, text, clock.now(), clock.now(), '[]');
    },
  };

  function take(change: RemoteChange, files: ReturnedFile[], at: number): void {
    const dossierId = outbox.dossierByCode(change.code)?.dossierId ?? null;
    if (dossierId) {
      const value =
        AXIS[change.kind] === 'business' ? (change.status === null ? null : String(change.status)) : (change.value ?? change.text);
      if (value !== null) note(dossierId, AXIS[change.kind], value, 'province', at);
    }
    const kind = change.kind === 'result' || change.kind === 'supplement-request' ? change.kind : 'status';
    const text = change.text || (STATUS_TEXT[change.status ?? 0]?.vi ?? 'Tỉnh cập nhật hồ sơ');
    q.add.run(randomUUID(), change.number, kind, dossierId, change.code, text, at, clock.now(), JSON.stringify(files));
    deps.onNews?.({ dossierId, code: change.code, kind: change.kind, status: change.status, value: change.value, text, at, files });
    store.emit('delivery', 'news', { dossierId, kind: change.kind });
  }
  return api;
}

export type Remote = ReturnType<typeof createRemote>;
