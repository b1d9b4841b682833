import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sqliteHall } from '../../tests/soak/queue/hall.ts';
import { BUGS, plant, type Bug } from '../../tests/soak/queue/planted.ts';
import { Simulation, type SimulationResult } from '../../tests/soak/queue/simulator.ts';
import { raceSite } from '../../tests/soak/queue/sites.ts';

/** The simulation is worth only what it can see: each invariant is broken once on purpose, and it must say which. */
describe('the simulated hall', { timeout: 120_000 }, () => {
  let dir: string;
  beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-planted-'))));
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  async function run(bug: Bug): Promise<SimulationResult> {
    const site = raceSite(20, true);
    const time = Simulation.clockOf();
    let simulation: Simulation | undefined;
    const clock = { now: () => simulation?.clock.now() ?? time.now };
    const hall = await sqliteHall(dir, site, clock);
    simulation = new Simulation({ hall: plant(hall, bug), site, seed: 20_261_121, count: 20_000, time });
    try {
      return await simulation.run();
    } finally {
      await hall.close();
    }
  }

  it('finds nothing where nothing is wrong', async () => {
    expect((await run({ entry: (entry) => entry })).violations).toEqual([]);
  });

  it.each(Object.keys(BUGS))('finds %s', async (name) => {
    const { violations } = await run(BUGS[name]!());
    expect(violations.map((v) => v.split(':')[0])).toContain(name.split(' ')[0]);
  });

  it('has a planted bug for every invariant', () => {
    const broken = new Set(Object.keys(BUGS).map((name) => name.split(' ')[0]));
    expect([...broken]).toEqual(Array.from({ length: 13 }, (_, i) => `I${i + 1}`));
  });
});
