import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { part } from '../../tests/parts.ts';
import { postgresBinary, startPostgres, type RealPostgres } from '../../tests/soak/queue/postgres.ts';
import { openStore, systemClock, type Store } from '../store/index.ts';
import { HallAway, migrations, postgresQueueStore, sqliteQueueStore, trainingSite, type QueueStore, type Site } from './index.ts';
import { issueAt, MORNING, portSuite, send, wholeLog } from './port.suite.ts';
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

  it('gives hubs whose clocks disagree one time: the database’s', async () => {
    const site = { ...trainingSite, id: `hall-${hall}` };
    const at = (off: number) => ({ now: () => Date.now() + off });
    const [fast, slow] = await Promise.all([600_000, -600_000].map((off) => postgresQueueStore({ url: server.url, site, clock: at(off) })));
    open.push(fast!, slow!);
    expect(Math.abs(fast!.clock.now() - slow!.clock.now())).toBeLessThan(60_000);
    expect(Math.abs(fast!.clock.now() - Date.now())).toBeLessThan(60_000);
  });
});
