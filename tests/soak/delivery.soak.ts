import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seededRandom } from '../../main/delivery/backoff.ts';
import { forkCounter, forkProvince, judge } from '../delivery/processes.ts';
import { CALM, createFaultProxy } from '../delivery/proxy.ts';

const CODES = [401, 403, 409, 413, 422, 429, 500, 502, 503] as const;
/** Counters at the kill points that run at the same time: most of their time is starting and waiting. */
const TOGETHER = 3;
/** A counter that is not done this long after the weather cleared is stuck: it is ended, and the journal says what was lost. */
const STUCK_MS = 120_000;

/**
 * Many dossiers over a bad line to a bad province by a counter that is killed again and again, all in real processes; the judge is
 * the province's own journal. Then kill -9 at every single request and commit of one dossier.
 * @param options.count dossiers, default 100,000; one in ten carries files and a result, all of them when there are few
 * @returns `{soak, seed, count, lost, doubled, misordered}`; exit code 1 when any of the three is not 0
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
  // Counters start hundreds of times: they share what the first ones compiled. Inherited by every process from here on.
  process.env['NODE_COMPILE_CACHE'] = path.join(dir, 'code');
  const province = await forkProvince(path.join(dir, 'province'), seed);
  const proxy = await createFaultProxy({ port: province.port }, seededRandom(seed + 1));
  const chunks: { from: number; many: number; rich: boolean }[] = [];
  let kills = 0;

  /** Shifting troubles until `state.over`; every fourth spell is calm, so that work gets done. */
  async function weather(state: { over: boolean }): Promise<void> {
    for (let i = 0; !state.over; i += 1) {
      if (i % 4 === 0) {
        await province.clear();
        proxy.set({ ...CALM });
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

  /** Runs a counter to its end; one that stays stuck is killed and left to the judge. */
  async function toTheEnd(job: Parameters<typeof forkCounter>[0], ms: number): Promise<{ done: boolean; points: number }> {
    const counter = forkCounter(job);
    const limit = setTimeout(() => {
      say(`the counter of dossiers ${job.from} to ${job.from + job.count - 1} is stuck and is ended`);
      counter.child.kill('SIGKILL');
    }, ms);
    try {
      return await counter.ended;
    } finally {
      clearTimeout(limit);
    }
  }

  /** What the province's journal says of everything that was made so far. */
  async function verdict(): Promise<{ lost: number; doubled: number; misordered: number }> {
    const [effects, brief] = [await province.effects(), await province.brief()];
    const total = { lost: 0, doubled: 0, misordered: 0 };
    for (const c of chunks) {
      const part = judge(effects, brief, c.from, c.many, c.rich);
      for (const key of ['lost', 'doubled', 'misordered'] as const) total[key] += part[key];
    }
    return total;
  }
  const spoken = (t: Awaited<ReturnType<typeof verdict>>) => `lost ${t.lost}, doubled ${t.doubled}, misordered ${t.misordered}`;

  async function storm(): Promise<void> {
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
      let done = false;
      for (let left = 3; left > 0 && !done; left -= 1) {
        const counter = forkCounter(job);
        const timer = setTimeout(() => counter.child.kill('SIGKILL'), 400 + random() * 2_000);
        done = (await counter.ended).done;
        clearTimeout(timer);
        if (!done) kills += 1;
      }
      if (!done) {
        // In the end the weather clears, else a rare trouble could keep the last dossier waiting for long.
        const blowMs = 20_000 + many * 8;
        const calm = setTimeout(() => (state.over = true), blowMs);
        await toTheEnd(job, blowMs + STUCK_MS + many * 20);
        clearTimeout(calm);
      }
      state.over = true;
      await blowing;
      chunks.push({ from, many, rich });
      say(`${from + many}/${count} sent, ${await province.count()} held, ${kills} kills, ${proxy.counts.cuts} cuts`);
    }
    say(`storm: ${spoken(await verdict())}`);
  }

  async function killEverywhere(): Promise<void> {
    const first = 10_000_000;
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
    const { points } = await toTheEnd({ ...base, dir: path.join(dir, 'k0'), from: first, killAt: 1_000_000 }, STUCK_MS);
    let next = 1;
    const worker = async () => {
      while (next <= points) {
        const at = next;
        next += 1;
        const job = { ...base, dir: path.join(dir, `k${at}`), from: first + at };
        if (!(await toTheEnd({ ...job, killAt: at }, STUCK_MS)).done) kills += 1;
        await toTheEnd(job, STUCK_MS);
        if (at % 20 === 0) say(`kill -9 at ${at} of ${points} places`);
      }
    };
    await Promise.all(Array.from({ length: TOGETHER }, worker));
    chunks.push({ from: first + 1, many: points, rich: true });
    // A run that shows no place to die proves nothing.
    if (points < 30) throw new Error(`only ${points} places to die were counted in one dossier`);
    say(`kill -9 at ${points} places done`);
  }

  try {
    await storm();
    await killEverywhere();
    const total = await verdict();
    say(`${kills} kills, ${proxy.counts.cuts} cuts: ${spoken(total)}`);
    const result = { soak: 'delivery', seed, count, ...total };
    return { exitCode: total.lost + total.doubled + total.misordered === 0 ? 0 : 1, result };
  } finally {
    await proxy.close();
    await province.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
