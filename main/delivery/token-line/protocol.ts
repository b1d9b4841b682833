/** What the counter tells the process that holds the token's driver; once, over IPC, so that no PIN stands in a list of processes. */
export interface ToTokenLine {
  /** Where to listen: a socket in a folder of this user alone. */
  readonly socket: string;
  readonly host: string;
  readonly port: number;
  /** OpenSSL's PKCS#11 engine (libp11). */
  readonly engine: string;
  /** RFC 7512 without a PIN: `pkcs11:token=...;object=...;type=private`. */
  readonly keyUri: string;
  /** PEM of the certificate that belongs to the key. */
  readonly certFile: string;
  readonly caFile?: string;
  /** Hex, without colons. */
  readonly pinnedSha256?: string;
  /** http://host:port of the agency's proxy. */
  readonly proxy?: string;
  readonly pin: string;
}

/** `TOKEN_PARTS`: engine, certificate or socket are missing. `TOKEN_KEY`: no token, no such key, or the PIN is wrong. */
export type FromTokenLine = { readonly ready: true } | { readonly failed: 'TOKEN_KEY' | 'TOKEN_PARTS'; readonly detail: string };
