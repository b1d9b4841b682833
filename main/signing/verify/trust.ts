import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { issued, readCertificate, selfSigned, type Certificate } from './certificate.ts';
import { outside } from './constraints.ts';
import { sameBytes } from './der.ts';

/** What the verifier believes in. */
export interface Trust {
  /** Self-signed certificates of the trust directory. */
  anchors: Certificate[];
  /** Other certificates of the trust directory: they help to build chains and prove nothing. */
  intermediates: Certificate[];
}

const MAX_FILE = 4 << 20;
const MAX_FILES = 2000;

/**
 * Reads a directory of certificates: PEM (one or several in a file) or DER. Self-signed ones become trust anchors. Files that
 * hold no certificate are passed over; a directory that cannot be read throws the error of the file system.
 */
export async function loadTrust(dir: string): Promise<Trust> {
  const found = new Map<string, Certificate>();
  const names = (await readdir(dir)).sort();
  for (const name of names.slice(0, MAX_FILES)) {
    const file = path.join(dir, name);
    const about = await stat(file).catch(() => undefined);
    if (about?.isFile() !== true || about.size > MAX_FILE) continue;
    for (const raw of certificatesIn(await readFile(file))) {
      try {
        const certificate = readCertificate(raw);
        found.set(certificate.id, certificate);
      } catch {
        // Keys, revocation lists and notes may lie beside the certificates.
      }
    }
  }
  return sortTrust([...found.values()]);
}

const cache = new Map<string, { stamp: string; trust: Trust }>();

/** `loadTrust`, read again only when a file of the directory has changed. */
export async function cachedTrust(dir: string): Promise<Trust> {
  const names = (await readdir(dir)).sort().slice(0, MAX_FILES);
  const about = await Promise.all(names.map(async (name) => stat(path.join(dir, name)).catch(() => undefined)));
  const stamp = names.map((name, i) => `${name} ${about[i]?.size ?? 0} ${about[i]?.mtimeMs ?? 0}`).join('\n');
  const kept = cache.get(dir);
  if (kept?.stamp === stamp) return kept.trust;
  const trust = await loadTrust(dir);
  cache.set(dir, { stamp, trust });
  return trust;
}

export function sortTrust(certificates: Certificate[]): Trust {
  const anchors = certificates.filter(selfSigned);
  return { anchors, intermediates: certificates.filter((certificate) => !anchors.includes(certificate)) };
}

function certificatesIn(bytes: Uint8Array): Uint8Array[] {
  if (bytes[0] === 0x30) return [new Uint8Array(bytes)];
  const blocks = Buffer.from(bytes)
    .toString('latin1')
    .matchAll(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END/g);
  return [...blocks].map((block) => new Uint8Array(Buffer.from(block[1] ?? '', 'base64')));
}

export type ChainFault = 'noChain' | 'untrusted' | 'constraints' | 'notYetValid' | 'expired';

export interface Chain {
  /** From the certificate itself to the last one found. */
  certificates: Certificate[];
  /** Undefined when the chain ends at a trust anchor and every link is in order. */
  fault: ChainFault | undefined;
  /** The certificate that the fault is about. */
  at: Certificate | undefined;
}

const GRAVITY: (ChainFault | undefined)[] = [undefined, 'expired', 'notYetValid', 'constraints', 'untrusted', 'noChain'];
const STEPS = 500;

/**
 * The best chain from a certificate to a trust anchor (RFC 5280, 6): names, signatures, periods at `at`, basic constraints, path
 * lengths, key usage, no unknown critical extension. Revocation is judged apart.
 * @param pool certificates that came with the file
 * @param at epoch milliseconds
 */
export function buildChain(leaf: Certificate, pool: Certificate[], trust: Trust, at: number): Chain {
  let best: Chain = { certificates: [leaf], fault: 'noChain', at: leaf };
  let steps = 0;
  const candidates = [...new Map([...trust.anchors, ...trust.intermediates, ...pool].map((item) => [item.id, item])).values()];
  const keep = (chain: Chain): void => {
    const better = GRAVITY.indexOf(chain.fault) - GRAVITY.indexOf(best.fault);
    if (better < 0 || (better === 0 && chain.certificates.length > best.certificates.length)) best = chain;
  };
  const walk = (chain: Certificate[]): void => {
    const last = chain.at(-1);
    if (last === undefined || best.fault === undefined || ++steps > STEPS) return;
    const anchored = trust.anchors.some((anchor) => anchor.id === last.id);
    if (anchored || selfSigned(last)) {
      keep({ certificates: chain, ...(anchored ? judge(chain, at) : { fault: 'untrusted' as const, at: last }) });
      return;
    }
    if (chain.length > 12) return;
    let extended = false;
    for (const issuer of candidates) {
      if (chain.some((item) => item.id === issuer.id || sameBytes(item.keyBits, issuer.keyBits))) continue;
      if (last.authorityKeyId !== undefined && issuer.subjectKeyId !== undefined && last.authorityKeyId !== issuer.subjectKeyId) continue;
      if (!issued(issuer, last)) continue;
      extended = true;
      walk([...chain, issuer]);
    }
    if (!extended) keep({ certificates: chain, fault: chain.length > 1 ? 'untrusted' : 'noChain', at: last });
  };
  walk([leaf]);
  return best;
}

function judge(chain: Certificate[], at: number): { fault: ChainFault | undefined; at: Certificate | undefined } {
  const root = chain.length - 1;
  for (const [index, certificate] of chain.entries()) {
    if (certificate.unknownCritical.length > 0 && (index < root || index === 0)) return { fault: 'constraints', at: certificate };
    if (index > 0) {
      // A path length counts the intermediate authorities between (RFC 5280, 4.2.1.9), self-issued ones aside.
      const below = chain.slice(1, index).filter((item) => !sameBytes(item.subject, item.issuer)).length;
      const tooLong = certificate.pathLength !== undefined && below > certificate.pathLength;
      const mayCertify = certificate.keyUsage === undefined || certificate.keyUsage.has(5);
      // An old root says nothing about itself; that it lies in the trust directory says it all (RFC 5280, 6.1.1 d).
      const trusted = certificate.ca || (index === root && certificate.version < 3);
      if (!trusted || tooLong || !mayCertify) return { fault: 'constraints', at: certificate };
    }
  }
  const stray = strayed(chain);
  if (stray !== undefined) return { fault: 'constraints', at: stray };
  for (const certificate of chain) {
    if (at < certificate.notBefore) return { fault: 'notYetValid', at: certificate };
    if (at > certificate.notAfter) return { fault: 'expired', at: certificate };
  }
  return { fault: undefined, at: undefined };
}

/** A certificate whose name or policies its authorities do not allow; names that cannot be read are not allowed either. */
function strayed(chain: Certificate[]): Certificate | undefined {
  try {
    return outside(chain);
  } catch {
    return chain[0];
  }
}

/** Certificates of `embedded` that neither stand in a chain nor are signed by a certificate at hand: bytes nobody vouches for. */
export function unvouched(embedded: Certificate[], used: Certificate[], trust: Trust): Certificate[] {
  const known = new Set([...used, ...trust.anchors, ...trust.intermediates].map((item) => item.id));
  const issuers = [...used, ...trust.anchors, ...trust.intermediates, ...embedded];
  return embedded.filter((item) => !known.has(item.id) && !issuers.some((issuer) => issued(issuer, item)));
}
