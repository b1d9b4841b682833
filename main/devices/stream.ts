/**
 * Turns a listener into an async iterable that ends with `signal`. Slow screens lose the oldest of `most` waiting values:
 * health is a state, not a history.
 */
export async function* heard<T>(
  subscribe: (listener: (value: T) => void) => () => void,
  signal: AbortSignal | undefined,
  most = 200,
): AsyncGenerator<T, void> {
  const waiting: T[] = [];
  let wake: (() => void) | null = null;
  const ring = () => {
    wake?.();
    wake = null;
  };
  const off = subscribe((value) => {
    waiting.push(value);
    if (waiting.length > most) waiting.shift();
    ring();
  });
  signal?.addEventListener('abort', ring, { once: true });
  try {
    for (;;) {
      if (signal?.aborted) return;
      const next = waiting.shift();
      if (next === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      } else yield next;
    }
  } finally {
    off();
    signal?.removeEventListener('abort', ring);
  }
}
