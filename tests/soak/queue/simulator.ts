import { isRefusal } from '../../../main/contract/refusal.ts';
import { nextLeasedNumber, type Lease } from '../../../main/contract/queue.ts';
import type { Site } from '../../../main/queue/index.ts';
import type { Answer, CommandBody, HallCall, LogEntry, QueueCommand, Ticket } from '../../../main/queue/types.ts';
import { businessDay, fromVietnam, type Clock } from '../../../main/store/index.ts';
import { Agenda } from './agenda.ts';
import { Checker } from './checker.ts';
import type { Hall } from './hall.ts';
import { random, type Random } from './random.ts';
import { canonical, whole } from './text.ts';

export interface SimulationResult {
  readonly commands: number;
  readonly issued: number;
  readonly calls: number;
  readonly spoken: number;
  /** Said again by another board because the first could not tell that it had. */
  readonly spokenTwice: number;
  readonly crashes: number;
  readonly restores: number;
  readonly replies: number;
  readonly violations: readonly string[];
}

const SECOND = 1000;
const DAY = 86_400 * SECOND;

/** A client resends the same command until it hears an answer. */
interface Pending {
  readonly id: string;
  readonly device: string;
  readonly body: CommandBody;
  readonly answered: (answer: unknown) => void;
  readonly givesUp?: (tries: number) => boolean;
  tries: number;
  done: boolean;
}

/**
 * A hall with 20 counters, 3 kiosks and 10 boards on a bad network: messages are lost, doubled, late and out of order; the
 * hub crashes, its clock steps by a day, an old backup is put back. `count` is the number of commands that reach a hub.
 * The same seed gives the same run on SQLite; on PostgreSQL the real server adds its own timing.
 */
export class Simulation {
  readonly checker: Checker;
  private readonly dice: Random;
  private readonly agenda = new Agenda();
  private readonly hall: Hall;
  private readonly site: Site;
  private now: number;
  /** What the hub's clock is off by. */
  private step = 0;
  private down = false;
  private commands = 0;
  private crashes = 0;
  private restores = 0;
  private replies = 0;
  private spoken = 0;
  private ids = 0;
  private inFlight: Promise<void>[] = [];
  /** I9: the answer to each id, as text. */
  private answers = new Map<string, string>();
  private ackedSeq = 0;
  private readonly limit: number;
  private readonly boards: SimBoard[] = [];
  private readonly stops: (() => void)[] = [];
  /** I7: when each call was said, and whether its speaker died before it could tell. */
  private readonly said = new Map<number, 'said' | 'interrupted'>();
  private readonly saidAt = new Map<number, number>();
  /** When the hub could not be reached. */
  private readonly cuts: { from: number; to: number }[] = [];
  private twice = 0;
  private speakingUntil = 0;
  readonly clock: Clock;

  static clockOf(start = fromVietnam('2026-11-23', '21:30')): { now: number } {
    return { now: start };
  }

  constructor(options: { hall: Hall; site: Site; seed: number; count: number; time: { now: number } }) {
    this.hall = options.hall;
    this.site = options.site;
    this.limit = options.count;
    this.dice = random(options.seed);
    this.checker = new Checker(options.site);
    this.now = options.time.now;
    this.clock = { now: () => Math.round(this.now + this.step) };
  }

  async run(): Promise<SimulationResult> {
    this.watch();
    for (let i = 1; i <= 3; i += 1) this.kiosk(`kiosk-${i}`);
    for (const counter of this.site.counters) this.counter(counter.id);
    for (let i = 1; i <= 10; i += 1) this.board(`board-${i}`);
    this.disasters();
    while (this.commands < this.limit && this.checker.violations.length === 0) {
      const event = this.agenda.take();
      if (!event) break;
      this.now = Math.max(this.now, event.at);
      await event.run();
      // several requests may be at the hub at once
      if (this.inFlight.length > 0 && (this.inFlight.length >= 8 || this.dice.chance(0.4))) await this.settle();
    }
    await this.settle();
    if (this.down) await this.comeBack();
    for (const hub of this.hall.hubs) await hub?.refresh();
    await this.readLog();
    const hub = this.hall.hubs.find((h) => h !== undefined)!;
    this.compare();
    for (const board of this.boards) this.judgeBoard(board, hub.state.calls);
    for (const stop of this.stops) stop();
    const { checker, commands, crashes, restores, replies, spoken } = this;
    return {
      commands,
      issued: checker.issued,
      calls: checker.calls,
      spoken,
      spokenTwice: this.twice,
      crashes,
      restores,
      replies,
      violations: checker.violations,
    };
  }

  private compare(): void {
    const hub = this.hall.hubs.find((h) => h !== undefined);
    if (!hub) return;
    const { day } = hub.state.hall;
    // what is over and of an earlier day leaves the memory of both, not always at the same moment
    const matters = (t: Ticket) => t.day >= day || !['done', 'cancelled', 'no-show'].includes(t.state);
    this.checker.forget(matters);
    this.checker.compare([...hub.state.tickets.values()].filter(matters));
  }

  // ---- the network -----------------------------------------------------------------------------------------------

  private delay(): number {
    return this.dice.chance(0.02) ? 2000 + this.dice.below(8000) : 2 + this.dice.exponential(30);
  }

  private send(
    device: string,
    body: CommandBody,
    answered: Pending['answered'],
    givesUp?: Pending['givesUp'],
    id = `c${(this.ids += 1)}-${device}`,
  ): void {
    this.post({ id, device, body, answered, tries: 0, done: false, ...(givesUp ? { givesUp } : {}) });
  }

  private post(p: Pending): void {
    if (p.done) return;
    p.tries += 1;
    if (p.givesUp?.(p.tries)) {
      p.done = true;
      return;
    }
    const copies = this.dice.chance(0.05) ? 2 : 1;
    for (let i = 0; i < copies; i += 1) if (!this.dice.chance(0.05)) this.agenda.add(this.now + this.delay(), () => this.deliver(p));
    this.agenda.add(this.now + 3000 + this.dice.below(2000), () => this.post(p));
  }

  /** A request reaches its hub; the answer may get lost on the way back. */
  private deliver(p: Pending): void {
    const hub = this.down ? undefined : this.hall.hub(p.device);
    if (!hub) return;
    this.commands += 1;
    const remembered = p.body.do === 'voice' ? '' : p.id;
    const command: QueueCommand = {
      ...p.body,
      id: remembered,
      at: Math.round(this.clock.now()),
      actor: { deviceId: p.device, officerId: p.device, officerName: null },
    };
    this.inFlight.push(
      hub.run(command).then(
        ({ answer, repeated }) => this.hear(p, answer, repeated),
        () => {}, // the hub died under it: the client will ask again
      ),
    );
  }

  private hear(p: Pending, answer: Answer | object, repeated: boolean): void {
    this.replies += 1;
    if (p.body.do !== 'voice') {
      const text = JSON.stringify(answer);
      const known = this.answers.get(p.id);
      if (known !== undefined && canonical(known) !== canonical(text)) this.checker.fail('I9', `${p.id} was answered ${known} and ${text}`);
      this.answers.set(p.id, text);
      if (this.answers.size > 20_000) for (const id of [...this.answers.keys()].slice(0, 10_000)) this.answers.delete(id);
    }
    if ('seq' in answer) this.ackedSeq = Math.max(this.ackedSeq, answer.seq);
    // I8: the hub prints after its commit and only for the first answer
    if (!repeated && p.body.do === 'issue' && 'ticket' in answer && answer.ticket && answer.ticket.press === p.id)
      this.print(answer.ticket);
    if (this.dice.chance(0.05)) return;
    this.agenda.add(this.now + this.delay(), () => {
      if (p.done) return;
      p.done = true;
      p.answered(answer);
    });
  }

  private print(ticket: NonNullable<Answer['ticket']>): void {
    this.checker.paper(ticket.day, `${ticket.series}${ticket.number}`, ticket.press);
    const print = this.dice.chance(0.03) ? 'failed' : 'printed';
    this.agenda.add(this.now + 400, () => {
      const hub = this.hall.hubs.find((h) => h !== undefined);
      if (!this.down && hub)
        this.inFlight.push(
          hub
            .run({
              do: 'printed',
              ticketId: ticket.id,
              print,
              id: '',
              at: Math.round(this.clock.now()),
              actor: { deviceId: 'hub', officerId: null, officerName: null },
            })
            .then(
              () => {},
              () => {},
            ),
        );
    });
  }

  private async settle(): Promise<void> {
    const work = this.inFlight;
    this.inFlight = [];
    await Promise.all(work);
  }

  // ---- people ----------------------------------------------------------------------------------------------------

  private kiosk(device: string): void {
    let lease: Lease | undefined;
    let given: { commandId: string; serviceId: string; number: number; issuedAt: number; priority?: string }[] = [];
    let used: { serviceId: string; number: number }[] = [];
    const renew = () => {
      this.send(device, { do: 'lease', leaseId: `l${(this.ids += 1)}`, size: 20 }, (answer) => {
        const made = (answer as Answer).lease;
        if (!made) return;
        lease = { leaseId: made.leaseId, businessDay: made.day, blocks: made.blocks };
        used = [];
      });
    };
    const bring = () => {
      if (!lease || given.length === 0) return;
      const held = lease;
      for (const t of given) {
        const ticket = {
          ticketId: `m${(this.ids += 1)}`,
          press: t.commandId,
          serviceId: t.serviceId,
          number: t.number,
          issuedAt: t.issuedAt,
          print: 'printed' as const,
          ...(t.priority ? { priority: t.priority } : {}),
        };
        this.send(
          device,
          { do: 'merge', leaseId: held.leaseId, day: held.businessDay, ticket },
          (answer) => {
            // I2: a citizen who holds the kiosk's paper is in the hall
            if (isRefusal(answer)) this.checker.fail('I2', `merge of ${t.serviceId} ${t.number} refused: ${answer.refused}`);
          },
          undefined,
          `merge-${t.commandId}`,
        );
      }
      given = [];
    };
    const press = () => {
      const serviceId = this.dice.pick(this.site.services).id;
      const id = `press${(this.ids += 1)}-${device}`;
      const priority = this.dice.chance(0.12) ? this.dice.pick(this.site.priorityReasons).id : undefined;
      const booked = this.dice.chance(0.08)
        ? { code: `A${this.ids}`, at: this.clock.now() + (this.dice.below(60) - 30) * 60_000 }
        : undefined;
      const body: CommandBody = {
        do: 'issue',
        ticketId: `t${(this.ids += 1)}`,
        serviceId,
        ...(priority ? { priority } : {}),
        ...(booked ? { appointment: { code: booked.code, at: Math.round(booked.at) } } : {}),
      };
      const alone = (tries: number): boolean => {
        if (tries < 3 || !lease) return false;
        const number = nextLeasedNumber(lease, serviceId, used, businessDay(this.now + this.step));
        if (number === undefined) return false;
        used.push({ serviceId, number });
        given.push({ commandId: id, serviceId, number, issuedAt: Math.round(this.now), ...(priority ? { priority } : {}) });
        const series = this.site.services.find((s) => s.id === serviceId)!.series;
        this.checker.paper(lease.businessDay, `${series}${number}`, id);
        return true;
      };
      this.send(device, body, () => {}, alone, id);
      this.agenda.add(this.now + this.dice.exponential(5 * SECOND), press);
    };
    const look = () => {
      const leftOver = lease
        ? Math.min(...lease.blocks.map((b) => b.to - b.from + 1 - used.filter((u) => u.serviceId === b.serviceId).length))
        : 0;
      if (!this.down) bring();
      if (given.length === 0 && (!lease || leftOver < 5 || lease.businessDay !== businessDay(this.now + this.step))) renew();
      this.agenda.add(this.now + 60 * SECOND, look);
    };
    look();
    this.agenda.add(this.now + 5 * SECOND, press);
  }

  private counter(counterId: string): void {
    const device = `desk-${counterId}`;
    const soon = (ms: number) => this.agenda.add(this.now + ms, act);
    const act = () => {
      const answered = (answer: unknown) => {
        if (isRefusal(answer) && answer.refused === 'no-counter') return this.send(device, { do: 'take', counterId }, () => soon(500));
        soon(this.dice.service(15 * SECOND));
      };
      this.send(device, this.deskCommand(counterId), answered);
    };
    this.send(device, { do: 'take', counterId }, act);
  }

  private deskCommand(counterId: string): CommandBody {
    const { dice } = this;
    const state = this.hall.hub(`desk-${counterId}`)?.state;
    const anyTicket = (): string => {
      // from a list that may be seconds old: parked and absent citizens come back, others are picked out of order
      const all = state ? [...state.tickets.keys()] : [];
      return all.length === 0 ? 'nobody' : all[Math.max(0, all.length - 1 - dice.below(60))]!;
    };
    const roll = dice.next();
    if (roll < 0.52) return { do: 'next', counterId };
    if (roll < 0.6) return { do: 'start', counterId };
    if (roll < 0.66) return { do: 'finish', counterId };
    if (roll < 0.72) return { do: 'recall', counterId };
    if (roll < 0.77) return { do: 'no-show', counterId };
    if (roll < 0.82) return { do: 'park', counterId, reason: 'sổ', ...(dice.chance(0.2) ? { ticketId: anyTicket() } : {}) };
    if (roll < 0.87) return { do: 'resume', counterId, ticketId: anyTicket() };
    if (roll < 0.92) return { do: 'transfer', counterId, target: this.target(), ...(dice.chance(0.2) ? { ticketId: anyTicket() } : {}) };
    if (roll < 0.94) return { do: 'call', counterId, ticketId: anyTicket() };
    if (roll < 0.955) return { do: 'cancel', counterId, ticketId: anyTicket(), reason: 'về' };
    if (roll < 0.965) return { do: 'prioritise', counterId, ticketId: anyTicket(), reason: 'cao-tuoi' };
    if (roll < 0.99) return { do: 'undo', counterId };
    return { do: 'emergency', counterId, on: dice.chance(0.5) };
  }

  private target(): Extract<CommandBody, { do: 'transfer' }>['target'] {
    const { dice, site } = this;
    const roll = dice.next();
    if (roll < 0.6) return { to: 'service', serviceId: dice.pick(site.services).id };
    if (roll < 0.8) return { to: 'counter', counterId: dice.pick(site.counters).id };
    return { to: 'person', officerId: `desk-${dice.pick(site.counters).id}` };
  }

  // ---- boards ----------------------------------------------------------------------------------------------------

  private board(device: string): void {
    const board: SimBoard = { device, connected: false, expects: 0, shown: [], calls: [], speaking: undefined };
    this.boards.push(board);
    const connect = () => {
      const hub = this.down ? undefined : this.hall.hub(device);
      if (hub) {
        board.connected = true;
        board.expects = hub.state.seq + 1;
        board.calls = hub.state.calls.map((c) => c.callSeq);
        for (const seq of board.calls) if (seq > (board.shown.at(-1) ?? 0)) board.shown.push(seq);
      }
      if (!hub) this.agenda.add(this.now + 2 * SECOND, connect);
    };
    const check = () => {
      if (!board.connected && !this.down) connect();
      this.agenda.add(this.now + 2 * SECOND, check);
    };
    this.agenda.add(this.now + this.dice.below(3000), check);
    const voice = (said?: number) => {
      if (board.speaking !== undefined && said === undefined) return;
      this.send(
        device,
        said === undefined ? { do: 'voice' } : { do: 'voice', said },
        (answer) => this.speak(board, answer as Answer, voice),
        said === undefined ? (tries) => tries > 1 : undefined,
      );
    };
    const poll = () => {
      if (board.speaking === undefined) voice();
      this.agenda.add(this.now + 5000, poll);
    };
    this.agenda.add(this.now + this.dice.below(3000), poll);
  }

  private speak(board: SimBoard, answer: Answer, voice: (said?: number) => void): void {
    const say = answer.voice?.say;
    if (!say || board.speaking !== undefined) return;
    const earlier = this.said.get(say.callSeq);
    if (earlier === 'said') {
      // it said so, but the hub has not heard: tell again, say nothing
      if (board.told === say.callSeq) return voice(say.callSeq);
      // The speaker could not tell for a whole lease that it had said it, so another board may say it once more: nobody can
      // know better, and a call heard twice is better than one that nobody heard. Anything else is a fault.
      const cut = this.cuts.some((c) => c.to >= (this.saidAt.get(say.callSeq) ?? 0) && c.from <= this.now);
      if (!cut) this.checker.fail('I7', `call ${say.callSeq} offered again to ${board.device}`);
      this.twice += 1;
      return;
    }
    if (this.now < this.speakingUntil) return;
    board.speaking = say.callSeq;
    this.speakingUntil = this.now + 4 * SECOND;
    this.agenda.add(this.now + 4 * SECOND, () => {
      if (board.speaking !== say.callSeq) return;
      board.speaking = undefined;
      board.told = say.callSeq;
      this.said.set(say.callSeq, 'said');
      this.saidAt.set(say.callSeq, this.now);
      this.spoken += 1;
      voice(say.callSeq);
    });
  }

  /** A call on its way to every connected board; what is lost or overtaken shows as a gap, and the board connects anew. */
  private broadcast(entries: readonly LogEntry[], calls: readonly HallCall[]): void {
    const first = entries[0]!.seq;
    const last = entries.at(-1)!.seq;
    const mine = calls.filter((c) => c.callSeq >= first && c.callSeq <= last).map((c) => c.callSeq);
    for (const board of this.boards) {
      if (!board.connected || this.dice.chance(0.02)) continue;
      this.agenda.add(this.now + this.delay(), () => {
        if (!board.connected) return;
        if (board.expects !== first) {
          if (last >= board.expects) board.connected = false;
          return;
        }
        board.expects = last + 1;
        for (const seq of mine) {
          if (seq <= (board.shown.at(-1) ?? 0)) this.checker.fail('I6', `${board.device} shows ${seq} after ${board.shown.at(-1)}`);
          board.shown.push(seq);
          board.calls.push(seq);
        }
        if (board.shown.length > 500) board.shown.splice(0, 400);
      });
    }
  }

  /** At the end, with the network healed: what the hub's newest calls are, every board that reconnects shows. */
  private judgeBoard(board: SimBoard, calls: readonly HallCall[]): void {
    const shown = new Set(board.shown);
    const newest = board.shown.at(-1) ?? 0;
    const missed = calls.filter((c) => c.callSeq <= newest && c.callSeq > (board.shown[0] ?? 0) && !shown.has(c.callSeq));
    if (board.connected && missed.length > 0)
      this.checker.fail('I6', `${board.device} never showed ${missed.map((c) => c.callSeq).join(', ')}`);
    for (let i = 1; i < board.shown.length; i += 1)
      if (board.shown[i]! <= board.shown[i - 1]!) this.checker.fail('I6', `${board.device} out of order`);
  }

  // ---- disasters -------------------------------------------------------------------------------------------------

  private watch(): void {
    for (const stop of this.stops) stop();
    this.stops.length = 0;
    const hub = this.hall.hubs.find((h) => h !== undefined);
    if (!hub) return;
    const stop = hub.subscribe((entries) => {
      const fresh = entries.filter((e) => e.seq > this.checker.lastSeq);
      for (const entry of fresh) this.checker.hear(entry);
      if (fresh.length > 0) this.broadcast(fresh, hub.state.calls);
    });
    this.stops.push(stop);
  }

  private async readLog(): Promise<void> {
    const hub = this.hall.hubs.find((h) => h !== undefined);
    if (!hub) return;
    for (;;) {
      const page = await hub.log(this.checker.lastSeq, 2000);
      for (const entry of page) this.checker.hear(entry);
      if (page.length < 2000) return;
    }
  }

  private disasters(): void {
    const crash = async () => {
      this.agenda.add(this.now + this.dice.exponential(8 * 60 * SECOND), crash);
      if (this.down) return;
      this.crashes += 1;
      this.down = true;
      this.cuts.push({ from: this.now, to: Infinity });
      if (this.cuts.length > 5) this.cuts.shift();
      await this.hall.crash(this.dice.chance(0.3));
      for (const board of this.boards) {
        board.connected = false;
        if (board.speaking !== undefined && this.dice.chance(0.3)) {
          // the television with the loudspeaker went off with it, in mid-sentence
          this.said.set(board.speaking, 'interrupted');
          board.speaking = undefined;
        }
      }
      await this.settle();
      this.agenda.add(this.now + (this.dice.chance(0.3) ? 60 : 3) * SECOND, () => this.comeBack());
    };
    const clock = () => {
      this.step = this.step === 0 ? this.dice.pick([-DAY, DAY, -3600 * SECOND, 5 * 60 * SECOND]) : 0;
      this.agenda.add(this.now + this.dice.exponential(3600 * SECOND), clock);
    };
    const saved = async () => {
      await this.hall.backup?.();
      this.agenda.add(this.now + this.dice.exponential(1800 * SECOND), putBack);
    };
    const putBack = async () => {
      this.agenda.add(this.now + this.dice.exponential(2 * 3600 * SECOND), saved);
      if (this.down || !this.hall.restore) return;
      await this.settle();
      if (!(await this.hall.restore())) return;
      this.restores += 1;
      this.ackedSeq = 0;
      this.answers.clear();
      // the log's numbers begin again in the middle: boards start over, as a television does that is switched on
      for (const board of this.boards)
        Object.assign(board, { connected: false, shown: [], calls: [], speaking: undefined, told: undefined });
      this.said.clear();
      this.saidAt.clear();
      const hub = this.hall.hubs[0]!;
      this.checker.rebase(await whole(hub));
      this.watch();
    };
    const compare = async () => {
      await this.settle();
      if (!this.down) {
        for (const hub of this.hall.hubs) await hub?.refresh();
        await this.readLog();
        this.compare();
      }
      this.agenda.add(this.now + 600 * SECOND, compare);
    };
    this.agenda.add(this.now + this.dice.exponential(8 * 60 * SECOND), crash);
    this.agenda.add(this.now + this.dice.exponential(3 * 3600 * SECOND), clock);
    this.agenda.add(this.now + 1800 * SECOND, saved);
    this.agenda.add(this.now + 300 * SECOND, compare);
  }

  private async comeBack(): Promise<void> {
    await this.hall.recover();
    this.down = false;
    const cut = this.cuts.at(-1);
    if (cut) cut.to = this.now;
    await this.readLog();
    this.watch();
    // I10: what was acknowledged is there
    if (this.checker.lastSeq < this.ackedSeq)
      this.checker.fail('I10', `entry ${this.ackedSeq} was acknowledged, the log ends at ${this.checker.lastSeq}`);
    this.compare();
  }
}

interface SimBoard {
  readonly device: string;
  connected: boolean;
  expects: number;
  shown: number[];
  calls: number[];
  speaking: number | undefined;
  told?: number;
}
