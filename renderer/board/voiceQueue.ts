import type { Announcement } from '../../main/contract/queue.ts';

interface Answer {
  readonly speaker: boolean;
  readonly say?: Announcement | undefined;
}

/** The lease is 15 s from when the hub answered, a sentence takes 12 s: an answer that was longer under way is asked for again. */
const LATE_MS = 3_000;

export interface VoiceQueueDeps {
  /** Asks for the next announcement, which takes or renews the hall's speaker lease. */
  next(): Promise<Answer>;
  /** Said to the end; answers with the next one. */
  said(callSeq: number): Promise<Answer>;
  announce(say: Announcement): Promise<void>;
  ready(): boolean;
  /** Milliseconds of a clock that nobody can set. Default `performance.now()`. */
  readonly now?: () => number;
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
  let speaking = false;
  const now = deps.now ?? (() => performance.now());

  const drain = async () => {
    let asked = now();
    let answer = await deps.next();
    for (let late = 0; ;) {
      const { speaker, say } = answer;
      if (ended || !speaker || !say) return;
      const mine = say.callSeq === spoken;
      if (!mine && now() - asked > LATE_MS) {
        // somebody else may be speaking by now; a wire that is always so slow waits for the next beat
        if ((late += 1) > 2) return;
        asked = now();
        answer = await deps.next();
        continue;
      }
      late = 0;
      if (!mine) {
        speaking = true;
        try {
          await deps.announce(say);
        } finally {
          speaking = false;
        }
        spoken = say.callSeq;
      }
      asked = now();
      answer = await deps.said(say.callSeq);
    }
  };

  const kick = () => {
    if (ended || !deps.ready()) return;
    if (busy) {
      again = true;
      // in mid-sentence the beat only renews the lease, so that nobody else begins
      if (speaking) deps.next().catch(() => {});
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
