import type { Site } from '../../../main/queue/index.ts';
import type { Answer, LogEntry, Ticket } from '../../../main/queue/types.ts';
import { fromVietnam, type Clock } from '../../../main/store/index.ts';
import { Boards } from './boards.ts';
import type { Checker } from './checker.ts';
import type { Hall } from './hall.ts';
import { Network } from './network.ts';
import { kiosk, officer } from './people.ts';
import { DAY, MINUTE, SECOND, World } from './world.ts';

export interface SimulationResult {
  readonly commands: number;
  readonly issued: number;
  readonly calls: number;
  readonly spoken: number;
  /** Said again by another board because the first was not heard of for a whole lease. */
  readonly spokenTwice: number;
  readonly crashes: number;
  readonly restores: number;
  readonly clockSteps: number;
  readonly replies: number;
  /** Days of the hall that the run went through. */
  readonly days: number;
  readonly violations: readonly string[];
}

const KIOSKS = 3;
const BOARDS = 10;
/** Papers whose end nobody has told by then have an unknown fate. */
const PAPER_MS = 40 * SECOND;

/**
 * A hall with 20 counters, 3 kiosks and 10 boards on a bad network: messages are lost, doubled, late and out of order; the
 * hub crashes, its clock steps by a day, an old backup is put back. `count` is the number of commands that reach a hub.
 * The same seed gives the same run on SQLite; on PostgreSQL the real server adds its own timing.
 */
export class Simulation {
  private readonly world: World;
  private readonly network: Network;
  private readonly boards: Boards;
  private readonly limit: number;
  private readonly stops: (() => void)[] = [];
  private crashes = 0;
  private restores = 0;
  private clockSteps = 0;
  /** What the checker knew when the backup was made. */
  private saved: ReturnType<Checker['save']> | undefined;
  private readonly started: number;

  static clockOf(start = fromVietnam('2026-11-23', '21:30')): { now: number } {
    return { now: start };
  }

  constructor(options: { hall: Hall; site: Site; seed: number; count: number; time: { now: number } }) {
    this.world = new World({ ...options, now: options.time.now });
    this.started = options.time.now;
    this.limit = options.count;
    this.network = new Network(this.world, (device, body, id, answer, repeated, at) => {
      if (body.do === 'voice') this.boards.answered(device, body.said, answer as Answer, at);
      // the hub prints after its commit and only for the first answer
      else if (!repeated && body.do === 'issue' && 'ticket' in answer && answer.ticket?.press === id) this.print(answer.ticket);
    });
    this.boards = new Boards(this.world, this.network);
  }

  get clock(): Clock {
    return this.world.clock;
  }

  async run(): Promise<SimulationResult> {
    const { world, network, boards } = this;
    const { checker } = world;
    this.watch();
    for (let i = 1; i <= KIOSKS; i += 1) kiosk(world, network, `kiosk-${i}`);
    for (const counter of world.site.counters) officer(world, network, counter.id);
    for (let i = 1; i <= BOARDS; i += 1) boards.add(`board-${i}`);
    this.disasters();
    while (network.commands < this.limit && checker.violations.length === 0) {
      const event = world.agenda.take();
      if (!event) break;
      world.now = Math.max(world.now, event.at);
      await event.run();
      const { together } = world.hall;
      if (network.waiting > 0 && (network.waiting >= together || world.dice.chance(2 / together))) await network.settle();
    }
    await network.settle();
    if (world.down) await this.comeBack();
    await this.compare();
    boards.judge(world.hub!.state.calls);
    for (const stop of this.stops) stop();
    return {
      commands: network.commands,
      issued: checker.issued,
      calls: checker.calls,
      spoken: boards.spoken,
      spokenTwice: boards.twice,
      crashes: this.crashes,
      restores: this.restores,
      clockSteps: this.clockSteps,
      replies: network.replies,
      days: Math.round(((world.now - this.started) / DAY) * 10) / 10,
      violations: checker.violations,
    };
  }

  private print(ticket: Ticket): void {
    const { world } = this;
    world.checker.paper(ticket.day, `${ticket.series}${ticket.number}`, ticket.press, ticket.id);
    const print = world.dice.chance(0.03) ? 'failed' : 'printed';
    world.after(400, () => this.network.errand({ do: 'printed', ticketId: ticket.id, print }));
  }

  /** As the hub does now and then: papers of a hub that died go on the list of the unprinted. */
  private recoverPapers(): void {
    const now = this.world.clock.now();
    for (const t of this.world.hub?.state.tickets.values() ?? [])
      if (t.print === 'queued' && now - t.issuedAt > PAPER_MS) this.network.errand({ do: 'printed', ticketId: t.id, print: 'unknown' });
  }

  /** Holds every hub against the log: I2, I8, I10. */
  private async compare(): Promise<void> {
    const { world } = this;
    await this.network.settle();
    if (world.down) return;
    this.recoverPapers();
    await this.network.settle();
    for (const hub of world.hall.hubs) await hub?.refresh();
    await this.readLog();
    const { hub, checker } = world;
    if (!hub) return;
    const end = Math.min(checker.lastSeq, hub.state.seq);
    if (end < this.network.ackedSeq) checker.fail('I10', `entry ${this.network.ackedSeq} was acknowledged, the log ends at ${end}`);
    const { day } = hub.state.hall;
    // what is over and of an earlier day leaves the memory of both, not always at the same moment
    const matters = (t: Ticket) => t.day >= day || !['done', 'cancelled', 'no-show'].includes(t.state);
    checker.forget(matters);
    for (const one of world.hall.hubs) if (one) checker.compare([...one.state.tickets.values()].filter(matters));
    checker.papers(hub.state, world.clock.now() - PAPER_MS);
  }

  /** Listens at one hub; entries that the checker knows already are left out. */
  private watch(): void {
    for (const stop of this.stops) stop();
    this.stops.length = 0;
    const { hub } = this.world;
    if (!hub) return;
    this.stops.push(
      hub.subscribe((entries) => {
        const fresh = entries.filter((e) => e.seq > this.world.checker.lastSeq);
        this.take(fresh);
        if (fresh.length > 0) this.boards.broadcast(fresh, hub.state.calls);
      }),
    );
  }

  private take(entries: readonly LogEntry[]): void {
    const { checker, recent } = this.world;
    for (const entry of entries) {
      checker.hear(entry);
      if (entry.action === 'issue' || entry.action === 'park' || entry.action === 'no-show') recent.push(entry.ticketId!);
    }
    if (recent.length > 120) recent.splice(0, recent.length - 60);
  }

  private async readLog(): Promise<void> {
    const { hub, checker } = this.world;
    if (!hub) return;
    for (;;) {
      const page = await hub.log(checker.lastSeq, 2000);
      this.take(page);
      if (page.length < 2000 || checker.violations.length > 0) return;
    }
  }

  private disasters(): void {
    const { world, network, boards } = this;
    const { dice } = world;
    const crash = async () => {
      world.after(dice.exponential(8 * MINUTE), crash);
      if (world.down) return;
      this.crashes += 1;
      world.down = true;
      await world.hall.crash(dice.chance(0.3));
      boards.cut();
      await network.settle();
      world.after((dice.chance(0.3) ? 60 : 3) * SECOND, () => this.comeBack());
    };
    const clock = async () => {
      // what was stamped by the old clock is over: hubs may take the requests of one moment in any order
      await network.settle();
      this.clockSteps += 1;
      world.step = world.step === 0 ? dice.pick([-DAY, DAY, -60 * MINUTE, 5 * MINUTE]) : 0;
      world.disturbedAt = world.now;
      world.after(dice.exponential(60 * MINUTE), clock);
    };
    const save = async () => {
      world.after(dice.exponential(30 * MINUTE), putBack);
      if (world.down || !world.hall.backup) return;
      await network.settle();
      await this.readLog();
      await world.hall.backup();
      this.saved = world.checker.save();
    };
    const putBack = async () => {
      world.after(dice.exponential(2 * 60 * MINUTE), save);
      if (world.down || !world.hall.restore || !this.saved) return;
      await network.settle();
      await this.readLog();
      if (!(await world.hall.restore())) return;
      this.restores += 1;
      world.disturbedAt = world.now;
      network.forget();
      boards.startOver();
      world.checker.goBack(this.saved);
      this.saved = undefined;
      await this.readLog();
      this.watch();
    };
    const compare = async () => {
      await this.compare();
      world.after(10 * MINUTE, compare);
    };
    world.after(dice.exponential(8 * MINUTE), crash);
    world.after(dice.exponential(40 * MINUTE), clock);
    world.after(30 * MINUTE, save);
    world.after(5 * MINUTE, compare);
  }

  private async comeBack(): Promise<void> {
    const { world } = this;
    await world.hall.recover();
    world.down = false;
    await this.readLog();
    this.watch();
    await this.compare();
  }
}
