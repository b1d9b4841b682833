import { z } from 'zod';
import { base, businessDay, command, instant } from './base.ts';

/** How a citizen hands in: at the counter, by public post, or online with the officer's help. */
export const channel = z.enum(['direct', 'post', 'assisted-online']);
export type Channel = z.infer<typeof channel>;

/** Code of the national catalogue, `1.004222`; `pending:...` for procedures that were published without a code. */
export const procedureCode = z.string().regex(/^(\d\.\d{6}(\.[0-9A-Z.]+)?|pending:[a-z0-9-]{3,60})$/);

/** A run of characters of a text that matched what was typed; counted in UTF-16 units, as `String.slice` does. */
export const highlight = z.object({ start: z.number().int().nonnegative(), length: z.number().int().positive() });

export const procedureHit = z.object({
  code: procedureCode,
  name: z.string(),
  highlights: z.array(highlight),
  field: z.object({ code: z.string(), name: z.string() }),
  /** "Cấp xã, 3 ngày làm việc". */
  summary: z.string(),
  /** How often this counter accepted it in the last 90 days; the ranking's first key. */
  usedHere: z.number().int().nonnegative(),
  /** True when the catalogue entry has a fault: see `problems`. It is listed all the same. */
  faulty: z.boolean(),
});

export const limitView = z.object({
  unit: z.enum(['same-day', 'working-day', 'calendar-day', 'hour']),
  amount: z.number().nonnegative(),
  /** "3 ngày làm việc". */
  text: z.string(),
  /** "Xác minh: thêm tối đa 3 ngày làm việc." */
  extension: z.string().optional(),
  basis: z.string(),
});

export const componentView = z.object({
  key: z.string(),
  name: z.string(),
  required: z.boolean(),
  originals: z.number().int().nonnegative(),
  certified: z.number().int().nonnegative(),
  copies: z.number().int().nonnegative(),
  form: z.string().optional(),
  /** National database that holds it: then no paper may be asked for unless the database lacks it (NQ 66.7/2025/NQ-CP). */
  database: z.string().optional(),
  /** The original is handed back after it was compared. */
  returned: z.boolean(),
  /** Applies only when the applicant acts for somebody else. */
  onlyForRepresentative: z.boolean(),
  note: z.string().optional(),
});

export const exemptionView = z.object({ id: z.string(), text: z.string(), proof: z.string(), basis: z.string() });

export const procedureView = z.object({
  code: procedureCode,
  /** Version of the entry that is in force; a dossier pins the one that it was accepted under. */
  version: z.string(),
  effectiveFrom: businessDay,
  effectiveTo: businessDay.nullable(),
  name: z.string(),
  field: z.object({ code: z.string(), name: z.string() }),
  level: z.enum(['commune', 'province', 'commune-police']),
  receivingAgency: z.string(),
  competentAgency: z.string(),
  cases: z.array(z.object({ id: z.string(), name: z.string(), limit: limitView, components: z.array(componentView) })).min(1),
  /** Things that the fee is counted by: `{key: 'pages', label: 'Số trang bản chính'}`. */
  quantities: z.array(z.object({ key: z.string(), label: z.string(), initial: z.number().int().nonnegative() })),
  exemptions: z.array(exemptionView),
  /** The whole free text about fees and exemptions, never shortened on screen. */
  feeText: z.string(),
  result: z.object({ code: z.string().optional(), name: z.string() }),
  /** Result is given at once; no receipt unless asked for, but always entered in the system. */
  immediate: z.boolean(),
  supplementPolicy: z.enum(['RECOUNT', 'PAUSE_RESUME']),
  /** Where the citizen does it without the counter ("trong ứng dụng VNeID"), when there is such a way. */
  elsewhere: z.string().optional(),
  bothMustAppear: z.boolean(),
  basis: z.array(z.string()),
  /** Statements of the entry that were not yet checked against the official text. */
  unverified: z.array(z.string()),
  problems: z.array(z.string()),
});
export type ProcedureView = z.infer<typeof procedureView>;

export const countedDay = z.object({
  day: businessDay,
  /** "T2" … "T7", "CN". */
  weekday: z.string(),
  kind: z.enum(['received', 'moved', 'off', 'counted', 'due']),
  /** 1, 2, 3 … for counted days; the due day carries the last number, or 0 when it is the day of reception. */
  number: z.number().int().nonnegative().optional(),
  /** Name of the day off ("Ngày Văn hóa Việt Nam", "Thứ Bảy") or the words below the day ("Nhận 09:44"). */
  label: z.string(),
});

export const dueDateView = z.object({
  dueAt: instant,
  day: businessDay,
  time: z.string(),
  weekday: z.string(),
  /** "16:30 Thứ Sáu, 27/11/2026". */
  text: z.string(),
  days: z.array(countedDay),
  /** The rule in one sentence, with its legal basis. */
  explanation: z.string(),
  basis: z.string(),
  /** E.g. that the days off of 2027 are not confirmed yet. */
  warnings: z.array(z.string()),
});
export type DueDateView = z.infer<typeof dueDateView>;

export const feeLine = z.object({
  key: z.string(),
  kind: z.enum(['phi', 'le-phi']),
  name: z.string(),
  /** "3 bản × 8.000 đ". */
  computation: z.string(),
  /** Đồng, before reductions. */
  full: z.number().int().nonnegative(),
  /** Đồng, to pay. */
  due: z.number().int().nonnegative(),
  /** Each reason why `due` is less than `full`, and what it rests on. */
  reductions: z.array(
    z.object({ text: z.string(), basis: z.string(), amount: z.number().int().nonnegative(), proof: z.string().optional() }),
  ),
  basis: z.string(),
});
export const feesView = z.object({
  lines: z.array(feeLine),
  full: z.number().int().nonnegative(),
  due: z.number().int().nonnegative(),
  text: z.string(),
  warnings: z.array(z.string()),
});
export type FeesView = z.infer<typeof feesView>;

/** What the fee rules need to know beyond the procedure. */
export const feeInput = z.object({
  quantities: z.record(z.string(), z.number().int().min(0).max(100_000)).default({}),
  /** Exemptions that the applicant claims and has proof of. */
  exemptions: z.array(z.string()).default([]),
  /** Identified with a VNeID account of level 2. */
  vneidLevel2: z.boolean().default(false),
});
export type FeeInput = z.infer<typeof feeInput>;

export const catalogueProblem = z.object({
  code: z.string(),
  name: z.string(),
  /** What is wrong, in words. */
  problem: z.string(),
  /** What the officer can do meanwhile. */
  advice: z.string(),
  reportedAt: instant.nullable(),
});

export const placeView = z.object({
  unitCode: z.string(),
  unitName: z.string(),
  provinceName: z.string(),
  /** Identifier under QĐ 20/2020/QĐ-TTg, `H15.50.05.13`. */
  agencyCode: z.string(),
  centreName: z.string(),
  committeeName: z.string(),
  hotline: z.string(),
  lookupUrl: z.string(),
  openingHours: z.array(z.object({ from: z.string(), to: z.string() })),
});

export const priorityGroup = z.object({ id: z.string(), name: z.string(), nameEn: z.string(), basis: z.string() });

export const catalogueContract = {
  /** Typed without diacritics or with; `''` gives what this counter uses most. */
  search: base
    .input(z.object({ text: z.string().max(120), limit: z.number().int().min(1).max(50).default(10) }))
    .output(z.object({ items: z.array(procedureHit), total: z.number().int().nonnegative() })),
  procedure: base.input(z.object({ code: procedureCode, version: z.string().optional() })).output(procedureView),
  dueDate: base.input(z.object({ code: procedureCode, caseId: z.string().optional(), receivedAt: instant.optional() })).output(dueDateView),
  fees: base.input(z.object({ code: procedureCode, channel, at: instant.optional(), input: feeInput })).output(feesView),
  problems: base.output(z.array(catalogueProblem)),
  reportProblem: base.input(command({ code: z.string().max(80), text: z.string().trim().min(3).max(1000) })).output(catalogueProblem),
  place: base.meta({ roles: ['officer', 'station', 'kiosk', 'board', 'feedback'] }).output(placeView),
  priorityGroups: base.meta({ roles: ['officer', 'station', 'kiosk'] }).output(z.array(priorityGroup)),
  /** The legal calendar of working days, not the counters' opening hours. At most 400 days. */
  calendar: base.input(z.object({ from: businessDay, to: businessDay })).output(
    z.object({
      days: z.array(z.object({ day: businessDay, weekday: z.string(), working: z.boolean(), name: z.string().optional() })),
      unconfirmedYears: z.array(z.number().int()),
    }),
  ),
};
