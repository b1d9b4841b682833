import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import fontkit from '@pdf-lib/fontkit';
import { PDFDocument, type PDFFont } from 'pdf-lib';
import { alignGlyphs, withoutShaping } from './glyphs.ts';

/** The faces of a paper: a serif with the metrics of Times New Roman, as NĐ 30/2020/NĐ-CP wants official texts. */
export interface Faces {
  readonly regular: PDFFont;
  readonly bold: PDFFont;
  readonly italic: PDFFont;
  readonly boldItalic: PDFFont;
}
export type FaceName = keyof Faces;

const require = createRequire(import.meta.url);
const FILES: Record<FaceName, string> = {
  regular: '400Regular/Tinos_400Regular.ttf',
  bold: '700Bold/Tinos_700Bold.ttf',
  italic: '400Regular_Italic/Tinos_400Regular_Italic.ttf',
  boldItalic: '700Bold_Italic/Tinos_700Bold_Italic.ttf',
};
const bytes = new Map<FaceName, Uint8Array>();

function load(name: FaceName): Uint8Array {
  const known = bytes.get(name);
  if (known) return known;
  const folder = path.dirname(require.resolve('@expo-google-fonts/tinos/package.json'));
  const read = withoutShaping(alignGlyphs(readFileSync(path.join(folder, FILES[name]))));
  bytes.set(name, read);
  return read;
}

type ParsedFont = ReturnType<typeof fontkit.create>;
interface GlyphSource {
  getGlyph(id: number, codePoints?: readonly number[]): { codePoints: readonly number[] };
}

/**
 * fontkit keeps each glyph as it was first asked for. One that came as a part of another letter (the `ơ` in `ở`) has no code
 * point, and a later paper that prints it alone would show it but lose it from its text. The first code point is written in then.
 */
function rememberLetters(font: ParsedFont): ParsedFont {
  const source = font as unknown as GlyphSource;
  const getGlyph = source.getGlyph.bind(font);
  source.getGlyph = (id, codePoints = []) => {
    const glyph = getGlyph(id, codePoints);
    if (codePoints.length > 0 && glyph.codePoints.length === 0) glyph.codePoints = codePoints;
    return glyph;
  };
  return font;
}

/** pdf-lib parses a font for every PDF; a receipt would take half a second of the desk's time. A parsed font makes any number of subsets. */
const parsed = new Map<Uint8Array, ParsedFont>();
const cachingFontkit: typeof fontkit = {
  ...fontkit,
  create: (data, name) => {
    const known = parsed.get(data);
    if (known) return known;
    const font = rememberLetters(fontkit.create(data, name));
    parsed.set(data, font);
    return font;
  },
};

/** A new PDF with the faces embedded as subsets; ligatures are off so that copied text is the text that was printed. */
export async function newPdf(info: { title: string; at: number }): Promise<{ pdf: PDFDocument; faces: Faces }> {
  const pdf = await PDFDocument.create();
  pdf.registerFontkit(cachingFontkit);
  const embed = (name: FaceName) => pdf.embedFont(load(name), { subset: true, features: { liga: false, clig: false } });
  const faces: Faces = {
    regular: await embed('regular'),
    bold: await embed('bold'),
    italic: await embed('italic'),
    boldItalic: await embed('boldItalic'),
  };
  const at = new Date(info.at);
  pdf.setTitle(info.title);
  pdf.setLanguage('vi-VN');
  pdf.setProducer('Quầy');
  pdf.setCreator('Quầy');
  pdf.setCreationDate(at);
  pdf.setModificationDate(at);
  return { pdf, faces };
}

interface Outline {
  readonly path: { readonly commands: readonly { readonly command: string; readonly args: readonly number[] }[] };
}

/**
 * A line of letters as PDF path operators (to be filled), for a page that is drawn by hand and carries no font.
 * @param size points of the em; `x`, `y` are the line's start on the page, in points from below left
 */
export function outlines(name: FaceName, text: string, size: number, x: number, y: number): string {
  const font = cachingFontkit.create(load(name));
  const scale = size / font.unitsPerEm;
  const { glyphs, positions } = font.layout(text.normalize('NFC'));
  const out: string[] = [];
  let left = x;
  for (const [i, glyph] of glyphs.entries()) {
    const put = (...at: number[]): string => at.map((value, k) => ((k % 2 === 0 ? left : y) + value * scale).toFixed(2)).join(' ');
    let [fromX, fromY] = [0, 0];
    for (const { command, args } of (glyph as unknown as Outline).path.commands) {
      const [a = 0, b = 0, c = 0, d = 0] = args;
      if (command === 'moveTo') out.push(`${put(a, b)} m`);
      else if (command === 'lineTo') out.push(`${put(a, b)} l`);
      else if (command === 'bezierCurveTo') out.push(`${put(...args)} c`);
      // PDF knows cubic curves alone: the controls lie two thirds of the way to the one of a quadratic.
      else if (command === 'quadraticCurveTo')
        out.push(
          `${put(fromX + ((a - fromX) * 2) / 3, fromY + ((b - fromY) * 2) / 3, c + ((a - c) * 2) / 3, d + ((b - d) * 2) / 3, c, d)} c`,
        );
      else out.push('h');
      if (args.length >= 2) [fromX, fromY] = [args.at(-2) ?? 0, args.at(-1) ?? 0];
    }
    left += (positions[i]?.xAdvance ?? 0) * scale;
  }
  return `${out.join('\n')}\nf\n`;
}
