import { vietnamIso } from '../../store/index.ts';
import type { Appearance } from '../append/field.ts';
import type { Update } from '../append/update.ts';
import { dict, name, type PdfObject, type PdfRef } from '../pdf/index.ts';
import { embedFont, textWidth, type EmbeddedFont } from './font.ts';
import { imageObject, type Picture } from './png.ts';

/** The visible forms of Decree 30/2020/NĐ-CP, Annex I; `none` signs without a mark. */
export type VisibleForm = 'personal' | 'seal' | 'attachment' | 'copy' | 'none';

/** What an electronic copy is (NĐ 30/2020, Điều 25). */
export type CopyKind = 'SAO Y' | 'SAO LỤC' | 'TRÍCH SAO';

/** What a form shows. Each text is drawn in an embedded Unicode font. */
export interface StampContent {
  readonly form: VisibleForm;
  readonly signer: string;
  /** Epoch milliseconds. */
  readonly signedAt: number;
  readonly agency: string | null;
  /** Number and symbol of the document, for a separate attachment. */
  readonly documentNumber: string | null;
  /** The form of an electronic copy. */
  readonly copyForm: CopyKind | null;
  /** Signature (blue) or seal (red) picture, transparent PNG. */
  readonly picture: Picture | null;
  /** A signature of training says so in the block itself. */
  readonly training: boolean;
}

export const TRAINING_TEXT = 'TẬP HUẤN, KHÔNG CÓ GIÁ TRỊ';

interface Line {
  readonly text: string;
  readonly size: number;
  readonly bold?: boolean;
  readonly colour?: 'black' | 'blue' | 'red';
}

const COLOURS = { black: '0 g', blue: '0.05 0.2 0.65 rg', red: '0.8 0.05 0.1 rg' };
/** NĐ 30/2020 writes 10 pt; a block narrower than its text shrinks it, down to what can still be read. */
const LEAST_SIZE = 5;

/** The lines of a form, top to bottom. The picture, where there is one, is drawn instead of the name. */
export function stampLines(content: StampContent): Line[] {
  const time = vietnamIso(content.signedAt);
  const training: Line[] = content.training ? [{ text: TRAINING_TEXT, size: 8, bold: true, colour: 'red' }] : [];
  switch (content.form) {
    case 'none':
      return [];
    case 'personal':
      return content.picture
        ? training
        : [{ text: content.signer, size: 10, colour: 'blue' }, { text: time, size: 10, colour: 'blue' }, ...training];
    case 'seal':
      return content.picture
        ? training
        : [{ text: content.agency ?? content.signer, size: 10, colour: 'red' }, { text: time, size: 10, colour: 'red' }, ...training];
    case 'attachment':
      return [{ text: [content.documentNumber, dayFirst(time)].filter(Boolean).join('; '), size: 10 }, ...training];
    case 'copy':
      return [
        { text: content.copyForm ?? 'SAO Y', size: 10, bold: true },
        { text: content.agency ?? content.signer, size: 10 },
        { text: dayFirst(time), size: 10 },
        ...training,
      ];
  }
}

/** `dd-mm-yyyy hh:mm:ss±hh:mm`: how the decree's annex writes the time on an attachment or a copy. */
function dayFirst(iso: string): string {
  return `${iso.slice(8, 10)}-${iso.slice(5, 7)}-${iso.slice(0, 4)} ${iso.slice(11)}`;
}

/** Makes the fonts for what this signer's blocks will say before the first of them is drawn: that takes milliseconds. */
export function makeFonts(signer: string, training: boolean): void {
  embedFont([signer]);
  if (training) embedFont([TRAINING_TEXT], 'bold');
}

/** Prepares the drawing; `rect` is where it goes, in points from the page's lower left corner. Null for `none`. */
export function makeAppearance(content: StampContent, rect: readonly [number, number, number, number], rotate = 0): Appearance | null {
  if (content.form === 'none') return null;
  const lines = stampLines(content);
  const face = (bold: boolean) => {
    const texts = lines.filter((line) => (line.bold ?? false) === bold).map((line) => line.text);
    return texts.length > 0 ? embedFont(texts, bold ? 'bold' : 'regular') : null;
  };
  const faces = { regular: face(false), bold: face(true) };
  return { rect, draw: (update, size) => draw(update, size, lines, faces, content, rotate) };
}

/** Null for a face that no line uses. */
type Faces = Readonly<Record<'regular' | 'bold', EmbeddedFont | null>>;

function draw(
  update: Update,
  page: { width: number; height: number },
  lines: readonly Line[],
  faces: Faces,
  content: StampContent,
  rotate: number,
): PdfRef {
  const turned = rotate % 180 !== 0;
  const [width, height] = turned ? [page.height, page.width] : [page.width, page.height];
  const fonts: Record<string, PdfObject> = {};
  if (faces.regular) fonts['F0'] = addFont(update, faces.regular);
  if (faces.bold) fonts['F1'] = addFont(update, faces.bold);
  const images: Record<string, PdfObject> = {};
  const operators: string[] = [];
  const leading = 1.2;
  // A copy shows the seal beside its lines; the other forms show the picture above them.
  const beside = content.picture !== null && content.form === 'copy';
  const textLeft = beside ? Math.min(height, width / 3) + 2 : 0;
  const fitted = lines.map((line) => {
    const natural = textWidth(line.text, line.size, line.bold ? 'bold' : 'regular');
    return { ...line, size: Math.max(LEAST_SIZE, Math.min(line.size, (line.size * (width - textLeft - 2)) / Math.max(natural, 1))) };
  });
  const textHeight = fitted.reduce((sum, line) => sum + line.size * leading, 0);
  if (content.picture) {
    images['Im0'] = addPicture(update, content.picture);
    const box = beside
      ? { x: 0, y: 0, w: textLeft - 2, h: height }
      : { x: 0, y: textHeight, w: width, h: Math.max(1, height - textHeight) };
    const scale = Math.min(box.w / content.picture.width, box.h / content.picture.height);
    const [w, h] = [content.picture.width * scale, content.picture.height * scale];
    operators.push(`q ${n(w)} 0 0 ${n(h)} ${n(box.x + (box.w - w) / 2)} ${n(box.y + (box.h - h) / 2)} cm /Im0 Do Q`);
  }
  const over = content.picture && content.form !== 'copy' ? 0 : (height - textHeight) / 2;
  let top = Math.max(textHeight, over + textHeight);
  for (const line of fitted) {
    top -= line.size * leading;
    const lineWidth = textWidth(line.text, line.size, line.bold ? 'bold' : 'regular');
    const centred = textLeft + Math.max(1, (width - textLeft - lineWidth) / 2);
    const left = content.form === 'attachment' || content.form === 'copy' ? Math.max(textLeft + 1, width - lineWidth - 1) : centred;
    const face = line.bold ? faces.bold : faces.regular;
    operators.push(
      `q BT ${COLOURS[line.colour ?? 'black']} /${line.bold ? 'F1' : 'F0'} ${n(line.size)} Tf ${n(left)} ${n(top + line.size * 0.25)} Td ${face?.encode(line.text) ?? '<>'} Tj ET Q`,
    );
  }
  return update.add({
    kind: 'stream',
    dict: dict({
      Type: name('XObject'),
      Subtype: name('Form'),
      BBox: [0, 0, width, height],
      ...(rotate === 0 ? {} : { Matrix: matrixFor(rotate) }),
      Resources: dict({
        ...(Object.keys(fonts).length > 0 ? { Font: dict(fonts) } : {}),
        ...(content.picture ? { XObject: dict(images) } : {}),
      }),
    }),
    bytes: Buffer.from(operators.join('\n'), 'latin1'),
  });
}

/** On a page that is shown turned, the block is turned the other way, so that it stands upright (ISO 32000-2, 12.5.5). */
function matrixFor(rotate: number): number[] {
  if (rotate === 90) return [0, 1, -1, 0, 0, 0];
  if (rotate === 180) return [-1, 0, 0, -1, 0, 0];
  return [0, -1, 1, 0, 0, 0];
}

const n = (value: number): string => String(Math.round(value * 1000) / 1000);

function addFont(update: Update, font: EmbeddedFont): PdfRef {
  const refs = Array.from({ length: font.count }, () => update.allocate());
  const at = (index: number): PdfRef => refs[index] ?? update.allocate();
  font.build(at).forEach((object, index) => update.set(at(index), object));
  return at(0);
}

function addPicture(update: Update, picture: Picture): PdfRef {
  const image = imageObject(picture, 'colour');
  if (picture.alpha) image.dict.entries.set('SMask', update.add(imageObject(picture, 'alpha')));
  return update.add(image);
}
