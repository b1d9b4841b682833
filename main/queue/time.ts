import { businessDay, type Clock } from '../store/index.ts';

const TOLERANCE_MS = 2 * 60_000;
/** Nobody has pressed anything for so long: a step then is sleep or a repair, and hurts nobody. */
const QUIET_MS = 10 * 60_000;

/**
 * The hall's time. A station's clock may be set wrongly while citizens wait: one day forward would close the day and throw
 * them out, a step back would let newcomers overtake. So the wall clock is compared with a clock that cannot be set, and
 * after a doubtful step the hall goes on by the latter until somebody confirms or the two agree again.
 */
export class HallTime {
  private readonly clock: Clock;
  private readonly monotonic: () => number;
  private readonly idle: () => boolean;
  private trusted: number;
  private at: number;
  private lastUse: number;
  doubt = false;

  /** @param idle nobody waits or is served: any step is harmless */
  constructor(clock: Clock, monotonic: () => number, idle: () => boolean) {
    this.clock = clock;
    this.monotonic = monotonic;
    this.idle = idle;
    this.trusted = clock.now();
    this.at = monotonic();
    this.lastUse = -Infinity;
  }

  now(): number {
    const wall = this.clock.now();
    const mono = this.monotonic();
    const expected = this.trusted + (mono - this.at);
    const step = wall - expected;
    const sameDayForward = step > 0 && businessDay(wall) === businessDay(expected);
    if (Math.abs(step) <= TOLERANCE_MS || sameDayForward || mono - this.lastUse > QUIET_MS || this.idle()) return this.trust(wall, mono);
    this.doubt = true;
    return Math.round(expected);
  }

  /** Somebody works: a step from now on is doubtful. */
  use(): void {
    this.lastUse = this.monotonic();
  }

  confirm(): void {
    this.trust(this.clock.now(), this.monotonic());
  }

  private trust(wall: number, mono: number): number {
    this.trusted = wall;
    this.at = mono;
    this.doubt = false;
    return wall;
  }
}
