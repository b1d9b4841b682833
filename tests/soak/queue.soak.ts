import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { postgresHall, sqliteHall } from './queue/hall.ts';
import { startPostgres } from './queue/postgres.ts';
import { Simulation, type SimulationResult } from './queue/simulator.ts';
import { raceSite } from './queue/sites.ts';

const COUNT = 1_000_000;
const SEED = 20_261_121;

/** One run of the hall on a real store. */
export async function simulate(kind: 'sqlite' | 'postgres', count: number, seed: number): Promise<SimulationResult> {
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-soak-'));
  const site = raceSite(20, true);
  const time = Simulation.clockOf();
  const server = kind === 'postgres' ? await startPostgres({ fsync: false }) : undefined;
  try {
    let simulation: Simulation | undefined;
    const clock = { now: () => simulation?.clock.now() ?? time.now };
    const hall = server ? await postgresHall(server, site, clock) : await sqliteHall(dir, site, clock);
    simulation = new Simulation({ hall, site, seed, count, time });
    const result = await simulation.run();
    await hall.close();
    return result;
  } finally {
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** `--store sqlite|postgres` (default both, half the commands each), `--count`, `--seed`. */
export async function run(options: {
  count?: number;
  seed?: number;
  json: boolean;
  args: string[];
}): Promise<{ exitCode: number; result: object }> {
  const at = options.args.indexOf('--store');
  const asked = at >= 0 ? options.args[at + 1] : undefined;
  if (asked !== undefined && asked !== 'sqlite' && asked !== 'postgres') throw new Error('--store is sqlite or postgres');
  const kinds: ('sqlite' | 'postgres')[] = asked === undefined ? ['sqlite', 'postgres'] : [asked];
  const count = options.count ?? COUNT;
  const seed = options.seed ?? SEED;
  let violations = 0;
  let commands = 0;
  const stores: Record<string, object> = {};
  for (const kind of kinds) {
    const started = performance.now();
    const result = await simulate(kind, Math.ceil(count / kinds.length), seed);
    const seconds = (performance.now() - started) / 1000;
    violations += result.violations.length;
    commands += result.commands;
    stores[kind] = { ...result, perSecond: Math.round(result.commands / seconds), violations: result.violations.length };
    if (!options.json) console.log(kind, stores[kind]);
    for (const violation of result.violations) console.error(`${kind}, seed ${seed}: ${violation}`);
  }
  return { exitCode: violations === 0 ? 0 : 1, result: { soak: 'queue', seed, count: commands, violations, stores } };
}
