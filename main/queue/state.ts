import { hash } from 'node:crypto';
import { byArrival, choose, isActive, isClosed, isWaiting, UNDOABLE, type RuleContext } from './rules.ts';
import type { Site } from './site.ts';
import type {
  CounterPiece,
  HallCall,
  HallPiece,
  LeasePiece,
  LogEntry,
  SeriesPiece,
  ServicePiece,
  Ticket,
  Undo,
  VoicePiece,
} from './types.ts';

/** Waiting tickets of one kind (same service, priority or not, appointment or not, same addressee), in order of arrival. */
interface Line {
  readonly serviceId: string;
  /** `c:<counter>` or `p:<officer>` when it was transferred to one, else empty. */
  readonly addressee: string;
  readonly tickets: Ticket[];
}

/** What a counter may call: its skills, and what was sent to it or to the officer who sits there. */
export interface Reach {
  readonly services: ReadonlySet<string>;
  readonly counterId: string;
  readonly officerId: string | null;
}

/** Log entries that change the list of calls. */
export const CALL_ACTIONS: readonly string[] = ['call', 'pick', 'call-back', 'recall', 'undo', 'day'];
export const CALLS_KEPT = 64;
const isWaitingOrAside = (state: string | null): boolean =>
  state === 'waiting' || state === 'transferred' || state === 'parked' || state === 'no-show';

const isAside = ({ state, print }: Ticket): boolean =>
  state === 'parked' ||
  state === 'no-show' ||
  state === 'carried-over' ||
  ((print === 'failed' || print === 'unknown') && !isClosed(state));

export const GENESIS = '0'.repeat(64);

/** The hash chain: SHA-256 over the previous hash and the entry as JSON without its own hash, keys in the order of `LogEntry`. */
export function chain(previous: string, entry: Omit<LogEntry, 'hash'>): string {
  const { seq, at, day, action, device, officer, counterId, ticketId, from, to, ticket, pieces } = entry;
  return hash('sha256', previous + JSON.stringify([seq, at, day, action, device, officer, counterId, ticketId, from, to, ticket, pieces]));
}

/**
 * The hall as it is after the last committed entry: nothing but the fold of the log. Stores load it from their rows and
 * keep it by applying each entry, their own or another hub's, once and in order.
 */
export class HallState {
  readonly tickets = new Map<string, Ticket>();
  readonly pieces = new Map<string, unknown>();
  readonly lines = new Map<string, Line>();
  /** Tickets that wait for somebody to decide: parked, absent, carried over, or without their paper. */
  readonly aside = new Set<string>();
  /** By appointment code and by day+series+number: to find what is here already. */
  readonly byAppointment = new Map<string, string>();
  readonly byNumber = new Map<string, string>();
  readonly byPress = new Map<string, string>();
  /** The newest calls and recalls that stand, oldest first. */
  readonly calls: HallCall[] = [];
  /** By counter. */
  readonly undo = new Map<string, Undo>();
  seq = 0;
  hash = GENESIS;
  /** Touched since the store last wrote. */
  dirtyTickets = new Map<string, Ticket>();
  dirtyPieces = new Set<string>();

  /** Takes a row as it stands in the store. */
  load(ticket: Ticket): void {
    this.put(ticket);
    this.dirtyTickets.delete(ticket.id);
  }

  loadPiece(key: string, value: unknown): void {
    this.pieces.set(key, value);
  }

  /**
   * The store has what was dirty. New collections instead of `clear`: V8 links a cleared table to the one after it, and a
   * chain of such tables, with all that stood in them, outlives many collections of garbage.
   */
  written(): void {
    this.dirtyTickets = new Map();
    this.dirtyPieces = new Set();
  }

  /** What one entry replaced; null is removed. */
  loadPieces(pieces: Readonly<Record<string, unknown>>): void {
    for (const [key, value] of Object.entries(pieces)) {
      if (value === null) this.pieces.delete(key);
      else this.pieces.set(key, value);
    }
  }

  /** @throws Error when the entry is not the next one */
  apply(entry: LogEntry): void {
    if (entry.seq !== this.seq + 1) throw new Error(`queue log: entry ${entry.seq} after ${this.seq}`);
    this.seq = entry.seq;
    this.hash = entry.hash;
    this.remember(entry);
    if (entry.ticketId !== null && entry.ticket) {
      const before = this.tickets.get(entry.ticketId);
      // an issue carries the whole ticket, everything else the fields that changed
      this.put(before ? { ...before, ...entry.ticket } : (entry.ticket as Ticket));
    }
    if (entry.pieces) {
      this.loadPieces(entry.pieces);
      for (const key of Object.keys(entry.pieces)) this.dirtyPieces.add(key);
    }
    this.hear(entry);
    if (entry.action === 'day') {
      this.forgetClosed(entry.day);
      this.undo.clear();
    }
  }

  /** Before a step is taken: what an undo would have to give back. "Next" finishes one and calls another: one undo. */
  private remember({ action, at, seq, counterId, ticketId }: LogEntry): void {
    if (counterId === null) return;
    if (action === 'undo') this.undo.delete(counterId);
    if (!(UNDOABLE as readonly string[]).includes(action)) return;
    const before = this.tickets.get(ticketId ?? '');
    if (!before) return;
    const last = this.undo.get(counterId);
    const goesOn =
      last?.action === 'finish' && last.at === at && last.steps[0]?.seq === seq - 1 && (action.startsWith('call') || action === 'pick');
    this.undo.set(counterId, {
      at,
      action,
      steps: [...(goesOn ? last.steps : []), { before, seq }],
      counter: goesOn ? last.counter : this.counter(counterId),
    });
  }

  /** Keeps the list of calls; stores feed it the newest call entries of the log after `load`. */
  hear(entry: LogEntry): void {
    if (entry.action === 'day') this.calls.length = 0;
    if (!CALL_ACTIONS.includes(entry.action) || entry.ticketId === null) return;
    if (entry.action === 'undo') {
      const at = this.calls.findLastIndex((c) => c.ticketId === entry.ticketId);
      if (at >= 0 && entry.from === 'called' && isWaitingOrAside(entry.to)) this.calls.splice(at, 1);
      return;
    }
    const ticket = this.tickets.get(entry.ticketId);
    if (!ticket || entry.counterId === null) return;
    const { series, number, day } = ticket;
    this.calls.push({
      callSeq: entry.seq,
      at: entry.at,
      ticketId: ticket.id,
      day,
      series,
      number,
      counterId: entry.counterId,
      recall: entry.action === 'recall',
    });
    if (this.calls.length > CALLS_KEPT) this.calls.shift();
  }

  private put(ticket: Ticket): void {
    const before = this.tickets.get(ticket.id);
    if (before) this.unline(before);
    this.tickets.set(ticket.id, ticket);
    this.dirtyTickets.set(ticket.id, ticket);
    if (isAside(ticket)) this.aside.add(ticket.id);
    else this.aside.delete(ticket.id);
    if (!before) {
      this.byNumber.set(`${ticket.day} ${ticket.series} ${ticket.number}`, ticket.id);
      this.byPress.set(ticket.press, ticket.id);
      if (ticket.appointmentCode !== null) this.byAppointment.set(ticket.appointmentCode, ticket.id);
    }
    if (!isWaiting(ticket.state)) return;
    const line = this.line(ticket);
    let at = line.tickets.length;
    while (at > 0 && byArrival(line.tickets[at - 1]!, ticket) > 0) at -= 1;
    line.tickets.splice(at, 0, ticket);
  }

  private unline(ticket: Ticket): void {
    if (!isWaiting(ticket.state)) return;
    const { tickets } = this.line(ticket);
    const at = tickets.indexOf(ticket);
    if (at >= 0) tickets.splice(at, 1);
  }

  private line(ticket: Ticket): Line {
    const addressee =
      ticket.target?.to === 'counter'
        ? `c:${ticket.target.counterId}`
        : ticket.target?.to === 'person'
          ? `p:${ticket.target.officerId}`
          : '';
    const key = `${ticket.serviceId}|${ticket.priority === null ? '' : 'p'}|${ticket.appointmentAt === null ? '' : 'a'}|${addressee}`;
    let line = this.lines.get(key);
    if (!line) this.lines.set(key, (line = { serviceId: ticket.serviceId, addressee, tickets: [] }));
    return line;
  }

  /** Today's tickets, and those of earlier days that still wait. */
  keeps(ticket: Ticket, day = this.hall.day): boolean {
    return ticket.day === day || ticket.state === 'carried-over' || isWaiting(ticket.state) || isActive(ticket.state);
  }

  /** Tickets of earlier days to which nothing more can happen leave the memory; they stay in the database. */
  private forgetClosed(day: string): void {
    for (const ticket of this.tickets.values()) {
      if (this.keeps(ticket, day)) continue;
      this.tickets.delete(ticket.id);
      this.aside.delete(ticket.id);
      this.byNumber.delete(`${ticket.day} ${ticket.series} ${ticket.number}`);
      if (this.byPress.get(ticket.press) === ticket.id) this.byPress.delete(ticket.press);
      if (ticket.appointmentCode !== null) this.byAppointment.delete(ticket.appointmentCode);
    }
  }

  get hall(): HallPiece {
    return (this.pieces.get('hall') as HallPiece | undefined) ?? { day: '' };
  }

  counter(id: string): CounterPiece {
    const piece = this.pieces.get(`counter:${id}`) as CounterPiece | undefined;
    return (
      piece ?? {
        open: false,
        officerId: null,
        officerName: null,
        deviceId: null,
        ticketId: null,
        day: '',
        served: 0,
        servedMs: 0,
        lastDone: null,
        emergencyAt: null,
      }
    );
  }

  series(id: string): SeriesPiece {
    return (this.pieces.get(`series:${id}`) as SeriesPiece | undefined) ?? emptySeries('');
  }

  service(id: string, firstMean: number): ServicePiece {
    // a service time is about as uncertain as it is long, until the hall has taught us better
    return (
      (this.pieces.get(`service:${id}`) as ServicePiece | undefined) ?? { mean: firstMean, square: 1.5 * firstMean * firstMean, count: 0 }
    );
  }

  get voice(): VoicePiece {
    return (this.pieces.get('voice') as VoicePiece | undefined) ?? { deviceId: null, until: 0, saying: null, said: 0 };
  }

  lease(id: string): LeasePiece | undefined {
    return this.pieces.get(`lease:${id}`) as LeasePiece | undefined;
  }
}

export const emptySeries = (day: string): SeriesPiece => ({ day, last: 0, floor: 0, leaseFloor: 0, leased: [] });

/** A site never changes while it is open: what follows from it alone is worked out once. */
const known = new WeakMap<Site, { skills: Map<string, ReadonlySet<string>>; context: RuleContext }>();
function knownOf(site: Site): { skills: Map<string, ReadonlySet<string>>; context: RuleContext } {
  let facts = known.get(site);
  if (!facts) {
    const targets = new Map(site.services.map((s) => [s.id, s.waitTarget]));
    facts = {
      skills: new Map(site.counters.map((c) => [c.id, new Set(c.services)])),
      context: {
        rule: site.rule,
        starvationMinutes: site.starvationMinutes,
        earlyMinutes: site.appointments.earlyMinutes,
        targetMinutes: (id) => targets.get(id) ?? 20,
      },
    };
    known.set(site, facts);
  }
  return facts;
}

const NO_SKILLS: ReadonlySet<string> = new Set();

export function reachOf(state: HallState, site: Site, counterId: string): Reach {
  return {
    services: knownOf(site).skills.get(counterId) ?? NO_SKILLS,
    counterId,
    officerId: state.counter(counterId).officerId,
  };
}

export const contextOf = (site: Site): RuleContext => knownOf(site).context;

const reaches = (reach: Reach, line: Line): boolean =>
  line.addressee === ''
    ? reach.services.has(line.serviceId)
    : line.addressee === `c:${reach.counterId}` || line.addressee === `p:${reach.officerId}`;

/** The next `count` tickets that this counter would call, in order, if nobody else called. */
export function upcoming(state: HallState, context: RuleContext, reach: Reach, now: number, count: number): Ticket[] {
  const lines = [...state.lines.values()].filter((line) => line.tickets.length > 0 && reaches(reach, line));
  const taken = lines.map(() => 0);
  const result: Ticket[] = [];
  while (result.length < count) {
    const heads = lines.flatMap((line, i) => (taken[i]! < line.tickets.length ? [line.tickets[taken[i]!]!] : []));
    const next = choose(heads, context, now);
    if (!next) break;
    result.push(next);
    const from = lines.findIndex((line, i) => line.tickets[taken[i]!] === next);
    taken[from]! += 1;
  }
  return result;
}

export function firstFor(state: HallState, context: RuleContext, reach: Reach, now: number): Ticket | undefined {
  const heads: Ticket[] = [];
  for (const line of state.lines.values()) {
    const head = line.tickets[0];
    if (head && reaches(reach, line)) heads.push(head);
  }
  return choose(heads, context, now);
}

export function waitingFor(state: HallState, reach: Reach): number {
  let n = 0;
  for (const line of state.lines.values()) if (reaches(reach, line)) n += line.tickets.length;
  return n;
}

export function* waitingTickets(state: HallState): Generator<Ticket> {
  for (const line of state.lines.values()) yield* line.tickets;
}
