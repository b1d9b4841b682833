import type { Migration, Store } from '../store/index.ts';
import type { KeptFile } from './files.ts';

export const documentsMigrations: Migration[] = [
  {
    room: 'documents',
    number: 1,
    name: 'documents of dossiers',
    sql: `create table document (
      id text primary key, dossier_id text not null, kind text not null, name text not null, number text,
      file_id text not null, path text not null, size integer not null, made_at integer not null, made_by text not null, replaced_by text
    ) strict;
    create index document_dossier on document (dossier_id);
    create table document_number (form text not null, year integer not null, last integer not null, primary key (form, year)) strict, without rowid;`,
  },
];

export type DocumentKind =
  | 'receipt'
  | 'supplement'
  | 'refusal'
  | 'apology'
  | 'discontinuation'
  | 'control'
  | 'component'
  | 'result'
  | 'result-signed'
  | 'handover';

export interface DocumentRow {
  readonly id: string;
  readonly dossierId: string;
  readonly kind: DocumentKind;
  readonly name: string;
  readonly number: string | null;
  readonly file: KeptFile;
  readonly madeAt: number;
  readonly madeBy: string;
  readonly replacedBy: string | null;
}

interface Raw {
  id: string;
  dossier_id: string;
  kind: string;
  name: string;
  number: string | null;
  file_id: string;
  path: string;
  size: number;
  made_at: number;
  made_by: string;
  replaced_by: string | null;
}

const row = (r: Raw): DocumentRow => ({
  id: r.id,
  dossierId: r.dossier_id,
  kind: r.kind as DocumentKind,
  name: r.name,
  number: r.number,
  file: { id: r.file_id, path: r.path, size: r.size },
  madeAt: r.made_at,
  madeBy: r.made_by,
  replacedBy: r.replaced_by,
});

export function documentStore(store: Store) {
  const { db } = store;
  const insert = db.prepare(
    'insert into document (id, dossier_id, kind, name, number, file_id, path, size, made_at, made_by) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const byId = db.prepare('select * from document where id = ?');
  const ofDossier = db.prepare('select * from document where dossier_id = ? order by rowid');
  const replace = db.prepare('update document set replaced_by = ? where id = ?');
  const next = db.prepare(
    'insert into document_number (form, year, last) values (?, ?, 1) on conflict do update set last = last + 1 returning last',
  );
  return {
    add: (d: DocumentRow) =>
      void insert.run(d.id, d.dossierId, d.kind, d.name, d.number, d.file.id, d.file.path, d.file.size, d.madeAt, d.madeBy),
    get: (id: string): DocumentRow | undefined => {
      const found = byId.get(id) as Raw | undefined;
      return found && row(found);
    },
    of: (dossierId: string): DocumentRow[] => (ofDossier.all(dossierId) as Raw[]).map(row),
    replace: (id: string, by: string) => void replace.run(by, id),
    /** Next number of a form in a year, from 1. Taken inside the caller's transaction. */
    nextNumber: (form: string, year: number): number => (next.get(form, year) as { last: number }).last,
  };
}
