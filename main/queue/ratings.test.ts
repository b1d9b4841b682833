import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ratingReport as report } from '../contract/queue.ts';
import type { RatedTicket } from './port.ts';
import { ratingReport } from './ratings.ts';
import { trainingSite } from './index.ts';

const rated = fc.record({
  day: fc.constant('2026-11-23'),
  serviceId: fc.constantFrom(...trainingSite.services.map((s) => s.id), 'da-bo'),
  counterId: fc.constantFrom<string | null>(...trainingSite.counters.map((c) => c.id), null),
  score: fc.integer({ min: 1, max: 5 }),
  reasons: fc.subarray(['wait', 'guidance', 'papers', 'manner']),
});

describe('what citizens said, as a report', () => {
  it('counts each answer once, whatever came', () => {
    fc.assert(
      fc.property(fc.array(rated, { maxLength: 80 }), (rows: RatedTicket[]) => {
        const made = report.parse(ratingReport(trainingSite, rows, '2026-11-01', '2026-11-30'));
        expect(made.scores.reduce((a, b) => a + b, 0)).toBe(rows.length);
        expect(made.services.reduce((sum, line) => sum + line.count, 0)).toBe(rows.length);
        expect(made.counters.reduce((sum, line) => sum + line.count, 0)).toBe(rows.filter((row) => row.counterId !== null).length);
        expect(made.reasons.reduce((sum, one) => sum + one.count, 0)).toBe(rows.reduce((sum, row) => sum + row.reasons.length, 0));
        if (rows.length === 0) expect(made.average).toBeNull();
        else expect(made.average).toBeCloseTo(rows.reduce((sum, row) => sum + row.score, 0) / rows.length, 1);
      }),
    );
  });
  it('names counters and services, the busiest first', () => {
    const row = (counterId: string, score: number): RatedTicket => ({
      day: '2026-11-23',
      serviceId: 'ho-tich',
      counterId,
      score,
      reasons: [],
    });
    const made = ratingReport(trainingSite, [row('2', 5), row('3', 4), row('3', 1)], '2026-11-23', '2026-11-23');
    expect(made.counters).toEqual([
      { id: '3', name: '3', count: 2, average: 2.5 },
      { id: '2', name: '2', count: 1, average: 5 },
    ]);
    expect(made.services).toEqual([{ id: 'ho-tich', name: 'Hộ tịch', count: 3, average: 3.33 }]);
    expect(made.scores).toEqual([1, 0, 0, 1, 1]);
  });
});
