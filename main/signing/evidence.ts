import { vietnamIso } from '../store/index.ts';
import type { Level, Signer } from './sign.ts';

/** What was known about the signer's certificate when it signed. */
export interface TrustFinding {
  readonly status: 'valid' | 'unknown' | 'revoked';
  readonly vi: string;
  readonly en: string;
  /** DER of the chain up to a configured root, nearest first; what was found of it when there is none. */
  readonly chain: readonly Buffer[];
  readonly ocsp: readonly Buffer[];
  readonly crls: readonly Buffer[];
}

/**
 * Certificate, chain, OCSP and CRL used and the time, for the file beside the result (NĐ 23/2025 Điều 17; TT 15/2025/TT-BKHCN Điều 5):
 * one JSON per signature, base64 DER. `revocationCaptured` says honestly whether anything was captured.
 */
export function evidenceText(
  result: string,
  field: string,
  signer: Pick<Signer, 'certificate'>,
  level: Level,
  signedAt: number,
  trust: TrustFinding,
): string {
  const base64 = (list: readonly Buffer[]) => list.map((one) => one.toString('base64'));
  const evidence = {
    result: result.split(/[\\/]/).at(-1),
    field,
    level,
    signedAt: vietnamIso(signedAt),
    certificate: signer.certificate.der.toString('base64'),
    chain: base64(trust.chain),
    status: trust.status,
    statusVi: trust.vi,
    statusEn: trust.en,
    revocationCaptured: trust.ocsp.length + trust.crls.length > 0,
    ocsp: base64(trust.ocsp),
    crls: base64(trust.crls),
  };
  return `${JSON.stringify(evidence, null, 2)}\n`;
}
