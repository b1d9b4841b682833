import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { checkSignature, readSignatureAlgorithm, type SignatureAlgorithm } from './algorithms.ts';
import { noConstraints, partText, readConstraint, type Named } from './constraints.ts';
import { Der, DerError, hex, sameBytes } from './der.ts';

/** What the verifier needs of an X.509 certificate (RFC 5280), with the exact octets that were signed. */
export interface Certificate extends Named {
  raw: Uint8Array;
  /** SHA-256 of `raw`, hexadecimal: the identity of the certificate here. */
  id: string;
  tbs: Uint8Array;
  serial: Uint8Array;
  /** Before version 3 there were no extensions, and nothing said who is an authority. */
  version: number;
  /** Name for people: common name, or organisation. */
  title: string;
  notBefore: number;
  notAfter: number;
  publicKey: KeyObject;
  /** Octets of subjectPublicKey, for the key hashes of OCSP. */
  keyBits: Uint8Array;
  algorithm: SignatureAlgorithm;
  signature: Uint8Array;
  ca: boolean;
  pathLength: number | undefined;
  /** Bits of keyUsage, most significant first (0 digitalSignature, 1 nonRepudiation, 5 keyCertSign, 6 cRLSign); undefined when absent. */
  keyUsage: Set<number> | undefined;
  extendedKeyUsage: { critical: boolean; oids: string[] } | undefined;
  authorityKeyId: string | undefined;
  subjectKeyId: string | undefined;
  ocspUrls: string[];
  crlUrls: string[];
  /** id-pkix-ocsp-nocheck: this responder is not to be asked about (RFC 6960, 4.2.2.2.1). */
  noRevocationCheck: boolean;
  /** Critical extensions that nothing here understands. */
  unknownCritical: string[];
}

const OID = {
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  extendedKeyUsage: '2.5.29.37',
  authorityKeyId: '2.5.29.35',
  subjectKeyId: '2.5.29.14',
  crlPoints: '2.5.29.31',
  infoAccess: '1.3.6.1.5.5.7.1.1',
  noCheck: '1.3.6.1.5.5.7.48.1.5',
};

/** @throws DerError when the bytes are no certificate */
export function readCertificate(raw: Uint8Array): Certificate {
  const certificate = Der.whole(raw).expect(0x30);
  const tbs = certificate.child(0, 0x30);
  const parts = tbs.children;
  const shift = parts[0]?.tag === 0xa0 ? 1 : 0;
  const outer = certificate.child(1);
  if (!sameBytes(tbs.child(shift + 1).raw, outer.raw)) throw new DerError('inner and outer signature algorithm differ', outer.start);
  const validity = tbs.child(shift + 3, 0x30);
  const spki = tbs.child(shift + 5, 0x30);
  let publicKey: KeyObject;
  try {
    publicKey = createPublicKey({ key: Buffer.from(spki.raw), format: 'der', type: 'spki' });
  } catch {
    throw new DerError('a public key that cannot be read', spki.start);
  }
  const subject = tbs.child(shift + 4, 0x30);
  const found: Certificate = {
    raw,
    id: createHash('sha256').update(raw).digest('hex'),
    tbs: tbs.raw,
    serial: tbs.child(shift, 2).content,
    version: shift === 0 ? 1 : tbs.child(0).child(0).integer + 1,
    issuer: tbs.child(shift + 2, 0x30).raw,
    subject: subject.raw,
    title: nameTitle(subject),
    notBefore: validity.child(0).time,
    notAfter: validity.child(1).time,
    publicKey,
    keyBits: spki.child(1).bits,
    algorithm: readSignatureAlgorithm(outer),
    signature: certificate.child(2).bits,
    ca: false,
    pathLength: undefined,
    keyUsage: undefined,
    extendedKeyUsage: undefined,
    authorityKeyId: undefined,
    subjectKeyId: undefined,
    ocspUrls: [],
    crlUrls: [],
    noRevocationCheck: false,
    unknownCritical: [],
    altNames: [],
    policies: undefined,
    constraints: noConstraints(),
  };
  const extensions = parts.slice(shift + 6).find((part) => part.tag === 0xa3);
  const seen = new Set<string>();
  for (const extension of extensions?.child(0, 0x30).children ?? []) {
    const oid = extension.child(0).oid;
    if (seen.has(oid)) throw new DerError('an extension is there twice', extension.start);
    seen.add(oid);
    const critical = extension.children.length === 3 && extension.child(1).boolean;
    readExtension(found, oid, critical, Der.whole(extension.child(extension.children.length - 1, 4).content));
  }
  return found;
}

function readExtension(into: Certificate, oid: string, critical: boolean, value: Der): void {
  if (oid === OID.basicConstraints) {
    const [first, second] = value.children;
    into.ca = first?.tag === 1 && first.boolean;
    const length = first?.tag === 2 ? first : second;
    into.pathLength = length?.integer;
  } else if (oid === OID.keyUsage) {
    const [, ...octets] = value.expect(3).content;
    into.keyUsage = new Set(
      octets.flatMap((byte, i) => [...Array(8).keys()].filter((bit) => byte & (0x80 >> bit)).map((bit) => i * 8 + bit)),
    );
  } else if (oid === OID.extendedKeyUsage) into.extendedKeyUsage = { critical, oids: value.children.map((item) => item.oid) };
  else if (oid === OID.subjectKeyId) into.subjectKeyId = hex(value.expect(4).content);
  else if (oid === OID.authorityKeyId) {
    const key = value.context(0);
    into.authorityKeyId = key === undefined ? undefined : hex(key.content);
  } else if (oid === OID.infoAccess) {
    for (const access of value.children) {
      const place = access.child(1);
      if (access.child(0).oid === '1.3.6.1.5.5.7.48.1' && place.tag === 0x86) into.ocspUrls.push(place.text);
    }
  } else if (oid === OID.crlPoints) {
    for (const point of value.children) {
      const names = point.context(0)?.context(0);
      for (const place of names?.children ?? []) if (place.tag === 0x86) into.crlUrls.push(place.text);
    }
  } else if (oid === OID.noCheck) into.noRevocationCheck = true;
  else if (!readConstraint(into, oid, value) && critical) into.unknownCritical.push(oid);
}

/** Common name, else organisation, else the last attribute. */
function nameTitle(name: Der): string {
  const attributes = name.children.flatMap((set) => set.children.map((item) => ({ oid: item.child(0).oid, text: item.child(1).text })));
  return (
    ['2.5.4.3', '2.5.4.10'].map((oid) => attributes.findLast((item) => item.oid === oid)?.text).find(Boolean) ??
    attributes.at(-1)?.text ??
    ''
  ).slice(0, 256);
}

/** A name in a form in which two encodings of the same text are equal (RFC 5280, 7.1, simplified to case and white space). */
export function nameKey(name: Uint8Array): string {
  try {
    return nameText(name);
  } catch {
    // A name that cannot be read equals only itself.
    return hex(name);
  }
}

function nameText(name: Uint8Array): string {
  return Der.whole(name).children.map(partText).join(',');
}

/** Whether `issuer` signed `certificate`: names agree and the signature is right. */
export function issued(issuer: Certificate, certificate: Certificate): boolean {
  if (!sameBytes(issuer.subject, certificate.issuer) && nameKey(issuer.subject) !== nameKey(certificate.issuer)) return false;
  return checkSignature(certificate.algorithm, issuer.publicKey, certificate.tbs, certificate.signature);
}

export const selfSigned = (certificate: Certificate): boolean => issued(certificate, certificate);
