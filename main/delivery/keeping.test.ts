import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { manualClock } from '../store/index.ts';
import { sampleDossier } from '../../tests/delivery/sample.ts';
import { setup, type Bench } from '../../tests/delivery/setup.ts';
import { createKeeping, keepingPath, loadKeeping, ruleOn } from './keeping.ts';

let bench: Bench;
afterEach(() => bench?.close());
const DAY = 86_400_000;

it('takes evidence away by a dated rule, and only of what has arrived whole', async () => {
  bench = await setup();
  const d = bench.open();
  bench.store.transaction(() => d.enqueue(sampleDossier('x1', [])));
  await d.drained(20_000);
  bench.province.troubles.set({ status: { code: 422, share: 1, only: 'CreateDossier' } });
  bench.store.transaction(() => d.enqueue(sampleDossier('x2', [])));
  while (d.rows().rows[0]?.state !== 'refused') await new Promise((resolve) => setTimeout(resolve, 10));
  const left = (dossierId: string) =>
    (
      bench.store.db
        .prepare('select count(*) as n from delivery_evidence e join delivery_item i on i.seq = e.item_seq where i.dossier_id = ?')
        .get(dossierId) as { n: number }
    ).n;
  expect(left('x1')).toBeGreaterThan(2);
  const now = Date.now();
  const clock = manualClock(now + 20 * DAY);
  const rules = [
    { from: '2026-01-01', evidenceDays: 60, basis: 'quy định thử' },
    { from: '2031-01-01', evidenceDays: 30, basis: 'quy định sau' },
  ];
  const keeping = createKeeping({ store: bench.store, outbox: d.parts.outbox, clock, rules });
  keeping.tidy();
  expect(left('x1')).toBeGreaterThan(2);
  clock.set(now + 70 * DAY);
  keeping.tidy();
  expect(left('x1')).toBe(0);
  expect(left('x2')).toBeGreaterThan(0);
});

it('reads the rule we bring along, and refuses one that is out of order or too short', async () => {
  bench = await setup();
  const rules = loadKeeping(keepingPath);
  expect(ruleOn(rules, '2026-11-23')?.evidenceDays).toBeGreaterThan(365);
  expect(ruleOn(rules, '2020-01-01')).toBeNull();
  const file = path.join(bench.dir, 'keeping.json');
  const rule = (from: string, evidenceDays: number) => ({ from, evidenceDays, basis: 'quy định thử' });
  for (const wrong of [[rule('2026-05-01', 90), rule('2026-01-01', 90)], [rule('2026-01-01', 3)], []]) {
    writeFileSync(file, JSON.stringify({ rules: wrong }));
    expect(() => loadKeeping(file)).toThrow();
  }
});
