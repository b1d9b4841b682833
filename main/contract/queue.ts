import { z } from 'zod';
import { base, businessDay, command, instant, live } from './base.ts';

/**
 * Tickets, calls and the hall. Screens see numbers, never people: nothing in this slice carries a citizen's name.
 *
 * Live streams number their messages 1, 2, 3 … per connection (the snapshot is the first). `callSeq` is the number of
 * the call in the hall's log: the same call has the same number on every screen, for ever, so that a board that comes
 * back knows which calls it has shown.
 */

const role = {
  kiosk: ['kiosk', 'station', 'officer'],
  board: ['board', 'station', 'officer'],
  pad: ['feedback', 'station', 'officer'],
} as const;

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

const id = z.string().min(1).max(64);
const minutes = z.number().nonnegative();
const note = z.string().trim().min(1).max(200);

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

/** Seen from the seats before the board; `up` is straight on. */
export const counterArrow = z.enum(['left', 'up-left', 'up', 'up-right', 'right', 'down-right', 'down', 'down-left']);
export type CounterArrow = z.infer<typeof counterArrow>;

/** A call as boards show and speak it. */
export const call = z.object({
  callSeq: z.number().int(),
  at: instant,
  text: z.string(),
  series: z.string(),
  number: z.number().int(),
  counterId: id,
  /** What is painted above the counter: `5`. */
  counterLabel: z.string(),
  zone: z.string(),
  arrow: counterArrow,
  recall: z.boolean(),
  /** Its number was given on an earlier day. */
  carriedOver: z.boolean(),
});
export type Call = z.infer<typeof call>;

export const boardGroup = z.object({
  serviceId: id,
  series: z.string(),
  vi: z.string(),
  en: z.string(),
  waiting: z.number().int(),
  open: z.boolean(),
  wait: waitRange.optional(),
});

/** `current`: the newest call of each counter whose citizen is called or served, newest first; `recent`: the last seven calls, newest first, so that six stand beside the big one. */
export const boardView = z.object({
  siteVi: z.string(),
  siteEn: z.string(),
  now: instant,
  businessDay,
  zones: z.array(z.string()),
  current: z.array(call),
  recent: z.array(call),
  groups: z.array(boardGroup),
  waiting: z.number().int(),
  training: z.boolean(),
  /** Set while the hub's own clock looks wrong (it stepped); screens show a line. */
  clockDoubt: z.boolean(),
});
export type BoardView = z.infer<typeof boardView>;

/**
 * `call`: blink and put it on top. `board`: the rest of the picture changed, replace it. `beat`: nothing changed, we are
 * alive (every 2 s at least; a board that hears nothing for 5 s shows its stale mark and reconnects).
 */
export const boardEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('call'), call }),
  z.object({ kind: z.literal('board'), board: boardView }),
  z.object({ kind: z.literal('beat'), now: instant }),
]);
export type BoardEvent = z.infer<typeof boardEvent>;

export const slaLight = z.enum(['green', 'amber', 'red']);

/** A ticket as an officer sees it. */
export const deskTicket = z.object({
  ticketId: id,
  text: z.string(),
  serviceId: id,
  serviceVi: z.string(),
  state: ticketState,
  issuedAt: instant,
  /** Whole minutes counted by the rule (appointments from the booked time). */
  waitingMinutes: minutes,
  /** Light against the group's waiting target, which stands beside it. */
  light: slaLight,
  waitTargetMinutes: minutes,
  priorityVi: z.string().optional(),
  appointmentAt: instant.optional(),
  calledAt: instant.optional(),
  startedAt: instant.optional(),
  recalls: z.number().int(),
  misses: z.number().int(),
  counterId: id.optional(),
  counterLabel: z.string().optional(),
  /** Parked or transferred: why; transferred to whom. */
  reason: z.string().optional(),
  targetVi: z.string().optional(),
  carriedOver: z.boolean(),
  print: printState,
  dossiers: z.array(z.string()),
});
export type DeskTicket = z.infer<typeof deskTicket>;

export const counterView = z.object({
  counterId: id,
  label: z.string(),
  zone: z.string(),
  serviceIds: z.array(id),
  open: z.boolean(),
  officerId: z.string().optional(),
  officerName: z.string().optional(),
  current: deskTicket.optional(),
  servedToday: z.number().int(),
});
export type CounterView = z.infer<typeof counterView>;

/** A neighbour as a desk shows it: whom it serves and since when. `counters` tells the rest on demand. */
export const colleague = z.object({
  counterId: id,
  label: z.string(),
  call: z.object({ text: z.string(), since: instant }).optional(),
});
export type Colleague = z.infer<typeof colleague>;

export const deskView = z.object({
  now: instant,
  businessDay,
  counter: counterView,
  /** Called or being served here; timers run from `calledAt` / `startedAt` against `now`. */
  current: deskTicket.optional(),
  /** Service target of the current ticket in minutes and its light (green, amber from 80 %, red from 100 %). */
  serviceTargetMinutes: minutes.optional(),
  serviceLight: slaLight.optional(),
  next: z.array(deskTicket).max(3),
  /** Tickets this counter can call / all waiting in the hall. */
  waitingHere: z.number().int(),
  waitingHall: z.number().int(),
  longestWaitMinutes: minutes,
  parked: z.array(deskTicket),
  noShows: z.array(deskTicket),
  carriedOver: z.array(deskTicket),
  servedToday: z.number().int(),
  averageServiceMinutes: minutes.optional(),
  /** The nearest open counters; the two sums are of the whole hall, so that a hundred desks do not send a hundred rows each. */
  colleagues: z.array(colleague),
  countersOpen: z.number().int(),
  countersBusy: z.number().int(),
  /** The last step can be taken back until then. */
  undo: z.object({ until: instant, vi: z.string(), en: z.string() }).optional(),
  unprinted: z.number().int(),
  emergencies: z.array(z.object({ counterId: id, counterLabel: z.string(), at: instant })),
  clockDoubt: z.boolean(),
});
export type DeskView = z.infer<typeof deskView>;

export const supervisorView = z.object({
  now: instant,
  businessDay,
  counters: z.array(counterView),
  groups: z.array(
    boardGroup.extend({ longestWaitMinutes: minutes, light: slaLight, meanServiceMinutes: minutes, countersOpen: z.number().int() }),
  ),
  openCalls: z.array(deskTicket),
  waiting: z.array(deskTicket),
  parked: z.array(deskTicket),
  noShows: z.array(deskTicket),
  carriedOver: z.array(deskTicket),
  unprinted: z.array(deskTicket),
  emergencies: z.array(z.object({ counterId: id, counterLabel: z.string(), at: instant })),
  totals: z.object({ issued: z.number().int(), done: z.number().int(), noShow: z.number().int(), cancelled: z.number().int() }),
  clockDoubt: z.boolean(),
});
export type SupervisorView = z.infer<typeof supervisorView>;

/** After "finish" the pad asks about exactly that ticket, until it is rated, the time is over or the next citizen is called. */
export const padView = z.object({
  counterLabel: z.string(),
  ask: z.object({ ticketId: id, text: z.string(), finishedAt: instant, until: instant }).optional(),
});
export type PadView = z.infer<typeof padView>;

/** One announcement for the hall's single speaker. */
export const announcement = z.object({
  callSeq: z.number().int(),
  text: z.string(),
  series: z.string(),
  number: z.number().int(),
  counterLabel: z.string(),
  recall: z.boolean(),
});
export type Announcement = z.infer<typeof announcement>;

export const transferTarget = z.discriminatedUnion('to', [
  z.object({ to: z.literal('service'), serviceId: id }),
  z.object({ to: z.literal('counter'), counterId: id }),
  z.object({ to: z.literal('person'), officerId: id }),
]);
export type TransferTarget = z.infer<typeof transferTarget>;

/** Every desk command answers with the ticket it touched (callNext: the one it called, absent when nobody waits) and the fresh view. */
const deskAnswer = z.object({ ticket: deskTicket.optional(), desk: deskView });
export type DeskAnswer = z.infer<typeof deskAnswer>;
const onTicket = command({ ticketId: id });
const atCounter = command({});

export const queueContract = {
  // kiosk
  services: base.meta({ roles: [...role.kiosk] }).output(kioskView),
  kiosk: base.meta({ roles: [...role.kiosk] }).output(live(kioskView, kioskView)),
  /** An appointment's code says itself which group it is for; the group of the press counts when there is none. */
  issue: base
    .meta({ roles: [...role.kiosk] })
    .input(command({ serviceId: id, priorityReason: id.optional(), appointmentCode: z.string().max(40).optional() }))
    .output(issuedTicket),
  /** Where a ticket stands now (the kiosk asks while paper comes out; the reprint button too). */
  ticket: base
    .meta({ roles: [...role.kiosk] })
    .input(z.object({ ticketId: id }))
    .output(issuedTicket),
  lease: base
    .meta({ roles: [...role.kiosk] })
    .input(command({ size: z.number().int().min(1).max(200).default(20) }))
    .output(lease),
  merge: base
    .meta({ roles: [...role.kiosk] })
    .input(command({ lease, tickets: z.array(leasedTicket).max(1000) }))
    .output(
      z.object({ accepted: z.array(issuedTicket), refused: z.array(z.object({ commandId: z.string(), vi: z.string(), en: z.string() })) }),
    ),

  // hall board
  live: base
    .meta({ roles: [...role.board] })
    .input(z.object({ zone: z.string().optional() }))
    .output(live(boardView, boardEvent)),
  /**
   * The next thing to say, for the one device that holds the hall's speaker lease (asking takes or renews it, 15 s).
   * `speaker: false`: another board speaks. The same announcement is given again to the same device until acknowledged.
   */
  voiceNext: base
    .meta({ roles: [...role.board] })
    .input(z.object({}))
    .output(z.object({ speaker: z.boolean(), say: announcement.optional() })),
  /** Said (call it when the sound has ended). Answers with the next one, so that nothing overlaps. */
  voiceSaid: base
    .meta({ roles: [...role.board] })
    .input(z.object({ callSeq: z.number().int() }))
    .output(z.object({ speaker: z.boolean(), say: announcement.optional() })),

  // desk: the counter is the one this officer has taken
  counters: base.meta({ roles: ['officer', 'station'] }).output(z.array(counterView)),
  takeCounter: base.input(command({ counterId: id })).output(deskAnswer),
  leaveCounter: base.input(atCounter).output(z.object({})),
  desk: base.output(live(deskView, deskView)),
  /** Finishes the current ticket, if there is one, and calls the next. */
  callNext: base.input(atCounter).output(deskAnswer),
  /** Calls this one: waiting, transferred, parked or no-show. */
  callTicket: base.input(onTicket).output(deskAnswer),
  recall: base.input(atCounter).output(deskAnswer),
  start: base.input(atCounter).output(deskAnswer),
  finish: base.input(atCounter).output(deskAnswer),
  noShow: base.input(atCounter).output(deskAnswer),
  /** Current ticket, or another one by id; "back today", keeps its place. */
  park: base.input(command({ ticketId: id.optional(), reason: note })).output(deskAnswer),
  /** Parked, no-show or carried over: waits again with its first time. */
  resume: base.input(onTicket).output(deskAnswer),
  transfer: base.input(command({ ticketId: id.optional(), target: transferTarget, reason: note.optional() })).output(deskAnswer),
  cancel: base.input(command({ ticketId: id, reason: note })).output(deskAnswer),
  undo: base.input(atCounter).output(deskAnswer),
  setPriority: base.input(command({ ticketId: id, reason: id, note: note.optional() })).output(deskAnswer),
  linkDossier: base.input(command({ ticketId: id, dossierCode: z.string().min(1).max(60) })).output(deskAnswer),
  emergency: base.input(command({ on: z.boolean() })).output(z.object({})),
  /** "The station's clock is right": ends the doubt after a step that may have been a repair. */
  confirmClock: base.input(command({})).output(z.object({})),
  supervisor: base.output(live(supervisorView, supervisorView)),
  unprinted: base.output(z.array(deskTicket)),
  reprint: base
    .meta({ roles: [...role.kiosk] })
    .input(onTicket)
    .output(z.object({ print: printState })),

  // rating pad
  pad: base
    .meta({ roles: [...role.pad] })
    .input(z.object({ counterId: id.optional() }))
    .output(live(padView, padView)),
  rate: base
    .meta({ roles: [...role.pad] })
    .input(command({ ticketId: id, score: z.number().int().min(1).max(5), reasons: z.array(z.string().max(40)).max(5).default([]) }))
    .output(z.object({})),
};
