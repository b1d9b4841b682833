import { constants, verify, type KeyObject } from 'node:crypto';
import { DerError, UnknownAlgorithm, type Der } from './der.ts';

export type HashName = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512' | 'sha3-256' | 'sha3-384' | 'sha3-512';

const HASHES: Record<string, HashName> = {
  '1.2.840.113549.2.5': 'md5',
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.4': 'sha224',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
  '2.16.840.1.101.3.4.2.8': 'sha3-256',
  '2.16.840.1.101.3.4.2.9': 'sha3-384',
  '2.16.840.1.101.3.4.2.10': 'sha3-512',
};

interface Scheme {
  scheme: 'rsa' | 'pss' | 'ecdsa' | 'ed25519';
  /** Absent when the identifier names none (plain rsaEncryption): the digest algorithm then says. */
  hash?: HashName;
}

const SIGNATURES: Record<string, Scheme> = {
  '1.2.840.113549.1.1.1': { scheme: 'rsa' },
  '1.2.840.113549.1.1.4': { scheme: 'rsa', hash: 'md5' },
  '1.2.840.113549.1.1.5': { scheme: 'rsa', hash: 'sha1' },
  '1.2.840.113549.1.1.14': { scheme: 'rsa', hash: 'sha224' },
  '1.2.840.113549.1.1.11': { scheme: 'rsa', hash: 'sha256' },
  '1.2.840.113549.1.1.12': { scheme: 'rsa', hash: 'sha384' },
  '1.2.840.113549.1.1.13': { scheme: 'rsa', hash: 'sha512' },
  '1.2.840.113549.1.1.10': { scheme: 'pss' },
  // Not an algorithm but a kind of key; iText 5 writes it all the same.
  '1.2.840.10045.2.1': { scheme: 'ecdsa' },
  '1.2.840.10045.4.1': { scheme: 'ecdsa', hash: 'sha1' },
  '1.2.840.10045.4.3.1': { scheme: 'ecdsa', hash: 'sha224' },
  '1.2.840.10045.4.3.2': { scheme: 'ecdsa', hash: 'sha256' },
  '1.2.840.10045.4.3.3': { scheme: 'ecdsa', hash: 'sha384' },
  '1.2.840.10045.4.3.4': { scheme: 'ecdsa', hash: 'sha512' },
  // ISO/TS 32001
  '2.16.840.1.101.3.4.3.14': { scheme: 'rsa', hash: 'sha3-256' },
  '2.16.840.1.101.3.4.3.15': { scheme: 'rsa', hash: 'sha3-384' },
  '2.16.840.1.101.3.4.3.16': { scheme: 'rsa', hash: 'sha3-512' },
  '2.16.840.1.101.3.4.3.10': { scheme: 'ecdsa', hash: 'sha3-256' },
  '2.16.840.1.101.3.4.3.11': { scheme: 'ecdsa', hash: 'sha3-384' },
  '2.16.840.1.101.3.4.3.12': { scheme: 'ecdsa', hash: 'sha3-512' },
  '1.3.101.112': { scheme: 'ed25519', hash: 'sha512' },
};

export interface SignatureAlgorithm {
  scheme: Scheme['scheme'];
  hash: HashName;
  saltLength: number;
}

/** Hash of an AlgorithmIdentifier; parameters must be absent or NULL (RFC 5754, 2). */
export function readHash(identifier: Der): HashName {
  const found = HASHES[identifier.expect(0x30).child(0).oid];
  if (found === undefined) throw new UnknownAlgorithm('an unknown hash algorithm', identifier.start);
  const parameters = identifier.children[1];
  if (identifier.children.length > 2 || (parameters !== undefined && (parameters.tag !== 5 || parameters.content.length > 0))) {
    throw new DerError('a hash algorithm with parameters', identifier.start);
  }
  return found;
}

/**
 * A signature AlgorithmIdentifier (RFC 4055, RFC 5754, RFC 5758).
 * @param digest the digest algorithm of the SignerInfo, which must agree
 * @throws DerError for what is unknown or contradicts itself
 */
export function readSignatureAlgorithm(identifier: Der, digest?: HashName): SignatureAlgorithm {
  const found = SIGNATURES[identifier.expect(0x30).child(0).oid];
  if (found === undefined) throw new UnknownAlgorithm('an unknown signature algorithm', identifier.start);
  const parameters = identifier.children[1];
  if (identifier.children.length > 2) throw new DerError('a malformed signature algorithm', identifier.start);
  if (found.scheme === 'pss') return pss(parameters, digest);
  // NULL belongs to RSA alone, and several signers write it with ECDSA too.
  const nothing = parameters === undefined || (found.scheme !== 'ed25519' && parameters.tag === 5 && parameters.content.length === 0);
  if (!nothing) {
    throw new DerError('unexpected signature algorithm parameters', identifier.start);
  }
  const hash = found.hash ?? digest;
  if (hash === undefined || (digest !== undefined && found.scheme !== 'ed25519' && hash !== digest)) {
    throw new DerError('signature and digest algorithms disagree', identifier.start);
  }
  return { scheme: found.scheme, hash, saltLength: 0 };
}

function pss(parameters: Der | undefined, digest: HashName | undefined): SignatureAlgorithm {
  // RFC 4055, 3.1: absent fields mean SHA-1 and a salt of 20.
  const fields = parameters?.expect(0x30);
  const one = (number: number): Der | undefined => fields?.context(number)?.child(0);
  const hashField = one(0);
  const mask = one(1);
  const salt = one(2);
  const hash = hashField === undefined ? 'sha1' : readHash(hashField);
  const maskHash = mask === undefined ? 'sha1' : readHash(mask.child(1));
  if (mask !== undefined && mask.child(0).oid !== '1.2.840.113549.1.1.8')
    throw new UnknownAlgorithm('an unknown mask generation', mask.start);
  const trailer = one(3);
  if (hash !== maskHash || (digest !== undefined && digest !== hash) || (trailer !== undefined && trailer.integer !== 1)) {
    throw new DerError('PSS parameters that disagree', parameters?.start ?? 0);
  }
  return { scheme: 'pss', hash, saltLength: salt === undefined ? 20 : salt.integer };
}

/** Checks a signature; false for a key of the wrong kind. */
export function checkSignature(algorithm: SignatureAlgorithm, key: KeyObject, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    const type = key.asymmetricKeyType;
    if (algorithm.scheme === 'ed25519') return type === 'ed25519' && verify(null, data, key, signature);
    if (algorithm.scheme === 'ecdsa') return type === 'ec' && verify(algorithm.hash, data, key, signature);
    if (algorithm.scheme === 'rsa') {
      return type === 'rsa' && verify(algorithm.hash, data, { key, padding: constants.RSA_PKCS1_PADDING }, signature);
    }
    if (type !== 'rsa' && type !== 'rsa-pss') return false;
    return verify(algorithm.hash, data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: algorithm.saltLength }, signature);
  } catch {
    return false;
  }
}

/** Why a hash is too weak to rely on; undefined when it is in order. */
export function weakHash(hash: HashName): string | undefined {
  return hash === 'md5' || hash === 'sha1' ? hash.toUpperCase().replace('SHA1', 'SHA-1') : undefined;
}

/** Why a key is too weak or of a kind the policy does not know (QCVN 102:2016 and ETSI TS 119 312: RSA from 2048 bits). */
export function weakKey(key: KeyObject): string | undefined {
  const details = key.asymmetricKeyDetails;
  if (key.asymmetricKeyType === 'rsa' || key.asymmetricKeyType === 'rsa-pss') {
    const bits = details?.modulusLength ?? 0;
    return bits < 2048 ? `RSA ${bits}` : undefined;
  }
  if (key.asymmetricKeyType === 'ec') {
    const curve = details?.namedCurve ?? '';
    return ['prime256v1', 'secp384r1', 'secp521r1', 'brainpoolP256r1', 'brainpoolP384r1', 'brainpoolP512r1'].includes(curve)
      ? undefined
      : `EC ${curve}`;
  }
  return key.asymmetricKeyType === 'ed25519' ? undefined : String(key.asymmetricKeyType);
}
