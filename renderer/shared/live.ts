import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { onWireState, wireNumber, wireState, type WireState } from './client.ts';

type LiveMessage<S, E> =
  | { readonly type: 'snapshot'; readonly seq: number; readonly snapshot: S }
  | { readonly type: 'event'; readonly seq: number; readonly event: E };

/** `seq`s of one stream grow by one; anything else is a gap and needs a new snapshot. */
export const isGap = (lastSeq: number, seq: number): boolean => seq !== lastSeq + 1;

export interface Live<S> {
  /** The last known content; undefined only until the first snapshot. */
  readonly data: S | undefined;
  /** Set while the stream is broken: since when, by the hub's clock as last heard. */
  readonly staleSince: number | null;
}

interface LiveOptions<S, E> {
  /** Opens the stream, for example `(signal) => client.queue.board({ zone }, { signal })`. Null: not now. */
  readonly open: ((signal: AbortSignal) => Promise<AsyncIterable<LiveMessage<S, E>>>) | null;
  /** The state after one event. Events that carry the whole state return it. */
  readonly apply: (state: S, event: E) => S;
  /** A new key closes the stream and opens another. */
  readonly key: string;
  /** Numbers of this stream are not consecutive (the store numbers all rooms' events together); order is still checked. */
  readonly sparse?: boolean;
  /** Heard for each message in order, for what must happen once per event (voice). */
  readonly onMessage?: (message: LiveMessage<S, E>) => void;
}

const WAITS_MS = [50, 250, 500, 1_000, 2_000];
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** A live stream of the hub: snapshot, numbered events, a new snapshot after a gap or a break, the last content kept meanwhile. */
export function useLive<S, E>(options: LiveOptions<S, E>): Live<S> {
  const [held, setHeld] = useState<Live<S> & { key: string }>({ key: options.key, data: undefined, staleSince: null });
  const latest = useRef(options);
  latest.current = options;
  const wanted = options.open !== null;

  useEffect(() => {
    if (!wanted) return;
    const ending = new AbortController();
    const { key } = options;
    const update = (next: (live: Live<S>) => Live<S>) =>
      setHeld((before) => ({ key, ...next(before.key === key ? before : { data: undefined, staleSince: null }) }));
    void follow(ending.signal, latest, update);
    return () => ending.abort();
  }, [options.key, wanted]);
  // What was heard of another thing is not shown as this one, not even for the moment until its snapshot.
  return held.key === options.key ? held : { data: undefined, staleSince: null };
}

async function follow<S, E>(
  signal: AbortSignal,
  latest: { readonly current: LiveOptions<S, E> },
  setLive: (update: (live: Live<S>) => Live<S>) => void,
): Promise<void> {
  for (let tries = 0; !signal.aborted; tries += 1) {
    const opening = new AbortController();
    let over = wireNumber();
    // A farewell over a dead wire is an error of its own; the hub ends the stream with the wire.
    const giveUp = () => {
      if (wireState().open && over === wireNumber()) opening.abort();
    };
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      const { open } = latest.current;
      if (!open) return;
      let seq: number | null = null;
      // The call waits for a wire; the number is taken again when the first message has come over it.
      for await (const message of whileWired(open(opening.signal), opening.signal)) {
        over = wireNumber();
        if (signal.aborted) return;
        if (message.type === 'event') {
          if (seq === null) break;
          const order: boolean = latest.current.sparse ? message.seq <= seq : isGap(seq, message.seq);
          if (order) break;
        }
        seq = message.seq;
        tries = 0;
        latest.current.onMessage?.(message);
        setLive((before) => {
          if (message.type === 'snapshot') return { data: message.snapshot, staleSince: null };
          return before.data === undefined ? before : { data: latest.current.apply(before.data, message.event), staleSince: null };
        });
      }
    } catch {
      // The reason is the wire's or the hub's; the screen shows what it last knew, marks it, and asks again.
    } finally {
      giveUp();
      signal.removeEventListener('abort', giveUp);
    }
    if (signal.aborted) return;
    const wire = wireState();
    const since = wire.open ? Date.now() : wire.since;
    setLive((before) => (before.staleSince === null ? { ...before, staleSince: since } : before));
    await pause(WAITS_MS[Math.min(tries, WAITS_MS.length - 1)] ?? 2_000, signal);
  }
}

/**
 * A stream for as long as the wire it came over stays open. A socket whose cable was pulled reports its end only minutes later,
 * and a stream over it would wait as long; the wire's own state is known within seconds.
 */
async function* whileWired<T>(opening: Promise<AsyncIterable<T>>, signal: AbortSignal): AsyncGenerator<T> {
  let wire: WireState = wireState();
  let forget = (): void => {};
  const broken = new Promise<null>((resolve) => {
    forget = onWireState(() => {
      const now = wireState();
      if (wire.open && !now.open) resolve(null);
      wire = now;
    });
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
  try {
    const stream = await Promise.race([opening, broken]);
    if (!stream) return;
    const iterator = stream[Symbol.asyncIterator]();
    try {
      for (;;) {
        const step = await Promise.race([iterator.next(), broken]);
        if (!step || step.done) return;
        yield step.value;
      }
    } finally {
      // Not awaited, and not said at all over a dead wire.
      if (wire.open) iterator.return?.()?.catch(() => {});
    }
  } finally {
    forget();
  }
}

/** Whether this screen hears the hub, and since when it does not. */
export const useWire = (): WireState => useSyncExternalStore(onWireState, wireState);
