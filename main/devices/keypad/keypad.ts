import type { Clock } from '../../store/index.ts';
import { createHealth, type HealthCell } from '../health.ts';
import { createKeeper } from '../transports/keeper.ts';
import type { Transport } from '../transports/transport.ts';
import { createKeyParser, KEYPAD_MODELS, type KeypadAction } from './keys.ts';

export interface Keypad {
  readonly id: string;
  readonly health: HealthCell;
  onKey(listener: (action: KeypadAction) => void): () => void;
  close(): Promise<void>;
}

/** A call keypad on a serial wire or HID. */
export function createKeypad(options: {
  id: string;
  name: string;
  model?: string | undefined;
  busAddress?: number | undefined;
  transport: Transport;
  clock: Clock;
  heartbeatMs?: number;
}): Keypad {
  const health = createHealth({ id: options.id, kind: 'keypad', name: options.name }, options.clock);
  const listeners = new Set<(action: KeypadAction) => void>();
  const model = KEYPAD_MODELS.find((m) => m.id === options.model) ?? KEYPAD_MODELS[0]!;
  const parse = createKeyParser(model, { busAddress: options.busAddress, now: () => options.clock.now() });
  const keeper = createKeeper({
    transport: options.transport,
    health,
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
    onData: (bytes) => {
      health.seen();
      for (const action of parse(bytes)) for (const listener of listeners) listener(action);
    },
  });
  return {
    id: options.id,
    health,
    onKey(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close: () => keeper.close(),
  };
}
