import type { Refusal } from '../../contract/refusal.ts';
import { readCertificate, type Certificate } from '../cms/index.ts';
import { ANNOUNCE_DAYS, daysLeft, keyName, refuseCertificate } from '../trust/policy.ts';
import { moduleFault } from './modules.ts';
import { TokenError, TokenProcess, type TokenProcessOptions } from './process.ts';
import type { Spawn } from './spawn.ts';
import { isTrainingTokenOut, trainingKey, TRAINING_MODULE, TRAINING_SERIAL } from './training.ts';
import { faultSentence, troubleSentence } from './words.ts';

export interface ListedCertificate {
  readonly id: string;
  readonly subject: string;
  readonly organisation: string | null;
  readonly issuer: string;
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
  readonly daysLeft: number;
  readonly expiring: boolean;
  readonly key: string;
  readonly refused: { code: string; vi: string; en: string } | null;
}

export interface ListedToken {
  readonly module: string;
  readonly label: string;
  readonly manufacturer: string;
  readonly model: string;
  readonly serial: string;
  readonly locked: boolean;
  readonly finalTry: boolean;
  readonly countLow: boolean;
  readonly pinPad: boolean;
  readonly training: boolean;
  readonly certificates: readonly ListedCertificate[];
}

export interface TokenList {
  readonly tokens: readonly ListedToken[];
  readonly problems: readonly { module: string; code: string; vi: string; en: string }[];
}

export interface ListDeps {
  /** Modules to ask, each once. */
  readonly modules: readonly string[];
  /** Modules that are not to be loaded, with the reason. */
  readonly barred?: TokenList['problems'];
  readonly trainingDir: string | null;
  readonly now: number;
  readonly spawn?: Spawn | undefined;
  readonly processOptions?: Partial<TokenProcessOptions>;
}

export const sentenceOf = (refusal: Refusal): { code: string; vi: string; en: string } => ({
  code: refusal.refused,
  vi: refusal.vi,
  en: refusal.en,
});

export function listed(certificate: Certificate, now: number): ListedCertificate {
  const refused = refuseCertificate(certificate, now);
  const left = daysLeft(certificate, now);
  return {
    id: certificate.id,
    subject: certificate.subject,
    organisation: certificate.organisation,
    issuer: certificate.issuer,
    serial: certificate.serial,
    notBefore: certificate.notBefore,
    notAfter: certificate.notAfter,
    daysLeft: left,
    expiring: left <= ANNOUNCE_DAYS,
    key: keyName(certificate),
    refused: refused && sentenceOf(refused),
  };
}

/** Looks at every module, each in a process of its own that ends afterwards. One broken driver does not hide the others' tokens. */
export async function listTokens(deps: ListDeps): Promise<TokenList> {
  const looks = await Promise.all(deps.modules.map((module) => look(module, deps)));
  const tokens = looks.flatMap((one) => ('tokens' in one ? one.tokens : []));
  // Two modules may reach the same token; it is shown once.
  const unique = [...new Map(tokens.map((token) => [`${token.serial}/${token.label}`, token])).values()];
  if (deps.trainingDir && !isTrainingTokenOut(deps.trainingDir)) unique.push(await trainingToken(deps.trainingDir, deps.now));
  return { tokens: unique, problems: [...(deps.barred ?? []), ...looks.flatMap((one) => ('problem' in one ? [one.problem] : []))] };
}

type Look = { tokens: ListedToken[] } | { problem: { module: string; code: string; vi: string; en: string } };

async function look(module: string, deps: ListDeps): Promise<Look> {
  const fault = moduleFault(module);
  if (fault) return { problem: { module, ...sentenceOf(faultSentence(fault)) } };
  let process: TokenProcess | undefined;
  try {
    process = await TokenProcess.start({ ...deps.processOptions, module, ...(deps.spawn ? { spawn: deps.spawn } : {}) });
    const found = await process.tokens();
    return {
      tokens: found.map((token) => ({
        module,
        label: token.label,
        manufacturer: token.manufacturer,
        model: token.model,
        serial: token.serial,
        ...token.flags,
        training: false,
        certificates: listedCertificates(token.certificates, deps.now),
      })),
    };
  } catch (error) {
    if (!(error instanceof TokenError)) throw error;
    return { problem: { module, ...sentenceOf(troubleSentence(error)) } };
  } finally {
    await process?.end();
  }
}

/** What of a token's certificates an officer can choose from. */
export const listedCertificates = (ders: readonly Uint8Array[], now: number): ListedCertificate[] =>
  ders.flatMap((der) => signingCertificate(der, now));

/** Issuers' certificates on a token are left out; what cannot be read is no certificate to choose. */
function signingCertificate(der: Uint8Array, now: number): ListedCertificate[] {
  try {
    const certificate = readCertificate(der);
    return certificate.isCa ? [] : [listed(certificate, now)];
  } catch {
    return [];
  }
}

async function trainingToken(dir: string, now: number): Promise<ListedToken> {
  const { certificate } = await trainingKey(dir, now);
  return {
    module: TRAINING_MODULE,
    label: 'Khóa TẬP HUẤN',
    manufacturer: 'Quầy',
    model: 'PKCS#12',
    serial: TRAINING_SERIAL,
    locked: false,
    finalTry: false,
    countLow: false,
    pinPad: false,
    training: true,
    certificates: [listed(certificate, now)],
  };
}

export interface ExpiringCertificate {
  readonly id: string;
  readonly subject: string;
  readonly issuer: string;
  readonly tokenLabel: string;
  readonly notAfter: number;
  readonly daysLeft: number;
}

/** The certificates of a list that end within 60 days, soonest first; one that has ended counts too. */
export function expiringOf(list: TokenList): ExpiringCertificate[] {
  return list.tokens
    .flatMap((token) =>
      token.certificates
        .filter((one) => one.expiring)
        .map(({ id, subject, issuer, notAfter, daysLeft }) => ({ id, subject, issuer, tokenLabel: token.label, notAfter, daysLeft })),
    )
    .sort((a, b) => a.notAfter - b.notAfter);
}
