import { weakHash, weakKey } from './algorithms.ts';
import { selfSigned, type Certificate } from './certificate.ts';
import type { Material } from './material.ts';
import type { OnlineRevocation } from './online.ts';
import { evidence, responderOf, statusAt } from './revocation.ts';
import { buildChain, type Chain, type Trust } from './trust.ts';

/** A certificate judged at a moment: chain, strength and revocation of every link below the anchor. */
export interface PathResult {
  chain: Chain;
  /** Algorithms or keys of the chain that are too weak. */
  weak: string[];
  /** Worst of the links; `none` when no link names a place to ask and nothing came along. */
  revocation: 'good' | 'revoked' | 'unknown' | 'none';
  revokedAt?: number;
  /** Title of the certificate that `revocation` is about, when it is not good. */
  about?: string;
  /** Every link below the anchor is covered by revocation data that came with the file. */
  longTerm: boolean;
}

export interface PathContext {
  trust: Trust;
  material: Material;
  online: OnlineRevocation | undefined;
  /** The moment of looking: present, or what was asked for. */
  now: number;
  /** The present: what was asked for may be past, and what is known since then is known. */
  present: number;
}

/** Judges a certificate as of `at`, epoch milliseconds. Nobody is called for a chain that is not trusted. */
export async function judgePath(context: PathContext, leaf: Certificate, at: number): Promise<PathResult> {
  const chain = buildChain(leaf, context.material.certificates, context.trust, at);
  const result: PathResult = { chain, weak: weaknesses(chain), revocation: 'none', longTerm: true };
  const links = chain.certificates;
  for (const [index, certificate] of links.entries()) {
    const issuer = links[index + 1];
    if (issuer === undefined || selfSigned(certificate)) break;
    const { ocsp, crls } = context.material;
    let all = evidence(certificate, issuer, ocsp, crls);
    let found = statusAt(all, certificate, at, Math.max(context.now, context.present));
    const named = certificate.ocspUrls.length + certificate.crlUrls.length > 0;
    if (found.status === 'unknown' && !certificate.noRevocationCheck) {
      // A link that names no place to ask, and about which nothing came along, has nothing that could be stored.
      if (named || all.length > 0) result.longTerm = false;
      if (context.online !== undefined && chain.fault === undefined) {
        const answers = await context.online.ocsp(certificate, issuer);
        const lists = [...crls];
        for (const responder of responderOf(answers, issuer)) lists.push(...(await context.online.crl(responder)));
        all = [...all, ...evidence(certificate, issuer, answers, lists)];
        found = statusAt(all, certificate, at, Math.max(context.now, context.present));
        if (found.status === 'unknown') all = [...all, ...evidence(certificate, issuer, [], await context.online.crl(certificate))];
        found = statusAt(all, certificate, at, Math.max(context.now, context.present));
      }
    }
    if (found.status === 'revoked') return { ...result, revocation: 'revoked', revokedAt: found.revokedAt ?? 0, about: certificate.title };
    if (found.status === 'unknown' && (named || all.length > 0) && !certificate.noRevocationCheck) {
      result.revocation = 'unknown';
      result.about ??= certificate.title;
    } else if (found.status === 'good' && result.revocation === 'none') result.revocation = 'good';
  }
  return result;
}

function weaknesses(chain: Chain): string[] {
  return chain.certificates.flatMap((certificate) => {
    // The signature of a root over itself proves nothing and weakens nothing.
    const hash = selfSigned(certificate) ? undefined : weakHash(certificate.algorithm.hash);
    return [hash, weakKey(certificate.publicKey)].filter((item) => item !== undefined);
  });
}
