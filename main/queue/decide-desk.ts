import { isRefusal, type Refusal } from '../contract/refusal.ts';
import { ticketText, type TransferTarget } from '../contract/queue.ts';
import { restoring, type Draft } from './draft.ts';
import { learn } from './estimate.ts';
import { no, STATE_WORDS } from './refusals.ts';
import { isActive, isWaiting, nextState, type Action } from './rules.ts';
import { contextOf, firstFor, reachOf } from './state.ts';
import type { Answer, CommandBody, CounterPiece, Ticket, TicketPatch } from './types.ts';

type Body<D extends CommandBody['do']> = Extract<CommandBody, { do: D }>;
type Result = Answer | Refusal;

const text = (t: Ticket): string => ticketText(t.series, t.number);
const label = (d: Draft, counterId: string): string => d.site.counters.find((c) => c.id === counterId)?.label ?? counterId;
const notNow = (t: Ticket): Refusal => no.notNow(text(t), STATE_WORDS[t.state]!.vi, STATE_WORDS[t.state]!.en);
const answer = (d: Draft, ticketId?: string): Answer =>
  ticketId === undefined ? { seq: d.state.seq } : { seq: d.state.seq, ticket: d.ticket(ticketId) };
const counterPiece = (counterId: string, piece: CounterPiece): Record<string, unknown> => ({ [`counter:${counterId}`]: piece });

/** The counter of the officer who commands, or the refusal. */
function mine(d: Draft, counterId: string): CounterPiece | Refusal {
  if (!d.site.counters.some((c) => c.id === counterId)) return no.unknownCounter();
  const counter = d.counter(counterId);
  return counter.open && counter.officerId === d.command.actor.officerId ? counter : no.noCounter();
}

function found(d: Draft, ticketId: string): Ticket | Refusal {
  return d.state.tickets.get(ticketId) ?? no.unknownTicket();
}

/** The named ticket, or the one the counter holds. A ticket at another counter is that counter's business. */
function chosen(d: Draft, counterId: string, counter: CounterPiece, ticketId: string | undefined): Ticket | Refusal {
  const id = ticketId ?? counter.ticketId;
  if (id === null || id === undefined) return no.nothingHere();
  const ticket = found(d, id);
  if (!isRefusal(ticket) && isActive(ticket.state) && ticket.counterId !== counterId)
    return no.elsewhere(text(ticket), label(d, ticket.counterId!));
  return ticket;
}

export function take(d: Draft, { counterId, force }: Body<'take'>): Result {
  const { actor } = d.command;
  if (!d.site.counters.some((c) => c.id === counterId)) return no.unknownCounter();
  const counter = d.counter(counterId);
  const other = counter.open && counter.officerId !== actor.officerId;
  // whoever sits down at the same machine takes its counter over; somebody else's only by a supervisor
  if (other && counter.deviceId !== actor.deviceId && !force) return no.counterTaken(label(d, counterId));
  const pieces: Record<string, unknown> = {};
  for (const { id } of d.site.counters) {
    const held = d.counter(id);
    if (id === counterId || !held.open || held.officerId !== actor.officerId) continue;
    if (held.ticketId !== null) return no.finishFirst(text(d.ticket(held.ticketId)));
    pieces[`counter:${id}`] = { ...held, open: false, officerId: null, officerName: null, deviceId: null };
  }
  pieces[`counter:${counterId}`] = {
    ...counter,
    open: true,
    officerId: actor.officerId,
    officerName: actor.officerName,
    deviceId: actor.deviceId,
  };
  d.note('take', counterId, pieces);
  return answer(d);
}

export function leave(d: Draft, { counterId }: Body<'leave'>): Result {
  const counter = mine(d, counterId);
  if (isRefusal(counter)) return counter;
  if (counter.ticketId !== null) return no.finishFirst(text(d.ticket(counter.ticketId)));
  d.note('leave', counterId, counterPiece(counterId, { ...counter, open: false, officerId: null, officerName: null, deviceId: null }));
  return answer(d);
}

/** What finishing adds: the ticket's fields, the counter's sums and the service's mean. */
function finishing(
  d: Draft,
  ticket: Ticket,
  counter: CounterPiece,
): { patch: TicketPatch; counter: CounterPiece; service: Record<string, unknown> } {
  const ms = Math.max(0, d.now - (ticket.startedAt ?? ticket.calledAt ?? d.now));
  const mean = d.site.services.find((s) => s.id === ticket.serviceId)?.serviceMean ?? 10;
  return {
    patch: { endedAt: d.now, startedAt: ticket.startedAt ?? ticket.calledAt },
    counter: {
      ...counter,
      ticketId: null,
      served: counter.served + 1,
      servedMs: counter.servedMs + ms,
      lastDone: { ticketId: ticket.id, at: d.now },
    },
    service: { [`service:${ticket.serviceId}`]: learn(d.state.service(ticket.serviceId, mean), ms) },
  };
}

/** Finishes what the counter holds and calls `ticket`, if there is one: one command, one undo. */
function finishAndCall(d: Draft, counterId: string, counter: CounterPiece, ticket: Ticket | undefined, action: Action = 'call'): Result {
  const current = counter.ticketId === null ? undefined : d.ticket(counter.ticketId);
  let after = counter;
  if (current) {
    const done = finishing(d, current, counter);
    after = done.counter;
    d.move('finish', current.id, counterId, done.patch, { ...done.service, ...(ticket ? {} : counterPiece(counterId, after)) });
  }
  if (!ticket) return answer(d);
  const { now } = d;
  const patch: TicketPatch = {
    counterId,
    officerId: d.command.actor.officerId,
    calledAt: now,
    firstCalledAt: ticket.firstCalledAt ?? now,
    startedAt: null,
    endedAt: null,
    target: null,
    reason: null,
    recalls: 0,
  };
  d.move(action, ticket.id, counterId, patch, {
    ...counterPiece(counterId, { ...after, ticketId: ticket.id, lastDone: null }),
  });
  return answer(d, ticket.id);
}

/** Under one writer at a time the loser of a race simply finds the next ticket here. */
export function next(d: Draft, { counterId }: Body<'next'>): Result {
  const counter = mine(d, counterId);
  if (isRefusal(counter)) return counter;
  return finishAndCall(d, counterId, counter, firstFor(d.state, contextOf(d.site), reachOf(d.state, d.site, counterId), d.now));
}

export function call(d: Draft, { counterId, ticketId }: Body<'call'>): Result {
  const counter = mine(d, counterId);
  if (isRefusal(counter)) return counter;
  const ticket = chosen(d, counterId, counter, ticketId);
  if (isRefusal(ticket)) return ticket;
  if (isActive(ticket.state)) return recall(d, { do: 'recall', counterId });
  const action = isWaiting(ticket.state) ? 'pick' : 'call-back';
  if (nextState(action, ticket.state) === undefined) return notNow(ticket);
  return finishAndCall(d, counterId, counter, ticket, action);
}

export function recall(d: Draft, { counterId }: Body<'recall' | 'start' | 'finish' | 'no-show' | 'undo'>): Result {
  return onCurrent(d, counterId, 'recall', (t) => ({ recalls: t.recalls + 1 }));
}

export function start(d: Draft, { counterId }: Body<'recall' | 'start' | 'finish' | 'no-show' | 'undo'>): Result {
  return onCurrent(d, counterId, 'start', () => ({ startedAt: d.now }));
}

export function finish(d: Draft, { counterId }: Body<'recall' | 'start' | 'finish' | 'no-show' | 'undo'>): Result {
  const counter = mine(d, counterId);
  if (isRefusal(counter)) return counter;
  if (counter.ticketId === null) return no.nothingHere();
  const held = counter.ticketId;
  const result = finishAndCall(d, counterId, counter, undefined);
  return isRefusal(result) ? result : answer(d, held);
}

export function noShow(d: Draft, { counterId }: Body<'recall' | 'start' | 'finish' | 'no-show' | 'undo'>): Result {
  return onCurrent(d, counterId, 'no-show', (t) => ({ misses: t.misses + 1, counterId: null }), true);
}

function onCurrent(d: Draft, counterId: string, action: Action, patch: (ticket: Ticket) => TicketPatch, lets = false): Result {
  const counter = mine(d, counterId);
  if (isRefusal(counter)) return counter;
  if (counter.ticketId === null) return no.nothingHere();
  const ticket = d.ticket(counter.ticketId);
  if (nextState(action, ticket.state) === undefined) return notNow(ticket);
  d.move(action, ticket.id, counterId, patch(ticket), lets ? counterPiece(counterId, { ...counter, ticketId: null }) : null);
  return answer(d, ticket.id);
}

/** Park or transfer: the counter's own ticket, or one that waits. */
function putAside(d: Draft, counterId: string, ticketId: string | undefined, action: 'park' | 'transfer', patch: TicketPatch): Result {
  const counter = mine(d, counterId);
  if (isRefusal(counter)) return counter;
  const ticket = chosen(d, counterId, counter, ticketId);
  if (isRefusal(ticket)) return ticket;
  if (nextState(action, ticket.state) === undefined) return notNow(ticket);
  const lets = counter.ticketId === ticket.id ? counterPiece(counterId, { ...counter, ticketId: null }) : {};
  d.move(action, ticket.id, counterId, { ...patch, counterId: null, officerId: null, calledAt: null, startedAt: null }, lets);
  return answer(d, ticket.id);
}

export const park = (d: Draft, { counterId, ticketId, reason }: Body<'park'>): Result =>
  putAside(d, counterId, ticketId, 'park', { reason });

export function transfer(d: Draft, { counterId, ticketId, target, reason }: Body<'transfer'>): Result {
  if (target.to === 'service' && !d.site.services.some((s) => s.id === target.serviceId)) return no.unknownService();
  if (target.to === 'counter' && !d.site.counters.some((c) => c.id === target.counterId)) return no.unknownCounter();
  // the number and the time of arrival stay; only the service or the addressee changes
  const patch: TicketPatch =
    target.to === 'service' ? { serviceId: target.serviceId, target: null } : { target: target satisfies TransferTarget };
  return putAside(d, counterId, ticketId, 'transfer', { ...patch, reason: reason ?? null });
}

export function resume(d: Draft, { counterId, ticketId }: Body<'resume'>): Result {
  const counter = mine(d, counterId);
  if (isRefusal(counter)) return counter;
  const ticket = found(d, ticketId);
  if (isRefusal(ticket)) return ticket;
  if (nextState('resume', ticket.state) === undefined) return notNow(ticket);
  d.move('resume', ticketId, counterId, { counterId: null, officerId: null, calledAt: null, startedAt: null, reason: null });
  return answer(d, ticketId);
}

export function cancel(d: Draft, { counterId, ticketId, reason }: Body<'cancel'>): Result {
  const counter = mine(d, counterId);
  if (isRefusal(counter)) return counter;
  const ticket = chosen(d, counterId, counter, ticketId);
  if (isRefusal(ticket)) return ticket;
  if (nextState('cancel', ticket.state) === undefined) return notNow(ticket);
  const lets = counter.ticketId === ticketId ? counterPiece(counterId, { ...counter, ticketId: null }) : null;
  d.move('cancel', ticketId, counterId, { reason, endedAt: d.now, counterId: null }, lets);
  return answer(d, ticketId);
}

export function prioritise(d: Draft, { counterId, ticketId, reason, note }: Body<'prioritise'>): Result {
  const counter = mine(d, counterId);
  if (isRefusal(counter)) return counter;
  const ticket = found(d, ticketId);
  if (isRefusal(ticket)) return ticket;
  if (!d.site.priorityReasons.some((p) => p.id === reason)) return no.unknownReason();
  if (nextState('prioritise', ticket.state) === undefined) return notNow(ticket);
  d.move('prioritise', ticketId, counterId, { priority: reason, priorityNote: note ?? null });
  return answer(d, ticketId);
}

/** Takes back the last undoable command of this counter, whole, if nobody has touched its tickets since. */
export function undo(d: Draft, { counterId }: Body<'recall' | 'start' | 'finish' | 'no-show' | 'undo'>): Result {
  const counter = mine(d, counterId);
  if (isRefusal(counter)) return counter;
  const last = d.state.undo.get(counterId);
  if (!last || d.now > last.at + d.site.undoSeconds * 1000) return no.undoOver();
  const untouched = last.steps.every((s) => d.state.tickets.get(s.before.id)?.changed === s.seq);
  const holdsOther = counter.ticketId !== null && !last.steps.some((s) => s.before.id === counter.ticketId);
  if (!untouched || holdsOther) return no.undoChanged();
  const { ticketId, served, servedMs, lastDone } = last.counter;
  for (const [i, { before }] of last.steps.toReversed().entries()) {
    const pieces = i === last.steps.length - 1 ? counterPiece(counterId, { ...counter, ticketId, served, servedMs, lastDone }) : null;
    d.step('undo', before.id, counterId, d.ticket(before.id).state, before.state, restoring(before), pieces);
  }
  return answer(d, last.steps[0]!.before.id);
}

export function emergency(d: Draft, { counterId, on }: Body<'emergency'>): Result {
  const counter = mine(d, counterId);
  if (isRefusal(counter)) return counter;
  d.note('emergency', counterId, counterPiece(counterId, { ...counter, emergencyAt: on ? d.now : null }));
  return answer(d);
}
