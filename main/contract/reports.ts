import { z } from 'zod';
import { base, businessDay, fileLink, instant } from './base.ts';

export const registerRow = z.object({
  /** Number in the yearly book, from 1. */
  number: z.number().int().positive(),
  dossierId: z.string(),
  code: z.string(),
  applicant: z.string(),
  address: z.string(),
  procedure: z.string(),
  receivedAt: instant,
  dueAt: instant.nullable(),
  finishedAt: instant.nullable(),
  returnedAt: instant.nullable(),
  receiver: z.string(),
  statusText: z.string(),
  /** Trước hạn, đúng hạn, quá hạn, or nothing yet. */
  timeliness: z.enum(['early', 'on-time', 'late', 'open']),
  note: z.string(),
});
export type RegisterRow = z.infer<typeof registerRow>;

/** One measure of QĐ 766/QĐ-TTg that an officer can move: numerator and denominator, never a bare percentage. */
export const indicator = z.object({
  code: z.string(),
  name: z.string(),
  numerator: z.number().int().nonnegative(),
  denominator: z.number().int().nonnegative(),
  /** Null when there is nothing to count yet. */
  ratio: z.number().nullable(),
  score: z.number().nullable(),
  maxScore: z.number(),
  /** How it is counted, in words. */
  rule: z.string(),
});
export type Indicator = z.infer<typeof indicator>;

const period = z.object({ from: businessDay, to: businessDay });

export const reportsContract = {
  /** Mẫu 07, one book a year. Newest first; `before` is the number to go on from. */
  register: base
    .input(
      z.object({
        year: z.number().int().min(2020).max(2100),
        before: z.number().int().positive().optional(),
        limit: z.number().int().min(1).max(500).default(100),
      }),
    )
    .output(
      z.object({
        rows: z.array(registerRow),
        total: z.number().int().nonnegative(),
        years: z.array(z.number().int()),
        closed: z.boolean(),
      }),
    ),
  /** The book as a file: Mẫu 07 as PDF, or rows as CSV (UTF-8 with BOM, opens in Excel) or JSON. */
  exportRegister: base
    .input(z.object({ year: z.number().int().min(2020).max(2100), format: z.enum(['pdf', 'csv', 'json']) }))
    .output(fileLink),
  indicators: base.input(period).output(z.object({ from: businessDay, to: businessDay, indicators: z.array(indicator) })),
  day: base.input(z.object({ day: businessDay.optional() })).output(
    z.object({
      day: businessDay,
      received: z.number().int(),
      returned: z.number().int(),
      finished: z.number().int(),
      refused: z.number().int(),
      supplements: z.number().int(),
      open: z.number().int(),
      overdue: z.number().int(),
      feesCollected: z.number().int(),
      byProcedure: z.array(z.object({ code: z.string(), name: z.string(), received: z.number().int() })),
    }),
  ),
};
