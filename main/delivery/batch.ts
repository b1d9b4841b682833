import type { Store } from '../store/index.ts';

/**
 * Group commit: work that arrives while one transaction is being written shares the next one, so ten dossiers in flight cost one
 * disk flush and not ten. It gathers for `gatherMs`, which is nothing beside the way to the province. Each piece has a savepoint of its own: one that throws is undone alone.
 */
export function createBatch(store: Store, gatherMs: number) {
  interface Piece {
    work: () => unknown;
    resolve: (value: unknown) => void;
    reject: (error: unknown) => void;
  }
  let queue: Piece[] = [];
  let scheduled = false;

  function flush(): void {
    scheduled = false;
    const pieces = queue;
    queue = [];
    const settled: (() => void)[] = [];
    try {
      store.transaction(() => {
        for (const piece of pieces) {
          try {
            const value = store.db.transaction(piece.work)();
            settled.push(() => piece.resolve(value));
          } catch (error) {
            settled.push(() => piece.reject(error));
          }
        }
      });
    } catch (error) {
      for (const piece of pieces) piece.reject(error);
      return;
    }
    for (const settle of settled) settle();
  }

  return {
    /** Resolves after the commit, rejects when the piece or the commit failed. */
    run<T>(work: () => T): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
        if (!scheduled) {
          scheduled = true;
          if (gatherMs > 0) setTimeout(flush, gatherMs);
          else setImmediate(flush);
        }
      });
    },
  };
}

export type Batch = ReturnType<typeof createBatch>;
