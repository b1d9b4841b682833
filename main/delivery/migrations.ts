import type { Migration } from '../store/index.ts';

/**
 * `open`: 0 closed (acknowledged, reconciled, superseded), 1 to be sent, 2 held until a person acts (it still blocks what comes
 * after it in the same dossier). `lane`: 0 small and interactive, 1 large, 2 bulk.
 */
export const migrations: Migration[] = [
  {
    room: 'delivery',
    number: 1,
    name: 'outbox, files, codes, evidence',
    sql: `
      create table delivery_dossier (
        dossier_id text primary key,
        provisional_code text unique, provisional_needle text,
        official_code text unique, official_needle text,
        mapped_at integer, slip text not null default 'none' check (slip in ('none', 'offered', 'printed', 'declined')),
        agency text not null, day text not null, procedure_name text not null, applicant_name text not null,
        revision integer not null default 0, acked_revision integer not null default 0
      ) strict, without rowid;
      create trigger delivery_official_once before update of official_code on delivery_dossier
        when old.official_code is not null and new.official_code is not old.official_code
        begin select raise(abort, 'an official code is given once and for ever'); end;
      create trigger delivery_provisional_once before update of provisional_code on delivery_dossier
        when old.provisional_code is not null and new.provisional_code is not old.provisional_code
        begin select raise(abort, 'a provisional code is kept for ever'); end;

      create index delivery_dossier_day on delivery_dossier (day);

      create table delivery_item (
        seq integer primary key autoincrement, id text not null unique,
        dossier_id text not null references delivery_dossier (dossier_id), revision integer not null,
        kind text not null check (kind in ('dossier', 'status')), key text not null unique,
        content text not null, content_sha256 text not null, label text not null,
        lane integer not null, bytes integer not null,
        open integer not null default 1,
        state text not null default 'ready' check (state in ('ready', 'sending', 'submitted', 'unknown', 'acknowledged', 'reconciled', 'refused', 'needs-file', 'moved', 'superseded')),
        step integer not null default 0, maybe_sent integer not null default 0,
        attempts integer not null default 0, next_at integer not null default 0, why text,
        enqueued_at integer not null, first_sent_at integer, acked_at integer, reconciled_at integer
      ) strict;
      create index delivery_item_next on delivery_item (open, lane, seq);
      create index delivery_item_dossier on delivery_item (dossier_id, seq);
      create index delivery_item_acked on delivery_item (acked_at) where acked_at is not null;

      create table delivery_file (
        item_seq integer not null references delivery_item (seq), ordinal integer not null,
        dossier_id text not null, component_code text not null, component_name text not null, name text not null,
        path text not null, sha256 text not null, size integer not null,
        upload_url text, remote_id text, problem text,
        primary key (item_seq, ordinal)
      ) strict, without rowid;
      create index delivery_file_same on delivery_file (dossier_id, sha256) where remote_id is not null;

      create table delivery_evidence (
        id integer primary key autoincrement, item_seq integer references delivery_item (seq), at integer not null, step text not null,
        key text not null, status integer, reply text not null, reply_sha256 text not null, took_ms integer not null, outcome text not null
      ) strict;
      create index delivery_evidence_item on delivery_evidence (item_seq, id);
    `,
  },
  {
    room: 'delivery',
    number: 2,
    name: 'what comes back: statuses, inbox, reconciliation, look-ups',
    sql: `
      create table delivery_remote (
        dossier_id text not null, axis text not null check (axis in ('business', 'money', 'paper', 'sync')), value text not null,
        source text not null check (source in ('province', 'counter')), source_at integer not null, heard_at integer not null,
        primary key (dossier_id, axis)
      ) strict, without rowid;
      create table delivery_remote_history (
        id integer primary key autoincrement, dossier_id text not null, axis text not null, value text not null, source text not null,
        source_at integer not null, heard_at integer not null
      ) strict;
      create index delivery_remote_history_dossier on delivery_remote_history (dossier_id, id);

      create table delivery_inbox (
        id text primary key, remote_number text not null unique, kind text not null, dossier_id text, code text not null, text text not null,
        at integer not null, heard_at integer not null, seen_at integer, files text not null default '[]'
      ) strict, without rowid;
      create index delivery_inbox_new on delivery_inbox (heard_at) where seen_at is null;

      create table delivery_run (
        day text primary key, at integer not null, ours integer not null, theirs integer not null, same integer not null, differences integer not null
      ) strict, without rowid;
      create table delivery_difference (
        id text primary key, day text not null, kind text not null, code text not null, dossier_id text, ours text, theirs text,
        found_at integer not null, settled_at integer, settled_by text, settled_way text, note text,
        unique (day, kind, code)
      ) strict, without rowid;

      create table delivery_lookup (
        id integer primary key autoincrement, at integer not null, officer_id text not null, officer_name text not null, reason text not null,
        dossier_id text, subject_sha256 text not null, outcome text not null
      ) strict;
    `,
  },
  {
    room: 'delivery',
    number: 3,
    name: 'a correction takes the place of what it corrects',
    sql: `
      alter table delivery_item add column place integer not null default 0;
      update delivery_item set place = seq;
      drop index delivery_item_dossier;
      create index delivery_item_dossier on delivery_item (dossier_id, place);
    `,
  },
  {
    room: 'delivery',
    number: 4,
    name: 'the new receipt is offered by the dossier itself',
    sql: `alter table delivery_dossier drop column slip;`,
  },
  {
    room: 'delivery',
    number: 5,
    name: 'what waits is counted and listed without reading it all',
    sql: `
      create index delivery_item_waits on delivery_item (seq) where open > 0;
      create index delivery_item_since on delivery_item (enqueued_at, open, lane) where open > 0;
      create index delivery_item_later on delivery_item (next_at) where open = 1;
    `,
  },
];
