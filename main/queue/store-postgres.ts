import { createHash } from 'node:crypto';
import postgres from 'postgres';
import type { Clock } from '../store/index.ts';
import { decide } from './decide.ts';
import { commandKind, type Outcome, type QueueStore } from './port.ts';
import { no } from './refusals.ts';
import { isActive, isClosed } from './rules.ts';
import type { Site } from './site.ts';
import { CALL_ACTIONS, CALLS_KEPT, HallState } from './state.ts';
import type { Answer, LogEntry, QueueCommand, Ticket } from './types.ts';
import { Witness } from './witness.ts';

/** `json`, not `jsonb`: the text stays as it was hashed. */
const SCHEMA = `
  create table if not exists queue_head (site text primary key, seq bigint not null, hash text not null);
  create table if not exists queue_ticket (
    id text primary key, site text not null, day text not null, series text not null, number integer not null,
    service text not null, state text not null, issued_at bigint not null, earlier boolean not null, doc json not null,
    unique (site, day, series, number)
  ) with (fillfactor = 60);
  create index if not exists queue_earlier on queue_ticket (site) where earlier;
  create table if not exists queue_seat (site text not null, counter text not null, ticket text not null unique, primary key (site, counter));
  create table if not exists queue_piece (site text not null, key text not null, doc json not null, primary key (site, key));
  create table if not exists queue_log (
    site text not null, seq bigint not null, at bigint not null, day text not null, action text not null, device text not null,
    officer text, counter text, ticket text, from_state text, to_state text, body json not null, hash text not null,
    primary key (site, seq)
  );
  create index if not exists queue_log_calls on queue_log (site, seq) where action in ('call', 'pick', 'call-back', 'recall', 'undo', 'day');
  create or replace rule queue_log_no_update as on update to queue_log do instead nothing;
  create or replace rule queue_log_no_delete as on delete to queue_log do instead nothing;
  create table if not exists queue_command (site text not null, id text not null, kind text not null, at bigint not null, answer json not null, primary key (id, site));
  create index if not exists queue_command_at on queue_command using brin (at);
  create or replace view queue_estimate as select site, day, series, number, service,
    (doc->'estimate'->>'low')::float8 as low, (doc->'estimate'->>'mid')::float8 as mid, (doc->'estimate'->>'high')::float8 as high,
    ((doc->>'firstCalledAt')::float8 - (doc->>'since')::float8) / 60000 as waited
    from queue_ticket where doc->'estimate'->>'mid' is not null;
`;
/** Several hubs start at once: one of them makes the tables. Any number that nobody else uses. */
const SCHEMA_LOCK = 7_190_231;

interface Job {
  readonly command: QueueCommand;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

interface LogRow {
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

const fromRow = ({ seq, at, day, action, device, officer, counter, ticket, from_state, to_state, body, hash }: LogRow): LogEntry => ({
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

const toRow = (e: LogEntry): LogRow => ({
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

export interface PostgresOptions {
  readonly url: string;
  readonly site: Site;
  readonly clock: Clock;
  readonly witness?: string;
  /** How long a command waits for a database that is away before it fails. Default 30 s. */
  readonly patienceMs?: number;
  readonly onError?: (error: unknown) => void;
}

type Sql = ReturnType<typeof connect>;

/** Commands in one transaction, at most. */
const BATCH = 256;
const COMMANDS_KEPT_MS = 7 * 86_400_000;

function connect(url: string) {
  return postgres(url, {
    max: 3,
    connect_timeout: 5,
    backoff: (tries) => Math.min(1, 0.05 * 2 ** tries),
    onnotice: () => {},
    // a hub that dies in mid-transaction must not hold the hall for long
    // every query here goes by a key, but plans are kept from when the tables were empty: never scan
    connection: {
      enable_seqscan: 'off',
      application_name: 'quay-queue',
      idle_in_transaction_session_timeout: 5000,
      statement_timeout: 15_000,
    },
    types: { number: { to: 20, from: [20], parse: Number, serialize: String } },
  });
}

/**
 * The queue in PostgreSQL, for halls that outgrow one machine: any number of hubs, any of which may die. The row lock on the
 * site's head puts all hubs' commands into one order; each hub first catches up with what the others wrote, then decides.
 * Commands that arrive meanwhile share the next transaction. NOTIFY carries the sequence number and nothing else.
 */
export async function postgresQueueStore(options: PostgresOptions): Promise<QueueStore> {
  const { site } = options;
  const onError = options.onError ?? ((error: unknown) => console.error('queue: postgres', error));
  let closed = false;
  const sql = connect(options.url);
  const channel = `quay_queue_${createHash('sha256').update(site.id).digest('hex').slice(0, 16)}`;
  const listeners = new Set<(entries: readonly LogEntry[]) => void>();
  const witness = options.witness === undefined ? undefined : new Witness(options.witness);
  const series = site.services.map((s) => s.series);
  let state = new HallState();
  const jobs: Job[] = [];
  const patience = options.patienceMs ?? 30_000;
  /** Set when `state` may hold steps that were not committed. */
  let stale = false;
  let told = 0;
  /** One thing at a time: a batch, or catching up. */
  let turn: Promise<void> = Promise.resolve();

  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${SCHEMA_LOCK})`;
    await tx.unsafe(SCHEMA);
    await tx`insert into queue_head (site, seq, hash) values (${site.id}, 0, ${state.hash}) on conflict do nothing`;
  });

  const load = async (): Promise<HallState> => {
    const fresh = new HallState();
    await sql.begin('isolation level repeatable read read only', async (tx) => {
      const [head] = await tx<{ seq: number; hash: string }[]>`select seq, hash from queue_head where site = ${site.id}`;
      for (const row of await tx<{ key: string; doc: unknown }[]>`select key, doc from queue_piece where site = ${site.id}`)
        fresh.loadPiece(row.key, row.doc);
      const tickets = await tx<
        { doc: Ticket }[]
      >`select doc from queue_ticket where site = ${site.id} and (earlier or day = ${fresh.hall.day})`;
      for (const { doc } of tickets) if (fresh.keeps(doc)) fresh.load(doc);
      const calls = await tx<
        LogRow[]
      >`select * from queue_log where site = ${site.id} and action in ${tx(CALL_ACTIONS as string[])} order by seq desc limit ${CALLS_KEPT * 2}`;
      for (const row of [...calls].reverse()) fresh.hear(fromRow(row));
      fresh.seq = head!.seq;
      fresh.hash = head!.hash;
    });
    return fresh;
  };

  const catchUp = (rows: readonly LogRow[]): LogEntry[] => {
    const entries = rows.filter((r) => r.seq > state.seq).map(fromRow);
    for (const entry of entries) state.apply(entry);
    state.dirtyTickets.clear();
    state.dirtyPieces.clear();
    return entries;
  };

  /** One transaction for the whole batch, two round trips: lock and catch up; write and commit. */
  const commit = async (commands: readonly QueueCommand[]): Promise<{ outcomes: Outcome[]; entries: LogEntry[] }> => {
    const db = await sql.reserve();
    let finished = false;
    try {
      const ids = commands.map((c) => c.id).filter((id) => id !== '');
      const [, , knownRows, news] = await settled([
        db`begin`,
        db`select seq from queue_head where site = ${site.id} for update`,
        db<
          { id: string; kind: string; answer: Answer }[]
        >`select id, kind, answer from queue_command where id = any(${ids}) and site = ${site.id}`,
        db<LogRow[]>`select * from queue_log where site = ${site.id} and seq > ${state.seq} order by seq`,
      ] as const);
      const theirs = catchUp(news);
      const known = new Map(knownRows.map((r) => [r.id, { kind: r.kind, answer: r.answer }]));
      const entries: LogEntry[] = [];
      const remembered: { id: string; kind: string; at: number; answer: unknown }[] = [];
      const outcomes = commands.map((command): Outcome => {
        const before = known.get(command.id);
        if (before) return { answer: before.kind === commandKind(command) ? before.answer : no.commandReused(), repeated: true };
        const { result, entries: steps } = decide(state, site, command);
        entries.push(...steps);
        if (command.id !== '') {
          const kind = commandKind(command);
          // as it will be read back, so that the first answer and the repeated one are equal
          known.set(command.id, { kind, answer: result as Answer });
          remembered.push({ id: command.id, kind, at: command.at, answer: result });
        }
        return { answer: result, repeated: false };
      });
      await settled([...write(db, entries, remembered), db`commit`]);
      finished = true;
      return { outcomes, entries: [...theirs, ...entries] };
    } finally {
      if (!finished) await db`rollback`.catch(() => {});
      db.release();
    }
  };

  const write = (db: Awaited<ReturnType<Sql['reserve']>>, entries: readonly LogEntry[], remembered: readonly object[]) => {
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
      work.push(db`delete from queue_seat where ticket = any(${tickets.map((t) => t.id)})`);
      work.push(db`insert into queue_ticket (site, id, day, series, number, service, state, issued_at, earlier, doc)
        select ${site.id}, x.* from json_to_recordset(${json(rows)}::text::json)
        as x(id text, day text, series text, number integer, service text, state text, issued_at bigint, earlier boolean, doc json)
        on conflict (id) do update set service = excluded.service, state = excluded.state, earlier = excluded.earlier, doc = excluded.doc`);
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
  };

  /** Tells the listeners everything up to `state.seq` that they have not heard; what we do not hold in hand is read from the log. */
  const tell = async (inHand: readonly LogEntry[]): Promise<void> => {
    let entries = inHand.filter((e) => e.seq > told);
    if (entries.length !== state.seq - told) {
      entries = (
        await sql<LogRow[]>`select * from queue_log where site = ${site.id} and seq > ${told} and seq <= ${state.seq} order by seq`
      ).map(fromRow);
    }
    if (entries.length === 0) return;
    told = entries.at(-1)!.seq;
    for (const listener of listeners) {
      try {
        listener(entries);
      } catch (error) {
        onError(error);
      }
    }
  };

  /** Tries again while the database is away. A commit whose answer got lost is found by its command id: still one effect. */
  const persist = async (commands: readonly QueueCommand[]): ReturnType<typeof commit> => {
    const since = performance.now();
    for (let tries = 0; ; tries += 1) {
      try {
        if (stale) {
          state = await load();
          stale = false;
        }
        return await commit(commands);
      } catch (error) {
        stale = true;
        if (closed || !isAway(error) || performance.now() - since > patience) throw error;
        await new Promise((resolve) => setTimeout(resolve, Math.min(500, 20 * 2 ** tries)));
      }
    }
  };

  const flush = async (): Promise<void> => {
    const batch = jobs.splice(0, BATCH);
    if (batch.length === 0) return;
    const groups = [batch];
    for (let group = groups.shift(); group; group = groups.shift()) {
      try {
        const { outcomes, entries } = await persist(group.map((job) => job.command));
        if (witness && entries.length > 0) witness.note(state, series);
        group.forEach((job, i) => job.resolve(outcomes[i]!));
        await tell(entries).catch(onError);
      } catch (error) {
        // one command spoils the batch: each on its own, so that only the culprit fails
        if (group.length === 1 || isAway(error)) for (const job of group) job.reject(error);
        else groups.push(...group.map((job) => [job]));
      }
    }
    if (jobs.length > 0) void inTurn(flush);
  };

  const refresh = (): Promise<void> =>
    inTurn(async () => {
      if (stale) state = await load();
      stale = false;
      const rows = await sql<LogRow[]>`select * from queue_log where site = ${site.id} and seq > ${state.seq} order by seq`;
      await tell(catchUp(rows));
    });

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  };

  state = await load();
  told = state.seq;
  const missing = witness?.missing(state);
  if (missing) {
    await persist([
      {
        do: 'floor',
        id: '',
        at: options.clock.now(),
        actor: { deviceId: 'hub', officerId: null, officerName: null },
        day: missing.day,
        marks: missing.marks,
      },
    ]);
    told = state.seq;
  }
  // also called when the connection comes back: whatever was notified meanwhile is read from the log
  const listening = await sql.listen(
    channel,
    (seq) => {
      if (Number(seq) > state.seq) refresh().catch(onError);
    },
    () => void refresh().catch(onError),
  );

  return {
    site,
    get state() {
      return state;
    },
    run(command) {
      return new Promise<Outcome>((resolve, reject) => {
        if (closed) return reject(new Error('the queue is closed'));
        jobs.push({ command, resolve, reject });
        if (jobs.length === 1) void inTurn(flush);
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    log: async (after, limit = 1000) =>
      (await sql<LogRow[]>`select * from queue_log where site = ${site.id} and seq > ${after} order by seq limit ${limit}`).map(fromRow),
    refresh,
    /** Command ids are kept for a week. Hubs that tidy at the same time skip each other's rows instead of waiting for them. */
    async tidy(now) {
      const old = now - COMMANDS_KEPT_MS;
      await sql`delete from queue_command where (site, id) in (
        select site, id from queue_command where site = ${site.id} and at < ${old} order by at limit 5000 for update skip locked)`;
    },
    async close() {
      if (closed) return;
      while (jobs.length > 0) await inTurn(flush);
      closed = true;
      await turn;
      listeners.clear();
      await listening.unlisten().catch(() => {});
      await sql.end({ timeout: 2 });
      witness?.close();
    },
  };
}

const json = (value: unknown): string => JSON.stringify(value);

/** Waits for all, then throws the first error: nothing may still be on the wire when the connection is given back. */
async function settled<T extends readonly PromiseLike<unknown>[]>(work: T): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const results = await Promise.allSettled(work);
  for (const r of results) if (r.status === 'rejected') throw r.reason;
  return results.map((r) => (r as PromiseFulfilledResult<unknown>).value) as { -readonly [K in keyof T]: Awaited<T[K]> };
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
function isAway(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  return AWAY.has(code) || /^(57P0\d|08\w{3}|25P03|40P01|40001|53300)$/.test(code);
}
