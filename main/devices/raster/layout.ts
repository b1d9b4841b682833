import type { Paper, PaperBlock } from '../../contract/paper.ts';
import { blit, createBitmap, enlarge, fillRect, type Bitmap } from './bitmap.ts';
import { lineMetrics, setWord, type Weight } from './font.ts';
import { qrModules } from './qr.ts';

/** 203 dpi heads have 8 dots per millimetre. */
export const DOTS_PER_MM = 8;

/**
 * A paper from top to bottom as the raster path sends it: strips of dots over the whole width, and the QR apart, because
 * a printer may draw that by itself or in double-sized dots.
 */
export type PaperPart =
  | { readonly kind: 'dots'; readonly bitmap: Bitmap }
  | { readonly kind: 'qr'; readonly data: string; readonly modules: Bitmap; readonly moduleDots: number };

/** Dots per em of the named sizes. `number` gives capitals of 8 mm, readable at arm's length. */
const SIZES: Record<Extract<PaperBlock, { kind: 'text' }>['size'], number> = { small: 20, normal: 25, large: 30, number: 90 };

/** Dots between two lines of text. */
const LEADING = 5;

/**
 * Breaks the blocks into lines and draws them.
 * @param width printable dots: 576 on 80 mm paper, 384 on 58 mm
 */
export function layoutPaper(paper: Paper, width: number): PaperPart[] {
  const parts: PaperPart[] = [];
  let strips: Bitmap[] = [];
  const flush = () => {
    if (strips.length === 0) return;
    const whole = createBitmap(
      width,
      strips.reduce((sum, s) => sum + s.height, 0),
    );
    let y = 0;
    for (const strip of strips) {
      whole.data.set(strip.data, y * whole.stride);
      y += strip.height;
    }
    parts.push({ kind: 'dots', bitmap: whole });
    strips = [];
  };
  for (const block of paper) {
    if (block.kind === 'text') strips.push(...textStrips(block, width));
    else if (block.kind === 'space') strips.push(createBitmap(width, Math.round(block.mm * DOTS_PER_MM)));
    else if (block.kind === 'rule') strips.push(ruleStrip(width));
    else {
      flush();
      const modules = qrModules(block.data);
      parts.push({ kind: 'qr', data: block.data, modules, moduleDots: qrModuleDots(modules.width, width) });
    }
  }
  flush();
  return parts;
}

/** The whole paper as one picture, as it would come out of the printer; QR drawn in the middle. */
export function renderPaper(paper: Paper, width: number): Bitmap {
  const parts = layoutPaper(paper, width);
  const heights = parts.map((p) => (p.kind === 'dots' ? p.bitmap.height : p.modules.height * p.moduleDots));
  const out = createBitmap(
    width,
    heights.reduce((a, b) => a + b, 0),
  );
  let y = 0;
  parts.forEach((part, i) => {
    const picture = part.kind === 'dots' ? part.bitmap : enlarge(part.modules, part.moduleDots, part.moduleDots);
    blit(out, picture, (width - picture.width) >> 1, y);
    y += heights[i]!;
  });
  return out;
}

/** An even number of dots per module (so that printers may double them), about 20 mm wide but never wider than the paper. */
export function qrModuleDots(modules: number, width: number): number {
  const wanted = Math.round(160 / modules / 2) * 2;
  const most = Math.floor(width / modules / 2) * 2;
  return Math.max(2, Math.min(wanted, most, 8));
}

function textStrips(block: Extract<PaperBlock, { kind: 'text' }>, width: number): Bitmap[] {
  const weight: Weight = block.bold ? 'bold' : 'medium';
  const size = SIZES[block.size];
  const plain = lineMetrics(weight, size);
  return wrap(block.text, weight, size, width).map((line) => {
    // Capitals with two marks stand out above what fonts call their ascent: the line makes room for the ink it has.
    const glyphs = line.words.flatMap((word) => word.glyphs);
    const ascent = Math.max(plain.ascent, ...glyphs.map((g) => g.image.top));
    const descent = Math.max(plain.descent, ...glyphs.map((g) => g.image.bitmap.height - g.image.top));
    const bitmap = createBitmap(width, ascent + descent + LEADING);
    let x = block.align === 'left' ? 0 : Math.max(0, (width - line.advance) >> 1);
    for (const word of line.words) {
      for (const glyph of word.glyphs) blit(bitmap, glyph.image.bitmap, x + glyph.x + glyph.image.left, ascent - glyph.image.top);
      x += word.advance + line.space;
    }
    return bitmap;
  });
}

interface Line {
  readonly words: ReturnType<typeof setWord>[];
  readonly space: number;
  readonly advance: number;
}

/** Lines of nearly equal length: the narrowest setting that needs no more lines than the full width does. */
function wrap(text: string, weight: Weight, size: number, width: number): Line[] {
  const full = wrapAt(text, weight, size, width);
  if (full.length < 2) return full;
  let [low, high] = [width >> 1, width];
  while (high - low > 4) {
    const middle = (low + high) >> 1;
    if (wrapAt(text, weight, size, middle).length > full.length) low = middle;
    else high = middle;
  }
  return wrapAt(text, weight, size, high);
}

function wrapAt(text: string, weight: Weight, size: number, width: number): Line[] {
  const space = Math.max(2, Math.round(size * 0.26));
  const lines: Line[] = [];
  let words: ReturnType<typeof setWord>[] = [];
  let advance = 0;
  const close = () => {
    lines.push({ words, space, advance });
    words = [];
    advance = 0;
  };
  for (const piece of text.normalize('NFC').split(/\s+/u).filter(Boolean)) {
    for (const part of fit(piece, weight, size, width)) {
      const word = setWord(part, weight, size);
      const more = words.length === 0 ? word.advance : advance + space + word.advance;
      if (words.length > 0 && more > width) close();
      advance = words.length === 0 ? word.advance : advance + space + word.advance;
      words.push(word);
    }
  }
  if (words.length > 0) close();
  return lines;
}

/** A word wider than the paper (a web address) is cut into pieces that fit; nothing falls off the edge. */
function fit(piece: string, weight: Weight, size: number, width: number): string[] {
  if (setWord(piece, weight, size).advance <= width) return [piece];
  const out: string[] = [];
  let rest = Array.from(piece);
  while (rest.length > 0) {
    let take = rest.length;
    while (take > 1 && setWord(rest.slice(0, take).join(''), weight, size).advance > width) take -= 1;
    out.push(rest.slice(0, take).join(''));
    rest = rest.slice(take);
  }
  return out;
}

function ruleStrip(width: number): Bitmap {
  const strip = createBitmap(width, 9);
  fillRect(strip, 0, 4, width, 1);
  return strip;
}
