import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { monthsBack } from './period.ts';

describe('the period of a report', () => {
  it('begins on the first of a month, over the turn of a year too', () => {
    expect(monthsBack('2026-11-21', 1)).toEqual({ from: '2026-11-01', to: '2026-11-21' });
    expect(monthsBack('2027-01-31', 3)).toEqual({ from: '2026-11-01', to: '2027-01-31' });
    expect(monthsBack('2026-12-01', 2)).toEqual({ from: '2026-11-01', to: '2026-12-01' });
  });
  it('is never longer than the hub answers for', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2024-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }),
        fc.constantFrom(1, 2, 3),
        (date, months) => {
          const { from, to } = monthsBack(date.toISOString().slice(0, 10), months);
          const days = (Date.parse(to) - Date.parse(from)) / 86_400_000;
          expect(days).toBeGreaterThanOrEqual(0);
          expect(days).toBeLessThanOrEqual(92);
        },
      ),
    );
  });
});
