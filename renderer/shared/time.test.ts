import { describe, expect, it } from 'vitest';
import { rangeText, spaced } from './ticketText.ts';
import { ageText, clockText, dayOf, longDate, moneyText, personalNumberText, runningText, shortDay, whenText } from './time.ts';

const at = Date.parse('2026-11-23T02:42:06Z');

describe('times, sums and numbers as the screens show them', () => {
  it('are Vietnam’s, whatever zone the machine is in', () => {
    expect(clockText(at)).toBe('09:42');
    expect(longDate(at, 'vi')).toBe('Thứ Hai, 23/11/2026');
    expect(dayOf(Date.parse('2026-11-23T17:00:00Z'))).toBe('2026-11-24');
    expect(whenText(at, at + 1000)).toBe('09:42');
    expect(whenText(at, at + 86_400_000)).toBe('09:42 23/11/2026');
    expect(shortDay('2026-11-27', 'vi')).toBe('T6 27/11');
  });

  it('are short and whole', () => {
    expect(runningText(372_000)).toBe('06:12');
    expect(runningText(-5)).toBe('00:00');
    expect(ageText(52 * 60_000, 'vi')).toBe('52 phút');
    expect(moneyText(25_000)).toBe('25.000 đ');
    expect(moneyText(1_250_000)).toBe('1.250.000 đ');
    expect(personalNumberText('001191024680')).toBe('001 191 024 680');
    expect(spaced('B028')).toBe('B 028');
    expect(spaced('AB1234')).toBe('AB 1234');
    expect(rangeText({ fromMinutes: 20, toMinutes: 35 })).toBe('20–35');
    expect(rangeText({ fromMinutes: 5, toMinutes: 5 })).toBe('5');
    expect(rangeText(undefined)).toBeNull();
  });
});
