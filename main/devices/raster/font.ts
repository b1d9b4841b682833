import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createBitmap, setDot, type Bitmap } from './bitmap.ts';
import type { Font as FontkitFont, Fontkit, Glyph } from './fontkit-types.ts';
import { fillCoverage, flatten, type Outline } from './outline.ts';

/** The weights that papers use. Thermal heads thin strokes out, so `regular` text is set in Medium. */
export type Weight = 'medium' | 'bold';

const FILES: Record<Weight, string> = {
  medium: '@expo-google-fonts/be-vietnam-pro/500Medium/BeVietnamPro_500Medium.ttf',
  bold: '@expo-google-fonts/be-vietnam-pro/700Bold/BeVietnamPro_700Bold.ttf',
};

/** A glyph as dots, placed relative to the pen: `left` to the right of it, `top` above the base line. */
export interface GlyphImage {
  readonly bitmap: Bitmap;
  readonly left: number;
  readonly top: number;
}

export interface PlacedGlyph {
  readonly image: GlyphImage;
  /** Dots from the start of the word. */
  readonly x: number;
}

export interface Word {
  readonly glyphs: readonly PlacedGlyph[];
  /** Dots, rounded up. */
  readonly advance: number;
}

interface Face {
  readonly font: FontkitFont;
  readonly outlines: Map<number, Outline>;
  readonly glyphs: Map<string, GlyphImage>;
  readonly words: Map<string, Word>;
}

const require = createRequire(import.meta.url);
const faces = new Map<Weight, Face>();
/** Words recur (services, places); numbers and times do not. Beyond this many the oldest are forgotten. */
const WORDS_KEPT = 4000;

function face(weight: Weight): Face {
  let found = faces.get(weight);
  if (!found) {
    const fontkit = require('fontkit') as Fontkit; // untyped package; the shapes stand in fontkit-types.ts
    found = {
      font: fontkit.create(readFileSync(require.resolve(FILES[weight]))),
      outlines: new Map(),
      glyphs: new Map(),
      words: new Map(),
    };
    faces.set(weight, found);
  }
  return found;
}

/** Height of a line of this size in dots: `size` is dots per em, as everywhere here. */
export function lineMetrics(weight: Weight, size: number): { ascent: number; descent: number; capHeight: number } {
  const { font } = face(weight);
  const scale = size / font.unitsPerEm;
  return {
    ascent: Math.ceil(font.ascent * scale),
    descent: Math.ceil(-font.descent * scale),
    capHeight: Math.round(font.capHeight * scale),
  };
}

/** False for letters that the font cannot draw (an emoji, a Chinese name): callers print a `?` and say so. */
export function canDraw(text: string, weight: Weight = 'medium'): boolean {
  const { font } = face(weight);
  return Array.from(text.normalize('NFC')).every((c) => c === ' ' || font.hasGlyphForCodePoint(c.codePointAt(0)!));
}

/**
 * Sets one word: kerning by the font, pen positions rounded to whole dots, so that the same word is the same dots
 * everywhere on the paper.
 * @param size dots per em
 */
export function setWord(text: string, weight: Weight, size: number): Word {
  const f = face(weight);
  const key = `${size}\n${text}`;
  const known = f.words.get(key);
  if (known) return known;
  const run = f.font.layout(text.normalize('NFC'));
  const scale = size / f.font.unitsPerEm;
  const glyphs: PlacedGlyph[] = [];
  let pen = 0;
  run.glyphs.forEach((glyph, i) => {
    const position = run.positions[i]!;
    const image = glyphImage(f, glyph, size, 1);
    if (image.bitmap.width > 0) glyphs.push({ image, x: Math.round((pen + position.xOffset) * scale) });
    pen += position.xAdvance;
  });
  const word = { glyphs, advance: Math.ceil(pen * scale) };
  if (f.words.size >= WORDS_KEPT) f.words.delete(f.words.keys().next().value!);
  f.words.set(key, word);
  return word;
}

/**
 * One letter in a fixed cell, as printers' resident and downloaded fonts have it: base line at `baseline` rows from the
 * top, squeezed sideways when it is wider than the cell, centred otherwise.
 */
export function cellGlyph(letter: string, weight: Weight, cell: { width: number; height: number; baseline: number; size: number }): Bitmap {
  const f = face(weight);
  const out = createBitmap(cell.width, cell.height);
  const glyph = f.font.layout(letter.normalize('NFC')).glyphs[0];
  if (!glyph || letter === ' ') return out;
  const scale = cell.size / f.font.unitsPerEm;
  const room = cell.width - 1; // one white column keeps neighbours apart
  const natural = inkWidth(f, glyph) * scale;
  const squeeze = natural > room ? room / natural : 1;
  const image = glyphImage(f, glyph, cell.size, squeeze);
  const left = Math.max(0, Math.floor((room - image.bitmap.width) / 2));
  for (let y = 0; y < image.bitmap.height; y += 1) {
    for (let x = 0; x < image.bitmap.width; x += 1) {
      if ((image.bitmap.data[y * image.bitmap.stride + (x >> 3)]! >> (7 - (x & 7))) & 1)
        setDot(out, left + x, cell.baseline - image.top + y);
    }
  }
  return out;
}

function outlineOf(f: Face, glyph: Glyph): Outline {
  let outline = f.outlines.get(glyph.id);
  if (!outline) {
    outline = flatten(glyph.path.commands, f.font.unitsPerEm / 400);
    f.outlines.set(glyph.id, outline);
  }
  return outline;
}

function inkWidth(f: Face, glyph: Glyph): number {
  const outline = outlineOf(f, glyph);
  return outline.edges.length === 0 ? 0 : outline.maxX - outline.minX;
}

function glyphImage(f: Face, glyph: Glyph, size: number, squeeze: number): GlyphImage {
  const key = `${glyph.id}/${size}/${squeeze}`;
  let image = f.glyphs.get(key);
  if (!image) {
    const scale = size / f.font.unitsPerEm;
    image = fillCoverage(outlineOf(f, glyph), scale * squeeze, scale);
    f.glyphs.set(key, image);
  }
  return image;
}
