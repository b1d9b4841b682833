import { fromVietnam } from '../store/index.ts';
import type { Site } from './site.ts';

export interface Appointment {
  readonly code: string;
  readonly serviceId: string;
  readonly at: number;
}

/**
 * Reads the code of an appointment slip: series, day, time and a check word, `A-20261123-0930-7KQ2`. Sites whose
 * appointments live in another system hand in their own look-up.
 */
export function readAppointment(site: Site, code: string): Appointment | undefined {
  const match = /^([A-Z]{1,2})-(\d{4})(\d{2})(\d{2})-([01]\d|2[0-3])([0-5]\d)-([A-Z0-9]{4,12})$/.exec(code.trim());
  if (!match) return undefined;
  const [, series, year, month, day, hour, minute] = match;
  const service = site.services.find((s) => s.series === series);
  const at = fromVietnam(`${year}-${month}-${day}`, `${hour}:${minute}`);
  return service && Number.isFinite(at) ? { code: code.trim(), serviceId: service.id, at } : undefined;
}
