import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { answer, calls, type CallName, type Input, type Output, type Request } from './native-protocol.ts';
import { ScanTrouble } from './types.ts';

/** A child process as plain Node and Electron's utilityProcess both can give it. */
export interface DriverChild {
  /** Of the operating system, where it is known. */
  readonly pid?: number;
  send(message: Request): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, however it ended. */
  onExit(listener: (how: string) => void): void;
  kill(): void;
}
export type SpawnDriver = (module: string, env: Readonly<Record<string, string>>) => DriverChild;

/** Under plain Node. Electron's shell hands in its own, made of utilityProcess. */
export const forkDriver: SpawnDriver = (module, env) => {
  const child = fork(module, [], { env: { ...process.env, ...env }, execArgv: [], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  let ended = false;
  const exits: ((how: string) => void)[] = [];
  const end = (how: string) => {
    if (ended) return;
    ended = true;
    for (const listener of exits) listener(how);
  };
  child.once('exit', (code, signal) => end(signal ?? `exit ${code}`));
  child.once('error', (error) => end(error.message));
  return {
    ...(child.pid === undefined ? {} : { pid: child.pid }),
    send: (message) => void (child.connected && child.send(message, () => undefined)),
    onMessage: (listener) => void child.on('message', listener),
    onExit: (listener) => void exits.push(listener),
    kill: () => void child.kill('SIGKILL'),
  };
};

export interface DriverTimes {
  /** The process must answer a pulse within this; its event loop does nothing that takes long. */
  readonly pulseMs: number;
  /** The driver may stand still for this long: a page on a slow feeder moves within it. */
  readonly hungMs: number;
  /** How long a cancelled page may take to let go before the process is killed. */
  readonly cancelMs: number;
  /** Longest pause between two looks at the pulse. */
  readonly lookMs: number;
  /** First pause after a crash; doubles up to a minute while crashes follow each other. */
  readonly backOffMs: number;
}
const TIMES: DriverTimes = { pulseMs: 10_000, hungMs: 90_000, cancelMs: 10_000, lookMs: 1_000, backOffMs: 500 };
const LONGEST_PAUSE_MS = 60_000;

export interface DriverProcess {
  /**
   * One call in the child, started when there is none.
   * @param signal cancels a page; the promise then rejects once the driver let go or was killed
   * @throws ScanTrouble `driver-crashed` (also during the pause after a crash), `timeout` when it hung; Error with the driver's words
   */
  call<N extends CallName>(name: N, args: Input<N>, signal?: AbortSignal): Promise<Output<N>>;
  /** `down` while a pause after a crash lasts. */
  state(): 'idle' | 'running' | 'down';
  /** Crashes and kills since the last page, slip or look at a token that worked. */
  crashes(): number;
  close(): Promise<void>;
}

interface Pending {
  name: CallName;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

export function createDriverProcess(
  options: { spawn?: SpawnDriver; module?: string; env?: Readonly<Record<string, string>>; times?: Partial<DriverTimes> } = {},
): DriverProcess {
  const times = { ...TIMES, ...options.times };
  const spawn = options.spawn ?? forkDriver;
  const module = options.module ?? fileURLToPath(new URL('native-child.ts', import.meta.url));
  const pending = new Map<number, Pending>();
  let child: DriverChild | undefined;
  let exited: Promise<void> = Promise.resolve();
  let nextId = 1;
  let crashes = 0;
  let downUntil = 0;
  let killedFor: ScanTrouble | undefined;
  let closed = false;
  let watch: NodeJS.Timeout | undefined;
  let heardAt = 0;
  let movedAt = 0;
  let moved = -1;

  const now = () => performance.now();
  const kill = (why: ScanTrouble): void => {
    killedFor ??= why;
    child?.kill();
  };

  const look = (): void => {
    if (pending.size === 0 || !child) return stopWatch();
    if (now() - heardAt > times.pulseMs) return kill(new ScanTrouble('timeout', 'driver process does not answer'));
    if (now() - movedAt > times.hungMs) return kill(new ScanTrouble('timeout', 'driver hangs'));
    child.send({ type: 'pulse' });
  };
  const startWatch = (): void => {
    if (watch) return;
    heardAt = movedAt = now();
    watch = setInterval(look, Math.max(20, Math.min(times.lookMs, times.pulseMs / 4, times.hungMs / 4)));
    watch.unref();
  };
  const stopWatch = (): void => {
    clearInterval(watch);
    watch = undefined;
  };

  const hear = (data: unknown): void => {
    const parsed = answer.safeParse(data);
    if (!parsed.success) return kill(new ScanTrouble('driver-crashed', 'driver process spoke nonsense'));
    const message = parsed.data;
    heardAt = now();
    if (message.type === 'pulse') {
      if (message.moved !== moved || message.moved === -1) movedAt = now();
      moved = message.moved;
      return;
    }
    movedAt = now();
    const call = pending.get(message.id);
    pending.delete(message.id);
    if (!call) return;
    if (message.type === 'failure') return call.reject(new Error(message.message));
    const value = calls[call.name].output.safeParse(message.value);
    if (!value.success) return call.reject(new ScanTrouble('driver-crashed', `driver process answered ${call.name} with nonsense`));
    if (call.name === 'page' || call.name === 'print' || call.name === 'present') crashes = 0;
    call.resolve(value.data);
  };

  const start = (): DriverChild => {
    const started = spawn(module, options.env ?? {});
    child = started;
    killedFor = undefined;
    started.onMessage(hear);
    exited = new Promise((resolve) => {
      started.onExit((how) => {
        if (child === started) child = undefined;
        stopWatch();
        if (!closed) {
          crashes += 1;
          downUntil = now() + Math.min(LONGEST_PAUSE_MS, times.backOffMs * 2 ** (crashes - 1));
        }
        const trouble = killedFor ?? new ScanTrouble('driver-crashed', how);
        for (const call of pending.values()) call.reject(trouble);
        pending.clear();
        resolve();
      });
    });
    return started;
  };

  return {
    call<N extends CallName>(name: N, args: Input<N>, signal?: AbortSignal) {
      if (closed) return Promise.reject(new ScanTrouble('interrupted', 'closing'));
      if (!child && now() < downUntil) return Promise.reject(new ScanTrouble('driver-crashed', 'waiting before the next start'));
      const at = child ?? start();
      const id = nextId;
      nextId += 1;
      return new Promise<Output<N>>((resolve, reject) => {
        let deadline: NodeJS.Timeout | undefined;
        const cancel = () => {
          at.send({ type: 'cancel' });
          deadline = setTimeout(() => kill(new ScanTrouble('timeout', 'driver does not let go')), times.cancelMs);
        };
        const settle = () => {
          clearTimeout(deadline);
          signal?.removeEventListener('abort', cancel);
        };
        pending.set(id, {
          name,
          resolve: (value) => {
            settle();
            resolve(value as Output<N>);
          },
          reject: (error) => {
            settle();
            reject(error);
          },
        });
        startWatch();
        at.send({ type: 'call', id, name, args });
        if (signal?.aborted) cancel();
        else signal?.addEventListener('abort', cancel);
      });
    },
    state: () => (child ? 'running' : now() < downUntil ? 'down' : 'idle'),
    crashes: () => crashes,
    async close() {
      closed = true;
      child?.kill();
      await exited;
    },
  };
}
