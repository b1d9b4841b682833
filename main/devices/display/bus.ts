import type { HealthCell } from '../health.ts';
import { createKeeper } from '../transports/keeper.ts';
import type { Transport } from '../transports/transport.ts';

/** Quiet time between two frames, so that panels on one pair of wires part them (Modbus asks for 3.5 characters). */
const GAP_MS = 5;

export type Bus = ReturnType<typeof createBus>;

/** One pair of wires with several panels on it: frames go out one after another, an answer belongs to the frame before. */
export function createBus(transport: Transport, health: HealthCell, options: { heartbeatMs?: number; onOpen?: () => void } = {}) {
  let tail: Promise<unknown> = Promise.resolve();
  let answer: ((bytes: Uint8Array) => void) | null = null;
  const keeper = createKeeper({
    transport,
    health,
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
    onData: (bytes) => answer?.(bytes),
    ...(options.onOpen ? { onOpen: options.onOpen } : {}),
  });
  return {
    isOpen: () => keeper.isOpen(),
    /**
     * Sends a frame; with `isAnswer`, waits for it. @returns true when sent (and answered), false otherwise
     */
    exchange(frame: Uint8Array, isAnswer?: (bytes: Uint8Array) => boolean, replyMs = 300): Promise<boolean> {
      const turn = tail.then(async () => {
        let got: number[] = [];
        const heard = isAnswer
          ? new Promise<boolean>((resolve) => {
              const timer = setTimeout(() => resolve(false), replyMs);
              answer = (bytes) => {
                got = [...got, ...bytes];
                if (!isAnswer(Uint8Array.from(got))) return;
                clearTimeout(timer);
                resolve(true);
              };
            })
          : Promise.resolve(true);
        const sent = await keeper.write(frame);
        const result = sent && (await heard);
        answer = null;
        await new Promise((resolve) => setTimeout(resolve, GAP_MS));
        return result;
      });
      tail = turn;
      return turn;
    },
    async close() {
      await keeper.close();
      await tail;
    },
  };
}
