import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { part } from '../../tests/parts.ts';
import { Checker } from '../../tests/soak/queue/checker.ts';
import { postgresBinary, startPostgres, type RealPostgres } from '../../tests/soak/queue/postgres.ts';
import { HubClient } from '../../tests/soak/queue/processes/client.ts';
import { raceSite } from '../../tests/soak/queue/sites.ts';
import { openStore, systemClock } from '../store/index.ts';
import { migrations, postgresQueueStore, sqliteQueueStore, type QueueStore } from './index.ts';
import { wholeLog } from './port.suite.ts';

/** Real processes, really killed. They need seconds on a free machine, and patience on a busy one. */
const PATIENCE = 240_000;

const run = promisify(execFile);
const script = (name: string): string => path.join(import.meta.dirname, '..', '..', 'tests', 'soak', 'queue', 'processes', `${name}.ts`);
const COUNTERS = 20;

let dir: string;
let children: ChildProcess[] = [];
beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-processes-'))));
afterEach(async () => {
  for (const child of children) await kill(child);
  children = [];
  rmSync(dir, { recursive: true, force: true });
});

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

/** Starts a process and waits for its first line. */
async function start(args: string[]): Promise<{ child: ChildProcess; line: string }> {
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(data.toString().trim()));
    child.once('exit', () => reject(new Error(`${args.join(' ')} ended before it said anything`)));
  });
  return { child, line };
}

/** A hub that was killed comes back at the same address, so the address is chosen beforehand. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
const hub = async (kind: 'sqlite' | 'postgres', where: string, port: number): Promise<ChildProcess> =>
  (await start([script('hub'), kind, where, String(port)])).child;

async function issueAll(port: number, count: number): Promise<Set<string>> {
  const client = new HubClient([port], 'kiosk-1');
  const ids = new Set<string>();
  for (let i = 0; i < count; i += 250) {
    const batch = Array.from({ length: Math.min(250, count - i) }, (_, k) =>
      client.ask(`issue-${i + k}-race`, { do: 'issue', ticketId: `ticket-${i + k}`, serviceId: 'chung-thuc' }),
    );
    for (const { ticket } of await Promise.all(batch)) ids.add(ticket!.id);
  }
  client.close();
  return ids;
}

interface Race {
  /** Whom each process was told that it had called. */
  readonly called: string[];
  readonly retries: number;
}
/** 20 processes race until nobody waits; `accident` happens in the middle. */
async function race(ports: readonly number[], accident?: () => Promise<void>): Promise<Race> {
  const counters = Array.from({ length: COUNTERS }, (_, i) =>
    run(process.execPath, [script('counter'), String(i + 1), ports.join(',')], { maxBuffer: 1 << 24 }),
  );
  // a test that fails must not leave twenty processes behind that go on asking
  children.push(...counters.map((c) => c.child));
  if (accident) await accident();
  const outputs = await Promise.all(counters);
  return {
    called: outputs.flatMap((o) => o.stdout.split('\n').filter((l) => l !== '')),
    retries: outputs.reduce((n, o) => n + Number(o.stderr.trim().split('\n').at(-1)), 0),
  };
}

async function judge(store: QueueStore, issued: ReadonlySet<string>, { called }: Race): Promise<void> {
  expect(called).toHaveLength(issued.size);
  expect(new Set(called)).toEqual(issued);
  const checker = new Checker(store.site);
  const log = await wholeLog(store);
  for (const entry of log) checker.hear(entry);
  checker.compare(store.state.tickets.values());
  expect(checker.violations).toEqual([]);
  const calls = log.filter((e) => e.action === 'call').map((e) => e.ticketId);
  expect(calls).toHaveLength(issued.size);
  expect(new Set<string | null>(calls)).toEqual(issued);
  await store.close();
}

describe('on SQLite', { timeout: PATIENCE }, () => {
  const file = () => path.join(dir, 'queue.sqlite');
  const reopened = () => sqliteQueueStore({ store: openStore({ file: file(), clock: systemClock, migrations }), site: raceSite(COUNTERS) });

  it('20 counter processes race for 4,000 tickets: each citizen is called once', async () => {
    const port = await freePort();
    const child = await hub('sqlite', file(), port);
    const issued = await issueAll(port, 4000);
    const result = await race([port]);
    await kill(child);
    await judge(reopened(), issued, result);
  });

  it('kill -9 of the hub in mid-call, twice: what was acknowledged is there, nobody is called twice', async () => {
    const port = await freePort();
    let child = await hub('sqlite', file(), port);
    const issued = await issueAll(port, 1000);
    const result = await race([port], async () => {
      for (let i = 0; i < 2; i += 1) {
        await sleep(400);
        await kill(child);
        child = await hub('sqlite', file(), port);
      }
    });
    await kill(child);
    expect(result.retries).toBeGreaterThan(0);
    await judge(reopened(), issued, result);
  });

  it('kill -9 of a kiosk that goes on alone: no paper twice, and every paper is taken over', async () => {
    const port = await freePort();
    let child = await hub('sqlite', file(), port);
    const journal = path.join(dir, 'kiosk.json');
    const kiosk = (...args: string[]) => run(process.execPath, [script('kiosk'), journal, String(port), ...args]);
    const papers = (await kiosk('alone', '3')).stdout.trim().split('\n');
    await kill(child);
    const killed = await start([script('kiosk'), journal, String(port), 'alone', '40']);
    const heard: string[] = [killed.line];
    killed.child.stdout?.on('data', (data: Buffer) => heard.push(data.toString()));
    await sleep(150);
    await kill(killed.child);
    papers.push(
      ...heard
        .join('\n')
        .split('\n')
        .filter((l) => l !== ''),
    );
    papers.push(...(await kiosk('alone', '3')).stdout.trim().split('\n'));
    expect(new Set(papers).size).toBe(papers.length);
    child = await hub('sqlite', file(), port);
    const first = (await kiosk('merge')).stdout.trim().split('\n');
    // merged twice is merged once
    expect((await kiosk('merge')).stdout.trim().split('\n')).toEqual(first);
    for (const paper of papers) expect(first).toContain(paper);
    await kill(child);
    const store = reopened();
    expect(store.state.tickets.size).toBe(first.length);
    await store.close();
  });
});

const real = part(postgresBinary());
describe.skipIf(!real)('on PostgreSQL', { timeout: PATIENCE }, () => {
  let server: RealPostgres;
  beforeEach(async () => void (server = await startPostgres({ fsync: false })), PATIENCE);
  afterEach(async () => server?.stop(), PATIENCE);
  const reopened = () => postgresQueueStore({ url: server.url, site: raceSite(COUNTERS), clock: systemClock });

  it('20 counter processes race for 4,000 tickets at two hubs: each citizen is called once', async () => {
    const ports = [await freePort(), await freePort()];
    for (const port of ports) await hub('postgres', server.url, port);
    const issued = await issueAll(ports[0]!, 4000);
    await judge(await reopened(), issued, await race(ports));
  });

  it('kill -9 of one hub and of PostgreSQL itself in mid-call: what was acknowledged is there, nobody is called twice', async () => {
    const ports = [await freePort(), await freePort()];
    const hubs: ChildProcess[] = [];
    for (const port of ports) hubs.push(await hub('postgres', server.url, port));
    const issued = await issueAll(ports[0]!, 400);
    const result = await race(ports, async () => {
      await sleep(500);
      await kill(hubs[0]!);
      await sleep(200);
      await server.kill();
      await server.start();
    });
    await judge(await reopened(), issued, result);
  });
});
