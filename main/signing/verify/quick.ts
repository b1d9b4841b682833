import { openPdf, PdfError } from '../pdf/index.ts';
import { ranked } from './findings.ts';
import { checkIntact } from './intact.ts';
import type { Modifications } from './types.ts';

export interface QuickSignature {
  field: string;
  /** Shape, digest, signature value and certificate reference hold, and later revisions did nothing forbidden. */
  intact: boolean;
  modifications: Modifications;
  coversWholeFile: boolean;
  /** Title of the signer's certificate. */
  signer: string | null;
  vi?: string;
  en?: string;
  /** Technical words for the log. */
  reason?: string;
}

export interface QuickVerification {
  /** Every signature is intact, and there is at least one. */
  intact: boolean;
  signatures: QuickSignature[];
  reason?: string;
}

/**
 * Checks in this process that the signatures of a file hold, one pass over its bytes (1 MiB at a time, asynchronously): for a signer
 * that looks at its own output. Says nothing about who signed; a file from outside belongs into `verify`.
 */
export async function quickVerify(path: string): Promise<QuickVerification> {
  try {
    const file = await openPdf(path);
    try {
      const items = await checkIntact(file, () => undefined);
      const signatures = items.map((item): QuickSignature => {
        const worst = ranked(item.findings)[0];
        return {
          field: item.field.name,
          intact: worst === undefined,
          modifications: item.modifications,
          coversWholeFile: item.coversWholeFile,
          signer: (item.cms ?? item.token)?.signer?.title ?? null,
          ...(worst === undefined ? {} : { vi: worst.vi, en: worst.en, reason: `${worst.code}: ${worst.detail}` }),
        };
      });
      return { intact: signatures.length > 0 && signatures.every((one) => one.intact), signatures };
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof PdfError) return { intact: false, signatures: [], reason: `${error.problem.code}: ${error.problem.detail}` };
    throw error;
  }
}
