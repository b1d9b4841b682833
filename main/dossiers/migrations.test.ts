import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fromVietnam, manualClock, openStore } from '../store/index.ts';
import { dossiersMigrations } from './migrations.ts';
import { dossierStore } from './store.ts';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-dossiers-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const open = (upTo: number) =>
  openStore({
    file: path.join(dir, 'a.sqlite'),
    clock: manualClock(fromVietnam('2026-11-23', '09:44')),
    migrations: dossiersMigrations.slice(0, upTo),
  });

it('1: a dossier needs an id of its own, and its history stays', () => {
  const store = open(1);
  store.transaction(() => dossierStore(store).create('a', '3', 'direct', 1));
  expect(() => store.transaction(() => dossierStore(store).create('a', '3', 'direct', 1))).toThrow(/UNIQUE/);
  expect(() =>
    store.db.exec(
      `insert into dossier_history (dossier_id, at, who, action, what, detail, business, source, from_party, to_party) values ('b', 1, '', '', '', '', '', '', '', '')`,
    ),
  ).toThrow(/FOREIGN KEY/);
  store.close();
});

it('2: finds again what was there before the index changed', () => {
  const before = open(1);
  before.transaction(() => {
    const rows = dossierStore(before);
    const d = rows.create('a', '3', 'direct', 1);
    d.body.applicant = { fullName: { value: 'Đặng Thị Hường', source: 'typed', at: 1 } };
    rows.save(d);
  });
  before.close();
  const after = open(2);
  expect(
    dossierStore(after)
      .search('dang thi h', 5)
      .map((r) => r.id),
  ).toEqual(['a']);
  after.close();
});

it('3: finds the finished of a day by an index', () => {
  const store = open(3);
  const plan = (column: string) =>
    JSON.stringify(store.db.prepare(`explain query plan select seq from dossier where ${column} >= 1 and ${column} < 2`).all());
  expect(plan('finished_at')).toContain('dossier_finished');
  expect(plan('returned_at')).toContain('dossier_returned');
  store.close();
});
