import { businessDay, fromVietnam, VIETNAM_OFFSET_MS } from '../store/index.ts';
import type { Service, Site } from './site.ts';

const MINUTE = 60_000;
/** Minutes since Vietnamese midnight. */
const minuteOfDay = (ms: number): number => Math.floor(((ms + VIETNAM_OFFSET_MS) % 86_400_000) / MINUTE);
const weekday = (ms: number): number => new Date(ms + VIETNAM_OFFSET_MS).getUTCDay();
/** `07:30` as minutes; `24:00` is the end of the day. */
export const clockMinutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** Are numbers given for this service now? */
export function isOpen(site: Site, service: Service | undefined, now: number): boolean {
  if (!site.weekdays.includes(weekday(now))) return false;
  const minute = minuteOfDay(now);
  return (service?.hours ?? site.hours).some((s) => minute >= clockMinutes(s.from) && minute < clockMinutes(s.to));
}

/** Today's spans of work of a counter as instants, for the wait estimate. */
export function workSpans(site: Site, counterId: string, now: number): { from: number; to: number }[] {
  const lines = site.roster.filter((r) => r.counters.includes(counterId));
  const spans = lines.length > 0 ? lines.flatMap((r) => r.spans) : site.hours;
  const midnight = fromVietnam(businessDay(now));
  return spans
    .map((s) => ({ from: midnight + clockMinutes(s.from) * MINUTE, to: midnight + clockMinutes(s.to) * MINUTE }))
    .sort((a, b) => a.from - b.from);
}

export function hoursText(site: Site): { vi: string; en: string } {
  const spans = site.hours.map((s) => `${s.from}–${s.to}`).join(', ');
  return { vi: `Giờ cấp số hôm nay: ${spans}`, en: `Numbers are given today: ${spans}` };
}
