import type { Colleague, DeskTicket } from '../contract/queue.ts';
import { ticketText } from '../contract/queue.ts';
import { isWaiting } from './rules.ts';
import type { Site } from './site.ts';
import type { Ticket } from './types.ts';
import { deskTicket, type Look } from './views.ts';

/** What all desks show of the hall, drawn once for the hundred of them. */
export interface Common {
  readonly parked: DeskTicket[];
  readonly noShows: DeskTicket[];
  readonly carriedOver: DeskTicket[];
  readonly unprinted: DeskTicket[];
  readonly emergencies: { counterId: string; counterLabel: string; at: number }[];
  readonly countersOpen: number;
  readonly countersBusy: number;
  readonly waiting: number;
  /** The earliest start of waiting, or now. */
  readonly oldest: number;
}

/** A list on a screen ends where nobody scrolls; the newest are on it. */
const LISTED = 50;
/** So many neighbours fit beside an officer's own ticket. */
export const COLLEAGUES = 12;

export function common(look: Look): Common {
  const { state, site } = look;
  // the tickets that wait for somebody to decide, newest change first
  const all = [...state.aside].flatMap((id) => state.tickets.get(id) ?? []).sort((a, b) => b.changed - a.changed);
  const list = (fits: (t: Ticket) => boolean) =>
    all
      .filter(fits)
      .slice(0, LISTED)
      .map((t) => deskTicket(look, t));
  let waiting = 0;
  let oldest = look.now;
  for (const { tickets } of state.lines.values()) {
    waiting += tickets.length;
    if (tickets[0] && tickets[0].since < oldest) oldest = tickets[0].since;
  }
  const counters = site.counters.map((c) => ({ spec: c, piece: state.counter(c.id) }));
  return {
    parked: list((t) => t.state === 'parked'),
    noShows: list((t) => t.state === 'no-show'),
    carriedOver: list((t) => t.state === 'carried-over'),
    unprinted: list(isUnprinted),
    emergencies: counters.flatMap(({ spec, piece }) =>
      piece.emergencyAt === null ? [] : [{ counterId: spec.id, counterLabel: spec.label, at: piece.emergencyAt }],
    ),
    countersOpen: counters.filter(({ piece }) => piece.open).length,
    countersBusy: counters.filter(({ piece }) => piece.open && piece.ticketId !== null).length,
    waiting,
    oldest,
  };
}

/** Paper is owed to somebody who is still here. */
export const isUnprinted = (t: Ticket): boolean =>
  (t.print === 'failed' || t.print === 'unknown') && (isWaiting(t.state) || t.state === 'parked' || t.state === 'called');

const nearest = new WeakMap<Site, Map<string, { id: string; label: string }[]>>();

/** The other counters as an officer would look around: the same zone first, then by distance along the hall. */
function around(site: Site, counterId: string): { id: string; label: string }[] {
  let known = nearest.get(site);
  if (!known) nearest.set(site, (known = new Map()));
  let list = known.get(counterId);
  if (!list) {
    const own = site.counters.findIndex((c) => c.id === counterId);
    const zone = site.counters[own]?.zone;
    list = site.counters
      .map((c, i) => ({ id: c.id, label: c.label, far: (c.zone === zone ? 0 : 1000) + Math.abs(i - own) }))
      .filter((c) => c.id !== counterId)
      .toSorted((a, b) => a.far - b.far)
      .map(({ id, label }) => ({ id, label }));
    known.set(counterId, list);
  }
  return list;
}

/** The nearest open counters in the order of the hall, with whom each serves. */
export function colleagues({ state, site }: Look, counterId: string): Colleague[] {
  const found = new Map<string, Colleague>();
  for (const { id, label } of around(site, counterId)) {
    const piece = state.counter(id);
    if (!piece.open) continue;
    const held = piece.ticketId === null ? undefined : state.tickets.get(piece.ticketId);
    const since = held && (held.startedAt ?? held.calledAt ?? held.since);
    found.set(id, {
      counterId: id,
      label,
      ...(held && since !== undefined ? { call: { text: ticketText(held.series, held.number), since } } : {}),
    });
    if (found.size === COLLEAGUES) break;
  }
  return site.counters.flatMap((c) => found.get(c.id) ?? []);
}
