import type { Store } from '../store/index.ts';
import type { Why } from './problems.ts';

export type ItemState =
  | 'ready'
  | 'sending'
  | 'submitted'
  | 'unknown'
  | 'acknowledged'
  | 'reconciled'
  | 'refused'
  | 'needs-file'
  | 'moved'
  | 'superseded';

export interface Item {
  readonly seq: number;
  /** Order within the dossier: its own number, or the place of what it corrects. */
  readonly place: number;
  readonly id: string;
  readonly dossierId: string;
  readonly revision: number;
  readonly kind: 'dossier' | 'status';
  readonly key: string;
  readonly content: string;
  readonly contentSha256: string;
  readonly label: string;
  readonly lane: number;
  readonly bytes: number;
  readonly open: 0 | 1 | 2;
  readonly state: ItemState;
  readonly step: number;
  readonly maybeSent: boolean;
  readonly attempts: number;
  readonly nextAt: number;
  readonly why: Why | null;
  readonly enqueuedAt: number;
  readonly firstSentAt: number | null;
  readonly ackedAt: number | null;
  readonly reconciledAt: number | null;
}

export interface FileRow {
  readonly itemSeq: number;
  readonly ordinal: number;
  readonly dossierId: string;
  readonly componentCode: string;
  readonly componentName: string;
  readonly name: string;
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly uploadUrl: string | null;
  readonly remoteId: string | null;
  readonly problem: string | null;
}

export interface DossierRow {
  readonly dossierId: string;
  readonly provisionalCode: string | null;
  readonly officialCode: string | null;
  readonly mappedAt: number | null;
  readonly agency: string;
  /** Day of reception in Vietnam. */
  readonly day: string;
  readonly procedureName: string;
  readonly applicantName: string;
  readonly revision: number;
  readonly ackedRevision: number;
}

export interface EvidenceRow {
  readonly id: number;
  readonly at: number;
  readonly step: string;
  readonly key: string;
  readonly status: number | null;
  readonly reply: string;
  readonly replySha256: string;
  readonly tookMs: number;
  readonly outcome: string;
}

const ITEM = `seq, place, id, dossier_id as dossierId, revision, kind, key, content, content_sha256 as contentSha256, label, lane, bytes, open, state, step,
  maybe_sent as maybeSent, attempts, next_at as nextAt, why, enqueued_at as enqueuedAt, first_sent_at as firstSentAt, acked_at as ackedAt, reconciled_at as reconciledAt`;
const FILE = `item_seq as itemSeq, ordinal, dossier_id as dossierId, component_code as componentCode, component_name as componentName, name, path, sha256, size,
  upload_url as uploadUrl, remote_id as remoteId, problem`;
const DOSSIER = `dossier_id as dossierId, provisional_code as provisionalCode, official_code as officialCode, mapped_at as mappedAt, agency, day,
  procedure_name as procedureName, applicant_name as applicantName, revision, acked_revision as ackedRevision`;

type RawItem = Omit<Item, 'why' | 'maybeSent'> & { why: string | null; maybeSent: number };
const item = (raw: RawItem): Item => ({
  ...raw,
  maybeSent: raw.maybeSent === 1,
  why: raw.why === null ? null : (JSON.parse(raw.why) as Why),
});

/** Codes are compared without separators and case, so that a code read out over the telephone is found. */
export const needle = (code: string) => code.toLowerCase().replace(/[^a-z0-9]/g, '');

/** All SQL of the outbox. Methods that write must run inside `store.transaction`. */
export function createOutbox(store: Store) {
  const { db } = store;
  const q = {
    byId: db.prepare(`select ${ITEM} from delivery_item where id = ?`),
    bySeq: db.prepare(`select ${ITEM} from delivery_item where seq = ?`),
    byKey: db.prepare(`select ${ITEM} from delivery_item where key = ?`),
    ofDossier: db.prepare(`select ${ITEM} from delivery_item where dossier_id = ? order by seq`),
    insert: db.prepare(
      `insert into delivery_item (id, dossier_id, revision, kind, key, content, content_sha256, label, lane, bytes, enqueued_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    place: db.prepare(`update delivery_item set place = ? where seq = ?`),
    makeRoom: db.prepare(`update delivery_item set place = place + 1 where dossier_id = ? and place >= ?`),
    insertFile: db.prepare(
      `insert into delivery_file (item_seq, ordinal, dossier_id, component_code, component_name, name, path, sha256, size) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    files: db.prepare(`select ${FILE} from delivery_file where item_seq = ? order by ordinal`),
    sameFile: db.prepare(
      `select remote_id as remoteId from delivery_file where dossier_id = ? and sha256 = ? and remote_id is not null limit 1`,
    ),
    fileSent: db.prepare(`update delivery_file set remote_id = ?, upload_url = null, problem = null where item_seq = ? and ordinal = ?`),
    fileUrl: db.prepare(`update delivery_file set upload_url = ? where item_seq = ? and ordinal = ?`),
    fileProblem: db.prepare(`update delivery_file set problem = ? where item_seq = ? and name = ?`),
    forgetRemote: db.prepare(`update delivery_file set remote_id = null, upload_url = null where dossier_id = ?`),
    // The first open item of each dossier, held ones (open = 2) blocking what follows them.
    next: db.prepare(`select i.seq, i.dossier_id as dossierId, i.lane from delivery_item i where i.open = 1 and i.next_at <= ? and i.lane between ? and ?
      and not exists (select 1 from delivery_item e where e.dossier_id = i.dossier_id and e.place < i.place and e.open > 0) order by i.lane, i.seq limit ?`),
    nextTime:
      db.prepare(`select i.next_at as at from delivery_item i indexed by delivery_item_later where i.open = 1 and i.lane between ? and ? and i.next_at > ?
      and not exists (select 1 from delivery_item e where e.dossier_id = i.dossier_id and e.place < i.place and e.open > 0) order by i.next_at limit 1`),
    openBefore: db.prepare(`select 1 from delivery_item where dossier_id = ? and place < ? and open > 0 limit 1`),
    phase: db.prepare(
      `update delivery_item set state = ?, step = ?, maybe_sent = ?, first_sent_at = coalesce(first_sent_at, ?) where seq = ?`,
    ),
    wait: db.prepare(`update delivery_item set state = ?, maybe_sent = ?, attempts = ?, next_at = ?, why = ? where seq = ?`),
    hold: db.prepare(`update delivery_item set state = ?, open = 2, maybe_sent = 0, attempts = ?, next_at = 0, why = ? where seq = ?`),
    done: db.prepare(
      `update delivery_item set state = 'acknowledged', open = 0, maybe_sent = 0, step = ?, why = null, next_at = 0, acked_at = ? where seq = ?`,
    ),
    supersede: db.prepare(`update delivery_item set state = 'superseded', open = 0, next_at = 0 where seq = ?`),
    reopen: db.prepare(
      `update delivery_item set state = case when maybe_sent = 1 then 'unknown' else 'ready' end, open = 1, next_at = 0, why = null where seq = ?`,
    ),
    imported: db.prepare(
      `update delivery_item set step = ?, maybe_sent = ?, state = case when ? = 1 then 'unknown' else 'ready' end where seq = ?`,
    ),
    move: db.prepare(`update delivery_item set state = 'moved', open = 2 where seq = ?`),
    takeBack: db.prepare(`update delivery_item set state = 'unknown', open = 1, maybe_sent = 1, next_at = 0 where state = 'moved'`),
    moved: db.prepare(`select ${ITEM} from delivery_item where state = 'moved' order by seq`),
    wakeOne: db.prepare(`update delivery_item set next_at = 0 where seq = ? and open = 1`),
    wake: db.prepare(`update delivery_item set next_at = 0 where open = 1 and next_at > 0`),
    wakeLine: db.prepare(
      `update delivery_item set next_at = 0 where open = 1 and next_at > 0 and json_extract(why, '$.word') in ('line', 'busy', 'sign-in', 'certificate', 'disk')`,
    ),
    restart: db.prepare(
      `update delivery_item set state = case when maybe_sent = 1 then 'unknown' else 'ready' end where open = 1 and state in ('sending', 'submitted')`,
    ),
    reconciled: db.prepare(
      `update delivery_item set state = 'reconciled', reconciled_at = ? where dossier_id = ? and state = 'acknowledged'`,
    ),
    counts: db.prepare(
      `select count(*) as unsent, min(enqueued_at) as oldestAt from delivery_item indexed by delivery_item_since where open > 0`,
    ),
    waiting: db.prepare(
      `select seq, min(enqueued_at) as at, count(*) as count from delivery_item indexed by delivery_item_since where open > 0 and open = 1 and enqueued_at <= ? and (lane < 2 or ?)`,
    ),
    hasDay: db.prepare(`select 1 from delivery_dossier where day = ? limit 1`),
    arrived: db.prepare(`select 1 from delivery_dossier d join delivery_item i on i.dossier_id = d.dossier_id
      where d.day = ? and i.state = 'acknowledged' and i.acked_at > ? limit 1`),
    any: db.prepare(`select 1 from delivery_item where open = 1 limit 1`),
    held: db.prepare(`select count(*) as n from delivery_item where open = 2 and state in ('refused', 'needs-file')`),
    acked: db.prepare(`select count(*) as n from delivery_item where acked_at >= ?`),
    list: db.prepare(
      `select ${ITEM} from delivery_item indexed by delivery_item_waits where open > 0 and state not in ('refused', 'needs-file') order by seq limit ?`,
    ),
    listHeld: db.prepare(`select ${ITEM} from delivery_item where open = 2 and state in ('refused', 'needs-file') order by seq limit ?`),
    listAcked: db.prepare(`select ${ITEM} from delivery_item where acked_at >= ? and acked_at < ? order by acked_at desc limit ?`),
    listAll: db.prepare(`select ${ITEM} from delivery_item where enqueued_at < ? order by enqueued_at desc, seq desc limit ?`),
    dossier: db.prepare(`select ${DOSSIER} from delivery_dossier where dossier_id = ?`),
    byCode: db.prepare(`select ${DOSSIER} from delivery_dossier where official_code = ? or provisional_code = ? limit 1`),
    putDossier:
      db.prepare(`insert into delivery_dossier (dossier_id, provisional_code, provisional_needle, official_code, official_needle, agency, day, procedure_name, applicant_name, revision)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (dossier_id) do update set procedure_name = excluded.procedure_name, applicant_name = excluded.applicant_name, revision = excluded.revision`),
    official: db.prepare(`update delivery_dossier set official_code = ?, official_needle = ?, mapped_at = ? where dossier_id = ?`),
    provisional: db.prepare(`update delivery_dossier set provisional_code = ?, provisional_needle = ? where dossier_id = ?`),
    setRevision: db.prepare(`update delivery_dossier set revision = ? where dossier_id = ?`),
    ackedRevision: db.prepare(`update delivery_dossier set acked_revision = max(acked_revision, ?) where dossier_id = ?`),
    search: db.prepare(
      `select ${DOSSIER} from delivery_dossier where official_needle like ? or provisional_needle like ? order by coalesce(official_needle, provisional_needle) desc limit 50`,
    ),
    day: db.prepare(`select ${DOSSIER} from delivery_dossier where day = ? order by dossier_id`),
    // What has arrived whole long ago; whatever waits, was refused or differs keeps all that was said.
    pruneEvidence: db.prepare(`delete from delivery_evidence where id in (
      select e.id from delivery_evidence e left join delivery_item i on i.seq = e.item_seq
      where e.at < ? and (i.seq is null or i.open = 0)
      and not exists (select 1 from delivery_item o where o.dossier_id = i.dossier_id and o.open > 0)
      and not exists (select 1 from delivery_difference d where d.dossier_id = i.dossier_id and d.settled_at is null)
      order by e.id limit ?)`),
    addEvidence: db.prepare(
      `insert into delivery_evidence (item_seq, at, step, key, status, reply, reply_sha256, took_ms, outcome) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    // Hours of silence are one line with its last time, not one per try: what is kept as evidence is what was said.
    silentAgain: db.prepare(
      `update delivery_evidence set at = ?, took_ms = ? where id = (select max(id) from delivery_evidence where item_seq = ?) and status is null and step = ? and key = ? and outcome = ?`,
    ),
    evidence: db.prepare(
      `select id, at, step, key, status, reply, reply_sha256 as replySha256, took_ms as tookMs, outcome from delivery_evidence where item_seq = ? order by id desc limit ?`,
    ),
    integrity: db.prepare(`select count(*) as n from delivery_item where open > 0 and maybe_sent = 1`),
  };
  const items = (rows: unknown[]): Item[] => (rows as RawItem[]).map(item);
  const one = (row: unknown): Item | undefined => (row === undefined ? undefined : item(row as RawItem));

  return {
    byId: (id: string) => one(q.byId.get(id)),
    bySeq: (seq: number) => one(q.bySeq.get(seq)),
    byKey: (key: string) => one(q.byKey.get(key)),
    ofDossier: (dossierId: string) => items(q.ofDossier.all(dossierId)),
    /** @param place of the item that this one corrects; null: after everything before it */
    insert(
      i: Pick<
        Item,
        'id' | 'dossierId' | 'revision' | 'kind' | 'key' | 'content' | 'contentSha256' | 'label' | 'lane' | 'bytes' | 'enqueuedAt'
      >,
      place: number | null = null,
    ): number {
      const seq = Number(
        q.insert.run(i.id, i.dossierId, i.revision, i.kind, i.key, i.content, i.contentSha256, i.label, i.lane, i.bytes, i.enqueuedAt)
          .lastInsertRowid,
      );
      q.place.run(place ?? seq, seq);
      return seq;
    },
    /** Frees a place for one more item of a dossier; what stands there and after moves on by one. @returns the place */
    makeRoom(dossierId: string, place: number): number {
      q.makeRoom.run(dossierId, place);
      return place;
    },
    insertFile: (f: Omit<FileRow, 'uploadUrl' | 'remoteId' | 'problem'>) =>
      void q.insertFile.run(f.itemSeq, f.ordinal, f.dossierId, f.componentCode, f.componentName, f.name, f.path, f.sha256, f.size),
    files: (seq: number) => q.files.all(seq) as FileRow[],
    remoteIdOf: (dossierId: string, sha256: string) =>
      (q.sameFile.get(dossierId, sha256) as { remoteId: string } | undefined)?.remoteId ?? null,
    fileSent: (seq: number, ordinal: number, remoteId: string) => void q.fileSent.run(remoteId, seq, ordinal),
    fileUrl: (seq: number, ordinal: number, url: string | null) => void q.fileUrl.run(url, seq, ordinal),
    fileProblem: (seq: number, name: string, word: string | null) => void q.fileProblem.run(word, seq, name),
    forgetRemote: (dossierId: string) => void q.forgetRemote.run(dossierId),
    next: (now: number, fromLane: number, toLane: number, limit: number) =>
      q.next.all(now, fromLane, toLane, limit) as { seq: number; dossierId: string; lane: number }[],
    nextTime: (now: number, fromLane: number, toLane: number) =>
      (q.nextTime.get(fromLane, toLane, now) as { at: number } | undefined)?.at ?? null,
    waitsForOrder: (i: Item) => q.openBefore.get(i.dossierId, i.place) !== undefined,
    phase: (seq: number, state: ItemState, step: number, maybeSent: boolean, now: number) =>
      void q.phase.run(state, step, maybeSent ? 1 : 0, now, seq),
    wait: (seq: number, state: ItemState, maybeSent: boolean, attempts: number, nextAt: number, why: Why) =>
      void q.wait.run(state, maybeSent ? 1 : 0, attempts, nextAt, JSON.stringify(why), seq),
    hold: (seq: number, state: 'refused' | 'needs-file', attempts: number, why: Why) =>
      void q.hold.run(state, attempts, JSON.stringify(why), seq),
    done: (seq: number, step: number, now: number) => void q.done.run(step, now, seq),
    supersede: (seq: number) => void q.supersede.run(seq),
    reopen: (seq: number) => void q.reopen.run(seq),
    imported: (seq: number, step: number, maybeSent: boolean) => void q.imported.run(step, maybeSent ? 1 : 0, maybeSent ? 1 : 0, seq),
    move: (seq: number) => void q.move.run(seq),
    takeBack: () => void q.takeBack.run(),
    moved: () => items(q.moved.all()),
    wakeOne: (seq: number) => void q.wakeOne.run(seq),
    wakeAll: () => q.wake.run().changes,
    wakeLine: () => q.wakeLine.run().changes,
    /** After a start: what was under way when the process ended is either not sent or unknown. */
    restart: () => void q.restart.run(),
    /** @returns whether anything of it was not reconciled before */
    reconciled: (dossierId: string, now: number): boolean => q.reconciled.run(now, dossierId).changes > 0,
    counts: () => q.counts.get() as { unsent: number; oldestAt: number | null },
    /** What was put in by `late` and can be sent: how many, and the oldest; with or without bulk. */
    waitingSince(late: number, bulk: boolean): { seq: number; at: number; count: number } | null {
      const row = q.waiting.get(late, bulk ? 1 : 0) as { seq: number; at: number; count: number };
      return row.count === 0 ? null : row;
    },
    hasDay: (day: string) => q.hasDay.get(day) !== undefined,
    arrivedSince: (day: string, at: number) => q.arrived.get(day, at) !== undefined,
    anySendable: () => q.any.get() !== undefined,
    heldCount: () => (q.held.get() as { n: number }).n,
    ackedSince: (at: number) => (q.acked.get(at) as { n: number }).n,
    /** What a person must put right first, then in the order in which it came. */
    listOpen: (limit: number) => [...items(q.listHeld.all(limit)), ...items(q.list.all(limit))].slice(0, limit),
    listHeld: (limit: number) => items(q.listHeld.all(limit)),
    listAcked: (from: number, before: number, limit: number) => items(q.listAcked.all(from, before, limit)),
    listAll: (before: number, limit: number) => items(q.listAll.all(before, limit)),
    dossier: (dossierId: string) => q.dossier.get(dossierId) as DossierRow | undefined,
    dossierByCode: (code: string) => q.byCode.get(code, code) as DossierRow | undefined,
    putDossier: (
      d: Pick<
        DossierRow,
        'dossierId' | 'provisionalCode' | 'officialCode' | 'agency' | 'day' | 'procedureName' | 'applicantName' | 'revision'
      >,
    ) =>
      void q.putDossier.run(
        d.dossierId,
        d.provisionalCode,
        d.provisionalCode && needle(d.provisionalCode),
        d.officialCode,
        d.officialCode && needle(d.officialCode),
        d.agency,
        d.day,
        d.procedureName,
        d.applicantName,
        d.revision,
      ),
    setOfficial: (dossierId: string, code: string, now: number) => void q.official.run(code, needle(code), now, dossierId),
    setProvisional: (dossierId: string, code: string) => void q.provisional.run(code, needle(code), dossierId),
    setRevision: (dossierId: string, revision: number) => void q.setRevision.run(revision, dossierId),
    ackedRevision: (dossierId: string, revision: number) => void q.ackedRevision.run(revision, dossierId),
    search: (text: string) => q.search.all(`%${needle(text)}%`, `%${needle(text)}%`) as DossierRow[],
    ofDay: (day: string) => q.day.all(day) as DossierRow[],
    addEvidence(seq: number | null, e: Omit<EvidenceRow, 'id'>): void {
      if (e.status === null && q.silentAgain.run(e.at, e.tookMs, seq, e.step, e.key, e.outcome).changes > 0) return;
      q.addEvidence.run(seq, e.at, e.step, e.key, e.status, e.reply, e.replySha256, e.tookMs, e.outcome);
    },
    /** @returns how many rows went */
    pruneEvidence: (before: number, limit: number): number => q.pruneEvidence.run(before, limit).changes,
    evidence: (seq: number, limit: number) => q.evidence.all(seq, limit) as EvidenceRow[],
    unknownCount: () => (q.integrity.get() as { n: number }).n,
  };
}

export type Outbox = ReturnType<typeof createOutbox>;
