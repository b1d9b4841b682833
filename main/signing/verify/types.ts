/** Words of ETSI EN 319 102-1, 5.1.3, with NO-SIGNATURE for a file that carries none. */
export type Verdict = 'TOTAL-PASSED' | 'INDETERMINATE' | 'TOTAL-FAILED';
export type FileVerdict = Verdict | 'NO-SIGNATURE';

/** ETSI EN 319 102-1, tables 5 and 6. */
export type SubIndication =
  | 'FORMAT_FAILURE'
  | 'HASH_FAILURE'
  | 'SIG_CRYPTO_FAILURE'
  | 'REVOKED'
  | 'EXPIRED'
  | 'NOT_YET_VALID'
  | 'SIG_CONSTRAINTS_FAILURE'
  | 'CHAIN_CONSTRAINTS_FAILURE'
  | 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE'
  | 'NO_SIGNING_CERTIFICATE_FOUND'
  | 'NO_CERTIFICATE_CHAIN_FOUND'
  | 'REVOKED_NO_POE'
  | 'OUT_OF_BOUNDS_NO_POE'
  | 'TIMESTAMP_ORDER_FAILURE'
  | 'TRY_LATER';

/** What later revisions did to the document, from nothing to anything. */
export type Modifications = 'NONE' | 'LTA_UPDATES' | 'FORM_FILLING' | 'ANNOTATIONS' | 'OTHER';

/** DocTimeStamp: a document timestamp; CMS: a plain PKCS#7 signature without the attributes of PAdES. */
export type Level = 'B-B' | 'B-T' | 'B-LT' | 'B-LTA' | 'DocTimeStamp' | 'CMS' | null;

export interface SignatureVerification {
  /** Full name of the field. */
  field: string;
  verdict: Verdict;
  subIndication: SubIndication | null;
  modifications: Modifications;
  /** The signed range ends where the file ends. */
  coversWholeFile: boolean;
  /** Name of the certificate's subject. */
  signer: string | null;
  level: Level;
  /** Claimed by the signer: ISO 8601 UTC. */
  signedAt: string | null;
  /** From a timestamp authority whose token checks out: ISO 8601 UTC. */
  timestampAt: string | null;
  vi: string;
  en: string;
  /** Everything that was found, the decisive one first, in technical words. */
  details: string[];
}

export interface Verification {
  file: string;
  verdict: FileVerdict;
  signatures: SignatureVerification[];
  /** Why there is nothing to judge: unreadable, no signature. */
  reason?: string;
  vi?: string;
  en?: string;
  /** What an officer should be told though it decides nothing: two headers, odd bytes inside what was signed. */
  notes?: string[];
}

export interface VerifyOptions {
  /** Directory of trusted roots and helpful intermediates, PEM or DER. */
  trustDir?: string;
  /** The moment to judge at, epoch milliseconds; the present when absent. */
  at?: number;
  /** Ask no OCSP responder and fetch no list. */
  offline?: boolean;
  /** False leaves out the second opinion by page images. */
  images?: boolean;
}
