import Database from 'better-sqlite3';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync, readFileSync, cpSync } from 'node:fs';
import path from 'node:path';

/** What the virtual province holds. Its own database, so that it survives a restart and can be asked independently of the counter. */
export interface HeldFile {
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
  readonly component: string;
}
export interface HeldDossier {
  readonly code: string;
  readonly key: string;
  readonly revision: number;
  readonly agency: string;
  readonly source: 'lgsp' | 'classic';
  readonly status: number;
  readonly statusAt: string;
  readonly body: Record<string, unknown>;
  readonly files: readonly HeldFile[];
  readonly results: readonly HeldFile[];
  readonly progress: readonly Record<string, unknown>[];
  /** How often a dossier with this code was made; more than 1 would be a double. */
  readonly created: number;
}
export interface Brief {
  readonly code: string;
  readonly key: string;
  readonly status: number;
  readonly results: number;
}
/** One thing that really happened there, in order. `key` is the sender's. */
export interface Effect {
  readonly number: number;
  readonly kind: 'create' | 'revise' | 'progress' | 'status' | 'file';
  readonly key: string;
  readonly code: string;
}

const SCHEMA = `
  create table if not exists dossier (code text primary key, key text not null, revision integer not null, agency text not null, source text not null, status integer not null,
    status_at text not null, day text not null, received_at integer not null, body text not null) strict;
  create index if not exists dossier_day on dossier (agency, day, code);
  create table if not exists request (key text primary key, kind text not null, payload text not null, code text not null, at integer not null, answer text not null) strict, without rowid;
  create table if not exists counter (agency text not null, day text not null, n integer not null, primary key (agency, day)) strict, without rowid;
  create table if not exists file (id text primary key, sha256 text not null, size integer not null, name text not null, key text) strict, without rowid;
  create unique index if not exists file_key on file (key) where key is not null;
  create table if not exists dossier_file (code text not null, file_id text not null, component text not null, what text not null, primary key (code, file_id, component, what)) strict, without rowid;
  create table if not exists progress (id integer primary key, code text not null, key text not null, body text not null) strict;
  create index if not exists progress_code on progress (code);
  create table if not exists effect (number integer primary key autoincrement, kind text not null, key text not null, code text not null) strict;
  create index if not exists effect_made on effect (code) where kind = 'create';
  create table if not exists change (number integer primary key autoincrement, agency text not null, code text not null, body text not null) strict;
  create table if not exists token (value text primary key, until integer not null) strict, without rowid;
  create table if not exists upload (id text primary key, length integer not null, name text not null) strict, without rowid;
`;

export function openHoldings(dir: string) {
  mkdirSync(path.join(dir, 'tep'), { recursive: true });
  mkdirSync(path.join(dir, 'dang-tai'), { recursive: true });
  const db = new Database(path.join(dir, 'province.sqlite'));
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec(SCHEMA);
  const q = {
    dossier: db.prepare('select * from dossier where code = ?'),
    dossiers: db.prepare('select * from dossier order by code'),
    brief: db.prepare(
      `select d.code, d.key, d.status, (select count(*) from dossier_file f where f.code = d.code and f.what = 'result') as results from dossier d`,
    ),
    page: db.prepare('select * from dossier where agency = ? and day = ? order by code limit ? offset ?'),
    putDossier:
      db.prepare(`insert into dossier (code, key, revision, agency, source, status, status_at, day, received_at, body) values (?, ?, ?, ?, ?, 1, ?, ?, ?, ?)
      on conflict (code) do update set key = excluded.key, revision = excluded.revision, body = excluded.body`),
    setStatus: db.prepare('update dossier set status = ?, status_at = ? where code = ?'),
    request: db.prepare('select kind, payload, code, at, answer from request where key = ?'),
    putRequest: db.prepare('insert into request (key, kind, payload, code, at, answer) values (?, ?, ?, ?, ?, ?)'),
    next: db.prepare('insert into counter (agency, day, n) values (?, ?, 1) on conflict do update set n = n + 1 returning n'),
    file: db.prepare('select * from file where id = ?'),
    fileKey: db.prepare('select * from file where key = ?'),
    putFile: db.prepare('insert into file (id, sha256, size, name, key) values (?, ?, ?, ?, ?)'),
    unlink: db.prepare(`delete from dossier_file where code = ? and what = 'component'`),
    link: db.prepare('insert or ignore into dossier_file (code, file_id, component, what) values (?, ?, ?, ?)'),
    filesOf: db.prepare(
      'select f.id, f.name, f.sha256, f.size, d.component from dossier_file d join file f on f.id = d.file_id where d.code = ? and d.what = ? order by d.component, f.id',
    ),
    progress: db.prepare('select body from progress where code = ? order by id'),
    putProgress: db.prepare('insert into progress (code, key, body) values (?, ?, ?)'),
    effect: db.prepare('insert into effect (kind, key, code) values (?, ?, ?)'),
    effects: db.prepare('select number, kind, key, code from effect where number > ? order by number'),
    created: db.prepare(`select count(*) as n from effect where kind = 'create' and code = ?`),
    count: db.prepare('select count(*) as n from dossier'),
    change: db.prepare('insert into change (agency, code, body) values (?, ?, ?)'),
    changes: db.prepare('select number, code, body from change where agency = ? and number > ? order by number limit 200'),
    putToken: db.prepare('insert into token (value, until) values (?, ?)'),
    token: db.prepare('select until from token where value = ?'),
    dropTokens: db.prepare('delete from token'),
    oldTokens: db.prepare('delete from token where until < ?'),
    putUpload: db.prepare('insert into upload (id, length, name) values (?, ?, ?)'),
    upload: db.prepare('select id, length, name from upload where id = ?'),
    dropUpload: db.prepare('delete from upload where id = ?'),
    drop: db.prepare('delete from dossier where code = ?'),
  };
  interface RawDossier {
    code: string;
    key: string;
    revision: number;
    agency: string;
    source: 'lgsp' | 'classic';
    status: number;
    status_at: string;
    received_at: number;
    body: string;
  }
  const fileAt = (sha256: string) => path.join(dir, 'tep', sha256);
  const partAt = (id: string) => path.join(dir, 'dang-tai', id);

  const held = (raw: RawDossier): HeldDossier => ({
    code: raw.code,
    key: raw.key,
    revision: raw.revision,
    agency: raw.agency,
    source: raw.source,
    status: raw.status,
    statusAt: raw.status_at,
    body: JSON.parse(raw.body) as Record<string, unknown>,
    files: q.filesOf.all(raw.code, 'component') as HeldFile[],
    results: q.filesOf.all(raw.code, 'result') as HeldFile[],
    progress: (q.progress.all(raw.code) as { body: string }[]).map((p) => JSON.parse(p.body) as Record<string, unknown>),
    created: (q.created.get(raw.code) as { n: number }).n,
  });

  return {
    db,
    dir,
    transaction: <T>(work: () => T): T => db.transaction(work).immediate(),
    dossier: (code: string): HeldDossier | null => {
      const raw = q.dossier.get(code) as RawDossier | undefined;
      return raw ? held(raw) : null;
    },
    exists: (code: string) => q.dossier.get(code) as { key: string; revision: number } | undefined,
    all: (): HeldDossier[] => (q.dossiers.all() as RawDossier[]).map(held),
    /** Short rows of everything, for those who count. */
    brief: () => q.brief.all() as Brief[],
    page: (agency: string, day: string, page: number, size: number): HeldDossier[] =>
      (q.page.all(agency, day, size, (page - 1) * size) as RawDossier[]).map(held),
    count: () => (q.count.get() as { n: number }).n,
    putDossier(d: {
      code: string;
      key: string;
      revision: number;
      agency: string;
      source: 'lgsp' | 'classic';
      at: string;
      day: string;
      now: number;
      body: unknown;
      files: { id: string; component: string }[];
    }): void {
      const isNew = q.dossier.get(d.code) === undefined;
      q.putDossier.run(d.code, d.key, d.revision, d.agency, d.source, d.at, d.day, d.now, JSON.stringify(d.body));
      q.unlink.run(d.code);
      for (const f of d.files) q.link.run(d.code, f.id, f.component, 'component');
      q.effect.run(isNew ? 'create' : 'revise', d.key, d.code);
    },
    setStatus(code: string, key: string, status: number, at: string, results: { id: string; name: string }[]): void {
      q.setStatus.run(status, at, code);
      for (const r of results) q.link.run(code, r.id, r.name, 'result');
      q.effect.run('status', key, code);
    },
    putProgress(code: string, key: string, body: unknown): void {
      q.putProgress.run(code, key, JSON.stringify(body));
      q.effect.run('progress', key, code);
    },
    request: (key: string) => q.request.get(key) as { kind: string; payload: string; code: string; at: number; answer: string } | undefined,
    putRequest: (key: string, kind: string, payload: string, code: string, at: number, answer: unknown) =>
      void q.putRequest.run(key, kind, payload, code, at, JSON.stringify(answer)),
    nextNumber: (agency: string, day: string) => (q.next.get(agency, day) as { n: number }).n,
    file: (id: string) => q.file.get(id) as { id: string; sha256: string; size: number; name: string } | undefined,
    fileBytes: (sha256: string) => readFileSync(fileAt(sha256)),
    /** Keeps bytes under their own hash; the same key and bytes are one file. */
    putFile(bytes: Buffer | { part: string }, name: string, key: string | null): { id: string; sha256: string; size: number } {
      const data = Buffer.isBuffer(bytes) ? bytes : readFileSync(partAt(bytes.part));
      const sha256 = createHash('sha256').update(data).digest('hex');
      const scoped = key && `${key}/${sha256}`;
      const same = scoped ? (q.fileKey.get(scoped) as { id: string; sha256: string; size: number } | undefined) : undefined;
      if (same) return same;
      if (!existsSync(fileAt(sha256))) {
        if (Buffer.isBuffer(bytes)) {
          writeFileSync(`${fileAt(sha256)}.new`, data);
          renameSync(`${fileAt(sha256)}.new`, fileAt(sha256));
        } else cpSync(partAt(bytes.part), fileAt(sha256));
      }
      const id = `TEP-${randomBytes(9).toString('hex').toUpperCase()}`;
      q.putFile.run(id, sha256, data.length, name, scoped);
      q.effect.run('file', key ?? '', id);
      return { id, sha256, size: data.length };
    },
    part: {
      file: partAt,
      create(length: number, name: string): string {
        const id = randomBytes(12).toString('hex');
        writeFileSync(partAt(id), '');
        q.putUpload.run(id, length, name);
        return id;
      },
      get: (id: string) => q.upload.get(id) as { id: string; length: number; name: string } | undefined,
      drop(id: string): void {
        q.dropUpload.run(id);
        rmSync(partAt(id), { force: true });
      },
    },
    effects: (after = 0) => q.effects.all(after) as Effect[],
    putChange: (agency: string, code: string, body: unknown) => Number(q.change.run(agency, code, JSON.stringify(body)).lastInsertRowid),
    changes: (agency: string, after: number) =>
      (q.changes.all(agency, after) as { number: number; code: string; body: string }[]).map((c) => ({
        ...(JSON.parse(c.body) as Record<string, unknown>),
        So: c.number,
        MaHoSo: c.code,
      })),
    putToken(until: number, now: number): string {
      const value = randomBytes(24).toString('base64url');
      q.oldTokens.run(now - 3_600_000);
      q.putToken.run(value, until);
      return value;
    },
    tokenUntil: (value: string) => (q.token.get(value) as { until: number } | undefined)?.until ?? 0,
    dropTokens: () => void q.dropTokens.run(),
    /** Takes a dossier away, for rehearsing a difference. */
    forget: (code: string) => void q.drop.run(code),
    close: () => void db.close(),
  };
}

export type Holdings = ReturnType<typeof openHoldings>;
