import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { difference, reconciliationRun } from '../contract/delivery.ts';
import { refuse, type Refusal } from '../contract/refusal.ts';
import type { Clock, Store } from '../store/index.ts';
import type { Adapter, RemoteDossier } from './adapters/adapter.ts';
import type { Content } from './deliver.ts';
import type { createIntake } from './intake.ts';
import type { Outbox } from './outbox.ts';
import type { Remote } from './remote.ts';
import { STATUS_TEXT, type Sentence } from './words.ts';

export type Difference = z.infer<typeof difference>;
export type Run = z.infer<typeof reconciliationRun>;
export type Way = 'send-again' | 'take-theirs' | 'send-ours' | 'ask-province' | 'accept';

/** A dossier as our own list knows it. */
export interface Ours {
  readonly dossierId: string;
  readonly code: string;
  readonly key: string;
  /** Last status we sent or heard; null when none was. */
  readonly status: number | null;
  /** SHA-256 of the files of its last acknowledged revision, sorted. */
  readonly files: readonly string[];
}
export interface Found {
  readonly kind: Difference['kind'];
  readonly code: string;
  readonly dossierId: string | null;
  readonly ours: string | null;
  readonly theirs: string | null;
}

/** Compares both lists both ways. Pure; what is in neither result is the same on both sides. */
export function compare(ours: readonly Ours[], theirs: readonly RemoteDossier[]): { found: Found[]; same: Ours[] } {
  const found: Found[] = [];
  const same: Ours[] = [];
  const byCode = new Map<string, RemoteDossier[]>();
  const byKey = new Map<string, RemoteDossier[]>();
  for (const d of theirs) {
    byCode.set(d.code, [...(byCode.get(d.code) ?? []), d]);
    const base = d.key?.split(':')[0];
    if (base) byKey.set(base, [...(byKey.get(base) ?? []), d]);
  }
  const claimed = new Set<string>();
  for (const o of ours) {
    const at = byCode.get(o.code) ?? [];
    const doubles = (byKey.get(o.dossierId) ?? []).filter((d) => d.code !== o.code);
    for (const d of [...at, ...doubles]) claimed.add(d.code);
    const there = at[0];
    const base = { code: o.code, dossierId: o.dossierId };
    if (at.length > 1 || doubles.length > 0)
      found.push({ ...base, kind: 'twice', ours: o.code, theirs: [...at, ...doubles].map((d) => d.code).join(', ') });
    else if (!there) found.push({ ...base, kind: 'only-here', ours: o.code, theirs: null });
    else if (there.files && there.files.join() !== [...o.files].sort().join())
      found.push({ ...base, kind: 'files', ours: `${o.files.length}`, theirs: `${there.files.length}` });
    else if (o.status !== null && there.status !== o.status)
      found.push({ ...base, kind: 'status', ours: String(o.status), theirs: String(there.status) });
    else same.push(o);
  }
  for (const d of theirs)
    if (!claimed.has(d.code)) found.push({ kind: 'only-there', code: d.code, dossierId: null, ours: null, theirs: String(d.status) });
  return { found, same };
}

const s = (vi: string, en: string): Sentence => ({ vi, en });
const statusName = (v: string | null) => STATUS_TEXT[Number(v)] ?? s(v ?? '', v ?? '');
const WAYS: Record<Way, Sentence> = {
  'send-again': s('Gửi lại hồ sơ (bản mới, cùng mã)', 'Send the dossier again (new revision, same code)'),
  'take-theirs': s('Ghi theo tỉnh', 'Take what the province says'),
  'send-ours': s('Gửi lại trạng thái của quầy', 'Send our status again'),
  'ask-province': s('Hỏi tỉnh, để mở', 'Ask the province, leave it open'),
  accept: s('Đã xem, chấp nhận', 'Seen and accepted'),
};
const WAYS_OF: Record<Difference['kind'], Way[]> = {
  'only-here': ['send-again', 'ask-province', 'accept'],
  'only-there': ['ask-province', 'accept'],
  status: ['take-theirs', 'send-ours', 'accept'],
  files: ['send-again', 'ask-province', 'accept'],
  twice: ['ask-province', 'accept'],
};

function textOf(f: Found): Sentence {
  switch (f.kind) {
    case 'only-here':
      return s(
        `Quầy đã được tỉnh xác nhận ${f.code}, nhưng danh sách của tỉnh không có.`,
        `The province acknowledged ${f.code}, but its list does not have it.`,
      );
    case 'only-there':
      return s(`Tỉnh có hồ sơ ${f.code} mà quầy này không có.`, `The province has ${f.code}, this counter does not.`);
    case 'status':
      return s(
        `${f.code}: quầy ghi “${statusName(f.ours).vi}”, tỉnh ghi “${statusName(f.theirs).vi}”.`,
        `${f.code}: we have "${statusName(f.ours).en}", the province "${statusName(f.theirs).en}".`,
      );
    case 'files':
      return s(
        `${f.code}: tệp ở tỉnh (${f.theirs}) khác với tệp của quầy (${f.ours}).`,
        `${f.code}: the province's files (${f.theirs}) differ from ours (${f.ours}).`,
      );
    case 'twice':
      return s(`Tỉnh có hồ sơ này nhiều lần: ${f.theirs}.`, `The province has this dossier more than once: ${f.theirs}.`);
  }
}

export interface ReconcileDeps {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly remote: Remote;
  readonly intake: ReturnType<typeof createIntake>;
  readonly clock: Clock;
  readonly agency: string;
  adapter(): Adapter;
  changed(): void;
  /** Both lists agree on it for the first time. Inside the transaction. */
  onSame?: ((dossierId: string) => void) | undefined;
  /** Take-theirs: the dossiers room hears it as any other news. Inside the transaction. */
  onTaken?: ((dossierId: string, status: number) => void) | undefined;
}

/** The daily comparison and how each difference is settled. */
export function createReconciliation(deps: ReconcileDeps) {
  const { store, outbox, remote, clock } = deps;
  const { db } = store;
  const DIFF =
    'id, day, kind, code, dossier_id as dossierId, ours, theirs, found_at as foundAt, settled_at as settledAt, settled_by as settledBy, settled_way as settledWay';
  const q = {
    run: db.prepare(`insert into delivery_run (day, at, ours, theirs, same, differences) values (?, ?, ?, ?, ?, ?)
      on conflict do update set at = excluded.at, ours = excluded.ours, theirs = excluded.theirs, same = excluded.same, differences = excluded.differences`),
    lastRun: db.prepare(
      'select day, at, ours, theirs, same, differences from delivery_run where (? is null or day = ?) order by day desc limit 1',
    ),
    add: db.prepare(`insert into delivery_difference (id, day, kind, code, dossier_id, ours, theirs, found_at) values (?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (day, kind, code) do update set ours = excluded.ours, theirs = excluded.theirs`),
    // What is no longer found has settled itself (a late reply, a status that caught up).
    vanish: db.prepare(
      `update delivery_difference set settled_at = ?, settled_by = 'quầy', settled_way = coalesce(settled_way, 'vanished') where day = ? and settled_at is null and kind || '/' || code not in (select value from json_each(?))`,
    ),
    list: db.prepare(
      `select ${DIFF} from delivery_difference where (? is null or day = ?) and (? = 0 or settled_at is null) order by settled_at is not null, day desc, code limit 500`,
    ),
    one: db.prepare(`select ${DIFF} from delivery_difference where id = ?`),
    settle: db.prepare('update delivery_difference set settled_at = ?, settled_by = ?, settled_way = ?, note = ? where id = ?'),
    open: db.prepare('select count(*) as n from delivery_difference where settled_at is null'),
  };
  const toDifference = (raw: unknown): Difference => {
    const r = raw as Omit<Difference, 'text' | 'ways'>;
    return { ...r, text: textOf(r), ways: WAYS_OF[r.kind].map((way) => ({ way, ...WAYS[way] })) };
  };
  const toRun = (raw: unknown): Run | null => {
    if (!raw) return null;
    const r = raw as Omit<Run, 'text'>;
    return {
      ...r,
      text:
        r.differences === 0
          ? s(`Khớp: ${r.same} hồ sơ giống nhau ở quầy và tỉnh.`, `All ${r.same} dossiers agree.`)
          : s(`${r.differences} chỗ lệch, ${r.same} hồ sơ khớp.`, `${r.differences} differences, ${r.same} dossiers agree.`),
    };
  };

  function ourList(day: string): Ours[] {
    const list: Ours[] = [];
    for (const d of outbox.ofDay(day)) {
      const items = outbox.ofDossier(d.dossierId);
      const last = items.filter((i) => i.kind === 'dossier' && i.ackedAt !== null).at(-1);
      // Still under way: the outbox looks after it, and asks by key before it sends.
      if (!last || !d.officialCode || items.some((i) => i.open > 0)) continue;
      const content = JSON.parse(last.content) as Content;
      const files = content.dossier?.components.flatMap((c) => c.files.map((f) => f.sha256)) ?? [];
      const heard = remote.business(d.dossierId);
      list.push({
        dossierId: d.dossierId,
        code: d.officialCode,
        key: last.key,
        status: heard ? Number(heard.value) : (content.status?.status ?? null),
        files,
      });
    }
    return list;
  }

  return {
    /** Asks for the province's list of a day and compares. @throws ProvinceProblem */
    async run(day: string, signal: AbortSignal): Promise<Run> {
      const theirs: RemoteDossier[] = [];
      for await (const d of deps.adapter().list(deps.agency, day, signal)) theirs.push(d);
      return store.transaction(() => {
        // Read after the answer came, so that what was acknowledged meanwhile is on both lists or under way.
        const ours = ourList(day);
        const under = new Set(outbox.ofDay(day).map((d) => d.officialCode));
        const { found, same } = compare(ours, theirs);
        const real = found.filter((f) => !(f.kind === 'only-there' && under.has(f.code)));
        for (const f of real) q.add.run(randomUUID(), day, f.kind, f.code, f.dossierId, f.ours, f.theirs, clock.now());
        q.vanish.run(clock.now(), day, JSON.stringify(real.map((f) => `${f.kind}/${f.code}`)));
        for (const o of same) {
          if (outbox.reconciled(o.dossierId, clock.now())) deps.onSame?.(o.dossierId);
          remote.note(o.dossierId, 'sync', 'Đã đối chiếu', 'counter', clock.now());
        }
        q.run.run(day, clock.now(), ours.length, theirs.length, same.length, real.length);
        store.emit('delivery', 'reconciled', { day, differences: real.length });
        deps.changed();
        return toRun(q.lastRun.get(day, day)) as Run;
      });
    },
    last: (day: string | null): Run | null => toRun(q.lastRun.get(day, day)),
    differences: (day: string | null, openOnly: boolean): Difference[] => q.list.all(day, day, openOnly ? 1 : 0).map(toDifference),
    openCount: () => (q.open.get() as { n: number }).n,
    /** One difference, one way, who did it. Inside a transaction (it is called from a command). */
    settle(id: string, way: Way, by: { id: string; name: string }, note: string): Difference | Refusal {
      const raw = q.one.get(id);
      if (!raw)
        return refuse('no-difference', 'Không còn chỗ lệch này. Hãy tải lại danh sách.', 'This difference is gone. Reload the list.');
      const d = toDifference(raw);
      if (d.settledAt !== null) return d;
      if (!WAYS_OF[d.kind].includes(way))
        return refuse(
          'wrong-way',
          'Cách xử lý này không dùng được cho loại lệch này.',
          'This way does not settle this kind of difference.',
        );
      if (way === 'send-again') {
        if (!d.dossierId || !deps.intake.again(d.dossierId))
          return refuse(
            'no-content',
            'Quầy không còn nội dung để gửi lại. Hãy liên hệ tỉnh.',
            'The content to send again is not here. Contact the province.',
          );
      }
      if (way === 'take-theirs' && d.dossierId) {
        remote.note(d.dossierId, 'business', d.theirs ?? '', 'province', clock.now(), true);
        deps.onTaken?.(d.dossierId, Number(d.theirs));
      }
      if (way === 'send-ours' && d.dossierId) {
        const put = deps.intake.enqueueStatus({
          dossierId: d.dossierId,
          status: Number(d.ours),
          at: clock.now(),
          text: `Cập nhật theo đối chiếu ngày ${d.day}`,
          by: { name: by.name },
        });
        if ('refused' in put) return put;
      }
      q.settle.run(way === 'ask-province' ? null : clock.now(), by.name, way, note, id);
      deps.changed();
      return toDifference(q.one.get(id));
    },
  };
}

export type Reconciliation = ReturnType<typeof createReconciliation>;
