import type { Migration, Store } from '../store/index.ts';

export const catalogueMigrations: Migration[] = [
  {
    room: 'catalogue',
    number: 1,
    name: 'problem reports',
    sql: `create table catalogue_report (
      id integer primary key, code text not null, body text not null, reported_by text not null, at integer not null
    ) strict;
    create index catalogue_report_code on catalogue_report (code, at);`,
  },
];

export interface Report {
  readonly code: string;
  readonly body: string;
  readonly by: string;
  readonly at: number;
}

export function catalogueStore(store: Store): { add(report: Report): void; all(): Report[] } {
  const insert = store.db.prepare('insert into catalogue_report (code, body, reported_by, at) values (?, ?, ?, ?)');
  const select = store.db.prepare('select code, body, reported_by as "by", at from catalogue_report order by id');
  return {
    add: (r) => void insert.run(r.code, r.body, r.by, r.at),
    all: () => select.all() as Report[],
  };
}
