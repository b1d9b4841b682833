import { vietnamIso } from '../store/index.ts';

const WEEKDAYS = ['Chủ nhật', 'Thứ Hai', 'Thứ Ba', 'Thứ Tư', 'Thứ Năm', 'Thứ Sáu', 'Thứ Bảy'];

/** "09 giờ 44 phút, ngày 23 tháng 11 năm 2026". */
export function longTime(ms: number): string {
  const iso = vietnamIso(ms);
  return `${iso.slice(11, 13)} giờ ${iso.slice(14, 16)} phút, ${longDay(ms)}`;
}
/** "ngày 23 tháng 11 năm 2026"; days below ten and months below three get a nought, as NĐ 30/2020 writes them. */
export function longDay(ms: number): string {
  const iso = vietnamIso(ms);
  const month = Number(iso.slice(5, 7));
  return `ngày ${iso.slice(8, 10)} tháng ${month < 3 ? `0${month}` : month} năm ${iso.slice(0, 4)}`;
}
/** "16:30 Thứ Sáu, 27/11/2026". */
export function shortTime(ms: number): string {
  return `${vietnamIso(ms).slice(11, 16)} ${weekday(ms)}, ${day(ms)}`;
}
/** "09:44 23/11/2026". */
export const stamp = (ms: number): string => `${vietnamIso(ms).slice(11, 16)} ${day(ms)}`;
/** "23/11/2026". */
export const day = (ms: number): string => {
  const iso = vietnamIso(ms);
  return `${iso.slice(8, 10)}/${iso.slice(5, 7)}/${iso.slice(0, 4)}`;
};
const weekday = (ms: number): string => WEEKDAYS[new Date(ms + 7 * 3_600_000).getUTCDay()] ?? '';

/** "25.000 đồng". */
export const dong = (amount: number): string => `${String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, '.')} đồng`;
