import type Database from 'better-sqlite3';
import { copyFileSync, existsSync } from 'node:fs';

/** One step of a room's schema. Numbers are per room, start at 1, have no gaps and never change once they are on main. */
export interface Migration {
  readonly room: string;
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

export class NewerDatabaseError extends Error {
  readonly vi: string;
  readonly unknown: readonly string[];
  constructor(unknown: string[]) {
    super(`This database was written by a newer Quầy (${unknown.join(', ')}). Install that version or newer; nothing was changed.`);
    this.unknown = unknown;
    this.vi = `Cơ sở dữ liệu này do một phiên bản Quầy mới hơn ghi (${unknown.join(', ')}). Hãy cài phiên bản đó trở lên; chưa có gì bị thay đổi.`;
  }
}

/** Checks that each room's numbers run 1, 2, 3 …; a gap or a double is a programmer's mistake and stops the start. */
export function checkMigrations(all: readonly Migration[]): void {
  const next = new Map<string, number>();
  for (const m of all) {
    const expected = (next.get(m.room) ?? 0) + 1;
    if (m.number !== expected) throw new Error(`migration ${m.room}/${m.number} ${m.name}: expected number ${expected}`);
    next.set(m.room, m.number);
  }
}

/**
 * Brings the database to the newest schema. A file that holds a migration we do not know is refused untouched; before
 * anything is changed the whole file is copied beside itself as `<file>.before-<n>` (n = applied migrations so far).
 */
export function migrate(db: Database.Database, all: readonly Migration[], file: string | null): void {
  checkMigrations(all);
  const known = new Set(all.map((m) => `${m.room}/${m.number}`));
  const hasTable = db.prepare(`select 1 from sqlite_master where type = 'table' and name = 'migration'`).get() !== undefined;
  const applied = hasTable
    ? (db.prepare('select room, number from migration').all() as { room: string; number: number }[]).map((r) => `${r.room}/${r.number}`)
    : [];
  const unknown = applied.filter((key) => !known.has(key));
  if (unknown.length > 0) throw new NewerDatabaseError(unknown);
  const have = new Set(applied);
  const missing = all.filter((m) => !have.has(`${m.room}/${m.number}`));
  if (missing.length === 0) return;
  if (file && applied.length > 0 && existsSync(file)) {
    db.pragma('wal_checkpoint(TRUNCATE)');
    copyFileSync(file, `${file}.before-${applied.length}`);
  }
  db.transaction(() => {
    db.exec(`create table if not exists migration (
      room text not null, number integer not null, name text not null, applied_at integer not null, primary key (room, number)
    ) strict`);
    const note = db.prepare('insert into migration (room, number, name, applied_at) values (?, ?, ?, ?)');
    for (const m of missing) {
      db.exec(m.sql);
      note.run(m.room, m.number, m.name, Date.now());
    }
    db.pragma(`user_version = ${applied.length + missing.length}`);
  }).immediate();
}
