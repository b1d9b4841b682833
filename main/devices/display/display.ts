import type { Clock } from '../../store/index.ts';
import { createHealth, type HealthCell } from '../health.ts';
import { createPause } from '../pause.ts';
import type { Bus } from './bus.ts';
import type { DisplayProtocol } from './protocols.ts';

export interface Display {
  readonly id: string;
  readonly health: HealthCell;
  /** Shows this until told otherwise; a panel that comes back shows it again. Empty text clears. */
  show(text: string): void;
  close(): Promise<void>;
}

/** One addressable panel on a bus. Its heartbeat is a question where the protocol has one, else the wire's own. */
export function createDisplay(options: {
  id: string;
  name: string;
  protocol: DisplayProtocol;
  address: number;
  bus: Bus;
  clock: Clock;
  heartbeatMs?: number;
}): Display & { wake(): void } {
  const { protocol, address, bus } = options;
  const health = createHealth({ id: options.id, kind: 'display', name: options.name }, options.clock);
  const stopping = new AbortController();
  let wanted: string | null = null;
  let shown: string | null = null;
  const { pause, wake } = createPause();

  const beat = async () => {
    if (!bus.isOpen()) {
      shown = null;
      return health.set('absent', ['unplugged']);
    }
    const isAnswer = (bytes: Uint8Array) => protocol.question?.isAnswer(bytes, address) ?? false;
    const text = wanted;
    let alive = true;
    if (text !== null && text !== shown) {
      alive = await bus.exchange(protocol.frame(text, address), protocol.acknowledged ? isAnswer : undefined);
      shown = alive ? text : null;
    } else if (protocol.question) alive = await bus.exchange(protocol.question.frame(address), isAnswer);
    if (alive) {
      health.seen();
      health.set('ready');
    } else {
      shown = null; // it may have been off: say it again when it answers
      health.set('absent', [bus.isOpen() ? 'timeout' : 'unplugged']);
    }
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await beat();
      if (stopping.signal.aborted) break;
      if (wanted === null || wanted === shown || !bus.isOpen()) await pause(options.heartbeatMs ?? 2500);
      else await pause(200);
    }
  })();

  return {
    id: options.id,
    health,
    show(text) {
      wanted = text;
      wake();
    },
    wake,
    async close() {
      stopping.abort();
      wake();
      await running;
    },
  };
}
