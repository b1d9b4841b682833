/** Numbers in [0, 1); tests and simulations hand in a seeded one. */
export type Random = () => number;

/**
 * Waiting time before the next try: doubles from `baseMs` to `capMs`, then stays there for ever (there is no last try), and half
 * of it is chance, so that two hundred counters do not come back at the same instant.
 * @param failures failures in a row, 1 or more
 */
export function backoffMs(failures: number, random: Random, baseMs = 1_000, capMs = 60_000): number {
  const whole = Math.min(capMs, baseMs * 2 ** Math.min(Math.max(failures, 1) - 1, 30));
  return Math.round(whole / 2 + (whole / 2) * random());
}

/** A small, seeded generator (mulberry32) for simulations that must be repeatable. */
export function seededRandom(seed: number): Random {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Timers that a simulation can replace; `after` answers how to call it off. */
export interface Timers {
  after(ms: number, work: () => void): () => void;
}

export const systemTimers: Timers = {
  after(ms, work) {
    const timer = setTimeout(work, Math.min(ms, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
};
