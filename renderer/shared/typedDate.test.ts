import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateShown, dateTyped, dayTyped, timeTyped } from './typedDate.ts';

describe('days and times as people type them', () => {
  it('come back as they were shown, for every day of two centuries', () => {
    const days = fc.integer({ min: Date.UTC(1900, 0, 1) / 86_400_000, max: Date.UTC(2099, 11, 31) / 86_400_000 });
    fc.assert(
      fc.property(days, (day) => {
        const iso = new Date(day * 86_400_000).toISOString().slice(0, 10);
        expect(dayTyped(dateShown(iso))).toBe(iso);
        expect(dayTyped(dateShown(iso).replaceAll('/', ''))).toBe(iso);
      }),
    );
  });

  it('are never guessed', () => {
    for (const wrong of ['31/02/2026', '29/02/2025', '2026-11-23', '11/23/2026', '1/1/26', 'mai', '32/01/2026', '00/01/2026'])
      expect(dayTyped(wrong)).toBeUndefined();
    expect(dayTyped('1/2/2026')).toBe('2026-02-01');
    expect(dayTyped('')).toBe('');
    expect(dayTyped('1960')).toBeUndefined();
    expect(dateTyped('1960')).toBe('1960');
    expect(dateShown('1960')).toBe('1960');
  });

  it('know the hours of the day', () => {
    expect(['16:30', '16h30', '1630', '8', '8h', '08:05', ''].map(timeTyped)).toEqual([
      '16:30',
      '16:30',
      '16:30',
      '08:00',
      '08:00',
      '08:05',
      '',
    ]);
    expect(['24:00', '12:60', '4:30 PM', 'trưa', '163'].map(timeTyped)).toEqual([undefined, undefined, undefined, undefined, undefined]);
  });
});
