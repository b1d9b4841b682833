/**
 * Why something did not reach the province. The word decides what happens next:
 * - `line`     nothing usable came through (no route, reset, time-out, half a reply, 502/504): the line's back-off
 * - `busy`     the province asks us to wait (429, 503): everybody waits `retryAfterMs`
 * - `fault`    the province broke on this one (500, unreadable answer): this item's back-off
 * - `hash`     the province holds other bytes than we sent: the file goes again
 * - `sign-in`  401 or 403: everything is kept, a person signs in
 * - `refused`  400, 404, 409, 413, 422 with words: the officer's inbox
 * - `certificate` the other side is not who we know: nothing is sent
 * - `blocked`  the address is not on the allow-list, or nothing is configured
 * - `file`     a local file is gone or is not what was scanned
 * - `disk`     our own disk or database would not take the note
 */
export type ProblemWord = 'line' | 'busy' | 'fault' | 'hash' | 'sign-in' | 'refused' | 'certificate' | 'blocked' | 'file' | 'disk';

export interface ProblemFacts {
  /** True when the request may have been carried out although we have no answer: ask by key before sending again. */
  readonly mayHaveArrived?: boolean;
  readonly retryAfterMs?: number;
  readonly httpStatus?: number;
  /** The province's own words for an officer; never printed on a citizen's paper. */
  readonly reason?: string;
  /** The province's code for the reason, for support. */
  readonly reasonCode?: string;
  /** Reply as received, for the evidence. */
  readonly reply?: string;
  /** Name of the file it is about. */
  readonly file?: string;
}

/** Carried inside the room only; at the room's face it becomes a state with sentences, or a `Refusal`. */
export class ProvinceProblem extends Error {
  readonly word: ProblemWord;
  readonly facts: ProblemFacts;
  constructor(word: ProblemWord, message: string, facts: ProblemFacts = {}) {
    super(message);
    this.name = 'ProvinceProblem';
    this.word = word;
    this.facts = facts;
  }
}

/** What is stored with a waiting or held item, so that its sentence can be written at any time. */
export interface Why {
  readonly word: ProblemWord;
  readonly httpStatus?: number;
  readonly reason?: string;
  readonly reasonCode?: string;
  readonly file?: string;
  readonly detail?: string;
}

export function whyOf(problem: ProvinceProblem): Why {
  const { httpStatus, reason, reasonCode, file } = problem.facts;
  return {
    word: problem.word,
    ...(httpStatus === undefined ? {} : { httpStatus }),
    ...(reason === undefined ? {} : { reason }),
    ...(reasonCode === undefined ? {} : { reasonCode }),
    ...(file === undefined ? {} : { file }),
  };
}

/** Turns anything thrown into a problem; what nobody expected counts as a fault of this item and is retried. */
export function asProblem(error: unknown): ProvinceProblem {
  if (error instanceof ProvinceProblem) return error;
  const code = (error as { code?: unknown } | null)?.code;
  const message = error instanceof Error ? error.message : String(error);
  if (code === 'ENOSPC' || code === 'SQLITE_FULL' || code === 'EDQUOT') return new ProvinceProblem('disk', 'full', { reasonCode: 'full' });
  if (typeof code === 'string' && (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'))) {
    return new ProvinceProblem('disk', 'locked', { reasonCode: 'locked', mayHaveArrived: true });
  }
  // The folder cannot be written to any more: mounted read-only after an error, unplugged, or its rights were taken away.
  if (typeof code === 'string' && /^(SQLITE_(READONLY|IOERR|CANTOPEN)|EROFS|EIO|EACCES|EPERM)/.test(code))
    return new ProvinceProblem('disk', 'read-only', { reasonCode: 'read-only', mayHaveArrived: true });
  if (typeof code === 'string' && code.startsWith('SQLITE_'))
    return new ProvinceProblem('disk', code, { reasonCode: code, mayHaveArrived: true });
  return new ProvinceProblem('fault', message, { mayHaveArrived: true });
}
