import { z } from 'zod';
import { businessDay, instant } from './base.ts';

/** Tickets as every screen knows them, and what a kiosk shows and does alone. No citizen's name is in here. */

export const ticketState = z.enum([
  'waiting',
  'transferred',
  'called',
  'serving',
  'parked',
  'no-show',
  'done',
  'cancelled',
  'carried-over',
]);
export type TicketState = z.infer<typeof ticketState>;

/** `none`: the site prints no paper. `queued`: given to the printer. `unknown`: the power or the line went in mid-print. */
export const printState = z.enum(['none', 'queued', 'printed', 'failed', 'unknown']);
export type PrintState = z.infer<typeof printState>;

/** Of a ticket, a group, a counter. */
export const id = z.string().min(1).max(64);
export const minutes = z.number().nonnegative();
export const note = z.string().trim().min(1).max(200);

/** Whole minutes, already rounded for people ("about 15–25 min"); absent when nobody at work can serve this group. */
export const waitRange = z.object({ fromMinutes: z.number().int().nonnegative(), toMinutes: z.number().int().nonnegative() });
export type WaitRange = z.infer<typeof waitRange>;

/** One kiosk tile. */
export const serviceGroup = z.object({
  id,
  series: z.string().regex(/^[A-Z]{1,2}$/),
  vi: z.string(),
  en: z.string(),
  /** Longer help for the tile and for spoken guidance. */
  hintVi: z.string(),
  hintEn: z.string(),
  open: z.boolean(),
  /** Why not, and when again; present when `open` is false. */
  closedVi: z.string().optional(),
  closedEn: z.string().optional(),
  waiting: z.number().int(),
  /** Counters at work now that can serve it. */
  countersOpen: z.number().int(),
  wait: waitRange.optional(),
});
export type ServiceGroup = z.infer<typeof serviceGroup>;

export const priorityReason = z.object({ id, vi: z.string(), en: z.string() });

/** `words`: Vietnamese sentence of the screen, with `#` for a number, to its translation. */
export const languagePack = z.object({
  code: z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/),
  name: z.string().min(1).max(16),
  words: z.record(z.string(), z.string()),
});

export const kioskView = z.object({
  siteVi: z.string(),
  siteEn: z.string(),
  now: instant,
  businessDay,
  open: z.boolean(),
  /** Opening hours of today in words; shown on the closed screen. */
  hoursVi: z.string(),
  hoursEn: z.string(),
  groups: z.array(serviceGroup).max(8),
  priorityReasons: z.array(priorityReason),
  /** Translations of the kiosk's Vietnamese sentences beside Vietnamese and English; at most two fit the screen. */
  languages: z.array(languagePack).max(2).default([]),
  /** False: numbers are shown on the screen only, and staff have been told. */
  paper: z.boolean(),
  training: z.boolean(),
});
export type KioskView = z.infer<typeof kioskView>;

/** What the kiosk shows and the paper says. */
export const issuedTicket = z.object({
  ticketId: id,
  number: z.number().int().positive(),
  /** As printed and spoken: series and at least three digits, `A012`. */
  text: z.string(),
  serviceId: id,
  serviceVi: z.string(),
  serviceEn: z.string(),
  businessDay,
  issuedAt: instant,
  /** People before this one in the configured order, now. */
  ahead: z.number().int().nonnegative(),
  wait: waitRange.optional(),
  priority: z.boolean(),
  appointmentAt: instant.optional(),
  /** Absent: it waits, and was just given. */
  state: ticketState.optional(),
  print: printState,
});
export type IssuedTicket = z.infer<typeof issuedTicket>;

/** A block of numbers that a kiosk may use while the hub is away; `from`..`to` inclusive. Good for one business day only. */
export const lease = z.object({
  leaseId: id,
  businessDay,
  blocks: z.array(z.object({ serviceId: id, series: z.string(), from: z.number().int(), to: z.number().int() })),
});
export type Lease = z.infer<typeof lease>;

/** A ticket that a kiosk made from its lease. Its `commandId` is the one of the press, so that a late `issue` is no second ticket. */
export const leasedTicket = z.object({
  commandId: z.string().min(8).max(64),
  serviceId: id,
  number: z.number().int().positive(),
  issuedAt: instant,
  priorityReason: id.optional(),
  appointmentCode: z.string().max(40).optional(),
  print: printState,
});
export type LeasedTicket = z.infer<typeof leasedTicket>;

/** The next unused number of a lease, or undefined when the block is used up, the group has none, or the day is over. Pure: kiosks run it alone. */
export function nextLeasedNumber(
  held: Lease,
  serviceId: string,
  used: readonly { serviceId: string; number: number }[],
  today: string,
): number | undefined {
  const block = held.blocks.find((b) => b.serviceId === serviceId);
  if (!block || today !== held.businessDay) return undefined;
  const taken = used.filter((u) => u.serviceId === serviceId).map((u) => u.number);
  const next = Math.max(block.from - 1, ...taken) + 1;
  return next <= block.to ? next : undefined;
}

/** `A` and 12 give `A012`. */
export const ticketText = (series: string, number: number): string => `${series}${String(number).padStart(3, '0')}`;
