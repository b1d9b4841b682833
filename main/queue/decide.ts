import type { Refusal } from '../contract/refusal.ts';
import { ticketText } from '../contract/queue.ts';
import { businessDay } from '../store/index.ts';
import { onItsDay } from './appointment.ts';
import * as desk from './decide-desk.ts';
import { Draft } from './draft.ts';
import { isOpen } from './hours.ts';
import { no } from './refusals.ts';
import { appointmentSince, byArrival, isActive, isClosed, nextState, score } from './rules.ts';
import type { Site } from './site.ts';
import { contextOf, emptySeries, type HallState } from './state.ts';
import type { Answer, CommandBody, LeasePiece, LogEntry, QueueCommand, SeriesPiece, Ticket } from './types.ts';

type Body<D extends CommandBody['do']> = Extract<CommandBody, { do: D }>;
type Result = Answer | Refusal;

/**
 * The whole rule of the hall: state and command in, steps and answer out. Deterministic; reads no clock and no dice, so the
 * log replays to the same state on every hub. Applies its steps to `state` as it goes.
 */
export function decide(state: HallState, site: Site, command: QueueCommand): { result: Result; entries: LogEntry[] } {
  const draft = new Draft(state, site, command);
  openDay(draft, businessDay(command.at));
  return { result: run(draft, command), entries: draft.entries };
}

function run(d: Draft, c: QueueCommand): Result {
  switch (c.do) {
    case 'issue':
      return issue(d, c);
    case 'printed':
      return printed(d, c);
    case 'lease':
      return lease(d, c);
    case 'merge':
      return merge(d, c);
    case 'take':
      return desk.take(d, c);
    case 'leave':
      return desk.leave(d, c);
    case 'next':
      return desk.next(d, c);
    case 'call':
      return desk.call(d, c);
    case 'recall':
      return desk.recall(d, c);
    case 'start':
      return desk.start(d, c);
    case 'finish':
      return desk.finish(d, c);
    case 'no-show':
      return desk.noShow(d, c);
    case 'undo':
      return desk.undo(d, c);
    case 'park':
      return desk.park(d, c);
    case 'resume':
      return desk.resume(d, c);
    case 'transfer':
      return desk.transfer(d, c);
    case 'cancel':
      return desk.cancel(d, c);
    case 'prioritise':
      return desk.prioritise(d, c);
    case 'emergency':
      return desk.emergency(d, c);
    case 'link':
      return link(d, c);
    case 'rate':
      return rate(d, c);
    case 'voice':
      return voice(d, c);
    case 'floor':
      return floor(d, c);
    case 'tick':
      return { seq: d.state.seq };
  }
}

/** A new business day begins with the first command in it: what is open is settled as the site decided. Days never go back. */
function openDay(d: Draft, day: string): void {
  const { hall } = d.state;
  if (day <= hall.day) return;
  const pieces: Record<string, unknown> = { hall: { day } };
  if (hall.day !== '') {
    const open = [...d.state.tickets.values()].filter((t) => !isClosed(t.state)).sort(byArrival);
    for (const ticket of open) settle(d, ticket);
    for (const { id } of d.site.counters) {
      if (d.state.counter(id).open) pieces[`counter:${id}`] = null;
    }
    for (const [key, value] of d.state.pieces) {
      // a kiosk that was away for a week may still bring its tickets
      if (key.startsWith('lease:') && d.now - (value as LeasePiece).at > 7 * 86_400_000) pieces[key] = null;
    }
  }
  d.day = day;
  d.note('day', null, pieces);
  if (d.site.dayEnd !== 'keep') return;
  for (const t of [...d.state.tickets.values()].filter((t) => t.state === 'carried-over').sort(byArrival)) d.move('resume', t.id, null);
}

function settle(d: Draft, ticket: Ticket): void {
  const reason = 'day-end';
  if (ticket.state === 'serving') d.move('finish', ticket.id, ticket.counterId, { endedAt: d.now, reason });
  else if (ticket.state === 'called')
    d.move('no-show', ticket.id, ticket.counterId, { misses: ticket.misses + 1, counterId: null, reason });
  else if (ticket.state === 'no-show') return;
  else if (d.site.dayEnd === 'close' || ticket.state === 'carried-over') d.move('cancel', ticket.id, null, { endedAt: d.now, reason });
  else d.move('carry-over', ticket.id, null, { target: null });
}

function issue(d: Draft, c: Body<'issue'>): Result {
  const service = d.site.services.find((s) => s.id === c.serviceId);
  if (!service) return no.unknownService();
  if (!c.byStaff && !isOpen(d.site, service, d.now)) return no.closed();
  if (c.priority !== undefined && !d.site.priorityReasons.some((p) => p.id === c.priority)) return no.unknownReason();
  const pressed = d.state.tickets.get(d.state.byPress.get(d.command.id) ?? '');
  // the press was answered by the kiosk itself while this request was on its way
  if (pressed) return { seq: d.state.seq, ticket: pressed, ahead: ahead(d.state, d.site, pressed, d.now) };
  if (c.appointment) {
    // the same appointment shown again is the same ticket
    const known = d.state.tickets.get(d.state.byAppointment.get(c.appointment.code) ?? '');
    if (known && isClosed(known.state)) return no.appointmentUsed(ticketText(known.series, known.number));
    if (known) return { seq: d.state.seq, ticket: known, ahead: ahead(d.state, d.site, known, d.now) };
    const wrongDay = onItsDay(c.appointment.at, d.now);
    if (wrongDay) return wrongDay;
  }
  const series = d.state.series(service.series);
  const today: SeriesPiece = series.day === d.day ? series : emptySeries(d.day);
  let number = Math.max(today.last, today.floor) + 1;
  if (number >= d.site.leaseFrom && number <= today.leaseFloor) number = today.leaseFloor + 1;
  for (const block of today.leased) if (number >= block.from && number <= block.to) number = block.to + 1;
  const ticket = newTicket(d, {
    ...c,
    series: service.series,
    number,
    issuedAt: d.now,
    press: d.command.id,
    print: d.site.print ? 'queued' : 'none',
  });
  d.step('issue', ticket.id, null, null, 'waiting', ticket, { [`series:${service.series}`]: { ...today, last: number } });
  return { seq: d.state.seq, ticket: d.ticket(ticket.id), ahead: ahead(d.state, d.site, d.ticket(ticket.id), d.now) };
}

function newTicket(
  d: Draft,
  c: {
    press: string;
    ticketId: string;
    serviceId: string;
    series: string;
    number: number;
    issuedAt: number;
    print: Ticket['print'];
  } & Pick<Body<'issue'>, 'priority' | 'appointment' | 'estimate'> & { day?: string },
): Ticket {
  const { appointment } = c;
  const booked = appointment && appointmentSince(appointment.at, c.issuedAt, d.site.appointments.lateMinutes);
  const seq = d.state.seq + 1;
  return {
    id: c.ticketId,
    press: c.press,
    day: c.day ?? d.day,
    series: c.series,
    number: c.number,
    seq,
    issuedAt: c.issuedAt,
    since: booked ?? c.issuedAt,
    serviceId: c.serviceId,
    state: 'waiting',
    priority: c.priority ?? null,
    priorityNote: null,
    appointmentAt: booked ?? null,
    appointmentCode: appointment?.code ?? null,
    target: null,
    counterId: null,
    officerId: null,
    firstCalledAt: null,
    calledAt: null,
    startedAt: null,
    endedAt: null,
    recalls: 0,
    misses: 0,
    reason: null,
    print: c.print,
    reprints: 0,
    estimate: c.estimate ?? null,
    dossiers: [],
    rating: null,
    ratingReasons: [],
    changed: seq,
  };
}

/** How many of the same service the rule puts before this ticket, now. */
export function ahead(state: HallState, site: Site, ticket: Ticket, now: number): number {
  const context = contextOf(site);
  const points = (t: Ticket) => score(t, context.rule, context.targetMinutes(t.serviceId), context.earlyMinutes, now);
  const own = points(ticket);
  let n = 0;
  for (const line of state.lines.values()) {
    if (line.serviceId !== ticket.serviceId) continue;
    // scores fall along a line, so the first that is behind ends it
    let low = 0;
    let high = line.tickets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = line.tickets[middle]!;
      const s = points(other);
      if (other !== ticket && (s > own || (s === own && byArrival(other, ticket) < 0))) low = middle + 1;
      else high = middle;
    }
    n += low;
  }
  return n;
}

function printed(d: Draft, { ticketId, print, reprint }: Body<'printed'>): Result {
  const ticket = d.state.tickets.get(ticketId);
  if (!ticket) return no.unknownTicket();
  if (ticket.print === 'none') return no.notPrinting();
  // a late "unknown" must not hide that the paper came out
  if (!reprint && ticket.print === 'printed') return { seq: d.state.seq, ticket };
  d.step(
    'print',
    ticketId,
    null,
    ticket.state,
    ticket.state,
    { print, reprints: ticket.reprints + (reprint && print === 'queued' ? 1 : 0) },
    null,
  );
  return { seq: d.state.seq, ticket: d.ticket(ticketId) };
}

function lease(d: Draft, { leaseId, size }: Body<'lease'>): Result {
  const pieces: Record<string, unknown> = {};
  const made: LeasePiece = { leaseId, day: d.day, deviceId: d.command.actor.deviceId, at: d.now, blocks: [] };
  for (const service of d.site.services) {
    if (!service.onKiosk) continue;
    const series = d.state.series(service.series);
    const today: SeriesPiece = series.day === d.day ? series : emptySeries(d.day);
    const from = Math.max(d.site.leaseFrom, today.last + 1, today.floor + 1, today.leaseFloor + 1, ...today.leased.map((b) => b.to + 1));
    const to = from + size - 1;
    made.blocks.push({ serviceId: service.id, series: service.series, from, to, used: [] });
    pieces[`series:${service.series}`] = { ...today, leased: withBlock(today.leased, { from, to, leaseId }) };
  }
  pieces[`lease:${leaseId}`] = made;
  d.note('lease', null, pieces);
  return { seq: d.state.seq, lease: made };
}

/** Blocks that touch become one, so that the list stays short however often a kiosk asks. */
function withBlock(leased: SeriesPiece['leased'], block: SeriesPiece['leased'][number]): SeriesPiece['leased'] {
  const last = leased.at(-1);
  return last && last.to + 1 === block.from ? [...leased.slice(0, -1), { ...block, from: last.from }] : [...leased, block];
}

/** A ticket that a kiosk gave while we were away. Its number is on paper already, so it is refused only if it would be a second one. */
function merge(d: Draft, c: Body<'merge'>): Result {
  const { ticket: given } = c;
  const service = d.site.services.find((s) => s.id === given.serviceId);
  if (!service) return no.unknownService();
  const text = ticketText(service.series, given.number);
  const held = d.state.lease(c.leaseId);
  const block = held?.blocks.find((b) => b.serviceId === given.serviceId && given.number >= b.from && given.number <= b.to);
  if (held && held.day === c.day && block) {
    if (block.used.includes(given.number)) return no.numberUsed(text);
  } else {
    // the lease may be missing because the database was restored: then the number must lie in the kiosks' range and be free
    const others = d.state.series(service.series);
    const known = others.leased.some((b) => given.number >= b.from && given.number <= b.to);
    const taken = others.day === c.day && (known || (given.number > others.leaseFloor && given.number <= others.last));
    if (held || c.day > d.day || given.number < d.site.leaseFrom || taken) return no.notLeased(text);
  }
  if (d.state.byNumber.has(`${c.day} ${service.series} ${given.number}`)) return no.numberUsed(text);
  const pieces: Record<string, unknown> = {};
  if (held && block)
    pieces[`lease:${c.leaseId}`] = {
      ...held,
      blocks: held.blocks.map((b) => (b === block ? { ...b, used: [...b.used, given.number] } : b)),
    };
  else if (c.day === d.day) {
    const series = d.state.series(service.series);
    const today: SeriesPiece = series.day === d.day ? series : emptySeries(d.day);
    // nobody may be given that number again
    pieces[`series:${service.series}`] = {
      ...today,
      leased: withBlock(today.leased, { from: given.number, to: given.number, leaseId: c.leaseId }),
    };
  }
  // a kiosk's clock may be wrong: nobody came in the future, nor before the block was lent
  const issuedAt = Math.min(d.now, Math.max(given.issuedAt, held?.at ?? 0));
  const ours = d.state.tickets.get(d.state.byPress.get(given.press) ?? '');
  const priority = d.site.priorityReasons.some((p) => p.id === given.priority) ? given.priority : undefined;
  const ticket = newTicket(d, { ...given, ...(priority === undefined ? {} : { priority }), series: service.series, issuedAt, day: c.day });
  d.step('issue', ticket.id, null, null, 'waiting', ticket, pieces);
  // both of us answered the press: the citizen holds the kiosk's paper, so ours goes
  if (ours && nextState('cancel', ours.state) !== undefined && !isActive(ours.state))
    d.move('cancel', ours.id, null, { endedAt: d.now, reason: 'answered-by-kiosk' });
  if (c.day < d.day && d.site.dayEnd !== 'keep') settle(d, d.ticket(ticket.id));
  return { seq: d.state.seq, ticket: d.ticket(ticket.id), ahead: ahead(d.state, d.site, d.ticket(ticket.id), d.now) };
}

function link(d: Draft, { ticketId, dossierCode }: Body<'link'>): Result {
  const ticket = d.state.tickets.get(ticketId);
  if (!ticket) return no.unknownTicket();
  if (ticket.dossiers.includes(dossierCode)) return { seq: d.state.seq, ticket };
  d.step('link', ticketId, ticket.counterId, ticket.state, ticket.state, { dossiers: [...ticket.dossiers, dossierCode] }, null);
  return { seq: d.state.seq, ticket: d.ticket(ticketId) };
}

function rate(d: Draft, { ticketId, score: rating, reasons }: Body<'rate'>): Result {
  const ticket = d.state.tickets.get(ticketId);
  if (!ticket) return no.unknownTicket();
  if (ticket.state !== 'done') return no.notRateable();
  if (ticket.rating !== null) return no.rated();
  d.step('rate', ticketId, ticket.counterId, ticket.state, ticket.state, { rating, ratingReasons: reasons }, null);
  return { seq: d.state.seq, ticket: d.ticket(ticketId) };
}

/**
 * The speaker lease lasts so long. It begins anew with everything that is handed out to be said, so that nobody else speaks
 * before the sentence is over, and is renewed when less than half is left.
 */
const VOICE_LEASE_MS = 15_000;

/**
 * One speaker per hall. What was handed to it is handed to it again until it says so; if it dies, the next speaker gets it
 * once more, because a call that nobody heard is worse than one heard twice.
 */
function voice(d: Draft, { said }: Body<'voice'>): Result {
  const me = d.command.actor.deviceId;
  const before = d.state.voice;
  // a lease from a clock that was wrong at the time must not keep the hall silent for a day
  const held = before.until > d.now && before.until < d.now + 2 * VOICE_LEASE_MS;
  if (before.deviceId !== me && held) return { seq: d.state.seq, voice: { speaker: false, say: null } };
  let piece = before;
  if (before.deviceId !== me || before.until - d.now < VOICE_LEASE_MS / 2)
    piece = { ...piece, deviceId: me, until: d.now + VOICE_LEASE_MS };
  if (said !== undefined && piece.saying === said) piece = { ...piece, saying: null, said };
  const oldest = d.now - d.site.voiceSeconds * 1000;
  const sayable = (seq: number | null) =>
    d.state.calls.find((call) => (seq === null ? call.callSeq > piece.said && call.at >= oldest : call.callSeq === seq)) ?? null;
  const say = (piece.saying === null ? null : sayable(piece.saying)) ?? sayable(null);
  const saying = say?.callSeq ?? null;
  if (saying !== piece.saying) piece = { ...piece, saying };
  if (saying !== null && piece.until !== d.now + VOICE_LEASE_MS) piece = { ...piece, until: d.now + VOICE_LEASE_MS };
  if (piece !== before) d.note('voice', null, { voice: piece });
  return { seq: d.state.seq, voice: { speaker: true, say } };
}

/** Raises what numbers start after: they may stand on paper that a restored database has forgotten. */
function floor(d: Draft, { day, marks }: Body<'floor'>): Result {
  openDay(d, day);
  if (day < d.day) return { seq: d.state.seq };
  const pieces: Record<string, unknown> = {};
  for (const [id, mark] of Object.entries(marks)) {
    const series = d.state.series(id);
    const today = series.day === day ? series : emptySeries(day);
    const raised = { ...today, floor: Math.max(today.floor, mark.last), leaseFloor: Math.max(today.leaseFloor, mark.lease) };
    if (raised.floor !== today.floor || raised.leaseFloor !== today.leaseFloor) pieces[`series:${id}`] = raised;
  }
  if (Object.keys(pieces).length > 0) d.note('floor', null, pieces);
  return { seq: d.state.seq };
}
