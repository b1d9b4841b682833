import type { Migration } from '../../store/index.ts';

export const migrations: Migration[] = [
  {
    room: 'signing',
    number: 1,
    name: 'worklist, batches, roots, owed timestamps',
    sql: `
      create table signing_item (
        document_id text primary key, dossier_id text not null, dossier_code text not null, title text not null,
        file text not null, form text not null, steps text not null, state text not null,
        seen_sha256 text, reason text, added_at integer not null, signed_at integer, level text, signer text, sha256 text,
        told integer not null default 0
      ) strict, without rowid;
      create index signing_item_state on signing_item (state, added_at);
      create table signing_batch (
        number integer primary key, id text not null unique, command_id text not null unique, state text not null, why text, module text not null, token_serial text not null,
        certificate_id text not null, signer text not null, level text not null, started_at integer not null, ended_at integer
      ) strict;
      create table signing_batch_file (
        batch_id text not null references signing_batch (id), position integer not null, document_id text not null, input text not null,
        output text not null, seen_sha256 text not null, options text not null, state text not null, reason text,
        level text, signed_at integer, sha256 text, primary key (batch_id, position)
      ) strict, without rowid;
      create index signing_batch_file_state on signing_batch_file (state);
      create table signing_todo (document_id text primary key, kind text not null, since integer not null) strict, without rowid;
      create table signing_root (id text primary key, der blob not null, source text not null, added_at integer not null) strict, without rowid;
    `,
  },
  {
    room: 'signing',
    number: 2,
    name: 'place that a document leaves free for its signature',
    sql: `alter table signing_item add column area text;`,
  },
  {
    room: 'signing',
    number: 3,
    name: 'kind of copy, blank places for number and date',
    sql: `alter table signing_item add column copy_kind text; alter table signing_item add column blanks text;`,
  },
  {
    room: 'signing',
    number: 4,
    name: 'what is asked for again and again, found without reading the years before',
    sql: `
      create index signing_item_when on signing_item (coalesce(signed_at, added_at));
      create index signing_item_untold on signing_item (signed_at) where told = 0;
      create index signing_batch_open on signing_batch (number) where state in ('running', 'paused', 'cancelling');
    `,
  },
];
