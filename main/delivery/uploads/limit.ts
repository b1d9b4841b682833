import type { Clock } from '../../store/index.ts';
import type { Timers } from '../backoff.ts';

/**
 * A bandwidth limit shared by all uploads that use it (token bucket with a burst of a quarter second).
 * @returns a function that resolves when `bytes` more may leave
 */
export function createPacer(bytesPerSecond: number, clock: Clock, timers: Timers): (bytes: number) => Promise<void> {
  let freeAt = clock.now();
  return (bytes) => {
    const now = clock.now();
    freeAt = Math.max(freeAt, now - 250) + (bytes / bytesPerSecond) * 1000;
    const wait = freeAt - now;
    if (wait <= 0) return Promise.resolve();
    return new Promise((resolve) => void timers.after(wait, resolve));
  };
}
