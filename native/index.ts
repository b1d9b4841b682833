import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { addonFile } from './build.ts';

export { NativeBuildError, addonFile, ensureNative, isBuilt } from './build.ts';

/** A picture as rows of samples, top row first, no padding. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** width × height × channels bytes. */
  readonly data: Buffer;
}

/** libjpeg-turbo, found at run time. Every call throws an Error in its words when the data is bad. */
export interface NativeJpeg {
  /** Why it cannot be used, or null. */
  problem(): string | null;
  /** @param quality 1 to 100; @param dpi written into the JFIF header */
  encode(raw: Uint8Array, width: number, height: number, channels: 1 | 3, quality: number, dpi: number): Buffer;
  /** Decodes at `eighths`/8 of the size (1 to 8, rounded up), which costs that much less. */
  decode(jpeg: Uint8Array, eighths: number, channels: 1 | 3): Pixels;
}

export interface SaneOption {
  readonly name: string;
  readonly title: string;
  readonly type: 'bool' | 'int' | 'fixed' | 'string' | 'button' | 'group';
  readonly unit: 'none' | 'pixel' | 'bit' | 'mm' | 'dpi' | 'percent' | 'microsecond';
  readonly active: boolean;
  readonly settable: boolean;
  readonly range?: { readonly min: number; readonly max: number; readonly quant: number };
  readonly numbers?: readonly number[];
  readonly words?: readonly string[];
  readonly value?: string | number | boolean;
}

/**
 * libsane on its own thread; only in a child process, because drivers crash and hang. Errors are Errors whose message
 * starts with `SANE <status>`, `CANCELLED`, `SHORT`, `UNSUPPORTED` or `ERRNO <number>`.
 */
export interface NativeSane {
  devices(): Promise<{ name: string; vendor: string; model: string; type: string }[]>;
  /** One device at a time; opening another closes the first. */
  open(name: string): Promise<void>;
  options(): Promise<SaneOption[]>;
  set(option: string, value: string | number | boolean): Promise<void>;
  /** Scans the next page into a JPEG file. The byte count of every page is checked. */
  page(file: string, quality: number, dpi: number): Promise<{ width: number; height: number; bytes: number }>;
  /** Raises the flag; the page under way rejects with `CANCELLED` after the device let go. */
  cancel(): void;
  /** After the last page of a stack; also lowers the cancel flag. */
  end(): Promise<void>;
  close(): Promise<void>;
}

/** WIA in the words of SANE, so that one driver serves both. */
export interface NativeWia extends NativeSane {
  /** `version` is the interface of Windows that answers: 2, or 1 on old systems, 0 for none; `steps` are the HRESULTs. */
  probe(): Promise<{ version: 0 | 1 | 2; steps: { devMgr2: string; devMgr1: string } }>;
}

/**
 * The Windows spooler in raw mode; only in a child process. Errors are `SPOOLER <code of Windows> <call>`. Numbers are the
 * bits of `winspool.h`.
 */
export interface NativeSpooler {
  printers(): Promise<{ name: string; port: string; driver: string; attributes: number }[]>;
  state(queue: string): Promise<{ status: number; attributes: number; jobs: number }>;
  /** Hands a whole slip over. @returns the number of its job; when a part was refused nothing stays in the queue */
  print(queue: string, title: string, bytes: Uint8Array): Promise<number>;
  /** JOB_STATUS bits; null when the queue does not hold the job any more. */
  job(queue: string, id: number): Promise<number | null>;
  deleteJob(queue: string, id: number): Promise<void>;
}

/** What pkcs11js cannot say to a token with a pin pad; only in the token's child process. */
export interface NativePinpad {
  /**
   * C_Login with a NULL PIN on a session of a module that is loaded and initialised in this process.
   * @param session the handle as pkcs11js keeps it; @param user CKU_USER or CKU_CONTEXT_SPECIFIC
   * @returns CK_RV
   */
  loginOnPad(module: string, session: Uint8Array, user: number): number;
}

export interface Native {
  readonly jpeg: NativeJpeg;
  readonly pinpad: NativePinpad;
  /** Of scanners and spooler: grows while the driver moves, stands still while it hangs, -1 while it has nothing to do. */
  pulse(): number;
  readonly sane?: NativeSane;
  readonly wia?: NativeWia;
  readonly spooler?: NativeSpooler;
}

export class NativeMissingError extends Error {}

let loaded: Native | undefined;

/** Loads the built addon. @throws NativeMissingError when it was not built for this machine */
export function loadNative(file: string = addonFile): Native {
  if (loaded) return loaded;
  if (!existsSync(file)) throw new NativeMissingError('The scanner addon is not built: run "node native/build.ts".');
  loaded = createRequire(import.meta.url)(file) as Native;
  return loaded;
}
