import { workSpans } from './hours.ts';
import { replay, type Desk, type ReplayResult } from './estimate.ts';
import type { Site } from './site.ts';
import { contextOf, type HallState } from './state.ts';
import type { Ticket } from './types.ts';

const NO_SHOW = 0.05;
const NO_SHOW_MINUTES = 1;
const PRIORITY_SHARE = 0.1;

/** The estimator's picture of the hall as it is now. */
export function forecast(state: HallState, site: Site, now: number): ReplayResult<Ticket> {
  const means = new Map(site.services.map((s) => [s.id, state.service(s.id, s.serviceMean)]));
  const desks: Desk[] = site.counters.map((c) => {
    const piece = state.counter(c.id);
    const held = piece.ticketId === null ? undefined : state.tickets.get(piece.ticketId);
    return {
      id: c.id,
      services: new Set(c.services),
      addressees: piece.officerId === null ? [`c:${c.id}`] : [`c:${c.id}`, `p:${piece.officerId}`],
      open: piece.open,
      busy: held ? { serviceId: held.serviceId, since: held.startedAt ?? held.calledAt ?? now } : null,
      spans: workSpans(site, c.id, now),
    };
  });
  return replay({
    now,
    lines: [...state.lines.values()],
    desks,
    context: contextOf(site),
    time: (id) => means.get(id)!,
    noShow: NO_SHOW,
    noShowMinutes: NO_SHOW_MINUTES,
    probes: site.services.map((s) => s.id),
    priorityShare: PRIORITY_SHARE,
  });
}
