import { createHash } from 'node:crypto';
import { checkSignature, readHash, readSignatureAlgorithm, type HashName, type SignatureAlgorithm } from './algorithms.ts';
import { readCertificate, type Certificate } from './certificate.ts';
import { Der, DerError, encode, hex, sameBytes } from './der.ts';

const OID = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  timestamp: '1.2.840.113549.1.9.16.2.14',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  adobeRevocation: '1.2.840.113583.1.1.8',
};

/** One SignedData with one signer (RFC 5652), taken apart and judged for shape, not yet for truth. */
export interface Cms {
  contentType: string;
  content: Uint8Array | undefined;
  certificates: Certificate[];
  crls: Uint8Array[];
  hash: HashName;
  algorithm: SignatureAlgorithm;
  /** The signer's certificate by issuer and serial number (or key identifier); undefined when it is not inside. */
  signer: Certificate | undefined;
  signature: Uint8Array;
  /** Signed attributes as the SET OF that was signed. */
  signedBytes: Uint8Array;
  messageDigest: Uint8Array;
  /** Claimed by the signer, epoch milliseconds. */
  signingTime: number | undefined;
  /** Whether a signing-certificate attribute is there, and whether it names `signer`. */
  certificateReference: 'absent' | 'matches' | 'differs';
  /** A reference by SHA-1 (ESSCertID of RFC 2634). */
  certificateReferenceWeak: boolean;
  /** The signature timestamp token among the unsigned attributes. */
  timestamp: Uint8Array | undefined;
  /** Revocation data that Adobe products sign in (ISO 32000-2, 12.8.3.3.2). */
  adobeRevocation: Der | undefined;
  /** What is there and is not signed, and means nothing to the verifier: object identifiers. */
  unknownUnsigned: string[];
}

export interface TimestampToken extends Cms {
  genTime: number;
  imprintHash: HashName;
  imprint: Uint8Array;
}

/**
 * Reads a ContentInfo with SignedData.
 * @throws DerError when it is not strict DER, has no or several signers, or contradicts itself
 */
export function readCms(bytes: Uint8Array): Cms {
  const info = Der.whole(bytes).expect(0x30);
  if (info.child(0).oid !== OID.signedData) throw new DerError('no SignedData', info.start);
  if (info.children.length !== 2 || info.child(1, 0xa0).children.length !== 1) throw new DerError('a malformed ContentInfo', info.start);
  const data = info.child(1).child(0, 0x30);
  const [versionPart, digestsPart, capsule, ...rest] = data.children;
  if (versionPart === undefined || digestsPart === undefined || capsule === undefined)
    throw new DerError('SignedData is cut short', data.start);
  const certificatesPart = rest[0]?.tag === 0xa0 ? rest.shift() : undefined;
  const crlsPart = rest[0]?.tag === 0xa1 ? rest.shift() : undefined;
  const signers = rest.shift()?.expect(0x31);
  if (signers === undefined || rest.length > 0) throw new DerError('SignedData with odd parts', data.start);
  if (signers.children.length !== 1) throw new DerError(`${signers.children.length} signers instead of one`, signers.start);
  const contentType = capsule.expect(0x30).child(0).oid;
  const wrapped = capsule.children[1];
  if (capsule.children.length > 2 || (wrapped !== undefined && (wrapped.tag !== 0xa0 || wrapped.children.length !== 1))) {
    throw new DerError('malformed encapsulated content', capsule.start);
  }
  const certificates = (certificatesPart?.children ?? []).map((part) => readCertificate(part.expect(0x30).raw));
  const signerInfo = readSigner(signers.child(0, 0x30), certificates);
  const digests = digestsPart.expect(0x31).children.map(readHash);
  if (!digests.includes(signerInfo.hash) || new Set(digests).size !== digests.length)
    throw new DerError('digest algorithms that do not fit', digestsPart.start);
  // RFC 5652, 5.1: the version follows from what is inside; 3 for plain data too is a habit of some signers.
  const versions = contentType !== OID.data || signerInfo.version === 3 ? [3] : [1, 3];
  if (!versions.includes(versionPart.integer)) throw new DerError('a wrong SignedData version', versionPart.start);
  if (signerInfo.contentType !== contentType) throw new DerError('content type attribute differs', data.start);
  return {
    ...signerInfo,
    contentType,
    content: wrapped?.child(0, 4).content,
    certificates,
    crls: (crlsPart?.children ?? []).filter((part) => part.tag === 0x30).map((part) => part.raw),
    unknownUnsigned: [...signerInfo.unknownUnsigned, ...(crlsPart?.children.some((part) => part.tag !== 0x30) === true ? ['crls'] : [])],
  };
}

function readSigner(info: Der, certificates: Certificate[]): Omit<Cms, 'content' | 'certificates' | 'crls'> & { version: number } {
  const parts = [...info.children];
  const version = parts.shift()?.integer;
  const sid = parts.shift();
  const digest = parts.shift();
  const signed = parts.shift();
  if (sid === undefined || digest === undefined || signed?.tag !== 0xa0)
    throw new DerError('a signer without signed attributes', info.start);
  const algorithmPart = parts.shift();
  const signature = parts.shift()?.expect(4).content;
  const unsigned = parts.shift();
  if (algorithmPart === undefined || signature === undefined || parts.length > 0 || (unsigned !== undefined && unsigned.tag !== 0xa1)) {
    throw new DerError('a malformed signer', info.start);
  }
  if (version !== (sid.tag === 0x80 ? 3 : 1)) throw new DerError('a signer version that does not fit', info.start);
  const hash = readHash(digest);
  const attributes = readAttributes(signed);
  const unsignedAttributes = unsigned === undefined ? new Map<string, Der>() : readAttributes(unsigned);
  const one = (oid: string): Der | undefined => {
    const set = attributes.get(oid);
    if (set !== undefined && set.children.length !== 1) throw new DerError('an attribute needs exactly one value', set.start);
    return set?.child(0);
  };
  const messageDigest = one(OID.messageDigest)?.expect(4).content;
  const contentType = one(OID.contentType)?.oid;
  if (messageDigest === undefined || contentType === undefined) throw new DerError('a required attribute is missing', signed.start);
  const signer = certificates.find((certificate) =>
    sid.tag === 0x80
      ? certificate.subjectKeyId === hex(sid.content)
      : issuedBy(certificate, sid.child(0, 0x30).raw) && sameBytes(certificate.serial, sid.child(1, 2).content),
  );
  const v2 = one(OID.signingCertificateV2);
  const v1 = one(OID.signingCertificate);
  const checked = [
    v2 === undefined ? undefined : referenceMatches(v2, signer, false),
    v1 === undefined ? undefined : referenceMatches(v1, signer, true),
  ];
  const timestamp = unsignedAttributes.get(OID.timestamp);
  // Several timestamps would be legal in CAdES; with one, every byte of it can be held to account.
  if (timestamp !== undefined && timestamp.children.length !== 1)
    throw new DerError('a signature timestamp needs exactly one value', timestamp.start);
  const signedBytes = new Uint8Array(signed.raw);
  signedBytes[0] = 0x31;
  return {
    version,
    contentType,
    hash,
    algorithm: readSignatureAlgorithm(algorithmPart, hash),
    signer,
    signature,
    signedBytes,
    messageDigest,
    signingTime: one(OID.signingTime)?.time,
    certificateReference: checked.includes(false) ? 'differs' : checked.includes(true) ? 'matches' : 'absent',
    certificateReferenceWeak: v2 === undefined && v1 !== undefined,
    timestamp: timestamp?.child(0).raw,
    adobeRevocation: one(OID.adobeRevocation),
    unknownUnsigned: [...unsignedAttributes.keys()].filter((oid) => oid !== OID.timestamp),
  };
}

/**
 * node-forge, and with it @signpdf, writes letters beyond ASCII twice over as UTF-8 in the name of the issuer. What they mean is certain,
 * and the certificate that they mean still has to fit the signature.
 */
function issuedBy(certificate: Certificate, name: Uint8Array): boolean {
  if (sameBytes(certificate.issuer, name)) return true;
  const value = (part: Der): Uint8Array =>
    part.tag === 0x0c ? encode(0x0c, Buffer.from(Buffer.from(part.content).toString('latin1'), 'utf8')) : part.raw;
  const sets = Der.whole(certificate.issuer).children.map((set) =>
    encode(0x31, ...set.children.map((item) => encode(0x30, item.child(0).raw, value(item.child(1))))),
  );
  return sameBytes(encode(0x30, ...sets), name);
}

function readAttributes(set: Der): Map<string, Der> {
  const found = new Map<string, Der>();
  for (const attribute of set.children) {
    const oid = attribute.expect(0x30).child(0).oid;
    if (attribute.children.length !== 2 || found.has(oid)) throw new DerError('a malformed or repeated attribute', attribute.start);
    found.set(oid, attribute.child(1, 0x31));
  }
  return found;
}

/** ESSCertIDv2 (RFC 5035, 4) or ESSCertID (RFC 2634, 5.4): the first one must name the signer's certificate. */
function referenceMatches(attribute: Der, signer: Certificate | undefined, sha1: boolean): boolean {
  if (signer === undefined) return false;
  const parts = [...attribute.child(0, 0x30).child(0, 0x30).children];
  const hash: HashName = sha1 ? 'sha1' : parts[0]?.tag === 0x30 ? readHash(parts.shift() as Der) : 'sha256';
  const digest = parts.shift()?.expect(4).content;
  if (digest === undefined || !sameBytes(createHash(hash).update(signer.raw).digest(), digest)) return false;
  const issuerSerial = parts.shift();
  if (issuerSerial === undefined) return true;
  const names = issuerSerial.child(0, 0x30).children;
  const directory = names[0];
  if (names.length !== 1 || directory?.tag !== 0xa4) return false;
  return sameBytes(directory.child(0).raw, signer.issuer) && sameBytes(issuerSerial.child(1, 2).content, signer.serial);
}

/** The signature value over the signed attributes. */
export function signatureHolds(cms: Cms): boolean {
  return cms.signer !== undefined && checkSignature(cms.algorithm, cms.signer.publicKey, cms.signedBytes, cms.signature);
}

/** A timestamp token (RFC 3161, 2.4.2), with the digest of its content and its own signature already checked. @throws DerError */
export function readTimestamp(bytes: Uint8Array): TimestampToken {
  const cms = readCms(bytes);
  if (cms.contentType !== OID.tstInfo || cms.content === undefined) throw new DerError('no TSTInfo', 0);
  const info = Der.whole(cms.content).expect(0x30);
  if (info.child(0).integer !== 1) throw new DerError('an unknown TSTInfo version', info.start);
  const imprint = info.child(2, 0x30);
  if (!sameBytes(createHash(cms.hash).update(cms.content).digest(), cms.messageDigest))
    throw new DerError('the digest of the timestamp does not match', 0);
  if (!signatureHolds(cms)) throw new DerError('the signature of the timestamp does not match', 0);
  if (cms.certificateReference !== 'matches') throw new DerError('the timestamp does not name its certificate', 0);
  return { ...cms, genTime: info.child(4, 0x18).time, imprintHash: readHash(imprint.child(0)), imprint: imprint.child(1, 4).content };
}
