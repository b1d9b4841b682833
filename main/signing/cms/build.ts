import { createHash } from 'node:crypto';
import { hashAlgorithm, signatureAlgorithm, type HashName, type Scheme } from './algorithms.ts';
import { issuerSerial, type Certificate } from './certificate.ts';
import { context, integer, octetString, oid, sequence, setOf } from './der.ts';

const DATA = '1.2.840.113549.1.7.1';
const SIGNED_DATA = '1.2.840.113549.1.7.2';

const attribute = (type: string, ...values: Uint8Array[]): Buffer => sequence(oid(type), setOf(...values));

/**
 * The signed attributes of a PAdES baseline signature (EN 319 142-1 6.3): content-type, message-digest and
 * signing-certificate-v2. The signing time stands in /M of the signature dictionary and not here.
 * @param digest hash over the byte ranges, made with `hash`
 * @returns the attributes as a SET OF (tag 0x31): exactly the bytes that get hashed and signed
 */
export function signedAttributes(certificate: Certificate, hash: HashName, digest: Uint8Array): Buffer {
  const certificateHash = createHash(hash).update(certificate.der).digest();
  // ESSCertIDv2: SHA-256 is the default and must be left out in DER (RFC 5035 4).
  const algorithm = hash === 'sha256' ? [] : [hashAlgorithm(hash)];
  const essCertId = sequence(...algorithm, octetString(certificateHash), issuerSerial(certificate));
  return setOf(
    attribute('1.2.840.113549.1.9.3', oid(DATA)),
    attribute('1.2.840.113549.1.9.4', octetString(digest)),
    attribute('1.2.840.113549.1.9.16.2.47', sequence(sequence(essCertId))),
  );
}

/** The hash of the signed attributes: what the key signs. */
export const attributesDigest = (attributes: Uint8Array, hash: HashName): Buffer => createHash(hash).update(attributes).digest();

export interface SignedDataParts {
  readonly certificate: Certificate;
  /** Issuers, without the signer's own; copied as they are. */
  readonly chain: readonly Certificate[];
  readonly hash: HashName;
  readonly scheme: Scheme;
  /** From `signedAttributes`. */
  readonly attributes: Buffer;
  /** As CMS wants it: an RSA block, or DER of r and s. */
  readonly signature: Uint8Array;
  /** A TimeStampToken (DER of its ContentInfo) over `signature`, for B-T. */
  readonly timestamp?: Uint8Array;
}

/** A detached CMS SignedData with one signer and no eContent, as /Contents of ETSI.CAdES.detached wants it (RFC 5652, EN 319 122-1). */
export function signedData(parts: SignedDataParts): Buffer {
  const { certificate, hash } = parts;
  const signedAttrs = Buffer.from(parts.attributes);
  signedAttrs[0] = 0xa0; // [0] IMPLICIT SET OF inside the SignerInfo; the signed form keeps the SET tag
  const unsigned = parts.timestamp ? [contextSet(1, attribute('1.2.840.113549.1.9.16.2.14', parts.timestamp))] : [];
  const signerInfo = sequence(
    integer(1),
    sequence(certificate.issuerRaw, certificate.serialRaw),
    hashAlgorithm(hash),
    signedAttrs,
    signatureAlgorithm(parts.scheme, hash),
    octetString(parts.signature),
    ...unsigned,
  );
  const certificates = new Map([certificate, ...parts.chain].map((one) => [one.id, one.der]));
  return sequence(
    oid(SIGNED_DATA),
    context(
      0,
      sequence(integer(1), setOf(hashAlgorithm(hash)), sequence(oid(DATA)), contextSet(0, ...certificates.values()), setOf(signerInfo)),
    ),
  );
}

/** `[n] IMPLICIT SET OF`, sorted as DER demands. */
function contextSet(n: number, ...values: Uint8Array[]): Buffer {
  const set = setOf(...values);
  set[0] = 0xa0 | n;
  return set;
}
