import { choose, isActive, isWaiting, type RuleContext } from '../../../main/queue/rules.ts';
import type { Site } from '../../../main/queue/site.ts';
import { businessDay, fromVietnam } from '../../../main/store/index.ts';
import { chain, contextOf, GENESIS, type HallState } from '../../../main/queue/state.ts';
import type { LogEntry, Ticket } from '../../../main/queue/types.ts';

const FIXED = ['id', 'day', 'series', 'number', 'seq', 'issuedAt', 'since', 'press', 'appointmentAt'] as const;

/**
 * Watches the log from outside and keeps its own, plain picture of the hall: no lines, no pieces, no cleverness of the
 * production code except the rule's formula. Each entry is held against the invariants I1 to I5 and I11 to I13 of the reference.
 */
export class Checker {
  readonly violations: string[] = [];
  /** I1: everything that ever stood on paper or in a log, over restores: number -> press. */
  readonly numbers = new Map<string, string>();
  private tickets = new Map<string, Ticket>();
  private waiting = new Map<string, Ticket>();
  private atCounter = new Map<string, string>();
  private seats = new Map<string, { officerId: string | null }>();
  /** I8: tickets that were put on paper since the last look, and those that the log issued. */
  private readonly printed = new Map<string, string>();
  private readonly rows = new Set<string>();
  private seq = 0;
  private hash = GENESIS;
  private day = '';
  private readonly site: Site;
  private readonly context: RuleContext;
  calls = 0;
  issued = 0;

  constructor(site: Site) {
    this.site = site;
    this.context = contextOf(site);
  }

  fail(invariant: string, what: string): void {
    if (this.violations.length < 100) this.violations.push(`${invariant}: ${what}`);
  }

  /** A number was put on paper: by the hub after its commit (then `ticketId` is known), or by a kiosk alone. */
  paper(day: string, text: string, press: string, ticketId?: string): void {
    const key = `${day} ${text}`;
    const before = this.numbers.get(key);
    if (before !== undefined && before !== press) this.fail('I1', `${key} given to ${before} and ${press}`);
    this.numbers.set(key, press);
    if (ticketId !== undefined) this.printed.set(ticketId, key);
  }

  /**
   * I8: every paper has a row; every row that wants a paper has it, or stands on the list of the unprinted.
   * @param before papers of tickets issued later may still be on their way
   */
  papers(state: HallState, before: number): void {
    for (const [id, text] of this.printed) if (!this.rows.has(id)) this.fail('I8', `there is a paper of ${text} and no row`);
    this.printed.clear();
    this.rows.clear();
    for (const t of state.tickets.values()) {
      if (t.print === 'queued' && t.issuedAt < before) this.fail('I8', `${t.series}${t.number} waits for its paper and nobody knows`);
      const owed = (t.print === 'failed' || t.print === 'unknown') && isWaiting(t.state);
      if (owed && !state.aside.has(t.id)) this.fail('I8', `${t.series}${t.number} has no paper and is on no list`);
    }
  }

  /** What is known now; for the day on which the hall goes back to it. */
  save() {
    const { tickets, waiting, atCounter, seats, seq, hash, day } = this;
    return {
      tickets: new Map(tickets),
      waiting: new Map(waiting),
      atCounter: new Map(atCounter),
      seats: new Map(seats),
      seq,
      hash,
      day,
    };
  }

  /** A backup was put back: the hall goes on from an older log; what was given on paper since stays given. */
  goBack(saved: ReturnType<Checker['save']>): void {
    Object.assign(this, saved);
    this.rows.clear();
    this.printed.clear();
  }

  get lastSeq(): number {
    return this.seq;
  }

  hear(entry: LogEntry): void {
    if (entry.seq !== this.seq + 1) return this.fail('I13', `entry ${entry.seq} after ${this.seq}`);
    this.seq = entry.seq;
    if (entry.hash !== chain(this.hash, entry)) this.fail('I13', `chain broken at ${entry.seq}`);
    this.hash = entry.hash;
    if (entry.device === '' || !Number.isFinite(entry.at)) this.fail('I13', `entry ${entry.seq} does not say who or when`);
    if (entry.day < this.day) this.fail('I12', `day went back from ${this.day} to ${entry.day} at ${entry.seq}`);
    this.day = entry.day;
    for (const [key, value] of Object.entries(entry.pieces ?? {})) {
      if (key.startsWith('counter:'))
        this.seats.set(key.slice(8), value === null ? { officerId: null } : (value as { officerId: string | null }));
    }
    if (entry.ticketId === null) return;
    if (entry.action === 'issue') this.issue(entry);
    else this.change(entry, entry.ticketId);
  }

  private issue(entry: LogEntry): void {
    const ticket = entry.ticket as Ticket;
    this.issued += 1;
    this.rows.add(ticket.id);
    if (this.tickets.has(ticket.id)) this.fail('I2', `ticket ${ticket.id} issued twice`);
    this.paper(ticket.day, `${ticket.series}${ticket.number}`, ticket.press);
    this.put(ticket);
  }

  private change(entry: LogEntry, id: string): void {
    const before = this.tickets.get(id);
    if (!before) return this.fail('I2', `${entry.action} of the unknown ticket ${id}`);
    if (before.state !== entry.from)
      this.fail('I2', `${entry.action} at ${entry.seq}: log says from ${entry.from}, it was ${before.state}`);
    for (const field of FIXED) {
      const value = entry.ticket?.[field];
      if (value !== undefined && value !== before[field]) this.fail('I11', `${entry.action} changed ${field} of ${id}`);
    }
    if (entry.action === 'call') this.order(entry, before);
    const after: Ticket = { ...before, ...entry.ticket };
    if (after.state !== entry.to) this.fail('I2', `${entry.action} at ${entry.seq} says ${entry.to}, the ticket says ${after.state}`);
    if (isActive(before.state) && before.counterId !== null && this.atCounter.get(before.counterId) === id)
      this.atCounter.delete(before.counterId);
    if (isActive(after.state)) {
      const counter = after.counterId;
      const other = counter === null ? undefined : this.atCounter.get(counter);
      if (counter === null) this.fail('I3', `${id} is ${after.state} at no counter`);
      else if (other !== undefined && other !== id) this.fail('I3', `counter ${counter} holds ${other} and ${id}`);
      else this.atCounter.set(counter, id);
    }
    this.put(after);
  }

  private put(ticket: Ticket): void {
    this.tickets.set(ticket.id, ticket);
    if (isWaiting(ticket.state)) this.waiting.set(ticket.id, ticket);
    else this.waiting.delete(ticket.id);
  }

  /** I4: the greatest score on the committed log. I5: nobody starves, and the head start bounds every overtaking. */
  private order(entry: LogEntry, called: Ticket): void {
    this.calls += 1;
    const counterId = entry.counterId!;
    const services = new Set(this.site.counters.find((c) => c.id === counterId)?.services);
    const officer = this.seats.get(counterId)?.officerId ?? null;
    const mine: Ticket[] = [];
    for (const t of this.waiting.values()) {
      const { target } = t;
      const reach =
        target?.to === 'counter'
          ? target.counterId === counterId
          : target?.to === 'person'
            ? target.officerId === officer
            : services.has(t.serviceId);
      if (reach) mine.push(t);
    }
    const best = choose(mine, this.context, entry.at);
    if (best?.id !== called.id)
      this.fail(
        'I4',
        `counter ${counterId} called ${called.series}${called.number} at ${entry.seq}; ${best?.series}${best?.number} was first`,
      );
    const guard = this.context.starvationMinutes * 60_000;
    const starving = mine.filter((t) => entry.at - t.since > guard);
    if (starving.length > 0 && entry.at - called.since <= guard)
      this.fail('I5', `${starving[0]!.series}${starving[0]!.number} starves at ${entry.seq}`);
    const { rule } = this.context;
    if (rule.kind !== 'head-start') return;
    const head = Math.max(rule.priorityMinutes, rule.appointmentMinutes) * 60_000;
    for (const t of mine) {
      const early = t.appointmentAt !== null && entry.at < t.since - this.context.earlyMinutes * 60_000;
      if (!early && called.since - t.since > head)
        this.fail('I5', `${called.series}${called.number} overtook ${t.series}${t.number} by more than the head start`);
    }
  }

  /** I2 and I10: what the store has is what the log says, ticket by ticket. */
  compare(stored: Iterable<Ticket>): void {
    let open = 0;
    for (const t of stored) {
      const mine = this.tickets.get(t.id);
      if (!mine) this.fail('I2', `the store has ${t.id}, the log does not`);
      else if (mine.state !== t.state || mine.counterId !== t.counterId || mine.serviceId !== t.serviceId || mine.changed !== t.changed)
        this.fail('I2', `${t.id} is ${t.state} in the store, ${mine.state} in the log`);
      if (isWaiting(t.state) || isActive(t.state)) open += 1;
    }
    let mine = 0;
    for (const t of this.tickets.values()) if (isWaiting(t.state) || isActive(t.state)) mine += 1;
    if (mine !== open) this.fail('I2', `${mine} open tickets in the log, ${open} in the store`);
  }

  /** Lets go of what cannot change any more, so that a long run stays small. */
  forget(keep: (t: Ticket) => boolean): void {
    for (const t of this.tickets.values()) if (!keep(t)) this.tickets.delete(t.id);
    // days never go back, so numbers of long ago cannot come again
    if (this.numbers.size < 50_000) return;
    const old = businessDay(fromVietnam(this.day) - 14 * 86_400_000);
    for (const key of this.numbers.keys()) if (key < old) this.numbers.delete(key);
  }
}
