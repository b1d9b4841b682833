import type { Refusal } from '../../contract/refusal.ts';
import { attributesDigest } from '../cms/index.ts';
import type { PreparedFile, Signer } from '../sign.ts';
import { TokenError, troubleSentence, type OpenKey } from '../tokens/index.ts';
import { Stopped, type Halt } from './halt.ts';

/** A signature says when it was made: a file that was prepared longer ago is prepared anew. */
const FRESH_MS = 10_000;
/** A token that answers within this time gets the next request while it works; a pin pad waits for fingers and gets none. */
const QUICK_MS = 3000;
const POLL_MS = 1000;

interface Request {
  readonly prepared: PreparedFile;
  readonly signature: Promise<Buffer>;
}

interface LaneDeps {
  readonly halt: Halt;
  readonly now: () => number;
  readonly pollMs: number | undefined;
  /** Before a pause: everything that is on its way is finished and in the journal. */
  readonly settle: () => Promise<void>;
}

/** The way to the token: one signature after the other, through removals and returns. What its troubles mean is decided here. */
export class Lane {
  private readonly deps: LaneDeps;
  private key: OpenKey | null;
  /** Certificate and algorithms stay the same for the whole batch, even while the key is away. */
  private template: Signer | null;
  /** The next file's request, already with the token. */
  private early: Request | null = null;
  /** The request that is waited for. */
  private current: object | null = null;
  private quick: boolean;

  constructor(key: OpenKey | null, deps: LaneDeps) {
    this.key = key;
    this.template = key?.signer ?? null;
    this.quick = key?.attended === false;
    this.deps = deps;
  }

  get signer(): Signer | null {
    return this.template;
  }

  get open(): boolean {
    return this.key !== null;
  }

  /** Takes a newly opened key in the place of the old one. */
  async take(key: OpenKey): Promise<void> {
    await this.key?.close();
    this.key = key;
    this.template ??= key.signer;
  }

  /** The PIN is gone afterwards. */
  async close(): Promise<void> {
    const key = this.key;
    this.key = null;
    this.early = null;
    await key?.close();
  }

  /** Requests that the token has not begun are taken back. */
  drop(): void {
    this.key?.drop();
  }

  /** Too old to be signed now. */
  stale(prepared: PreparedFile): boolean {
    return this.early?.prepared !== prepared && this.deps.now() - prepared.request.signedAt > FRESH_MS;
  }

  /**
   * One signature, through removals and returns of the token.
   * @param next the file that comes after this one, as soon as it is prepared
   * @returns null when it took so long that the file must be prepared anew. @throws Stopped
   */
  async sign(prepared: PreparedFile, next: Promise<PreparedFile | null>): Promise<Buffer | null> {
    let tokenErrors = 0;
    while (!this.stale(prepared)) {
      const key = this.key;
      if (!key) {
        await this.pause(this.deps.halt.why ?? troubleSentence(new TokenError('needs-pin', 'NO_KEY')));
        continue;
      }
      const begun = performance.now();
      const request = this.early?.prepared === prepared ? this.early : ask(key, prepared);
      this.early = null;
      this.current = request;
      void next.then((file) => this.askEarly(key, request, file));
      try {
        const signature = await request.signature;
        this.quick = performance.now() - begun < QUICK_MS;
        return signature;
      } catch (error) {
        this.early = null; // its session is gone, so the child refused it unsent
        if (!(error instanceof TokenError)) throw error;
        tokenErrors += error.trouble === 'token-error' ? 1 : 0;
        await this.recover(error, tokenErrors);
      } finally {
        this.current = null;
      }
    }
    return null;
  }

  private askEarly(key: OpenKey, before: object, file: PreparedFile | null): void {
    if (!file || this.early || this.current !== before || this.key !== key || !this.quick) return;
    if (this.deps.halt.cancelled || this.stale(file)) return;
    this.early = ask(key, file);
    this.early.signature.catch(() => undefined); // heard when its turn comes
  }

  /** Decides what a token's trouble means for the batch: try again, pause, or stop. */
  private async recover(error: TokenError, tokenErrors: number): Promise<void> {
    switch (error.trouble) {
      case 'wrong-pin':
      case 'pin-locked':
      case 'pin-expired':
      case 'pin-format':
      case 'no-key':
        this.deps.halt.why = troubleSentence(error);
        throw new Stopped();
      case 'removed':
      case 'no-token':
        return this.awaitToken(error);
      case 'crashed':
      case 'hung':
      case 'not-loaded':
      case 'needs-pin':
        await this.close();
        return this.pause(troubleSentence(error));
      case 'cancelled':
      case 'token-error':
        if (this.deps.halt.cancelled) throw new Stopped();
        // The session was thrown away after the failure; once more on a fresh one, then the officer decides.
        if (error.trouble === 'cancelled' || tokenErrors > 1) await this.pause(troubleSentence(error));
        if (this.key) await this.reattach();
    }
  }

  private async pause(why: Refusal): Promise<void> {
    this.deps.halt.why = why;
    await this.deps.settle();
    await this.deps.halt.pause(why);
  }

  private async reattach(): Promise<void> {
    try {
      await this.key?.reattach();
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      await this.recover(error, 2);
    }
  }

  /** The token is out: look once a second whether the same one is back. The officer may resume or cancel meanwhile. */
  private async awaitToken(error: TokenError): Promise<void> {
    const { halt, pollMs } = this.deps;
    halt.paused(troubleSentence(error));
    for (;;) {
      await halt.sleep(pollMs ?? POLL_MS);
      if (halt.cancelled) throw new Stopped();
      const key = this.key;
      if (!key) return;
      try {
        await key.reattach();
        halt.running();
        return;
      } catch (again) {
        if (!(again instanceof TokenError)) throw again;
        if (again.trouble !== 'removed' && again.trouble !== 'no-token' && again.trouble !== 'token-error') return this.recover(again, 0);
      }
    }
  }
}

function ask(key: OpenKey, prepared: PreparedFile): Request {
  const { signer } = key;
  return { prepared, signature: signer.sign(attributesDigest(prepared.attributes, signer.hash), prepared.attributes) };
}
