import fc from 'fast-check';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { businessDay, fromVietnam, vietnamIso } from '../store/index.ts';
import { addDays, weekdayOf, workingCalendar } from './calendar.ts';
import { dueAfterPause, dueDate, officeMinutes, type CountingRules } from './due.ts';
import { loadCatalogue } from './load.ts';
import type { Limit } from './schema.ts';

const data = loadCatalogue(path.join(import.meta.dirname, '../../resources/catalogue'));
const calendar = workingCalendar(data.calendar);
const rules: CountingRules = {
  calendar,
  sessions: data.place.openingHours,
  returnAt: data.place.returnAt,
  countFrom: 'NEXT_WORKING_DAY',
  countFromText: data.calendar.countFrom.text,
  cutoff: '15:00',
};
const limit = (unit: Limit['unit'], amount = 0): Limit => ({ unit, amount, basis: 'Luật Hộ tịch, Điều 28' });
const due = (l: Limit, day: string, time: string, r = rules) => dueDate(l, fromVietnam(day, time), r);

describe('the calendar of 2025 to 2027', () => {
  it('knows the exchanged days', () => {
    expect(calendar.isWorking('2026-11-24')).toBe(false);
    expect(calendar.nameOf('2026-11-24')).toBe('Ngày Văn hóa Việt Nam');
    expect(calendar.isWorking('2026-08-31')).toBe(false);
    expect(weekdayOf('2026-08-22')).toBe(6);
    expect(calendar.isWorking('2026-08-22')).toBe(true);
    expect(calendar.isWorking('2025-04-26')).toBe(true);
    expect(calendar.isWorking('2026-02-20')).toBe(false);
    expect(calendar.isWorking('2026-02-23')).toBe(true);
  });
  it('exchanges a weekday for a weekend day only, and both are in the data', () => {
    for (const year of data.calendar.years) {
      const worked = new Set(year.daysWorked.map((d) => d.day));
      for (const off of year.daysOff) {
        expect(Number(off.day.slice(0, 4))).toBe(year.year);
        if (!off.exchangedFor) continue;
        expect(worked.has(off.exchangedFor), off.day).toBe(true);
        expect([0, 6]).toContain(weekdayOf(off.exchangedFor));
        expect([0, 6]).not.toContain(weekdayOf(off.day));
      }
    }
  });
});

describe('due dates', () => {
  it('gives the date of the drawing: Monday 23/11 09:44, three working days, 24/11 off', () => {
    const d = due({ ...limit('working-day', 3), extension: 'Xác minh: thêm tối đa 3 ngày.' }, '2026-11-23', '09:44');
    expect(d.text).toBe('16:30 Thứ Sáu, 27/11/2026');
    expect(vietnamIso(d.dueAt)).toBe('2026-11-27T16:30:00+07:00');
    expect(d.days.map((x) => `${x.weekday} ${x.day.slice(8)} ${x.kind} ${x.label}`)).toEqual([
      'T2 23 received Nhận 09:44',
      'T3 24 off Ngày Văn hóa Việt Nam',
      'T4 25 counted Ngày 1',
      'T5 26 counted Ngày 2',
      'T6 27 due Ngày 3: trả',
    ]);
    expect(d.explanation).toBe(
      '3 ngày làm việc, tính từ ngày làm việc kế tiếp (Luật Hộ tịch, Điều 28). 24/11 nghỉ Ngày Văn hóa Việt Nam. Xác minh: thêm tối đa 3 ngày.',
    );
    expect(d.warnings).toEqual([]);
  });
  it('works through Saturday 22/8 and rests on 31/8 to 2/9', () => {
    expect(due(limit('working-day', 1), '2026-08-21', '10:00').day).toBe('2026-08-22');
    expect(due(limit('working-day', 1), '2026-08-28', '10:00').day).toBe('2026-09-03');
  });
  it('keeps the 15:00 rule of same-day procedures', () => {
    expect(due(limit('same-day'), '2026-11-23', '15:00').text).toBe('16:30 Thứ Hai, 23/11/2026');
    expect(due(limit('same-day'), '2026-11-23', '15:01').text).toBe('16:30 Thứ Tư, 25/11/2026');
    expect(due(limit('same-day'), '2026-11-23', '06:10').day).toBe('2026-11-23');
    expect(due(limit('same-day'), '2026-11-27', '15:30').day).toBe('2026-11-30');
  });
  it('moves a Saturday or Sunday reception to the next working day before it counts', () => {
    expect(due(limit('same-day'), '2026-11-21', '09:00').day).toBe('2026-11-23');
    const d = due(limit('working-day', 1), '2026-11-21', '09:00');
    expect(d.day).toBe('2026-11-25');
    expect(d.days.map((x) => x.kind)).toEqual(['moved', 'off', 'received', 'off', 'due']);
    expect(due(limit('calendar-day', 2), '2026-11-21', '09:00').day).toBe('2026-11-25');
  });
  it('counts calendar days over days off, and never ends on one', () => {
    expect(due(limit('calendar-day', 3), '2026-11-23', '09:00').day).toBe('2026-11-26');
    expect(due(limit('calendar-day', 5), '2026-11-23', '09:00').day).toBe('2026-11-30');
    expect(due(limit('calendar-day', 1), '2026-11-23', '09:00').day).toBe('2026-11-25');
  });
  it('counts hours inside opening hours, without lunch and nights', () => {
    expect(due(limit('hour', 4), '2026-11-23', '09:00').text).toContain('14:30 Thứ Hai');
    expect(due(limit('hour', 8), '2026-11-23', '09:00').text).toBe('09:00 Thứ Tư, 25/11/2026');
    expect(due(limit('hour', 2.5), '2026-11-23', '12:00').text).toContain('15:30 Thứ Hai');
  });
  it('crosses New Year and Tết, and warns in a year that nobody confirmed', () => {
    const d = due(limit('working-day', 5), '2025-12-30', '09:00');
    expect(d.day).toBe('2026-01-08');
    expect(d.warnings).toEqual([]);
    expect(due(limit('working-day', 1), '2026-02-13', '09:00').day).toBe('2026-02-23');
    expect(due(limit('working-day', 3), '2026-12-30', '09:00').warnings).toEqual([
      'Lịch nghỉ năm 2027 chưa được công bố: ngày hẹn có thể phải kiểm tra lại.',
    ]);
    expect(due(limit('working-day', 3), '2031-03-03', '09:00').warnings).toHaveLength(1);
  });
  it('counts to the same hour where a place does so', () => {
    expect(due(limit('working-day', 1), '2026-11-25', '09:12', { ...rules, countFrom: 'SAME_TIME' }).text).toBe(
      '09:12 Thứ Năm, 26/11/2026',
    );
  });
});

const anyMoment = fc.integer({ min: fromVietnam('2025-01-01'), max: fromVietnam('2027-10-01') });
const anyLimit = fc.oneof(
  fc.constant(limit('same-day')),
  fc.integer({ min: 1, max: 60 }).map((n) => limit('working-day', n)),
  fc.integer({ min: 1, max: 60 }).map((n) => limit('calendar-day', n)),
  fc.integer({ min: 1, max: 80 }).map((n) => limit('hour', n)),
);

describe('properties of due dates', () => {
  it('never falls on a day off nor before reception, and the list of days is whole', () => {
    fc.assert(
      fc.property(anyLimit, anyMoment, (l, at) => {
        const d = dueDate(l, at, rules);
        expect(calendar.isWorking(d.day)).toBe(true);
        expect(d.dueAt).toBeGreaterThanOrEqual(Math.min(at, d.dueAt));
        expect(d.day >= businessDay(at)).toBe(true);
        expect(d.days[0]?.day).toBe(businessDay(at));
        expect(d.days.at(-1)).toMatchObject({ day: d.day, kind: 'due' });
        d.days.forEach((x, i) => i > 0 && expect(x.day).toBe(addDays(d.days[i - 1]?.day ?? '', 1)));
      }),
    );
  });
  it('counts exactly n working days after the day that counts as reception', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), anyMoment, (n, at) => {
        const d = dueDate(limit('working-day', n), at, rules);
        const start = calendar.onOrAfter(businessDay(at));
        expect(calendar.between(start, d.day)).toBe(n);
        expect(d.days.filter((x) => (x.number ?? 0) > 0)).toHaveLength(n);
        expect(d.days.at(-1)?.number).toBe(n);
      }),
    );
  });
  it('never promises an earlier date to somebody who came later, nor for a longer limit', () => {
    fc.assert(
      fc.property(anyLimit, anyMoment, fc.integer({ min: 0, max: 20 * 86_400_000 }), (l, at, later) => {
        expect(dueDate(l, at + later, rules).dueAt).toBeGreaterThanOrEqual(dueDate(l, at, rules).dueAt);
        if (l.unit !== 'same-day')
          expect(dueDate({ ...l, amount: l.amount + 1 }, at, rules).dueAt).toBeGreaterThanOrEqual(dueDate(l, at, rules).dueAt);
      }),
    );
  });
  it('gives hours back as office hours', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), anyMoment, (hours, at) => {
        const d = dueDate(limit('hour', hours), at, rules);
        expect(officeMinutes(at - (at % 60_000), d.dueAt, rules)).toBe(hours * 60);
      }),
      { examples: [[8, fromVietnam('2026-11-23', '09:00')]] },
    );
  });
});

describe('after a stop of the clock', () => {
  const dueAt = dueDate(limit('working-day', 5), fromVietnam('2026-11-09', '09:00'), rules).dueAt; // Monday 16/11
  const pause = { limit: limit('working-day', 5), dueAt, pausedAt: fromVietnam('2026-11-11', '10:00'), rules };
  it('RECOUNT starts anew with the full dossier', () => {
    expect(dueAfterPause('RECOUNT', { ...pause, resumedAt: fromVietnam('2026-11-18', '10:00') }).day).toBe('2026-11-26');
  });
  it('PAUSE_RESUME gives back what was left', () => {
    expect(dueAfterPause('PAUSE_RESUME', { ...pause, resumedAt: fromVietnam('2026-11-18', '10:00') }).day).toBe('2026-11-23');
  });
  it('PAUSE_RESUME never takes more or less than was left, whenever it resumes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }),
        anyMoment,
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 40 }),
        (n, at, pausedAfter, away) => {
          const l = limit('working-day', n);
          const first = dueDate(l, at, rules);
          const pausedAt = at + pausedAfter * 86_400_000;
          const resumedAt = pausedAt + away * 86_400_000;
          const left = calendar.between(businessDay(pausedAt), first.day);
          const next = dueAfterPause('PAUSE_RESUME', { limit: l, dueAt: first.dueAt, pausedAt, resumedAt, rules });
          if (left > 0) expect(calendar.between(calendar.onOrAfter(businessDay(resumedAt)), next.day)).toBe(left);
          expect(next.day >= businessDay(resumedAt)).toBe(true);
        },
      ),
    );
  });
});
