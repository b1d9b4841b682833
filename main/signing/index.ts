/** Signing: PAdES signatures with PKCS#11 tokens, one by one or in batches, and their verification. */
import { Signing } from './signing.ts';
import type { SigningDeps } from './types.ts';

export { migrations } from './batch/migrations.ts';
export type { VisibleForm } from './appearance/index.ts';
export { signFiles, type CommandLevel, type SignCommand, type SignLine } from './command.ts';
export type { Level } from './sign.ts';
export { trainingSocket } from './settings.ts';
export { Signing, type BatchView, type StartRequest } from './signing.ts';
export { forkChild, TRAINING_MODULE, TRAINING_PIN, TRAINING_SERIAL, type Child, type Spawn } from './tokens/index.ts';
export {
  closeVerifier,
  startVerifierWith,
  verify,
  type Verification,
  type VerifyOptions,
  type ChildHandle,
  type StartFile,
} from './verify/index.ts';
export type { FileLink, SignedResult, SigningDeps, WorklistAddition } from './types.ts';

/** The room, with its worklist and journal in the store. Close it before the store. */
export const createSigning = (deps: SigningDeps): Signing => new Signing(deps);
