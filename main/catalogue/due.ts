import type { DueDateView } from '../contract/catalogue.ts';
import { businessDay, fromVietnam, vietnamIso } from '../store/index.ts';
import { addDays, shortDay, weekdayName, weekdayShort, type WorkingCalendar } from './calendar.ts';
import type { Limit } from './schema.ts';

/** How a place counts; all of it is data (see `resources/catalogue`). */
export interface CountingRules {
  readonly calendar: WorkingCalendar;
  readonly sessions: readonly { readonly from: string; readonly to: string }[];
  /** Hour at which results are promised, `16:30`. */
  readonly returnAt: string;
  /** `SAME_TIME`: "same time n working days later" instead of the return hour. */
  readonly countFrom: 'NEXT_WORKING_DAY' | 'SAME_TIME';
  readonly countFromText: string;
  /** Same-day procedures received later than this are due on the next working day (NĐ 23/2015/NĐ-CP, Điều 7). */
  readonly cutoff: string;
}

/** One promise covers at most this many calendar days; a longer limit is a fault in the catalogue. */
const LONGEST_DAYS = 800;

const timeOf = (ms: number): string => vietnamIso(ms).slice(11, 16);
const minutes = (time: string): number => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
const clockOf = (m: number): string => `${String(Math.floor(m / 60)).padStart(2, '0')}:${String(m % 60).padStart(2, '0')}`;

export function limitText(limit: Limit): string {
  const n = String(limit.amount).replace('.', ',');
  if (limit.unit === 'same-day') return 'Trong ngày';
  if (limit.unit === 'working-day') return `${n} ngày làm việc`;
  if (limit.unit === 'calendar-day') return `${n} ngày`;
  return `${n} giờ làm việc`;
}

/** Reception outside the hours is clamped: before opening to the opening, after closing to the closing, a day off to the next working day. */
function clamp(receivedAt: number, rules: CountingRules): { day: string; time: string; moved: boolean } {
  const day = businessDay(receivedAt);
  const first = rules.sessions[0];
  const last = rules.sessions.at(-1);
  if (!first || !last) throw new Error('due date: the place has no opening hours');
  if (!rules.calendar.isWorking(day)) return { day: rules.calendar.onOrAfter(day), time: first.from, moved: true };
  const time = timeOf(receivedAt);
  return { day, time: time < first.from ? first.from : time > last.to ? last.to : time, moved: false };
}

/** Counts office minutes forward from a moment inside a working day; lunch and nights do not count. */
function plusOfficeMinutes(day: string, time: string, amount: number, rules: CountingRules): { day: string; time: string } {
  let at = day;
  let from = minutes(time);
  let left = amount;
  for (;;) {
    for (const s of rules.sessions) {
      const start = Math.max(from, minutes(s.from));
      const open = minutes(s.to) - start;
      if (open <= 0) continue;
      if (left <= open) return { day: at, time: clockOf(start + left) };
      left -= open;
    }
    at = rules.calendar.plus(at, 1);
    from = 0;
  }
}

/**
 * The promised moment and every day between.
 * @param receivedAt epoch ms
 * @returns never a day off; `days` starts with the day of reception and ends with the due day
 */
export function dueDate(limit: Limit, receivedAt: number, rules: CountingRules): DueDateView {
  if (limit.unit !== 'hour' && !Number.isInteger(limit.amount)) throw new RangeError('due date: days are whole');
  if (limit.amount > (limit.unit === 'hour' ? LONGEST_DAYS * 8 : LONGEST_DAYS)) throw new RangeError('due date: the limit is too long');
  const { calendar } = rules;
  const start = clamp(receivedAt, rules);
  const sameTime = rules.countFrom === 'SAME_TIME' ? start.time : rules.returnAt;
  let day = start.day;
  let time = rules.returnAt;
  if (limit.unit === 'same-day' || limit.amount === 0) {
    // Due the same day, unless the cutoff has passed or the promised hour itself has.
    if (start.time > rules.cutoff || start.time >= rules.returnAt) day = calendar.plus(day, 1);
  } else if (limit.unit === 'working-day') {
    day = calendar.plus(day, limit.amount);
    time = sameTime;
  } else if (limit.unit === 'calendar-day') {
    day = calendar.onOrAfter(addDays(day, limit.amount));
    time = sameTime;
  } else {
    ({ day, time } = plusOfficeMinutes(start.day, start.time, Math.round(limit.amount * 60), rules));
  }
  const days = listDays(limit, receivedAt, start.day, day, rules);
  return {
    dueAt: fromVietnam(day, time),
    day,
    time,
    weekday: weekdayName(day),
    text: dueText(day, time),
    days,
    explanation: explain(limit, start.moved, days, rules),
    basis: limit.basis,
    warnings: warnings(businessDay(receivedAt), day, calendar),
  };
}

/** "16:30 Thứ Sáu, 27/11/2026". */
export const dueText = (day: string, time: string): string => `${time} ${weekdayName(day)}, ${shortDay(day, true)}`;

/** @param start the day that counts as the day of reception: the next working day when received on a day off */
function listDays(limit: Limit, receivedAt: number, start: string, due: string, rules: CountingRules): DueDateView['days'] {
  const received = businessDay(receivedAt);
  const days: DueDateView['days'] = [];
  let number = 0;
  for (let day = received; day <= due; day = addDays(day, 1)) {
    const name = rules.calendar.nameOf(day) ?? weekdayName(day);
    const weekday = weekdayShort(day);
    const working = rules.calendar.isWorking(day);
    if (day === received && day < start) days.push({ day, weekday, kind: 'moved', label: `Nhận ${timeOf(receivedAt)}, ${name}` });
    else if (day < start) days.push({ day, weekday, kind: 'off', label: name });
    else if (day === start) {
      const label = day === received ? `Nhận ${timeOf(receivedAt)}` : 'Tính là ngày nhận';
      days.push(
        day === due
          ? { day, weekday, kind: 'due', number: 0, label: `${label}, trả trong ngày` }
          : { day, weekday, kind: 'received', label },
      );
    } else {
      const counts = limit.unit === 'calendar-day' ? number < limit.amount : working;
      if (counts) number += 1;
      if (day === due) days.push({ day, weekday, kind: 'due', number, label: `Ngày ${number}: trả` });
      else if (counts) days.push({ day, weekday, kind: 'counted', number, label: working ? `Ngày ${number}` : `Ngày ${number} (${name})` });
      else days.push({ day, weekday, kind: 'off', label: name });
    }
  }
  return days;
}

/** A moment that was set by hand, told in the same way: the days between, and the basis that allows it. */
export function describeDue(dueAt: number, receivedAt: number, basis: string, rules: CountingRules): DueDateView {
  const day = businessDay(dueAt);
  const time = timeOf(dueAt);
  const start = clamp(receivedAt, rules);
  const far = addDays(start.day, LONGEST_DAYS) < day;
  const off = rules.calendar.isWorking(day) ? [] : [`Ngày hẹn rơi vào ngày nghỉ (${rules.calendar.nameOf(day) ?? ''}).`];
  return {
    dueAt,
    day,
    time,
    weekday: weekdayName(day),
    text: dueText(day, time),
    days: far ? [] : listDays({ unit: 'working-day', amount: 0, basis }, receivedAt, start.day, day, rules),
    explanation: `Ngày hẹn đặt theo căn cứ: ${basis}.`,
    basis,
    warnings: [...off, ...warnings(businessDay(receivedAt), day, rules.calendar)],
  };
}

function explain(limit: Limit, moved: boolean, days: DueDateView['days'], rules: CountingRules): string {
  const parts: string[] = [];
  if (limit.unit === 'same-day') parts.push(`Trả trong ngày; nhận sau ${rules.cutoff} thì trả ngày làm việc kế tiếp (${limit.basis}).`);
  else if (limit.unit === 'hour') parts.push(`${limitText(limit)}, chỉ tính trong giờ làm việc (${limit.basis}).`);
  else if (limit.unit === 'calendar-day')
    parts.push(`${limitText(limit)} theo lịch; rơi vào ngày nghỉ thì trả ngày làm việc kế tiếp (${limit.basis}).`);
  else parts.push(`${limitText(limit)}, ${rules.countFromText} (${limit.basis}).`);
  if (moved) parts.push('Nhận vào ngày nghỉ nên tính như nhận đầu giờ ngày làm việc kế tiếp.');
  for (const group of holidays(days, rules)) parts.push(group);
  if (limit.extension) parts.push(limit.extension);
  return parts.join(' ');
}

/** "24/11 nghỉ Ngày Văn hóa Việt Nam." once per run of days with one name; plain weekends go without saying. */
function holidays(days: DueDateView['days'], rules: CountingRules): string[] {
  const runs: { name: string; from: string; to: string }[] = [];
  for (const d of days) {
    const name = rules.calendar.nameOf(d.day);
    if (!name || rules.calendar.isWorking(d.day) || name === weekdayName(d.day)) continue;
    const last = runs.at(-1);
    if (last && last.name === name && addDays(last.to, 1) === d.day) last.to = d.day;
    else runs.push({ name, from: d.day, to: d.day });
  }
  return runs.map((r) => `${r.from === r.to ? shortDay(r.from) : `${shortDay(r.from)}-${shortDay(r.to)}`} nghỉ ${r.name}.`);
}

function warnings(from: string, to: string, calendar: WorkingCalendar): string[] {
  const out: string[] = [];
  for (let year = Number(from.slice(0, 4)); year <= Number(to.slice(0, 4)); year += 1) {
    if (!calendar.confirmed(year)) out.push(`Lịch nghỉ năm ${year} chưa được công bố: ngày hẹn có thể phải kiểm tra lại.`);
  }
  return out;
}

/**
 * The due date after a stop of the clock.
 * `RECOUNT` counts the whole limit again from the day the full dossier arrives (NĐ 61/2018/NĐ-CP; intake-stage supplement).
 * `PAUSE_RESUME` gives back exactly the working days that were left when the clock stopped.
 * @param dueAt the promise that held when the clock stopped
 */
export function dueAfterPause(
  policy: 'RECOUNT' | 'PAUSE_RESUME',
  args: { limit: Limit; dueAt: number; pausedAt: number; resumedAt: number; rules: CountingRules },
): DueDateView {
  const { limit, dueAt, pausedAt, resumedAt, rules } = args;
  if (policy === 'RECOUNT') return dueDate(limit, resumedAt, rules);
  if (limit.unit === 'hour') {
    const left = Math.max(0, officeMinutes(pausedAt, dueAt, rules));
    return dueDate({ ...limit, amount: left / 60 }, resumedAt, rules);
  }
  // A clock that stopped after its due day has nothing left: the answer is due at once.
  const left = rules.calendar.between(businessDay(pausedAt), businessDay(dueAt));
  return dueDate({ ...limit, unit: left === 0 ? 'same-day' : 'working-day', amount: left }, resumedAt, rules);
}

/** Office minutes in [from, to). */
export function officeMinutes(from: number, to: number, rules: CountingRules): number {
  let total = 0;
  for (let day = businessDay(from); day <= businessDay(to); day = addDays(day, 1)) {
    if (!rules.calendar.isWorking(day)) continue;
    for (const s of rules.sessions) {
      const start = Math.max(from, fromVietnam(day, s.from));
      const end = Math.min(to, fromVietnam(day, s.to));
      if (end > start) total += (end - start) / 60_000;
    }
  }
  return Math.round(total);
}
