import { createHash } from 'node:crypto';
import { checkSignature, readSignatureAlgorithm, weakHash, type SignatureAlgorithm } from './algorithms.ts';
import { issued, nameKey, readCertificate, type Certificate } from './certificate.ts';
import { Der, DerError, encode, hex, sameBytes } from './der.ts';

const OCSP_BASIC = '1.3.6.1.5.5.7.48.1.1';
const OCSP_SIGNING = '1.3.6.1.5.5.7.3.9';
const CERT_ID_HASHES: Record<string, string> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
const DELTA = '2.5.29.27';
/** Extensions of a list's entry: the reason, the instruction while on hold, the date of the harm. */
const ENTRY_KNOWN = new Set(['2.5.29.21', '2.5.29.23', '2.5.29.24']);
/** Extensions of an OCSP answer: the nonce, what it serves, the list and the archive date behind it, its extended revoked state. */
const OCSP_KNOWN = new Set([1, 2, 3, 4, 6, 7, 9].map((number) => `1.3.6.1.5.5.7.48.1.${number}`));
const SKEW = 5 * 60_000;
const DAY = 24 * 3600_000;

/** An OCSP answer (RFC 6960, 4.2) taken apart. */
export interface OcspAnswer {
  tbs: Uint8Array;
  algorithm: SignatureAlgorithm;
  signature: Uint8Array;
  responder: { name: Uint8Array } | { keyHash: string };
  producedAt: number;
  certificates: Certificate[];
  singles: {
    certId: Der;
    status: 'good' | 'revoked' | 'unknown';
    revokedAt: number | undefined;
    thisUpdate: number;
    nextUpdate: number | undefined;
  }[];
}

/** A certificate revocation list (RFC 5280, 5) taken apart. */
export interface Crl {
  tbs: Uint8Array;
  algorithm: SignatureAlgorithm;
  signature: Uint8Array;
  issuer: Uint8Array;
  thisUpdate: number;
  nextUpdate: number | undefined;
  /** Serial number (hexadecimal content octets) to the time of revocation. */
  revoked: Map<string, number>;
  /** Why it cannot be used for everything its issuer issued. */
  limited: 'no' | 'users' | 'authorities' | 'unusable';
  /** Addresses of the part of the list that this is; empty when it is whole. */
  points: string[];
}

export interface Evidence {
  status: 'good' | 'revoked';
  revokedAt: number | undefined;
  thisUpdate: number;
  nextUpdate: number | undefined;
  source: 'ocsp' | 'crl';
}

/** Whether one of these Extensions is critical and not known; certificateIssuer (2.5.29.29) makes an entry speak of others. */
function unknownCritical(extensions: Der, known: Set<string>): boolean {
  return extensions.children.some((extension) => {
    const oid = extension.child(0).oid;
    return !known.has(oid) && (oid === '2.5.29.29' || (extension.children.length === 3 && extension.child(1).boolean));
  });
}

/** @throws DerError for what is no successful basic response */
export function readOcsp(bytes: Uint8Array): OcspAnswer {
  const answer = Der.whole(bytes).expect(0x30);
  if (answer.child(0, 0x0a).content[0] !== 0) throw new DerError('the responder refused', 0);
  const wrapped = answer.child(1, 0xa0).child(0, 0x30);
  if (wrapped.child(0).oid !== OCSP_BASIC) throw new DerError('no basic OCSP response', wrapped.start);
  const basic = Der.whole(wrapped.child(1, 4).content).expect(0x30);
  const tbs = basic.child(0, 0x30);
  const parts = [...tbs.children];
  if (parts[0]?.tag === 0xa0) parts.shift();
  const [responder, producedAt, responses] = parts;
  if (responder === undefined || producedAt === undefined || responses === undefined)
    throw new DerError('an OCSP response is cut short', tbs.start);
  const strange = (single: Der): boolean => {
    // certID, certStatus (which may be [1] itself), thisUpdate, then [0] nextUpdate and [1] singleExtensions
    const extensions = single.children.slice(3).find((part) => part.tag === 0xa1);
    return extensions !== undefined && unknownCritical(extensions.child(0, 0x30), OCSP_KNOWN);
  };
  if (parts[3]?.tag === 0xa1 && unknownCritical(parts[3].child(0, 0x30), OCSP_KNOWN))
    throw new DerError('an OCSP response with a condition that is not known', tbs.start);
  return {
    tbs: tbs.raw,
    algorithm: readSignatureAlgorithm(basic.child(1)),
    signature: basic.child(2).bits,
    responder:
      responder.tag === 0xa1 ? { name: responder.child(0, 0x30).raw } : { keyHash: hex(responder.expect(0xa2).child(0, 4).content) },
    producedAt: producedAt.time,
    certificates: (basic.children[3]?.expect(0xa0).child(0, 0x30).children ?? []).map((part) => readCertificate(part.raw)),
    singles: responses.expect(0x30).children.map((single) => {
      const status = single.child(1);
      const kind = strange(single) ? 'unknown' : status.tag === 0x80 ? 'good' : status.tag === 0xa1 ? 'revoked' : 'unknown';
      return {
        certId: single.child(0, 0x30),
        status: kind,
        revokedAt: kind === 'revoked' ? status.child(0).time : undefined,
        thisUpdate: single.child(2).time,
        nextUpdate: single.children.find((part) => part.tag === 0xa0)?.child(0).time,
      };
    }),
  };
}

/** @throws DerError */
export function readCrl(bytes: Uint8Array): Crl {
  const list = Der.whole(bytes).expect(0x30);
  const tbs = list.child(0, 0x30);
  const parts = [...tbs.children];
  if (parts[0]?.tag === 2) parts.shift();
  const inner = parts.shift();
  const outer = list.child(1);
  if (inner === undefined || !sameBytes(inner.raw, outer.raw))
    throw new DerError('inner and outer signature algorithm differ', outer.start);
  const issuer = parts.shift()?.expect(0x30).raw;
  const thisUpdate = parts.shift()?.time;
  if (issuer === undefined || thisUpdate === undefined) throw new DerError('a revocation list is cut short', tbs.start);
  const next = parts[0];
  const nextUpdate = next?.tag === 0x17 || next?.tag === 0x18 ? parts.shift()?.time : undefined;
  const revoked = new Map<string, number>();
  let strange = false;
  if (parts[0]?.tag === 0x30) {
    for (const entry of parts.shift()?.children ?? []) {
      revoked.set(hex(entry.child(0, 2).content), entry.child(1).time);
      // An entry of another issuer (indirect lists), or with a condition that nothing here understands (RFC 5280, 5.3).
      if (entry.children.length > 2 && unknownCritical(entry.child(2, 0x30), ENTRY_KNOWN)) strange = true;
    }
  }
  let scope: Pick<Crl, 'limited' | 'points'> = { limited: 'no', points: [] };
  for (const extension of parts[0]?.child(0, 0x30).children ?? []) {
    const critical = extension.children.length === 3 && extension.child(1).boolean;
    const oid = extension.child(0).oid;
    if (oid === '2.5.29.28') scope = distribution(Der.whole(extension.child(extension.children.length - 1, 4).content));
    // A list of changes only names what is new, not what is revoked.
    else if (critical || oid === DELTA) strange = true;
  }
  return {
    tbs: tbs.raw,
    algorithm: readSignatureAlgorithm(outer),
    signature: list.child(2).bits,
    issuer,
    thisUpdate,
    nextUpdate,
    revoked,
    points: scope.points,
    limited: strange ? 'unusable' : scope.limited,
  };
}

/** issuingDistributionPoint (RFC 5280, 5.2.5): lists of some reasons only, or of other issuers, prove nothing here. */
function distribution(point: Der): Pick<Crl, 'limited' | 'points'> {
  let limited: Crl['limited'] = 'no';
  const points: string[] = [];
  for (const part of point.children) {
    if (part.tag === 0x81 && part.content[0] !== 0) limited = 'users';
    else if (part.tag === 0x82 && part.content[0] !== 0) limited = 'authorities';
    else if (part.tag === 0xa0) {
      for (const place of part.context(0)?.children ?? []) if (place.tag === 0x86) points.push(place.text);
      // A part that is named in another way cannot be told from the parts of others.
      if (points.length === 0) return { limited: 'unusable', points };
    } else if (part.content[0] !== 0) return { limited: 'unusable', points };
  }
  return { limited, points };
}

/** Who signed the answer: the issuer itself, or a responder it authorised (RFC 6960, 4.2.2.2). */
export function ocspSigner(answer: OcspAnswer, issuer: Certificate): Certificate | undefined {
  const named = (certificate: Certificate): boolean =>
    'name' in answer.responder
      ? sameBytes(answer.responder.name, certificate.subject)
      : answer.responder.keyHash === createHash('sha1').update(certificate.keyBits).digest('hex');
  const signs = (certificate: Certificate): boolean =>
    named(certificate) && checkSignature(answer.algorithm, certificate.publicKey, answer.tbs, answer.signature);
  if (weakHash(answer.algorithm.hash) !== undefined) return undefined;
  if (signs(issuer)) return issuer;
  return answer.certificates.find(
    (certificate) =>
      signs(certificate) &&
      certificate.extendedKeyUsage?.oids.includes(OCSP_SIGNING) === true &&
      certificate.unknownCritical.length === 0 &&
      answer.producedAt >= certificate.notBefore - SKEW &&
      answer.producedAt <= certificate.notAfter &&
      issued(issuer, certificate),
  );
}

export function crlSigned(crl: Crl, issuer: Certificate): boolean {
  if (weakHash(crl.algorithm.hash) !== undefined) return false;
  if (issuer.keyUsage !== undefined && !issuer.keyUsage.has(6)) return false;
  if (!sameBytes(crl.issuer, issuer.subject) && nameKey(crl.issuer) !== nameKey(issuer.subject)) return false;
  return checkSignature(crl.algorithm, issuer.publicKey, crl.tbs, crl.signature);
}

/** What OCSP answers and lists, their signatures checked, say about one certificate. */
export function evidence(certificate: Certificate, issuer: Certificate, answers: OcspAnswer[], lists: Crl[]): Evidence[] {
  const found: Evidence[] = [];
  for (const answer of answers) {
    const singles = answer.singles.filter((single) => single.status !== 'unknown' && certIdMatches(single.certId, certificate, issuer));
    if (singles.length === 0) continue;
    const signer = ocspSigner(answer, issuer);
    if (signer === undefined || !responderStands(signer, issuer, answer, lists)) continue;
    for (const single of singles) {
      found.push({
        status: single.status === 'revoked' ? 'revoked' : 'good',
        revokedAt: single.revokedAt,
        thisUpdate: single.thisUpdate,
        nextUpdate: single.nextUpdate,
        source: 'ocsp',
      });
    }
  }
  return [...found, ...listed(certificate, issuer, lists)];
}

/**
 * Whether a responder's certificate may still be used (RFC 6960, 4.2.2.2.1): the issuer's own may, one with id-pkix-ocsp-nocheck may, and
 * so may one that names no list to look into. Any other must stand on no list, and the list must be at hand.
 */
function responderStands(signer: Certificate, issuer: Certificate, answer: OcspAnswer, lists: Crl[]): boolean {
  if (signer.id === issuer.id || signer.noRevocationCheck) return true;
  const { status } = statusAt(listed(signer, issuer, lists), signer, answer.producedAt, Number.POSITIVE_INFINITY);
  return status === 'good' || (status === 'unknown' && signer.crlUrls.length === 0);
}

/** The responder whose own revocation an answer depends on, when there is a list to ask for. */
export function responderOf(answers: OcspAnswer[], issuer: Certificate): Certificate[] {
  return answers
    .map((answer) => ocspSigner(answer, issuer))
    .filter(
      (signer) => signer !== undefined && signer.id !== issuer.id && !signer.noRevocationCheck && signer.crlUrls.length > 0,
    ) as Certificate[];
}

function listed(certificate: Certificate, issuer: Certificate, lists: Crl[]): Evidence[] {
  const found: Evidence[] = [];
  for (const crl of lists) {
    if (crl.limited === 'unusable') continue;
    if ((crl.limited === 'users' && certificate.ca) || (crl.limited === 'authorities' && !certificate.ca)) continue;
    // One part of a list says nothing about the certificates of another (RFC 5280, 6.3.3 b 2).
    if (crl.points.length > 0 && !crl.points.some((place) => certificate.crlUrls.includes(place))) continue;
    if (!crlSigned(crl, issuer)) continue;
    const revokedAt = crl.revoked.get(hex(certificate.serial));
    found.push({
      status: revokedAt === undefined ? 'good' : 'revoked',
      revokedAt,
      thisUpdate: crl.thisUpdate,
      nextUpdate: crl.nextUpdate,
      source: 'crl',
    });
  }
  return found;
}

function certIdMatches(certId: Der, certificate: Certificate, issuer: Certificate): boolean {
  try {
    return certIdNames(certId, certificate, issuer);
  } catch {
    return false;
  }
}

function certIdNames(certId: Der, certificate: Certificate, issuer: Certificate): boolean {
  const oid = certId.child(0).child(0).oid;
  const hash = CERT_ID_HASHES[oid];
  if (hash === undefined) return false;
  const digest = (bytes: Uint8Array): Uint8Array => createHash(hash).update(bytes).digest();
  return (
    sameBytes(certId.child(1, 4).content, digest(issuer.subject)) &&
    sameBytes(certId.child(2, 4).content, digest(issuer.keyBits)) &&
    sameBytes(certId.child(3, 2).content, certificate.serial)
  );
}

/**
 * The state of a certificate at a time.
 * @param at the moment that matters; `now` the moment of looking, epoch milliseconds
 * @returns revoked with its time when it was revoked at or before `at`; good when evidence reaches to `at`; unknown otherwise
 */
export function statusAt(
  all: Evidence[],
  certificate: Certificate,
  at: number,
  now: number,
): { status: 'good' | 'revoked' | 'unknown'; revokedAt?: number } {
  const usable = all.filter((item) => item.thisUpdate <= now + SKEW);
  const revoked = usable.find((item) => item.status === 'revoked' && (item.revokedAt ?? 0) <= at);
  if (revoked !== undefined) return { status: 'revoked', revokedAt: revoked.revokedAt ?? 0 };
  const reaches = (item: Evidence): boolean => {
    // After a certificate has expired its issuer may drop it from the list: such a list proves nothing.
    if (item.source === 'crl' && item.thisUpdate > certificate.notAfter) return false;
    return item.thisUpdate >= at - SKEW || at <= (item.nextUpdate ?? item.thisUpdate + DAY);
  };
  return { status: usable.some(reaches) ? 'good' : 'unknown' };
}

/** An OCSPRequest for one certificate (RFC 6960, 4.1), with SHA-1 in the CertID as every responder expects. */
export function ocspRequest(certificate: Certificate, issuer: Certificate): Uint8Array {
  const sha1 = encode(0x30, encode(0x06, new Uint8Array([0x2b, 0x0e, 0x03, 0x02, 0x1a])), new Uint8Array([5, 0]));
  const digest = (bytes: Uint8Array): Uint8Array => encode(4, createHash('sha1').update(bytes).digest());
  const certId = encode(0x30, sha1, digest(issuer.subject), digest(issuer.keyBits), encode(2, certificate.serial));
  return encode(0x30, encode(0x30, encode(0x30, encode(0x30, certId))));
}
