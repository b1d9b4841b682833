import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { blit, createBitmap, type Bitmap } from './bitmap.ts';
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

/** How far a plain line of this size reaches above and below its base line, in dots; `size` is dots per em, as everywhere. */
export function lineMetrics(weight: Weight, size: number): { ascent: number; descent: number } {
  const { font } = face(weight);
  return { ascent: Math.ceil(((font.capHeight * 1.12) / font.unitsPerEm) * size), descent: Math.ceil(size * 0.2) };
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
    const image = glyphImage(f, glyph, size);
    if (image.bitmap.width > 0) glyphs.push({ image, x: Math.round((pen + position.xOffset) * scale) });
    pen += position.xAdvance;
  });
  const word = { glyphs, advance: Math.ceil(pen * scale) };
  if (f.words.size >= WORDS_KEPT) f.words.delete(f.words.keys().next().value!);
  f.words.set(key, word);
  return word;
}

/** The cell of Font A, which downloaded glyphs share: 12 by 24 dots, base line under row 18. */
export const CELL = { width: 12, height: 24, baseline: 18, size: 22 } as const;

/**
 * One letter in a fixed cell, as printers' resident and downloaded fonts have it: centred, squeezed sideways when it is
 * wider than the cell, and flattened when its marks would stand out above or below (Ẩ, Ậ).
 */
export function cellGlyph(letter: string, weight: Weight): Bitmap {
  const f = face(weight);
  const out = createBitmap(CELL.width, CELL.height);
  const glyph = f.font.layout(letter.normalize('NFC')).glyphs[0];
  if (!glyph || letter === ' ') return out;
  const outline = outlineOf(f, glyph);
  if (outline.edges.length === 0) return out;
  const scale = CELL.size / f.font.unitsPerEm;
  const room = CELL.width - 1; // one white column keeps neighbours apart
  const across = Math.min(1, room / ((outline.maxX - outline.minX) * scale));
  const above = outline.maxY > 0 ? CELL.baseline / (outline.maxY * scale) : 1;
  const below = outline.minY < 0 ? (CELL.height - CELL.baseline) / (-outline.minY * scale) : 1;
  const image = glyphImage(f, glyph, CELL.size, across, Math.min(1, above, below));
  blit(out, image.bitmap, Math.max(0, (room - image.bitmap.width) >> 1), CELL.baseline - image.top);
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

function glyphImage(f: Face, glyph: Glyph, size: number, across = 1, upright = 1): GlyphImage {
  const key = `${glyph.id}/${size}/${across}/${upright}`;
  let image = f.glyphs.get(key);
  if (!image) {
    const scale = size / f.font.unitsPerEm;
    image = fillCoverage(outlineOf(f, glyph), scale * across, scale * upright);
    f.glyphs.set(key, image);
  }
  return image;
}
