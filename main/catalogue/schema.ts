import { z } from 'zod';
import { businessDay } from '../contract/base.ts';
import { channel, priorityGroup, procedureCode } from '../contract/catalogue.ts';

/**
 * The shape of the files in `resources/catalogue`. Everything that binds legally is data with its basis and the days
 * between which it holds, so that a correction is a new file and never a new program.
 */
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);
const session = z.object({ from: clockTime, to: clockTime }).refine((s) => s.from < s.to, 'a session must end after it starts');

export const placeFile = z.object({
  unitCode: z.string(),
  unitName: z.string(),
  /** National code of the province, for addresses here. */
  provinceCode: z.string().optional(),
  provinceName: z.string(),
  agencyCode: z.string().regex(/^[A-Z0-9]{2,3}(\.[A-Z0-9]{2,3}){0,7}$/),
  centreName: z.string(),
  committeeName: z.string(),
  shortPlace: z.string(),
  hotline: z.string(),
  lookupUrl: z.url(),
  openingHours: z.array(session).min(1),
  /** Hour of the day at which results are promised. */
  returnAt: clockTime,
  /** Some communes open on Saturday mornings: citizens are served, but the day is no legal working day. */
  saturdayReception: z.array(session).default([]),
  statutoryHoursPerDay: z.number().positive(),
  payment: z.object({ bankBin: z.string().regex(/^\d{6}$/), account: z.string().regex(/^[0-9A-Za-z]{4,19}$/), accountName: z.string() }),
  note: z.string().optional(),
});
export type Place = z.infer<typeof placeFile>;

const namedDay = z.object({ day: businessDay, name: z.string().min(1), exchangedFor: businessDay.optional() });
export const calendarFile = z.object({
  weeklyOff: z.array(z.number().int().min(0).max(6)),
  basis: z.string(),
  countFrom: z.object({ rule: z.enum(['NEXT_WORKING_DAY', 'SAME_TIME']), text: z.string(), basis: z.string() }),
  cutoff: z.object({ time: clockTime, basis: z.string() }),
  years: z
    .array(
      z.object({
        year: z.number().int(),
        yearConfirmed: z.boolean(),
        basis: z.string(),
        daysOff: z.array(namedDay),
        daysWorked: z.array(namedDay),
      }),
    )
    .min(1),
});
export type CalendarData = z.infer<typeof calendarFile>;

export const agency = z.object({ key: z.string(), code: z.string(), name: z.string() });
export type Agency = z.infer<typeof agency>;
export const agenciesFile = z.array(agency);
export const priorityFile = z.array(priorityGroup);

export const limit = z.object({
  unit: z.enum(['same-day', 'working-day', 'calendar-day', 'hour']),
  amount: z.number().nonnegative(),
  extension: z.string().optional(),
  basis: z.string().min(1),
});
export type Limit = z.infer<typeof limit>;

export const component = z.object({
  key: z.string().regex(/^[a-z0-9-]+$/),
  name: z.string().min(1),
  required: z.boolean().default(true),
  originals: z.number().int().nonnegative().default(1),
  certified: z.number().int().nonnegative().default(0),
  copies: z.number().int().nonnegative().default(0),
  form: z.string().optional(),
  /** A declaration on an official form must name the form; see `problems`. */
  declaration: z.boolean().default(false),
  database: z.string().optional(),
  returned: z.boolean().default(false),
  onlyForRepresentative: z.boolean().default(false),
  note: z.string().optional(),
});
export type CatalogueComponent = z.infer<typeof component>;

const dong = z.number().int().nonnegative();
const feeRule = z.discriminatedUnion('type', [
  z.object({ type: z.literal('fixed'), amount: dong }),
  z.object({ type: z.literal('per'), quantity: z.string(), unit: z.string(), amount: dong }),
  /** Pages in steps, times copies, with a ceiling for each copy: TT 226/2016/TT-BTC. */
  z.object({
    type: z.literal('tiers'),
    quantity: z.string(),
    unit: z.string(),
    tiers: z.array(z.object({ upTo: z.number().int().positive().optional(), amount: dong })).min(1),
    times: z.string(),
    timesUnit: z.string(),
    capEach: dong,
  }),
]);
export type FeeRule = z.infer<typeof feeRule>;

export const fee = z.object({
  key: z.string(),
  kind: z.enum(['phi', 'le-phi']),
  name: z.string(),
  rule: feeRule,
  /** Another sum by the way of handing in; council resolutions often make online free. */
  byChannel: z.partialRecord(channel, dong).default({}),
  channelBasis: z.string().optional(),
  basis: z.string().min(1),
  effectiveFrom: businessDay.optional(),
  effectiveTo: businessDay.optional(),
});
export type Fee = z.infer<typeof fee>;

export const reduction = z.object({
  id: z.string(),
  text: z.string(),
  basis: z.string().min(1),
  percent: z.number().int().min(1).max(100),
  lines: z.array(z.string()).min(1),
  /** `vneid2`: identified with VNeID level 2. `claim`: the applicant claims it and shows the proof. */
  when: z.enum(['vneid2', 'claim']),
  proof: z.string().optional(),
  effectiveFrom: businessDay.optional(),
  effectiveTo: businessDay.optional(),
});
export type Reduction = z.infer<typeof reduction>;

export const procedure = z.object({
  code: procedureCode,
  version: z.string().min(1),
  effectiveFrom: businessDay,
  effectiveTo: businessDay.nullable().default(null),
  /** The `pending:` code under which it was received before the national catalogue gave it a code. */
  formerCode: z.string().startsWith('pending:').optional(),
  name: z.string().min(1),
  /** Words that citizens use for it. */
  aliases: z.array(z.string()).default([]),
  field: z.object({ code: z.string(), name: z.string() }),
  level: z.enum(['commune', 'province', 'commune-police']),
  receiving: z.string(),
  competent: z.string(),
  cases: z.array(z.object({ id: z.string(), name: z.string(), limit, components: z.array(component) })).min(1),
  quantities: z.array(z.object({ key: z.string(), label: z.string(), initial: z.number().int().nonnegative() })).default([]),
  fees: z.array(fee).default([]),
  reductions: z.array(reduction).default([]),
  feeText: z.string().default('Không thu phí, lệ phí.'),
  result: z.object({ code: z.string().optional(), name: z.string() }),
  immediate: z.boolean().default(false),
  supplementPolicy: z.enum(['RECOUNT', 'PAUSE_RESUME']).default('RECOUNT'),
  elsewhere: z.string().optional(),
  bothMustAppear: z.boolean().default(false),
  basis: z.array(z.string()).min(1),
  unverified: z.array(z.string()).default([]),
});
export type Procedure = z.infer<typeof procedure>;
