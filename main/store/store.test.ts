import { mkdtempSync, rmSync, existsSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import Database from 'better-sqlite3';
import { NewerDatabaseError, businessDay, fromVietnam, manualClock, openStore, vietnamIso, type Migration } from './index.ts';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-store-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const one: Migration = { room: 'test', number: 1, name: 'things', sql: 'create table thing (name text primary key) strict;' };
const two: Migration = { room: 'test', number: 2, name: 'sizes', sql: 'alter table thing add column size integer;' };
const open = (migrations: Migration[] = [one]) => openStore({ file: path.join(dir, 'a.sqlite'), clock: manualClock(1_000), migrations });

describe('store', () => {
  it('gives a repeated command its first answer and one effect', () => {
    const store = open();
    const run = (name: string) =>
      store.command('command-1', 'test.add', () => {
        store.db.prepare('insert into thing (name) values (?)').run(name);
        store.emit('test', 'added', { name });
        return { name };
      });
    expect(run('a')).toEqual({ name: 'a' });
    expect(run('b')).toEqual({ name: 'a' });
    expect(store.db.prepare('select count(*) as n from thing').get()).toEqual({ n: 1 });
    expect(store.eventsAfter(0)).toHaveLength(1);
    expect(() => store.command('command-1', 'test.other', () => 1)).toThrow(/was used for test.add/);
    store.close();
  });

  it('delivers events after commit and drops them on rollback', () => {
    const store = open();
    const heard: string[] = [];
    store.subscribe((e) => heard.push(`${e.kind} ${store.db.inTransaction}`));
    store.transaction(() => {
      store.emit('test', 'one', {});
      store.transaction(() => store.emit('test', 'two', {}));
      expect(heard).toEqual([]);
    });
    expect(heard).toEqual(['one false', 'two false']);
    expect(() =>
      store.transaction(() => {
        store.emit('test', 'never', {});
        throw new Error('no');
      }),
    ).toThrow('no');
    store.transaction(() => store.emit('test', 'three', {}));
    expect(heard).toEqual(['one false', 'two false', 'three false']);
    expect(store.eventsAfter(0).map((e) => e.seq)).toEqual([1, 2, 3]);
    store.close();
  });

  it('refuses a database from a newer version and leaves it as it was', () => {
    open([one, two]).close();
    expect(() => open([one])).toThrow(NewerDatabaseError);
    const db = new Database(path.join(dir, 'a.sqlite'));
    expect(db.pragma('user_version', { simple: true })).toBe(3);
    db.close();
    open([one, two]).close();
  });

  it('copies the file before it migrates it, with everything that was in it', () => {
    const store = open([one]);
    store.db.prepare('insert into thing (name) values (?)').run('kept');
    store.close();
    open([one, two]).close();
    const copy = path.join(dir, 'a.sqlite.before-2');
    expect(existsSync(copy)).toBe(true);
    const db = new Database(copy, { readonly: true });
    expect(db.prepare('select name from thing').all()).toEqual([{ name: 'kept' }]);
    expect(db.prepare('select count(*) as n from migration').get()).toEqual({ n: 2 });
    db.close();
  });

  it('applies all of a migration or none of it', () => {
    open([one]).close();
    const broken: Migration = {
      room: 'test',
      number: 2,
      name: 'broken',
      sql: 'create table half (a integer) strict; create table thing (a integer);',
    };
    expect(() => open([one, broken])).toThrow(/already exists/);
    const store = open([one]);
    expect(store.db.prepare(`select 1 from sqlite_master where name = 'half'`).get()).toBeUndefined();
    store.close();
  });

  it('knows Vietnamese days and times, whatever the system zone', () => {
    expect(businessDay(Date.parse('2026-11-23T17:30:00Z'))).toBe('2026-11-24');
    expect(businessDay(Date.parse('2026-11-23T16:59:59Z'))).toBe('2026-11-23');
    expect(vietnamIso(fromVietnam('2026-11-23', '09:44'))).toBe('2026-11-23T09:44:00+07:00');
  });

  it('writes its log back in a quiet moment, while nobody waits', async () => {
    const store = open();
    const insert = store.db.prepare('insert into thing (name) values (?)');
    store.transaction(() => {
      for (let i = 0; i < 2500; i += 1) insert.run(`a thing with a rather long name, number ${i}`);
    });
    const inFile = () => statSync(path.join(dir, 'a.sqlite')).size;
    expect(inFile()).toBeLessThan(100_000);
    await vi.waitFor(() => expect(inFile()).toBeGreaterThan(100_000), { timeout: 10_000 });
    expect(store.db.prepare('select count(*) as n from thing').get()).toEqual({ n: 2500 });
    store.close();
  });
});
