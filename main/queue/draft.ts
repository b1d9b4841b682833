import type { TicketState } from '../contract/queue.ts';
import { isActive, nextState, type Action } from './rules.ts';
import type { Site } from './site.ts';
import { chain, type HallState } from './state.ts';
import type { CounterPiece, LogEntry, QueueCommand, Ticket, TicketPatch } from './types.ts';

/**
 * The steps that one command takes, each applied to the state at once. A command first makes every check, then takes its
 * steps: a refusal leaves no trace. The store writes `entries` in one transaction, or throws the state away.
 */
export class Draft {
  readonly entries: LogEntry[] = [];
  readonly state: HallState;
  readonly site: Site;
  readonly command: QueueCommand;
  /** Day written on the entries: the business day of the hall. */
  day: string;

  constructor(state: HallState, site: Site, command: QueueCommand) {
    this.state = state;
    this.site = site;
    this.command = command;
    this.day = state.hall.day;
  }

  get now(): number {
    return this.command.at;
  }

  ticket(id: string): Ticket {
    return this.state.tickets.get(id)!;
  }

  /** A step of the table. The caller has checked that it is allowed; a step that is not is a programmer's mistake. */
  move(
    action: Action,
    ticketId: string,
    counterId: string | null,
    patch: TicketPatch = {},
    pieces: Record<string, unknown> | null = null,
  ): LogEntry {
    const ticket = this.ticket(ticketId);
    const to = nextState(action, ticket.state);
    if (to === undefined) throw new Error(`queue: ${action} from ${ticket.state}`);
    return this.step(action, ticketId, counterId, ticket.state, to, { ...patch, state: to }, pieces);
  }

  step(
    action: string,
    ticketId: string | null,
    counterId: string | null,
    from: TicketState | null,
    to: TicketState | null,
    ticket: TicketPatch | null,
    pieces: Record<string, unknown> | null,
  ): LogEntry {
    const { actor, at } = this.command;
    const seq = this.state.seq + 1;
    const body = {
      seq,
      at,
      day: this.day,
      action,
      device: actor.deviceId,
      officer: actor.officerId,
      counterId,
      ticketId,
      from,
      to,
      ticket: ticket && { ...ticket, changed: seq },
      pieces,
    };
    const entry: LogEntry = { ...body, hash: chain(this.state.hash, body) };
    this.state.apply(entry);
    this.entries.push(entry);
    return entry;
  }

  note(action: string, counterId: string | null, pieces: Record<string, unknown>): LogEntry {
    return this.step(action, null, counterId, null, null, null, pieces);
  }

  counter(id: string): CounterPiece {
    const piece = this.state.counter(id);
    // the sums belong to one day
    return piece.day === this.day ? piece : { ...piece, day: this.day, served: 0, servedMs: 0 };
  }
}

/** The fields that an undo gives back. Number, day, issue and start of waiting never change, so they are not among them. */
export function restoring(t: Ticket): TicketPatch {
  return {
    state: t.state,
    serviceId: t.serviceId,
    target: t.target,
    counterId: t.counterId,
    officerId: t.officerId,
    firstCalledAt: t.firstCalledAt,
    calledAt: t.calledAt,
    startedAt: t.startedAt,
    endedAt: t.endedAt,
    recalls: t.recalls,
    misses: t.misses,
    reason: t.reason,
  };
}

export const holds = (ticket: Ticket | undefined, counterId: string): boolean =>
  ticket !== undefined && isActive(ticket.state) && ticket.counterId === counterId;
