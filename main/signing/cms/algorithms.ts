import { context, integer, nullValue, octetString, oid, sequence } from './der.ts';
import type { Certificate } from './certificate.ts';

export type HashName = 'sha256' | 'sha384' | 'sha512';
/** How the token's raw answer is wrapped: PKCS#1 v1.5, PSS (salt as long as the hash), or ECDSA. */
export type Scheme = 'rsa' | 'pss' | 'ecdsa';

export const HASH_OID: Record<HashName, string> = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
};
export const HASH_LENGTH: Record<HashName, number> = { sha256: 32, sha384: 48, sha512: 64 };

/** AlgorithmIdentifier of a hash. RFC 5754: parameters absent. */
export const hashAlgorithm = (hash: HashName): Buffer => sequence(oid(HASH_OID[hash]));

/** DigestInfo of PKCS#1 v1.5 (RFC 8017 9.2): the parameters are NULL here, and tokens expect exactly that. */
export const digestInfo = (hash: HashName, digest: Uint8Array): Buffer =>
  sequence(sequence(oid(HASH_OID[hash]), nullValue()), octetString(digest));

const ECDSA_OID: Record<HashName, string> = {
  sha256: '1.2.840.10045.4.3.2',
  sha384: '1.2.840.10045.4.3.3',
  sha512: '1.2.840.10045.4.3.4',
};

/** AlgorithmIdentifier of the signature in a SignerInfo. RSA is written as rsaEncryption (RFC 3370 3.2), PSS with its parameters (RFC 4056). */
export function signatureAlgorithm(scheme: Scheme, hash: HashName): Buffer {
  if (scheme === 'rsa') return sequence(oid('1.2.840.113549.1.1.1'), nullValue());
  if (scheme === 'ecdsa') return sequence(oid(ECDSA_OID[hash]));
  const hashId = sequence(oid(HASH_OID[hash]), nullValue());
  return sequence(
    oid('1.2.840.113549.1.1.10'),
    sequence(context(0, hashId), context(1, sequence(oid('1.2.840.113549.1.1.8'), hashId)), context(2, integer(HASH_LENGTH[hash]))),
  );
}

/** PKCS#11 answers ECDSA as r||s of equal length; CMS wants SEQUENCE { r, s } (RFC 5753 7.2). */
export function ecdsaDer(raw: Uint8Array): Buffer {
  const half = raw.length / 2;
  return sequence(integer(raw.subarray(0, half)), integer(raw.subarray(half)));
}

/** Which hash fits this key: as strong as the key itself, SHA-256 at least (EN 319 122 leaves it open). */
export function defaultHash(certificate: Certificate): HashName {
  const { key } = certificate;
  if (key.kind === 'ec') return key.curve === 'P-384' ? 'sha384' : 'sha256';
  if (key.kind !== 'rsa') return 'sha256';
  const bits = key.modulus.length * 8;
  return bits >= 4096 ? 'sha512' : bits >= 3072 ? 'sha384' : 'sha256';
}
