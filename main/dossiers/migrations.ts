import type { Migration } from '../store/index.ts';

export const dossiersMigrations: Migration[] = [
  {
    room: 'dossiers',
    number: 1,
    name: 'dossiers, history, search',
    sql: `
      create table dossier (
        seq integer primary key autoincrement, id text not null unique, revision integer not null,
        business text not null, money text not null, paper text not null, sync text not null,
        counter_id text not null, channel text not null, ticket_id text, ticket_number text,
        code text unique, provisional_code text unique,
        procedure_code text, procedure_version text, procedure_name text, case_id text, case_name text, immediate integer, result_name text,
        applicant_name text not null, applicant_id_number text,
        received_at integer, received_day text, due_at integer, finished_at integer, returned_at integer, ended_at integer,
        accepted_by text, register_year integer, register_number integer,
        created_at integer not null, saved_at integer not null, slip_outdated integer not null default 0, to_sign integer not null default 0,
        body text not null, unique (register_year, register_number)
      ) strict;
      create index dossier_open on dossier (business, due_at);
      create index dossier_ticket on dossier (ticket_id) where ticket_id is not null;
      create index dossier_person on dossier (applicant_id_number, procedure_code) where applicant_id_number is not null;
      create index dossier_received on dossier (received_day) where received_day is not null;
      create index dossier_to_sign on dossier (seq) where to_sign = 1;
      create index dossier_slip on dossier (seq) where slip_outdated = 1;
      create table dossier_history (
        seq integer primary key autoincrement, dossier_id text not null references dossier (id), at integer not null, who text not null, action text not null,
        what text not null, detail text not null, business text not null, source text not null, from_party text not null, to_party text not null
      ) strict;
      create index dossier_history_of on dossier_history (dossier_id);
      -- Mẫu 06: the history cannot be overwritten.
      create trigger dossier_history_fixed before update on dossier_history begin select raise(abort, 'the history of a dossier is not changed'); end;
      create trigger dossier_history_kept before delete on dossier_history begin select raise(abort, 'the history of a dossier is not deleted'); end;
      create table dossier_number (kind text not null, scope text not null, last integer not null, primary key (kind, scope)) strict, without rowid;
      -- Folded in JavaScript before it comes here: SQLite does not fold đ. Newest first is the order of rowids.
      create virtual table dossier_search using fts5(folded, content='', contentless_delete=1, prefix='2 3', tokenize="unicode61 remove_diacritics 0", detail=full);
    `,
  },
  {
    room: 'dossiers',
    number: 2,
    name: 'faster search',
    // One-letter beginnings get their own index, positions are dropped: nobody searches phrases. Filled again on opening.
    sql: `
      drop table dossier_search;
      create virtual table dossier_search using fts5(folded, content='', contentless_delete=1, prefix='1 2 3', tokenize="unicode61 remove_diacritics 0", detail=none);
    `,
  },
  {
    room: 'dossiers',
    number: 3,
    name: 'days of finishing and returning',
    sql: `
      create index dossier_finished on dossier (finished_at) where finished_at is not null;
      create index dossier_returned on dossier (returned_at) where returned_at is not null;
    `,
  },
];
