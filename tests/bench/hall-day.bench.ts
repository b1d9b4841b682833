import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Caller } from '../../main/contract/context.ts';
import { isRefusal } from '../../main/contract/refusal.ts';
import { createQueue, migrations, sqliteQueueStore } from '../../main/queue/index.ts';
import { fromVietnam, manualClock, openStore } from '../../main/store/index.ts';
import { random } from '../soak/queue/random.ts';
import { raceSite } from '../soak/queue/sites.ts';
import { option } from './options.ts';

const COUNTERS = 100;
const BOARDS = 40;
const HOURS = 9;
/** So many citizens wait all day, if that many come. */
const WAITING = 800;

/**
 * One day of a large centre in fast motion at the room's face: `--tickets N` (default 15,000), 100 desks and 40 boards that
 * take and encode every message. `rssGrowthMb` counts from when the hall is full, a tenth of the day, to the day's end, and
 * `heapGrowthMb` the part of it that is still reachable then; `slowestMs` is the slowest command.
 */
export async function run({ args }: { json: boolean; args: string[] }): Promise<Record<string, number | string>> {
  const count = option(args, '--tickets', 15_000);
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-hall-day-'));
  const morning = fromVietnam('2026-11-23', '07:30');
  const clock = manualClock(morning);
  const site = raceSite(COUNTERS, true);
  const store = openStore({ file: path.join(dir, 'queue.sqlite'), clock, migrations });
  const port = sqliteQueueStore({ store, site });
  const queue = createQueue({ store: port, clock, monotonic: () => clock.now(), print: async () => 'printed' });
  const dice = random(1);
  let ids = 0;
  let slowest = 0;
  let bytes = 0;
  const id = () => `hall-day-${(ids += 1)}`;
  const timed = async <T>(work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    slowest = Math.max(slowest, performance.now() - started);
    return result;
  };
  const read = (stream: AsyncIterable<unknown>) =>
    void (async () => {
      for await (const message of stream) bytes += JSON.stringify(message).length;
    })();
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const memory = () => {
    collect();
    const { rss, heapUsed } = process.memoryUsage();
    return { rss: rss / 2 ** 20, heap: heapUsed / 2 ** 20 };
  };
  const kiosk: Caller = { role: 'kiosk', deviceId: 'kiosk' };
  const officers = site.counters.map((c): Caller => ({
    role: 'officer',
    deviceId: `desk-${c.id}`,
    officer: { id: `o-${c.id}`, name: 'Cán bộ', title: '', duties: [] },
  }));
  try {
    for (const [i, officer] of officers.entries()) {
      await queue.takeCounter(officer, { commandId: id(), counterId: site.counters[i]!.id });
      read(queue.live.desk(site.counters[i]!.id));
    }
    for (let i = 0; i < BOARDS; i += 1) read(queue.live.board(undefined));
    const waiting = Math.min(WAITING, Math.floor(count / 20));
    let early = memory();
    let called = 0;
    const started = performance.now();
    for (let i = 0; i < count; i += 1) {
      clock.set(morning + Math.floor((i / count) * HOURS * 3_600_000));
      const issued = await timed(() => queue.issue(kiosk, { commandId: id(), serviceId: dice.pick(site.services).id }));
      if (isRefusal(issued)) throw new Error(issued.en);
      if (i === Math.floor(count / 10)) early = memory();
      if (i < waiting) continue;
      const officer = dice.pick(officers);
      const answer = await timed(() => queue.callNext(officer, { commandId: id() }));
      if (isRefusal(answer)) throw new Error(answer.en);
      if (answer.ticket) called += 1;
      if (dice.chance(0.05)) await timed(() => queue.onCurrent(officer, id(), 'no-show'));
    }
    const late = memory();
    return {
      tickets: count,
      counters: COUNTERS,
      boards: BOARDS,
      called,
      seconds: Math.round((performance.now() - started) / 100) / 10,
      sentMb: Math.round(bytes / 2 ** 20),
      rssGrowthMb: Math.round((late.rss - early.rss) * 10) / 10,
      heapGrowthMb: Math.round((late.heap - early.heap) * 10) / 10,
      slowestMs: Math.round(slowest * 10) / 10,
    };
  } finally {
    await queue.close();
    await port.close();
    store.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
