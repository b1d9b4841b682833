import { isDict, isName, isString, latin1, readFields, type PdfObject, type PdfView } from '../pdf/index.ts';

/** The fonts that every reader has (ISO 32000-2, 9.6.2.2). */
const STANDARD = /^(?:Helvetica|Courier|Times|Symbol|ZapfDingbats)(?:-\w+)?$/;

/** Whether an old field shows a text for which it says no look of its own: the form's would give it one. */
export function awaitsLook(older: PdfView): boolean {
  return readFields(older).some(
    ({ dict, type }) => (type === 'Tx' || type === 'Ch') && !dict.entries.has('DA') && older.get(dict, 'V') !== null,
  );
}

/**
 * Whether a new font comes under a name that an old field names for its text: unless it is one of those that every reader has, it draws
 * old text anew where readers make the looks of fields themselves.
 */
export function awaitsFont(older: PdfView, name: string, newer: PdfView, font: PdfObject): boolean {
  const dict = newer.dict(font);
  const base = dict === undefined ? null : newer.get(dict, 'BaseFont');
  const plain =
    dict !== undefined &&
    isName(newer.get(dict, 'Subtype'), 'Type1') &&
    !dict.entries.has('FontDescriptor') &&
    !isDict(newer.get(dict, 'Encoding'));
  if (plain && isName(base) && STANDARD.test(base.value)) return false;
  const form = older.dict(older.root.entries.get('AcroForm'));
  const looks = [form, ...readFields(older).map((field) => field.dict)].map((one) => (one === undefined ? null : older.get(one, 'DA')));
  return looks.some((look) => isString(look) && words(look.bytes).includes(`/${name}`));
}

const words = (bytes: Uint8Array): string[] => latin1(bytes).split(/[\s[\]()<>]+/);
