import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../store/index.ts';
import { sampleDossier, sampleFile } from '../../tests/delivery/sample.ts';
import { setup, type Bench } from '../../tests/delivery/setup.ts';
import { createSession } from './adapters/spoken.ts';
import { ProvinceProblem } from './problems.ts';

let bench: Bench;
const servers: Server[] = [];
afterEach(async () => {
  await bench?.close();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

it('closes although the province never answers the sign-in', async () => {
  bench = await setup();
  const mute = createServer(() => undefined);
  servers.push(mute);
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
  const d = bench.open({ baseUrl: `http://127.0.0.1:${(mute.address() as AddressInfo).port}/lgsp`, idleMs: 600_000 });
  bench.store.transaction(() => d.enqueue(sampleDossier('x1', [])));
  const asking = d.desk.signIn(undefined, undefined);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await d.close();
  expect(await asking).toMatchObject({ refused: 'province-unreachable' });
});

it('renews a token that ends in the middle of a file, and goes on where the file was', async () => {
  bench = await setup();
  const d = bench.open({ uploads: 'tus', gatewayUrl: bench.province.gatewayUrl, bulk: { largeBytes: 1000, bytesPerSecond: 8_000_000 } });
  bench.province.troubles.set({ tokenLifeS: 1800 });
  const file = sampleFile(bench.dir, 'ban-ve.pdf', Buffer.alloc(4_000_000, 'trang '));
  bench.store.transaction(() => d.enqueue(sampleDossier('x1', [file])));
  let ended = 0;
  d.onChange(() => {
    const row = d.rows().rows[0];
    if (ended < 2 && row?.progress && row.progress.bytesDone > (ended + 1) * 1_000_000) {
      ended += 1;
      bench.province.dropSessions();
    }
  });
  await d.drained(30_000);
  expect(ended).toBe(2);
  expect(bench.province.count()).toBe(1);
  expect(d.summary().line.state).toBe('up');
  // Nothing was asked of a person, and no other upload was begun.
  const rows = bench.store.db.prepare(`select count(*) as n from delivery_evidence where step = 'GetToken'`).get() as { n: number };
  expect(rows.n).toBe(3);
});

it('signs in once for all who ask, lets each leave alone, and forgets what came for other credentials', async () => {
  const opened: ((got: { value: string; until: number }) => void)[] = [];
  const session = createSession(systemClock, () => new Promise((resolve) => opened.push(resolve)));
  const leaver = new AbortController();
  const stayer = new AbortController();
  const left = session.get(leaver.signal);
  const stays = session.get(stayer.signal);
  expect(opened).toHaveLength(1);
  leaver.abort();
  await expect(left).rejects.toBeInstanceOf(ProvinceProblem);
  session.forget();
  const next = session.get(stayer.signal);
  expect(opened).toHaveLength(2);
  const until = systemClock.now() + 60_000;
  opened[0]?.({ value: 'old', until });
  expect(await stays).toBe('old');
  opened[1]?.({ value: 'new', until });
  expect(await next).toBe('new');
  expect(await session.get(stayer.signal)).toBe('new');
});
