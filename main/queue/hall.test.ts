import { describe, expect, it } from 'vitest';
import { part } from '../../tests/parts.ts';
import { simulate } from '../../tests/soak/queue.soak.ts';
import { postgresBinary } from '../../tests/soak/queue/postgres.ts';

/** The soak run in small: the same every time. `npm run soak -- queue` runs it at full size. */
const SEED = 20_261_121;

describe('a hall on a bad day', { timeout: 240_000 }, () => {
  it(`keeps its promises on SQLite (seed ${SEED})`, async () => {
    const result = await simulate('sqlite', 12_000, SEED);
    expect(result.violations).toEqual([]);
    // the run must have had something to survive
    expect(result.crashes).toBeGreaterThan(1);
    expect(result.issued).toBeGreaterThan(1000);
    expect(result.spoken).toBeGreaterThan(100);
    expect(result.replies).toBeGreaterThan(5000);
  });

  it.skipIf(!part(postgresBinary()))(`keeps its promises on PostgreSQL with two hubs (seed ${SEED})`, async () => {
    const result = await simulate('postgres', 1500, SEED);
    expect(result.violations).toEqual([]);
    expect(result.issued).toBeGreaterThan(100);
  });
});
