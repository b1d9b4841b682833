import { ecdsaDer, type Certificate, type HashName, type Scheme } from '../cms/index.ts';
import type { Signer } from '../sign.ts';
import type { KeyMatch, Selected } from './protocol.ts';
import { TokenError, type TokenProcess } from './process.ts';

/** How a token recognises the key of a certificate. @throws TokenError for a kind of key that is not signed with */
export function keyMatch(certificate: Certificate): KeyMatch {
  if (certificate.key.kind === 'rsa') return { kind: 'rsa', modulus: new Uint8Array(certificate.key.modulus) };
  if (certificate.key.kind === 'ec') return { kind: 'ec', point: new Uint8Array(certificate.key.point) };
  throw new TokenError('no-key', 'KEY_TYPE');
}

/** Which of the token's schemes is used. PSS only when asked for and when the token has it. */
export function chooseScheme(selected: Selected, preferPss: boolean): Scheme {
  if (selected.schemes.includes('ecdsa')) return 'ecdsa';
  if (preferPss && selected.schemes.includes('pss')) return 'pss';
  if (selected.schemes.includes('rsa')) return 'rsa';
  if (selected.schemes.includes('pss')) return 'pss';
  throw new TokenError('token-error', 'CKR_MECHANISM_INVALID');
}

/** The hash that fits the key, or SHA-256 where the token hashes by itself and cannot make that one. */
export function chooseHash(selected: Selected, scheme: Scheme, wanted: HashName): HashName {
  if (scheme === 'pss' || selected.hashes.includes(wanted)) return wanted;
  return selected.hashes[0] ?? 'sha256';
}

/** A signer whose key is on a token that is logged in and has this certificate selected. */
export function tokenSigner(
  process: TokenProcess,
  serial: string,
  certificate: Certificate,
  chain: readonly Certificate[],
  hash: HashName,
  scheme: Scheme,
): Signer {
  return {
    certificate,
    chain,
    hash,
    scheme,
    training: false,
    async sign(digest, data) {
      const raw = await process.sign({ serial, hash, digest: new Uint8Array(digest), data: new Uint8Array(data), pss: scheme === 'pss' });
      return scheme === 'ecdsa' ? ecdsaDer(raw) : raw;
    },
  };
}
