import {
  ticketText,
  type BoardView,
  type Call,
  type CounterView,
  type DeskTicket,
  type DeskView,
  type IssuedTicket,
  type KioskView,
  type PadView,
  type ServiceGroup,
  type SupervisorView,
} from '../contract/queue.ts';
import { colleagues, type Common } from './common.ts';
import { ahead } from './decide.ts';
import { range, type ReplayResult } from './estimate.ts';
import { hoursText, isOpen } from './hours.ts';
import { byArrival, isActive, isWaiting } from './rules.ts';
import type { Service, Site } from './site.ts';
import { contextOf, reachOf, upcoming, waitingFor, waitingTickets, type HallState } from './state.ts';
import type { HallCall, Ticket } from './types.ts';

/** What every view is drawn from. */
export interface Look {
  readonly state: HallState;
  readonly site: Site;
  readonly now: number;
  readonly forecast: ReplayResult<Ticket>;
  readonly clockDoubt: boolean;
  readonly paper: boolean;
  readonly common: Common;
}

const MINUTE = 60_000;
/** For a ticket whose service is no longer in the site's list. */
const WAIT_TARGET = 20;
const light = (minutes: number, target: number): 'green' | 'amber' | 'red' =>
  minutes >= target ? 'red' : minutes >= 0.8 * target ? 'amber' : 'green';
const counterLabel = (site: Site, id: string): string => site.counters.find((c) => c.id === id)?.label ?? id;
const zoneOf = (site: Site, id: string): string => site.counters.find((c) => c.id === id)?.zone ?? '';
const waitMinutes = (t: Ticket, now: number): number => Math.max(0, Math.floor((now - t.since) / MINUTE));
const waitOf = ({ forecast }: Look, serviceId: string) => {
  const wait = range(forecast.probes.get(serviceId));
  return wait ? { wait } : {};
};

export function waitingByService(state: HallState): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of state.lines.values()) counts.set(line.serviceId, (counts.get(line.serviceId) ?? 0) + line.tickets.length);
  return counts;
}

function countersOpen({ state, site }: Look, service: Service): number {
  return site.counters.filter((c) => c.services.includes(service.id) && state.counter(c.id).open).length;
}

export function kioskView(look: Look): KioskView {
  const { state, site, now } = look;
  const waiting = waitingByService(state);
  const hours = hoursText(site);
  const groups = site.services
    .filter((s) => s.onKiosk)
    .map((s): ServiceGroup => {
      const open = isOpen(site, s, now);
      const closed = { closedVi: 'Hiện không cấp số cho lĩnh vực này', closedEn: 'No numbers for this service now' };
      const base = {
        id: s.id,
        series: s.series,
        vi: s.vi,
        en: s.en,
        hintVi: s.hintVi,
        hintEn: s.hintEn,
        open,
        waiting: waiting.get(s.id) ?? 0,
        countersOpen: countersOpen(look, s),
      };
      return open ? { ...base, ...waitOf(look, s.id) } : { ...base, ...closed };
    });
  return {
    siteVi: site.vi,
    siteEn: site.en,
    now,
    businessDay: state.hall.day,
    open: groups.some((g) => g.open),
    hoursVi: hours.vi,
    hoursEn: hours.en,
    groups,
    priorityReasons: site.priorityReasons,
    languages: site.languages,
    paper: look.paper && site.print,
    training: site.training,
  };
}

export function issuedTicket(look: Look, ticket: Ticket, places = ahead(look.state, look.site, ticket, look.now)): IssuedTicket {
  const service = look.site.services.find((s) => s.id === ticket.serviceId);
  const wait = range(look.forecast.tickets.get(ticket) ?? ticket.estimate ?? undefined);
  return {
    ticketId: ticket.id,
    number: ticket.number,
    text: ticketText(ticket.series, ticket.number),
    serviceId: ticket.serviceId,
    serviceVi: service?.vi ?? ticket.serviceId,
    serviceEn: service?.en ?? ticket.serviceId,
    businessDay: ticket.day,
    issuedAt: ticket.issuedAt,
    ahead: isWaiting(ticket.state) ? places : 0,
    ...(wait ? { wait } : {}),
    priority: ticket.priority !== null,
    ...(ticket.appointmentAt === null ? {} : { appointmentAt: ticket.appointmentAt }),
    ...(isWaiting(ticket.state) ? {} : { state: ticket.state }),
    print: ticket.print,
  };
}

export function callView({ state, site }: Look, call: HallCall): Call {
  const { callSeq, at, series, number, counterId, recall } = call;
  const text = ticketText(series, number);
  return {
    callSeq,
    at,
    text,
    series,
    number,
    counterId,
    counterLabel: counterLabel(site, counterId),
    zone: zoneOf(site, counterId),
    arrow: site.counters.find((c) => c.id === counterId)?.arrow ?? 'right',
    recall,
    carriedOver: call.day < state.hall.day,
  };
}

/** One on top, six beside it. */
const RECENT = 7;

export function boardView(look: Look, zone?: string): BoardView {
  const { state, site, now } = look;
  const waiting = waitingByService(state);
  const inZone = (c: Call) => zone === undefined || c.zone === zone;
  const calls = state.calls.toReversed();
  // of each ticket only its newest call, so that a recall moves its line up instead of doubling it
  const seen = new Set<string>();
  const distinct = calls.filter((c) => !seen.has(c.ticketId) && seen.add(c.ticketId));
  const stands = (c: HallCall) => {
    const ticket = state.tickets.get(c.ticketId);
    return ticket !== undefined && isActive(ticket.state) && ticket.counterId === c.counterId;
  };
  return {
    siteVi: site.vi,
    siteEn: site.en,
    now,
    businessDay: state.hall.day,
    zones: [...new Set(site.counters.map((c) => c.zone).filter((z) => z !== ''))],
    current: distinct
      .filter(stands)
      .map((c) => callView(look, c))
      .filter(inZone),
    recent: distinct
      .map((c) => callView(look, c))
      .filter(inZone)
      .slice(0, RECENT),
    groups: site.services.map((s) => ({
      serviceId: s.id,
      series: s.series,
      vi: s.vi,
      en: s.en,
      waiting: waiting.get(s.id) ?? 0,
      open: isOpen(site, s, now),
      ...waitOf(look, s.id),
    })),
    waiting: [...waiting.values()].reduce((a, b) => a + b, 0),
    training: site.training,
    clockDoubt: look.clockDoubt,
  };
}

export function deskTicket({ state, site, now }: Look, t: Ticket): DeskTicket {
  const service = site.services.find((s) => s.id === t.serviceId);
  const reason = site.priorityReasons.find((p) => p.id === t.priority);
  const until = t.firstCalledAt !== null && !isWaiting(t.state) ? t.firstCalledAt : now;
  const minutes = waitMinutes(t, until);
  const target = t.target;
  return {
    ticketId: t.id,
    text: ticketText(t.series, t.number),
    serviceId: t.serviceId,
    serviceVi: service?.vi ?? t.serviceId,
    state: t.state,
    issuedAt: t.issuedAt,
    waitingMinutes: minutes,
    light: light(minutes, service?.waitTarget ?? WAIT_TARGET),
    waitTargetMinutes: service?.waitTarget ?? WAIT_TARGET,
    ...(reason ? { priorityVi: reason.vi } : {}),
    ...(t.appointmentAt === null ? {} : { appointmentAt: t.appointmentAt }),
    ...(t.calledAt === null ? {} : { calledAt: t.calledAt }),
    ...(t.startedAt === null ? {} : { startedAt: t.startedAt }),
    recalls: t.recalls,
    misses: t.misses,
    ...(t.counterId === null ? {} : { counterId: t.counterId, counterLabel: counterLabel(site, t.counterId) }),
    ...(t.reason === null ? {} : { reason: t.reason }),
    ...(target === null || target.to === 'service'
      ? {}
      : { targetVi: target.to === 'counter' ? `Quầy ${counterLabel(site, target.counterId)}` : personAt(state, site, target.officerId) }),
    carriedOver: t.day < state.hall.day,
    print: t.print,
    dossiers: [...t.dossiers],
  };
}

function personAt(state: HallState, site: Site, officerId: string): string {
  const counter = site.counters.find((c) => state.counter(c.id).officerId === officerId);
  return state.counter(counter?.id ?? '').officerName ?? 'Cán bộ được chuyển';
}

export function counterView(look: Look, counterId: string): CounterView {
  const { state, site } = look;
  const spec = site.counters.find((c) => c.id === counterId);
  const piece = state.counter(counterId);
  const held = piece.ticketId === null ? undefined : state.tickets.get(piece.ticketId);
  return {
    counterId,
    label: spec?.label ?? counterId,
    zone: spec?.zone ?? '',
    serviceIds: [...(spec?.services ?? [])],
    open: piece.open,
    ...(piece.officerId === null ? {} : { officerId: piece.officerId }),
    ...(piece.officerName === null ? {} : { officerName: piece.officerName }),
    ...(held ? { current: deskTicket(look, held) } : {}),
    servedToday: piece.day === state.hall.day ? piece.served : 0,
  };
}

const UNDO_WORDS: Record<string, { vi: string; en: string }> = {
  call: { vi: 'Gọi', en: 'Call' },
  pick: { vi: 'Gọi', en: 'Call' },
  'call-back': { vi: 'Gọi lại từ danh sách', en: 'Call back' },
  start: { vi: 'Bắt đầu', en: 'Start' },
  finish: { vi: 'Kết thúc', en: 'Finish' },
  'no-show': { vi: 'Vắng mặt', en: 'Absent' },
  park: { vi: 'Để riêng', en: 'Park' },
  transfer: { vi: 'Chuyển', en: 'Transfer' },
};

function undoView({ state, site, now }: Look, counterId: string): DeskView['undo'] {
  const last = state.undo.get(counterId);
  const until = last ? last.at + site.undoSeconds * 1000 : 0;
  const ticket = last?.steps.at(-1)?.before;
  if (!last || !ticket || until < now || state.tickets.get(ticket.id)?.changed !== last.steps.at(-1)?.seq) return undefined;
  const text = ticketText(ticket.series, ticket.number);
  const words = UNDO_WORDS[last.action] ?? { vi: last.action, en: last.action };
  return { at: last.at, until, vi: `${words.vi} ${text}`, en: `${words.en} ${text}` };
}

export function deskView(look: Look, counterId: string): DeskView {
  const { state, site, now } = look;
  const reach = reachOf(state, site, counterId);
  const counter = counterView(look, counterId);
  const piece = state.counter(counterId);
  const undo = undoView(look, counterId);
  const service = counter.current && site.services.find((s) => s.id === counter.current?.serviceId);
  const busySince = counter.current?.startedAt ?? counter.current?.calledAt;
  const hall = look.common;
  return {
    now,
    businessDay: state.hall.day,
    counter,
    ...(counter.current ? { current: counter.current } : {}),
    ...(service && busySince !== undefined
      ? { serviceTargetMinutes: service.serviceTarget, serviceLight: light((now - busySince) / MINUTE, service.serviceTarget) }
      : {}),
    next: upcoming(state, contextOf(site), reach, now, 3).map((t) => deskTicket(look, t)),
    waitingHere: waitingFor(state, reach),
    waitingHall: hall.waiting,
    longestWaitMinutes: Math.max(0, Math.floor((now - hall.oldest) / MINUTE)),
    parked: hall.parked,
    noShows: hall.noShows,
    carriedOver: hall.carriedOver,
    servedToday: counter.servedToday,
    ...(counter.servedToday > 0 ? { averageServiceMinutes: Math.round((piece.servedMs / piece.served / MINUTE) * 10) / 10 } : {}),
    colleagues: colleagues(look, counterId),
    countersOpen: hall.countersOpen,
    countersBusy: hall.countersBusy,
    ...(undo ? { undo } : {}),
    unprinted: hall.unprinted.length,
    emergencies: hall.emergencies,
    clockDoubt: look.clockDoubt,
  };
}

export function supervisorView(look: Look): SupervisorView {
  const { state, site, now, common: hall } = look;
  const waiting = [...waitingTickets(state)].sort(byArrival);
  const tickets = [...state.tickets.values()];
  const count = (s: Ticket['state']) => tickets.filter((t) => t.state === s && t.day === state.hall.day).length;
  return {
    now,
    businessDay: state.hall.day,
    counters: site.counters.map((c) => counterView(look, c.id)),
    groups: boardView(look).groups.map((g) => {
      const service = site.services.find((s) => s.id === g.serviceId)!;
      const oldest = waiting.find((t) => t.serviceId === g.serviceId);
      const longestWaitMinutes = oldest ? waitMinutes(oldest, now) : 0;
      const mean = state.service(service.id, service.serviceMean).mean;
      return {
        ...g,
        longestWaitMinutes,
        light: light(longestWaitMinutes, service.waitTarget),
        meanServiceMinutes: Math.round(mean * 10) / 10,
        countersOpen: countersOpen(look, service),
      };
    }),
    openCalls: tickets.filter((t) => isActive(t.state)).map((t) => deskTicket(look, t)),
    waiting: waiting.slice(0, 200).map((t) => deskTicket(look, t)),
    parked: hall.parked,
    noShows: hall.noShows,
    carriedOver: hall.carriedOver,
    unprinted: hall.unprinted,
    emergencies: hall.emergencies,
    totals: {
      issued: tickets.filter((t) => t.day === state.hall.day).length,
      done: count('done'),
      noShow: count('no-show'),
      cancelled: count('cancelled'),
    },
    clockDoubt: look.clockDoubt,
  };
}

export function padView(look: Look, counterId: string): PadView {
  const { state, site, now } = look;
  const { lastDone } = state.counter(counterId);
  const ticket = lastDone && state.tickets.get(lastDone.ticketId);
  const until = lastDone ? lastDone.at + site.padSeconds * 1000 : 0;
  const asks = lastDone && ticket && ticket.state === 'done' && ticket.rating === null && now < until;
  return {
    counterLabel: counterLabel(site, counterId),
    ...(asks ? { ask: { ticketId: ticket.id, text: ticketText(ticket.series, ticket.number), finishedAt: lastDone.at, until } } : {}),
  };
}
