/** Bytes that may wait in front of a slow wire before the sender feels it. */
const BUFFER = 4096;
const TICK_MS = 5;

/**
 * A wire of so many bits per second (8N1: ten bits per byte) as a token bucket. A PTY or a socket carries bytes at once,
 * so speed has to be made; the sender feels back-pressure as behind a real cable.
 * @param baud asked again at each tick; 0 = no limit
 */
export function createWire(baud: () => number, deliver: (bytes: Uint8Array) => void) {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let tokens = 0;
  let last = 0;
  let timer: NodeJS.Timeout | null = null;
  let free: (() => void) | null = null;

  const tick = () => {
    const now = performance.now();
    const speed = baud();
    tokens = speed === 0 ? Infinity : Math.min(speed / 10, tokens + ((now - last) * speed) / 10_000);
    last = now;
    while (waiting.length > 0 && tokens >= 1) {
      const head = waiting[0]!;
      const take = Math.min(head.length, Math.floor(tokens));
      tokens -= take;
      size -= take;
      if (take === head.length) waiting.shift();
      else waiting[0] = head.subarray(take);
      deliver(head.subarray(0, take));
    }
    if (size < BUFFER && free) {
      const resume = free;
      free = null;
      resume();
    }
    if (size === 0 && timer) {
      clearInterval(timer);
      timer = null;
    }
  };

  return {
    /** @returns false when the sender should wait for `whenFree` */
    push(bytes: Uint8Array): boolean {
      if (baud() === 0 && size === 0) {
        deliver(bytes);
        return true;
      }
      waiting.push(bytes);
      size += bytes.length;
      if (!timer) {
        last = performance.now();
        tokens = 0;
        timer = setInterval(tick, TICK_MS);
      }
      return size < BUFFER;
    },
    whenFree: (resume: () => void) => void (free = resume),
    close() {
      if (timer) clearInterval(timer);
      timer = null;
      waiting = [];
      size = 0;
    },
  };
}
