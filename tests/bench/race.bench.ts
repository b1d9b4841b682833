import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isRefusal } from '../../main/contract/refusal.ts';
import { migrations, postgresQueueStore, sqliteQueueStore, type QueueStore, type Site } from '../../main/queue/index.ts';
import type { CommandBody } from '../../main/queue/types.ts';
import { openStore, systemClock } from '../../main/store/index.ts';
import { raceSite } from '../soak/queue/sites.ts';
import { startPostgres } from '../soak/queue/postgres.ts';
import { option } from './options.ts';

const COUNTERS = 20;

interface Race {
  callsPerSecond: number;
  p99Ms: number;
  duplicates: number;
}

/** 20 counters, each pressing "next" again as soon as it has its answer, until nobody waits. Answers come after the disk. */
async function race(store: QueueStore, tickets: number): Promise<Race> {
  const now = systemClock.now();
  let ids = 0;
  const run = async (device: string, body: CommandBody) => {
    const { answer } = await store.run({
      ...body,
      id: `race-${(ids += 1)}-${device}`,
      at: systemClock.now(),
      actor: { deviceId: device, officerId: device, officerName: null },
    });
    if (isRefusal(answer)) throw new Error(`refused: ${answer.en}`);
    return answer;
  };
  const counters = store.site.counters.slice(0, COUNTERS).map((c) => c.id);
  for (const counterId of counters) await run(`officer-${counterId}`, { do: 'take', counterId });
  for (let i = 0; i < tickets; i += 200) {
    await Promise.all(
      Array.from({ length: Math.min(200, tickets - i) }, (_, k) =>
        run('kiosk', { do: 'issue', ticketId: `t-${now}-${i + k}`, serviceId: store.site.services[(i + k) % 8]!.id }),
      ),
    );
  }
  const called: string[] = [];
  const times: number[] = [];
  const started = performance.now();
  await Promise.all(
    counters.map(async (counterId) => {
      for (;;) {
        const pressed = performance.now();
        const { ticket } = await run(`officer-${counterId}`, { do: 'next', counterId });
        if (!ticket) return;
        times.push(performance.now() - pressed);
        called.push(ticket.id);
      }
    }),
  );
  const seconds = (performance.now() - started) / 1000;
  if (new Set(called).size !== tickets) throw new Error(`${tickets} tickets, ${new Set(called).size} called`);
  times.sort((a, b) => a - b);
  return {
    callsPerSecond: Math.round(called.length / seconds),
    p99Ms: times[Math.floor(times.length * 0.99)]!,
    duplicates: called.length - new Set(called).size,
  };
}

const rounded = (ms: number): number => Math.round(ms * 100) / 100;

/** `--tickets N`: how many citizens wait (default 20,000). */
export async function run({ args }: { json: boolean; args: string[] }): Promise<Record<string, number | string>> {
  const tickets = option(args, '--tickets', 20_000);
  const site: Site = raceSite(COUNTERS);
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-race-'));
  const store = openStore({ file: path.join(dir, 'queue.sqlite'), clock: systemClock, migrations });
  let sqlite: Race;
  try {
    const port = sqliteQueueStore({ store, site });
    sqlite = await race(port, tickets);
    await port.close();
  } finally {
    store.close();
    rmSync(dir, { recursive: true, force: true });
  }
  const server = await startPostgres();
  let real: Race;
  try {
    const port = await postgresQueueStore({ url: server.url, site, clock: systemClock });
    real = await race(port, tickets);
    await port.close();
  } finally {
    await server.stop();
  }
  return {
    tickets,
    counters: COUNTERS,
    sqliteCallsPerSecond: sqlite.callsPerSecond,
    sqliteP99Ms: rounded(sqlite.p99Ms),
    postgresCallsPerSecond: real.callsPerSecond,
    postgresP99Ms: rounded(real.p99Ms),
    duplicates: sqlite.duplicates + real.duplicates,
  };
}
