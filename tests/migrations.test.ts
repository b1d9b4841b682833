import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MIGRATIONS } from '../main/counter/rooms.ts';
import { manualClock, openStore, type Migration } from '../main/store/index.ts';

const name = (m: Migration) => `${m.room}/${m.number} ${m.name}`;
/** The station as it was before this migration existed: everything that stands before it in its own room, and no later one of it. */
const before = (m: Migration) => MIGRATIONS.filter((other) => other.room !== m.room || other.number < m.number);
const upTo = (m: Migration) => MIGRATIONS.filter((other) => other.room !== m.room || other.number <= m.number);

describe('every migration of every room', () => {
  let dir: string;
  beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-migrations-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));
  const open = (migrations: readonly Migration[]) => openStore({ file: path.join(dir, 'q.sqlite'), clock: manualClock(1_000), migrations });
  const tables = (store: ReturnType<typeof open>) =>
    (
      store.db.prepare(`select name, sql from sqlite_master where name not like 'sqlite_%' order by name`).all() as {
        name: string;
        sql: string | null;
      }[]
    ).map((t) => `${t.name} ${t.sql}`);

  it.each(MIGRATIONS.map((m) => [name(m), m] as const))(
    '%s: applies to the station before it, once, and leaves it whole',
    (_, migration) => {
      const old = open(before(migration));
      const was = tables(old);
      old.db.prepare(`insert into setting (room, key, value) values ('test', 'kept', '1')`).run();
      old.close();
      const now = open(upTo(migration));
      expect(tables(now)).not.toEqual(was);
      expect(now.get('test', 'kept')).toBe(1);
      expect(now.db.pragma('integrity_check', { simple: true })).toBe('ok');
      expect(now.db.pragma('foreign_key_check')).toEqual([]);
      const after = tables(now);
      now.close();
      const again = open(upTo(migration));
      expect(tables(again)).toEqual(after);
      again.close();
    },
  );

  it('gives the same schema step by step as at once', () => {
    let grown: string[] = [];
    for (let n = 1; n <= MIGRATIONS.length; n += 1) {
      const store = open(MIGRATIONS.slice(0, n));
      grown = tables(store);
      store.close();
    }
    const fresh = openStore({ file: ':memory:', clock: manualClock(1_000), migrations: MIGRATIONS });
    expect(tables(fresh)).toEqual(grown);
    fresh.close();
  });

  it('keeps documents that waited for a signature when their free place is added', () => {
    const second = MIGRATIONS.find((m) => m.room === 'signing' && m.number === 2)!;
    const old = open(before(second));
    old.db
      .prepare(
        `insert into signing_item (document_id, dossier_id, dossier_code, title, file, form, steps, state, added_at) values ('d', 'x', 'c', 't', 'f', 'personal', 'leader', 'waiting', 1)`,
      )
      .run();
    old.close();
    const now = open(upTo(second));
    expect(now.db.prepare('select document_id, area, state from signing_item').all()).toEqual([
      { document_id: 'd', area: null, state: 'waiting' },
    ]);
    now.close();
  });
});
