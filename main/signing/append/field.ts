import { vietnamIso } from '../../store/index.ts';
import {
  decodeText,
  dict,
  isDict,
  isRef,
  isString,
  name,
  textString,
  writeObject,
  string,
  type PdfDict,
  type PdfFile,
  type PdfObject,
  type PdfRef,
  type PdfSignatureField,
} from '../pdf/index.ts';
import { Update, type UpdateBase, type WrittenUpdate } from './update.ts';

/** A drawn appearance: form XObjects and what they use, added to the update by the caller's function. */
export interface Appearance {
  /** x0, y0, x1, y1 on the page, in points. */
  readonly rect: readonly [number, number, number, number];
  /** Adds the objects and gives the reference of the form XObject. */
  readonly draw: (update: Update, size: { width: number; height: number }) => PdfRef;
}

export interface SignatureSpec {
  /** `existing` fills an empty field of that name; otherwise a field is added under a name that is still free. */
  readonly field: { readonly existing: string } | { readonly add: string };
  /** Zero-based; ignored for a field that has its own place. */
  readonly page: number;
  /** Null: an invisible signature. */
  readonly appearance: Appearance | null;
  readonly subFilter: 'ETSI.CAdES.detached' | 'ETSI.RFC3161';
  /** Epoch milliseconds of /M; absent for a document timestamp. */
  readonly signedAt: number | null;
  readonly signer: string | null;
  readonly reason: string | null;
  /** Bytes kept free for the CMS. */
  readonly contentsBytes: number;
  /** Other objects that the same revision adds or changes; gives the references of new form fields. */
  readonly also?: (update: Update, pdf: PdfFile) => readonly PdfRef[];
}

export interface PreparedSignature {
  /** The update with zeros in /Contents. */
  readonly bytes: Buffer;
  /** Of the whole file: two ranges of offset and length. */
  readonly byteRange: readonly [number, number, number, number];
  /** Where the hexadecimal digits of /Contents start inside `bytes`, and how many there are. */
  readonly contentsAt: number;
  readonly contentsLength: number;
  readonly field: string;
}

export function updateBase(pdf: PdfFile): UpdateBase {
  return {
    size: pdf.size,
    startxref: pdf.startxref,
    style: pdf.xrefStyle,
    trailer: pdf.trailer,
    nextObject: pdf.highestObjectNumber + 1,
    lastByte: pdf.read(pdf.size - 1, 1)[0] ?? 0,
  };
}

/** A field name that no field has yet. */
export function freeFieldName(pdf: PdfFile, wanted: string): string {
  const taken = new Set(pdf.signatureFields().map((field) => field.name));
  for (const field of pdf.acroForm()?.fields ?? []) {
    const title = pdf.dict(field)?.entries.get('T');
    if (isString(title)) taken.add(decodeText(title));
  }
  for (let n = 1; ; n++) if (!taken.has(`${wanted}${n}`)) return `${wanted}${n}`;
}

/** Builds the revision that carries one signature, ready to be hashed. The file itself is not touched. */
export function prepareSignature(pdf: PdfFile, spec: SignatureSpec): PreparedSignature {
  const update = new Update(updateBase(pdf));
  const existing = 'existing' in spec.field ? emptyField(pdf, spec.field.existing) : null;
  const fieldName = 'existing' in spec.field ? spec.field.existing : spec.field.add;
  const fields = spec.also?.(update, pdf) ?? [];
  const value = signatureValue(spec, existing);
  const signature = update.add(value.bytes);
  if (existing) fillField(pdf, update, existing, signature, spec.appearance, fields);
  else addField(pdf, update, fieldName, signature, spec, fields);
  return finish(update.write(), signature, value, pdf.size, fieldName);
}

interface SignatureValue {
  readonly bytes: Buffer;
  readonly rangeAt: number;
  readonly contentsAt: number;
  readonly contentsLength: number;
}

const RANGE_ROOM = 48;

/** The signature dictionary (ISO 32000-2, table 255), laid out by hand because its own offsets go into it. */
function signatureValue(spec: SignatureSpec, field: PdfSignatureField | null): SignatureValue {
  const timestamp = spec.subFilter === 'ETSI.RFC3161';
  const entries: [string, PdfObject][] = [
    ['Type', name(timestamp ? 'DocTimeStamp' : 'Sig')],
    ['Filter', name('Adobe.PPKLite')],
    ['SubFilter', name(spec.subFilter)],
  ];
  if (spec.signer !== null) entries.push(['Name', textString(spec.signer)]);
  if (spec.reason !== null) entries.push(['Reason', textString(spec.reason)]);
  if (spec.signedAt !== null) entries.push(['M', string(pdfDate(spec.signedAt))]);
  if (field?.lock) entries.push(['Reference', [lockReference(field)] as PdfObject]);
  const head = `<<${entries.map(([key, value]) => `/${key} ${writeObject(value).toString('latin1')}`).join('\n')}\n/ByteRange `;
  const rangeAt = head.length;
  const middle = `${' '.repeat(RANGE_ROOM)}\n/Contents <`;
  const contentsAt = head.length + middle.length;
  const contentsLength = spec.contentsBytes * 2;
  const bytes = Buffer.alloc(contentsAt + contentsLength + 3, '0');
  bytes.write(`${head}${middle}`, 'latin1');
  bytes.write('>>>', contentsAt + contentsLength, 'latin1');
  return { bytes, rangeAt, contentsAt, contentsLength };
}

/** A /Lock of the field becomes a FieldMDP reference of the signature that fills it (ISO 32000-2, 12.7.5.5). */
function lockReference(field: PdfSignatureField): PdfDict {
  const lock = field.lock;
  const params: Record<string, PdfObject> = { Type: name('TransformParams'), V: name('1.2'), Action: name(lock?.action ?? 'All') };
  if (lock && lock.action !== 'All') params['Fields'] = lock.fields.map((one) => textString(one));
  if (lock?.p !== undefined) params['P'] = lock.p;
  return dict({ Type: name('SigRef'), TransformMethod: name('FieldMDP'), TransformParams: dict(params) });
}

/** `D:YYYYMMDDHHmmSS+07'00'`, in Vietnamese time. */
export function pdfDate(ms: number): string {
  return `D:${vietnamIso(ms).slice(0, 19).replace(/[-:T]/g, '')}+07'00'`;
}

function emptyField(pdf: PdfFile, wanted: string): PdfSignatureField {
  const field = pdf.signatureFields().find((one) => one.name === wanted);
  if (!field) throw new RangeError('there is no signature field of that name');
  if (field.value) throw new RangeError('that signature field is signed already');
  return field;
}

const PRINT_AND_LOCKED = 132;

function fillField(
  pdf: PdfFile,
  update: Update,
  field: PdfSignatureField,
  signature: PdfRef,
  appearance: Appearance | null,
  fields: readonly PdfRef[],
): void {
  const changed = new Map(field.dict.entries).set('V', signature);
  const kid = Array.isArray(field.dict.entries.get('Kids')) ? (field.dict.entries.get('Kids') as PdfObject[])[0] : undefined;
  const widget = isRef(kid) ? pdf.dict(kid) : undefined;
  const target = widget && isRef(kid) ? new Map(widget.entries) : changed;
  const rect = field.rect;
  if (appearance && rect && rect[2] > rect[0] && rect[3] > rect[1]) {
    const form = appearance.draw(update, { width: rect[2] - rect[0], height: rect[3] - rect[1] });
    target.set('AP', dict({ N: form }));
  }
  target.set('F', PRINT_AND_LOCKED);
  update.set(field.ref, dict(changed));
  if (target !== changed && isRef(kid)) update.set(kid, dict(target));
  setSigFlags(pdf, update, fields);
}

function addField(
  pdf: PdfFile,
  update: Update,
  fieldName: string,
  signature: PdfRef,
  spec: SignatureSpec,
  fields: readonly PdfRef[],
): void {
  const pages = pdf.pages();
  const page = pages[Math.min(spec.page, pages.length - 1)];
  if (!page) throw new RangeError('the file has no page');
  const widget = update.allocate();
  const rect = spec.appearance?.rect ?? [0, 0, 0, 0];
  const entries: Record<string, PdfObject> = {
    Type: name('Annot'),
    Subtype: name('Widget'),
    FT: name('Sig'),
    T: textString(fieldName),
    V: signature,
    Rect: [...rect],
    F: PRINT_AND_LOCKED,
    P: page.ref,
  };
  if (spec.appearance) entries['AP'] = dict({ N: spec.appearance.draw(update, { width: rect[2] - rect[0], height: rect[3] - rect[1] }) });
  update.set(widget, dict(entries));
  const pending = update.pending(page.ref);
  addToArray(pdf, update, page.ref, isDict(pending) ? pending : page.dict, 'Annots', [widget]);
  setSigFlags(pdf, update, [...fields, widget]);
}

/** Appends to an array entry of a dictionary; only the array is rewritten when it is an object of its own. */
export function addToArray(pdf: PdfFile, update: Update, owner: PdfRef, at: PdfDict, key: string, added: readonly PdfObject[]): void {
  const entry = at.entries.get(key);
  const before = isRef(entry) ? (update.pending(entry) ?? pdf.resolve(entry)) : entry;
  const list = [...(Array.isArray(before) ? before : []), ...added];
  if (isRef(entry) && Array.isArray(before)) update.set(entry, list);
  else update.set(owner, dict(new Map(at.entries).set(key, list)));
}

/** Puts a field into the form and sets SigFlags to "signatures exist, append only" (ISO 32000-2, table 225). */
function setSigFlags(pdf: PdfFile, update: Update, added: readonly PdfRef[]): void {
  const form = pdf.acroForm();
  const fields = form?.dict.entries.get('Fields');
  const entries = new Map(form?.dict.entries ?? []);
  const flagsBefore = entries.get('SigFlags');
  entries.set('SigFlags', 3);
  if (added.length > 0 && isRef(fields) && Array.isArray(pdf.resolve(fields))) {
    update.set(fields, [...(pdf.resolve(fields) as PdfObject[]), ...added]);
    if (flagsBefore === 3) return;
  } else if (added.length > 0) entries.set('Fields', [...(form?.fields ?? []), ...added]);
  else if (flagsBefore === 3) return;
  if (form?.ref) update.set(form.ref, dict(entries));
  else {
    const pending = update.pending(pdf.rootRef);
    const root = isDict(pending) ? pending : pdf.root;
    update.set(pdf.rootRef, dict(new Map(root.entries).set('AcroForm', dict(entries))));
  }
}

/** Fills in /ByteRange now that every position is known. */
function finish(written: WrittenUpdate, signature: PdfRef, value: SignatureValue, size: number, field: string): PreparedSignature {
  const { bytes } = written;
  const at = written.valueOffset(signature);
  const total = size + bytes.length;
  const gapStart = at + value.contentsAt - 1; // the '<'
  const gapEnd = at + value.contentsAt + value.contentsLength + 1; // behind the '>'
  const byteRange = [0, gapStart, gapEnd, total - gapEnd] as const;
  const text = `[${byteRange.join(' ')}]`;
  if (text.length > RANGE_ROOM) throw new RangeError('the byte range does not fit its room');
  bytes.write(text.padEnd(RANGE_ROOM), at - size + value.rangeAt, 'latin1');
  return { bytes, byteRange, contentsAt: at - size + value.contentsAt, contentsLength: value.contentsLength, field };
}
