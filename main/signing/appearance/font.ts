import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { deflateSync } from 'node:zlib';
import { dict, name, string, type PdfObject, type PdfStream } from '../pdf/objects.ts';
import { TrueType } from './truetype.ts';

/**
 * Decree 30/2020 writes Times New Roman; Tinos is the free face with the same metrics, and has every Vietnamese letter.
 * The font program is subset to the glyphs that the block shows and embedded with a ToUnicode map, so that the text is
 * drawn the same everywhere and can be searched and copied.
 */
const require = createRequire(import.meta.url);
const FILES = {
  regular: '@expo-google-fonts/tinos/400Regular/Tinos_400Regular.ttf',
  bold: '@expo-google-fonts/tinos/700Bold/Tinos_700Bold.ttf',
} as const;
export type Face = keyof typeof FILES;

const loaded = new Map<Face, TrueType>();

function load(face: Face): TrueType {
  let font = loaded.get(face);
  if (!font) {
    font = new TrueType(readFileSync(require.resolve(FILES[face])));
    loaded.set(face, font);
  }
  return font;
}

/** Letters that have no glyph become a question mark: a name with a foreign letter must not stop a signature. */
const glyphOf = (font: TrueType, code: number): number => font.glyph(code) || font.glyph(0x3f);

/** Width in points. NFC first: decomposed Vietnamese letters would lose their marks. */
export function textWidth(text: string, size: number, face: Face = 'regular'): number {
  const font = load(face);
  let width = 0;
  for (const char of text.normalize('NFC')) width += font.advance(glyphOf(font, char.codePointAt(0) ?? 0));
  return (width / font.unitsPerEm) * size;
}

/** A subset font: its PDF objects with local references `{ kind: 'ref', num: -n }` resolved by the appender, and an encoder. */
export interface EmbeddedFont {
  /** Hexadecimal string operand for `Tj`. */
  encode(text: string): string;
  /** Objects in order; `refs(i)` in `build` gives the reference of the i-th. The first is the Type0 font itself. */
  build(refs: (index: number) => PdfObject): PdfObject[];
  readonly count: number;
}

const cache = new Map<string, EmbeddedFont>();
const CACHE_MOST = 32;
/** Every stamp shows a time and a number; with these in each subset the files of one batch share one font program. */
const ALWAYS = '0123456789-:+T/.,ZUTC ';

/** A subset with the letters of `texts`; the last few are kept, because a batch asks for the same one again and again. */
export function embedFont(texts: readonly string[], face: Face = 'regular'): EmbeddedFont {
  const letters = [...new Set((texts.join('') + ALWAYS).normalize('NFC'))].sort().join('');
  const key = `${face}\n${letters}`;
  const known = cache.get(key);
  if (known) return known;
  const made = makeSubset(load(face), letters, face);
  if (cache.size >= CACHE_MOST) cache.delete(cache.keys().next().value ?? '');
  cache.set(key, made);
  return made;
}

function makeSubset(font: TrueType, letters: string, face: Face): EmbeddedFont {
  const order = [0];
  const glyphs = new Map<string, number>();
  const widths = [scaleOf(font)(font.advance(0))];
  const unicode: [number, string][] = [];
  for (const char of letters) {
    const glyph = glyphOf(font, char.codePointAt(0) ?? 0);
    const known = order.indexOf(glyph);
    const id = known > 0 ? known : order.push(glyph) - 1;
    glyphs.set(char, id);
    widths[id] = scaleOf(font)(font.advance(glyph));
    unicode.push([id, char]);
  }
  const program = font.subset(order);
  const packed = deflateSync(program);
  const map = deflateSync(Buffer.from(toUnicode(unicode), 'latin1'));
  const scale = scaleOf(font);
  const baseName = `QUAYSG+Tinos-${face === 'bold' ? 'Bold' : 'Regular'}`;
  return {
    count: 5,
    encode: (text) => {
      let hex = '';
      for (const char of text.normalize('NFC')) hex += (glyphs.get(char) ?? 0).toString(16).padStart(4, '0');
      return `<${hex}>`;
    },
    build: (refs) => [
      dict({
        Type: name('Font'),
        Subtype: name('Type0'),
        BaseFont: name(baseName),
        Encoding: name('Identity-H'),
        DescendantFonts: [refs(1)],
        ToUnicode: refs(4),
      }),
      dict({
        Type: name('Font'),
        Subtype: name('CIDFontType2'),
        BaseFont: name(baseName),
        CIDSystemInfo: dict({ Registry: string('Adobe'), Ordering: string('Identity'), Supplement: 0 }),
        FontDescriptor: refs(2),
        CIDToGIDMap: name('Identity'),
        DW: 0,
        W: [0, widths],
      }),
      dict({
        Type: name('FontDescriptor'),
        FontName: name(baseName),
        Flags: 4,
        FontBBox: [scale(font.bbox.minX), scale(font.bbox.minY), scale(font.bbox.maxX), scale(font.bbox.maxY)],
        ItalicAngle: 0,
        Ascent: scale(font.ascent),
        Descent: scale(font.descent),
        CapHeight: scale(font.capHeight),
        StemV: face === 'bold' ? 140 : 80,
        FontFile2: refs(3),
      }),
      flate(packed, { Length1: program.length }),
      flate(map, {}),
    ],
  };
}

/** Font units to the thousandths that PDF counts in. */
const scaleOf =
  (font: TrueType) =>
  (value: number): number =>
    Math.round((value * 1000) / font.unitsPerEm);

const flate = (bytes: Uint8Array, entries: Record<string, PdfObject>): PdfStream => ({
  kind: 'stream',
  dict: dict({ ...entries, Filter: name('FlateDecode') }),
  bytes,
});

function toUnicode(pairs: readonly [number, string][]): string {
  const lines = pairs.map(([id, char]) => {
    let hex = '';
    for (let i = 0; i < char.length; i++) hex += char.charCodeAt(i).toString(16).padStart(4, '0');
    return `<${id.toString(16).padStart(4, '0')}> <${hex}>`;
  });
  const blocks: string[] = [];
  for (let at = 0; at < lines.length; at += 100) {
    const block = lines.slice(at, at + 100);
    blocks.push(`${block.length} beginbfchar\n${block.join('\n')}\nendbfchar`);
  }
  return [
    '/CIDInit /ProcSet findresource begin 12 dict begin begincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Adobe-Identity-UCS def /CMapType 2 def',
    '1 begincodespacerange <0000> <ffff> endcodespacerange',
    ...blocks,
    'endcmap CMapName currentdict /CMap defineresource pop end end',
  ].join('\n');
}
