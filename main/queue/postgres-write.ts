import type { Sql } from './postgres-link.ts';
import { json, toRow } from './postgres-rows.ts';
import { isActive, isClosed } from './rules.ts';
import type { Site } from './site.ts';
import type { HallState } from './state.ts';
import type { LogEntry } from './types.ts';

export type Reserved = Awaited<ReturnType<Sql['reserve']>>;

/** One batch of decided commands. */
export interface Batch {
  /** With the batch applied to it; its dirty tickets and pieces are what is written. */
  readonly state: HallState;
  readonly site: Site;
  /** Notified with the new log number and nothing else. */
  readonly channel: string;
  /** Tickets that have a row in `queue_seat`; kept up to date here. */
  readonly seated: Set<string>;
  readonly entries: readonly LogEntry[];
  /** Command ids with their answers. */
  readonly remembered: readonly object[];
  /** The last log number that the database had before this batch. */
  readonly committed: number;
}

/** Puts a batch on the wire, statement after statement, without waiting for any; the caller commits behind it. */
export function writeBatch(db: Reserved, { state, site, channel, seated, entries, remembered, committed }: Batch): PromiseLike<unknown>[] {
  const work: PromiseLike<unknown>[] = [];
  if (remembered.length > 0) {
    work.push(db`insert into queue_command (site, id, kind, at, answer)
        select ${site.id}, x.* from json_to_recordset(${json(remembered)}::text::json) as x(id text, kind text, at bigint, answer json)`);
  }
  if (entries.length === 0) return work;
  work.push(db`insert into queue_log (site, seq, at, day, action, device, officer, counter, ticket, from_state, to_state, body, hash)
      select ${site.id}, x.* from json_to_recordset(${json(entries.map(toRow))}::text::json)
      as x(seq bigint, at bigint, day text, action text, device text, officer text, counter text, ticket text, from_state text, to_state text, body json, hash text)`);
  const tickets = [...state.dirtyTickets.values()];
  if (tickets.length > 0) {
    const { day } = state.hall;
    const rows = tickets.map((t) => ({
      id: t.id,
      day: t.day,
      series: t.series,
      number: t.number,
      service: t.serviceId,
      state: t.state,
      issued_at: t.issuedAt,
      earlier: t.day !== day && !isClosed(t.state),
      doc: t,
    }));
    const seats = tickets.filter((t) => isActive(t.state)).map((t) => ({ counter: t.counterId, ticket: t.id }));
    // first let go, then hold: two counters may have swapped tickets within one batch
    const held = tickets.filter((t) => seated.has(t.id)).map((t) => t.id);
    if (held.length > 0) work.push(db`delete from queue_seat where ticket = any(${held})`);
    const [made, changed] = [rows.filter((r) => r.doc.seq > committed), rows.filter((r) => r.doc.seq <= committed)];
    if (made.length > 0)
      work.push(db`insert into queue_ticket (site, id, day, series, number, service, state, issued_at, earlier, doc)
          select ${site.id}, x.* from json_to_recordset(${json(made)}::text::json)
          as x(id text, day text, series text, number integer, service text, state text, issued_at bigint, earlier boolean, doc json)`);
    if (changed.length > 0)
      // a ticket without its row fails the whole batch (by a division by zero, because the commit is already on the wire)
      work.push(db`with done as (
            update queue_ticket t set service = x.service, state = x.state, earlier = x.earlier, doc = x.doc
            from json_to_recordset(${json(changed)}::text::json) as x(id text, service text, state text, earlier boolean, doc json)
            where t.id = x.id returning 1)
          select 1 / (count(*) = ${changed.length}::int)::int from done`);
    for (const id of held) seated.delete(id);
    for (const { ticket } of seats) seated.add(ticket);
    if (seats.length > 0)
      work.push(
        db`insert into queue_seat (site, counter, ticket) select ${site.id}, x.* from json_to_recordset(${json(seats)}::text::json) as x(counter text, ticket text)`,
      );
  }
  const pieces = [...state.dirtyPieces].map((key) => ({ key, doc: state.pieces.get(key) }));
  const kept = pieces.filter((p) => p.doc !== undefined);
  const gone = pieces.filter((p) => p.doc === undefined).map((p) => p.key);
  if (kept.length > 0) {
    work.push(db`insert into queue_piece (site, key, doc) select ${site.id}, x.* from json_to_recordset(${json(kept)}::text::json) as x(key text, doc json)
        on conflict (site, key) do update set doc = excluded.doc`);
  }
  if (gone.length > 0) work.push(db`delete from queue_piece where site = ${site.id} and key = any(${gone})`);
  work.push(db`update queue_head set seq = ${state.seq}, hash = ${state.hash} where site = ${site.id}`);
  work.push(db`select pg_notify(${channel}, ${String(state.seq)})`);
  state.dirtyTickets.clear();
  state.dirtyPieces.clear();
  return work;
}
