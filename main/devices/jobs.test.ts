import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { manualClock, openStore } from '../store/index.ts';
import { createJobs, migrations } from './jobs.ts';

describe('migration devices/1', () => {
  it('makes a table that refuses a state nobody knows', () => {
    const db = new Database(':memory:');
    db.exec(migrations[0]!.sql);
    const insert = db.prepare(
      `insert into device_job (key, device_id, kind, title, state, created_at) values (?, 'd', 'ticket', 't', ?, 1)`,
    );
    insert.run('a', 'queued');
    expect(() => insert.run('b', 'printed')).toThrow(/CHECK/u);
    expect(() => insert.run('a', 'queued')).toThrow(/UNIQUE|PRIMARY/u);
    db.close();
  });
});

describe('print jobs', () => {
  it('begin once per key, and tell each change after it was committed', () => {
    const clock = manualClock(1000);
    const store = openStore({ file: ':memory:', clock, migrations });
    const jobs = createJobs(store);
    const heard: unknown[] = [];
    store.subscribe((event) => heard.push(event.payload));
    expect(jobs.begin({ key: 'k', deviceId: 'd', kind: 'ticket', title: 'B 027' }).isNew).toBe(true);
    expect(jobs.begin({ key: 'k', deviceId: 'd', kind: 'ticket', title: 'B 027' }).isNew).toBe(false);
    clock.set(2000);
    jobs.change('k', 'sent', null, 700);
    clock.set(3000);
    expect(jobs.change('k', 'confirmed')).toEqual({
      key: 'k',
      deviceId: 'd',
      kind: 'ticket',
      title: 'B 027',
      state: 'confirmed',
      reason: null,
      bytes: 700,
      createdAt: 1000,
      sentAt: 2000,
      doneAt: 3000,
    });
    expect(heard).toEqual(
      ['queued', 'sent', 'confirmed'].map((state) => ({ key: 'k', kind: 'ticket', title: 'B 027', state, reason: null })),
    );
    expect(() => jobs.change('x', 'sent')).toThrow('no such print job');
    store.close();
  });
});
