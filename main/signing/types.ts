import type { Clock, Store } from '../store/index.ts';
import type { Blanks, VisibleForm } from './appearance/index.ts';
import type { Place, Step } from './batch/journal.ts';
import type { Level } from './sign.ts';
import type { Spawn, TokenProcessOptions } from './tokens/index.ts';

/** What other rooms hear when a document has a new signature. `file` is the signed copy. Told at least once. */
export interface SignedResult {
  /** False while number, date and seal are still to come: nothing may be handed over yet. */
  readonly complete: boolean;
  readonly documentId: string;
  readonly dossierId: string;
  readonly file: string;
  readonly sha256: string;
  readonly level: Level;
  readonly signer: string;
  readonly signedAt: number;
}

export interface FileLink {
  readonly url: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

export interface SigningDeps {
  readonly store: Store;
  /** Signed copies, evidence, the key of training. */
  readonly dataDir: string;
  readonly spawn?: Spawn;
  /** In training mode the PKCS#12 key may be used, and results say TẬP HUẤN. */
  readonly training: boolean;
  /** Paths of PKCS#11 modules, beside those of the known-name table. */
  readonly modules: readonly string[];
  /** Leave out the known-name table; tests do. */
  readonly onlyTheseModules?: boolean;
  readonly linkFile: (path: string) => FileLink | Promise<FileLink>;
  /** May be asynchronous; one that throws is told again at the next start. */
  readonly onSigned: (result: SignedResult) => void | Promise<void>;
  readonly clock: Clock;
  /** The agency that seals. */
  readonly agency?: string;
  readonly tokenProcess?: Partial<TokenProcessOptions>;
  readonly onError?: (error: unknown) => void;
  /** Patience with the timestamp server; tests shorten it. */
  readonly tsa?: { readonly timeoutMs?: number; readonly tries?: number; readonly pauseMs?: number };
  /** How often a pulled token is looked for. */
  readonly pollMs?: number;
}

export interface WorklistAddition {
  readonly dossierId: string;
  readonly dossierCode: string;
  readonly documentId: string;
  readonly file: string;
  readonly title: string;
  readonly form: VisibleForm;
  /** Who signs, in order; the leader alone when not given. */
  readonly steps?: readonly Step[];
  /** The place that the document leaves free for the signature, in points, `page` from 0. */
  readonly area?: Place | null;
  /** Where number and date are left blank for the clerk. */
  readonly blanks?: Blanks | null;
}
