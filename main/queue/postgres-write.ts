import type { Sql } from './postgres-link.ts';
import { json, toRow } from './postgres-rows.ts';
import { isActive, isClosed } from './rules.ts';
import type { Site } from './site.ts';
import type { HallState } from './state.ts';
import type { LogEntry, Ticket } from './types.ts';

export type Reserved = Awaited<ReturnType<Sql['reserve']>>;

interface Move {
  readonly counter: string;
  readonly was: string | null;
  readonly now: string | null;
}

/** Whom each counter holds, as it stands in `queue_place`. */
export class Places {
  /** Never a second map by ticket that is added to and deleted from: V8 chains its outgrown tables. */
  private readonly held = new Map<string, string | null>();

  set(counter: string, ticket: string | null): void {
    this.held.set(counter, ticket);
  }

  /**
   * What must change after these tickets have.
   * @throws Error when two tickets would be at one counter: a programmer's mistake that must not reach the database
   */
  moves(changed: ReadonlyMap<string, Ticket>): Move[] {
    const next = new Map<string, string | null>();
    // first let go, then hold: two counters may have swapped tickets within one batch
    for (const [counter, ticket] of this.held) if (ticket !== null && changed.has(ticket)) next.set(counter, null);
    for (const { id, state, counterId } of changed.values()) {
      if (!isActive(state) || counterId === null) continue;
      const other = next.get(counterId) ?? (next.has(counterId) ? null : this.held.get(counterId));
      if (other !== undefined && other !== null) throw new Error(`queue: ${id} and ${other} at counter ${counterId}`);
      next.set(counterId, id);
    }
    const moves: Move[] = [];
    for (const [counter, now] of next) {
      const was = this.held.get(counter) ?? null;
      if (was !== now) moves.push({ counter, was, now });
    }
    for (const { counter, now } of moves) this.held.set(counter, now);
    return moves;
  }
}

/** One batch of decided commands. */
export interface Batch {
  /** With the batch applied to it; its dirty tickets are what is written. */
  readonly state: HallState;
  readonly site: Site;
  /** Notified with the new log number and nothing else. */
  readonly channel: string;
  /** Kept up to date here. */
  readonly places: Places;
  readonly entries: readonly LogEntry[];
  /** Command ids with their answers. */
  readonly remembered: readonly object[];
  /** The last log number that the database had before this batch. */
  readonly committed: number;
}

/**
 * The whole batch as one statement, so that the server answers once. It fails as a whole (by a division by zero, because
 * the commit is already on the wire) when a ticket has no row or a counter does not hold whom we believe it holds.
 */
export function writeBatch(db: Reserved, { state, site, channel, places, entries, remembered, committed }: Batch): PromiseLike<unknown>[] {
  if (entries.length === 0 && remembered.length === 0) return [];
  const { day } = state.hall;
  const made: object[] = [];
  const changed: object[] = [];
  for (const t of state.dirtyTickets.values()) {
    const earlier = t.day !== day && !isClosed(t.state);
    const now = { id: t.id, service: t.serviceId, state: t.state, earlier, doc: t };
    if (t.seq > committed) made.push({ ...now, day: t.day, series: t.series, number: t.number, issued_at: t.issuedAt });
    else changed.push(now);
  }
  const moves = places.moves(state.dirtyTickets);
  state.written();
  return [
    db`with remembered as (
        insert into queue_command (site, id, kind, at, answer)
        select ${site.id}, x.* from json_to_recordset(${json(remembered)}::text::json) as x(id text, kind text, at bigint, answer json)
      ), logged as (
        insert into queue_log (site, seq, at, day, action, device, officer, counter, ticket, from_state, to_state, body, hash)
        select ${site.id}, x.* from json_to_recordset(${json(entries.map(toRow))}::text::json)
        as x(seq bigint, at bigint, day text, action text, device text, officer text, counter text, ticket text, from_state text, to_state text, body json, hash text)
      ), made as (
        insert into queue_ticket (site, id, day, series, number, service, state, issued_at, earlier, doc)
        select ${site.id}, x.* from json_to_recordset(${json(made)}::text::json)
        as x(id text, day text, series text, number integer, service text, state text, issued_at bigint, earlier boolean, doc json)
      ), changed as (
        update queue_ticket t set service = x.service, state = x.state, earlier = x.earlier, doc = x.doc
        from json_to_recordset(${json(changed)}::text::json) as x(id text, service text, state text, earlier boolean, doc json)
        where t.id = x.id returning 1
      ), moved as (
        update queue_place p set ticket = x.now
        from json_to_recordset(${json(moves)}::text::json) as x(counter text, was text, now text)
        where p.site = ${site.id} and p.counter = x.counter and p.ticket is not distinct from x.was returning 1
      )
      select 1 / ((select count(*) from changed) = ${changed.length}::int and (select count(*) from moved) = ${moves.length}::int)::int,
        case when ${entries.length}::int > 0 then pg_notify(${channel}, ${String(state.seq)}) end`,
  ];
}
