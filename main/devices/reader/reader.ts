import { randomUUID } from 'node:crypto';
import type { ScanEvent } from '../../contract/devices.ts';
import { businessDay, type Clock } from '../../store/index.ts';
import { createHealth, type HealthCell } from '../health.ts';
import { createKeeper } from '../transports/keeper.ts';
import type { Transport } from '../transports/transport.ts';
import { createAssembler } from './assemble.ts';
import { classify } from './classify.ts';

export interface Reader {
  readonly id: string;
  readonly health: HealthCell;
  onScan(listener: (event: ScanEvent) => void): () => void;
  close(): Promise<void>;
}

/** A code reader behind a wire (serial, USB-COM, TCP, HID-POS): every code it reads is told as what it is. */
export function createReader(options: { id: string; name: string; transport: Transport; clock: Clock; heartbeatMs?: number }): Reader {
  const health = createHealth({ id: options.id, kind: 'reader', name: options.name }, options.clock);
  const listeners = new Set<(event: ScanEvent) => void>();
  const assembler = createAssembler((text) => {
    const at = options.clock.now();
    const event: ScanEvent = { id: randomUUID(), deviceId: options.id, at, scan: classify(text, { today: businessDay(at) }) };
    for (const listener of listeners) listener(event);
  });
  const keeper = createKeeper({
    transport: options.transport,
    health,
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
    onData: (bytes) => {
      health.seen();
      assembler.feed(bytes);
    },
  });
  return {
    id: options.id,
    health,
    onScan(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      assembler.close();
      await keeper.close();
    },
  };
}
