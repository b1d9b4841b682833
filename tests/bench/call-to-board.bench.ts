import { setTimeout as sleep } from 'node:timers/promises';
import { serveHall } from '../soak/queue/served.ts';
import { raceSite } from '../soak/queue/sites.ts';
import { option } from './options.ts';

const BOARDS = 20;
const COUNTERS = 100;
const PER_SECOND = 20;

/**
 * From an officer's key to the call's arrival at every board: 20 boards and 100 counters on loopback, each with its own
 * WebSocket, server and screens in one process (so the screens' work counts too). `--calls N`, default 400.
 */
export async function run({ args }: { json: boolean; args: string[] }): Promise<Record<string, number | string>> {
  const calls = option(args, '--calls', 400);
  const site = raceSite(COUNTERS);
  const hall = await serveHall(site);
  try {
    const kiosk = await hall.client('kiosk');
    for (let i = 0; i < calls; i += 50) {
      await Promise.all(
        Array.from({ length: Math.min(50, calls - i) }, (_, k) =>
          kiosk.issue({ commandId: `issue-${i + k}-bench`, serviceId: site.services[(i + k) % 8]!.id }),
        ),
      );
    }
    const desks = [];
    for (const { id } of site.counters) {
      const desk = await hall.client('station', id);
      await desk.takeCounter({ commandId: `take-${id}-bench`, counterId: id });
      desks.push(desk);
    }
    const pressed = new Map<string, number>();
    const times: number[] = [];
    const seen: Set<number>[] = [];
    for (let b = 0; b < BOARDS; b += 1) {
      const board = await hall.client('board');
      const stream = await board.live({});
      const mine = new Set<number>();
      seen.push(mine);
      void (async () => {
        for await (const message of stream) {
          if (message.type !== 'event' || message.event.kind !== 'call') continue;
          const { callSeq, counterId } = message.event.call;
          mine.add(callSeq);
          times.push(performance.now() - pressed.get(counterId)!);
        }
      })().catch(() => {});
    }
    await sleep(1500);
    const work: Promise<unknown>[] = [];
    for (let i = 0; i < calls; i += 1) {
      const at = i % COUNTERS;
      pressed.set(site.counters[at]!.id, performance.now());
      work.push(desks[at]!.callNext({ commandId: `press-${i}-bench` }));
      await sleep(1000 / PER_SECOND);
    }
    await Promise.all(work);
    await sleep(1000);
    times.sort((a, b) => a - b);
    const missed = seen.reduce((n, mine) => n + (calls - mine.size), 0);
    const at = (q: number) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * q))]! * 100) / 100;
    return { boards: BOARDS, counters: COUNTERS, calls, p50Ms: at(0.5), p99Ms: at(0.99), missed };
  } finally {
    await hall.close();
  }
}
