import type { PrintState } from '../contract/queue.ts';
import { isRefusal } from '../contract/refusal.ts';
import { appointmentQr, ticketQr, type TicketContent } from '../contract/paper.ts';
import { randomUUID } from 'node:crypto';
import type { Caller } from '../contract/context.ts';
import type { Devices, KeypadAction } from '../devices/index.ts';
import type { Officers } from '../officers/index.ts';
import { vietnamIso, type Clock, type Store } from '../store/index.ts';
import type { Dossiers } from '../dossiers/index.ts';
import { appointmentCode, checkSite, trainingSite, type PrintTicket, type Queue, type QueueEvent, type Site } from '../queue/index.ts';

/** `B027` as people read it on paper and hear it: `B 027`. */
export const spaced = (text: string): string => text.replace(/^([A-Z]+)(\d)/, '$1 $2');

/**
 * The configured hall, or the training hall under the name of the place that the catalogue describes. Whether it carries the
 * mark of training is the station's to say: a rehearsal in the own hall looks like one, a live hall never does.
 */
export function siteOf(
  config: Record<string, unknown> | undefined,
  place: { centreName: string; shortPlace: string },
  training: boolean,
): Site {
  if (config) return { ...checkSite(config as Parameters<typeof checkSite>[0]), training };
  return {
    ...trainingSite,
    vi: place.centreName,
    en: `${place.shortPlace} Public Administration Service Centre`,
    training,
    // the rehearsal's key stands in this file: a live hall that was given none takes no booking at all
    appointments: { ...trainingSite.appointments, key: training ? TRAINING_BOOKINGS : randomUUID() },
  };
}

/** The rehearsal's booking system signs its codes with this; a live site has a key of its own in its configuration. */
const TRAINING_BOOKINGS = 'tap-huan-phieu-hen';

/**
 * Booking slips for the rehearsal, each with its own code: one for the next quarter of an hour, one of yesterday, one that
 * nobody booked.
 */
export function sampleBookings(clock: Clock) {
  let booked = 0;
  const at = (ms: number) => {
    booked += 1;
    const iso = vietnamIso(ms);
    const code = appointmentCode(TRAINING_BOOKINGS, {
      series: 'B',
      day: iso.slice(0, 10),
      time: iso.slice(11, 16),
      booking: String(booked).padStart(2, '0'),
    });
    return appointmentQr(code);
  };
  let last = '';
  return {
    /** Booked for now, as far as minutes go. */
    today: () => (last = at(clock.now())),
    again: () => (last === '' ? (last = at(clock.now())) : last),
    yesterday: () => at(clock.now() - 86_400_000),
    forged: () => at(clock.now()).replace(/.{4}$/, (word) => (word === 'AAAA' ? 'BBBB' : 'AAAA')),
  };
}

/** The first reason on the site's list that a person of this age has. */
export const priorityOfAge =
  (site: Site) =>
  (years: number): string | undefined =>
    site.priorityReasons.find((reason) => reason.fromAge !== undefined && years >= reason.fromAge)?.id;

/** The queue's ticket on the hall's printer; the answer is what the printer itself said, never what we hoped. */
export function ticketPrinting(devices: Devices, place: () => string, training: boolean): PrintTicket {
  return async (ticket, { key, reprint }): Promise<PrintState> => {
    const priority = ticket.priority ? 'Ưu tiên' : undefined;
    const content: TicketContent = {
      number: spaced(ticket.text),
      series: ticket.text.replace(/\d+$/, ''),
      serviceName: ticket.serviceVi,
      issuedAt: ticket.issuedAt,
      waitFrom: ticket.wait?.fromMinutes ?? null,
      waitTo: ticket.wait?.toMinutes ?? null,
      place: place(),
      qr: ticketQr(ticket.text, ticket.ticketId),
      training,
      reprint,
      ...(priority ? { priority } : {}),
    };
    const job = devices.printTicket(content, { key, reprint });
    if (!job) return 'failed';
    const settled = await devices.settled(key);
    if (settled.state === 'confirmed') return 'printed';
    return settled.state === 'failed' ? 'failed' : 'unknown';
  };
}

/** The display above a counter shows whom it calls, and nothing when it is free. */
export function showAtCounter(devices: Devices, event: QueueEvent): void {
  if (event.kind === 'called') devices.showAt(event.counterId, event.text);
  else if (event.kind === 'free') devices.showAt(event.counterId, '');
}

/** A key of a call keypad does what the key of the desk does, for the officer who is signed in at that counter. */
export async function keypadAction(queue: Queue, caller: Caller, action: KeypadAction): Promise<void> {
  const commandId = `key-${randomUUID()}`;
  if (action === 'next') await queue.callNext(caller, { commandId });
  else if (action === 'park') await queue.park(caller, { commandId, reason: 'Bàn phím gọi số' });
  // A transfer needs to say where to; that is asked at the desk.
  else if (action !== 'transfer') await queue.onCurrent(caller, commandId, action);
}

/** Who signs out leaves the counter: nobody is called to an empty chair. A ticket in service stays where it is. */
export function leaveOnSignOut(queue: Queue, officers: Officers, store: Store, onError: (error: unknown) => void): () => void {
  return store.subscribe((event) => {
    if (event.room !== 'officers' || event.kind !== 'signed-out') return;
    const { deviceId, officerId } = event.payload as { deviceId: string; officerId: string };
    const officer = officers.byId(officerId);
    if (officer) queue.leaveCounter({ role: 'officer', deviceId, officer }, { commandId: `signed-out-${event.seq}` }).catch(onError);
  });
}

/** The pad's reasons as an officer reads them in the dossier. */
const REASONS: Readonly<Record<string, string>> = {
  wait: 'Chờ lâu',
  guidance: 'Hướng dẫn chưa rõ',
  papers: 'Phải bổ sung giấy tờ',
  manner: 'Thái độ phục vụ',
};
const reasonWords = (reasons: readonly string[]): string => reasons.map((reason) => REASONS[reason] ?? reason).join(', ');

/**
 * F2 with an unfinished intake never throws work away: the draft is kept, the ticket is parked instead of finished, and
 * the next one is called. A rating goes to the dossiers of the visit.
 */
export function withDossiers(queue: Queue, dossiers: () => Dossiers): Queue {
  return {
    ...queue,
    async callNext(caller, input) {
      const counterId = queue.counterOf(caller);
      const current = queue.counters().find((counter) => counter.counterId === counterId)?.current;
      const actor = {
        id: caller.officer?.id ?? caller.deviceId,
        name: caller.officer?.name ?? '',
        title: caller.officer?.title ?? '',
        counterId: counterId ?? '',
      };
      if (current && dossiers().keepDraftsOfTicket(current.ticketId, actor).length > 0) {
        const parked = await queue.park(caller, { commandId: `${input.commandId.slice(0, 58)}-park`, reason: 'Hồ sơ đang làm dở' });
        if (isRefusal(parked)) return parked;
      }
      return queue.callNext(caller, input);
    },
    /** What the citizen said of the visit stands in the dossiers of that visit too. */
    async rate(caller, input) {
      const answer = await queue.rate(caller, input);
      if (!isRefusal(answer)) {
        const { commandId, ticketId, score, reasons } = input;
        dossiers().rateOfTicket(commandId, { ticketId, codes: answer.dossiers }, { stars: score, comment: reasonWords(reasons) });
      }
      return answer;
    },
  };
}
