/** What the core and the token's child process say to each other. Plain data only: it crosses a process border. */

export interface TokenFlags {
  readonly locked: boolean;
  readonly finalTry: boolean;
  readonly countLow: boolean;
  readonly pinPad: boolean;
  readonly loginRequired: boolean;
}

export interface TokenDescription {
  /** Index of the slot in this module's list; only a hint, the serial number names the token. */
  readonly slot: number;
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly flags: TokenFlags;
  readonly certificates: readonly Uint8Array[];
}

export type ChildRequest =
  | { readonly do: 'load'; readonly module: string; readonly settleMs: number }
  | { readonly do: 'tokens' }
  | { readonly do: 'flags'; readonly serial: string }
  /** `pin` null means the token's own pin pad. The child keeps the PIN until it ends. */
  | { readonly do: 'login'; readonly serial: string; readonly pin: string | null }
  /** Uses the PIN of this child's earlier login; refused when the token's counter is not clean. */
  | { readonly do: 'reattach'; readonly serial: string }
  | { readonly do: 'select'; readonly serial: string; readonly certificate: Uint8Array; readonly keyId: KeyMatch }
  | {
      readonly do: 'sign';
      readonly serial: string;
      readonly hash: 'sha256' | 'sha384' | 'sha512';
      readonly digest: Uint8Array;
      readonly data: Uint8Array;
      readonly pss: boolean;
    }
  /** Takes back every signature that was asked for and not begun; answered out of turn. */
  | { readonly do: 'drop' }
  | { readonly do: 'finish' };

/** How the private key of a certificate is recognised: by what is in the certificate, never by a label. */
export type KeyMatch = { readonly kind: 'rsa'; readonly modulus: Uint8Array } | { readonly kind: 'ec'; readonly point: Uint8Array };

export interface Selected {
  readonly schemes: readonly ('rsa' | 'pss' | 'ecdsa')[];
  /** All three where the token signs what it is given; else those that it can make itself. */
  readonly hashes: readonly ('sha256' | 'sha384' | 'sha512')[];
  readonly alwaysAuthenticate: boolean;
}

/** Why a token did not do what it was asked. `code` is PKCS#11's own name, for the log and the support line. */
export type TokenTrouble =
  | 'wrong-pin'
  | 'pin-locked'
  | 'pin-expired'
  | 'pin-format'
  | 'removed'
  | 'token-error'
  | 'no-key'
  | 'no-token'
  | 'needs-pin'
  | 'not-loaded'
  | 'crashed'
  | 'hung'
  | 'cancelled';

export interface ChildAnswer {
  readonly id: number;
  readonly ok?: unknown;
  readonly error?: { readonly trouble: TokenTrouble; readonly code: string; readonly text: string };
}

export interface ChildMessage {
  readonly id: number;
  readonly request: ChildRequest;
}
