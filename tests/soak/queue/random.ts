/** mulberry32: small, fast, the same everywhere. */
export interface Random {
  /** 0 <= x < 1 */
  next(): number;
  /** Integer, 0 <= n < limit. */
  below(limit: number): number;
  chance(p: number): boolean;
  pick<T>(items: readonly T[]): T;
  /** Exponentially distributed with this mean. */
  exponential(mean: number): number;
  /** Gamma with shape 2 (a service time: neither constant nor wild) and this mean. */
  service(mean: number): number;
}

export function random(seed: number): Random {
  let a = seed >>> 0;
  const next = (): number => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const exponential = (mean: number): number => -Math.log(1 - next()) * mean;
  return {
    next,
    below: (limit) => Math.floor(next() * limit),
    chance: (p) => next() < p,
    pick: (items) => items[Math.floor(next() * items.length)]!,
    exponential,
    service: (mean) => exponential(mean / 2) + exponential(mean / 2),
  };
}
