import type { Clock } from '../../store/index.ts';
import { ScanTrouble, type Capabilities, type ScanReason, type Scanner, type ScannerFinder } from './types.ts';

export type ScannerState = 'absent' | 'connecting' | 'ready' | 'busy' | 'attention' | 'error';

/** What the counter knows about one scanner: told by the device itself, at `lastSeen`. */
export interface KnownScanner {
  readonly scanner: Scanner;
  readonly state: ScannerState;
  readonly reason: ScanReason | null;
  readonly feederLoaded: boolean | null;
  readonly capabilities: Capabilities | null;
  /** When `state` and `reason` became what they are. */
  readonly since: number;
  readonly lastSeen: number | null;
}

/** What keeps a finder from looking: the reason, and the driver's own words for the administrator. */
export interface FinderProblem {
  readonly reason: ScanReason;
  readonly words: string;
}

export interface Registry {
  all(): readonly KnownScanner[];
  get(id: string): KnownScanner | undefined;
  /** Looks for scanners until the finders end or `ms` are over; each one counts as soon as it answers. */
  discover(ms: number): Promise<void>;
  /** Asks every known scanner how it is. */
  check(): Promise<void>;
  /** While a scan runs the scan itself knows better than a status question. */
  setBusy(id: string, busy: boolean): void;
  /** A scan met trouble: the device says so until its next answer says otherwise. */
  note(id: string, reason: ScanReason): void;
  /** Why a way to find scanners does not work here, such as a driver that is not installed. */
  problems(): readonly FinderProblem[];
  close(): Promise<void>;
}

const CHECK_MS = 4_000;

/** Trouble that lies with the device, not with the question. */
const stateOf = (reason: ScanReason): ScannerState =>
  reason === 'offline' || reason === 'timeout' || reason === 'driver-missing'
    ? 'absent'
    : reason === 'busy'
      ? 'busy'
      : reason === 'protocol' || reason === 'driver-crashed'
        ? 'error'
        : 'attention';

/** A driver that hangs must not hold up the questions to the other scanners. */
function inTime<T>(question: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new ScanTrouble('timeout', 'no answer in time'));
    signal.addEventListener('abort', late, { once: true });
    question.then(resolve, reject).finally(() => signal.removeEventListener('abort', late));
  });
}

/**
 * Keeps the scanners of this counter and the truth about each: a heartbeat asks them, so that one that was unplugged is
 * missed and one that comes back is there again without a click.
 * @param options.heartbeatMs pause between rounds; 0 for none (tests ask themselves)
 */
export function createRegistry(options: {
  fixed: readonly Scanner[];
  finders: readonly ScannerFinder[];
  clock: Clock;
  heartbeatMs: number;
  onChange: () => void;
}): Registry {
  const { clock } = options;
  const known = new Map<string, KnownScanner>();
  const scanning = new Set<string>();
  const problems = new Map<ScannerFinder, FinderProblem>();
  const end = new AbortController();
  let round: Promise<void> | undefined;

  const put = (id: string, change: Partial<KnownScanner>): void => {
    const before = known.get(id);
    if (!before) return;
    const next = { ...before, ...change };
    const same = next.state === before.state && next.reason === before.reason;
    known.set(id, same ? { ...next, since: before.since } : { ...next, since: clock.now() });
    if (!same || next.feederLoaded !== before.feederLoaded || next.capabilities !== before.capabilities) options.onChange();
  };
  const add = (scanner: Scanner): void => {
    const before = known.get(scanner.id);
    // A network scanner that got a new address is the same one; what was known of it was known of the old address.
    if (before && before.scanner.address === scanner.address) return;
    known.set(scanner.id, {
      scanner,
      state: 'connecting',
      reason: null,
      feederLoaded: null,
      capabilities: null,
      since: clock.now(),
      lastSeen: null,
    });
    options.onChange();
  };
  const ask = async (id: string): Promise<void> => {
    const entry = known.get(id);
    if (!entry || scanning.has(id)) return;
    const signal = AbortSignal.any([end.signal, AbortSignal.timeout(CHECK_MS)]);
    try {
      const capabilities = entry.capabilities ?? (await inTime(entry.scanner.capabilities(signal), signal));
      const status = await inTime(entry.scanner.status(signal), signal);
      if (scanning.has(id)) return;
      put(id, {
        capabilities,
        state: status.state,
        reason: status.reason ?? null,
        feederLoaded: status.feederLoaded ?? null,
        lastSeen: clock.now(),
      });
    } catch (error) {
      if (end.signal.aborted || scanning.has(id)) return;
      const reason = error instanceof ScanTrouble ? error.reason : 'timeout';
      put(id, { state: stateOf(reason), reason, feederLoaded: null });
    }
  };

  for (const scanner of options.fixed) add(scanner);
  const check = (): Promise<void> => {
    round ??= Promise.all([...known.keys()].map(ask))
      .then(() => undefined)
      .finally(() => (round = undefined));
    return round;
  };
  const timer = options.heartbeatMs > 0 ? setInterval(() => void check(), options.heartbeatMs) : undefined;
  timer?.unref();

  return {
    all: () => [...known.values()],
    get: (id) => known.get(id),
    async discover(ms) {
      const signal = AbortSignal.any([end.signal, AbortSignal.timeout(ms)]);
      await Promise.all(
        options.finders.map(async (finder) => {
          problems.delete(finder);
          try {
            for await (const scanner of finder.find(signal)) {
              add(scanner);
              await ask(scanner.id);
            }
          } catch (error) {
            if (error instanceof ScanTrouble) problems.set(finder, { reason: error.reason, words: error.message });
            else if (!signal.aborted) throw error;
          }
        }),
      );
      await check();
    },
    check,
    setBusy(id, busy) {
      if (busy) {
        scanning.add(id);
        put(id, { state: 'busy', reason: null, lastSeen: clock.now() });
      } else if (scanning.delete(id)) {
        put(id, { state: 'ready', reason: null, lastSeen: clock.now() });
      }
    },
    note: (id, reason) => put(id, { state: stateOf(reason), reason, ...(reason === 'feeder-empty' ? { feederLoaded: false } : {}) }),
    problems: () => [...problems.values()],
    async close() {
      end.abort();
      clearInterval(timer);
      await round;
    },
  };
}
