import type { Site } from '../../../main/queue/index.ts';
import type { Clock } from '../../../main/store/index.ts';
import { Agenda } from './agenda.ts';
import { Checker } from './checker.ts';
import type { Hall } from './hall.ts';
import { random, type Random } from './random.ts';

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const DAY = 1440 * MINUTE;

/** What everybody in a simulated hall shares: the time, the dice, the real stores under test, and who watches them. */
export class World {
  readonly dice: Random;
  readonly agenda = new Agenda();
  readonly checker: Checker;
  readonly hall: Hall;
  readonly site: Site;
  /** True time; the hub's clock is off by `step`. */
  now: number;
  step = 0;
  /** When the hub's clock was last set, and when a backup was last put back: promises about time begin anew. */
  disturbedAt = -Infinity;
  down = false;
  /** The newest tickets of the log: what an officer finds on a list. */
  readonly recent: string[] = [];
  readonly clock: Clock;
  private ids = 0;

  constructor(options: { hall: Hall; site: Site; seed: number; now: number }) {
    this.hall = options.hall;
    this.site = options.site;
    this.now = options.now;
    this.dice = random(options.seed);
    this.checker = new Checker(options.site);
    this.clock = { now: () => Math.round(this.now + this.step) };
  }

  id(prefix: string): string {
    return `${prefix}${(this.ids += 1)}`;
  }

  after(ms: number, run: () => void | Promise<void>): void {
    this.agenda.add(this.now + ms, run);
  }

  /** Any hub that is up. */
  get hub() {
    return this.hall.hubs.find((hub) => hub !== undefined);
  }
}
