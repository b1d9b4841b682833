import type { BusinessState, MoneyState, SyncState } from '../contract/dossiers.ts';
import { z } from 'zod';
import type { Core } from './core.ts';

/** A row of the yearly book, and the facts that indicators count; read by the reports through `counter.ts`. */
export interface BookRow {
  readonly number: number;
  readonly dossierId: string;
  readonly code: string;
  readonly applicant: string;
  readonly address: string;
  readonly procedure: string;
  readonly receivedAt: number;
  readonly dueAt: number | null;
  readonly finishedAt: number | null;
  readonly returnedAt: number | null;
  readonly receiver: string;
  readonly business: BusinessState;
  readonly note: string;
}

export interface DossierFacts {
  readonly id: string;
  readonly procedureCode: string;
  readonly procedure: string;
  readonly business: BusinessState;
  readonly money: MoneyState;
  readonly sync: SyncState;
  readonly channel: string;
  readonly receivedAt: number;
  readonly dueAt: number | null;
  readonly finishedAt: number | null;
  readonly returnedAt: number | null;
  readonly endedAt: number | null;
  readonly fee: number;
  readonly paidAt: number | null;
  readonly paidBy: string | null;
  readonly components: number;
  readonly digitised: number;
  readonly reused: number;
  readonly resultSigned: boolean;
  readonly stars: number | null;
  readonly supplements: number;
}

interface Raw {
  id: string;
  register_number: number;
  code: string | null;
  provisional_code: string | null;
  applicant_name: string;
  procedure_code: string;
  procedure_name: string;
  business: BusinessState;
  money: MoneyState;
  sync: SyncState;
  channel: string;
  received_at: number;
  due_at: number | null;
  finished_at: number | null;
  returned_at: number | null;
  ended_at: number | null;
  body: string;
}

/** Of the body only what is counted here; the whole is checked when a dossier is opened. */
const glance = z.object({
  applicant: z.object({ address: z.object({ value: z.string() }).optional() }),
  components: z.array(
    z.object({
      file: z.object({ id: z.string() }).nullable(),
      reusedFrom: z.string().nullable(),
      database: z.string().nullable(),
      pageIds: z.array(z.string()),
      set: z.string().nullable(),
    }),
  ),
  fees: z.object({ due: z.number() }).nullable(),
  payment: z.object({ at: z.number(), method: z.string() }).nullable(),
  rating: z.object({ stars: z.number() }).nullable(),
  supplements: z.array(z.unknown()),
  handover: z.object({ receiver: z.string() }).nullable(),
  shelf: z.string().nullable(),
  resultSigned: z.boolean(),
});

export function registerBook(core: Core) {
  const { db } = core.deps.store;
  const bookRows = db.prepare(
    `select * from dossier where register_year = ? and register_number < ? order by register_number desc limit ?`,
  );
  const total = db.prepare('select count(*) as n from dossier where register_year = ?');
  const years = db.prepare('select distinct register_year as year from dossier where register_year is not null order by 1 desc');
  const period = db.prepare('select * from dossier where received_day >= ? and received_day <= ? order by seq');
  const touched = db.prepare(
    `select * from dossier where seq in (
       select seq from dossier where business in ('accepted', 'processing', 'coordinating', 'supplement', 'obligation') and received_at is not null
       union select seq from dossier where received_day >= date(@from / 1000, 'unixepoch', '+7 hours') and received_at >= @from and received_at < @to
       union select seq from dossier where finished_at >= @from and finished_at < @to
       union select seq from dossier where returned_at >= @from and returned_at < @to) order by seq`,
  );
  return {
    /** Newest first, from below `before`. */
    register(year: number, before: number, limit: number): BookRow[] {
      return (bookRows.all(year, before, limit) as Raw[]).map((r) => {
        const b = glance.parse(JSON.parse(r.body));
        return {
          number: r.register_number,
          dossierId: r.id,
          code: r.code ?? r.provisional_code ?? '',
          applicant: r.applicant_name,
          address: b.applicant.address?.value ?? '',
          procedure: r.procedure_name,
          receivedAt: r.received_at,
          dueAt: r.due_at,
          finishedAt: r.finished_at,
          returnedAt: r.returned_at,
          receiver: b.handover?.receiver ?? '',
          business: r.business,
          note: b.shelf ? `Kệ ${b.shelf}` : r.code !== null && r.provisional_code !== null ? r.provisional_code : '',
        };
      });
    },
    registerTotal: (year: number): number => (total.get(year) as { n: number }).n,
    registerYears: (): number[] => (years.all() as { year: number }[]).map((r) => r.year),
    /** Dossiers received on the days from `from` to `to`, both included. */
    facts: (from: string, to: string): DossierFacts[] => (period.all(from, to) as Raw[]).map(factsOf),
    /** What a day's figures need: received, finished or returned in [from, to), or still owed to somebody. Epoch ms. */
    touched: (from: number, to: number): DossierFacts[] => (touched.all({ from, to }) as Raw[]).map(factsOf),
  };
}

function factsOf(r: Raw): DossierFacts {
  const b = glance.parse(JSON.parse(r.body));
  // Papers that were really handed in: what does not apply or lies in a database was never paper.
  const handed = b.components.filter((c) => c.file !== null || c.pageIds.length > 0 || c.set === 'complete');
  return {
    id: r.id,
    procedureCode: r.procedure_code,
    procedure: r.procedure_name,
    business: r.business,
    money: r.money,
    sync: r.sync,
    channel: r.channel,
    receivedAt: r.received_at,
    dueAt: r.due_at,
    finishedAt: r.finished_at,
    returnedAt: r.returned_at,
    endedAt: r.ended_at,
    fee: b.fees?.due ?? 0,
    paidAt: b.payment?.at ?? null,
    paidBy: b.payment?.method ?? null,
    components: handed.length,
    digitised: handed.filter((c) => c.file !== null && c.reusedFrom === null).length,
    reused: b.components.filter((c) => c.reusedFrom !== null || (c.database !== null && c.pageIds.length === 0)).length,
    resultSigned: b.resultSigned,
    stars: b.rating?.stars ?? null,
    supplements: b.supplements.length,
  };
}
