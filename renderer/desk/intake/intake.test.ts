import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DueDateView } from '../../../main/contract/catalogue.ts';
import { DUE_CELLS, dueCells } from './dueCells.ts';
import { dateShown, dateTyped } from '../../shared/typedDate.ts';

type Day = DueDateView['days'][number];
const WEEK = ['CN', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7'];

/** Days from Monday 2 March 2026: received, then counted, weekends off, due at the end. */
function days(counted: number): Day[] {
  const list: Day[] = [];
  let number = 0;
  for (let index = 0; number < counted; index += 1) {
    const at = new Date(Date.UTC(2026, 2, 2 + index));
    const weekday = WEEK[at.getUTCDay()] ?? '';
    const day = at.toISOString().slice(0, 10);
    if (index === 0) list.push({ day, weekday, kind: 'received', label: 'Nhận 09:44' });
    else if (weekday === 'T7' || weekday === 'CN') list.push({ day, weekday, kind: 'off', label: weekday });
    else {
      number += 1;
      list.push({ day, weekday, kind: number === counted ? 'due' : 'counted', number, label: '' });
    }
  }
  return list;
}

describe('the counted days as boxes', () => {
  it('shows each day while there is room', () => {
    expect(dueCells(days(3)).map((cell) => cell.kind)).toEqual(['received', 'counted', 'counted', 'due']);
  });

  it('begins with reception, ends with the due day, and fits its row for any length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), (counted) => {
        const cells = dueCells(days(counted));
        expect(cells.length).toBeLessThanOrEqual(DUE_CELLS);
        expect(cells[0]?.kind).toBe('received');
        expect(cells.at(-1)?.kind).toBe('due');
      }),
    );
  });

  it('keeps a holiday with its own name as a box of its own', () => {
    const list = days(12).map((day): Day => (day.day === '2026-03-11' ? { ...day, kind: 'off', label: 'Ngày lễ mẫu' } : day));
    expect(dueCells(list).some((cell) => cell.kind === 'off' && cell.first.label === 'Ngày lễ mẫu' && cell.first === cell.last)).toBe(true);
  });
});

describe('dates as people type them', () => {
  it('reads the usual ways and nothing that is no day', () => {
    expect(dateTyped('14/8/1991')).toBe('1991-08-14');
    expect(dateTyped('14081991')).toBe('1991-08-14');
    expect(dateTyped('1.2.2000')).toBe('2000-02-01');
    expect(dateTyped('1950')).toBe('1950');
    expect(dateTyped('')).toBe('');
    expect(dateTyped('31/02/1991')).toBeUndefined();
    expect(dateTyped('14/13/1991')).toBeUndefined();
    expect(dateTyped('hôm qua')).toBeUndefined();
  });

  it('gives back every day that it shows', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1900-01-01T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true }),
        (date) => {
          const iso = date.toISOString().slice(0, 10);
          expect(dateTyped(dateShown(iso))).toBe(iso);
        },
      ),
    );
  });
});
