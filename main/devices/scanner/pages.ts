import type { Migration, Store } from '../../store/index.ts';
import type { Colour, ScanOptions, ScanReason, Source } from './types.ts';

/** Scan sessions and pages in SQLite. The pictures are files; a row is written after its file is safely on the disk. */
export const migrations: readonly Migration[] = [
  {
    room: 'scanner',
    number: 1,
    name: 'scan sessions and pages',
    sql: `
      create table scan_session (
        id text primary key, component_key text not null, scanner_id text not null, scanner_name text not null,
        source text not null, dpi integer not null, colour text not null, duplex integer not null,
        state text not null check (state in ('scanning', 'finished', 'cancelled', 'stopped')),
        reason text, started_at integer not null, ended_at integer
      ) strict;
      create index scan_session_pile on scan_session (component_key, started_at);
      create index scan_session_open on scan_session (state) where state = 'scanning';
      create table scan_page (
        id text primary key, session_id text not null references scan_session (id), component_key text not null,
        file text not null unique, bytes integer not null, width_px integer not null, height_px integer not null, dpi integer not null,
        position real not null, quarter_turns integer not null default 0, dropped integer not null default 0, blank integer, added_at integer not null
      ) strict;
      create index scan_page_pile on scan_page (component_key, position);
    `,
  },
  {
    room: 'scanner',
    number: 2,
    name: 'what was seen on a page, and its better copy',
    sql: `
      alter table scan_page add column skew real;
      alter table scan_page add column codes text not null default '[]';
      alter table scan_page add column better text;
    `,
  },
];

export interface SessionRow {
  readonly id: string;
  readonly componentKey: string;
  readonly scannerId: string;
  readonly scannerName: string;
  readonly options: ScanOptions;
  readonly state: 'scanning' | 'finished' | 'cancelled' | 'stopped';
  readonly reason: ScanReason | null;
  readonly startedAt: number;
  readonly endedAt: number | null;
}

export interface PageRow {
  readonly id: string;
  readonly sessionId: string;
  readonly componentKey: string;
  /** Path relative to the data folder. */
  readonly file: string;
  readonly bytes: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly dpi: number;
  readonly position: number;
  /** Clockwise, 0 to 3. */
  readonly quarterTurns: number;
  readonly dropped: boolean;
  readonly blank: boolean | null;
  readonly addedAt: number;
  /** Degrees by which its lines fall to the right; null until it was looked at. */
  readonly skewDegrees: number | null;
  /** Text of the bar codes on it. */
  readonly codes: readonly string[];
  /** The copy that stands in for the scanned picture; null as scanned. */
  readonly better: BetterCopy | null;
}

/** A straightened, cropped or black-and-white copy of a page. */
export interface BetterCopy {
  /** Path relative to the data folder. */
  readonly file: string;
  readonly kind: 'jpeg' | 'g4';
  readonly widthPx: number;
  readonly heightPx: number;
  readonly dpi: number;
  readonly bytes: number;
  readonly deskew: boolean;
  readonly crop: boolean;
  readonly bilevel: boolean;
}

interface RawSession {
  id: string;
  component_key: string;
  scanner_id: string;
  scanner_name: string;
  source: Source;
  dpi: number;
  colour: Colour;
  duplex: number;
  state: SessionRow['state'];
  reason: ScanReason | null;
  started_at: number;
  ended_at: number | null;
}

interface RawPage {
  id: string;
  session_id: string;
  component_key: string;
  file: string;
  bytes: number;
  width_px: number;
  height_px: number;
  dpi: number;
  position: number;
  quarter_turns: number;
  dropped: number;
  blank: number | null;
  added_at: number;
  skew: number | null;
  codes: string;
  better: string | null;
}

const session = (r: RawSession): SessionRow => ({
  id: r.id,
  componentKey: r.component_key,
  scannerId: r.scanner_id,
  scannerName: r.scanner_name,
  options: { source: r.source, dpi: r.dpi, colour: r.colour, duplex: r.duplex === 1 },
  state: r.state,
  reason: r.reason,
  startedAt: r.started_at,
  endedAt: r.ended_at,
});

const page = (r: RawPage): PageRow => ({
  id: r.id,
  sessionId: r.session_id,
  componentKey: r.component_key,
  file: r.file,
  bytes: r.bytes,
  widthPx: r.width_px,
  heightPx: r.height_px,
  dpi: r.dpi,
  position: r.position,
  quarterTurns: r.quarter_turns,
  dropped: r.dropped === 1,
  blank: r.blank === null ? null : r.blank === 1,
  addedAt: r.added_at,
  skewDegrees: r.skew,
  codes: JSON.parse(r.codes) as string[],
  better: r.better === null ? null : (JSON.parse(r.better) as BetterCopy),
});

export type PageStore = ReturnType<typeof pageStore>;

export function pageStore(store: Store) {
  const { db } = store;
  const all = <R>(sql: string, ...args: unknown[]): R[] => db.prepare(sql).all(...args) as R[];
  const one = <R>(sql: string, ...args: unknown[]): R | undefined => db.prepare(sql).get(...args) as R | undefined;
  const pages = (componentKey: string): PageRow[] =>
    all<RawPage>('select * from scan_page where component_key = ? order by position, added_at', componentKey).map(page);
  return {
    addSession(id: string, componentKey: string, scanner: { id: string; name: string }, o: ScanOptions): void {
      db.prepare(
        `insert into scan_session (id, component_key, scanner_id, scanner_name, source, dpi, colour, duplex, state, started_at) values (?, ?, ?, ?, ?, ?, ?, ?, 'scanning', ?)`,
      ).run(id, componentKey, scanner.id, scanner.name, o.source, o.dpi, o.colour, o.duplex ? 1 : 0, store.clock.now());
    },
    /** Ends a running session; one that is over stays as it is. @returns whether it was running */
    endSession(id: string, state: 'finished' | 'cancelled' | 'stopped', reason: ScanReason | null): boolean {
      return (
        db
          .prepare(`update scan_session set state = ?, reason = ?, ended_at = ? where id = ? and state = 'scanning'`)
          .run(state, reason, store.clock.now(), id).changes === 1
      );
    },
    session(id: string): SessionRow | undefined {
      const row = one<RawSession>('select * from scan_session where id = ?', id);
      return row && session(row);
    },
    newestSession(componentKey: string): SessionRow | undefined {
      const row = one<RawSession>(
        'select * from scan_session where component_key = ? order by started_at desc, rowid desc limit 1',
        componentKey,
      );
      return row && session(row);
    },
    openSessions: (): SessionRow[] =>
      all<RawSession>(`select * from scan_session where state = 'scanning' order by started_at`).map(session),
    countPages: (sessionId: string): number =>
      one<{ n: number }>('select count(*) as n from scan_page where session_id = ?', sessionId)?.n ?? 0,
    addPage(p: Omit<PageRow, 'position' | 'quarterTurns' | 'dropped' | 'blank' | 'addedAt' | 'skewDegrees' | 'codes' | 'better'>): void {
      db.prepare(
        `insert into scan_page (id, session_id, component_key, file, bytes, width_px, height_px, dpi, position, added_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, (select coalesce(max(position), 0) + 1 from scan_page where component_key = ?), ?)`,
      ).run(p.id, p.sessionId, p.componentKey, p.file, p.bytes, p.widthPx, p.heightPx, p.dpi, p.componentKey, store.clock.now());
    },
    hasFile: (file: string): boolean => one('select 1 from scan_page where file = ?', file) !== undefined,
    page(id: string): PageRow | undefined {
      const row = one<RawPage>('select * from scan_page where id = ?', id);
      return row && page(row);
    },
    pages,
    setDropped: (id: string, dropped: boolean): void =>
      void db.prepare('update scan_page set dropped = ? where id = ?').run(dropped ? 1 : 0, id),
    setSeen: (id: string, seen: { blank: boolean; skewDegrees: number; codes: readonly string[] }): void =>
      void db
        .prepare('update scan_page set blank = ?, skew = ?, codes = ? where id = ?')
        .run(seen.blank ? 1 : 0, seen.skewDegrees, JSON.stringify(seen.codes), id),
    setBetter: (id: string, better: BetterCopy | null): void =>
      void db.prepare('update scan_page set better = ? where id = ?').run(better === null ? null : JSON.stringify(better), id),
    /** Puts pages at the end of another component, in the given order. */
    assign(ids: readonly string[], componentKey: string): void {
      const move = db.prepare(
        'update scan_page set component_key = ?, position = (select coalesce(max(position), 0) + 1 from scan_page where component_key = ?) where id = ?',
      );
      for (const id of ids) move.run(componentKey, componentKey, id);
    },
    setTurns: (id: string, turns: number): void => void db.prepare('update scan_page set quarter_turns = ? where id = ?').run(turns, id),
    /** Writes whole positions 1, 2, 3 … in the given order. */
    setOrder(ids: readonly string[]): void {
      const set = db.prepare('update scan_page set position = ? where id = ?');
      for (const [index, id] of ids.entries()) set.run(index + 1, id);
    },
  };
}
