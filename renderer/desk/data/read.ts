import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { onWireState, wireState } from '../../shared/client.ts';

interface Unread {
  readonly trouble: Trouble;
  readonly again: () => void;
}

let unread: readonly Unread[] = [];
const listeners = new Set<() => void>();
const put = (next: readonly Unread[]): void => {
  unread = next;
  for (const listener of listeners) listener();
};

/** What pages could not read and nobody asked for again yet. */
export const unreadNow = (): readonly Unread[] => unread;
export function onUnread(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Reads what a page shows, for an effect. Without a wire it asks again when the wire is back; a fault that nobody expected
 * is said above the page with a button to ask again, so that a list which was not read never looks like an empty one.
 * A refusal (somebody else's duty) shows nothing, as the page then has nothing to show.
 * @returns how to stop: a later answer goes nowhere
 */
export function read<T>(ask: () => Promise<T>, heard: (answer: T) => void): () => void {
  let over = false;
  let stopWaiting = (): void => {};
  let mine: Unread | null = null;
  const forget = (): void => {
    if (mine !== null && unread.includes(mine)) put(unread.filter((one) => one !== mine));
    mine = null;
  };
  const attempt = async (): Promise<void> => {
    forget();
    try {
      const answer = await ask();
      if (!over) heard(answer);
    } catch (error) {
      if (over) return;
      const trouble = troubleOf(error);
      if (trouble.code === 'not-connected') {
        const stop = onWireState(() => {
          if (!wireState().open) return;
          stop();
          void attempt();
        });
        stopWaiting = stop;
      } else if (trouble.code === 'unexpected') {
        mine = { trouble, again: () => void attempt() };
        put([...unread, mine]);
      }
    }
  };
  void attempt();
  return () => {
    over = true;
    stopWaiting();
    forget();
  };
}
