import type { Axes, BusinessState, MoneyState, PaperState, SyncState } from '../contract/dossiers.ts';
import { fold, syllables } from '../contract/fold.ts';
import type { Store } from '../store/index.ts';
import { body, type Dossier, type HistoryRow } from './record.ts';

/** Columns of a list line; the body is not read for lists. */
export interface LineRow {
  seq: number;
  id: string;
  business: BusinessState;
  money: MoneyState;
  paper: PaperState;
  sync: SyncState;
  code: string | null;
  provisional_code: string | null;
  procedure_code: string | null;
  procedure_name: string | null;
  applicant_name: string;
  received_at: number | null;
  due_at: number | null;
  finished_at: number | null;
  returned_at: number | null;
  to_sign: number;
  apologised: number;
  slip_outdated: number;
  saved_at: number;
}

interface Raw extends LineRow {
  revision: number;
  counter_id: string;
  channel: Dossier['channel'];
  ticket_id: string | null;
  ticket_number: string | null;
  procedure_version: string | null;
  case_id: string | null;
  case_name: string | null;
  immediate: number | null;
  result_name: string | null;
  received_day: string | null;
  ended_at: number | null;
  accepted_by: string | null;
  register_year: number | null;
  register_number: number | null;
  created_at: number;
  body: string;
}

const LINE =
  "seq, id, business, money, paper, sync, code, provisional_code, procedure_code, procedure_name, applicant_name, received_at, due_at, finished_at, returned_at, to_sign, slip_outdated, saved_at, json_extract(body, '$.apologised') as apologised";

function toDossier(r: Raw): Dossier {
  const axes: Axes = { business: r.business, money: r.money, paper: r.paper, sync: r.sync };
  return {
    seq: r.seq,
    id: r.id,
    revision: r.revision,
    axes,
    counterId: r.counter_id,
    channel: r.channel,
    ticket: r.ticket_id === null ? null : { id: r.ticket_id, number: r.ticket_number ?? '' },
    code: r.code,
    provisionalCode: r.provisional_code,
    procedure:
      r.procedure_code === null
        ? null
        : {
            code: r.procedure_code,
            version: r.procedure_version ?? '',
            name: r.procedure_name ?? '',
            caseId: r.case_id ?? '',
            caseName: r.case_name ?? '',
            immediate: r.immediate === 1,
            result: r.result_name ?? '',
          },
    receivedAt: r.received_at,
    receivedDay: r.received_day,
    dueAt: r.due_at,
    finishedAt: r.finished_at,
    returnedAt: r.returned_at,
    endedAt: r.ended_at,
    acceptedBy: r.accepted_by,
    registerYear: r.register_year,
    registerNumber: r.register_number,
    createdAt: r.created_at,
    savedAt: r.saved_at,
    body: body.parse(JSON.parse(r.body)),
  };
}

/** Everything that somebody may type to find a dossier again, folded. */
export function searchText(d: Dossier): string {
  const people = [d.body.applicant, d.body.owner ?? {}].flatMap((p) => [
    p.fullName?.value,
    p.idNumber?.value,
    p.phone?.value.replace(/\D/g, ''),
    p.organisation?.value,
    p.taxCode?.value,
  ]);
  return fold([d.code, d.provisionalCode, ...people, d.procedure?.code, d.procedure?.name, d.body.request].filter((t) => t).join(' '));
}

/**
 * The FTS5 expression of what was typed: every syllable whole, the last as a beginning. Dots and dashes part tokens, as
 * the tokenizer does with codes. Null when nothing searchable was typed.
 */
export function matchExpression(text: string): string | null {
  const parts = syllables(text)
    .flatMap((s) => s.split('.'))
    .filter((s) => s !== '');
  if (parts.length === 0) return null;
  return parts.map((p, i) => (i === parts.length - 1 ? `"${p}"*` : `"${p}"`)).join(' ');
}

export function dossierStore(store: Store) {
  const { db } = store;
  const insert = db.prepare(
    `insert into dossier (id, revision, business, money, paper, sync, counter_id, channel, applicant_name, created_at, saved_at, body)
     values (?, 0, 'draft', 'none', 'none', 'local', ?, ?, '', ?, ?, ?)`,
  );
  const update = db.prepare(`update dossier set
    revision = @revision, business = @business, money = @money, paper = @paper, sync = @sync, counter_id = @counterId, channel = @channel,
    ticket_id = @ticketId, ticket_number = @ticketNumber, code = @code, provisional_code = @provisionalCode,
    procedure_code = @procedureCode, procedure_version = @procedureVersion, procedure_name = @procedureName, case_id = @caseId, case_name = @caseName,
    immediate = @immediate, result_name = @resultName, applicant_name = @applicantName, applicant_id_number = @applicantId,
    received_at = @receivedAt, received_day = @receivedDay, due_at = @dueAt, finished_at = @finishedAt, returned_at = @returnedAt, ended_at = @endedAt,
    accepted_by = @acceptedBy, register_year = @registerYear, register_number = @registerNumber, saved_at = @savedAt,
    slip_outdated = @slipOutdated, to_sign = @toSign, body = @body where id = @id`);
  const byId = db.prepare('select * from dossier where id = ?');
  const byCode = db.prepare('select * from dossier where code = ? or provisional_code = ?');
  const byTicket = db.prepare(`select * from dossier where ticket_id = ? and business = 'draft' order by seq desc limit 1`);
  const takenIn = db.prepare(
    `select * from dossier where ticket_id = ? and business not in ('draft', 'discarded') order by seq desc limit 1`,
  );
  const allTakenIn = db.prepare(`select id from dossier where ticket_id = ? and business not in ('draft', 'discarded') order by seq`);
  const openOfTicket = db.prepare(`select id from dossier where ticket_id = ? and business = 'draft'`);
  const unindex = db.prepare('delete from dossier_search where rowid = ?');
  const index = db.prepare('insert into dossier_search (rowid, folded) values (?, ?)');
  const find = db.prepare(
    `select ${LINE} from dossier where seq in (select rowid from dossier_search where dossier_search match ? order by rowid desc limit ?) order by seq desc`,
  );
  const addHistory = db.prepare(
    `insert into dossier_history (dossier_id, at, who, action, what, detail, business, source, from_party, to_party)
     values (@id, @at, @who, @action, @what, @detail, @business, @source, @from, @to)`,
  );
  const history = db.prepare(
    `select at, who, action, what, detail, business, source, from_party as "from", to_party as "to" from dossier_history where dossier_id = ? order by seq`,
  );
  const nextNumber = db.prepare(
    'insert into dossier_number (kind, scope, last) values (?, ?, 1) on conflict do update set last = last + 1 returning last',
  );
  const same = db.prepare(
    `select id, code, provisional_code, received_at from dossier
     where applicant_id_number = ? and procedure_code = ? and received_day = ? and id <> ? and business not in ('refused', 'withdrawn', 'discontinued', 'lapsed')`,
  );
  const earlier = db.prepare(
    `select * from dossier where applicant_id_number = ? and id <> ? and received_at is not null order by seq desc limit 20`,
  );

  /** The search text is made in JavaScript, so a migration that drops the index leaves it empty until here. */
  const refill = (): void => {
    if (db.prepare('select rowid from dossier_search limit 1').get() !== undefined) return;
    store.transaction(() => {
      for (const r of db.prepare(`select * from dossier where business <> 'discarded'`).all() as Raw[])
        index.run(r.seq, searchText(toDossier(r)));
    });
  };
  refill();

  return {
    create(id: string, counterId: string, channel: string, at: number): Dossier {
      insert.run(id, counterId, channel, at, at, '{}');
      return toDossier(byId.get(id) as Raw);
    },
    get(id: string): Dossier | undefined {
      const r = byId.get(id) as Raw | undefined;
      return r && toDossier(r);
    },
    byCode(code: string): Dossier | undefined {
      const wanted = code.trim().toUpperCase();
      const r = byCode.get(wanted, wanted) as Raw | undefined;
      return r && toDossier(r);
    },
    draftOfTicket(ticketId: string): Dossier | undefined {
      const r = byTicket.get(ticketId) as Raw | undefined;
      return r && toDossier(r);
    },
    /** The newest dossier of this visit that is no draft any more. */
    takenInOfTicket(ticketId: string): Dossier | undefined {
      const r = takenIn.get(ticketId) as Raw | undefined;
      return r && toDossier(r);
    },
    takenInIdsOfTicket: (ticketId: string): string[] => (allTakenIn.all(ticketId) as { id: string }[]).map((r) => r.id),
    draftIdsOfTicket: (ticketId: string): string[] => (openOfTicket.all(ticketId) as { id: string }[]).map((r) => r.id),
    /** Writes the row and its search text; the caller has raised `revision` and set `savedAt`. */
    save(d: Dossier): void {
      update.run({
        id: d.id,
        revision: d.revision,
        ...d.axes,
        counterId: d.counterId,
        channel: d.channel,
        ticketId: d.ticket?.id ?? null,
        ticketNumber: d.ticket?.number ?? null,
        code: d.code,
        provisionalCode: d.provisionalCode,
        procedureCode: d.procedure?.code ?? null,
        procedureVersion: d.procedure?.version ?? null,
        procedureName: d.procedure?.name ?? null,
        caseId: d.procedure?.caseId ?? null,
        caseName: d.procedure?.caseName ?? null,
        immediate: d.procedure ? Number(d.procedure.immediate) : null,
        resultName: d.procedure?.result ?? null,
        applicantName: d.body.applicant.fullName?.value ?? d.body.applicant.organisation?.value ?? '',
        applicantId: d.body.applicant.idNumber?.value ?? null,
        receivedAt: d.receivedAt,
        receivedDay: d.receivedDay,
        dueAt: d.dueAt,
        finishedAt: d.finishedAt,
        returnedAt: d.returnedAt,
        endedAt: d.endedAt,
        acceptedBy: d.acceptedBy,
        registerYear: d.registerYear,
        registerNumber: d.registerNumber,
        savedAt: d.savedAt,
        slipOutdated: Number(d.body.slipOutdated),
        toSign: Number(d.body.toSign !== null),
        body: JSON.stringify(d.body),
      });
      unindex.run(d.seq);
      if (d.axes.business !== 'discarded') index.run(d.seq, searchText(d));
    },
    note: (id: string, row: HistoryRow) => void addHistory.run({ id, ...row }),
    history: (id: string): HistoryRow[] => history.all(id) as HistoryRow[],
    search(text: string, limit: number): LineRow[] {
      const expression = matchExpression(text);
      return expression === null ? [] : (find.all(expression, limit) as LineRow[]);
    },
    nextNumber: (kind: string, scope: string): number => (nextNumber.get(kind, scope) as { last: number }).last,
    sameToday: (d: Dossier, day: string): { id: string; title: string; receivedAt: number }[] => {
      const id = d.body.applicant.idNumber?.value;
      if (!id || !d.procedure) return [];
      return (
        same.all(id, d.procedure.code, day, d.id) as {
          id: string;
          code: string | null;
          provisional_code: string | null;
          received_at: number;
        }[]
      ).map((r) => ({
        id: r.id,
        title: r.code ?? r.provisional_code ?? '',
        receivedAt: r.received_at,
      }));
    },
    earlierOf(d: Dossier): Dossier[] {
      const id = d.body.applicant.idNumber?.value;
      return id ? (earlier.all(id, d.id) as Raw[]).map(toDossier) : [];
    },
    lines: (where: string, args: readonly (string | number)[], limit: number, order = 'seq desc'): LineRow[] =>
      db.prepare(`select ${LINE} from dossier where ${where} order by ${order} limit ?`).all(...args, limit) as LineRow[],
    count: (where: string, args: readonly (string | number)[]): number =>
      (db.prepare(`select count(*) as n from dossier where ${where}`).get(...args) as { n: number }).n,
  };
}
export type DossierStore = ReturnType<typeof dossierStore>;
