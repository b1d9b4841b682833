import { createHash } from 'node:crypto';
import { weakHash, weakKey } from './algorithms.ts';
import type { Certificate } from './certificate.ts';
import { readTimestamp, type Cms, type TimestampToken } from './cms.ts';
import { DerError, sameBytes } from './der.ts';
import { finding, type Finding } from './findings.ts';
import type { Intact } from './intact.ts';
import { joined, readEmbedded, type Material } from './material.ts';
import { judgePath, type PathContext, type PathResult } from './path.ts';
import { pdfDate } from './ranges.ts';
import { crlSigned, ocspSigner } from './revocation.ts';
import { unvouched } from './trust.ts';
import type { Level } from './types.ts';

const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
/** Extended key usages that never mean signing a document: servers, code, timestamps, OCSP answers. */
const OTHER_PURPOSES = new Set(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.3', TIME_STAMPING, '1.3.6.1.5.5.7.3.9']);
const SKEW = 5 * 60_000;
const DAY = 24 * 3600_000;

/** Proof that everything up to a revision existed at a time: a trusted document timestamp. */
export interface Proof {
  revision: number;
  time: number;
}

export interface Judged {
  findings: Finding[];
  level: Level;
  signer: Certificate | undefined;
  signedAt: number | undefined;
  timestampAt: number | undefined;
  details: string[];
}

/** The earliest proven time for something that stands in `revision`. */
export function provenAt(proofs: Proof[], revision: number): number | undefined {
  const times = proofs.filter((proof) => proof.revision > revision).map((proof) => proof.time);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Judges a document timestamp; a trusted one becomes a proof for what it covers. */
export async function judgeDocTimestamp(
  context: PathContext,
  item: Intact,
  proofs: Proof[],
): Promise<{ judged: Judged; proof: Proof | undefined }> {
  const token = item.token;
  const judged: Judged = {
    findings: [...item.findings],
    level: 'DocTimeStamp',
    signer: token?.signer,
    signedAt: undefined,
    timestampAt: undefined,
    details: [],
  };
  if (token === undefined || item.range === undefined) return { judged, proof: undefined };
  const intact = judged.findings.length === 0;
  const at = provenAt(proofs, item.range.revision) ?? context.now;
  const own = { ...context, material: joined(context.material, readEmbedded(token)) };
  const authority = await judgeAuthority(own, token, at);
  judged.findings.push(...authority.findings, ...loose(own, token, authority.path));
  judged.timestampAt = intact ? token.genTime : undefined;
  const trusted = judged.findings.length === 0;
  return { judged, proof: trusted ? { revision: item.range.revision, time: token.genTime } : undefined };
}

/** Judges who signed, when, and whether that was good at the time (ETSI EN 319 102-1, 5.3 to 5.6). */
export async function judgeSigner(context: PathContext, item: Intact, proofs: Proof[], storedLongTerm: boolean): Promise<Judged> {
  const { cms, range } = item;
  const judged: Judged = {
    findings: [...item.findings],
    level: null,
    signer: cms?.signer,
    signedAt: undefined,
    timestampAt: undefined,
    details: [],
  };
  if (cms === undefined || range === undefined) return judged;
  judged.signedAt = cms.signingTime ?? pdfDate(range.claimed);
  const timestamp = readSignatureTimestamp(cms, judged);
  const own = {
    ...context,
    material: joined(context.material, readEmbedded(cms), ...(timestamp === undefined ? [] : [readEmbedded(timestamp)])),
  };
  const covered = provenAt(proofs, range.revision);
  let proven = covered;
  judged.timestampAt = covered;
  let authority: Authority | undefined;
  if (timestamp !== undefined) {
    judged.timestampAt = timestamp.genTime;
    authority = await judgeAuthority(own, timestamp, covered ?? own.now);
    if (timestamp.genTime > own.now + SKEW)
      judged.findings.push(finding('timestampOrder', 'the timestamp is later than the moment of judging'));
    else if (authority.findings.length === 0) proven = Math.min(proven ?? timestamp.genTime, timestamp.genTime);
    else judged.findings.push(...doubts(authority.findings, judged));
  }
  if (cms.signer === undefined) return judged;
  // The older attribute (ETSI EN 319 122-1, 5.2.2) goes with SHA-1 alone.
  if (cms.certificateReferenceWeak && range.subFilter !== 'adbe.pkcs7.detached')
    judged.findings.push(finding('weak', 'reference to the certificate by SHA-1'));
  judged.findings.push(...strength(cms), ...claims(cms, judged, own.now));
  const path = await judgePath(own, cms.signer, proven ?? own.now);
  judged.findings.push(...pathFindings(path, cms.signer, proven, judged.signedAt));
  if (cms.signer.keyUsage !== undefined && !cms.signer.keyUsage.has(0) && !cms.signer.keyUsage.has(1))
    judged.findings.push(finding('keyUsage'));
  const purposes = cms.signer.extendedKeyUsage?.oids ?? [];
  if (purposes.length > 0 && purposes.every((oid) => OTHER_PURPOSES.has(oid)))
    judged.findings.push(finding('keyUsage', 'a certificate for another purpose'));
  const extra = timestamp === undefined ? [] : loose(own, timestamp, authority?.path);
  judged.findings.push(...loose(own, cms, path), ...extra);
  judged.level = levelOf(item, timestamp !== undefined, path, proofs, storedLongTerm);
  return judged;
}

/**
 * A timestamp that proves nothing, because its authority has expired or cannot be asked about now, leaves the signature to be judged as of
 * now (ETSI EN 319 102-1, 5.5.4). One that nobody should rely on must not stand there as if it meant something.
 */
function doubts(findings: Finding[], judged: Judged): Finding[] {
  judged.details.push(`timestamp not used: ${findings.map((one) => one.code).join(', ')}`);
  return findings
    .filter((one) => one.code !== 'outOfBounds' && one.code !== 'revocationUnknown')
    .map((one) => (one.code === 'timestampUntrusted' ? one : finding('timestampBroken', `${one.code} ${one.detail}`.trim())));
}

/** What the signer says about the time, where it cannot be true; a day is left to clocks and time zones. */
function claims(cms: Cms, judged: Judged, now: number): Finding[] {
  const claimed = judged.signedAt;
  if (claimed === undefined) return [];
  if (claimed > now + DAY) return [finding('timestampOrder', 'the claimed time is later than the moment of judging')];
  if (claimed > (judged.timestampAt ?? Number.POSITIVE_INFINITY) + DAY)
    return [finding('timestampOrder', 'the claimed time is later than the timestamp')];
  // /M is only a note; the signed attribute is a statement.
  if ((cms.signingTime ?? Number.POSITIVE_INFINITY) < (cms.signer?.notBefore ?? 0) - DAY)
    return [finding('timestampOrder', 'the claimed time is earlier than the certificate')];
  return [];
}

function readSignatureTimestamp(cms: Cms, judged: Judged): TimestampToken | undefined {
  if (cms.timestamp === undefined) return undefined;
  try {
    const token = readTimestamp(cms.timestamp);
    const imprint = createHash(token.imprintHash).update(cms.signature).digest();
    if (!sameBytes(imprint, token.imprint)) throw new DerError('the timestamp is for something else', 0);
    return token;
  } catch (error) {
    if (!(error instanceof DerError)) throw error;
    judged.findings.push(finding('timestampBroken', error.message));
    return undefined;
  }
}

interface Authority {
  findings: Finding[];
  path: PathResult | undefined;
}

/** The authority of a timestamp: chain and revocation as of `at`, and a certificate that is for timestamps alone (RFC 3161, 2.3). */
async function judgeAuthority(context: PathContext, token: TimestampToken, at: number): Promise<Authority> {
  const signer = token.signer;
  if (signer === undefined) return { findings: [finding('noCertificate')], path: undefined };
  const findings: Finding[] = [];
  const usage = signer.extendedKeyUsage;
  if (usage?.critical !== true || usage.oids.length !== 1 || usage.oids[0] !== TIME_STAMPING)
    findings.push(finding('keyUsage', 'not a timestamp certificate'));
  if (token.genTime > at + SKEW) findings.push(finding('timestampOrder', 'the timestamp is later than the moment of judging'));
  if (token.genTime < signer.notBefore || token.genTime > signer.notAfter)
    findings.push(finding('timestampOrder', 'the timestamp is outside the period of its certificate'));
  if (weakHash(token.imprintHash) !== undefined) findings.push(finding('weak', token.imprintHash));
  findings.push(...strength(token));
  const path = await judgePath(context, signer, at);
  for (const one of pathFindings(path, signer, undefined, undefined)) {
    findings.push(one.code === 'untrusted' ? finding('timestampUntrusted', one.detail) : one);
  }
  return { findings, path };
}

function strength(cms: Cms): Finding[] {
  const hash = weakHash(cms.hash) ?? weakHash(cms.algorithm.hash);
  const key = cms.signer === undefined ? undefined : weakKey(cms.signer.publicKey);
  return [hash, key].filter((item) => item !== undefined).map((item) => finding('weak', item));
}

/**
 * @param proven when the signature is known to have existed, undefined when nothing proves it
 * @param claimed when the signer says to have signed: evidence against the signer, never for
 */
function pathFindings(path: PathResult, leaf: Certificate, proven: number | undefined, claimed: number | undefined): Finding[] {
  const found: Finding[] = [];
  const { fault, at } = path.chain;
  const about = at?.title ?? '';
  if (fault === 'noChain' || fault === 'untrusted') found.push(finding('untrusted', about));
  else if (fault === 'constraints') found.push(finding('chain', about));
  else if (fault === 'notYetValid') found.push(finding(proven !== undefined && at === leaf ? 'notYetValid' : 'outOfBounds', about));
  else if (fault === 'expired')
    found.push(finding(at === leaf && claimed !== undefined && claimed > leaf.notAfter ? 'expired' : 'outOfBounds', about));
  if (path.weak.length > 0) found.push(finding('weak', path.weak.join(', ')));
  if (path.revocation === 'revoked') {
    const after = claimed !== undefined && claimed >= (path.revokedAt ?? 0);
    found.push(finding(after && path.about === leaf.title ? 'revoked' : 'revokedNoPoe', path.about));
  } else if (path.revocation === 'unknown') found.push(finding('revocationUnknown', path.about));
  return found;
}

/** Unsigned parts of a CMS that nothing vouches for: each could be changed without anyone noticing. */
function loose(context: PathContext, cms: Cms, path: PathResult | undefined): Finding[] {
  const found = [...cms.unknownUnsigned];
  const used = [
    ...(path?.chain.certificates ?? []),
    ...context.material.certificates.filter((item) => !cms.certificates.some((one) => one.id === item.id)),
  ];
  found.push(
    ...unvouched(
      cms.certificates.filter((item) => item.id !== cms.signer?.id),
      used,
      context.trust,
    ).map((item) => `certificate ${item.title}`),
  );
  return found.length > 0 ? [finding('unknownParts', found.slice(0, 5).join(', '))] : [];
}

/** The same question for the security store of the document. */
export function looseMaterial(material: Material, context: PathContext): string[] {
  const issuers = [...material.certificates, ...context.material.certificates, ...context.trust.anchors, ...context.trust.intermediates];
  return [
    ...material.broken,
    ...unvouched(
      material.certificates,
      context.material.certificates.filter((item) => !material.certificates.includes(item)),
      context.trust,
    ).map((item) => `certificate ${item.title}`),
    ...material.ocsp.flatMap((answer) => unvouched(answer.certificates, issuers, context.trust).map((item) => `certificate ${item.title}`)),
    ...material.ocsp.filter((answer) => !issuers.some((issuer) => ocspSigner(answer, issuer) !== undefined)).map(() => 'ocsp'),
    ...material.crls.filter((crl) => !issuers.some((issuer) => crlSigned(crl, issuer))).map(() => 'crl'),
  ];
}

/** ETSI EN 319 142-1, 6: what the signature carries, whether or not its authorities are trusted here. */
function levelOf(item: Intact, timestamped: boolean, path: PathResult, proofs: Proof[], storedLongTerm: boolean): Level {
  if (item.range?.subFilter !== 'ETSI.CAdES.detached' || item.cms?.certificateReference !== 'matches') return 'CMS';
  const archived = proofs.some((proof) => proof.revision > (item.range?.revision ?? 0));
  if (!timestamped && !archived) return 'B-B';
  if (!storedLongTerm || !path.longTerm) return 'B-T';
  return archived ? 'B-LTA' : 'B-LT';
}
