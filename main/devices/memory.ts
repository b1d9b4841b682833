import { deviceHealth, type DeviceHealth } from '../contract/devices.ts';
import { readSetting, type Store } from '../store/index.ts';

const ROOM = 'devices';
const KEY = 'health';
/** Changes that come in a bunch are written once. */
const GATHER_MS = 1_000;
/** `lastSeen` moves with every heartbeat; so often it reaches the disk. */
const EVERY_MS = 60_000;

const known = (value: unknown): DeviceHealth[] =>
  deviceHealth
    .array()
    .catch([])
    .parse(value ?? []);

/**
 * Keeps in the database how each device was, so that "last seen" outlives the counter and the doctor can tell it while the
 * counter holds the devices.
 */
export function createHealthMemory(store: Store, current: () => readonly DeviceHealth[]) {
  const before = new Map(known(store.get(ROOM, KEY)).map((health) => [health.id, health]));
  const told = new Map<string, string>();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  const recall = (health: DeviceHealth): DeviceHealth =>
    health.lastSeen === null ? { ...health, lastSeen: before.get(health.id)?.lastSeen ?? null } : health;
  const save = (): void => {
    clearTimeout(timer);
    timer = undefined;
    store.transaction(() => store.set(ROOM, KEY, current().map(recall)));
  };
  const regularly = setInterval(save, EVERY_MS);
  regularly.unref();
  return {
    /** A device that was not heard yet keeps what an earlier run heard of it. */
    recall,
    /** Working and being ready again is no news: a hall that prints all day must not write for it. */
    changed({ id, state, reasons }: DeviceHealth): void {
      const now = `${state}/${reasons.join()}`;
      if (closed || state === 'busy' || told.get(id) === now) return;
      told.set(id, now);
      timer ??= setTimeout(save, GATHER_MS).unref();
    },
    close(): void {
      clearInterval(regularly);
      if (!closed) save();
      closed = true;
    },
  };
}

/** What a counter that runs in another process wrote last, without disturbing it. @throws when the file is no database of ours */
export const lastKnownHealth = (file: string): DeviceHealth[] => known(readSetting(file, ROOM, KEY));
