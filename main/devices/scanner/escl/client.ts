import { createHash } from 'node:crypto';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pageFileName, storeJpeg } from '../page-file.ts';
import { ScanTrouble, type Capabilities, type ScanOptions, type ScannedPage, type Scanner, type ScannerStatus } from '../types.ts';
import { exchange, networkTrouble, readText, type EsclAnswer } from './http.ts';
import { readCapabilities, readStatus, scanSettings, type EsclCapabilities } from './messages.ts';

export interface EsclTimes {
  /** Silence allowed on small questions. */
  readonly answerMs: number;
  /** Silence allowed while a page is pulled in. */
  readonly pageMs: number;
  /** How long a 503 is waited out before the scanner counts as busy. */
  readonly busyMs: number;
  /** Pause between tries when the device gives no Retry-After. */
  readonly retryMs: number;
}

const TIMES: EsclTimes = { answerMs: 10_000, pageMs: 90_000, busyMs: 30_000, retryMs: 1_000 };

/**
 * A client for one eSCL scanner, six calls over plain HTTP: ScannerCapabilities, ScannerStatus, POST ScanJobs,
 * NextDocument until 404, DELETE. The JPEG of each page is kept exactly as it came.
 * @param url base address, such as `http://192.168.1.20/eSCL`
 * @param options.id the device's UUID when discovery told it; else made from the address
 */
export function esclScanner(url: string, options: { id?: string; name?: string; times?: Partial<EsclTimes> } = {}): Scanner {
  const base = new URL(url.endsWith('/') ? url : `${url}/`);
  const times = { ...TIMES, ...options.times };
  let known: EsclCapabilities | undefined;

  const get = async (name: string, signal: AbortSignal): Promise<string> => {
    const answer = await exchange(new URL(name, base), { method: 'GET', signal, idleMs: times.answerMs });
    if (answer.status !== 200) {
      answer.body.resume();
      throw new ScanTrouble(reasonOf(answer.status), `${name}: HTTP ${answer.status}`);
    }
    return readText(answer, signal);
  };
  const parsed = <T>(read: (text: string) => T, text: string): T => {
    try {
      return read(text);
    } catch (error) {
      throw new ScanTrouble('protocol', error instanceof Error ? error.message : '', { cause: error });
    }
  };
  const capabilities = async (signal: AbortSignal): Promise<EsclCapabilities> => {
    known ??= parsed(readCapabilities, await get('ScannerCapabilities', signal));
    return known;
  };
  const status = async (signal: AbortSignal): Promise<ScannerStatus> => parsed(readStatus, await get('ScannerStatus', signal));

  /** Why the device refuses, from its status; `undefined` when it may be asked again. */
  const whyNot = async (options: ScanOptions, signal: AbortSignal): Promise<ScanTrouble | undefined> => {
    const now = await status(signal);
    if (now.reason === 'jam' || now.reason === 'cover-open' || now.reason === 'offline')
      return new ScanTrouble(now.reason, 'told by ScannerStatus');
    return options.source === 'feeder' && now.feederLoaded === false ? new ScanTrouble('feeder-empty') : undefined;
  };

  const startJob = async (options: ScanOptions, signal: AbortSignal): Promise<URL> => {
    const caps = await capabilities(signal);
    const side = caps.sources.find((s) => s.source === options.source);
    if (!side || (options.duplex && !side.duplex))
      throw new ScanTrouble('unsupported', `${options.source}${options.duplex ? ' duplex' : ''}`);
    if (!side.dpis.includes(options.dpi) || !side.colours.includes(options.colour)) {
      throw new ScanTrouble('unsupported', `${options.dpi} dpi ${options.colour}`);
    }
    const body = scanSettings(caps.version, options, side);
    for (let waited = 0; ;) {
      signal.throwIfAborted();
      // Never aborted itself: a job whose address we did not wait for could not be deleted and would keep the scanner busy.
      const answer = await exchange(new URL('ScanJobs', base), {
        method: 'POST',
        body,
        signal: AbortSignal.timeout(times.answerMs),
        idleMs: times.answerMs,
      }).catch((error: unknown) => {
        throw error instanceof ScanTrouble ? error : new ScanTrouble('timeout', 'ScanJobs');
      });
      answer.body.resume();
      if (answer.status === 201) {
        const location = answer.headers.location;
        if (!location) throw new ScanTrouble('protocol', 'job without Location');
        return jobUrl(location, base);
      }
      if (answer.status !== 503 && answer.status !== 409) throw new ScanTrouble(reasonOf(answer.status), `ScanJobs: HTTP ${answer.status}`);
      const trouble = await whyNot(options, signal);
      if (trouble) throw trouble;
      waited += await pause(answer, times.retryMs, signal);
      if (waited >= times.busyMs) throw new ScanTrouble('busy', 'HTTP 503 on ScanJobs');
    }
  };

  async function* scan(options: ScanOptions, dir: string, signal: AbortSignal): AsyncGenerator<ScannedPage> {
    const job = await startJob(options, signal);
    let number = 0;
    try {
      for (let waited = 0; ;) {
        const answer = await exchange(new URL(`${job.pathname}/NextDocument`, job), { method: 'GET', signal, idleMs: times.pageMs });
        if (answer.status === 200) {
          number += 1;
          waited = 0;
          const file = path.join(dir, pageFileName(number));
          const promised = answer.headers['content-length'];
          let bytes: number;
          try {
            bytes = await storeJpeg(answer.body as AsyncIterable<Uint8Array>, file, promised === undefined ? undefined : Number(promised));
          } catch (error) {
            throw networkTrouble(error, signal);
          }
          yield { file, type: 'image/jpeg', bytes, number };
          if (options.source === 'flatbed') return;
          continue;
        }
        answer.body.resume();
        if (answer.status === 404 || answer.status === 410) {
          // The same 404 also ends a job that stopped half-way: ask the device before calling it the end of the stack.
          const trouble = await whyNot(options, signal);
          if (trouble && trouble.reason !== 'feeder-empty') throw trouble;
          if (number === 0)
            throw trouble ?? new ScanTrouble(options.source === 'feeder' ? 'feeder-empty' : 'protocol', `HTTP ${answer.status}`);
          return;
        }
        if (answer.status !== 503 && answer.status !== 409)
          throw new ScanTrouble(reasonOf(answer.status), `NextDocument: HTTP ${answer.status}`);
        const trouble = await whyNot(options, signal);
        if (trouble?.reason === 'feeder-empty' && number > 0) return;
        if (trouble) throw trouble;
        waited += await pause(answer, times.retryMs, signal);
        if (waited >= times.pageMs) throw new ScanTrouble('timeout', 'no page came');
      }
    } finally {
      // Always, as sane-airscan does: some devices stay busy until their job is deleted, even one that ended by itself. The
      // caller's signal may be the reason that we are here, so this request has its own.
      await exchange(job, { method: 'DELETE', signal: AbortSignal.timeout(times.answerMs), idleMs: times.answerMs })
        .then((answer) => void answer.body.resume())
        .catch(() => undefined);
    }
  }

  return {
    id: options.id ?? `escl:${createHash('sha256').update(base.href).digest('hex').slice(0, 16)}`,
    get name() {
      return options.name ?? known?.makeAndModel ?? base.host;
    },
    kind: 'escl',
    address: url,
    capabilities: async (signal): Promise<Capabilities> => capabilities(signal),
    status,
    scan,
  };
}

const reasonOf = (status: number) =>
  status === 401 || status === 403 ? ('access-denied' as const) : status === 503 ? ('busy' as const) : ('protocol' as const);

/** The job's address on the host we already talk to: devices give names and ports that only they can resolve. */
export function jobUrl(location: string, base: URL): URL {
  const url = new URL(location, base);
  const job = new URL(base);
  job.pathname = url.pathname.replace(/\/+$/, '');
  return job;
}

/** Waits as long as the device asked for, 10 s at most. @returns the milliseconds waited */
async function pause(answer: EsclAnswer, fallback: number, signal: AbortSignal): Promise<number> {
  const asked = Number(answer.headers['retry-after']) * 1000;
  const ms = Math.min(Number.isFinite(asked) && asked > 0 ? Math.min(asked, fallback * 10) : fallback, 10_000);
  await sleep(ms, undefined, { signal });
  return ms;
}
