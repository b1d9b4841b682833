import { refuse, type Refusal } from '../contract/refusal.ts';
import type {
  Channel,
  DueDateView,
  FeeInput,
  FeesView,
  ProcedureView,
  procedureHit,
  catalogueProblem,
  placeView,
  priorityGroup,
} from '../contract/catalogue.ts';
import { businessDay, type Clock, type Store } from '../store/index.ts';
import type { z } from 'zod';
import { addDays, dayNumber, weekdayShort, workingCalendar, type WorkingCalendar } from './calendar.ts';
import { describeDue, dueAfterPause, dueDate, limitText, type CountingRules } from './due.ts';
import { computeFees } from './fees.ts';
import { loadCatalogue, type CatalogueData } from './load.ts';
import type { Limit, Place, Procedure } from './schema.ts';
import { searchProcedures } from './search.ts';
import { catalogueStore } from './store.ts';

export { catalogueMigrations } from './store.ts';
export { CatalogueError, checkCatalogue, loadCatalogue, type CatalogueData, type CatalogueFault } from './load.ts';
export { workingCalendar, type WorkingCalendar } from './calendar.ts';
export { dueAfterPause, dueDate, limitText, officeMinutes, type CountingRules } from './due.ts';
export { computeFees, dong } from './fees.ts';
export type { CatalogueComponent, Limit, Place, Procedure } from './schema.ts';

type Hit = z.infer<typeof procedureHit>;
type Problem = z.infer<typeof catalogueProblem>;

const LEVELS: Record<Procedure['level'], string> = { commune: 'Cấp xã', province: 'Cấp tỉnh', 'commune-police': 'Công an cấp xã' };

export interface Catalogue {
  readonly place: Place;
  readonly calendar: WorkingCalendar;
  readonly rules: CountingRules;
  search(text: string, limit: number): { items: Hit[]; total: number };
  /** The entry that is in force today, or the pinned version. */
  procedure(code: string, version?: string): ProcedureView | Refusal;
  /** The entry itself, for rooms that compute with it. */
  entry(code: string, version?: string): Procedure | undefined;
  dueDate(code: string, caseId: string | undefined, receivedAt: number, version?: string): DueDateView | Refusal;
  /** After a stop of the clock, by the entry's own policy unless `policy` says otherwise. */
  dueAfterPause(
    at: { code: string; caseId: string; version: string; policy?: 'RECOUNT' | 'PAUSE_RESUME' },
    pause: { dueAt: number; pausedAt: number; resumedAt: number },
  ): DueDateView | Refusal;
  fees(code: string, channel: Channel, at: number, input: FeeInput, version?: string): FeesView | Refusal;
  problems(): Problem[];
  reportProblem(commandId: string, code: string, text: string, by: string): Problem | Refusal;
  placeView(): z.infer<typeof placeView>;
  priorityGroups(): z.infer<typeof priorityGroup>[];
  days(
    from: string,
    to: string,
  ): { days: { day: string; weekday: string; working: boolean; name?: string }[]; unconfirmedYears: number[] } | Refusal;
  agencyName(key: string): string;
  /** Receiving and competent agency of an entry, by code and name. */
  agencies(code: string, version?: string): { receiving: { code: string; name: string }; competent: { code: string; name: string } };
  /** The code that an entry received as `pending:…` has by now, if it has one. */
  successor(code: string): string | undefined;
  /** Words and counted days for a moment that was set by hand, with the basis that allows it. */
  describeDue(dueAt: number, receivedAt: number, basis: string): DueDateView;
}

export interface CatalogueDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** A folder like `resources/catalogue`, or data that was loaded already. */
  readonly source: string | CatalogueData;
  /** How often this counter accepted each procedure in the last 90 days. */
  readonly usage?: () => ReadonlyMap<string, number>;
}

/** @throws CatalogueError when place, calendar or agencies cannot be used; a broken procedure is a line in `problems()` instead */
export function createCatalogue(deps: CatalogueDeps): Catalogue {
  const data = typeof deps.source === 'string' ? loadCatalogue(deps.source) : deps.source;
  const reports = catalogueStore(deps.store);
  const calendar = workingCalendar(data.calendar);
  const rules: CountingRules = {
    calendar,
    sessions: data.place.openingHours,
    returnAt: data.place.returnAt,
    countFrom: data.calendar.countFrom.rule,
    countFromText: data.calendar.countFrom.text,
    cutoff: data.calendar.cutoff.time,
  };
  const usage = deps.usage ?? (() => new Map<string, number>());
  const unusable = data.faults.filter((f) => !f.usable);
  const faulty = new Set(data.faults.map((f) => f.code));
  const agencies = new Map(data.agencies.map((a) => [a.key, a.name]));

  const inForce = (day: string) => data.procedures.filter((p) => p.effectiveFrom <= day && day <= (p.effectiveTo ?? '9999-12-31'));
  const entry = (code: string, version?: string) =>
    version === undefined
      ? inForce(businessDay(deps.clock.now())).find((p) => p.code === code)
      : data.procedures.find((p) => p.code === code && p.version === version);
  const unknown = (code: string): Refusal =>
    unusable.some((f) => f.code === code)
      ? refuse(
          'procedure-faulty',
          'Thủ tục này đang bị cấu hình lỗi trong danh mục; hãy báo lỗi bằng nút "Báo cấu hình lỗi" và tiếp nhận theo hướng dẫn niêm yết.',
          'This procedure is misconfigured in the catalogue; report it with the button and receive it by the posted guidance.',
        )
      : refuse(
          'procedure-unknown',
          'Không có thủ tục này trong danh mục đang có hiệu lực; hãy tìm lại theo tên.',
          'The catalogue in force has no such procedure; search again by its name.',
        );
  const caseOf = (p: Procedure, id: string | undefined) => (id === undefined ? p.cases[0] : p.cases.find((c) => c.id === id));
  const limitOf = (code: string, caseId: string | undefined, version: string | undefined): Limit | Refusal => {
    const found = entry(code, version);
    if (!found) return unknown(code);
    const chosen = caseOf(found, caseId);
    return (
      chosen?.limit ??
      refuse(
        'case-unknown',
        'Trường hợp này không có trong thủ tục; hãy chọn lại trường hợp.',
        'The procedure has no such case; choose the case again.',
      )
    );
  };
  const lastReport = (code: string) => reports.all().findLast((r) => r.code === code)?.at ?? null;

  const catalogue: Catalogue = {
    place: data.place,
    calendar,
    rules,
    entry,
    agencyName: (key) => agencies.get(key) ?? 'Chưa xác định',
    agencies(code, version) {
      const found = entry(code, version);
      const named = (key: string | undefined) => data.agencies.find((a) => a.key === key);
      const centre = { code: data.place.agencyCode, name: data.place.centreName };
      const pick = (key: string | undefined) => {
        const a = named(key);
        return a ? { code: a.code, name: a.name } : centre;
      };
      return { receiving: pick(found?.receiving), competent: pick(found?.competent) };
    },
    successor: (code) => inForce(businessDay(deps.clock.now())).find((p) => p.formerCode === code)?.code,
    describeDue: (dueAt, receivedAt, basis) => describeDue(dueAt, receivedAt, basis, rules),
    search(text, limit) {
      const today = businessDay(deps.clock.now());
      const counts = usage();
      const entries: (Procedure | { code: string; name: string; aliases: string[] })[] = [
        ...inForce(today),
        ...unusable.map((f) => ({ code: f.code, name: f.name, aliases: [] })),
      ];
      const matches = searchProcedures(entries, text, (code) => counts.get(code) ?? 0);
      return {
        total: matches.length,
        items: matches.slice(0, limit).map(({ entry: e, highlights }) => ({
          code: e.code,
          name: e.name,
          highlights,
          field: 'field' in e ? e.field : { code: '', name: 'Chưa dùng được' },
          summary: 'cases' in e ? `${LEVELS[e.level]}, ${e.cases[0] ? limitText(e.cases[0].limit).toLowerCase() : ''}` : 'Cấu hình lỗi',
          usedHere: counts.get(e.code) ?? 0,
          faulty: faulty.has(e.code),
        })),
      };
    },
    procedure(code, version) {
      const found = entry(code, version);
      return found ? view(found, data, (key) => catalogue.agencyName(key)) : unknown(code);
    },
    dueDate(code, caseId, receivedAt, version) {
      const limit = limitOf(code, caseId, version);
      return 'refused' in limit ? limit : dueDate(limit, receivedAt, rules);
    },
    dueAfterPause(at, pause) {
      const limit = limitOf(at.code, at.caseId, at.version);
      if ('refused' in limit) return limit;
      const policy = at.policy ?? entry(at.code, at.version)?.supplementPolicy ?? 'RECOUNT';
      return dueAfterPause(policy, { limit, ...pause, rules });
    },
    fees(code, channel, at, input, version) {
      const found = entry(code, version);
      return found ? computeFees(found, input, channel, businessDay(at)) : unknown(code);
    },
    problems: () => {
      const known = data.faults.map((f) => ({
        code: f.code,
        name: f.name,
        problem: f.problem,
        advice: f.advice,
        reportedAt: lastReport(f.code),
      }));
      const reported = reports
        .all()
        .filter((r) => !faulty.has(r.code))
        .map((r) => ({
          code: r.code,
          name: entry(r.code)?.name ?? r.code,
          problem: r.body,
          advice: 'Đã ghi để gửi quản trị danh mục.',
          reportedAt: r.at,
        }));
      return [...known, ...reported];
    },
    reportProblem: (commandId, code, text, by) =>
      deps.store.command(commandId, 'catalogue.reportProblem', () => {
        const at = deps.clock.now();
        reports.add({ code, body: text, by, at });
        deps.store.emit('catalogue', 'problem-reported', { code });
        const known = data.faults.find((f) => f.code === code);
        return {
          code,
          name: known?.name ?? entry(code)?.name ?? code,
          problem: known?.problem ?? text,
          advice: known?.advice ?? 'Đã ghi để gửi quản trị danh mục.',
          reportedAt: at,
        };
      }),
    placeView: () => {
      const { unitCode, unitName, provinceName, agencyCode, centreName, committeeName, hotline, lookupUrl, openingHours } = data.place;
      return { unitCode, unitName, provinceName, agencyCode, centreName, committeeName, hotline, lookupUrl, openingHours };
    },
    priorityGroups: () => [...data.priority],
    days(from, to) {
      if (to < from || dayNumber(to) - dayNumber(from) > 400)
        return refuse(
          'calendar-range',
          'Hãy chọn khoảng ngày từ trước đến sau, dài nhất 400 ngày.',
          'Choose a range of days in order, at most 400 days long.',
        );
      const days = [];
      for (let day = from; day <= to; day = addDays(day, 1)) {
        const name = calendar.nameOf(day);
        days.push({ day, weekday: weekdayShort(day), working: calendar.isWorking(day), ...(name === undefined ? {} : { name }) });
      }
      const years = [...new Set(days.map((d) => Number(d.day.slice(0, 4))))];
      return { days, unconfirmedYears: years.filter((y) => !calendar.confirmed(y)) };
    },
  };
  return catalogue;
}

function view(p: Procedure, data: CatalogueData, agencyName: (key: string) => string): ProcedureView {
  return {
    code: p.code,
    version: p.version,
    effectiveFrom: p.effectiveFrom,
    effectiveTo: p.effectiveTo,
    name: p.name,
    field: p.field,
    level: p.level,
    receivingAgency: agencyName(p.receiving),
    competentAgency: agencyName(p.competent),
    cases: p.cases.map((c) => ({
      id: c.id,
      name: c.name,
      limit: { ...withoutUndefined(c.limit), text: limitText(c.limit) },
      components: c.components.map((k) => {
        const { declaration: _, ...rest } = k;
        return withoutUndefined(rest);
      }),
    })),
    quantities: p.quantities,
    exemptions: p.reductions
      .filter((r) => r.when === 'claim')
      .map((r) => ({ id: r.id, text: r.text, proof: r.proof ?? 'Giấy tờ chứng minh', basis: r.basis })),
    feeText: p.feeText,
    result: withoutUndefined(p.result),
    immediate: p.immediate,
    supplementPolicy: p.supplementPolicy,
    ...(p.elsewhere === undefined ? {} : { elsewhere: p.elsewhere }),
    bothMustAppear: p.bothMustAppear,
    basis: p.basis,
    unverified: p.unverified,
    problems: data.faults.filter((f) => f.code === p.code).map((f) => f.problem),
  };
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };
/** Optional keys that are absent, instead of present with undefined, as exact optional types want them. */
function withoutUndefined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as Defined<T>;
}
