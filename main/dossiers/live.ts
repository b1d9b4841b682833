import type { Store } from '../store/index.ts';

type Message<T> = { type: 'snapshot'; seq: number; snapshot: T } | { type: 'event'; seq: number; event: T };

/**
 * A snapshot, then the whole value again after changes; several changes between two reads become one event. `seq` counts
 * this stream's own messages from 0, without gaps. Not a generator: `return()` of a generator that waits would itself wait.
 */
export function changes<T>(
  store: Store,
  read: () => T,
  concerns: (dossierId: string) => boolean,
  signal?: AbortSignal,
): AsyncIteratorObject<Message<T>, void> {
  let seq = -1;
  let dirty = true;
  let ended = false;
  let waiting: ((result: IteratorResult<Message<T>, void>) => void) | undefined;
  const off = store.subscribe((event) => {
    if (event.room !== 'dossiers') return;
    const { dossierId } = event.payload as { dossierId?: unknown };
    if (typeof dossierId !== 'string' || !concerns(dossierId)) return;
    dirty = true;
    flush();
  });
  const message = (): Message<T> => {
    dirty = false;
    seq += 1;
    return seq === 0 ? { type: 'snapshot', seq, snapshot: read() } : { type: 'event', seq, event: read() };
  };
  function flush(): void {
    if (!waiting) return;
    const answer = waiting;
    waiting = undefined;
    answer(ended ? { done: true, value: undefined } : { done: false, value: message() });
  }
  const close = (): void => {
    if (ended) return;
    ended = true;
    off();
    signal?.removeEventListener('abort', close);
    flush();
  };
  signal?.addEventListener('abort', close);
  if (signal?.aborted) close();
  const iterator: AsyncIteratorObject<Message<T>, void> = {
    next: () => {
      if (ended) return Promise.resolve({ done: true, value: undefined });
      if (dirty) return Promise.resolve({ done: false, value: message() });
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    return: () => {
      close();
      return Promise.resolve({ done: true, value: undefined });
    },
    throw: (error) => {
      close();
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    },
    [Symbol.asyncIterator]: () => iterator,
    [Symbol.asyncDispose]: () => {
      close();
      return Promise.resolve();
    },
  };
  return iterator;
}
