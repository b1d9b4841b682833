import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { certificates, createTlsFront } from '../../tests/delivery/certificates.ts';
import { forkCounter, forkProvince, judge, judgeClassic } from '../../tests/delivery/processes.ts';
import { createFaultProxy, type FaultProxy } from '../../tests/delivery/proxy.ts';
import { part } from '../../tests/parts.ts';
import { seededRandom } from './backoff.ts';

/** Real processes, a real line between them. The seed is printed, so that a run can be repeated. */
const SEED = 20261121;
const NONE = { lost: 0, doubled: 0, misordered: 0 };

let dir: string;
let province: Awaited<ReturnType<typeof forkProvince>>;
let proxy: FaultProxy;
const job = (change: object = {}) => ({
  dir: path.join(dir, 'counter'),
  port: proxy.port,
  seed: SEED,
  from: 0,
  count: 20,
  fileBytes: 3_000,
  withResult: true,
  killAt: 0,
  parallel: 4,
  uploads: 'whole' as const,
  ...change,
});

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'quay-faults-'));
  province = await forkProvince(path.join(dir, 'province'), SEED);
  proxy = await createFaultProxy({ port: province.port }, seededRandom(SEED));
  console.info(`seed ${SEED}`);
});
afterEach(async () => {
  await proxy.close();
  await province.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('between real processes', { timeout: 240_000 }, () => {
  it.each([
    ['whole', 8],
    ['tus', 5],
  ] as const)('survives a line that drops, resets, cuts and delays (%s)', async (uploads, count) => {
    proxy.set({ dropReplies: 0.3, resets: 0.2, resetWithinBytes: 8_000, halfReplies: 0.1, delayMs: 4 });
    await forkCounter(job({ uploads, count })).ended;
    expect(judge(await province.effects(), await province.brief(), 0, count, true)).toEqual(NONE);
    expect(proxy.counts.cuts).toBeGreaterThan(2);
  });

  it('survives every wrong answer, before and after the work', async () => {
    const counter = forkCounter(job({ count: 16 }));
    const state = { over: false };
    const done = counter.ended.finally(() => (state.over = true));
    const random = seededRandom(SEED);
    const codes = [401, 403, 409, 413, 422, 429, 500, 502, 503] as const;
    for (let i = 0; !state.over; i += 1) {
      await province.troubles({
        status: { code: codes[i % codes.length], share: 0.4, after: random() < 0.5, retryAfterS: 0 },
        wrongHash: 0.2,
        duplicateReplies: 0.2,
        halfReplies: 0.1,
        dropReplies: 0.1,
        tokenLifeS: 1,
        clockSkewMs: (random() - 0.5) * 7_200_000,
      });
      if (i % 4 === 3) await province.dropSessions();
      if (i > 25) await province.clear();
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
    await done;
    expect(judge(await province.effects(), await province.brief(), 0, 16, true)).toEqual(NONE);
  });

  it('survives being killed at random while it takes dossiers in and sends them', async () => {
    proxy.set({ dropReplies: 0.1, resets: 0.1 });
    const random = seededRandom(SEED);
    for (let kill = 0; kill < 3; kill += 1) {
      const counter = forkCounter(job({ count: 24 }));
      setTimeout(() => counter.child.kill('SIGKILL'), 250 + random() * 500);
      await counter.ended;
    }
    await forkCounter(job({ count: 24 })).ended;
    expect(judge(await province.effects(), await province.brief(), 0, 24, true)).toEqual(NONE);
  });

  it('survives kill -9 at every request and every commit of one dossier', async () => {
    const whole = await forkCounter(job({ dir: path.join(dir, 'k0'), from: 1_000, count: 1, killAt: 1_000_000 })).ended;
    expect(whole.points).toBeGreaterThan(30);
    console.info(`${whole.points} points`);
    // Every eleventh place here, all of them in the soak.
    let next = 1 + (SEED % 11);
    const tried: number[] = [];
    const worker = async () => {
      while (next <= whole.points) {
        const at = next;
        next += 11;
        tried.push(at);
        const mine = job({ dir: path.join(dir, `k${at}`), from: 1_000 + at, count: 1 });
        expect((await forkCounter({ ...mine, killAt: at }).ended).done).toBe(false);
        await forkCounter(mine).ended;
      }
    };
    await Promise.all([worker(), worker(), worker()]);
    const [effects, holdings] = [await province.effects(), await province.brief()];
    for (const at of tried) expect({ at, ...judge(effects, holdings, 1_000 + at, 1, true) }).toEqual({ at, ...NONE });
  });

  it('survives a bad line to the classic interface, which doubles whatever comes twice', async () => {
    proxy.set({ dropReplies: 0.3, resets: 0.2, resetWithinBytes: 8_000, halfReplies: 0.1, delayMs: 4 });
    const counter = forkCounter(job({ adapter: 'classic', count: 8 }));
    setTimeout(() => counter.child.kill('SIGKILL'), 900);
    await counter.ended;
    await forkCounter(job({ adapter: 'classic', count: 8 })).ended;
    expect(judgeClassic(await province.effects(), await province.brief(), 0, 8, true)).toEqual(NONE);
    expect(proxy.counts.cuts).toBeGreaterThan(2);
  });

  it.skipIf(!part('openssl'))(
    "sends nothing to a certificate that changed to a stranger's, and goes on when it is right again",
    async () => {
      const file = certificates(path.join(dir, 'pki'));
      const front = await createTlsFront(province.port, file);
      const behind = await createFaultProxy({ port: front.port }, seededRandom(SEED));
      try {
        behind.set({ dropReplies: 0.1, resets: 0.1, resetWithinBytes: 20_000 });
        const counter = forkCounter(job({ port: behind.port, caFile: file('ca.pem'), count: 60, uploads: 'tus' }));
        while ((await province.count()) < 10) await new Promise((resolve) => setTimeout(resolve, 10));
        front.show('foreign');
        await new Promise((resolve) => setTimeout(resolve, 100));
        const before = (await province.effects()).length;
        await new Promise((resolve) => setTimeout(resolve, 400));
        expect((await province.effects()).length).toBe(before);
        expect(front.counts.refused).toBeGreaterThan(0);
        front.show('second');
        await counter.ended;
      } finally {
        await behind.close();
        await front.close();
      }
      expect(judge(await province.effects(), await province.brief(), 0, 60, true)).toEqual(NONE);
    },
  );

  it.skipIf(!part('openssl'))('keeps its TLS connections: a handshake for each call would cost more than the call', async () => {
    const file = certificates(path.join(dir, 'pki'));
    const front = await createTlsFront(province.port, file);
    try {
      await forkCounter(job({ port: front.port, caFile: file('ca.pem'), count: 60, uploads: 'tus' })).ended;
      expect(front.counts.taken).toBeLessThanOrEqual(8);
    } finally {
      await front.close();
    }
  });

  it.each(['lost', 'doubled', 'misordered'] as const)('has a judge that sees a counter with a bug: %s', async (plant) => {
    await forkCounter(job({ count: 4, plant })).ended;
    const verdict = judge(await province.effects(), await province.brief(), 0, 4, true);
    expect(verdict[plant]).toBe(4);
  });
});
