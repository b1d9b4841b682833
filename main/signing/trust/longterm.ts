import { readCertificate, type Certificate } from '../cms/index.ts';
import { DerError } from '../cms/der.ts';
import { readCertificate as readChainCertificate, selfSigned, type Certificate as ChainCertificate } from '../verify/certificate.ts';
import { readTimestamp } from '../verify/cms.ts';
import { readOcsp } from '../verify/revocation.ts';
import { buildChain, type Trust } from '../verify/trust.ts';
import { revocation, type Found } from './assess.ts';
import { fetchBytes, type Fetcher } from './http.ts';

export interface LongTermData {
  readonly certificates: readonly Buffer[];
  readonly ocsp: readonly Buffer[];
  readonly crls: readonly Buffer[];
  /** Every certificate below the roots has a good answer: what level B-LT promises. */
  readonly complete: boolean;
  /** Names of certificates without an answer, for the sentence that says what is missing. */
  readonly missing: readonly string[];
}

export interface LongTermOptions {
  readonly trust: Trust;
  readonly at: number;
  readonly offline: boolean;
  readonly fetcher?: Fetcher;
}

/** Issuers that nobody brought are fetched from where the certificate says (RFC 5280 4.2.2.1), so many at most. */
const MOST_FETCHED = 4;

/** Adds the issuers that can be fetched to a pool of certificates. */
export async function completePool(
  certificate: Certificate,
  pool: readonly Certificate[],
  options: LongTermOptions,
): Promise<Certificate[]> {
  const all = [...pool];
  for (let at = 0; at < MOST_FETCHED && !options.offline; at++) {
    const chain = chainOf(certificate.der, all, options);
    const last = chain.at(-1);
    if (!last || selfSigned(last)) return all;
    const { issuerUrls } = readCertificate(last.raw);
    const fetched = await firstCertificate(issuerUrls, options);
    if (!fetched || all.some((one) => one.id === fetched.id)) return all;
    all.push(fetched);
  }
  return all;
}

async function firstCertificate(urls: readonly string[], options: LongTermOptions): Promise<Certificate | null> {
  for (const url of urls.slice(0, 2)) {
    const body = await fetchBytes(url, options.fetcher ? { fetcher: options.fetcher } : {});
    if (!body) continue;
    try {
      const text = Buffer.from(body).toString('latin1');
      return readCertificate(text.startsWith('-----BEGIN') ? Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64') : body);
    } catch (error) {
      if (!(error instanceof DerError)) throw error;
    }
  }
  return null;
}

const chainOf = (der: Uint8Array, pool: readonly Certificate[], options: LongTermOptions): ChainCertificate[] =>
  buildChain(
    readChainCertificate(new Uint8Array(der)),
    pool.map((one) => readChainCertificate(new Uint8Array(one.der))),
    options.trust,
    options.at,
  ).certificates;

/**
 * Validation data for the DSS (EN 319 142-1 5.4.2): chains of the signer and of its timestamp, with an OCSP answer or a list for
 * each certificate below a root. OCSP responders that sign with a certificate of their own carry it in the answer.
 */
export async function collectLongTerm(
  signer: Certificate,
  pool: readonly Certificate[],
  timestamp: Uint8Array,
  options: LongTermOptions,
): Promise<LongTermData> {
  const found: Found = { ocsp: [], crls: [] };
  const certificates = new Map<string, Buffer>();
  const missing: string[] = [];
  const token = readTimestamp(new Uint8Array(timestamp));
  const tokenPool = token.certificates.map((one) => readCertificate(one.raw));
  const tsa = token.signer ? readCertificate(token.signer.raw) : null;
  for (const [leaf, near] of [[signer, pool], ...(tsa ? [[tsa, [...pool, ...tokenPool]] as const] : [])] as const) {
    const chain = chainOf(leaf.der, await completePool(leaf, near, options), options);
    for (const [index, certificate] of chain.entries()) {
      certificates.set(certificate.id, Buffer.from(certificate.raw));
      if (selfSigned(certificate)) continue;
      const issuer = chain[index + 1];
      const status = issuer ? await revocation(certificate, issuer, options, found) : 'unknown';
      if (status !== 'good') missing.push(certificate.title);
    }
  }
  for (const { raw } of found.ocsp) {
    for (const responder of readOcsp(new Uint8Array(raw)).certificates) certificates.set(responder.id, Buffer.from(responder.raw));
  }
  return {
    certificates: [...certificates.values()],
    ocsp: found.ocsp.map((one) => one.raw),
    crls: found.crls.map((one) => one.raw),
    complete: missing.length === 0,
    missing,
  };
}
