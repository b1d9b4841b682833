import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seededRandom } from '../../main/delivery/backoff.ts';
import { forkCounter, forkProvince, judge } from '../delivery/processes.ts';
import { CALM, createFaultProxy } from '../delivery/proxy.ts';

const CODES = [401, 403, 409, 413, 422, 429, 500, 502, 503] as const;

/**
 * Many dossiers over a bad line to a bad province by a counter that is killed again and again, all in real processes; the judge is
 * the province's own journal. Then kill -9 at every single request and commit of one dossier.
 * @param options.count dossiers, default 100,000; one in ten carries files and a result, all of them when there are few
 */
export async function run(options: {
  count?: number;
  seed?: number;
  json: boolean;
  args: string[];
}): Promise<{ exitCode: number; result: object }> {
  const count = options.count ?? 100_000;
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  say(`seed ${seed}, ${count} dossiers`);
  const random = seededRandom(seed);
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-soak-'));
  const province = await forkProvince(path.join(dir, 'province'), seed);
  const proxy = await createFaultProxy({ port: province.port }, seededRandom(seed + 1));
  const total = { lost: 0, doubled: 0, misordered: 0 };
  let kills = 0;
  const chunks: { from: number; many: number; rich: boolean }[] = [];
  const add = (part: typeof total) => {
    for (const key of ['lost', 'doubled', 'misordered'] as const) total[key] += part[key];
  };

  /** Shifting troubles until `state.over`; every fourth spell is calm, so that work gets done. */
  async function weather(state: { over: boolean }): Promise<void> {
    for (let i = 0; !state.over; i += 1) {
      if (i % 4 === 0) {
        await province.clear();
        proxy.set({ dropReplies: 0, resets: 0, halfReplies: 0, delayMs: 0, down: false });
      } else {
        await province.troubles({
          status: { code: CODES[Math.floor(random() * CODES.length)], share: random() * 0.3, after: random() < 0.5, retryAfterS: 0 },
          wrongHash: random() * 0.1,
          duplicateReplies: random() * 0.1,
          tokenLifeS: random() < 0.3 ? 1 : 1800,
          clockSkewMs: (random() - 0.5) * 7_200_000,
        });
        proxy.set({
          dropReplies: random() * 0.3,
          resets: random() * 0.2,
          halfReplies: random() * 0.1,
          delayMs: random() < 0.3 ? 5 : 0,
          down: random() < 0.05,
        });
        if (random() < 0.2) await province.dropSessions();
      }
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    // Calm at the end, whatever the last spell was: what is still under way must be able to arrive.
    await province.clear();
    proxy.set({ ...CALM });
  }

  try {
    const size = Math.max(1, Math.min(5_000, Math.ceil(count / 5)));
    for (let from = 0; from < count; from += size) {
      const many = Math.min(size, count - from);
      const rich = count <= 5_000 || (from / size) % 10 === 0;
      const job = {
        dir: path.join(dir, 'counter'),
        port: proxy.port,
        seed: seed + from,
        from,
        count: many,
        fileBytes: rich ? 2_000 : 0,
        withResult: rich,
        killAt: 0,
        parallel: 8,
        uploads: (from / size) % 2 === 0 ? ('whole' as const) : ('tus' as const),
      };
      const state = { over: false };
      const blowing = weather(state);
      for (let left = 3; ; left -= 1) {
        const counter = forkCounter(job);
        const timer = left > 0 ? setTimeout(() => counter.child.kill('SIGKILL'), 400 + random() * 2_000) : null;
        // In the end the weather clears, else a rare trouble could keep the last dossier waiting for long.
        const calm = left > 0 ? null : setTimeout(() => (state.over = true), 20_000 + many * 8);
        const end = await counter.ended;
        if (timer) clearTimeout(timer);
        if (calm) clearTimeout(calm);
        if (end.done) break;
        kills += 1;
      }
      state.over = true;
      await blowing;
      proxy.set({ dropReplies: 0, resets: 0, halfReplies: 0, delayMs: 0, down: false });
      chunks.push({ from, many, rich });
      say(`${from + many}/${count} sent, ${await province.count()} held, ${kills} kills, ${proxy.counts.cuts} cuts`);
    }

    const base = {
      port: proxy.port,
      seed,
      count: 1,
      fileBytes: 2_000,
      withResult: true,
      killAt: 0,
      parallel: 4,
      uploads: 'whole' as const,
    };
    const points = (await forkCounter({ ...base, dir: path.join(dir, 'k0'), from: 10_000_000, killAt: 1_000_000 }).ended).points;
    for (let at = 1; at <= points; at += 1) {
      const job = { ...base, dir: path.join(dir, `k${at}`), from: 10_000_000 + at };
      await forkCounter({ ...job, killAt: at }).ended;
      await forkCounter(job).ended;
      kills += 1;
    }
    chunks.push({ from: 10_000_001, many: points, rich: true });
    const [effects, brief] = [await province.effects(), await province.brief()];
    for (const c of chunks) add(judge(effects, brief, c.from, c.many, c.rich));
    say(`kill -9 at ${points} places: lost ${total.lost}, doubled ${total.doubled}, misordered ${total.misordered}`);
  } finally {
    await proxy.close();
    await province.close();
    rmSync(dir, { recursive: true, force: true });
  }
  const result = { soak: 'delivery', seed, count, ...total, kills, cuts: proxy.counts.cuts };
  return { exitCode: total.lost + total.doubled + total.misordered === 0 ? 0 : 1, result };
}
