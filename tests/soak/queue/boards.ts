import type { Answer, HallCall, LogEntry } from '../../../main/queue/types.ts';
import type { Network } from './network.ts';
import { SECOND, type World } from './world.ts';

const SPEAKS = new Set(['call', 'pick', 'call-back', 'recall']);
/** The speaker's lease from when the hub handed something out. */
const LEASE_MS = 15 * SECOND;
/** As the real board: an answer that was longer on its way is asked for again. */
const LATE_MS = 3 * SECOND;
const BEAT_MS = 5 * SECOND;

interface Board {
  readonly device: string;
  connected: boolean;
  expects: number;
  shown: number[];
  speaking: number | undefined;
  told: number | undefined;
}

/** Ten boards, each with a loudspeaker. Holds I6 (what they show) and I7 (what they say). */
export class Boards {
  spoken = 0;
  /** Said by a second board because the first was not heard of for a whole lease. */
  twice = 0;
  private readonly world: World;
  private readonly network: Network;
  private readonly boards: Board[] = [];
  /** Whom the hub last gave something to say, and when. */
  private holder: { device: string; at: number } | undefined;
  private readonly contact = new Map<string, number>();
  /** Calls whose end the hub has acknowledged, and those that somebody has said. */
  private readonly ended = new Set<number>();
  private readonly said = new Set<number>();

  constructor(world: World, network: Network) {
    this.world = world;
    this.network = network;
  }

  add(device: string): void {
    const { world, network } = this;
    const board: Board = { device, connected: false, expects: 0, shown: [], speaking: undefined, told: undefined };
    this.boards.push(board);
    const look = () => {
      if (!board.connected && !world.down) this.connect(board);
      world.after(2 * SECOND, look);
    };
    const beat = () => {
      // in mid-sentence the beat only renews the lease
      if (board.speaking !== undefined)
        network.send(
          device,
          { do: 'voice' },
          () => {},
          (tries) => tries > 1,
        );
      else this.ask(board);
      world.after(BEAT_MS, beat);
    };
    world.after(world.dice.below(3000), look);
    world.after(world.dice.below(3000), beat);
  }

  // ---- what they show --------------------------------------------------------------------------------------------

  private connect(board: Board): void {
    const hub = this.world.hall.hub(board.device);
    if (!hub) return;
    board.connected = true;
    board.expects = hub.state.seq + 1;
    for (const { callSeq } of hub.state.calls) if (callSeq > (board.shown.at(-1) ?? 0)) board.shown.push(callSeq);
  }

  /** News on its way to every connected board; what is lost or overtaken shows as a gap, and the board connects anew. */
  broadcast(entries: readonly LogEntry[], calls: readonly HallCall[]): void {
    const { world } = this;
    const first = entries[0]!.seq;
    const last = entries.at(-1)!.seq;
    const mine = calls.filter((c) => c.callSeq >= first && c.callSeq <= last).map((c) => c.callSeq);
    this.judgeCalls(entries, mine);
    for (const board of this.boards) {
      if (!board.connected || world.dice.chance(0.02)) continue;
      world.after(this.network.delay(), () => {
        if (!board.connected) return;
        if (board.expects !== first) {
          if (last >= board.expects) board.connected = false;
          return;
        }
        board.expects = last + 1;
        for (const seq of mine) {
          if (seq <= (board.shown.at(-1) ?? 0)) world.checker.fail('I6', `${board.device} shows ${seq} after ${board.shown.at(-1)}`);
          board.shown.push(seq);
        }
        if (board.shown.length > 500) board.shown.splice(0, 400);
      });
    }
  }

  /** Every call of the log is among the calls that boards get, unless it was taken back in the same breath; and no other. */
  private judgeCalls(entries: readonly LogEntry[], mine: readonly number[]): void {
    const calls = new Map<number, string>();
    for (const entry of entries) {
      if (entry.action === 'day') calls.clear();
      else if (SPEAKS.has(entry.action)) calls.set(entry.seq, entry.ticketId!);
      else if (entry.action === 'undo') for (const [seq, id] of calls) if (id === entry.ticketId) calls.delete(seq);
    }
    const ghost = mine.find((seq) => !entries.some((e) => e.seq === seq && SPEAKS.has(e.action)));
    const lost = [...calls.keys()].find((seq) => !mine.includes(seq));
    if (ghost !== undefined) this.world.checker.fail('I6', `boards get the call ${ghost}, which is not in the log`);
    if (lost !== undefined) this.world.checker.fail('I6', `the call ${lost} of the log reaches no board`);
  }

  /** At the end, with the network healed: what the hub's newest calls are, every board that is connected has shown. */
  judge(calls: readonly HallCall[]): void {
    for (const { connected, device, shown } of this.boards) {
      const seen = new Set(shown);
      const newest = shown.at(-1) ?? 0;
      const missed = calls.filter((c) => c.callSeq <= newest && c.callSeq > (shown[0] ?? 0) && !seen.has(c.callSeq));
      if (connected && missed.length > 0)
        this.world.checker.fail('I6', `${device} never showed ${missed.map((c) => c.callSeq).join(', ')}`);
      for (let i = 1; i < shown.length; i += 1)
        if (shown[i]! <= shown[i - 1]!) this.world.checker.fail('I6', `${device} shows out of order`);
    }
  }

  // ---- what they say ---------------------------------------------------------------------------------------------

  /** The lease of `device` still holds: nobody else may be given anything. A set clock or a restored backup ends the promise. */
  private holds(device: string, at: number): boolean {
    const last = this.contact.get(device);
    return last !== undefined && at - last < LEASE_MS - 100 && last > this.world.disturbedAt;
  }

  /** What the hub answered, whether or not it arrives. */
  answered(device: string, said: number | undefined, { voice }: Answer, at: number): void {
    const { checker } = this.world;
    if (!voice?.speaker) return;
    if (said !== undefined && voice.say?.callSeq !== said) this.ended.add(said);
    if (!voice.say) return;
    if (this.ended.has(voice.say.callSeq)) checker.fail('I7', `call ${voice.say.callSeq} was said to its end and is handed out again`);
    if (this.holder && this.holder.device !== device && this.holds(this.holder.device, at))
      checker.fail('I7', `${device} is given ${voice.say.callSeq} while ${this.holder.device} holds the speaker`);
    this.holder = { device, at: Math.max(at, this.holder?.at ?? at) };
    this.contact.set(device, Math.max(at, this.contact.get(device) ?? at));
    if (this.ended.size > 2000) for (const seq of [...this.ended].slice(0, 1000)) this.ended.delete(seq);
  }

  private ask(board: Board, late = 0): void {
    this.network.send(
      board.device,
      { do: 'voice' },
      (answer, asked) => this.speak(board, answer as Answer, asked, late),
      (tries) => tries > 1,
    );
  }

  private tell(board: Board, said: number): void {
    this.network.send(board.device, { do: 'voice', said }, (answer, asked) => this.speak(board, answer as Answer, asked, 0));
  }

  private speak(board: Board, { voice }: Answer, asked: number, late: number): void {
    const { world } = this;
    const say = voice?.say;
    if (!say || board.speaking !== undefined) return;
    // it said so, but the hub has not heard: tell again, say nothing
    if (board.told === say.callSeq) return this.tell(board, say.callSeq);
    if (world.now - asked > LATE_MS) return late < 2 ? this.ask(board, late + 1) : undefined;
    const other = this.boards.find((b) => b.speaking !== undefined && this.holds(b.device, world.now));
    if (other) world.checker.fail('I7', `${board.device} says ${say.callSeq} into ${other.device}, which says ${other.speaking}`);
    if (this.said.has(say.callSeq)) this.twice += 1;
    board.speaking = say.callSeq;
    world.after(6 * SECOND + world.dice.below(6000), () => {
      if (board.speaking !== say.callSeq) return;
      board.speaking = undefined;
      board.told = say.callSeq;
      this.said.add(say.callSeq);
      this.spoken += 1;
      this.tell(board, say.callSeq);
    });
  }

  // ---- what befalls them -----------------------------------------------------------------------------------------

  cut(): void {
    for (const board of this.boards) {
      board.connected = false;
      // the television with the loudspeaker went off with it, in mid-sentence
      if (board.speaking !== undefined && this.world.dice.chance(0.3)) board.speaking = undefined;
    }
  }

  /** The log's numbers begin again in the middle: boards start over, as a television does that is switched on. */
  startOver(): void {
    for (const board of this.boards) Object.assign(board, { connected: false, shown: [], speaking: undefined, told: undefined });
    this.said.clear();
    this.ended.clear();
    this.contact.clear();
    this.holder = undefined;
  }
}
