import { z } from 'zod';
import { base, businessDay, command, instant, live } from './base.ts';
import { id, issuedTicket, kioskView, lease, leasedTicket, minutes, note, printState, ticketState, waitRange } from './tickets.ts';

export * from './tickets.ts';

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

/** Seen from the seats before the board; `up` is straight on. */
export const counterArrow = z.enum(['left', 'up-left', 'up', 'up-right', 'right', 'down-right', 'down', 'down-left']);

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
  /** What may be taken back: done `at`, until `until`. */
  undo: z.object({ at: instant, until: instant, vi: z.string(), en: z.string() }).optional(),
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

const ratingLine = z.object({ id, name: z.string(), count: z.number().int().positive(), average: z.number() });
/** `scores`: how often 1, 2, 3, 4 and 5 were given. `reasons`: what was not good, as chosen after a low score. */
export const ratingReport = z.object({
  from: businessDay,
  to: businessDay,
  count: z.number().int(),
  average: z.number().nullable(),
  scores: z.array(z.number().int()).length(5),
  counters: z.array(ratingLine),
  services: z.array(ratingLine),
  reasons: z.array(z.object({ id: z.string(), count: z.number().int() })),
});
export type RatingReport = z.infer<typeof ratingReport>;

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
  /** For the head of the centre: what citizens said, a quarter of a year at most. */
  ratings: base
    .meta({ duties: ['leader', 'supervisor', 'admin'] })
    .input(z.object({ from: businessDay, to: businessDay }))
    .output(ratingReport),
};
