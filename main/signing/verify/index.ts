import path from 'node:path';
import { createVerifier } from './process.ts';
import type { Verification, VerifyOptions } from './types.ts';

export { quickVerify, type QuickSignature, type QuickVerification } from './quick.ts';
export { startVerifierWith, type ChildHandle, type StartFile } from './port.ts';
export { createVerifier, VERIFIER_LIMITS, type Verifier, type VerifierLimits } from './process.ts';
export type {
  FileVerdict,
  Level,
  Modifications,
  SignatureVerification,
  SubIndication,
  Verdict,
  Verification,
  VerifyOptions,
} from './types.ts';

const shared = createVerifier();

/**
 * Verifies all signatures of a PDF in a process of its own, limited in time, memory and depth (ETSI EN 319 102-1). Always answers:
 * what cannot be read is TOTAL-FAILED with a reason, what has no signature NO-SIGNATURE.
 * @param file path of the file
 */
export async function verify(file: string, options: VerifyOptions = {}): Promise<Verification> {
  const answer = await shared.verify(path.resolve(file), options);
  return { ...answer, file };
}

/** Ends the verifier's process, if one is running. */
export async function closeVerifier(): Promise<void> {
  await shared.close();
}
