import type { LogEntry } from './types.ts';

/**
 * `json`, not `jsonb`: the text stays as it was hashed. Nothing here is a row that every command writes anew: a backup reads
 * for minutes, nobody may sweep old versions away meanwhile, and each command would wade through more of them.
 */
export const SCHEMA = `
  -- kept by the first release, and written by every command
  drop table if exists queue_head, queue_piece, queue_seat;
  -- its row is locked, never changed: what stands last in the log is the head
  create table if not exists queue_hall (site text primary key);
  create table if not exists queue_ticket (
    id text primary key, site text not null, day text not null, series text not null, number integer not null,
    service text not null, state text not null, issued_at bigint not null, earlier boolean not null, doc json not null,
    unique (site, day, series, number)
  ) with (fillfactor = 60);
  create index if not exists queue_earlier on queue_ticket (site) where earlier;
  -- whom each counter holds; only ever changed from what the hub believes stands here
  create table if not exists queue_place (site text not null, counter text not null, ticket text, primary key (site, counter)) with (fillfactor = 20);
  -- everything but the tickets as it was after entry seq, so that a hub that starts need not fold the whole log
  create table if not exists queue_fold (site text primary key, seq bigint not null, pieces json not null);
  create table if not exists queue_log (
    site text not null, seq bigint not null, at bigint not null, day text not null, action text not null, device text not null,
    officer text, counter text, ticket text, from_state text, to_state text, body json not null, hash text not null,
    primary key (site, seq)
  );
  create index if not exists queue_log_calls on queue_log (site, seq) where action in ('call', 'pick', 'call-back', 'recall', 'undo', 'day');
  create or replace function queue_log_append_only() returns trigger language plpgsql as
    $$ begin raise exception 'the queue log is append-only'; end $$;
  create or replace trigger queue_log_append_only before update or delete or truncate on queue_log
    for each statement execute function queue_log_append_only();
  create table if not exists queue_command (site text not null, id text not null, kind text not null, at bigint not null, answer json not null, primary key (id, site));
  create index if not exists queue_command_at on queue_command using brin (at);
  create or replace view queue_estimate as select site, day, series, number, service,
    (doc->'estimate'->>'low')::float8 as low, (doc->'estimate'->>'mid')::float8 as mid, (doc->'estimate'->>'high')::float8 as high,
    ((doc->>'firstCalledAt')::float8 - (doc->>'since')::float8) / 60000 as waited
    from queue_ticket where doc->'estimate'->>'mid' is not null;
`;
export interface LogRow {
  seq: number;
  at: number;
  day: string;
  action: string;
  device: string;
  officer: string | null;
  counter: string | null;
  ticket: string | null;
  from_state: LogEntry['from'];
  to_state: LogEntry['to'];
  body: [LogEntry['ticket'], LogEntry['pieces']];
  hash: string;
}

export const fromRow = ({
  seq,
  at,
  day,
  action,
  device,
  officer,
  counter,
  ticket,
  from_state,
  to_state,
  body,
  hash,
}: LogRow): LogEntry => ({
  seq,
  at,
  day,
  action,
  device,
  officer,
  counterId: counter,
  ticketId: ticket,
  from: from_state,
  to: to_state,
  ticket: body[0],
  pieces: body[1],
  hash,
});

export const toRow = (e: LogEntry): LogRow => ({
  seq: e.seq,
  at: e.at,
  day: e.day,
  action: e.action,
  device: e.device,
  officer: e.officer,
  counter: e.counterId,
  ticket: e.ticketId,
  from_state: e.from,
  to_state: e.to,
  body: [e.ticket, e.pieces],
  hash: e.hash,
});

export const json = (value: unknown): string => JSON.stringify(value);

/** What a list of promises gives. */
export type Results<T extends readonly PromiseLike<unknown>[]> = { -readonly [K in keyof T]: Awaited<T[K]> };

/**
 * Waits for all, then throws the first error: nothing may still be on the wire when the connection is given back. Then lets
 * go of what was sent: postgres.js 3.4.9 chains its queries, so that the texts of all would outlive many collections of
 * garbage and make each of them long.
 */
export async function settled<T extends readonly PromiseLike<unknown>[]>(work: T): Promise<Results<T>> {
  const results = await Promise.allSettled(work);
  for (const query of work) for (const sent of ['args', 'parameters']) Reflect.set(query, sent, []);
  for (const r of results) if (r.status === 'rejected') throw r.reason;
  return results.map((r) => (r as PromiseFulfilledResult<unknown>).value) as Results<T>;
}

const AWAY = new Set([
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
  'CONNECT_TIMEOUT',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
]);
/** Server going down or coming up (57P0x), connection trouble (08xxx), our own session timeout, deadlock: worth another try. */
export function isAway(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return AWAY.has(code) || /^(57P0\d|08\w{3}|25P03|40P01|40001|53300)$/.test(code);
}
