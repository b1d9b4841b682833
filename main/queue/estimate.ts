import type { WaitRange } from '../contract/queue.ts';
import { choose, type Queued, type RuleContext } from './rules.ts';
import type { Estimate, ServicePiece } from './types.ts';

const MINUTE = 60_000;

/** A desk as the estimator sees it. Times are instants (ms). */
export interface Desk {
  readonly id: string;
  readonly services: ReadonlySet<string>;
  /** `c:<counter>` and `p:<officer>`: what was sent to exactly this desk. */
  readonly addressees: readonly string[];
  /** Somebody sits there now. */
  readonly open: boolean;
  /** What it is busy with: the service and since when. */
  readonly busy: { readonly serviceId: string; readonly since: number } | null;
  /** Spans of work of today, in order. */
  readonly spans: readonly { readonly from: number; readonly to: number }[];
}

export interface WaitingLine<T extends Queued> {
  readonly serviceId: string;
  readonly addressee: string;
  readonly tickets: readonly T[];
}

/** Measured service times in minutes. `square` is the mean of the squares. */
export interface ServiceTime {
  readonly mean: number;
  readonly square: number;
}

export interface ReplayInput<T extends Queued> {
  readonly now: number;
  readonly lines: readonly WaitingLine<T>[];
  readonly desks: readonly Desk[];
  readonly context: RuleContext;
  readonly time: (serviceId: string) => ServiceTime;
  /** Share of called numbers whose citizen has left; they cost the desk `noShowMinutes`. */
  readonly noShow: number;
  readonly noShowMinutes: number;
  /** Services for which a citizen who came now would like to know the wait. */
  readonly probes: readonly string[];
  /** Share of citizens with priority: those who are still to come will overtake some who wait now. */
  readonly priorityShare: number;
}

export interface ReplayResult<T> {
  readonly tickets: ReadonlyMap<T, Estimate>;
  readonly probes: ReadonlyMap<string, Estimate>;
}

/** A busy desk needs at least this share of a mean service, however long it has taken already. */
const LEAST_REST = 0.15;
/** z of the 10th and 90th percentile. */
const Z80 = 1.2816;
/** Share by which a measured mean may be wrong. */
const MEAN_DOUBT = 0.06;

interface DeskLine {
  readonly desk: Desk;
  free: number;
  done: boolean;
}

interface Probe extends Queued {
  readonly probe: true;
}

/**
 * Plays the desks forward: each busy desk gets its expected rest, then whoever is free first takes the ticket that the
 * configured rule would give it at that moment, within the roster; the start time is read off. Citizens who came now are
 * in it as weightless probes, one per service. Cost: waiting x (lines + desks).
 */
export function replay<T extends Queued>(input: ReplayInput<T>): ReplayResult<T> {
  const { now, context } = input;
  type Any = T | Probe;
  const lines: { serviceId: string; addressee: string; tickets: readonly Any[]; at: number }[] = input.lines
    .filter((l) => l.tickets.length > 0)
    .map((l) => ({ ...l, at: 0 }));
  for (const serviceId of input.probes) {
    lines.push({
      serviceId,
      addressee: '',
      tickets: [{ probe: true, since: now, priority: null, appointmentAt: null, serviceId, day: '9999', seq: Infinity }],
      at: 0,
    });
  }
  const desks: DeskLine[] = input.desks.map((desk) => ({ desk, free: firstFree(desk, input), done: false }));
  const reach = new Map(
    desks.map((d) => [
      d,
      lines.filter((l) => (l.addressee === '' ? d.desk.services.has(l.serviceId) : d.desk.addressees.includes(l.addressee))),
    ]),
  );
  const tickets = new Map<T, Estimate>();
  const probes = new Map<string, Estimate>();
  let variance = restVariance(desks, input);

  for (;;) {
    let first: DeskLine | undefined;
    for (const d of desks) if (!d.done && (!first || d.free < first.free)) first = d;
    if (!first || first.free === Infinity) break;
    const heads: Any[] = [];
    for (const l of reach.get(first)!) if (l.at < l.tickets.length) heads.push(l.tickets[l.at]!);
    if (heads.length === 0) {
      first.done = true;
      continue;
    }
    const at = first.free;
    const ticket = choose(heads, context, at)!;
    for (const l of reach.get(first)!) {
      if (l.tickets[l.at] !== ticket) continue;
      l.at += 1;
      break;
    }
    const played = (at - now) / MINUTE;
    const estimate = interval(played + overtaking(ticket, played, input), variance);
    if ('probe' in ticket) {
      probes.set(ticket.serviceId, estimate);
      continue;
    }
    tickets.set(ticket, estimate);
    const { mean, square } = input.time(ticket.serviceId);
    const cost = mean * (1 - input.noShow) + input.noShowMinutes * input.noShow;
    // several desks share the luck: with s at work, one long service delays the queue by 1/s of its excess
    let atWork = 0;
    for (const d of desks) if (!d.done && d.free < at + mean * 2 * MINUTE) atWork += 1;
    const second = square * (1 - input.noShow);
    variance += Math.max(0, second - cost * cost) / Math.max(1, atWork) ** 2;
    first.free = intoWork(first.desk, at + cost * MINUTE);
  }
  return { tickets, probes };
}

/**
 * Minutes by which citizens with priority who have not come yet will put this one off. In a hall that keeps pace as many
 * come as are called, so while the head start still works against the ticket that share of the calls goes to others.
 */
function overtaking(
  ticket: Queued,
  wait: number,
  { now, context, priorityShare }: Pick<ReplayInput<Queued>, 'now' | 'context' | 'priorityShare'>,
): number {
  if (ticket.priority !== null) return 0;
  const { rule } = context;
  const window =
    rule.kind === 'head-start' ? rule.priorityMinutes - Math.max(0, now - ticket.since) / MINUTE : wait * (1 - 1 / rule.priorityRate);
  return priorityShare * Math.max(0, Math.min(window, wait));
}

function interval(mid: number, variance: number): Estimate {
  const half = Z80 * Math.sqrt(variance + (MEAN_DOUBT * mid) ** 2);
  return { low: Math.max(0, mid - half), mid, high: mid + half };
}

function firstFree(desk: Desk, { now, time }: Pick<ReplayInput<Queued>, 'now' | 'time'>): number {
  if (desk.busy) {
    const { mean } = time(desk.busy.serviceId);
    const rest = Math.max(mean - (now - desk.busy.since) / MINUTE, LEAST_REST * mean);
    return intoWork(desk, now + rest * MINUTE);
  }
  if (desk.open) return now;
  // nobody there although the roster says so: believe the chair, and the roster from its next span on
  return desk.spans.find((s) => s.from > now)?.from ?? Infinity;
}

/** The first moment from `at` on at which this desk takes a new citizen. */
function intoWork(desk: Desk, at: number): number {
  for (const span of desk.spans) if (at < span.to) return Math.max(at, span.from);
  return Infinity;
}

function restVariance(desks: readonly DeskLine[], { time }: Pick<ReplayInput<Queued>, 'time'>): number {
  const busy = desks.filter((d) => d.desk.busy);
  let sum = 0;
  for (const d of busy) {
    const { mean, square } = time(d.desk.busy!.serviceId);
    sum += Math.max(0, square - mean * mean);
  }
  return busy.length === 0 ? 0 : sum / busy.length ** 2 / 2;
}

/** An estimate as people read it: whole minutes, fives from ten on, never a bare number. */
export function range(estimate: Estimate | undefined): WaitRange | undefined {
  if (!estimate || !Number.isFinite(estimate.high)) return undefined;
  const step = (m: number) => (m < 10 ? 1 : 5);
  const fromMinutes = Math.floor(estimate.low / step(estimate.low)) * step(estimate.low);
  const toMinutes = Math.max(Math.ceil(estimate.high / step(estimate.high)) * step(estimate.high), fromMinutes + 2);
  return { fromMinutes, toMinutes };
}

/** How many finished tickets the running mean remembers. */
const MEMORY = 60;
/** The configured mean counts like so many measured ones. */
const TRUST = 5;

/** The service time with one more measured service of `ms`. */
export function learn(piece: ServicePiece, ms: number): ServicePiece {
  const x = Math.max(0.25, ms / MINUTE);
  const weight = 1 / Math.min(piece.count + TRUST + 1, MEMORY);
  return { mean: piece.mean + (x - piece.mean) * weight, square: piece.square + (x * x - piece.square) * weight, count: piece.count + 1 };
}
