import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Client } from '../main/cli/clients.ts';
import { until } from '../main/cli/clients.ts';
import { TRAINING_PASSWORD } from '../main/counter/people.ts';
import { postgresQueueStore, trainingSite } from '../main/queue/index.ts';
import { systemClock } from '../main/store/index.ts';
import { startStation } from './bench/station.ts';
import { part } from './parts.ts';
import { Checker } from './soak/queue/checker.ts';
import { postgresBinary, startPostgres, type RealPostgres } from './soak/queue/postgres.ts';
import { whole } from './soak/queue/text.ts';

type Station = Awaited<ReturnType<typeof startStation>>;

const PATIENCE = 240_000;
let ids = 0;
const id = (): string => `hubs-command-${(ids += 1)}`;

/** Two stations as `npm start -- --headless` runs them, each with its own data folder, with one hall in one real PostgreSQL. */
describe.skipIf(!part(postgresBinary()))('several hubs on one database', { timeout: PATIENCE }, () => {
  let dir: string;
  let server: RealPostgres;
  let stations: Station[] = [];
  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-hubs-'));
    server = await startPostgres({ fsync: false });
  }, PATIENCE);
  afterAll(async () => {
    for (const station of stations) await station.close();
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  }, PATIENCE);

  async function open(name: string): Promise<Station> {
    const data = path.join(dir, name);
    mkdirSync(data, { recursive: true });
    writeFileSync(path.join(data, 'config.json'), JSON.stringify({ hall: { postgres: server.url, hub: name } }));
    const station = await startStation(data);
    stations = [...stations, station];
    return station;
  }
  async function desk(station: Station, login: string, counterId: string): Promise<Client> {
    const client = await station.screen('station', counterId);
    await client.officers.signIn({ login, password: TRAINING_PASSWORD });
    await client.queue.takeCounter({ commandId: id(), counterId });
    return client;
  }
  const called: string[] = [];
  const next = async (client: Client, commandId = id()) => {
    const { ticket } = await client.queue.callNext({ commandId });
    if (ticket) called.push(ticket.text);
    return ticket;
  };

  it('gives numbers, calls and shows as one hall; goes on when a hub or the database is killed', async () => {
    const [a, b] = [await open('hub-a'), await open('hub-b')];
    const [kioskA, kioskB] = [await a.screen('kiosk'), await b.screen('kiosk')];
    const issued = await Promise.all(
      Array.from({ length: 20 }, (_, i) => (i % 2 === 0 ? kioskA : kioskB).queue.issue({ commandId: id(), serviceId: 'chung-thuc' })),
    );
    expect(issued.map((t) => t.number).toSorted((x, y) => x - y)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));

    const deskA = await desk(a, 'dung', '1');
    const deskB = await desk(b, 'lien', '2');
    const board = await (await b.screen('board')).queue.live({});
    for (let i = 0; i < 2; i += 1) await Promise.all([next(deskA), next(deskB)]);
    const [atA] = await Promise.all([next(deskA), next(deskB)]);
    // a call at one hub is on the boards of the other
    const shown = (message: unknown) => JSON.stringify(message).includes(`"text":"${atA?.text}"`) || undefined;
    await until(board, shown, 20_000, 'the call at the board of the other hub');

    // hub A dies with a press on its way
    const dying = deskA.queue.callNext({ commandId: 'hubs-dying-press' }).then(
      ({ ticket }) => ticket,
      () => undefined,
    );
    await a.close('SIGKILL');
    await Promise.race([dying, new Promise((resolve) => setTimeout(resolve, 1000))]);
    for (let i = 0; i < 2; i += 1) expect(await next(deskB)).toBeDefined();

    // and is there again: the same press, sent again, is the one call that it was (or now becomes)
    const back = await open('hub-a');
    const deskBack = await desk(back, 'dung', '1');
    const pressed = await next(deskBack, 'hubs-dying-press');
    // The other hub hears of it a moment later.
    const atOne = async () => (await deskB.queue.counters()).find((c) => c.counterId === '1')?.current?.text;
    await expect.poll(atOne, { timeout: 20_000 }).toBe(pressed?.text);

    // the database dies; a press waits, or is refused in words; with its id it is sent until it is answered
    await server.kill();
    const later = 'hubs-press-while-away';
    const first = deskB.queue.callNext({ commandId: later }).then(
      ({ ticket }) => ticket?.text ?? 'nobody',
      (error: { code?: string }) => error.code ?? 'lost',
    );
    await server.start();
    const heard = await first;
    const again = await next(deskB, later);
    expect(again).toBeDefined();
    if (heard !== 'REFUSED') expect(heard).toBe(again?.text);
    expect(await next(deskBack)).toBeDefined();

    expect(new Set(called).size).toBe(called.length);
    const hall = await postgresQueueStore({
      url: server.url,
      site: { ...trainingSite, id: 'rehearsal-training' },
      clock: systemClock,
      onError: () => {},
    });
    const checker = new Checker(trainingSite);
    for (const entry of await whole(hall)) checker.hear(entry);
    checker.compare(hall.state.tickets.values());
    await hall.close();
    expect(checker.violations).toEqual([]);
    expect(checker.calls).toBe(called.length);
  });

  it('says in words at the start that the database is away, and never with its password', async () => {
    const data = path.join(dir, 'lonely');
    mkdirSync(data, { recursive: true });
    writeFileSync(
      path.join(data, 'config.json'),
      JSON.stringify({ hall: { postgres: 'postgres://quay:s3cret@127.0.0.1:1/quay', patienceSeconds: 1 } }),
    );
    const start = spawnSync(
      process.execPath,
      [path.join(import.meta.dirname, '../main/start.cjs'), '--headless', '--no-open', '--data', data, '--port', '0'],
      { encoding: 'utf8', timeout: 120_000 },
    );
    expect(start.status).toBe(1);
    expect(start.stderr).toContain('Không nối được cơ sở dữ liệu hàng chờ');
    expect(start.stderr + start.stdout).not.toContain('s3cret');
  });
});
