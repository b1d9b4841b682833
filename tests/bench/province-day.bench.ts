import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { seededRandom, type Timers } from '../../main/delivery/backoff.ts';
import { createDelivery, memorySecrets, migrations, type Delivery, type Transport } from '../../main/delivery/index.ts';
import { ProvinceProblem } from '../../main/delivery/problems.ts';
import { fromVietnam, manualClock, openStore, type Store } from '../../main/store/index.ts';
import { TRAINING_SECRET, TRAINING_USER, createProvince } from '../../main/training/province/index.ts';
import { judge } from '../delivery/processes.ts';
import { sampleDossier } from '../delivery/sample.ts';
import { option } from './options.ts';

const STATIONS = 200;
const DOSSIERS = 50_000;
const AWAY_MS = 4 * 3_600_000;
/** What the simulated province can do; above it requests queue, and when the queue is longer than two seconds it says 429. */
const REQUESTS_PER_SECOND = 250;
const WIRE_MS = 30;
/** Everything within this span of simulated time counts as one instant. */
const STEP_MS = 20;

/** Time that is moved by hand: timers fire in order when nothing else is left to do. */
function simulatedTime(start: number) {
  const clock = manualClock(start);
  const heap: { at: number; order: number; work: () => void; off: boolean }[] = [];
  let order = 0;
  let activity = 0;
  const less = (a: number, b: number) => {
    const [x, y] = [heap[a]!, heap[b]!];
    return x.at < y.at || (x.at === y.at && x.order < y.order);
  };
  const swap = (a: number, b: number) => ([heap[a], heap[b]] = [heap[b]!, heap[a]!]);
  function pop() {
    const top = heap[0];
    const last = heap.pop();
    if (top && last && top !== last) {
      heap[0] = last;
      for (let i = 0; ;) {
        let least = i;
        for (const child of [2 * i + 1, 2 * i + 2]) if (child < heap.length && less(child, least)) least = child;
        if (least === i) break;
        swap(i, least);
        i = least;
      }
    }
    return top;
  }
  const timers: Timers = {
    after(ms, work) {
      activity += 1;
      const timer = { at: Math.ceil(clock.now() + Math.max(0, ms)), order: (order += 1), work, off: false };
      heap.push(timer);
      for (let i = heap.length - 1; i > 0;) {
        const parent = (i - 1) >> 1;
        if (!less(i, parent)) break;
        swap(i, parent);
        i = parent;
      }
      return () => void (timer.off = true);
    },
  };
  /** Lets promises and commits run until nobody asks for a timer any more. */
  async function settle(): Promise<void> {
    for (let quiet = 0; quiet < 4;) {
      const before = activity;
      await new Promise((resolve) => setImmediate(resolve));
      quiet = activity === before ? quiet + 1 : 0;
    }
  }
  return {
    clock,
    timers,
    async runUntil(end: () => boolean): Promise<void> {
      await settle();
      while (!end()) {
        const first = heap[0];
        if (!first) throw new Error('nothing left to do, and not done');
        const limit = first.at + STEP_MS;
        while (heap[0] && heap[0].at <= limit) {
          const timer = pop();
          if (!timer || timer.off) continue;
          clock.set(Math.max(clock.now(), timer.at));
          activity += 1;
          timer.work();
        }
        await settle();
      }
    },
  };
}

/**
 * 200 stations, each with its own database, and one province, in simulated time: away for four hours while 50,000 dossiers come in,
 * then back. `drainMinutes`: from its return until every dossier is acknowledged with its step and status. `fairnessRatio`: the
 * slowest station's minutes over the median station's; all have the same amount of work. `--count N` and `--stations N` scale it down.
 */
export async function run(options: { json: boolean; args: readonly string[] }): Promise<Record<string, number | string>> {
  const stationCount = option(options.args, '--stations', STATIONS);
  const count = option(options.args, '--count', DOSSIERS);
  const each = Math.max(1, Math.round(count / stationCount));
  const seed = 20261121;
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-day-'));
  const start = fromVietnam('2026-11-23', '08:00');
  const back = start + AWAY_MS;
  const time = simulatedTime(start);
  const { clock, timers } = time;
  const province = await createProvince({ port: 0, dir, clock, random: seededRandom(seed) });
  const random = seededRandom(seed);
  let freeAt = start;
  let told429 = 0;

  const wait = (ms: number) => new Promise<void>((resolve) => void timers.after(ms, resolve));
  const transport: Transport = {
    async send(request) {
      await wait(WIRE_MS);
      if (clock.now() < back) {
        await wait(3_000);
        throw new ProvinceProblem('line', 'away', { reasonCode: 'ETIMEDOUT' });
      }
      const queue = Math.max(0, freeAt - clock.now());
      if (queue > 2_000) {
        told429 += 1;
        await wait(WIRE_MS);
        return { status: 429, headers: { 'retry-after': '5' }, body: Buffer.from('{"MaLoi":"QUA_NHIEU","ThongBao":"Quá nhiều yêu cầu."}') };
      }
      freeAt = Math.max(freeAt, clock.now()) + 1000 / REQUESTS_PER_SECOND;
      await wait(freeAt - clock.now());
      const url = new URL(request.url);
      const headers = Object.fromEntries(Object.entries(request.headers ?? {}).map(([k, v]) => [k.toLowerCase(), v]));
      const reply = province.handle({
        method: request.method,
        path: url.pathname,
        query: url.searchParams,
        headers,
        body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
      });
      await wait(WIRE_MS);
      return reply;
    },
    close: () => undefined,
  };

  const stations: { delivery: Delivery; store: Store; left: number; doneAt: number }[] = [];
  let left = each * stationCount;
  for (let i = 0; i < stationCount; i += 1) {
    const store = openStore({ file: ':memory:', clock, migrations });
    const station = { store, left: each, doneAt: 0, delivery: null as unknown as Delivery };
    station.delivery = createDelivery({
      store,
      clock,
      dataDir: dir,
      timers,
      random: seededRandom(seed + i),
      transport,
      province: { adapter: 'lgsp', baseUrl: 'https://province.invalid/lgsp', agency: `H15.50.${String(i).padStart(3, '0')}` },
      secrets: memorySecrets({ 'province.user': TRAINING_USER, 'province.secret': TRAINING_SECRET }),
      daily: null,
    });
    stations.push(station);
    store.subscribe((event) => {
      if (event.room !== 'delivery' || event.kind !== 'closed') return;
      station.left -= 1;
      left -= 1;
      if (station.left === 0) station.doneAt = clock.now();
    });
    station.delivery.start();
    for (let n = 0; n < each; n += 1) {
      timers.after(random() * AWAY_MS, () => {
        const number = i * each + n;
        const agency = { code: `H15.50.${String(i).padStart(3, '0')}`, name: `Phường ${i}` };
        store.transaction(() =>
          station.delivery.enqueue(
            sampleDossier(`d${number}`, [], {
              provisionalCode: `TAM-Q1-261123-${number}`,
              agencies: { receiving: agency, competent: agency },
              submittedAt: clock.now(),
              receivedAt: clock.now(),
              dueAt: null,
            }),
          ),
        );
      });
    }
  }
  try {
    await time.runUntil(() => left === 0);
    const minutes = stations.map((s) => (s.doneAt - back) / 60_000).sort((a, b) => a - b);
    const { lost, doubled, misordered } = judge(province.effects(), province.brief(), 0, each * stationCount, false);
    return {
      stations: stationCount,
      dossiers: each * stationCount,
      seed,
      provinceRequestsPerSecond: REQUESTS_PER_SECOND,
      drainMinutes: Number((minutes.at(-1) ?? 0).toFixed(2)),
      medianMinutes: Number((minutes[Math.floor(stationCount / 2)] ?? 0).toFixed(2)),
      fairnessRatio: Number(((minutes.at(-1) ?? 0) / (minutes[Math.floor(stationCount / 2)] ?? 1)).toFixed(3)),
      told429,
      lost,
      doubled,
      misordered,
    };
  } finally {
    for (const s of stations) {
      await s.delivery.close();
      s.store.close();
    }
    await province.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
