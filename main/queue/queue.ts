import { randomUUID } from 'node:crypto';
import type { Caller } from '../contract/context.ts';
import type {
  CounterView,
  DeskAnswer,
  DeskTicket,
  IssuedTicket,
  KioskView,
  Lease,
  LeasedTicket,
  PrintState,
  RatingReport,
  TransferTarget,
} from '../contract/queue.ts';
import { isRefusal, type Refusal } from '../contract/refusal.ts';
import { businessDay, fromVietnam, type Clock } from '../store/index.ts';
import { readAppointment, type Appointment } from './appointment.ts';
import { common, type Common } from './common.ts';
import type { ReplayResult } from './estimate.ts';
import { forecast } from './forecast.ts';
import { Live } from './live.ts';
import { HallAway, type Outcome, type QueueStore } from './port.ts';
import { Printing, type PrintTicket } from './printing.ts';
import { ratingReport } from './ratings.ts';
import { no } from './refusals.ts';
import { HallTime } from './time.ts';
import type { Actor, Answer, CommandBody, LogEntry, Ticket } from './types.ts';
import { callView, counterView, deskTicket, deskView, issuedTicket, kioskView, type Look } from './views.ts';

/** What other rooms may hear; no personal data. */
export type QueueEvent =
  | { kind: 'called'; counterId: string; counterLabel: string; text: string; ticketId: string; recall: boolean }
  | { kind: 'free'; counterId: string }
  | { kind: 'emergency'; counterId: string; on: boolean }
  | { kind: 'paper'; ok: boolean };

export interface QueueDeps {
  readonly store: QueueStore;
  readonly clock: Clock;
  /** Absent: the hall works on screens alone although the site prints. */
  readonly print?: PrintTicket;
  readonly onEvent?: (event: QueueEvent) => void;
  readonly onError?: (error: unknown) => void;
  /** Milliseconds of a clock that nobody can set; tests move it with theirs. */
  readonly monotonic?: () => number;
  /** Looks an appointment code up; default reads it from the code itself. */
  readonly appointment?: (code: string) => Promise<Appointment | undefined>;
  /** Names this hub in the log. */
  readonly hubId?: string;
}

/** Waits are worked out anew at most so often. */
const FORECAST_MS = 1000;
const TICK_MS = 5000;

export type Queue = ReturnType<typeof createQueue>;

/**
 * The hall of one site. Commands answer with a view or a refusal; a command id has one effect and one answer.
 * Close it before the store.
 */
export function createQueue(deps: QueueDeps) {
  const { store, clock } = deps;
  const { site } = store;
  const monotonic = deps.monotonic ?? (() => performance.now());
  const onError = deps.onError ?? ((error: unknown) => console.error('queue:', error));
  const hub: Actor = { deviceId: deps.hubId ?? 'hub', officerId: null, officerName: null };
  const time = new HallTime(clock, monotonic, () => !anyoneHere());
  const anyoneHere = (): boolean => {
    for (const line of store.state.lines.values()) if (line.tickets.length > 0) return true;
    return site.counters.some((c) => store.state.counter(c.id).ticketId !== null);
  };

  let cached: { result: ReplayResult<Ticket>; at: number; seq: number } | undefined;
  const waits = (now: number): ReplayResult<Ticket> => {
    const at = monotonic();
    const stale = !cached || at - cached.at > 10 * FORECAST_MS || (at - cached.at > FORECAST_MS && cached.seq !== store.state.seq);
    if (stale) cached = { result: forecast(store.state, site, now), at, seq: store.state.seq };
    return cached!.result;
  };
  let drawn: { common: Common; at: number; seq: number } | undefined;
  const look = (): Look => {
    const now = time.now();
    return {
      state: store.state,
      site,
      now,
      clockDoubt: time.doubt,
      paper: printing.paper,
      get common() {
        const at = monotonic();
        // drawn once for all desks of one picture
        if (!drawn || drawn.seq !== store.state.seq || at - drawn.at > FORECAST_MS)
          drawn = { common: common(this), at, seq: store.state.seq };
        return drawn.common;
      },
      get forecast() {
        return waits(now);
      },
    };
  };

  const run = async (id: string, actor: Actor, body: CommandBody): Promise<Outcome> => {
    const at = time.now();
    if (id !== '') time.use();
    try {
      return await store.run({ ...body, id, at, actor });
    } catch (error) {
      if (!(error instanceof HallAway)) throw error;
      onError(error);
      return { answer: no.hallAway(), repeated: false };
    }
  };
  const printing = new Printing({
    store,
    print: deps.print,
    run: (body) => run('', hub, body),
    look,
    onChange: (ok) => deps.onEvent?.({ kind: 'paper', ok }),
    onError,
  });
  const live = new Live(store, look, onError);

  const actorOf = (caller: Caller): Actor => ({
    deviceId: caller.deviceId,
    officerId: caller.officer?.id ?? null,
    officerName: caller.officer?.name ?? null,
  });
  const counterOf = (caller: Caller): string | undefined =>
    site.counters.find((c) => caller.officer && store.state.counter(c.id).officerId === caller.officer.id)?.id;

  /** Runs a desk command at the caller's counter; the ticket in the answer is as it was when the command was first done. */
  const atDesk = async (caller: Caller, id: string, body: (counterId: string) => CommandBody): Promise<DeskAnswer | Refusal> => {
    const counterId = counterOf(caller);
    if (counterId === undefined) return no.noCounter();
    const { answer } = await run(id, actorOf(caller), body(counterId));
    return isRefusal(answer) ? answer : deskAnswer(counterId, answer);
  };
  const deskAnswer = (counterId: string, answer: Answer): DeskAnswer => {
    const view = look();
    return { ...(answer.ticket ? { ticket: deskTicket(view, answer.ticket) } : {}), desk: deskView(view, counterId) };
  };

  const appointmentOf = async (code: string | undefined): Promise<Appointment | undefined | Refusal> => {
    if (code === undefined) return undefined;
    return (await (deps.appointment ?? (async (c: string) => readAppointment(site, c)))(code)) ?? no.unknownAppointment();
  };

  const tell = (entry: LogEntry): void => {
    const { state } = store;
    if (entry.counterId === null) return;
    if (['call', 'pick', 'call-back', 'recall'].includes(entry.action)) {
      const call = state.calls.find((c) => c.callSeq === entry.seq);
      if (!call) return;
      const { counterId, counterLabel, text, recall } = callView(look(), call);
      deps.onEvent?.({ kind: 'called', counterId, counterLabel, text, ticketId: call.ticketId, recall });
    } else if (entry.action === 'emergency')
      deps.onEvent?.({ kind: 'emergency', counterId: entry.counterId, on: state.counter(entry.counterId).emergencyAt !== null });
    else if (state.counter(entry.counterId).ticketId === null) deps.onEvent?.({ kind: 'free', counterId: entry.counterId });
  };
  const deaf = store.subscribe((entries) => {
    if (!deps.onEvent) return;
    for (const entry of entries) {
      try {
        tell(entry);
      } catch (error) {
        onError(error);
      }
    }
  });

  const tick = async (): Promise<void> => {
    // days turn although nobody presses anything; prints of a hub that died are found
    const now = time.now();
    if (businessDay(now) > store.state.hall.day) {
      await run('', hub, { do: 'tick' });
      await store.tidy(now);
    }
    // other hubs are heard at once; this is for the day on which a notice got lost with its connection
    await store.refresh();
    await printing.recover();
  };
  let ticking = Promise.resolve();
  const beat = () => void (ticking = ticking.then(tick).catch(onError));
  const timer = setInterval(beat, TICK_MS);
  timer.unref();
  beat();

  return {
    site,

    services: (): KioskView => kioskView(look()),
    counters: (): CounterView[] => site.counters.map((c) => counterView(look(), c.id)),
    unprinted: (): DeskTicket[] => look().common.unprinted,
    live,
    /** The counter at which this officer sits. */
    counterOf,

    /** A number. Committed first, then printed: the answer does not wait for the paper, `ticket` tells how it went. */
    async issue(
      caller: Caller,
      input: { commandId: string; serviceId: string; priorityReason?: string | undefined; appointmentCode?: string | undefined },
    ): Promise<IssuedTicket | Refusal> {
      const appointment = await appointmentOf(input.appointmentCode);
      if (isRefusal(appointment)) return appointment;
      const serviceId = appointment?.serviceId ?? input.serviceId;
      const estimate = look().forecast.probes.get(serviceId);
      const { answer, repeated } = await run(input.commandId, actorOf(caller), {
        do: 'issue',
        ticketId: randomUUID(),
        serviceId,
        ...(input.priorityReason === undefined ? {} : { priority: input.priorityReason }),
        ...(appointment ? { appointment: { code: appointment.code, at: appointment.at } } : {}),
        ...(estimate ? { estimate: rounded(estimate) } : {}),
        byStaff: caller.role === 'officer',
      });
      if (isRefusal(answer)) return answer;
      const ticket = answer.ticket!;
      if (!repeated && ticket.changed === answer.seq && ticket.print === 'queued')
        void printing.start(ticket, { reprint: false, deviceId: caller.deviceId });
      return { ...issuedTicket(look(), ticket, answer.ahead), print: (store.state.tickets.get(ticket.id) ?? ticket).print };
    },

    ticket(ticketId: string): IssuedTicket | Refusal {
      const ticket = store.state.tickets.get(ticketId);
      return ticket ? issuedTicket(look(), ticket) : no.unknownTicket();
    },

    /** A block of numbers per kiosk service, for a kiosk that may lose us. */
    async lease(caller: Caller, input: { commandId: string; size: number }): Promise<Lease | Refusal> {
      const { answer } = await run(input.commandId, actorOf(caller), { do: 'lease', leaseId: randomUUID(), size: input.size });
      if (isRefusal(answer)) return answer;
      const { leaseId, day, blocks } = answer.lease!;
      return { leaseId, businessDay: day, blocks: blocks.map(({ serviceId, series, from, to }) => ({ serviceId, series, from, to })) };
    },

    /** Takes over what a kiosk gave alone. Each ticket is its own command with the id of its press: sent twice, it is one. */
    async merge(
      caller: Caller,
      input: { lease: Lease; tickets: readonly LeasedTicket[] },
    ): Promise<{ accepted: IssuedTicket[]; refused: { commandId: string; vi: string; en: string }[] }> {
      const accepted: IssuedTicket[] = [];
      const refused: { commandId: string; vi: string; en: string }[] = [];
      for (const t of input.tickets.toSorted((a, b) => a.issuedAt - b.issuedAt)) {
        const appointment = await appointmentOf(t.appointmentCode);
        const { answer } = await run(`merge-${t.commandId}`, actorOf(caller), {
          do: 'merge',
          leaseId: input.lease.leaseId,
          day: input.lease.businessDay,
          ticket: {
            ticketId: randomUUID(),
            press: t.commandId,
            serviceId: t.serviceId,
            number: t.number,
            issuedAt: t.issuedAt,
            print: t.print,
            ...(t.priorityReason === undefined ? {} : { priority: t.priorityReason }),
            // a code that cannot be read must not cost the citizen the place
            ...(appointment === undefined || isRefusal(appointment) ? {} : { appointment: { code: appointment.code, at: appointment.at } }),
          },
        });
        if (isRefusal(answer)) refused.push({ commandId: t.commandId, vi: answer.vi, en: answer.en });
        else accepted.push(issuedTicket(look(), answer.ticket!, answer.ahead));
      }
      return { accepted, refused };
    },

    async reprint(caller: Caller, input: { commandId: string; ticketId: string }): Promise<{ print: PrintState } | Refusal> {
      const { answer, repeated } = await run(input.commandId, actorOf(caller), {
        do: 'printed',
        ticketId: input.ticketId,
        print: 'queued',
        reprint: true,
      });
      if (isRefusal(answer)) return answer;
      if (!repeated) await printing.start(answer.ticket!, { reprint: true, deviceId: caller.deviceId });
      return { print: store.state.tickets.get(input.ticketId)?.print ?? answer.ticket!.print };
    },

    async voice(caller: Caller, said?: number) {
      const { answer } = await run('', actorOf(caller), said === undefined ? { do: 'voice' } : { do: 'voice', said });
      if (isRefusal(answer) || !answer.voice) return { speaker: false };
      const { speaker, say } = answer.voice;
      if (!say) return { speaker };
      const { callSeq, text, series, number, counterLabel, recall } = callView(look(), say);
      return { speaker, say: { callSeq, text, series, number, counterLabel, recall } };
    },

    async takeCounter(caller: Caller, input: { commandId: string; counterId: string }): Promise<DeskAnswer | Refusal> {
      const force = caller.officer?.duties.includes('supervisor') ?? false;
      const { answer } = await run(input.commandId, actorOf(caller), { do: 'take', counterId: input.counterId, force });
      return isRefusal(answer) ? answer : deskAnswer(input.counterId, answer);
    },
    async leaveCounter(caller: Caller, input: { commandId: string }): Promise<Record<string, never> | Refusal> {
      const counterId = counterOf(caller);
      if (counterId === undefined) return {};
      const { answer } = await run(input.commandId, actorOf(caller), { do: 'leave', counterId });
      return isRefusal(answer) ? answer : {};
    },
    callNext: (caller: Caller, { commandId }: { commandId: string }) =>
      atDesk(caller, commandId, (counterId) => ({ do: 'next', counterId })),
    callTicket: (caller: Caller, { commandId, ticketId }: { commandId: string; ticketId: string }) =>
      atDesk(caller, commandId, (counterId) => ({ do: 'call', counterId, ticketId })),
    /** One of the commands that need nothing but the counter's own ticket. */
    onCurrent: (caller: Caller, commandId: string, act: 'recall' | 'start' | 'finish' | 'no-show' | 'undo') =>
      atDesk(caller, commandId, (counterId) => ({ do: act, counterId })),
    park: (caller: Caller, i: { commandId: string; ticketId?: string | undefined; reason: string }) =>
      atDesk(caller, i.commandId, (counterId) => ({
        do: 'park',
        counterId,
        reason: i.reason,
        ...(i.ticketId === undefined ? {} : { ticketId: i.ticketId }),
      })),
    resume: (caller: Caller, i: { commandId: string; ticketId: string }) =>
      atDesk(caller, i.commandId, (counterId) => ({ do: 'resume', counterId, ticketId: i.ticketId })),
    transfer: (
      caller: Caller,
      i: { commandId: string; ticketId?: string | undefined; target: TransferTarget; reason?: string | undefined },
    ) =>
      atDesk(caller, i.commandId, (counterId) => ({
        do: 'transfer',
        counterId,
        target: i.target,
        ...(i.ticketId === undefined ? {} : { ticketId: i.ticketId }),
        ...(i.reason === undefined ? {} : { reason: i.reason }),
      })),
    cancel: (caller: Caller, i: { commandId: string; ticketId: string; reason: string }) =>
      atDesk(caller, i.commandId, (counterId) => ({ do: 'cancel', counterId, ticketId: i.ticketId, reason: i.reason })),
    setPriority: (caller: Caller, i: { commandId: string; ticketId: string; reason: string; note?: string | undefined }) =>
      atDesk(caller, i.commandId, (counterId) => ({
        do: 'prioritise',
        counterId,
        ticketId: i.ticketId,
        reason: i.reason,
        ...(i.note === undefined ? {} : { note: i.note }),
      })),
    linkDossier: (caller: Caller, i: { commandId: string; ticketId: string; dossierCode: string }) =>
      atDesk(caller, i.commandId, () => ({ do: 'link', ticketId: i.ticketId, dossierCode: i.dossierCode })),
    async emergency(caller: Caller, { commandId, on }: { commandId: string; on: boolean }): Promise<Record<string, never> | Refusal> {
      const answer = await atDesk(caller, commandId, (counterId) => ({ do: 'emergency', counterId, on }));
      return isRefusal(answer) ? answer : {};
    },
    confirmClock(): Record<string, never> {
      time.confirm();
      return {};
    },

    async rate(
      caller: Caller,
      i: { commandId: string; ticketId: string; score: number; reasons: readonly string[] },
    ): Promise<{ dossiers: readonly string[] } | Refusal> {
      const { answer } = await run(i.commandId, actorOf(caller), { do: 'rate', ticketId: i.ticketId, score: i.score, reasons: i.reasons });
      return isRefusal(answer) ? answer : { dossiers: answer.ticket?.dossiers ?? [] };
    },
    /** @returns a refusal when the days are more than a quarter of a year, or none */
    async ratings(from: string, to: string): Promise<RatingReport | Refusal> {
      const days = (fromVietnam(to) - fromVietnam(from)) / 86_400_000;
      if (!(days >= 0 && days <= 92)) return no.tooLong();
      return ratingReport(site, await store.rated(from, to), from, to);
    },

    /** Waits for prints that are on their way, then ends every stream. The store stays open. */
    async close(): Promise<void> {
      clearInterval(timer);
      deaf();
      live.close();
      await ticking;
      await printing.close();
    },
  };
}

const rounded = (e: { low: number; mid: number; high: number }) => ({ low: tenth(e.low), mid: tenth(e.mid), high: tenth(e.high) });
const tenth = (m: number) => Math.round(m * 10) / 10;
