export type Message<S, E> = { type: 'snapshot'; seq: number; snapshot: S } | { type: 'event'; seq: number; event: E };

/**
 * One screen's stream: the snapshot, then events, numbered 1, 2, 3 … as they are fetched. Of the pictures that it has not
 * fetched yet a slow screen gets only the newest, so that nothing piles up behind it.
 */
export class Channel<S, E> implements AsyncGenerator<Message<S, E>, void, void> {
  private readonly queue: { event: E; picture: boolean }[] = [];
  private snapshot: (() => S) | undefined;
  private seq = 0;
  private wake: (() => void) | undefined;
  private ended = false;
  private readonly onEnd: () => void;

  /** @param snapshot drawn when the first message is fetched; events pushed before that follow it */
  constructor(snapshot: () => S, onEnd: () => void, signal?: AbortSignal) {
    this.snapshot = snapshot;
    this.onEnd = onEnd;
    if (signal?.aborted) this.end();
    else signal?.addEventListener('abort', () => this.end(), { once: true });
  }

  /** @param picture a whole view that replaces the one before */
  push(event: E, picture: boolean): void {
    if (this.ended) return;
    if (picture) {
      const last = this.queue.findLastIndex((item) => item.picture);
      if (last >= 0) this.queue.splice(last, 1);
    }
    this.queue.push({ event, picture });
    this.wake?.();
  }

  get waiting(): boolean {
    return this.queue.length === 0;
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.onEnd();
    this.wake?.();
  }

  async next(): Promise<IteratorResult<Message<S, E>, void>> {
    for (;;) {
      if (this.ended) return { done: true, value: undefined };
      if (this.snapshot) {
        const draw = this.snapshot;
        this.snapshot = undefined;
        return { done: false, value: { type: 'snapshot', seq: (this.seq += 1), snapshot: draw() } };
      }
      const item = this.queue.shift();
      if (item) return { done: false, value: { type: 'event', seq: (this.seq += 1), event: item.event } };
      await new Promise<void>((resolve) => (this.wake = resolve));
      this.wake = undefined;
    }
  }

  return(): Promise<IteratorResult<Message<S, E>, void>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: unknown): Promise<IteratorResult<Message<S, E>, void>> {
    this.end();
    return Promise.reject(error instanceof Error ? error : new Error(String(error)));
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end();
  }
}
