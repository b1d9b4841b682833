import type { Answer, CommandBody, QueueCommand } from '../../../main/queue/types.ts';
import { canonical } from './text.ts';
import type { World } from './world.ts';

/** A client resends the same command until it hears an answer, or gives up. */
export interface Pending {
  readonly id: string;
  readonly device: string;
  readonly body: CommandBody;
  /** @param asked when it was first sent */
  readonly answered: (answer: Answer | object, asked: number) => void;
  readonly givesUp?: (tries: number) => boolean;
  readonly asked: number;
  tries: number;
  done: boolean;
}

type Heard = (device: string, body: CommandBody, id: string, answer: Answer | object, repeated: boolean, at: number) => void;

const ANSWERS = 20_000;

/**
 * The hall's bad wire: messages are lost, doubled, late and out of order. Holds I9: one id, one answer; and remembers for I10
 * what was acknowledged.
 */
export class Network {
  commands = 0;
  replies = 0;
  /** The greatest log number that anybody was told. */
  ackedSeq = 0;
  private readonly world: World;
  private readonly onAnswer: Heard;
  private readonly answers = new Map<string, string>();
  private inFlight: Promise<void>[] = [];

  /** @param onAnswer hears what a hub answered, whether or not it arrives */
  constructor(world: World, onAnswer: Heard) {
    this.world = world;
    this.onAnswer = onAnswer;
  }

  get waiting(): number {
    return this.inFlight.length;
  }

  delay(): number {
    const { dice } = this.world;
    return dice.chance(0.02) ? 2000 + dice.below(8000) : 2 + dice.exponential(30);
  }

  send(
    device: string,
    body: CommandBody,
    answered: Pending['answered'],
    givesUp?: Pending['givesUp'],
    id = `${this.world.id('c')}-${device}`,
  ): void {
    this.post({ id, device, body, answered, tries: 0, done: false, asked: this.world.now, ...(givesUp ? { givesUp } : {}) });
  }

  private post(p: Pending): void {
    if (p.done) return;
    const { world } = this;
    p.tries += 1;
    if (p.givesUp?.(p.tries)) {
      p.done = true;
      return;
    }
    const copies = world.dice.chance(0.05) ? 2 : 1;
    for (let i = 0; i < copies; i += 1) if (!world.dice.chance(0.05)) world.after(this.delay(), () => this.deliver(p));
    world.after(3000 + world.dice.below(2000), () => this.post(p));
  }

  /** A request reaches its hub; the answer may get lost on the way back. */
  private deliver(p: Pending): void {
    const { world } = this;
    const hub = world.down ? undefined : world.hall.hub(p.device);
    if (!hub) return;
    this.commands += 1;
    const at = world.now;
    const command: QueueCommand = {
      ...this.named(p.body),
      id: p.body.do === 'voice' ? '' : p.id,
      at: world.clock.now(),
      actor: { deviceId: p.device, officerId: p.device, officerName: null },
    };
    this.inFlight.push(
      hub.run(command).then(
        ({ answer, repeated }) => this.hear(p, answer, repeated, at),
        () => {}, // the hub died under it: the client will ask again
      ),
    );
  }

  /** The hub, not the screen, gives tickets and leases their ids, anew for each request. */
  private named(body: CommandBody): CommandBody {
    if (body.do === 'issue') return { ...body, ticketId: this.world.id('t') };
    if (body.do === 'lease') return { ...body, leaseId: this.world.id('l') };
    if (body.do === 'merge') return { ...body, ticket: { ...body.ticket, ticketId: this.world.id('m') } };
    return body;
  }

  /** The hub's own errand: a print that ended. Nobody resends it. */
  errand(body: CommandBody): void {
    const { hub } = this.world;
    if (this.world.down || !hub) return;
    this.commands += 1;
    const command = { ...body, id: '', at: this.world.clock.now(), actor: { deviceId: 'hub', officerId: null, officerName: null } };
    this.inFlight.push(
      hub.run(command).then(
        () => {},
        () => {},
      ),
    );
  }

  private hear(p: Pending, answer: Answer | object, repeated: boolean, at: number): void {
    const { world } = this;
    this.replies += 1;
    if (p.body.do !== 'voice') {
      const text = JSON.stringify(answer);
      const known = this.answers.get(p.id);
      if (known !== undefined && known !== text && canonical(known) !== canonical(text))
        world.checker.fail('I9', `${p.id} was answered ${known} and ${text}`);
      this.answers.set(p.id, text);
      if (this.answers.size > ANSWERS) for (const id of [...this.answers.keys()].slice(0, ANSWERS / 2)) this.answers.delete(id);
    }
    if ('seq' in answer) this.ackedSeq = Math.max(this.ackedSeq, answer.seq);
    this.onAnswer(p.device, p.body, p.id, answer, repeated, at);
    if (world.dice.chance(0.05)) return;
    world.after(this.delay(), () => {
      if (p.done) return;
      p.done = true;
      p.answered(answer, p.asked);
    });
  }

  async settle(): Promise<void> {
    const work = this.inFlight;
    this.inFlight = [];
    await Promise.all(work);
  }

  /** The hall is older than what people were told, and everybody knows: a backup was put back. */
  forget(): void {
    this.ackedSeq = 0;
    this.answers.clear();
  }
}
