import type { z } from 'zod';
import type { DossierLine, HistoryEntry, WorklistsView, worklistName } from '../contract/dossiers.ts';
import { businessDay, fromVietnam, vietnamIso } from '../store/index.ts';
import type { Core } from './core.ts';
import { OPEN, PAUSED } from './states.ts';
import type { LineRow } from './store.ts';
import { lineOf } from './view.ts';

type WorklistName = z.infer<typeof worklistName>;

const RUNNING = OPEN.filter((s) => !PAUSED.has(s))
  .map((s) => `'${s}'`)
  .join(', ');

const TITLES: Record<WorklistName, string> = {
  overdue: 'Quá hạn',
  'due-today': 'Đến hạn hôm nay',
  'to-sign': 'Chờ ký số',
  'waiting-citizen': 'Chờ công dân bổ sung',
  'results-ready': 'Chờ trả kết quả',
  drafts: 'Nháp',
  'new-slip': 'Cần đổi giấy hẹn',
};
export const WORKLISTS = Object.keys(TITLES) as WorklistName[];

interface Query {
  readonly where: string;
  readonly args: (string | number)[];
  readonly order: string;
}

/** Work on paper for a quiet minute, searches, and the history of one dossier. */
export function lists(core: Core) {
  const { deps, rows } = core;
  const usageOf = deps.store.db.prepare(
    'select procedure_code as code, count(*) as n from dossier where received_day >= ? and procedure_code is not null group by procedure_code',
  );
  let used: { at: number; counts: Map<string, number> } | undefined;

  const query = (name: WorklistName, now: number): Query => {
    const day = businessDay(now);
    const midnight = fromVietnam(day) + 86_400_000;
    switch (name) {
      case 'overdue':
        return { where: `business in (${RUNNING}) and due_at < ?`, args: [now], order: 'due_at' };
      case 'due-today':
        return { where: `business in (${RUNNING}) and due_at >= ? and due_at < ?`, args: [now, midnight], order: 'due_at' };
      case 'to-sign':
        return { where: 'to_sign = 1', args: [], order: 'seq' };
      case 'waiting-citizen':
        return { where: `business in ('supplement', 'obligation')`, args: [], order: 'seq' };
      case 'results-ready':
        return { where: `business = 'finished'`, args: [], order: 'seq' };
      case 'drafts':
        return { where: `business = 'draft'`, args: [], order: 'seq desc' };
      case 'new-slip':
        return { where: 'slip_outdated = 1', args: [], order: 'seq' };
    }
  };

  const note = (name: WorklistName, r: LineRow, now: number): string => {
    const time = r.due_at === null ? '' : vietnamIso(r.due_at).slice(11, 16);
    switch (name) {
      case 'overdue': {
        const days = Math.round((fromVietnam(businessDay(now)) - fromVietnam(businessDay(r.due_at ?? now))) / 86_400_000);
        return `Quá ${days > 0 ? `${days} ngày` : span(now - (r.due_at ?? now))}, ${r.apologised ? 'đã xin lỗi' : 'chưa xin lỗi'}`;
      }
      case 'due-today':
        return r.to_sign
          ? `${time}, kết quả chờ ký`
          : r.business === 'coordinating'
            ? `${time}, chờ phối hợp`
            : `${time}, còn ${span((r.due_at ?? now) - now)}`;
      case 'to-sign':
        return r.due_at === null ? '' : `Hẹn ${time} ${businessDay(r.due_at).split('-').reverse().join('/')}`;
      case 'waiting-citizen': {
        if (r.business === 'obligation') return 'Chờ nghĩa vụ tài chính';
        const open = rows.get(r.id)?.body.supplements.find((s) => s.receivedAt === null);
        return open?.expiresAt ? `Chờ đến ${businessDay(open.expiresAt).split('-').reverse().join('/')}` : 'Chờ bổ sung';
      }
      case 'results-ready':
        return r.money === 'due' ? 'Còn thu phí' : 'Chờ trả';
      case 'drafts':
        return `Nháp lưu ${vietnamIso(r.saved_at).slice(11, 16)}`;
      case 'new-slip':
        return `${r.provisional_code ?? ''} đã có mã`;
    }
  };

  const worklist = (name: WorklistName, limit: number): DossierLine[] => {
    const now = deps.clock.now();
    const { where, args, order } = query(name, now);
    return rows.lines(where, args, limit, order).map((r) => lineOf(r, note(name, r, now)));
  };

  return {
    worklist,
    worklists(): WorklistsView {
      const now = deps.clock.now();
      return {
        at: now,
        lists: WORKLISTS.map((name) => {
          const { where, args } = query(name, now);
          return { name, title: TITLES[name], count: rows.count(where, args), first: worklist(name, 4) };
        }),
      };
    },
    /** @returns newest first; `more` when the list was cut */
    search(text: string, limit: number): { items: DossierLine[]; more: boolean } {
      const found = rows.search(text, limit + 1);
      return { items: found.slice(0, limit).map((r) => lineOf(r, '')), more: found.length > limit };
    },
    history: (id: string): HistoryEntry[] =>
      rows.history(id).map((h) => ({ at: h.at, who: h.who, what: h.what, detail: h.detail, business: h.business, source: h.source })),
    /** How often each procedure was accepted in the last 90 days: what the catalogue ranks by. */
    usage(): Map<string, number> {
      const now = deps.clock.now();
      // Asked at every key of a search; a minute changes no ranking.
      if (used && Math.abs(now - used.at) < 60_000) return used.counts;
      const found = usageOf.all(businessDay(now - 90 * 86_400_000)) as { code: string; n: number }[];
      used = { at: now, counts: new Map(found.map((r) => [r.code, r.n])) };
      return used.counts;
    },
  };
}

/** "1 giờ 48 phút". */
function span(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  const hours = Math.floor(minutes / 60);
  return hours === 0 ? `${minutes} phút` : `${hours} giờ${minutes % 60 > 0 ? ` ${minutes % 60} phút` : ''}`;
}
