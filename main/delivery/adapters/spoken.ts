import type { Clock } from '../../store/index.ts';
import { applyMapping, type Mapping } from '../mapping.ts';
import { ProvinceProblem } from '../problems.ts';
import type { Transport, WireReply, WireRequest } from '../transport.ts';
import type { AdapterDeps } from './adapter.ts';

/** What every back end does alike: it speaks and keeps what was said, holds one session for all, fills the tables of its mapping. */

/**
 * Speaks over the wire and hands every answer (or silence) on as evidence.
 * `secret`: the reply carries a token or a file; its length is kept and not its text.
 */
export function createVoice(options: { readonly transport: Transport; readonly clock: Clock; readonly heard: AdapterDeps['heard'] }) {
  const { transport, clock, heard } = options;
  let skewMs: number | null = null;
  return {
    async ask(step: string, key: string, request: WireRequest, secret = false): Promise<WireReply> {
      const started = clock.now();
      try {
        const reply = await transport.send(request);
        const there = Date.parse(reply.headers['date'] ?? '');
        if (!Number.isNaN(there)) skewMs = there - clock.now();
        heard({
          step,
          key,
          status: reply.status,
          reply: secret ? `(${reply.body.length} bytes)` : reply.body.toString('utf8'),
          tookMs: clock.now() - started,
          outcome: reply.status < 300 ? 'ok' : 'said-no',
        });
        return reply;
      } catch (error) {
        if (error instanceof ProvinceProblem)
          heard({ step, key, status: null, reply: '', tookMs: clock.now() - started, outcome: error.facts.reasonCode ?? error.word });
        throw error;
      }
    },
    /** How far the province's clock was ahead at its last answer, ms. */
    skewMs: () => skewMs,
  };
}

/**
 * One token or session that all calls share; it is fetched once however many ask for it at the same time. Whoever is called off
 * leaves at once, even when the other side never answers, and does not take the others along.
 * @param open signs in; `until` by our own clock, so that a province whose clock is hours off does not matter
 */
export function createSession(clock: Clock, open: (signal: AbortSignal) => Promise<{ value: string; until: number }>) {
  let current: { value: string; until: number } | null = null;
  let opening: Promise<string> | null = null;
  let stop = new AbortController();

  async function get(signal: AbortSignal): Promise<string> {
    if (current && current.until > clock.now()) return current.value;
    if (!opening) {
      const mine = open(stop.signal).then(
        (got) => {
          // Forgotten meanwhile: what came is of other credentials.
          if (opening === mine) [current, opening] = [got, null];
          return got.value;
        },
        (error: unknown) => {
          if (opening === mine) opening = null;
          throw error;
        },
      );
      mine.catch(() => undefined);
      opening = mine;
    }
    return leaving(opening, signal);
  }
  function forget(): void {
    current = null;
    opening = null;
    stop.abort();
    stop = new AbortController();
  }
  return {
    get,
    forget,
    /**
     * Makes a call with the session; one that ended is opened anew once and the same call (same key) made again.
     * @param done for a back end without keys: asked before the call is made again, with the answer when it was carried out after all
     */
    async use<T>(
      signal: AbortSignal,
      ended: (answer: T) => boolean,
      call: (value: string) => Promise<T>,
      done?: () => Promise<T | null>,
    ): Promise<T> {
      for (let renewed = false; ; renewed = true) {
        const value = await get(signal);
        const answer = await call(value);
        const over = ended(answer);
        if (over && current?.value === value) current = null;
        if (!over || renewed) return answer;
        const known = (await done?.()) ?? null;
        if (known !== null) return known;
      }
    },
  };
}

/** Fills a table of the mapping. @throws ProvinceProblem `refused` that names the required fields which are empty */
export function fill(mapping: Mapping, table: string, value: unknown, extras: Record<string, unknown>): Record<string, unknown> {
  const { body, missing } = applyMapping(mapping, table, value, extras);
  if (missing.length > 0)
    throw new ProvinceProblem('refused', 'required fields are empty', {
      reason: `Hồ sơ còn thiếu: ${missing.map((m) => m.split('.').pop()).join(', ')}`,
      reasonCode: 'missing-fields',
    });
  return body;
}

async function leaving<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const off = new AbortController();
  const gone = new Promise<never>((_, reject) => {
    const leave = () => reject(new ProvinceProblem('line', 'called off', { reasonCode: 'EABORT' }));
    if (signal.aborted) leave();
    else signal.addEventListener('abort', leave, { once: true, signal: off.signal });
  });
  try {
    return await Promise.race([work, gone]);
  } finally {
    off.abort();
  }
}
