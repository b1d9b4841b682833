import { ticketState, type TicketState } from '../contract/tickets.ts';
import type { Rule } from './site.ts';
import type { Ticket } from './types.ts';

/** What may happen to a ticket. `undo` is not in the table: it takes back exactly one of these. */
export type Action =
  | 'issue'
  | 'call'
  | 'pick'
  | 'call-back'
  | 'recall'
  | 'start'
  | 'finish'
  | 'no-show'
  | 'park'
  | 'resume'
  | 'transfer'
  | 'cancel'
  | 'prioritise'
  | 'carry-over';

type Row = Partial<Record<TicketState | 'nothing', TicketState>>;

/** The only transitions there are: action, state before, state after. Anything absent is refused. */
export const TRANSITIONS: Readonly<Record<Action, Row>> = {
  issue: { nothing: 'waiting' },
  call: { waiting: 'called', transferred: 'called' },
  /** Out of the rule's order, because an officer chose it. */
  pick: { waiting: 'called', transferred: 'called' },
  'call-back': { parked: 'called', 'no-show': 'called' },
  recall: { called: 'called' },
  start: { called: 'serving' },
  finish: { called: 'done', serving: 'done' },
  'no-show': { called: 'no-show' },
  park: { waiting: 'parked', transferred: 'parked', called: 'parked', serving: 'parked' },
  resume: { parked: 'waiting', 'no-show': 'waiting', 'carried-over': 'waiting' },
  transfer: { waiting: 'transferred', transferred: 'transferred', called: 'transferred', serving: 'transferred', parked: 'transferred' },
  cancel: {
    waiting: 'cancelled',
    transferred: 'cancelled',
    called: 'cancelled',
    parked: 'cancelled',
    'no-show': 'cancelled',
    'carried-over': 'cancelled',
  },
  prioritise: { waiting: 'waiting', transferred: 'transferred', parked: 'parked', 'no-show': 'no-show', 'carried-over': 'carried-over' },
  'carry-over': { waiting: 'carried-over', transferred: 'carried-over', parked: 'carried-over' },
};

/** Actions that an officer may take back within some seconds. */
export const UNDOABLE: readonly Action[] = ['call', 'pick', 'call-back', 'start', 'finish', 'no-show', 'park', 'transfer'];

export const STATES: readonly TicketState[] = ticketState.options;

export const nextState = (action: Action, from: TicketState | 'nothing'): TicketState | undefined => TRANSITIONS[action][from];
/** Waits to be called. */
export const isWaiting = (state: TicketState): boolean => state === 'waiting' || state === 'transferred';
/** Held by exactly one counter. */
export const isActive = (state: TicketState): boolean => state === 'called' || state === 'serving';
/** Nothing more will happen to it. */
export const isClosed = (state: TicketState): boolean => state === 'done' || state === 'cancelled';

/** What the calling rule looks at; a `Ticket` fits. */
export type Queued = Pick<Ticket, 'since' | 'priority' | 'appointmentAt' | 'serviceId' | 'day' | 'seq'>;

const MINUTE = 60_000;

/**
 * Score of a waiting ticket in minutes; the greatest is called. `a` is the wait counted from `since`.
 *
 * Head start: `a + H`, so nobody is overtaken by someone who came more than H minutes later. Accumulating priority
 * (Kleinrock 1964; Stanford, Taylor, Ziedins 2014): `b * a / target`, priority grows in proportion to the wait. An
 * appointment that is here long before its time has neither until `earlyMinutes` before it.
 */
export function score(ticket: Queued, rule: Rule, targetMinutes: number, earlyMinutes: number, now: number): number {
  const wait = (now - ticket.since) / MINUTE;
  if (ticket.appointmentAt !== null && wait < -earlyMinutes) return wait;
  const priority = ticket.priority !== null;
  const booked = ticket.appointmentAt !== null;
  if (rule.kind === 'head-start') {
    return wait + Math.max(priority ? rule.priorityMinutes : 0, booked ? rule.appointmentMinutes : 0);
  }
  return (wait * Math.max(1, priority ? rule.priorityRate : 1, booked ? rule.appointmentRate : 1)) / targetMinutes;
}

/** Order by first come: start of waiting, then day, then log number. Total, so every choice is deterministic. */
export function byArrival(a: Queued, b: Queued): number {
  return a.since - b.since || (a.day < b.day ? -1 : a.day > b.day ? 1 : a.seq - b.seq);
}

export interface RuleContext {
  readonly rule: Rule;
  readonly starvationMinutes: number;
  readonly earlyMinutes: number;
  readonly targetMinutes: (serviceId: string) => number;
}

/**
 * The ticket to call among `candidates`: the oldest that has waited longer than the starvation guard, else the greatest
 * score; ties go to the earlier arrival. The candidates need only hold, of each kind of ticket (service, priority,
 * appointment), the earliest.
 */
export function choose<T extends Queued>(candidates: Iterable<T>, context: RuleContext, now: number): T | undefined {
  const guard = context.starvationMinutes * MINUTE;
  let starving: T | undefined;
  let best: T | undefined;
  let bestScore = -Infinity;
  for (const ticket of candidates) {
    if (now - ticket.since > guard && (!starving || byArrival(ticket, starving) < 0)) starving = ticket;
    const s = score(ticket, context.rule, context.targetMinutes(ticket.serviceId), context.earlyMinutes, now);
    if (!best || s > bestScore || (s === bestScore && byArrival(ticket, best) < 0)) {
      best = ticket;
      bestScore = s;
    }
  }
  return starving ?? best;
}

/**
 * Where an appointment's wait is counted from: the booked time, when the citizen is there by then or at most
 * `lateMinutes` after it; who comes later is a walk-in from the moment of arrival (undefined).
 */
export function appointmentSince(bookedAt: number, checkedInAt: number, lateMinutes: number): number | undefined {
  return checkedInAt - bookedAt <= lateMinutes * MINUTE ? bookedAt : undefined;
}
