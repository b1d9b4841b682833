import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openStore, systemClock, type Store } from '../store/index.ts';
import { migrations } from './migrations.ts';

let dir: string;
let store: Store | null = null;
beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-delivery-'))));
afterEach(() => {
  store?.close();
  rmSync(dir, { recursive: true, force: true });
});
const open = (upTo: number): Store => {
  store?.close();
  return (store = openStore({ file: path.join(dir, 'quay.sqlite'), clock: systemClock, migrations: migrations.slice(0, upTo) }));
};
const DOSSIER = `insert into delivery_dossier (dossier_id, provisional_code, agency, day, procedure_name, applicant_name) values ('d1', 'TAM-1', 'H15', '2026-11-23', 'Khai sinh', 'Mẫu')`;
const ITEM = `insert into delivery_item (id, dossier_id, revision, kind, key, content, content_sha256, label, lane, bytes, enqueued_at) values (?, 'd1', 1, 'dossier', ?, '{}', '', 'reception', 0, 0, 1)`;

describe('migrations', () => {
  it('1: an official code is given once, a key stands for one piece of work, a piece needs its dossier', () => {
    const { db } = open(1);
    expect(() => db.prepare(ITEM).run('i0', 'd1:1')).toThrow(/FOREIGN KEY/);
    db.exec(DOSSIER);
    db.prepare(ITEM).run('i1', 'd1:1');
    expect(() => db.prepare(ITEM).run('i2', 'd1:1')).toThrow(/UNIQUE/);
    db.exec(`update delivery_dossier set official_code = 'H15-1'`);
    expect(() => db.exec(`update delivery_dossier set official_code = 'H15-2'`)).toThrow(/once and for ever/);
    expect(() => db.exec(`update delivery_dossier set provisional_code = 'TAM-2'`)).toThrow(/kept for ever/);
  });

  it('2: news of the province is heard once', () => {
    const { db } = open(2);
    const news = db.prepare(
      `insert into delivery_inbox (id, remote_number, kind, code, text, at, heard_at) values (?, '7', 'status', 'c', 't', 1, 1)`,
    );
    news.run('a');
    expect(() => news.run('b')).toThrow(/UNIQUE/);
    expect(() => db.exec(`insert into delivery_remote values ('d1', 'weather', 'x', 'province', 1, 1)`)).toThrow(/CHECK/);
  });

  it('3: what waits already keeps its order', () => {
    const before = open(2).db;
    before.exec(DOSSIER);
    before.prepare(ITEM).run('i1', 'd1:1');
    before.prepare(ITEM).run('i2', 'd1:2');
    const { db } = open(3);
    expect(db.prepare('select id, place = seq as same from delivery_item order by place').all()).toEqual([
      { id: 'i1', same: 1 },
      { id: 'i2', same: 1 },
    ]);
  });

  it('4: the codes of what waits stay as they are', () => {
    open(3).db.exec(DOSSIER);
    const { db } = open(4);
    expect(db.prepare('select * from delivery_dossier').all()).toMatchObject([{ dossier_id: 'd1', provisional_code: 'TAM-1' }]);
    db.exec(`update delivery_dossier set official_code = 'H15-1'`);
    expect(() => db.exec(`update delivery_dossier set official_code = 'H15-2'`)).toThrow(/once and for ever/);
  });

  it('5: counts and lists what waits from indexes, however much waits', () => {
    const { db } = open(5);
    const plan = (sql: string) =>
      (db.prepare(`explain query plan ${sql}`).all() as { detail: string }[]).map((step) => step.detail).join('; ');
    const waits = 'from delivery_item indexed by delivery_item_since where open > 0';
    expect(plan(`select count(*), min(enqueued_at) ${waits}`)).toContain('COVERING INDEX');
    expect(plan(`select seq, min(enqueued_at), count(*) ${waits} and open = 1 and enqueued_at <= 9 and (lane < 2 or 1)`)).toContain(
      'COVERING INDEX',
    );
    const later = 'from delivery_item indexed by delivery_item_later where open = 1 and next_at > 5 order by next_at limit 1';
    expect(plan(`select next_at ${later}`)).toMatch(/^SEARCH .*COVERING INDEX delivery_item_later/);
    expect(plan('select * from delivery_item indexed by delivery_item_waits where open > 0 order by seq limit 9')).not.toContain('B-TREE');
  });
});
