import type { Refusal } from '../contract/refusal.ts';
import type { Site } from './site.ts';
import type { HallState } from './state.ts';
import type { Answer, LogEntry, QueueCommand, Ticket } from './types.ts';

/** `repeated`: the command id was known, nothing happened, the first answer is given again. */
export interface Outcome {
  readonly answer: Answer | Refusal;
  readonly repeated: boolean;
}

/** What a citizen said about one visit. */
export interface RatedTicket {
  readonly day: string;
  readonly serviceId: string;
  /** Who finished it; null when it was finished at none. */
  readonly counterId: string | null;
  /** 1 to 5. */
  readonly score: number;
  readonly reasons: readonly string[];
}

/**
 * Where the hall lives. Every adapter passes the same suite (`port.suite.ts`): commands are taken one at a time in one order
 * for all hubs, each at most once per id; an answer is given only after its steps are durable; the log has no gap.
 */
export interface QueueStore {
  readonly site: Site;
  /** Commands without an id (`''`) are not remembered. */
  run(command: QueueCommand): Promise<Outcome>;
  /** The hall after the newest entry this hub has seen. Read it in one go; never change it, never keep it across an await. */
  readonly state: HallState;
  /** Committed steps, this hub's and others', in order. */
  subscribe(listener: (entries: readonly LogEntry[]) => void): () => void;
  /** Entries after `seq`, oldest first. */
  log(after: number, limit?: number): Promise<LogEntry[]>;
  /** Tickets of the days from `from` to `to` that a citizen rated. */
  rated(from: string, to: string): Promise<RatedTicket[]>;
  /** Catches up with other hubs; the SQLite hub is alone and has nothing to do. */
  refresh(): Promise<void>;
  /** Forgets command ids older than a week. */
  tidy(now: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * The hall's database could not be reached for as long as a press may wait. Whether the command had its effect is unknown;
 * sent again with its id it has one.
 */
export class HallAway extends Error {
  constructor(cause: unknown) {
    super('the hall database cannot be reached', { cause });
    this.name = 'HallAway';
  }
}

/** What a repeated command id must match: an id belongs to one kind of press at one place. */
export function commandKind(c: QueueCommand): string {
  const at = 'counterId' in c ? c.counterId : 'serviceId' in c ? c.serviceId : c.actor.deviceId;
  return `${c.do} ${at}`;
}

export const ratedOf = (day: string, serviceId: string, { counterId, rating, ratingReasons }: Ticket): RatedTicket => ({
  day,
  serviceId,
  counterId,
  score: rating ?? 0,
  reasons: ratingReasons,
});
