import type { CanonicalDossier, CanonicalFile, CanonicalStatus } from '../canonical.ts';

/** A file as the province knows it after its upload. */
export interface RemoteFile {
  /** `IdTepTin`, or the address from which the province fetches it. */
  readonly remoteId: string;
}

/** Where an upload can be taken up again; the engine keeps it across restarts. */
export interface UploadMemory {
  readonly url: string | null;
  remember(url: string | null): void;
}

/** Bytes of a local file that were checked against its manifest before a single one leaves. */
export interface CheckedFile {
  readonly name: string;
  readonly size: number;
  readonly sha256: string;
  /** Yields the file from `offset`; throws a `file` problem before the last chunk when the whole is not what was scanned. */
  chunks(offset: number): AsyncIterable<Buffer>;
}

export interface UploadOptions {
  readonly memory: UploadMemory;
  readonly signal: AbortSignal;
  /** Bytes of this file that the other side has, or that left. */
  onProgress(bytes: number): void;
  /** Waits until `bytes` more may leave (bandwidth limit); null when there is none. */
  readonly pace: ((bytes: number) => Promise<void>) | null;
}

/** What was said on the wire, for the evidence. */
export interface Heard {
  readonly step: string;
  readonly key: string;
  readonly status: number | null;
  readonly reply: string;
  readonly tookMs: number;
  readonly outcome: string;
}

export interface SentDossier {
  readonly officialCode: string;
  /** Time by the province's clock; null when it names none. */
  readonly remoteAt: number | null;
}

export interface RemoteDossier {
  readonly code: string;
  readonly key: string | null;
  readonly revision: number;
  readonly status: number;
  readonly statusAt: number | null;
  /** SHA-256 of the files it holds, sorted. Null when this back end does not say. */
  readonly files: readonly string[] | null;
}

export interface RemoteChange {
  /** Grows; the next question starts after the last one heard. */
  readonly number: string;
  readonly code: string;
  readonly kind: 'status' | 'result' | 'supplement-request' | 'payment' | 'paper';
  readonly status: number | null;
  readonly value: string | null;
  readonly text: string;
  readonly at: number;
  readonly files: readonly { remoteId: string; name: string; sha256: string; size: number }[];
}

/** What the population data say of a person; null where they say nothing. */
export interface Citizen {
  readonly fullName: string | null;
  readonly birthDate: string | null;
  readonly sex: string | null;
  readonly address: string | null;
}

/**
 * One back end. Every method throws `ProvinceProblem`; a method that changes something takes a key, and the same key has one effect.
 * A third back end is one more folder beside these, made of this interface and a mapping file.
 */
export interface Adapter {
  readonly name: string;
  /** Is this a reason that the mapping file explains? A conflict (409) without one is tried again. */
  knowsReason(code: string | undefined): boolean;
  /** Gets a session or token with what is in the safe; throws `sign-in` when the province says no. */
  signIn(signal: AbortSignal): Promise<void>;
  /** Forgets the token, so that the next call gets a new one. */
  forgetSession(): void;
  /** The province's next dossier code; null when this back end gives none (then the counter's own numbering stands). */
  nextCode(agencyCode: string, key: string, options: { signal: AbortSignal; timeoutMs?: number }): Promise<string | null>;
  /** Was this key carried out? Also answers the code it was carried out for. */
  find(
    question: {
      key: string;
      code: string;
      what: 'create' | 'progress' | 'status';
      dossier: CanonicalDossier | null;
      status: CanonicalStatus | null;
    },
    signal: AbortSignal,
  ): Promise<SentDossier | null>;
  upload(file: CheckedFile, options: UploadOptions): Promise<RemoteFile>;
  create(
    request: { key: string; revision: number; code: string; dossier: CanonicalDossier; remoteId: (file: CanonicalFile) => string },
    signal: AbortSignal,
  ): Promise<SentDossier>;
  progress(request: { key: string; code: string; status: CanonicalStatus }, signal: AbortSignal): Promise<void>;
  status(
    request: { key: string; code: string; status: CanonicalStatus; remoteId: (file: CanonicalFile) => string },
    signal: AbortSignal,
  ): Promise<void>;
  /** All dossiers of an agency that the province holds for a day, in pages. */
  list(agencyCode: string, day: string, signal: AbortSignal): AsyncIterable<RemoteDossier>;
  /** What changed over there after `number` (empty string: from the beginning). */
  changes(agencyCode: string, after: string, signal: AbortSignal): Promise<RemoteChange[]>;
  /** How far the province's clock was ahead of ours at its last answer, ms; null when it has not answered yet. */
  clockSkewMs(): number | null;
  /** What the national population data say about a person; null when they know nobody. The caller records the look-up. */
  lookUp(idNumber: string, signal: AbortSignal): Promise<Citizen | null>;
  /** Bytes of a file that came back; checked against its hash by the caller. */
  download(remoteId: string, signal: AbortSignal): Promise<Buffer>;
  close(): void;
}

export interface AdapterDeps {
  /** Hears every answer; the engine writes it down as evidence. */
  readonly heard: (heard: Heard) => void;
}
