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
