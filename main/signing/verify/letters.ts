import type { Box, Pixels } from './hidden.ts';

/** How much a pixel of a letter stands out from its ground, and what is left of it when the letter has gone. */
const INK = 80;
const PAPER = 40;
/** Side of the squares whose commonest brightness is taken for the ground. */
const TILE = 64;
const SHADES = 32;
/** In points: what is lower is a rule or a dotted line, what is larger a frame or a picture. */
const LOW = 1.9;
const LARGE = 44;
/** Share of a letter that may go. Paint that lets the paper through takes nothing from a letter, its ground takes much. */
const GONE = 0.12;
/** Pixels of a letter, and of what it lost, below which nothing is said. */
const LEAST = 6;

/** A page, or the same part of it, in three states: without its fields and comments, as it was signed, as it is. */
export interface States {
  bare: Pixels;
  was: Pixels;
  is: Pixels;
}

/**
 * Whether a letter that was printed on a page is gone in part or whole, so that another may stand in its place: one digit of an amount is
 * too small a part of a line to be missed in it. Every mark that stands out from its ground and is of the size of a letter is looked at.
 * @param boxes where something was added, in pixels
 * @param except where letters may go
 * @param unit pixels to a point
 */
export function loses({ bare, was, is }: States, boxes: readonly Box[], except: readonly Box[], unit: number): boolean {
  const { width, height } = bare;
  if ([was, is].some((other) => other.width !== width || other.height !== height)) return true;
  const [printed, shown, now] = [new Contrast(bare), new Contrast(was), new Contrast(is)];
  const seen = new Uint8Array(width * height);
  const gone = (at: number): boolean => now.at(at) < PAPER && shown.at(at) >= PAPER;
  for (const [x0, y0, x1, y1] of boxes) {
    const [left, right] = [Math.max(0, Math.floor(x0)), Math.min(width - 1, Math.ceil(x1))];
    for (let y = Math.max(0, Math.floor(y0)); y <= Math.min(height - 1, Math.ceil(y1)); y++) {
      for (let x = left; x <= right; x++) {
        const at = y * width + x;
        if (seen[at] === 1 || printed.at(at) < INK || !gone(at)) continue;
        const mark = trace(printed, gone, seen, width, at);
        if (mark.high < LOW * unit || Math.max(mark.high, mark.wide) > LARGE * unit || mark.count < LEAST) continue;
        if (mark.lost < LEAST || mark.lost < GONE * mark.count) continue;
        if (!except.some(([a, b, c, d]) => mark.x >= a && mark.x <= c && mark.y >= b && mark.y <= d)) return true;
      }
    }
  }
  return false;
}

/**
 * Whether what was to be seen in a box is buried now. A seal lies across a signature and leaves most of it, a picture of another signature
 * leaves nothing.
 * @param share of its ink that has to be gone
 */
export function buries(was: Pixels, is: Pixels, [x0, y0, x1, y1]: Box, share: number): boolean {
  const [shown, now] = [new Contrast(was), new Contrast(is)];
  let [ink, lost] = [0, 0];
  for (let y = Math.max(0, Math.floor(y0)); y < Math.min(was.height, Math.ceil(y1)); y++) {
    for (let x = Math.max(0, Math.floor(x0)); x < Math.min(was.width, Math.ceil(x1)); x++) {
      const at = y * was.width + x;
      if (shown.at(at) < INK) continue;
      ink++;
      if (now.at(at) < PAPER) lost++;
    }
  }
  return lost >= LEAST && lost >= share * ink;
}

interface Mark {
  count: number;
  lost: number;
  wide: number;
  high: number;
  /** Its middle. */
  x: number;
  y: number;
}

/** Follows one mark over all its pixels. */
function trace(printed: Contrast, gone: (at: number) => boolean, seen: Uint8Array, width: number, start: number): Mark {
  const stack = [start];
  seen[start] = 1;
  let [count, lost] = [0, 0];
  let [left, right, top, bottom] = [width, 0, Number.POSITIVE_INFINITY, 0];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    count++;
    if (gone(at)) lost++;
    const [x, y] = [at % width, Math.floor(at / width)];
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
    for (let dy = -1; dy <= 1; dy++) {
      for (let dx = -1; dx <= 1; dx++) {
        const next = at + dy * width + dx;
        if (x + dx < 0 || x + dx >= width || next < 0 || next >= seen.length || seen[next] === 1 || printed.at(next) < INK) continue;
        seen[next] = 1;
        stack.push(next);
      }
    }
  }
  return { count, lost, wide: right - left + 1, high: bottom - top + 1, x: (left + right) / 2, y: (top + bottom) / 2 };
}

/** How far pixels are from the commonest brightness around them; only looked for where somebody asks. */
class Contrast {
  readonly #picture: Pixels;
  readonly #across: number;
  readonly #grounds: (number | undefined)[] = [];

  constructor(picture: Pixels) {
    this.#picture = picture;
    this.#across = Math.ceil(picture.width / TILE);
  }

  at(index: number): number {
    const { width } = this.#picture;
    const tile = Math.floor(Math.floor(index / width) / TILE) * this.#across + Math.floor((index % width) / TILE);
    const ground = (this.#grounds[tile] ??= this.#ground(tile));
    return Math.abs(this.#light(index) - ground);
  }

  #light(index: number): number {
    const { data } = this.#picture;
    const i = index * 4;
    return (data[i] ?? 0) * 0.3 + (data[i + 1] ?? 0) * 0.59 + (data[i + 2] ?? 0) * 0.11;
  }

  #ground(tile: number): number {
    const { width, height } = this.#picture;
    const [left, top] = [(tile % this.#across) * TILE, Math.floor(tile / this.#across) * TILE];
    const counts = new Uint32Array(SHADES);
    for (let y = top; y < Math.min(height, top + TILE); y++) {
      for (let x = left; x < Math.min(width, left + TILE); x++) {
        const shade = Math.floor(this.#light(y * width + x)) >> 3;
        counts[shade] = (counts[shade] ?? 0) + 1;
      }
    }
    let ground = 0;
    for (let shade = 1; shade < SHADES; shade++) if ((counts[shade] ?? 0) > (counts[ground] ?? 0)) ground = shade;
    return ground * 8 + 4;
  }
}
