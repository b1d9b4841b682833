/**
 * Every time on a screen is Vietnam's, whatever zone the machine is set to: the offset is fixed (no summer time since
 * 1975) and the fields are read as UTC after adding it.
 */
const OFFSET_MS = 7 * 3_600_000;
const two = (value: number): string => String(value).padStart(2, '0');

const local = (epochMs: number): Date => new Date(epochMs + OFFSET_MS);
const WEEKDAYS_VI = ['Chủ Nhật', 'Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu', 'Thứ Bảy'];
const WEEKDAYS_EN = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const SHORT_VI = ['CN', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7'];
const SHORT_EN = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** "09:42" */
export const clockText = (epochMs: number): string => `${two(local(epochMs).getUTCHours())}:${two(local(epochMs).getUTCMinutes())}`;
/** "09:42:06" */
export const clockSeconds = (epochMs: number): string => `${clockText(epochMs)}:${two(local(epochMs).getUTCSeconds())}`;
/** "23/11/2026" */
export const dateText = (epochMs: number): string => {
  const at = local(epochMs);
  return `${two(at.getUTCDate())}/${two(at.getUTCMonth() + 1)}/${at.getUTCFullYear()}`;
};
/** "Thứ Hai, 23/11/2026" */
export const longDate = (epochMs: number, language: 'vi' | 'en'): string =>
  `${(language === 'vi' ? WEEKDAYS_VI : WEEKDAYS_EN)[local(epochMs).getUTCDay()]}, ${dateText(epochMs)}`;
/** "2026-11-23" */
export const dayOf = (epochMs: number): string => local(epochMs).toISOString().slice(0, 10);
/** Time alone when it is today, else date and time. */
export const whenText = (epochMs: number, now: number): string =>
  dayOf(epochMs) === dayOf(now) ? clockText(epochMs) : `${clockText(epochMs)} ${dateText(epochMs)}`;

const dayParts = (day: string): Date => new Date(`${day}T00:00:00Z`);
/** '2026-11-27' -> "27/11/2026" */
export const dayText = (day: string): string => day.split('-').reverse().join('/');
/** '2026-11-27' -> "T6 27/11" */
export const shortDay = (day: string, language: 'vi' | 'en'): string =>
  `${(language === 'vi' ? SHORT_VI : SHORT_EN)[dayParts(day).getUTCDay()]} ${day.slice(8)}/${day.slice(5, 7)}`;
/** '2026-11-27' -> "Thứ Sáu, 27/11/2026" */
export const longDay = (day: string, language: 'vi' | 'en'): string =>
  `${(language === 'vi' ? WEEKDAYS_VI : WEEKDAYS_EN)[dayParts(day).getUTCDay()]}, ${dayText(day)}`;

/** A running time as "06:12" (minutes:seconds), from 100 minutes on "1 giờ 45". */
export function runningText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const minutes = Math.floor(seconds / 60);
  return minutes < 100 ? `${two(minutes)}:${two(seconds % 60)}` : `${Math.floor(minutes / 60)} giờ ${two(minutes % 60)}`;
}

/** Whole minutes of a wait, never negative. */
export const minutes = (ms: number): number => Math.max(0, Math.floor(ms / 60_000));

/** An age in words: "40 giây", "12 phút", "3 giờ", "2 ngày". */
export function ageText(ms: number, language: 'vi' | 'en'): string {
  const vi = language === 'vi';
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} ${vi ? 'giây' : 's'}`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} ${vi ? 'phút' : 'min'}`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} ${vi ? 'giờ' : 'h'}`;
  return `${Math.floor(seconds / 86_400)} ${vi ? 'ngày' : 'days'}`;
}

/** 25000 -> "25.000 đ" */
export const moneyText = (dong: number): string => `${String(Math.round(dong)).replace(/\B(?=(\d{3})+(?!\d))/g, '.')} đ`;

/** "001191024680" -> "001 191 024 680"; an older nine-digit number stays in threes. */
export const personalNumberText = (digits: string): string => digits.replace(/(\d{3})(?=\d)/g, '$1 ');
