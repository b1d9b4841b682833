import { fileURLToPath } from 'node:url';
import type { Clock } from '../../store/index.ts';
import { createHealth, type HealthSource } from '../health.ts';
import type { Output } from '../scanner/native-protocol.ts';
import { createDriverProcess, type DriverProcess, type SpawnDriver } from '../scanner/native-process.ts';
import { ScanTrouble } from '../scanner/types.ts';

export type PresentToken = Output<'present'>[number];

export interface TokenWatch extends HealthSource {
  /** Looks now; the doctor does. */
  look(): Promise<void>;
  /** What the last look saw. */
  present(): readonly PresentToken[];
  /** Hears when a token came or went. */
  onPresence(listener: (tokens: readonly PresentToken[]) => void): () => void;
  close(): Promise<void>;
}

const child = fileURLToPath(new URL('child.ts', import.meta.url));
/** Between two looks; C_GetSlotList costs well under a millisecond. */
const POLL_MS = 3_000;
/** A module that does not answer this long hangs; a smart card reader that wakes up takes two seconds. */
const HUNG_MS = 12_000;

/** How often the list of modules itself is asked for: their files are looked into each time. */
const MODULES_MS = 30_000;

type Look = { readonly tokens: readonly PresentToken[]; readonly trouble: 'none' | 'broken' | 'restarting' };

/**
 * Presence of signing tokens: every few seconds each PKCS#11 module is asked, in a process of its own that stays open. Plugging
 * in and pulling out is told as a change of health within one poll; nothing is believed of any event of the system.
 * @param options.modules the modules that may be loaded now; asked again and again, so that a driver that is added later is seen
 * @param options.extra tokens that need no module: the key of training
 * @param options.busy while a batch holds the token, the batch itself watches it
 */
export function createTokenWatch(options: {
  clock: Clock;
  modules: () => readonly string[] | Promise<readonly string[]>;
  extra?: () => readonly PresentToken[];
  busy?: () => boolean;
  spawn?: SpawnDriver;
  env?: Readonly<Record<string, string>>;
  pollMs?: number;
  onError?: (error: unknown) => void;
}): TokenWatch {
  const pollMs = options.pollMs ?? POLL_MS;
  const cell = createHealth({ id: 'token', kind: 'token', name: 'Token ký số' }, options.clock);
  const listeners = new Set<(tokens: readonly PresentToken[]) => void>();
  const processes = new Map<string, DriverProcess>();
  let seen: readonly PresentToken[] = [];
  let looking: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let modules: readonly string[] = [];
  let modulesAt = -Infinity;

  const processOf = (module: string): DriverProcess => {
    const known = processes.get(module);
    if (known) return known;
    const made = createDriverProcess({
      module: child,
      times: { pulseMs: HUNG_MS },
      ...(options.spawn ? { spawn: options.spawn } : {}),
      ...(options.env ? { env: options.env } : {}),
    });
    processes.set(module, made);
    return made;
  };
  const ask = async (module: string): Promise<Look> => {
    try {
      return { tokens: await processOf(module).call('present', [module]), trouble: 'none' };
    } catch (error) {
      return { tokens: [], trouble: error instanceof ScanTrouble ? 'restarting' : 'broken' };
    }
  };
  const tell = (looks: readonly Look[]): void => {
    const tokens = [...new Map(looks.flatMap((one) => one.tokens).map((token) => [`${token.serial}/${token.label}`, token])).values()];
    const named = (list: readonly PresentToken[]) =>
      list
        .map((token) => `${token.serial}/${token.label}/${token.locked}`)
        .sort()
        .join();
    const changed = named(tokens) !== named(seen);
    seen = tokens;
    if (tokens.length > 0) {
      cell.seen();
      const locked = tokens.every((token) => token.locked);
      cell.set(locked ? 'attention' : 'ready', locked ? ['access-denied'] : []);
    } else if (looks.some((one) => one.trouble === 'restarting')) cell.set('attention', ['driver-restarting']);
    else if (looks.some((one) => one.trouble === 'broken')) cell.set('attention', ['protocol']);
    else cell.set('absent', ['unplugged']);
    if (changed) for (const listener of listeners) listener(tokens);
  };
  const lookOnce = async (fresh: boolean): Promise<void> => {
    if (options.busy?.()) return;
    if (fresh || performance.now() - modulesAt > MODULES_MS) {
      modules = await options.modules();
      modulesAt = performance.now();
    }
    for (const [module, process] of processes) {
      if (modules.includes(module)) continue;
      processes.delete(module);
      await process.close();
    }
    const extra: Look[] = options.extra ? [{ tokens: options.extra(), trouble: 'none' }] : [];
    const looks = await Promise.all(modules.map(ask));
    if (!closed && !options.busy?.()) tell([...extra, ...looks]);
  };
  const look = (fresh = true): Promise<void> =>
    (looking ??= lookOnce(fresh).finally(() => {
      looking = undefined;
    }));
  const again = (ms: number): void => {
    if (closed) return;
    timer = setTimeout(() => {
      void look(false)
        .catch((error: unknown) => options.onError?.(error))
        .finally(() => again(pollMs));
    }, ms);
    timer.unref();
  };
  again(Math.min(500, pollMs));

  return {
    health: () => [cell.current()],
    onHealth: (listener) => cell.on(listener),
    look: () => look(),
    present: () => seen,
    onPresence(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      await Promise.all([...processes.values()].map((process) => process.close()));
      await looking?.catch(() => undefined);
    },
  };
}
