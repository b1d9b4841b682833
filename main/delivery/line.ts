import { backoffMs, type Random } from './backoff.ts';
import type { ProvinceProblem, Why } from './problems.ts';
import { whyOf } from './problems.ts';

export type LineWord = 'up' | 'down' | 'sign-in' | 'certificate' | 'not-configured';

export interface Line {
  readonly word: LineWord;
  readonly since: number;
  /** No new request before this instant; 0 when there is no reason to wait. */
  readonly notBefore: number;
  /** Failures of the line in a row. */
  readonly failures: number;
  readonly why: Why | null;
}

/** This many failures in a row, with nothing getting through between them, and the whole line counts as down. */
const DOWN_AFTER = 3;
/** A line that is down is tried at least this often, by one small request: the last counter to notice its return sets the pace of all. */
const DOWN_CAP_MS = 20_000;

export const lineUp = (now: number): Line => ({ word: 'up', since: now, notBefore: 0, failures: 0, why: null });

/** Something came through. */
export function lineAfterSuccess(line: Line, now: number): Line {
  if (line.word === 'up' && line.failures === 0 && line.notBefore <= now) return line;
  return line.word === 'up' ? { ...line, failures: 0, why: null } : lineUp(now);
}

/** Pure: the line after a problem. A problem of one dossier (`refused`, `hash`, `fault`, `file`) says nothing about the line. */
export function lineAfterProblem(line: Line, problem: ProvinceProblem, now: number, random: Random, capMs: number): Line {
  const why = whyOf(problem);
  switch (problem.word) {
    case 'line': {
      const failures = line.failures + 1;
      if (failures < DOWN_AFTER && line.word === 'up') return { ...line, failures, why };
      const since = line.word === 'down' ? line.since : now;
      return {
        word: 'down',
        since,
        failures,
        why,
        notBefore: now + backoffMs(failures - DOWN_AFTER + 2, random, 1_000, Math.min(capMs, DOWN_CAP_MS)),
      };
    }
    case 'busy': {
      // Retry-After is a promise to the province; the random part after it keeps the counters from coming back as one.
      const wait = problem.facts.retryAfterMs ?? backoffMs(line.failures + 1, random, 1_000, capMs);
      return {
        ...line,
        why,
        notBefore: Math.max(line.notBefore, now + wait + Math.round(random() * Math.min(5_000, Math.max(wait, 500)))),
      };
    }
    case 'sign-in':
      return line.word === 'sign-in' ? line : { word: 'sign-in', since: now, notBefore: 0, failures: line.failures, why };
    case 'certificate':
      return {
        word: 'certificate',
        since: line.word === 'certificate' ? line.since : now,
        failures: line.failures + 1,
        why,
        notBefore: now + backoffMs(line.failures + 3, random, 5_000, Math.max(capMs, 60_000)),
      };
    case 'blocked':
      return {
        word: 'not-configured',
        since: line.word === 'not-configured' ? line.since : now,
        notBefore: 0,
        failures: line.failures,
        why,
      };
    default:
      return line;
  }
}
