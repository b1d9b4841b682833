import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seededRandom } from '../../main/delivery/backoff.ts';
import { certificates, createTlsFront } from '../delivery/certificates.ts';
import type { Plant } from '../delivery/plants.ts';
import { forkCounter, forkProvince, judge, judgeClassic, type Verdict } from '../delivery/processes.ts';
import { createFaultProxy } from '../delivery/proxy.ts';
import { part } from '../parts.ts';
import { weather } from './delivery/weather.ts';

/** Counters in the storm at the same time: most of their time is waiting for a line that is down, or for the next try. */
const STATIONS = 4;
/** Counters at the kill points that run at the same time: most of their time is starting and waiting. */
const TOGETHER = 3;
/** A counter of which nothing arrived for so long, in clear weather, is stuck: it is ended, and the journal says what was lost. */
const STUCK_MS = 120_000;
/** Dossiers with files of two megabytes each, whose token ends again and again in the middle. */
const LARGE = 4;
/** Numbers of the parts, far from each other. */
const FIRST = { large: 20_000_000, kill: 10_000_000 };
/** In turn: interface, way of the files, over TLS or not. */
const WAYS = [
  { adapter: 'lgsp', uploads: 'whole', secure: false },
  { adapter: 'lgsp', uploads: 'tus', secure: true },
  { adapter: 'classic', uploads: 'tus', secure: false },
  { adapter: 'lgsp', uploads: 'whole', secure: true },
  { adapter: 'lgsp', uploads: 'tus', secure: false },
] as const;

/**
 * Many dossiers over a bad line to a bad province by a counter that is killed again and again, all in real processes; the judge is
 * the province's own journal. Then large files whose token ends in the middle, then kill -9 at every single request and commit of
 * one dossier, for each interface and way of sending files.
 * @param options.count dossiers, default 100,000; one chunk in ten carries files and a result, all of them when there are few.
 *   `--plant lost|doubled|misordered` gives the counter a bug, which the judge must see.
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
  const bug = options.args.indexOf('--plant');
  const plant = bug >= 0 ? { plant: options.args[bug + 1] as Plant } : {};
  const say = (text: string) => void process.stderr.write(`${text}\n`);
  say(`seed ${seed}, ${count} dossiers`);
  const random = seededRandom(seed);
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-soak-'));
  // Counters start hundreds of times: they share what the first ones compiled. Inherited by every process from here on.
  process.env['NODE_COMPILE_CACHE'] = path.join(dir, 'code');
  const province = await forkProvince(path.join(dir, 'province'), seed);
  const file = part('openssl') ? certificates(path.join(dir, 'pki')) : null;
  const front = file ? await createTlsFront(province.port, file) : null;
  const plain = await createFaultProxy({ port: province.port }, seededRandom(seed + 1));
  const secure = front ? await createFaultProxy({ port: front.port }, seededRandom(seed + 2)) : null;
  const proxies = secure ? [plain, secure] : [plain];
  const sky = { province, proxies, front, random };
  const chunks: { from: number; many: number; rich: boolean; classic: boolean }[] = [];
  let kills = 0;
  const began = performance.now();

  /** Where a counter of this way sends to. */
  const to = (way: (typeof WAYS)[number]) => ({
    adapter: way.adapter,
    uploads: way.uploads,
    port: plain.port,
    ...(way.secure && secure && file ? { port: secure.port, caFile: file('ca.pem') } : {}),
  });

  const running = new Set<ReturnType<typeof forkCounter>>();
  function start(job: Parameters<typeof forkCounter>[0]): ReturnType<typeof forkCounter> {
    const counter = forkCounter(job);
    running.add(counter);
    const gone = () => void running.delete(counter);
    counter.ended.then(gone, gone);
    return counter;
  }

  let journal = 0;
  /** Did anything happen at the province since the last question? */
  async function moved(): Promise<boolean> {
    const fresh = await province.effects(journal);
    journal = fresh.at(-1)?.number ?? journal;
    return fresh.length > 0;
  }

  /** Runs a counter to its end; one that stays stuck is killed and left to the judge. */
  async function toTheEnd(job: Parameters<typeof forkCounter>[0]): Promise<{ done: boolean; points: number }> {
    const counter = start(job);
    let alive = performance.now();
    const watch = setInterval(() => {
      void moved().then((did) => {
        if (did) alive = performance.now();
        if (performance.now() - alive < STUCK_MS) return;
        say(`the counter of dossiers ${job.from} to ${job.from + job.count - 1} is stuck and is ended`);
        counter.child.kill('SIGKILL');
      });
    }, 5_000);
    try {
      return await counter.ended;
    } finally {
      clearInterval(watch);
    }
  }

  /** What the province's journal says of everything that was made so far. */
  async function verdict(): Promise<Verdict> {
    const [effects, brief] = [await province.effects(), await province.brief()];
    const total = { lost: 0, doubled: 0, misordered: 0 };
    for (const c of chunks) {
      const one = (c.classic ? judgeClassic : judge)(effects, brief, c.from, c.many, c.rich);
      for (const key of ['lost', 'doubled', 'misordered'] as const) total[key] += one[key];
    }
    return total;
  }
  const spoken = (t: Verdict) => `lost ${t.lost}, doubled ${t.doubled}, misordered ${t.misordered}`;
  const cuts = () => proxies.reduce((n, proxy) => n + proxy.counts.cuts, 0);
  const soFar = () => `${kills} kills, ${cuts()} cuts, ${front?.counts.refused ?? 0} strange certificates`;

  /** One counter in bad weather: killed three times, then left to finish. */
  async function inWeather(job: Parameters<typeof forkCounter>[0]): Promise<void> {
    for (let left = 3; left > 0; left -= 1) {
      const counter = start(job);
      const timer = setTimeout(() => counter.child.kill('SIGKILL'), 400 + random() * 2_000);
      const { done } = await counter.ended;
      clearTimeout(timer);
      if (done) return;
      kills += 1;
    }
    await toTheEnd(job);
  }

  /** Some counters at a time, as in a province; the weather is the same for all and clears when the last one is done. */
  async function storm(): Promise<void> {
    const size = Math.max(1, Math.min(2_500, Math.ceil(count / WAYS.length)));
    const many = Math.ceil(count / size);
    const state = { over: false };
    const blowing = weather(sky, state);
    let next = 0;
    let sent = 0;
    const station = async (_: unknown, place: number) => {
      while (next < many) {
        const chunk = next;
        next += 1;
        const from = chunk * size;
        const dossiers = Math.min(size, count - from);
        const rich = count <= 5_000 || chunk % 10 === 0;
        const way = WAYS[(chunk + (rich ? Math.floor(chunk / 10) : 0)) % WAYS.length] ?? WAYS[0];
        await inWeather({
          dir: path.join(dir, `counter-${place}-${way.adapter}`),
          seed: seed + from,
          from,
          count: dossiers,
          fileBytes: rich ? 2_000 : 0,
          withResult: rich,
          killAt: 0,
          parallel: 8,
          ...to(way),
          ...plant,
        });
        chunks.push({ from, many: dossiers, rich, classic: way.adapter === 'classic' });
        sent += dossiers;
        const speed = (sent / ((performance.now() - began) / 1000)).toFixed(1);
        say(`${sent}/${count} sent (${speed}/s), ${await province.count()} held, ${soFar()}`);
      }
    };
    try {
      await Promise.all(Array.from({ length: STATIONS }, station));
    } finally {
      state.over = true;
      await blowing;
    }
    say(`storm: ${spoken(await verdict())}`);
  }

  /** Files that take seconds, while the province ends every session several times a second. */
  async function large(): Promise<void> {
    const ending = setInterval(() => void province.dropSessions(), 250);
    try {
      for (const [i, way] of WAYS.entries()) {
        const job = {
          dir: path.join(dir, `large-${i}`),
          seed: seed + i,
          from: FIRST.large + i * LARGE,
          count: LARGE,
          fileBytes: 2_000_000,
          withResult: true,
          killAt: 0,
          parallel: 4,
          bytesPerSecond: 8_000_000,
          ...to(way),
        };
        await toTheEnd(job);
        chunks.push({ from: job.from, many: LARGE, rich: true, classic: way.adapter === 'classic' });
      }
    } finally {
      clearInterval(ending);
    }
    say(`large files: ${spoken(await verdict())}`);
  }

  async function killEverywhere(way: (typeof WAYS)[number], first: number): Promise<void> {
    const base = { seed, count: 1, fileBytes: 2_000, withResult: true, killAt: 0, parallel: 4, ...to(way) };
    const home = (n: number) => path.join(dir, `k${first + n}`);
    const { points } = await toTheEnd({ ...base, dir: home(0), from: first, killAt: 1_000_000 });
    let next = 1;
    const worker = async () => {
      while (next <= points) {
        const at = next;
        next += 1;
        const job = { ...base, dir: home(at), from: first + at };
        if (!(await toTheEnd({ ...job, killAt: at })).done) kills += 1;
        await toTheEnd(job);
        rmSync(home(at), { recursive: true, force: true });
      }
    };
    await Promise.all(Array.from({ length: TOGETHER }, worker));
    chunks.push({ from: first + 1, many: points, rich: true, classic: way.adapter === 'classic' });
    // A run that shows no place to die proves nothing.
    if (points < 30) throw new Error(`only ${points} places to die were counted in one dossier`);
    say(`kill -9 at ${points} places of ${way.adapter}, ${way.uploads} done`);
  }

  try {
    await storm();
    await large();
    for (const [i, way] of WAYS.slice(0, 3).entries()) await killEverywhere(way, FIRST.kill + i * 10_000);
    const total = await verdict();
    say(`${soFar()}, ${Math.round((performance.now() - began) / 1000)} s: ${spoken(total)}`);
    const result = { soak: 'delivery', seed, count, ...total };
    return { exitCode: total.lost + total.doubled + total.misordered === 0 ? 0 : 1, result };
  } finally {
    // When one counter ended badly the others are still at work.
    for (const counter of running) counter.child.kill('SIGKILL');
    await Promise.allSettled([...running].map((counter) => counter.ended));
    for (const proxy of proxies) await proxy.close();
    await front?.close();
    await province.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
