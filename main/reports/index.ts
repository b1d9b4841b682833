import type { Indicator, RegisterRow } from '../contract/reports.ts';
import type { Documents, FileLink } from '../documents/index.ts';
import { businessDay, fromVietnam, vietnamIso, type Clock } from '../store/index.ts';
import { csv, indicators, timeliness, type Facts } from './rules.ts';

export { csv, indicators, timeliness, type Facts } from './rules.ts';

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
  readonly business: string;
  readonly note: string;
}

export interface ReportsDeps {
  readonly clock: Clock;
  readonly documents: Pick<Documents, 'register' | 'linkBytes'>;
  /** Book of a year, newest first, from below `before`; the dossiers'. */
  readonly register: (year: number, before: number, limit: number) => readonly BookRow[];
  readonly registerTotal: (year: number) => number;
  readonly registerYears: () => readonly number[];
  /** Dossiers received on the days from `from` to `to`. */
  readonly facts: (from: string, to: string) => readonly Facts[];
  /** Dossiers received, finished or returned in [from, to) (epoch ms), or still open: what a day needs, without reading a year. */
  readonly touched?: (from: number, to: number) => readonly Facts[];
  readonly statusText: (business: string) => string;
}

export interface DayReport {
  readonly day: string;
  readonly received: number;
  readonly returned: number;
  readonly finished: number;
  readonly refused: number;
  readonly supplements: number;
  readonly open: number;
  readonly overdue: number;
  readonly feesCollected: number;
  readonly byProcedure: { code: string; name: string; received: number }[];
}

const ALL = Number.MAX_SAFE_INTEGER;
const TIMELINESS = { early: 'Trước hạn', 'on-time': 'Đúng hạn', late: 'Quá hạn', open: '' } as const;
/** Rows per read of the book, so that a year of a large centre is not held in one statement. */
const CHUNK = 2000;

/** The yearly book (Mẫu 07), the day's figures, and the indicators that officers control. */
export function createReports(deps: ReportsDeps) {
  const now = () => deps.clock.now();
  const thisYear = () => Number(businessDay(now()).slice(0, 4));
  const row = (r: BookRow): RegisterRow => ({
    number: r.number,
    dossierId: r.dossierId,
    code: r.code,
    applicant: r.applicant,
    address: r.address,
    procedure: r.procedure,
    receivedAt: r.receivedAt,
    dueAt: r.dueAt,
    finishedAt: r.finishedAt,
    returnedAt: r.returnedAt,
    receiver: r.receiver,
    statusText: deps.statusText(r.business),
    timeliness: timeliness(r, now()),
    note: r.note,
  });
  const book = (year: number): RegisterRow[] => {
    const out: RegisterRow[] = [];
    for (let before = ALL; ;) {
      const part = deps.register(year, before, CHUNK);
      out.push(...part.map(row));
      const last = part.at(-1);
      if (!last || part.length < CHUNK) return out.reverse();
      before = last.number;
    }
  };

  return {
    /** A year that is over is closed: nothing is numbered into it any more. */
    register(year: number, before: number | undefined, limit: number) {
      return {
        rows: deps.register(year, before ?? ALL, limit).map(row),
        total: deps.registerTotal(year),
        years: [...deps.registerYears()],
        closed: year < thisYear(),
      };
    },
    async exportRegister(year: number, format: 'pdf' | 'csv' | 'json'): Promise<FileLink> {
      const rows = book(year);
      const name = `So-theo-doi-ho-so-${year}`;
      if (format === 'json')
        return deps.documents.linkBytes(
          Buffer.from(JSON.stringify({ year, closed: year < thisYear(), rows }, null, 1)),
          `${name}.json`,
          'application/json',
          '.json',
        );
      if (format === 'csv') {
        const time = (ms: number | null) => (ms === null ? '' : vietnamIso(ms).slice(0, 16).replace('T', ' '));
        const head = [
          'TT',
          'Mã hồ sơ',
          'Họ và tên',
          'Địa chỉ',
          'Thủ tục',
          'Nhận hồ sơ',
          'Hẹn trả',
          'Xong',
          'Trả kết quả',
          'Người nhận',
          'Trạng thái',
          'Thời hạn',
          'Ghi chú',
        ];
        const lines = rows.map((r) => [
          r.number,
          r.code,
          r.applicant,
          r.address,
          r.procedure,
          time(r.receivedAt),
          time(r.dueAt),
          time(r.finishedAt),
          time(r.returnedAt),
          r.receiver,
          r.statusText,
          TIMELINESS[r.timeliness],
          r.note,
        ]);
        return deps.documents.linkBytes(Buffer.from(csv([head, ...lines])), `${name}.csv`, 'text/csv; charset=utf-8', '.csv');
      }
      const lines = rows.map((r) => ({ ...r, name: r.applicant }));
      return deps.documents.linkBytes(await deps.documents.register({ year, closed: year < thisYear(), lines }, now()), `${name}.pdf`);
    },
    indicators(from: string, to: string): { from: string; to: string; indicators: Indicator[] } {
      return { from, to, indicators: indicators(deps.facts(from, to), now()) };
    },
    day(wanted?: string): DayReport {
      const day = wanted ?? businessDay(now());
      const start = fromVietnam(day);
      const within = (ms: number | null) => ms !== null && ms >= start && ms < start + 86_400_000;
      // What was received in the last year may be finished, returned or overdue today.
      const all = deps.touched ? deps.touched(start, start + 86_400_000) : deps.facts(businessDay(start - 366 * 86_400_000), day);
      const received = all.filter((f) => within(f.receivedAt));
      const counts = new Map<string, { code: string; name: string; received: number }>();
      for (const f of received) {
        const c = counts.get(f.procedureCode) ?? { code: f.procedureCode, name: f.procedure, received: 0 };
        c.received += 1;
        counts.set(f.procedureCode, c);
      }
      const running = all.filter((f) => ['accepted', 'processing', 'coordinating', 'supplement', 'obligation'].includes(f.business));
      return {
        day,
        received: received.length,
        returned: all.filter((f) => within(f.returnedAt)).length,
        finished: all.filter((f) => within(f.finishedAt)).length,
        refused: received.filter((f) => f.business === 'refused').length,
        supplements: received.filter((f) => f.supplements > 0).length,
        open: running.length,
        overdue: running.filter((f) => timeliness(f, now()) === 'late').length,
        feesCollected: all.filter((f) => within(f.paidAt)).reduce((s, f) => s + f.fee, 0),
        byProcedure: [...counts.values()].sort((a, b) => b.received - a.received || a.code.localeCompare(b.code)),
      };
    },
  };
}
export type Reports = ReturnType<typeof createReports>;
