export {
  expiringOf,
  listed,
  listedCertificates,
  listTokens,
  sentenceOf,
  type ExpiringCertificate,
  type ListedToken,
  type TokenList,
} from './listing.ts';
export { knownModules, moduleFault, type FindOptions, type ModuleFault } from './modules.ts';
export { TokenError, TokenProcess, type TokenProcessOptions } from './process.ts';
export { chooseScheme, keyMatch, tokenSigner } from './signer.ts';
export { openKey, type Identity, type KeyDeps, type KeyRequest, type OpenKey } from './key.ts';
export { forkChild, type Child, type Spawn } from './spawn.ts';
export {
  isTrainingTokenOut,
  openTrainingKey,
  trainingKey,
  TRAINING_MODULE,
  TRAINING_PIN,
  TRAINING_SERIAL,
  trainingTokenOut,
} from './training.ts';
export { faultSentence, troubleSentence } from './words.ts';
export type { TokenDescription, TokenFlags, TokenTrouble } from './protocol.ts';
