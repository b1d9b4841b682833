import type { Migration, Store } from '../store/index.ts';
import { decide } from './decide.ts';
import { commandKind, ratedOf, type Outcome, type QueueStore } from './port.ts';
import { no } from './refusals.ts';
import { isActive, isClosed } from './rules.ts';
import type { Site } from './site.ts';
import { CALL_ACTIONS, CALLS_KEPT, HallState } from './state.ts';
import type { Answer, LogEntry, QueueCommand, Ticket } from './types.ts';
import { Witness } from './witness.ts';

export const migrations: Migration[] = [
  {
    room: 'queue',
    number: 1,
    name: 'tickets, pieces, log, commands',
    sql: `
      create table queue_head (site text primary key, seq integer not null, hash text not null) strict, without rowid;
      -- rows stand in the order of issue, so that a busy hall writes to few pages; nothing that changes is indexed
      create table queue_ticket (
        id text not null unique, site text not null, day text not null, series text not null, number integer not null,
        service text not null, state text not null, issued_at integer not null,
        earlier integer not null, -- 1: of an earlier day and still open
        doc text not null,
        unique (site, day, series, number)
      ) strict;
      create index queue_earlier on queue_ticket (site) where earlier = 1;
      -- a ticket is at one counter at most, a counter has one ticket at most
      create table queue_seat (site text not null, counter text not null, ticket text not null unique, primary key (site, counter)) strict, without rowid;
      create table queue_piece (site text not null, key text not null, doc text not null, primary key (site, key)) strict;
      create table queue_log (
        site text not null, seq integer not null, at integer not null, day text not null, action text not null, device text not null,
        officer text, counter text, ticket text, from_state text, to_state text, body text not null, hash text not null,
        primary key (site, seq)
      ) strict;
      create index queue_log_calls on queue_log (site, seq) where action in ('call', 'pick', 'call-back', 'recall', 'undo', 'day');
      create trigger queue_log_no_update before update on queue_log begin select raise(abort, 'the queue log is append-only'); end;
      create trigger queue_log_no_delete before delete on queue_log begin select raise(abort, 'the queue log is append-only'); end;
      -- hash: of the id, so that the index stays small although ids are random
      create table queue_command (hash integer not null, site text not null, id text not null, kind text not null, at integer not null, answer text not null) strict;
      create index queue_command_hash on queue_command (hash);
      -- what was promised at issue beside what happened, in minutes
      create view queue_estimate as select site, day, series, number, service,
        json_extract(doc, '$.estimate.low') as low, json_extract(doc, '$.estimate.mid') as mid, json_extract(doc, '$.estimate.high') as high,
        (json_extract(doc, '$.firstCalledAt') - json_extract(doc, '$.since')) / 60000.0 as waited
        from queue_ticket where json_extract(doc, '$.estimate.mid') is not null;
    `,
  },
  {
    room: 'queue',
    number: 2,
    name: 'ids found in memory',
    // ids are random, so every command wrote to another page of this index: two fifths of all that was written
    sql: 'drop index queue_command_hash;',
  },
];

const COMMANDS_KEPT_MS = 7 * 86_400_000;

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
  body: string;
  hash: string;
}

const fromRow = (r: LogRow): LogEntry => {
  const [ticket, pieces] = JSON.parse(r.body) as [LogEntry['ticket'], LogEntry['pieces']];
  const { seq, at, day, action, device, officer, hash } = r;
  return {
    seq,
    at,
    day,
    action,
    device,
    officer,
    counterId: r.counter,
    ticketId: r.ticket,
    from: r.from_state,
    to: r.to_state,
    ticket,
    pieces,
    hash,
  };
};

/** FNV-1a, 32 bits: only to keep the table of ids small; the id itself decides. */
export function shortHash(id: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) h = Math.imul(h ^ id.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** Where each remembered command stands in its table, by the hash of its id; about 40 bytes each, for a week. */
class CommandIds {
  private readonly rows = new Map<number, number>();
  /** Further rows of ids that share a hash. */
  private readonly more = new Map<number, number[]>();
  last = 0;

  add(hash: number, rowid: number): void {
    this.last = Math.max(this.last, rowid);
    if (!this.rows.has(hash)) this.rows.set(hash, rowid);
    else this.more.set(hash, [...(this.more.get(hash) ?? []), rowid]);
  }

  *find(hash: number): Generator<number> {
    const first = this.rows.get(hash);
    if (first === undefined) return;
    yield first;
    yield* this.more.get(hash) ?? [];
  }

  clear(): void {
    this.rows.clear();
    this.more.clear();
    this.last = 0;
  }
}

/**
 * The queue in the station's own database. Commands that arrive while the disk is busy share one transaction, so that a
 * busy hall pays one flush for many calls; each is answered after it.
 * @param options.store opened with this room's `migrations`
 * @param options.witness file that remembers the numbers across a restored backup; default beside the database
 */
export function sqliteQueueStore(options: { store: Store; site: Site; witness?: string }): QueueStore {
  const { store, site } = options;
  const { db } = store;
  const sql = {
    head: db.prepare('select seq, hash from queue_head where site = ?'),
    setHead: db.prepare(
      'insert into queue_head (site, seq, hash) values (?, ?, ?) on conflict do update set seq = excluded.seq, hash = excluded.hash',
    ),
    open: db.prepare(`select doc from queue_ticket where site = @site and day = @day union all
      select doc from queue_ticket where site = @site and earlier = 1 and day <> @day`),
    pieces: db.prepare('select key, doc from queue_piece where site = ?'),
    calls: db.prepare(
      `select * from queue_log where site = ? and action in (${CALL_ACTIONS.map((a) => `'${a}'`).join(', ')}) order by seq desc limit ?`,
    ),
    log: db.prepare('select * from queue_log where site = ? and seq > ? order by seq limit ?'),
    rated: db.prepare(`select day, service, doc from queue_ticket
      where site = ? and day >= ? and day <= ? and json_extract(doc, '$.rating') is not null`),
    seats: db.prepare('select ticket from queue_seat where site = ?'),
    leaveSeat: db.prepare('delete from queue_seat where ticket = ?'),
    takeSeat: db.prepare('insert into queue_seat (site, counter, ticket) values (?, ?, ?)'),
    newTicket: db.prepare(
      'insert into queue_ticket (id, site, day, series, number, service, state, issued_at, earlier, doc) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    ticket: db.prepare('update queue_ticket set service = ?, state = ?, earlier = ?, doc = ? where id = ?'),
    piece: db.prepare('insert into queue_piece (site, key, doc) values (?, ?, ?) on conflict do update set doc = excluded.doc'),
    dropPiece: db.prepare('delete from queue_piece where site = ? and key = ?'),
    append:
      db.prepare(`insert into queue_log (site, seq, at, day, action, device, officer, counter, ticket, from_state, to_state, body, hash)
      values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`),
    command: db.prepare('select kind, answer from queue_command where rowid = ? and site = ? and id = ?'),
    commands: db.prepare('select rowid, hash from queue_command where site = ? and rowid > ? order by rowid').raw(),
    tidy: db.prepare('delete from queue_command where site = ? and at < ?'),
    setCommand: db.prepare('insert into queue_command (hash, site, id, kind, at, answer) values (?, ?, ?, ?, ?, ?)'),
  };

  /** Tickets that have a row in `queue_seat`: nearly every ticket that changes has none, and is not asked for. */
  const seated = new Set<string>();
  const load = (): HallState => {
    const state = new HallState();
    seated.clear();
    for (const { ticket } of sql.seats.all(site.id) as { ticket: string }[]) seated.add(ticket);
    const head = sql.head.get(site.id) as { seq: number; hash: string } | undefined;
    if (!head) return state;
    for (const row of sql.pieces.all(site.id) as { key: string; doc: string }[]) state.loadPiece(row.key, JSON.parse(row.doc));
    for (const row of sql.open.all({ site: site.id, day: state.hall.day }) as { doc: string }[]) {
      const ticket = JSON.parse(row.doc) as Ticket;
      if (state.keeps(ticket)) state.load(ticket);
    }
    for (const row of (sql.calls.all(site.id, CALLS_KEPT * 2) as LogRow[]).toReversed()) state.hear(fromRow(row));
    state.seq = head.seq;
    state.hash = head.hash;
    return state;
  };

  let state = db.transaction(load).deferred();
  let closed = false;
  let jobs: Job[] = [];
  const listeners = new Set<(entries: readonly LogEntry[]) => void>();
  const witness = db.memory ? undefined : new Witness(options.witness ?? `${db.name}.numbers`);
  const series = site.services.map((s) => s.series);

  const ids = new CommandIds();
  const readIds = () => {
    for (const [rowid, hash] of sql.commands.iterate(site.id, ids.last) as Iterable<[number, number]>) ids.add(hash, rowid);
  };
  /** Changes when another connection has written: then it may have remembered commands that we have not seen. */
  const dataVersion = db.prepare('pragma data_version').pluck();
  const version = () => dataVersion.get() as number;
  let seen = version();
  readIds();

  const one = (command: QueueCommand, entries: LogEntry[]): Outcome => {
    const short = shortHash(command.id);
    if (command.id !== '') {
      let known: { kind: string; answer: string } | undefined;
      for (const rowid of ids.find(short)) known ??= sql.command.get(rowid, site.id, command.id) as typeof known;
      if (known)
        return { answer: known.kind === commandKind(command) ? (JSON.parse(known.answer) as Answer) : no.commandReused(), repeated: true };
    }
    const decided = decide(state, site, command);
    entries.push(...decided.entries);
    if (command.id !== '') {
      const answer = JSON.stringify(decided.result);
      const { lastInsertRowid } = sql.setCommand.run(short, site.id, command.id, commandKind(command), command.at, answer);
      ids.add(short, Number(lastInsertRowid));
    }
    return { answer: decided.result, repeated: false };
  };

  /** @param committed the last log number that the database had before this batch */
  const write = (entries: readonly LogEntry[], committed: number) => {
    for (const e of entries) {
      sql.append.run(
        site.id,
        e.seq,
        e.at,
        e.day,
        e.action,
        e.device,
        e.officer,
        e.counterId,
        e.ticketId,
        e.from,
        e.to,
        JSON.stringify([e.ticket, e.pieces]),
        e.hash,
      );
    }
    const { day } = state.hall;
    // first let go, then hold: two counters may have swapped tickets within one batch
    for (const t of state.dirtyTickets.values()) {
      if (!seated.has(t.id)) continue;
      sql.leaveSeat.run(t.id);
      seated.delete(t.id);
    }
    for (const t of state.dirtyTickets.values()) {
      const earlier = t.day !== day && !isClosed(t.state) ? 1 : 0;
      const doc = JSON.stringify(t);
      if (t.seq > committed) sql.newTicket.run(t.id, site.id, t.day, t.series, t.number, t.serviceId, t.state, t.issuedAt, earlier, doc);
      else if (sql.ticket.run(t.serviceId, t.state, earlier, doc, t.id).changes !== 1) throw new Error(`queue: ticket ${t.id} has no row`);
      if (!isActive(t.state)) continue;
      sql.takeSeat.run(site.id, t.counterId, t.id);
      seated.add(t.id);
    }
    for (const key of state.dirtyPieces) {
      const value = state.pieces.get(key);
      if (value === undefined) sql.dropPiece.run(site.id, key);
      else sql.piece.run(site.id, key, JSON.stringify(value));
    }
    state.written();
    sql.setHead.run(site.id, state.seq, state.hash);
  };

  /** All of the commands or none; on any error the state is read again from the last commit. */
  const commit = (commands: readonly QueueCommand[]): { outcomes: Outcome[]; entries: LogEntry[] } => {
    const entries: LogEntry[] = [];
    try {
      const outcomes = store.transaction(() => {
        const head = sql.head.get(site.id) as { seq: number } | undefined;
        // somebody else wrote to our database (a second process): go on from what is there
        const committed = head?.seq ?? 0;
        if (committed !== state.seq) state = load();
        const now = version();
        if (now !== seen) readIds();
        seen = now;
        const all = commands.map((command) => one(command, entries));
        if (entries.length > 0) write(entries, committed);
        return all;
      });
      if (entries.length > 0) witness?.note(state, series);
      return { outcomes, entries };
    } catch (error) {
      state = load();
      ids.clear();
      readIds();
      throw error;
    }
  };

  const tell = (entries: readonly LogEntry[]) => {
    if (entries.length > 0) for (const listener of listeners) listener(entries);
  };

  const flush = () => {
    const batch = jobs;
    jobs = [];
    if (batch.length === 0) return;
    try {
      const { outcomes, entries } = commit(batch.map((job) => job.command));
      batch.forEach((job, i) => job.resolve(outcomes[i]!));
      tell(entries);
    } catch (error) {
      if (batch.length === 1) return batch[0]!.reject(error);
      // one command spoils the batch: each on its own, so that only the culprit fails
      for (const job of batch) {
        try {
          const { outcomes, entries } = commit([job.command]);
          job.resolve(outcomes[0]!);
          tell(entries);
        } catch (own) {
          job.reject(own);
        }
      }
    }
  };

  const missing = witness?.missing(state);
  if (missing) {
    const command: QueueCommand = {
      do: 'floor',
      id: '',
      at: store.clock.now(),
      actor: { deviceId: 'hub', officerId: null, officerName: null },
      day: missing.day,
      marks: missing.marks,
    };
    tell(commit([command]).entries);
  }

  return {
    site,
    get state() {
      return state;
    },
    run(command) {
      return new Promise<Outcome>((resolve, reject) => {
        if (closed) return reject(new Error('the queue is closed'));
        jobs.push({ command, resolve, reject });
        if (jobs.length === 1) setImmediate(flush);
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    rated: async (from, to) =>
      (sql.rated.all(site.id, from, to) as { day: string; service: string; doc: string }[]).map(({ day, service, doc }) =>
        ratedOf(day, service, JSON.parse(doc) as Ticket),
      ),
    log: async (after, limit = 1000) => (sql.log.all(site.id, after, limit) as LogRow[]).map(fromRow),
    refresh: async () => {},
    async tidy(now) {
      sql.tidy.run(site.id, now - COMMANDS_KEPT_MS);
      ids.clear();
      readIds();
    },
    async close() {
      if (closed) return;
      flush();
      closed = true;
      witness?.close();
      listeners.clear();
    },
  };
}
