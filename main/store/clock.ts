/** The only source of time in the rooms. Tests hand in their own; nothing reads the system zone. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that a test or a simulation moves by hand. */
export function manualClock(start: number): Clock & { set(ms: number): void; advance(ms: number): void } {
  let at = start;
  return { now: () => at, set: (ms) => void (at = ms), advance: (ms) => void (at += ms) };
}

/** Vietnam has had one offset and no summer time since 1975, so the zone is arithmetic, not a database. */
export const VIETNAM_OFFSET_MS = 7 * 60 * 60 * 1000;

/** `YYYY-MM-DD` in Asia/Ho_Chi_Minh. */
export function businessDay(ms: number): string {
  return new Date(ms + VIETNAM_OFFSET_MS).toISOString().slice(0, 10);
}

/** ISO 8601 with seconds and the Vietnamese offset, as NĐ 30/2020 writes the time of a signature. */
export function vietnamIso(ms: number): string {
  return `${new Date(ms + VIETNAM_OFFSET_MS).toISOString().slice(0, 19)}+07:00`;
}

/** Epoch milliseconds of a wall time in Vietnam; `time` is `HH:MM` or `HH:MM:SS`. */
export function fromVietnam(day: string, time = '00:00'): number {
  return Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}Z`) - VIETNAM_OFFSET_MS;
}
