import Database from 'better-sqlite3';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from './clock.ts';
import { migrate, type Migration } from './migrations.ts';

/** What a room told the others, in the order in which it was committed. `seq` has no gaps within one database. */
export interface StoredEvent {
  readonly seq: number;
  readonly room: string;
  readonly kind: string;
  readonly at: number;
  readonly payload: unknown;
}

/** A prepared statement with any parameters. */
export type Statement = Database.Statement;

export interface Store {
  readonly db: Database.Database;
  readonly clock: Clock;
  /** One SQLite transaction, taken for writing at once. Nested calls join the outer one. Events are delivered after commit. */
  transaction<T>(work: () => T): T;
  /**
   * Runs `work` in a transaction at most once per command id; a repeat gets the first answer, whatever it asks. Answers
   * must survive JSON. An id that was used for another `name` is a mistake and throws.
   */
  command<T>(commandId: string, name: string, work: () => T): T;
  /** Appends an event; only inside `transaction` or `command`. Returns its sequence number. */
  emit(room: string, kind: string, payload: unknown): number;
  /** Hears every event after it was committed. A listener that throws is logged and does not disturb the others. */
  subscribe(listener: (event: StoredEvent) => void): () => void;
  eventsAfter(seq: number, limit?: number): StoredEvent[];
  lastSeq(): number;
  /** Small settings of rooms, as JSON. */
  get<T>(room: string, key: string): T | undefined;
  set(room: string, key: string, value: unknown): void;
  /** Copies the running database to a file, consistent and complete. */
  backup(file: string): Promise<void>;
  close(): void;
}

/** Pages in the write-ahead log (4 KiB each) at which a commit writes them back although others wait. */
const BUSY_PAGES = 16_000;
/** Row changes after which a quiet moment is used to write back. */
const CHANGES = 2000;
const QUIET_MS = 250;

const STORE_MIGRATIONS: Migration[] = [
  {
    room: 'store',
    number: 1,
    name: 'events, commands, settings',
    sql: `
      create table event (seq integer primary key autoincrement, room text not null, kind text not null, at integer not null, payload text not null) strict;
      create table command (id text primary key, name text not null, at integer not null, answer text) strict, without rowid;
      create index command_at on command (at);
      create table setting (room text not null, key text not null, value text not null, primary key (room, key)) strict, without rowid;
    `,
  },
];

/**
 * Reads one setting of a database that another process may have open, without disturbing it.
 * @throws SQLite's own error when there is no such file, or it is none of ours
 */
export function readSetting(file: string, room: string, key: string): unknown {
  const db = new Database(file, { readonly: true, fileMustExist: true });
  try {
    const row = db.prepare('select value from setting where room = ? and key = ?').get(room, key) as { value: string } | undefined;
    return row && JSON.parse(row.value);
  } finally {
    db.close();
  }
}

/**
 * Opens (or makes) a database and brings it to the newest schema.
 * @param file path, or `:memory:` for pure rules' tests
 * @throws NewerDatabaseError, or SQLite's own error when the file cannot be opened
 */
export function openStore(options: {
  file: string;
  clock: Clock;
  migrations: readonly Migration[];
  onError?: (error: unknown) => void;
}): Store {
  const { file, clock } = options;
  const onError = options.onError ?? ((error) => console.error('store: a listener failed', error));
  if (file !== ':memory:') mkdirSync(path.dirname(file), { recursive: true });
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL'); // an acknowledged ticket or dossier survives a power cut
  db.pragma('foreign_keys = ON');
  db.pragma('busy_timeout = 5000');
  // A checkpoint stops everybody for some milliseconds, so it waits for a quiet moment (below); this is for a hall that has none.
  db.pragma(`wal_autocheckpoint = ${BUSY_PAGES}`);
  db.pragma('journal_size_limit = 16777216');
  try {
    migrate(db, [...STORE_MIGRATIONS, ...options.migrations], file === ':memory:' ? null : file);
  } catch (error) {
    db.close();
    throw error;
  }

  const listeners = new Set<(event: StoredEvent) => void>();
  let depth = 0;
  let pending: StoredEvent[] = [];

  const insertEvent = db.prepare('insert into event (room, kind, at, payload) values (?, ?, ?, ?)');
  const selectEvents = db.prepare('select seq, room, kind, at, payload from event where seq > ? order by seq limit ?');
  const maxSeq = db.prepare('select coalesce(max(seq), 0) as seq from event');
  const findCommand = db.prepare('select name, answer from command where id = ?');
  const insertCommand = db.prepare('insert into command (id, name, at, answer) values (?, ?, ?, ?)');
  const getSetting = db.prepare('select value from setting where room = ? and key = ?');
  const setSetting = db.prepare('insert into setting (room, key, value) values (?, ?, ?) on conflict do update set value = excluded.value');

  const totalChanges = db.prepare('select total_changes() as n').pluck();
  let writtenBack = 0;
  let lastWork = 0;
  const writeBack = () => {
    if (depth > 0 || db.inTransaction || performance.now() - lastWork < QUIET_MS) return;
    const changes = totalChanges.get() as number;
    if (changes - writtenBack < CHANGES) return;
    writtenBack = changes;
    db.pragma('wal_checkpoint(PASSIVE)');
  };
  const quiet = setInterval(() => {
    try {
      writeBack();
    } catch (error) {
      onError(error);
    }
  }, 2 * QUIET_MS);
  quiet.unref();

  const deliver = (events: StoredEvent[]) => {
    for (const event of events) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          onError(error);
        }
      }
    }
  };

  const store: Store = {
    db,
    clock,
    transaction(work) {
      if (depth > 0) return work();
      depth += 1;
      pending = [];
      let result;
      try {
        result = db.transaction(work).immediate();
      } finally {
        depth -= 1;
        lastWork = performance.now();
      }
      const events = pending;
      pending = [];
      deliver(events);
      return result;
    },
    command<T>(commandId: string, name: string, work: () => T): T {
      return store.transaction(() => {
        const before = findCommand.get(commandId) as { name: string; answer: string | null } | undefined;
        if (before) {
          if (before.name !== name) throw new Error(`command id ${commandId} was used for ${before.name}, not ${name}`);
          return (before.answer === null ? undefined : JSON.parse(before.answer)) as T;
        }
        const answer = work();
        insertCommand.run(commandId, name, clock.now(), answer === undefined ? null : JSON.stringify(answer));
        return answer;
      });
    },
    emit(room, kind, payload) {
      if (depth === 0) throw new Error('emit outside a transaction');
      const at = clock.now();
      const seq = Number(insertEvent.run(room, kind, at, JSON.stringify(payload)).lastInsertRowid);
      pending.push({ seq, room, kind, at, payload });
      return seq;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    eventsAfter(seq, limit = 1000) {
      return (selectEvents.all(seq, limit) as (Omit<StoredEvent, 'payload'> & { payload: string })[]).map((r) => ({
        ...r,
        payload: JSON.parse(r.payload) as unknown,
      }));
    },
    lastSeq: () => (maxSeq.get() as { seq: number }).seq,
    get<T>(room: string, key: string): T | undefined {
      const row = getSetting.get(room, key) as { value: string } | undefined;
      return row ? (JSON.parse(row.value) as T) : undefined;
    },
    set: (room, key, value) => void setSetting.run(room, key, JSON.stringify(value)),
    backup: async (target) => void (await db.backup(target)),
    close() {
      clearInterval(quiet);
      db.close();
    },
  };
  return store;
}
