import type { KioskScan, KioskScanEvent, Scan } from '../contract/devices.ts';
import { businessDay, type Clock } from '../store/index.ts';
import type { Devices } from './devices.ts';

/** Which reason for priority an age gives at this site; undefined: none. */
export type PriorityOfAge = (years: number) => string | undefined;

/** Whole years on a day; both `YYYY-MM-DD`. */
export const ageOn = (birthDate: string, day: string): number =>
  Number(day.slice(0, 4)) - Number(birthDate.slice(0, 4)) - (day.slice(5) < birthDate.slice(5) ? 1 : 0);

/** What the ticket machine may know of a code: no number, no name, no date. */
export function toldToKiosk(scan: Scan, today: string, priorityOfAge: PriorityOfAge): KioskScan {
  switch (scan.kind) {
    case 'id-card': {
      const priorityReason = priorityOfAge(ageOn(scan.card.birthDate, today));
      return { kind: 'id-card', ...(priorityReason === undefined ? {} : { priorityReason }) };
    }
    case 'appointment':
      return { kind: 'appointment', code: scan.code };
    case 'ticket':
      return { kind: 'ticket', ticketId: scan.code };
    case 'receipt':
      return { kind: 'receipt' };
    case 'broken':
    case 'unknown':
      return { kind: 'unreadable' };
  }
}

/**
 * What one ticket machine hears of its own readers: whether one of them works, then each code. A reader that stands at no
 * counter in particular is the desks', never a kiosk's.
 */
export function kioskReader(devices: Devices, clock: Clock, counterId: string | undefined, priorityOfAge: PriorityOfAge) {
  const ready = (): boolean =>
    counterId !== undefined &&
    devices
      .config()
      .filter((config) => config.kind === 'reader' && config.counterId === counterId)
      .some((config) => devices.health().some((one) => one.id === config.id && (one.state === 'ready' || one.state === 'busy')));
  return {
    ready,
    subscribe(listener: (event: KioskScanEvent) => void): () => void {
      let before = ready();
      const offHealth = devices.onHealth(() => {
        const now = ready();
        if (now === before) return;
        before = now;
        listener({ type: 'reader', ready: now });
      });
      const offScan = devices.onScan((event, config) => {
        if (counterId === undefined || config.counterId !== counterId) return;
        listener({ type: 'scan', id: event.id, scan: toldToKiosk(event.scan, businessDay(clock.now()), priorityOfAge) });
      });
      return () => {
        offHealth();
        offScan();
      };
    },
  };
}
