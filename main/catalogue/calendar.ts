import type { CalendarData } from './schema.ts';

/** The legal working-day calendar: dated data, no lunar arithmetic, and honest about years nobody has announced yet. */
export interface WorkingCalendar {
  /** @param day YYYY-MM-DD */
  isWorking(day: string): boolean;
  /** Why it is off ("Ngày Văn hóa Việt Nam", "Chủ nhật"), or that a weekend day is worked; undefined for a plain working day. */
  nameOf(day: string): string | undefined;
  /** False for a year that is missing or not yet announced by the government. */
  confirmed(year: number): boolean;
  /** The first working day on or after `day`. */
  onOrAfter(day: string): string;
  /** The n-th working day after `day` (n ≥ 1). */
  plus(day: string, n: number): string;
  /** Working days in (from, to]. */
  between(from: string, to: string): number;
}

const WEEKDAYS = ['Chủ nhật', 'Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu', 'Thứ Bảy'];
const SHORT = ['CN', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7'];

export const dayNumber = (day: string): number => Math.round(Date.parse(`${day}T00:00:00Z`) / 86_400_000);
export const dayOf = (n: number): string => new Date(n * 86_400_000).toISOString().slice(0, 10);
export const addDays = (day: string, n: number): string => dayOf(dayNumber(day) + n);
/** 0 Sunday … 6 Saturday; day 0 of the epoch was a Thursday. */
export const weekdayOf = (day: string): number => (((dayNumber(day) + 4) % 7) + 7) % 7;
export const weekdayName = (day: string): string => WEEKDAYS[weekdayOf(day)] ?? '';
export const weekdayShort = (day: string): string => SHORT[weekdayOf(day)] ?? '';
/** `24/11`, or `24/11/2026` with the year. */
export const shortDay = (day: string, withYear = false): string =>
  `${day.slice(8, 10)}/${day.slice(5, 7)}${withYear ? `/${day.slice(0, 4)}` : ''}`;

export function workingCalendar(data: CalendarData): WorkingCalendar {
  const off = new Map(data.years.flatMap((y) => y.daysOff.map((d) => [d.day, d.name] as const)));
  const worked = new Map(data.years.flatMap((y) => y.daysWorked.map((d) => [d.day, d.name] as const)));
  const confirmed = new Set(data.years.filter((y) => y.yearConfirmed).map((y) => y.year));
  const weekly = new Set(data.weeklyOff);
  if (weekly.size >= 7) throw new Error('calendar: a week needs at least one working day');

  const isWorking = (day: string) => !off.has(day) && (worked.has(day) || !weekly.has(weekdayOf(day)));
  const plus = (day: string, n: number) => {
    let at = day;
    for (let left = n; left > 0;) {
      at = addDays(at, 1);
      if (isWorking(at)) left -= 1;
    }
    return at;
  };
  return {
    isWorking,
    nameOf: (day) => off.get(day) ?? worked.get(day) ?? (weekly.has(weekdayOf(day)) ? weekdayName(day) : undefined),
    confirmed: (year) => confirmed.has(year),
    onOrAfter: (day) => (isWorking(day) ? day : plus(day, 1)),
    plus,
    between(from, to) {
      let n = 0;
      for (let at = addDays(from, 1); at <= to; at = addDays(at, 1)) if (isWorking(at)) n += 1;
      return n;
    },
  };
}
