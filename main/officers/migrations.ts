import type { Migration } from '../store/index.ts';

export const officersMigrations: Migration[] = [
  {
    room: 'officers',
    number: 1,
    name: 'officers, sessions, audit',
    sql: `
      create table officer (
        id text primary key, login text not null unique, name text not null, title text not null, duties text not null,
        active integer not null, salt blob not null, hash blob not null, wrong integer not null default 0, wrong_at integer not null default 0
      ) strict;
      create table officer_session (device_id text primary key, officer_id text not null references officer (id), since integer not null, until integer not null) strict, without rowid;
      create table audit (
        seq integer primary key, at integer not null, officer_id text, device_id text not null, action text not null, subject text not null,
        note text not null, hash text not null
      ) strict;
    `,
  },
];
