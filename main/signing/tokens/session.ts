import pkcs11js from 'pkcs11js';
import { digestInfo } from '../cms/algorithms.ts';
import { loginOnPad } from './pinpad.ts';
import type { KeyMatch, Selected, TokenDescription, TokenFlags, TokenTrouble } from './protocol.ts';

/**
 * PKCS#11 as the child process uses it: one module, read-only sessions, one call at a time. Any failed call throws a
 * `TokenFault`; after a failure in a session the session is thrown away, because some modules stay in the middle of the
 * failed operation (measured: CKR_OPERATION_ACTIVE for ever after).
 */
export class TokenFault extends Error {
  readonly trouble: TokenTrouble;
  readonly code: string;
  constructor(trouble: TokenTrouble, code: string) {
    super(`${trouble}: ${code}`);
    this.trouble = trouble;
    this.code = code;
  }
}

const TROUBLES: Record<string, TokenTrouble> = {
  CKR_PIN_INCORRECT: 'wrong-pin',
  CKR_PIN_LOCKED: 'pin-locked',
  CKR_PIN_EXPIRED: 'pin-expired',
  CKR_PIN_LEN_RANGE: 'pin-format',
  CKR_PIN_INVALID: 'pin-format',
  CKR_DEVICE_REMOVED: 'removed',
  CKR_TOKEN_NOT_PRESENT: 'removed',
  CKR_TOKEN_NOT_RECOGNIZED: 'removed',
  CKR_SESSION_HANDLE_INVALID: 'removed',
  CKR_SESSION_CLOSED: 'removed',
  CKR_SLOT_ID_INVALID: 'removed',
  CKR_FUNCTION_CANCELED: 'cancelled',
  CKR_USER_NOT_LOGGED_IN: 'needs-pin',
};

/** Only CKR_PIN_INCORRECT is a wrong PIN; everything that is not known by name stays a token error with its own name. */
export function toFault(error: unknown): TokenFault {
  if (error instanceof TokenFault) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = /CKR_[A-Z0-9_]+/.exec(message)?.[0] ?? /:(0x[0-9a-fA-F]+|\d+)/.exec(message)?.[0] ?? 'UNKNOWN';
  return new TokenFault(TROUBLES[code] ?? 'token-error', code);
}

const trimmed = (text: string): string => text.replace(/[\0 ]+$/g, '').trim();
/** Tokens that answer "size 0" to a NULL query get a fixed buffer instead. */
const FIXED_VALUE = 4096;

interface Attached {
  readonly slot: pkcs11js.Handle;
  readonly session: pkcs11js.Handle;
  readonly serial: string;
}

interface Key {
  readonly match: KeyMatch;
  readonly handle: pkcs11js.Handle;
  readonly alwaysAuthenticate: boolean;
  readonly mechanisms: ReadonlySet<number>;
}

export class TokenModule {
  private readonly api = new pkcs11js.PKCS11();
  private attached: Attached | null = null;
  private key: Key | null = null;
  /** Lives here and nowhere else; gone with this process. `undefined`: never logged in; null: pin pad. */
  private pin: string | null | undefined = undefined;
  private path = '';

  async load(module: string, settleMs: number): Promise<void> {
    this.path = module;
    this.api.load(module);
    // Some drivers crash when C_Initialize follows the load at once (fortify#231).
    await new Promise((resolve) => setTimeout(resolve, settleMs));
    try {
      this.api.C_Initialize();
    } catch (error) {
      if (toFault(error).code !== 'CKR_CRYPTOKI_ALREADY_INITIALIZED') throw toFault(error);
    }
  }

  tokens(): TokenDescription[] {
    return this.slots().map(({ slot, index }) => {
      const info = this.api.C_GetTokenInfo(slot);
      return {
        slot: index,
        label: trimmed(info.label),
        manufacturer: trimmed(info.manufacturerID),
        model: trimmed(info.model),
        serial: trimmed(info.serialNumber),
        flags: flagsOf(info.flags),
        certificates: this.certificates(slot),
      };
    });
  }

  flags(serial: string): TokenFlags {
    return flagsOf(this.api.C_GetTokenInfo(this.findSlot(serial)).flags);
  }

  /** Sends the PIN once. The caller has read the flags before. */
  login(serial: string, pin: string | null): void {
    this.detach();
    const slot = this.findSlot(serial);
    const session = this.api.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION);
    try {
      this.sendPin(session, pkcs11js.CKU_USER, pin);
    } catch (error) {
      this.close(session);
      throw toFault(error);
    }
    this.attached = { slot, session, serial };
    this.pin = pin;
  }

  /**
   * The token is back, or its session was lost: log in again with the PIN of the batch. Not when the counter says that a
   * try was wrong meanwhile: then the officer is asked.
   */
  reattach(serial: string): void {
    if (this.pin === undefined) throw new TokenFault('needs-pin', 'NO_PIN_YET');
    const flags = this.flags(serial);
    if (flags.locked) throw new TokenFault('pin-locked', 'CKF_USER_PIN_LOCKED');
    if (flags.finalTry || flags.countLow) throw new TokenFault('needs-pin', 'CKF_USER_PIN_COUNT_LOW');
    const match = this.key?.match;
    const pin = this.pin;
    this.pin = undefined; // one wrong PIN is never sent twice, not even from here
    this.login(serial, pin);
    if (match) this.select(serial, match);
  }

  select(serial: string, match: KeyMatch): Selected {
    const { session, slot } = this.need(serial);
    const mechanisms = new Set(this.api.C_GetMechanismList(slot));
    const handle = this.findKey(session, match);
    if (!handle) throw new TokenFault('no-key', 'NO_PRIVATE_KEY');
    const alwaysAuthenticate = this.attribute(session, handle, pkcs11js.CKA_ALWAYS_AUTHENTICATE)?.[0] === 1;
    this.key = { match, handle, alwaysAuthenticate, mechanisms };
    const schemes: ('rsa' | 'pss' | 'ecdsa')[] = [];
    if (match.kind === 'ec') schemes.push('ecdsa');
    else {
      if ([pkcs11js.CKM_RSA_PKCS, ...Object.values(HASHED_RSA)].some((one) => mechanisms.has(one))) schemes.push('rsa');
      if (mechanisms.has(pkcs11js.CKM_RSA_PKCS_PSS)) schemes.push('pss');
    }
    return { schemes, hashes: hashesOf(match, mechanisms), alwaysAuthenticate };
  }

  /**
   * @param data what was hashed (the signed attributes), for tokens that insist on hashing themselves
   * @returns the raw answer: an RSA block, or r||s
   */
  async sign(serial: string, hash: 'sha256' | 'sha384' | 'sha512', digest: Buffer, data: Buffer, pss: boolean): Promise<Buffer> {
    const { session } = this.need(serial);
    const key = this.key;
    if (!key) throw new TokenFault('no-key', 'NO_KEY_SELECTED');
    const plan = mechanismFor(key, hash, digest, data, pss);
    if (!plan) throw new TokenFault('token-error', 'CKR_MECHANISM_INVALID');
    try {
      this.api.C_SignInit(session, plan.mechanism, key.handle);
      // CKA_ALWAYS_AUTHENTICATE: the PIN once more between C_SignInit and C_Sign, for each signature.
      if (key.alwaysAuthenticate) this.sendPin(session, pkcs11js.CKU_CONTEXT_SPECIFIC, this.pin ?? null);
      return await this.api.C_SignAsync(session, plan.input, Buffer.alloc(1024));
    } catch (error) {
      const fault = toFault(error);
      this.detach();
      if (fault.trouble === 'wrong-pin' || fault.trouble === 'pin-locked') this.pin = undefined;
      throw fault;
    }
  }

  finish(): void {
    this.pin = undefined;
    this.detach();
    this.api.C_Finalize();
  }

  private sendPin(session: pkcs11js.Handle, user: number, pin: string | null): void {
    try {
      if (pin === null) loginOnPad(this.api, this.path, session, user);
      else this.api.C_Login(session, user, pin);
    } catch (error) {
      if (toFault(error).code !== 'CKR_USER_ALREADY_LOGGED_IN') throw error;
    }
  }

  private need(serial: string): Attached {
    if (this.attached?.serial !== serial) throw new TokenFault(this.pin === undefined ? 'needs-pin' : 'removed', 'NO_SESSION');
    return this.attached;
  }

  private detach(): void {
    if (this.attached) this.close(this.attached.session);
    this.attached = null;
  }

  private close(session: pkcs11js.Handle): void {
    try {
      this.api.C_CloseSession(session);
    } catch {
      // The token may be gone; the handle is forgotten either way.
    }
  }

  private slots(): { slot: pkcs11js.Handle; index: number }[] {
    const all = this.api.C_GetSlotList(true);
    return all.flatMap((slot, index) => {
      const initialised = (this.api.C_GetTokenInfo(slot).flags & pkcs11js.CKF_TOKEN_INITIALIZED) !== 0;
      return initialised ? [{ slot, index }] : [];
    });
  }

  private findSlot(serial: string): pkcs11js.Handle {
    for (const { slot } of this.slots()) {
      if (trimmed(this.api.C_GetTokenInfo(slot).serialNumber) === serial) return slot;
    }
    throw new TokenFault('no-token', 'CKR_TOKEN_NOT_PRESENT');
  }

  private certificates(slot: pkcs11js.Handle): Uint8Array[] {
    const own = this.attached && this.attached.slot.equals(slot) ? this.attached.session : null;
    const session = own ?? this.api.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION);
    try {
      const template = [{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_CERTIFICATE }];
      return this.find(session, template).flatMap((handle) => {
        const value = this.attribute(session, handle, pkcs11js.CKA_VALUE);
        return value && value.length > 0 ? [new Uint8Array(value)] : [];
      });
    } finally {
      if (!own) this.close(session);
    }
  }

  private find(session: pkcs11js.Handle, template: pkcs11js.Template): pkcs11js.Handle[] {
    this.api.C_FindObjectsInit(session, template);
    try {
      return this.api.C_FindObjects(session, 100);
    } finally {
      this.api.C_FindObjectsFinal(session);
    }
  }

  private attribute(session: pkcs11js.Handle, object: pkcs11js.Handle, type: number): Buffer | null {
    try {
      const value = this.api.C_GetAttributeValue(session, object, [{ type }])[0]?.value;
      if (Buffer.isBuffer(value) && value.length > 0) return value;
    } catch {
      // A sensitive or unknown attribute: try the fixed buffer, then give up.
    }
    try {
      const value = this.api.C_GetAttributeValue(session, object, [{ type, value: Buffer.alloc(FIXED_VALUE) }])[0]?.value;
      return Buffer.isBuffer(value) ? value : null;
    } catch {
      return null;
    }
  }

  /** The private key whose public half is the certificate's: by CKA_ID through the public key, or by its own modulus. */
  private findKey(session: pkcs11js.Handle, match: KeyMatch): pkcs11js.Handle | null {
    const privates = this.find(session, [{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PRIVATE_KEY }]);
    const type = match.kind === 'rsa' ? pkcs11js.CKA_MODULUS : pkcs11js.CKA_EC_POINT;
    const wanted = Buffer.from(match.kind === 'rsa' ? match.modulus : match.point);
    for (const handle of privates) {
      const own = this.attribute(session, handle, type);
      if (own && samePublic(own, wanted)) return handle;
    }
    const publics = this.find(session, [{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PUBLIC_KEY }]);
    const matching = publics.filter((handle) => {
      const value = this.attribute(session, handle, type);
      return value !== null && samePublic(value, wanted);
    });
    for (const handle of matching) {
      const id = this.attribute(session, handle, pkcs11js.CKA_ID);
      const found = id && privates.find((candidate) => this.attribute(session, candidate, pkcs11js.CKA_ID)?.equals(id));
      if (found) return found;
    }
    return this.byCertificateId(session, privates, wanted);
  }

  /** Last way: the certificate object that holds this public key and the private key share CKA_ID. */
  private byCertificateId(session: pkcs11js.Handle, privates: pkcs11js.Handle[], wanted: Buffer): pkcs11js.Handle | null {
    const certificates = this.find(session, [{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_CERTIFICATE }]);
    for (const handle of certificates) {
      const value = this.attribute(session, handle, pkcs11js.CKA_VALUE);
      const id = this.attribute(session, handle, pkcs11js.CKA_ID);
      if (!value || !id || id.length === 0 || !value.includes(wanted)) continue;
      const same = privates.filter((candidate) => this.attribute(session, candidate, pkcs11js.CKA_ID)?.equals(id));
      if (same.length === 1 && same[0]) return same[0];
    }
    return null;
  }
}

/** CKA_MODULUS may carry a leading zero; CKA_EC_POINT is mostly an OCTET STRING around the point, on some tokens the point itself. */
function samePublic(found: Buffer, wanted: Buffer): boolean {
  if (found.equals(wanted)) return true;
  return found.length > wanted.length && found.length <= wanted.length + 3 && found.subarray(-wanted.length).equals(wanted);
}

function flagsOf(flags: number): TokenFlags {
  const has = (bit: number) => (flags & bit) !== 0;
  return {
    locked: has(pkcs11js.CKF_USER_PIN_LOCKED),
    finalTry: has(pkcs11js.CKF_USER_PIN_FINAL_TRY),
    countLow: has(pkcs11js.CKF_USER_PIN_COUNT_LOW),
    pinPad: has(pkcs11js.CKF_PROTECTED_AUTHENTICATION_PATH),
    loginRequired: has(pkcs11js.CKF_LOGIN_REQUIRED),
  };
}

const HASH_MECHANISM = { sha256: pkcs11js.CKM_SHA256, sha384: pkcs11js.CKM_SHA384, sha512: pkcs11js.CKM_SHA512 };
const MGF = { sha256: pkcs11js.CKG_MGF1_SHA256, sha384: pkcs11js.CKG_MGF1_SHA384, sha512: pkcs11js.CKG_MGF1_SHA512 };
const HASHED_RSA = { sha256: pkcs11js.CKM_SHA256_RSA_PKCS, sha384: pkcs11js.CKM_SHA384_RSA_PKCS, sha512: pkcs11js.CKM_SHA512_RSA_PKCS };

const HASHED_ECDSA = { sha256: pkcs11js.CKM_ECDSA_SHA256, sha384: pkcs11js.CKM_ECDSA_SHA384, sha512: pkcs11js.CKM_ECDSA_SHA512 };
const HASHES = ['sha256', 'sha384', 'sha512'] as const;

/** A token that offers no mechanism for finished hashes must make the hash itself. */
function hashesOf(match: KeyMatch, mechanisms: ReadonlySet<number>): Selected['hashes'] {
  const raw = match.kind === 'ec' ? pkcs11js.CKM_ECDSA : pkcs11js.CKM_RSA_PKCS;
  const own = match.kind === 'ec' ? HASHED_ECDSA : HASHED_RSA;
  const made = HASHES.filter((hash) => mechanisms.has(own[hash]));
  return made.length === 0 || mechanisms.has(raw) ? HASHES : made;
}

function mechanismFor(
  key: Key,
  hash: 'sha256' | 'sha384' | 'sha512',
  digest: Buffer,
  data: Buffer,
  pss: boolean,
): { mechanism: pkcs11js.Mechanism; input: Buffer } | null {
  if (key.match.kind === 'ec') {
    const hashed = !key.mechanisms.has(pkcs11js.CKM_ECDSA) && key.mechanisms.has(HASHED_ECDSA[hash]);
    return hashed
      ? { mechanism: { mechanism: HASHED_ECDSA[hash] }, input: data }
      : { mechanism: { mechanism: pkcs11js.CKM_ECDSA }, input: digest };
  }
  if (pss) {
    const parameter = { type: pkcs11js.CK_PARAMS_RSA_PSS, hashAlg: HASH_MECHANISM[hash], mgf: MGF[hash], saltLen: digest.length };
    return { mechanism: { mechanism: pkcs11js.CKM_RSA_PKCS_PSS, parameter }, input: digest };
  }
  if (key.mechanisms.has(pkcs11js.CKM_RSA_PKCS))
    return { mechanism: { mechanism: pkcs11js.CKM_RSA_PKCS }, input: digestInfo(hash, digest) };
  if (key.mechanisms.has(HASHED_RSA[hash])) return { mechanism: { mechanism: HASHED_RSA[hash] }, input: data };
  return null;
}
