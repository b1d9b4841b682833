import { setTimeout as wait } from 'node:timers/promises';
import type { ChildAnswer, ChildMessage, ChildRequest, Selected, TokenDescription, TokenFlags, TokenTrouble } from './protocol.ts';
import { forkChild, type Child, type Spawn } from './spawn.ts';

/** What went wrong at the token, with PKCS#11's own code. Holds no PIN and no personal data. */
export class TokenError extends Error {
  readonly trouble: TokenTrouble;
  readonly code: string;
  constructor(trouble: TokenTrouble, code: string, text = code) {
    super(`${trouble}: ${text}`);
    this.trouble = trouble;
    this.code = code;
  }
}

export interface TokenProcessOptions {
  readonly module: string;
  readonly spawn?: Spawn;
  /** Milliseconds; a call that takes longer means that the driver hangs, and the process is ended. */
  readonly limits?: Partial<Record<ChildRequest['do'], number>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Pause between load and C_Initialize. */
  readonly settleMs?: number;
}

/** A signature takes 0.2 to 3 s on a real token; a pin pad waits for fingers. */
const LIMITS: Record<ChildRequest['do'], number> = {
  load: 15_000,
  tokens: 20_000,
  flags: 10_000,
  login: 120_000,
  reattach: 20_000,
  select: 20_000,
  sign: 60_000,
  drop: 10_000,
  finish: 2_000,
};

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: TokenError) => void;
  readonly call: ChildRequest['do'];
}

/** One PKCS#11 module in its own process, with a watchdog per call. Ended by `end`, by a crash, or by the watchdog. */
export class TokenProcess {
  private readonly child: Child;
  /** In the order in which the child works. */
  private readonly waiting = new Map<number, Waiting>();
  private watchdog: NodeJS.Timeout | null = null;
  private watched: ChildRequest['do'] | null = null;
  private readonly limits: Record<ChildRequest['do'], number>;
  private nextId = 1;
  private over: TokenError | null = null;
  private readonly gone: Promise<void>;

  private constructor(options: TokenProcessOptions) {
    this.limits = { ...LIMITS, ...options.limits };
    this.child = (options.spawn ?? forkChild)(new URL('./child.ts', import.meta.url), 'Quầy: token', options.env);
    this.child.onMessage((message) => this.hear(message as ChildAnswer));
    let left!: () => void;
    this.gone = new Promise((resolve) => (left = resolve));
    this.child.onExit((code) => {
      this.stop(new TokenError('crashed', code === null ? 'KILLED' : `EXIT_${code}`));
      left();
    });
  }

  /** Starts the process and loads the module. @throws TokenError not-loaded, crashed or hung */
  static async start(options: TokenProcessOptions): Promise<TokenProcess> {
    const process = new TokenProcess(options);
    try {
      await process.ask({ do: 'load', module: options.module, settleMs: options.settleMs ?? 50 });
      return process;
    } catch (error) {
      process.kill();
      throw error;
    }
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  get ended(): boolean {
    return this.over !== null;
  }

  tokens(): Promise<TokenDescription[]> {
    return this.ask({ do: 'tokens' }) as Promise<TokenDescription[]>;
  }

  flags(serial: string): Promise<TokenFlags> {
    return this.ask({ do: 'flags', serial }) as Promise<TokenFlags>;
  }

  async login(serial: string, pin: string | null): Promise<void> {
    await this.ask({ do: 'login', serial, pin });
  }

  async reattach(serial: string): Promise<void> {
    await this.ask({ do: 'reattach', serial });
  }

  select(request: Omit<Extract<ChildRequest, { do: 'select' }>, 'do'>): Promise<Selected> {
    return this.ask({ do: 'select', ...request }) as Promise<Selected>;
  }

  async sign(request: Omit<Extract<ChildRequest, { do: 'sign' }>, 'do'>): Promise<Buffer> {
    return Buffer.from((await this.ask({ do: 'sign', ...request })) as Uint8Array);
  }

  /** Takes back the signatures that the token has not begun: their calls fail as `cancelled`. */
  drop(): void {
    if (!this.over) this.ask({ do: 'drop' }).catch(() => undefined);
  }

  /** Logs out and finalises; a driver that hangs in C_Finalize is ended after two seconds. Never throws. */
  async end(): Promise<void> {
    if (!this.over) {
      try {
        await this.ask({ do: 'finish' });
      } catch {
        // Hung or crashed: ended below either way.
      }
      await Promise.race([this.gone, wait(500, undefined, { ref: false })]);
    }
    this.kill();
    await this.gone;
  }

  kill(): void {
    this.child.kill();
    this.stop(new TokenError('cancelled', 'ENDED'));
  }

  private ask(request: ChildRequest): Promise<unknown> {
    if (this.over) return Promise.reject(this.over);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, call: request.do });
      if (this.waiting.size === 1) this.watch(request.do);
      this.child.post({ id, request } satisfies ChildMessage);
    });
  }

  /** A call has its time from the moment when the one before it was answered. */
  private watch(call: ChildRequest['do']): void {
    if (this.watched === call && this.watchdog) {
      this.watchdog.refresh();
      return;
    }
    this.rest();
    this.watched = call;
    this.watchdog = setTimeout(() => {
      if (this.waiting.size === 0) return;
      this.stop(new TokenError('hung', call));
      this.child.kill();
    }, this.limits[call]).unref();
  }

  private hear(answer: ChildAnswer): void {
    const waiting = this.waiting.get(answer.id);
    if (!waiting) return;
    this.waiting.delete(answer.id);
    const [next] = this.waiting.values();
    if (next) this.watch(next.call);
    if (answer.error) waiting.reject(new TokenError(answer.error.trouble, answer.error.code, answer.error.text));
    else waiting.resolve(answer.ok);
  }

  private rest(): void {
    if (this.watchdog) clearTimeout(this.watchdog);
    this.watchdog = null;
  }

  private stop(reason: TokenError): void {
    this.over ??= reason;
    this.rest();
    for (const waiting of this.waiting.values()) waiting.reject(reason);
    this.waiting.clear();
  }
}
