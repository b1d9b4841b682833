import { refuse, type Refusal } from '../../contract/refusal.ts';
import type { TrustFinding } from '../evidence.ts';
import { readCertificate as readChainCertificate, selfSigned, type Certificate as ChainCertificate } from '../verify/certificate.ts';
import { evidence, ocspRequest, readCrl, readOcsp, statusAt, type Crl, type OcspAnswer } from '../verify/revocation.ts';
import { buildChain, sortTrust, type Trust } from '../verify/trust.ts';
import { fetchBytes, type Fetcher } from './http.ts';

export interface AssessOptions {
  readonly certificate: Uint8Array;
  /** Other certificates at hand: those of the token. */
  readonly pool: readonly Uint8Array[];
  /** Roots and intermediates that are believed; none configured is a normal state. */
  readonly trust: Trust;
  readonly at: number;
  readonly offline: boolean;
  readonly fetcher?: Fetcher;
}

export interface Assessment extends TrustFinding {
  /** Set when the certificate may not sign: it is revoked, or its chain breaks a rule. "Not known" never is. */
  readonly refused: Refusal | null;
}

const UNKNOWN_ROOT = {
  vi: 'Chưa biết: chưa có chứng thư gốc tin cậy cho chứng thư này.',
  en: 'Not known: no trusted root certificate for this one.',
};
const UNREACHABLE = {
  vi: 'Chưa biết: không hỏi được tình trạng thu hồi (OCSP, CRL) của chứng thư.',
  en: 'Not known: the revocation state (OCSP, CRL) could not be asked.',
};

/**
 * What is known of a certificate before it signs: chain to a configured root, then OCSP, then CRL, for each link. What cannot
 * be reached is "not known", never "valid" (NĐ 23/2025 Điều 17; RFC 6960, RFC 5280).
 */
export async function assess(options: AssessOptions): Promise<Assessment> {
  const read = (der: Uint8Array) => readChainCertificate(new Uint8Array(der));
  const chain = buildChain(read(options.certificate), options.pool.map(read), options.trust, options.at);
  const links = chain.certificates;
  const found: Found = { ocsp: [], crls: [] };
  const answer = (status: TrustFinding['status'], words: { vi: string; en: string }, refused: Refusal | null): Assessment => ({
    status,
    ...words,
    chain: links.slice(1).map((one) => Buffer.from(one.raw)),
    ocsp: found.ocsp.map((one) => one.raw),
    crls: found.crls.map((one) => one.raw),
    refused,
  });
  if (chain.fault === 'constraints') {
    const words = {
      vi: 'Chuỗi chứng thư sai quy tắc nên không ký. Liên hệ đơn vị cấp chứng thư.',
      en: 'The certificate chain breaks a rule, so it is not used. Ask the issuer.',
    };
    return answer('unknown', words, refuse('chain-broken', words.vi, words.en));
  }
  if (chain.fault !== undefined) return answer('unknown', UNKNOWN_ROOT, null);
  let known = true;
  for (const [index, certificate] of links.entries()) {
    const issuer = links[index + 1];
    if (!issuer || selfSigned(certificate)) break;
    const status = await revocation(certificate, issuer, options, found);
    if (status === 'revoked') {
      const words = {
        vi: 'Chứng thư đã bị thu hồi nên không được ký. Dùng chứng thư khác.',
        en: 'The certificate is revoked and may not sign. Use another.',
      };
      return answer('revoked', words, refuse('certificate-revoked', words.vi, words.en));
    }
    if (status === 'unknown') known = false;
  }
  return known
    ? answer('valid', { vi: 'Chứng thư hợp lệ, chưa bị thu hồi.', en: 'The certificate is valid and not revoked.' }, null)
    : answer('unknown', UNREACHABLE, null);
}

/** What was fetched so far; asked of first, so that one list serves several certificates. */
export interface Found {
  readonly ocsp: { raw: Buffer; answer: OcspAnswer }[];
  readonly crls: { raw: Buffer; list: Crl }[];
}

/** OCSP first, the list when no answer came (RFC 6960, RFC 5280). */
export async function revocation(
  certificate: ChainCertificate,
  issuer: ChainCertificate,
  options: Pick<AssessOptions, 'at' | 'offline' | 'fetcher'>,
  found: Found,
): Promise<'good' | 'revoked' | 'unknown'> {
  const judge = () =>
    statusAt(
      evidence(
        certificate,
        issuer,
        found.ocsp.map((one) => one.answer),
        found.crls.map((one) => one.list),
      ),
      certificate,
      options.at,
      options.at,
    ).status;
  if (options.offline || judge() !== 'unknown') return judge();
  for (const url of certificate.ocspUrls.slice(0, 2)) {
    const body = await fetchBytes(url, {
      post: ocspRequest(certificate, issuer),
      type: 'application/ocsp-request',
      ...(options.fetcher ? { fetcher: options.fetcher } : {}),
    });
    const answer = body && attempt(() => readOcsp(body));
    if (body && answer) found.ocsp.push({ raw: Buffer.from(body), answer });
    if (judge() !== 'unknown') return judge();
  }
  for (const url of certificate.crlUrls.slice(0, 2)) {
    const body = await fetchBytes(url, options.fetcher ? { fetcher: options.fetcher } : {});
    const list = body && attempt(() => readCrl(unarmour(body)));
    if (body && list) found.crls.push({ raw: Buffer.from(unarmour(body)), list });
    if (judge() !== 'unknown') return judge();
  }
  return judge();
}

function attempt<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}

/** Some points serve PEM although RFC 5280 wants DER. */
function unarmour(body: Uint8Array): Uint8Array {
  const text = Buffer.from(body).toString('latin1');
  return text.startsWith('-----BEGIN') ? new Uint8Array(Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64')) : body;
}

/** The chain as far as certificates are at hand, nearest issuer first, without the signer: what goes into a signature. */
export function issuersOf(certificate: Uint8Array, pool: readonly Uint8Array[], trust: Trust, at: number): Buffer[] {
  const read = (der: Uint8Array) => readChainCertificate(new Uint8Array(der));
  return buildChain(read(certificate), pool.map(read), trust, at)
    .certificates.slice(1)
    .map((one) => Buffer.from(one.raw));
}

/** @throws DerError when one of them is no certificate */
export const trustOf = (certificates: readonly Uint8Array[]): Trust =>
  sortTrust(certificates.map((der) => readChainCertificate(new Uint8Array(der))));
