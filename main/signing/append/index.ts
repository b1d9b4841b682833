export {
  prepareSignature,
  freeFieldName,
  pdfDate,
  updateBase,
  type Appearance,
  type PreparedSignature,
  type SignatureSpec,
} from './field.ts';
export { guardFile, guardObjects } from './guard.ts';
export {
  appendUpdate,
  copyOriginal,
  digestOriginal,
  hashFile,
  makeDurable,
  publish,
  syncFolders,
  writeBeside,
  temporaryName,
  type OriginalDigest,
} from './output.ts';
export { RecheckError } from './recheck.ts';
export { Update, type UpdateBase } from './update.ts';
export { writeResult, type WriteJob } from './write.ts';
