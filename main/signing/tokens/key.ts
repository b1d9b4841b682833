import { isRefusal, refuse, type Refusal } from '../../contract/refusal.ts';
import { defaultHash, readCertificate, type Certificate } from '../cms/index.ts';
import type { Signer } from '../sign.ts';
import { refuseCertificate } from '../trust/policy.ts';
import type { TokenDescription } from './protocol.ts';
import { TokenError, TokenProcess, type TokenProcessOptions } from './process.ts';
import { chooseHash, chooseScheme, keyMatch, tokenSigner } from './signer.ts';
import type { Spawn } from './spawn.ts';
import { needTrainingToken, openTrainingKey, TRAINING_MODULE } from './training.ts';
import { troubleSentence } from './words.ts';

/** A key that is open for one batch. */
export interface OpenKey {
  readonly signer: Signer;
  /** Each signature may wait for fingers on a pin pad. */
  readonly attended?: boolean;
  /**
   * The token came back: takes up the session again with the PIN that its process still has.
   * @throws TokenError no-token while it is away, needs-pin or crashed when the officer must type again
   */
  reattach(): Promise<void>;
  /** Takes back signatures that the token has not begun. */
  drop(): void;
  /** Ends the process, and the PIN with it. */
  close(): Promise<void>;
}

export interface KeyRequest {
  readonly module: string;
  readonly serial: string;
  /** SHA-256 of the certificate. */
  readonly certificateId: string;
  /** Null: the token has a pin pad. */
  readonly pin: string | null;
  /** The officer said yes to using the last try. */
  readonly confirmFinalTry: boolean;
  readonly preferPss: boolean;
}

export interface KeyDeps {
  readonly spawn?: Spawn | undefined;
  /** Where the key of training lives; null when this station is not in training. */
  readonly trainingDir: string | null;
  readonly now: () => number;
  /** Issuers of the signer's certificate, nearest first, for the signature. */
  readonly chainOf: (certificate: Certificate, candidates: readonly Certificate[]) => readonly Certificate[];
  readonly processOptions?: Partial<TokenProcessOptions>;
  /** A process that has loaded the module already, and what it just said of this token. The process ends with a refusal too. */
  readonly running?: { readonly process: TokenProcess; readonly token: TokenDescription };
  /** Hears what the key will sign with, before the PIN is checked: files can be prepared meanwhile. Not when the token hides it. */
  readonly onCertificate?: (identity: Identity) => void;
}

/** What a file is prepared with: all of a signer but its key. */
export type Identity = Pick<Signer, 'certificate' | 'chain' | 'hash'>;

/**
 * Opens the key for a batch: reads the token's flags before the PIN is sent, sends the PIN once, finds the private key
 * by the certificate's public key.
 * @returns the open key, or a refusal; the PIN was not sent when the refusal is `token-locked`, `final-try` or about the certificate
 */
export async function openKey(request: KeyRequest, deps: KeyDeps): Promise<OpenKey | Refusal> {
  if (request.module === TRAINING_MODULE) return openTraining(request, deps);
  let process = deps.running?.process;
  try {
    process ??= await TokenProcess.start({ ...deps.processOptions, module: request.module, ...(deps.spawn ? { spawn: deps.spawn } : {}) });
    const opened = await openOn(process, request, deps);
    if (isRefusal(opened)) await process.end();
    return opened;
  } catch (error) {
    await process?.end();
    if (error instanceof TokenError) return troubleSentence(error);
    throw error;
  }
}

async function openOn(process: TokenProcess, request: KeyRequest, deps: KeyDeps): Promise<OpenKey | Refusal> {
  const find = async () => (await process.tokens()).find((one) => one.serial === request.serial);
  const token = deps.running?.token ?? (await find());
  if (!token) return troubleSentence(new TokenError('no-token', 'CKR_TOKEN_NOT_PRESENT'));
  const { flags } = token;
  if (flags.locked) return troubleSentence(new TokenError('pin-locked', 'CKF_USER_PIN_LOCKED'));
  if (flags.finalTry && !request.confirmFinalTry) {
    return refuse(
      'final-try',
      'Chỉ còn MỘT lần thử mã PIN; sai nữa token sẽ bị khóa. Chỉ tiếp tục khi anh/chị chắc chắn mã PIN đúng.',
      'Only ONE try of the PIN is left; another wrong one locks the token. Go on only when you are sure of the PIN.',
    );
  }
  const choose = (certificates: readonly Uint8Array[]) =>
    certificates.map((der) => readCertificate(der)).find((one) => one.id === request.certificateId);
  let known = token.certificates;
  let certificate = choose(known);
  const early = certificate && refuseCertificate(certificate, deps.now());
  if (early) return early;
  const identify = (one: Certificate): Identity => ({
    certificate: one,
    chain: deps.chainOf(
      one,
      known.map((der) => readCertificate(der)),
    ),
    hash: defaultHash(one),
  });
  let identity = certificate ? identify(certificate) : null;
  const login = process.login(request.serial, flags.pinPad ? null : request.pin);
  if (identity) deps.onCertificate?.(identity);
  await login;
  if (!certificate) {
    // Some tokens show their certificates only after the login.
    known = (await find())?.certificates ?? [];
    certificate = choose(known);
    if (!certificate)
      return refuse(
        'certificate-missing',
        'Không thấy chứng thư này trên token. Chọn lại chứng thư.',
        'This certificate is not on the token. Choose again.',
      );
    const late = refuseCertificate(certificate, deps.now());
    if (late) return late;
  }
  const chosen = certificate;
  const select = () => process.select({ serial: request.serial, certificate: new Uint8Array(chosen.der), keyId: keyMatch(chosen) });
  const selected = await select();
  const scheme = chooseScheme(selected, request.preferPss);
  identity ??= identify(chosen);
  return {
    signer: tokenSigner(process, request.serial, chosen, identity.chain, chooseHash(selected, scheme, identity.hash), scheme),
    attended: flags.pinPad,
    async reattach() {
      await process.reattach(request.serial);
      // The same serial number is not enough: the certificate must still be on it.
      const back = (await find())?.certificates ?? [];
      if (!choose(back)) throw new TokenError('no-token', 'OTHER_CERTIFICATE');
      await select();
    },
    drop: () => process.drop(),
    close: () => process.end(),
  };
}

async function openTraining(request: KeyRequest, deps: KeyDeps): Promise<OpenKey | Refusal> {
  if (!deps.trainingDir)
    return refuse(
      'training-only',
      'Khóa tập huấn chỉ dùng được khi máy ở chế độ tập huấn.',
      'The key of training works in training mode only.',
    );
  try {
    const signer = await openTrainingKey(deps.trainingDir, request.pin ?? '', deps.now());
    if (signer.certificate.id !== request.certificateId)
      return refuse('certificate-missing', 'Không thấy chứng thư này. Chọn lại chứng thư.', 'This certificate is not there. Choose again.');
    const { trainingDir } = deps;
    return { signer, reattach: () => needTrainingToken(trainingDir), drop: () => undefined, close: () => Promise.resolve() };
  } catch (error) {
    if (error instanceof TokenError) return troubleSentence(error);
    throw error;
  }
}
