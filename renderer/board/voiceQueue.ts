import type { Announcement } from '../../main/contract/queue.ts';

interface Answer {
  readonly speaker: boolean;
  readonly say?: Announcement | undefined;
}

export interface VoiceQueueDeps {
  /** Asks for the next announcement, which takes or renews the hall's speaker lease. */
  next(): Promise<Answer>;
  /** Said to the end; answers with the next one. */
  said(callSeq: number): Promise<Answer>;
  announce(say: Announcement): Promise<void>;
  ready(): boolean;
}

/**
 * Says what the hall has to hear, one after the other. The order and the "exactly once" are the hub's: it hands the same
 * announcement out until `said`. This side adds that one it has already spoken is not spoken again when only the
 * acknowledgement was lost.
 */
export function createVoiceQueue(deps: VoiceQueueDeps): { kick(): void; stop(): void } {
  let busy = false;
  let again = false;
  let ended = false;
  let spoken = 0;

  const drain = async () => {
    let answer = await deps.next();
    for (;;) {
      const { speaker, say } = answer;
      if (ended || !speaker || !say) return;
      if (say.callSeq !== spoken) {
        await deps.announce(say);
        spoken = say.callSeq;
      }
      answer = await deps.said(say.callSeq);
    }
  };

  const kick = () => {
    if (ended || !deps.ready()) return;
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    again = false;
    drain()
      .catch(() => {
        // The hub is away: the next beat asks again.
      })
      .finally(() => {
        busy = false;
        if (again) kick();
      });
  };
  return {
    kick,
    stop() {
      ended = true;
    },
  };
}
