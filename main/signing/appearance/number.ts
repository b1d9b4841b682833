import { vietnamIso } from '../../store/index.ts';
import { addToArray } from '../append/field.ts';
import type { Update } from '../append/update.ts';
import {
  decodeText,
  dict,
  isDict,
  isRef,
  isString,
  name,
  string,
  textString,
  type PdfDict,
  type PdfFile,
  type PdfObject,
  type PdfRef,
} from '../pdf/index.ts';
import { embedFont, textWidth, type EmbeddedFont } from './font.ts';

/**
 * The leader signs before the document has its number and date; the clerk writes them afterwards (NĐ 30/2020 Điều 14, 15). So that the
 * leader's signature stays valid, two empty text fields are part of what the leader signs, and filling them is what forms are for.
 */
const NUMBER_FIELD = 'SoVanBan';
const DATE_FIELD = 'NgayBanHanh';

export interface NumberAndDate {
  readonly number: string;
  /** Epoch milliseconds of the day. */
  readonly day: number;
}

/** Places on the first page, in points from the lower left corner, that a document leaves blank. */
export interface Blanks {
  readonly number: Box;
  readonly date: Box;
  /** Stands before the date: "An Bình". */
  readonly place?: string;
}
interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the two fields stand when the document has none: under the agency at the left, under the motto at the right. */
const FROM_TOP = 96;
const HEIGHT = 16;
const SIZE = 12;

const fieldNamed = (pdf: PdfFile, title: string): { ref: PdfRef; dict: PdfDict } | null => {
  for (const entry of pdf.acroForm()?.fields ?? []) {
    const field = pdf.dict(entry);
    const found = field?.entries.get('T');
    if (field && isRef(entry) && found && isString(found) && decodeText(found) === title) return { ref: entry, dict: field };
  }
  return null;
};

/** Adds the two empty fields to the update that the leader signs. A document that brings fields of these names keeps its own. */
export function reserveNumberAndDate(update: Update, pdf: PdfFile, blanks: Blanks | null = null): PdfRef[] {
  const page = pdf.pages()[0];
  // After somebody's signature a new field would be a change that the signer did not allow.
  const signed = pdf.signatureFields().some((field) => field.value);
  if (!page || signed || fieldNamed(pdf, NUMBER_FIELD)) return [];
  const [x0, , x1, y1] = page.mediaBox;
  const usual = (from: number): Box => ({ x: x0 + (x1 - x0) * from, y: y1 - FROM_TOP - HEIGHT, width: (x1 - x0) * 0.36, height: HEIGHT });
  const places: [string, Box, string][] = [
    [NUMBER_FIELD, blanks?.number ?? usual(0.1), 'Số và ký hiệu văn bản'],
    [DATE_FIELD, blanks?.date ?? usual(0.54), blanks?.place ? `${blanks.place}, ngày ban hành` : 'Ngày ban hành'],
  ];
  const made = places.map(([title, box, words]) =>
    update.add(
      dict({
        Type: name('Annot'),
        Subtype: name('Widget'),
        FT: name('Tx'),
        T: textString(title),
        TU: textString(words),
        F: 4,
        P: page.ref,
        // Quadding 1: centred in its column, as the decree sets both.
        Q: 1,
        DA: string('/Helv 12 Tf 0 g'),
        Rect: [box.x, box.y, box.x + box.width, box.y + box.height].map((value) => Math.round(value * 100) / 100),
      }),
    ),
  );
  const pending = update.pending(page.ref);
  addToArray(pdf, update, page.ref, isDict(pending) ? pending : page.dict, 'Annots', made);
  return made;
}

/** Has the document a number field that nobody has filled yet? */
export function numberWanted(pdf: PdfFile): boolean {
  const field = fieldNamed(pdf, NUMBER_FIELD);
  return field !== null && !isString(field.dict.entries.get('V'));
}

/** Fills number and date in the update of the agency's seal. Nothing happens in a document that has no such fields. */
export function fillNumberAndDate(update: Update, pdf: PdfFile, values: NumberAndDate): void {
  const [year, month, day] = vietnamIso(values.day).slice(0, 10).split('-');
  const named = fieldNamed(pdf, DATE_FIELD)?.dict.entries.get('TU');
  const place = named && isString(named) ? decodeText(named).split(', ngày ban hành') : [];
  const date = `ngày ${day} tháng ${month} năm ${year}`;
  const texts: [string, string][] = [
    [NUMBER_FIELD, `Số: ${values.number}`],
    [DATE_FIELD, place.length === 2 ? `${place[0]}, ${date}` : `N${date.slice(1)}`],
  ];
  const font = embedFont(texts.map(([, text]) => text));
  let fontRef: PdfRef | null = null;
  for (const [title, text] of texts) {
    const field = fieldNamed(pdf, title);
    if (!field) continue;
    fontRef ??= addFont(update, font);
    const box = field.dict.entries.get('Rect');
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = Array.isArray(box) ? box.map(Number) : [];
    const wide = textWidth(text, SIZE);
    const size = Math.min(SIZE, (SIZE * (x1 - x0 - 4)) / Math.max(wide, 1));
    const left = (x1 - x0 - (wide * size) / SIZE) / 2;
    const look = update.add({
      kind: 'stream',
      dict: dict({
        Type: name('XObject'),
        Subtype: name('Form'),
        BBox: [0, 0, x1 - x0, y1 - y0],
        Resources: dict({ Font: dict({ F0: fontRef }) }),
      }),
      bytes: Buffer.from(
        `/Tx BMC q BT 0 g /F0 ${size.toFixed(2)} Tf ${left.toFixed(2)} ${((y1 - y0 - size) / 2 + size * 0.22).toFixed(2)} Td ${font.encode(text)} Tj ET Q EMC`,
        'latin1',
      ),
    });
    const entries: Map<string, PdfObject> = new Map(field.dict.entries);
    entries.set('V', textString(text));
    entries.set('AP', dict({ N: look }));
    update.set(field.ref, dict(entries));
  }
}

function addFont(update: Update, font: EmbeddedFont): PdfRef {
  const refs = Array.from({ length: font.count }, () => update.allocate());
  const at = (index: number): PdfRef => refs[index] ?? update.allocate();
  font.build(at).forEach((object, index) => update.set(at(index), object));
  return at(0);
}
