import type { DeviceHealth, DeviceKind, DeviceReason, DeviceState } from '../contract/devices.ts';
import type { Clock } from '../store/index.ts';
import { wordsFor } from './words.ts';

/** The truth about one device: set by its driver, heard by the strip. Tells only when something changed. */
export interface HealthCell {
  current(): DeviceHealth;
  set(state: DeviceState, reasons?: readonly DeviceReason[]): void;
  /** The device answered just now. */
  seen(): void;
  on(listener: (health: DeviceHealth) => void): () => void;
}

export function createHealth(device: { id: string; kind: DeviceKind; name: string }, clock: Clock): HealthCell {
  const listeners = new Set<(health: DeviceHealth) => void>();
  let state: DeviceState = 'connecting';
  let reasons: readonly DeviceReason[] = [];
  let since = clock.now();
  let lastSeen: number | null = null;
  const current = (): DeviceHealth => ({
    id: device.id,
    kind: device.kind,
    name: device.name,
    state,
    reasons: [...reasons],
    since,
    lastSeen,
    ...wordsFor(device.kind, state, reasons),
  });
  return {
    current,
    set(next, why = []) {
      if (next === state && why.join() === reasons.join()) return;
      state = next;
      reasons = [...why];
      since = clock.now();
      const health = current();
      for (const listener of listeners) listener(health);
    },
    seen: () => void (lastSeen = clock.now()),
    on(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** A part of the house that knows devices of its own (scanner, token) and lends them to the strip and the doctor. */
export interface HealthSource {
  health(): readonly DeviceHealth[];
  onHealth(listener: (health: DeviceHealth) => void): () => void;
}
