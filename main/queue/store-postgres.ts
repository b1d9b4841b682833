import { createHash } from 'node:crypto';
import type { Clock } from '../store/index.ts';
import { decide } from './decide.ts';
import { fromRow, isAway, json, SCHEMA, settled, type LogRow, type Results } from './postgres-rows.ts';
import { Link, type Sql } from './postgres-link.ts';
import { Places, writeBatch, type Reserved } from './postgres-write.ts';
import { commandKind, HallAway, type Outcome, type QueueStore, ratedOf } from './port.ts';
import { no } from './refusals.ts';
import type { Site } from './site.ts';
import { CALL_ACTIONS, CALLS_KEPT, HallState } from './state.ts';
import type { Answer, LogEntry, QueueCommand, Ticket } from './types.ts';
import { Witness } from './witness.ts';

/** Several hubs start at once: one of them makes the tables. Any number that nobody else uses. */
const SCHEMA_LOCK = 7_190_231;

interface Job {
  readonly command: QueueCommand;
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

export interface PostgresOptions {
  readonly url: string;
  readonly site: Site;
  readonly clock: Clock;
  readonly witness?: string;
  /** How long a command waits for a database that is away before it fails. Default 30 s. */
  readonly patienceMs?: number;
  readonly onError?: (error: unknown) => void;
}

export interface PostgresQueueStore extends QueueStore {
  /** The database's time by the hub's own clock: several hubs share one time, whatever their machines think. */
  readonly clock: Clock;
}

/** Commands in one transaction, at most. */
const BATCH = 256;
const COMMANDS_KEPT_MS = 7 * 86_400_000;
/** A hub that starts folds so many entries, or a few more. */
const FOLD_EVERY = 1000;

/**
 * The queue in PostgreSQL, for halls that outgrow one machine: any number of hubs, any of which may die. The row lock on the
 * site's hall puts all hubs' commands into one order; each hub first catches up with what the others wrote, then decides.
 * Should the lock ever fail, the log's key (site, seq) still lets one of two histories in. Commands that arrive meanwhile share the next transaction. NOTIFY carries the sequence number and nothing else.
 */
export async function postgresQueueStore(options: PostgresOptions): Promise<PostgresQueueStore> {
  const { site } = options;
  const onError = options.onError ?? ((error: unknown) => console.error('queue: postgres', error));
  let closed = false;
  /** The one that writes, the one that reads, the one that listens. */
  const [writer, reader, ears] = [new Link(options.url), new Link(options.url), new Link(options.url)];
  const reading = <T>(work: (sql: Sql) => PromiseLike<T>): Promise<T> => reader.use(work);
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

  /** A transaction in one round trip. */
  const together = <T extends readonly PromiseLike<unknown>[]>(link: Link, work: (db: Reserved) => T): Promise<Results<T>> =>
    link.use(async (sql) => {
      const db = await sql.reserve();
      const results = await settled(work(db));
      db.release();
      return results;
    });

  const prepare = () =>
    together(writer, (db) => [
      db`begin`,
      db`select pg_advisory_xact_lock(${SCHEMA_LOCK})`,
      db.unsafe(SCHEMA),
      db`insert into queue_hall (site) values (${site.id}) on conflict do nothing`,
      db`insert into queue_place (site, counter) select ${site.id}, unnest(${site.counters.map((c) => c.id)}::text[]) on conflict do nothing`,
      db`commit`,
    ]);
  // after a power cut the hub is often up before the database
  for (const since = performance.now(); ;) {
    try {
      await prepare();
      break;
    } catch (error) {
      if (!isAway(error)) throw error;
      if (performance.now() - since > patience) throw new HallAway(error);
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }

  let places = new Places();
  /** Up to here the pieces are known to be folded in the database. */
  let folded = 0;
  const load = (): Promise<HallState> =>
    reader.use(async (sql) => {
      const db = await sql.reserve();
      const fresh = new HallState();
      const [, [fold], later, [head], held] = await settled([
        db`begin isolation level repeatable read read only`,
        db<{ seq: number; pieces: Record<string, unknown> }[]>`select seq, pieces from queue_fold where site = ${site.id}`,
        db<{ pieces: LogEntry['pieces'] }[]>`select body->1 as pieces from queue_log where site = ${site.id}
          and seq > coalesce((select seq from queue_fold where site = ${site.id}), 0) order by seq`,
        db<{ seq: number; hash: string }[]>`select seq, hash from queue_log where site = ${site.id} order by seq desc limit 1`,
        db<{ counter: string; ticket: string | null }[]>`select counter, ticket from queue_place where site = ${site.id}`,
      ] as const);
      for (const pieces of [fold?.pieces ?? {}, ...later.map((row) => row.pieces ?? {})]) fresh.loadPieces(pieces);
      const [tickets, calls] = await settled([
        db<{ doc: Ticket }[]>`select doc from queue_ticket where site = ${site.id} and (earlier or day = ${fresh.hall.day})`,
        db<
          LogRow[]
        >`select * from queue_log where site = ${site.id} and action = any(${CALL_ACTIONS as string[]}) order by seq desc limit ${CALLS_KEPT * 2}`,
        db`commit`,
      ] as const);
      db.release();
      for (const { doc } of tickets) if (fresh.keeps(doc)) fresh.load(doc);
      for (const row of calls.toReversed()) fresh.hear(fromRow(row));
      if (head) [fresh.seq, fresh.hash] = [head.seq, head.hash];
      folded = fold?.seq ?? 0;
      places = new Places();
      for (const { counter, ticket } of held) places.set(counter, ticket);
      return fresh;
    });

  /** Beside the calls and without waiting for the disk: when it gets lost, the next hub that starts folds more entries. */
  const fold = async (): Promise<void> => {
    if (state.seq - folded < FOLD_EVERY) return;
    folded = state.seq;
    const pieces = json(Object.fromEntries(state.pieces));
    await together(reader, (db) => [
      db`begin`,
      db`set local synchronous_commit = off`,
      db`insert into queue_fold as f (site, seq, pieces) values (${site.id}, ${folded}, ${pieces}::text::json)
        on conflict (site) do update set seq = excluded.seq, pieces = excluded.pieces where f.seq < excluded.seq`,
      db`commit`,
    ]);
  };

  const catchUp = (rows: readonly LogRow[]): LogEntry[] => {
    const entries = rows.filter((r) => r.seq > state.seq).map(fromRow);
    for (const entry of entries) state.apply(entry);
    places.moves(state.dirtyTickets);
    state.written();
    return entries;
  };

  /** One transaction for the whole batch, two round trips: lock and catch up; write and commit. */
  const commit = (commands: readonly QueueCommand[]): Promise<{ outcomes: Outcome[]; entries: LogEntry[] }> =>
    writer.use(async (sql) => {
      const db = await sql.reserve();
      const ids = commands.map((c) => c.id).filter((id) => id !== '');
      const [, , knownRows, news] = await settled([
        db`begin`,
        db`select 1 from queue_hall where site = ${site.id} for update`,
        db<
          { id: string; kind: string; answer: Answer }[]
        >`select id, kind, answer from queue_command where id = any(${ids}) and site = ${site.id}`,
        db<LogRow[]>`select * from queue_log where site = ${site.id} and seq > ${state.seq} order by seq`,
      ] as const);
      const theirs = catchUp(news);
      const committed = state.seq;
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
      await settled([...writeBatch(db, { state, site, channel, places, entries, remembered, committed }), db`commit`]);
      db.release();
      return { outcomes, entries: [...theirs, ...entries] };
    });

  /** Tells the listeners everything up to `state.seq` that they have not heard; what we do not hold in hand is read from the log. */
  const tell = async (inHand: readonly LogEntry[]): Promise<void> => {
    let entries = inHand.filter((e) => e.seq > told);
    if (entries.length !== state.seq - told) {
      entries = (
        await reading(
          (sql) => sql<LogRow[]>`select * from queue_log where site = ${site.id} and seq > ${told} and seq <= ${state.seq} order by seq`,
        )
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
        void fold().catch(onError);
      } catch (error) {
        // one command spoils the batch: each on its own, so that only the culprit fails
        if (isAway(error)) for (const job of group) job.reject(new HallAway(error));
        else if (group.length === 1) group[0]!.reject(error);
        else groups.push(...group.map((job) => [job]));
      }
    }
    if (jobs.length > 0) void inTurn(flush);
  };

  /** Milliseconds that the database's clock is ahead of ours. Half a round trip is the error; less than that is not corrected. */
  let ahead = 0;
  let measured = false;
  const measure = async (): Promise<void> => {
    const asked = performance.now();
    const [row] = await reading((sql) => sql<{ at: number }[]>`select (extract(epoch from clock_timestamp()) * 1000)::float8 as at`);
    const took = performance.now() - asked;
    const found = Math.round(row!.at + took / 2 - options.clock.now());
    if (!measured || Math.abs(found - ahead) > took / 2 + 20) ahead = found;
    measured = true;
  };

  /** What the other hubs wrote. */
  const pull = async (): Promise<void> => {
    if (stale) state = await load();
    stale = false;
    const rows = await reading((sql) => sql<LogRow[]>`select * from queue_log where site = ${site.id} and seq > ${state.seq} order by seq`);
    await tell(catchUp(rows));
  };
  const refresh = (): Promise<void> =>
    inTurn(async () => {
      await measure();
      await pull();
    });
  /** Most of what is notified we hold by the time it is our turn: our own commits, and what the last pull brought along. */
  const heard = (seq: number): Promise<void> =>
    inTurn(async () => {
      if (seq > state.seq) await pull();
    });

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const mine = turn.then(work);
    turn = mine.catch(() => {});
    return mine;
  };

  state = await load();
  told = state.seq;
  await measure();
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
  await ears.use((sql) =>
    sql.listen(
      channel,
      (seq) => {
        if (Number(seq) > state.seq) heard(Number(seq)).catch(onError);
      },
      () => void refresh().catch(onError),
    ),
  );

  return {
    site,
    clock: { now: () => options.clock.now() + ahead },
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
    rated: async (from, to) =>
      (
        await reading(
          (sql) => sql<{ day: string; service: string; doc: Ticket }[]>`select day, service, doc from queue_ticket
            where site = ${site.id} and day >= ${from} and day <= ${to} and doc->>'rating' is not null`,
        )
      ).map(({ day, service, doc }) => ratedOf(day, service, doc)),
    log: async (after, limit = 1000) =>
      (
        await reading(
          (sql) => sql<LogRow[]>`select * from queue_log where site = ${site.id} and seq > ${after} order by seq limit ${limit}`,
        )
      ).map(fromRow),
    refresh,
    /** Command ids are kept for a week. Hubs that tidy at the same time skip each other's rows instead of waiting for them. */
    async tidy(now) {
      const old = now - COMMANDS_KEPT_MS;
      await reading(
        (sql) => sql`delete from queue_command where (site, id) in (
        select site, id from queue_command where site = ${site.id} and at < ${old} order by at limit 5000 for update skip locked)`,
      );
    },
    async close() {
      if (closed) return;
      while (jobs.length > 0) await inTurn(flush);
      closed = true;
      await turn;
      listeners.clear();
      for (const link of [writer, reader, ears]) await link.close();
      witness?.close();
    },
  };
}
