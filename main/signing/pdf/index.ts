/** Reading PDF files for signing and verifying: strict, bounded, by random access. */
export { HIDDEN_SIGNATURE } from './audit.ts';
export { openPdf, PdfFile, SMALL_FILE } from './file.ts';
export { pieces } from './source.ts';
export { PdfView } from './view.ts';
export { PDF_LIMITS, PdfError, problem, type PdfLimits, type PdfProblem, type PdfProblemCode } from './problems.ts';
export type { Revision } from './revisions.ts';
export type { XrefEntry, XrefSection, XrefStyle } from './xref.ts';
export {
  docMdpOf,
  isLooseSignature,
  readFields,
  readLock,
  readLooseSignatures,
  readPages,
  readPermissions,
  readSignatureFields,
  rectangle,
  transforms,
  type FieldLock,
  type PdfAcroForm,
  type PdfField,
  type PdfPage,
  type PdfPermissions,
  type PdfSignatureField,
} from './structure.ts';
export {
  decodeText,
  dict,
  isDict,
  isName,
  isRef,
  isStream,
  isString,
  latin1,
  latin1Bytes,
  name,
  ref,
  refKey,
  string,
  textString,
  writeObject,
  type PdfDict,
  type PdfName,
  type PdfObject,
  type PdfRef,
  type PdfStream,
  type PdfString,
} from './objects.ts';
