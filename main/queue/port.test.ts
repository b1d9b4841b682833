import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { part } from '../../tests/parts.ts';
import { postgresBinary, startPostgres, type RealPostgres } from '../../tests/soak/queue/postgres.ts';
import { openStore, systemClock, type Store } from '../store/index.ts';
import { HallAway, migrations, postgresQueueStore, sqliteQueueStore, trainingSite, type QueueStore, type Site } from './index.ts';
import { issueAt, MORNING, picture, portSuite, send, wholeLog } from './port.suite.ts';
import { Link } from './postgres-link.ts';
import { shortHash } from './store-sqlite.ts';

describe('the SQLite store', () => {
  let dir: string;
  let open: { store: Store; port: QueueStore }[] = [];
  beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-port-'))));
  afterEach(async () => {
    for (const { store, port } of open) {
      await port.close();
      store.close();
    }
    open = [];
    rmSync(dir, { recursive: true, force: true });
  });
  portSuite(
    () => ({
      async open(site: Site = trainingSite) {
        const store = openStore({ file: path.join(dir, 'queue.sqlite'), clock: systemClock, migrations });
        const port = sqliteQueueStore({ store, site });
        open.push({ store, port });
        return port;
      },
    }),
    false,
  );

  it('tells two command ids apart that share a hash, also after a restart and after another process wrote', async () => {
    const seen = new Map<number, string>();
    let pair: [string, string] | undefined;
    for (let i = 0; pair === undefined; i += 1) {
      const id = `press-${i}-of-some-kiosk`;
      const other = seen.get(shortHash(id));
      if (other !== undefined) pair = [other, id];
      seen.set(shortHash(id), id);
    }
    const start = () => {
      const store = openStore({ file: path.join(dir, 'queue.sqlite'), clock: systemClock, migrations });
      const port = sqliteQueueStore({ store, site: trainingSite });
      open.push({ store, port });
      return port;
    };
    const press = (port: QueueStore, id: string) =>
      send(port, 'kiosk', { do: 'issue', ticketId: `t-${id}-${Math.random()}`, serviceId: 'chung-thuc' }, undefined, id);
    const first = start();
    const given = [await press(first, pair[0]), await press(first, pair[1])];
    expect(given.map((o) => o.repeated)).toEqual([false, false]);
    const second = start();
    expect([await press(second, pair[0]), await press(second, pair[1])]).toEqual(given.map((o) => ({ ...o, repeated: true })));
    // a refusal leaves no step in the log, only its answer
    const wrong = () => send(second, 'kiosk', { do: 'issue', ticketId: 'none', serviceId: 'none' }, undefined, 'press-wrong');
    expect((await wrong()).repeated).toBe(false);
    expect((await send(first, 'kiosk', { do: 'issue', ticketId: 'none', serviceId: 'none' }, undefined, 'press-wrong')).repeated).toBe(
      true,
    );
    expect((await send(first, 'kiosk', { do: 'issue', ticketId: 'x', serviceId: 'chung-thuc' })).answer).toMatchObject({
      ticket: { number: 3 },
    });
  });

  it('forgets ids after a week, and nothing else', async () => {
    const store = openStore({ file: path.join(dir, 'queue.sqlite'), clock: systemClock, migrations });
    const port = sqliteQueueStore({ store, site: trainingSite });
    open.push({ store, port });
    const press = (id: string, at: number) =>
      send(port, 'kiosk', { do: 'issue', ticketId: `t-${id}-${at}`, serviceId: 'chung-thuc' }, at, id);
    await press('press-old', MORNING);
    await press('press-new', MORNING + 6 * 86_400_000);
    await port.tidy(MORNING + 8 * 86_400_000);
    expect((await press('press-new', MORNING + 8 * 86_400_000)).repeated).toBe(true);
    expect((await press('press-old', MORNING + 8 * 86_400_000)).repeated).toBe(false);
  });

  it('lets nobody change or shorten the log, although the file is open before him', async () => {
    const store = openStore({ file: path.join(dir, 'queue.sqlite'), clock: systemClock, migrations });
    const port = sqliteQueueStore({ store, site: trainingSite });
    open.push({ store, port });
    await issueAt(port);
    expect(() => store.db.exec(`update queue_log set officer = 'nobody'`)).toThrow('append-only');
    expect(() => store.db.exec('delete from queue_log')).toThrow('append-only');
    expect(await wholeLog(port)).toHaveLength(port.state.seq);
  });
});

/** The full collection of garbage, which has a name only when it is asked for. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect !== 'function') throw new Error('no gc');
  return () => void collect();
}

const real = part(postgresBinary());
// seconds on a free machine
describe.skipIf(!real)('the PostgreSQL store', { timeout: 240_000 }, () => {
  let server: RealPostgres;
  let open: QueueStore[] = [];
  let hall = 0;
  beforeAll(async () => void (server = await startPostgres({ fsync: false })), 240_000);
  afterAll(async () => server?.stop());
  beforeEach(() => void (hall += 1));
  afterEach(async () => {
    for (const port of open) await port.close();
    open = [];
  });
  portSuite(
    () => ({
      async open(site: Site = trainingSite) {
        // a hall of its own per test; the halls share the database, as sites of one province may
        const port = await postgresQueueStore({ url: server.url, site: { ...site, id: `hall-${hall}` }, clock: systemClock });
        open.push(port);
        return port;
      },
    }),
    true,
  );

  it('lets nobody change or shorten the log, although he may write to the database', async () => {
    const port = await postgresQueueStore({ url: server.url, site: { ...trainingSite, id: `hall-${hall}` }, clock: systemClock });
    open.push(port);
    await issueAt(port);
    const sql = postgres(server.url, { max: 1, onnotice: () => {} });
    try {
      for (const change of [`update queue_log set officer = 'nobody'`, 'delete from queue_log', 'truncate queue_log'])
        await expect(sql.unsafe(change)).rejects.toThrow('append-only');
    } finally {
      await sql.end();
    }
    expect(await wholeLog(port)).toHaveLength(port.state.seq);
  });

  it('says within its patience that the database is away, and gives the first answer to a repeat once it is back', async () => {
    const site = { ...trainingSite, id: `hall-${hall}` };
    const port = await postgresQueueStore({ url: server.url, site, clock: systemClock, patienceMs: 300, onError: () => {} });
    open.push(port);
    const first = await send(port, 'kiosk', { do: 'issue', ticketId: 'away-1', serviceId: 'chung-thuc' }, undefined, 'press-away-1');
    await server.kill();
    await expect(send(port, 'kiosk', { do: 'issue', ticketId: 'away-2', serviceId: 'chung-thuc' })).rejects.toBeInstanceOf(HallAway);
    await expect(
      postgresQueueStore({ url: server.url, site, clock: systemClock, patienceMs: 300, onError: () => {} }),
    ).rejects.toBeInstanceOf(HallAway);
    await server.start();
    const again = await send(port, 'kiosk', { do: 'issue', ticketId: 'away-3', serviceId: 'chung-thuc' }, undefined, 'press-away-1');
    expect(again).toEqual({ answer: first.answer, repeated: true });
  });

  it('changes no row that all commands share, so that a backup that reads for minutes slows nobody down', async () => {
    const port = await postgresQueueStore({ url: server.url, site: { ...trainingSite, id: `hall-${hall}` }, clock: systemClock });
    open.push(port);
    const sql = postgres(server.url, { max: 1, onnotice: () => {} });
    const touched = async () => {
      await port.close();
      // what the store's connection counted reaches the shared figures when the server has seen it go
      for (;;) {
        const [row] = await sql<{ shared: number; read: number; made: number }[]>`select
          sum(n_tup_upd + n_tup_del) filter (where relname not in ('queue_ticket', 'queue_place'))::int as shared,
          sum(idx_tup_fetch + seq_tup_read) filter (where relname = 'queue_ticket')::int as read,
          sum(n_tup_ins) filter (where relname = 'queue_ticket')::int as made
          from pg_stat_user_tables where relname like 'queue%'`;
        if (row!.made >= 600) return row!;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    try {
      await sql`select pg_stat_reset()`;
      await send(port, '1', { do: 'take', counterId: '1' });
      await Promise.all(Array.from({ length: 600 }, () => issueAt(port)));
      for (let i = 0; i < 40; i += 1) await send(port, '1', { do: 'next', counterId: '1' });
      const { shared, read } = await touched();
      expect(shared).toBe(0);
      // each call finishes one and calls another: by their keys, and never a walk through all of them
      expect(read).toBeLessThan(40 * 10);
    } finally {
      await sql.end();
    }
  });

  it('starts from the last fold and the log after it', async () => {
    const site = { ...trainingSite, id: `hall-${hall}` };
    const port = await postgresQueueStore({ url: server.url, site, clock: systemClock });
    open.push(port);
    await send(port, '1', { do: 'take', counterId: '1' });
    for (let i = 0; i < 6; i += 1) await Promise.all(Array.from({ length: 200 }, () => issueAt(port)));
    await send(port, '1', { do: 'next', counterId: '1' });
    await port.close();
    const sql = postgres(server.url, { max: 1, onnotice: () => {} });
    try {
      const [fold] = await sql<{ seq: string }[]>`select seq from queue_fold where site = ${site.id}`;
      expect(Number(fold?.seq)).toBeGreaterThanOrEqual(1000);
      expect(Number(fold?.seq)).toBeLessThan(port.state.seq);
    } finally {
      await sql.end();
    }
    const again = await postgresQueueStore({ url: server.url, site, clock: systemClock });
    open.push(again);
    expect(picture(again.state)).toEqual(picture(port.state));
    expect(await issueAt(again)).toMatchObject({ number: 1201 });
  });

  it('lets go of an answer as soon as it is given', async () => {
    const link = new Link(server.url);
    try {
      const ask = async () => new WeakRef(await link.use(async (sql) => ({ rows: await sql`select 1` })));
      const answers = [await ask(), await ask(), await ask()];
      await link.use((sql) => sql`select 1`);
      const collect = collector();
      for (let tries = 0; tries < 20 && answers.some((a) => a.deref()); tries += 1) {
        await new Promise((resolve) => setImmediate(resolve));
        collect();
      }
      expect(answers.map((a) => a.deref())).toEqual([undefined, undefined, undefined]);
    } finally {
      await link.close();
    }
  });

  it('gives hubs whose clocks disagree one time: the database’s', async () => {
    const site = { ...trainingSite, id: `hall-${hall}` };
    const at = (off: number) => ({ now: () => Date.now() + off });
    const [fast, slow] = await Promise.all([600_000, -600_000].map((off) => postgresQueueStore({ url: server.url, site, clock: at(off) })));
    open.push(fast!, slow!);
    expect(Math.abs(fast!.clock.now() - slow!.clock.now())).toBeLessThan(60_000);
    expect(Math.abs(fast!.clock.now() - Date.now())).toBeLessThan(60_000);
  });
});
