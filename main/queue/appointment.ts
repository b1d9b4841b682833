import { createHmac } from 'node:crypto';
import type { Refusal } from '../contract/refusal.ts';
import { businessDay, fromVietnam } from '../store/index.ts';
import { no } from './refusals.ts';
import type { Site } from './site.ts';

export interface Appointment {
  readonly code: string;
  readonly serviceId: string;
  readonly at: number;
}

/** No letter that looks like a digit: the word is also read aloud and typed. */
const LETTERS = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';

/**
 * The last four characters of a code: the first 20 bits of HMAC-SHA-256 over what stands before them, five bits a letter.
 * A misread or made-up code fails it but for one time in a million.
 */
export function checkWord(key: string, before: string): string {
  const mac = createHmac('sha256', key).update(before).digest();
  const bits = mac.readUInt32BE(0) >>> 12;
  return [15, 10, 5, 0].map((shift) => LETTERS[(bits >>> shift) & 31]).join('');
}

/**
 * The code that a booking system prints: series, day, time, the booking's own letters and the check word,
 * `A-20261123-0930-077KQ2`.
 * @param day `YYYY-MM-DD` in Vietnam
 * @param time `HH:MM`
 * @param booking 0 to 8 letters or digits that tell two bookings of one time apart
 */
export function appointmentCode(key: string, booked: { series: string; day: string; time: string; booking: string }): string {
  const before = `${booked.series}-${booked.day.replaceAll('-', '')}-${booked.time.replace(':', '')}-${booked.booking}`;
  return `${before}${checkWord(key, before)}`;
}

/**
 * Reads the code of an appointment slip: series, day, time and a check word, `A-20261123-0930-7KQ2`. Sites whose
 * appointments live in another system hand in their own look-up.
 */
export function readAppointment(site: Site, code: string): Appointment | undefined {
  const text = code.trim();
  const match = /^([A-Z]{1,2})-(\d{4})(\d{2})(\d{2})-([01]\d|2[0-3])([0-5]\d)-([A-Z0-9]{4,12})$/.exec(text);
  if (!match) return undefined;
  const [, series, year, month, day, hour, minute] = match;
  const { key } = site.appointments;
  if (key !== undefined && checkWord(key, text.slice(0, -4)) !== text.slice(-4)) return undefined;
  const service = site.services.find((s) => s.series === series);
  const at = fromVietnam(`${year}-${month}-${day}`, `${hour}:${minute}`);
  return service && Number.isFinite(at) ? { code: text, serviceId: service.id, at } : undefined;
}

/** An appointment is good on its own day alone. @returns the refusal that says which day it is for */
export function onItsDay(bookedAt: number, now: number): Refusal | undefined {
  const day = businessDay(bookedAt);
  const today = businessDay(now);
  if (day === today) return undefined;
  const words = day.split('-').toReversed().join('/');
  return day < today ? no.appointmentPast(words) : no.appointmentAhead(words);
}
