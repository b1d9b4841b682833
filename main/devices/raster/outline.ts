import { createBitmap, setDot, type Bitmap } from './bitmap.ts';

/** What fontkit calls a path. */
export interface PathStep {
  readonly command: 'moveTo' | 'lineTo' | 'quadraticCurveTo' | 'bezierCurveTo' | 'closePath';
  readonly args: readonly number[];
}

/** Straight edges x0, y0, x1, y1 one after another, in font units, y upwards. */
export interface Outline {
  readonly edges: readonly number[];
  readonly minX: number;
  readonly maxX: number;
  readonly minY: number;
  readonly maxY: number;
}

/**
 * Straightens the curves of a glyph. Only + - * / and Math.sqrt, which IEEE 754 rounds the same on every machine: the
 * dots of a ticket can be compared bit by bit.
 * @param tolerance greatest distance from the curve, in font units
 */
export function flatten(steps: readonly PathStep[], tolerance: number): Outline {
  const edges: number[] = [];
  let minX = Infinity;
  let maxX = -Infinity;
  let minY = Infinity;
  let maxY = -Infinity;
  let x = 0;
  let y = 0;
  let startX = 0;
  let startY = 0;
  const lineTo = (nx: number, ny: number) => {
    edges.push(x, y, nx, ny);
    minX = Math.min(minX, x, nx);
    maxX = Math.max(maxX, x, nx);
    minY = Math.min(minY, y, ny);
    maxY = Math.max(maxY, y, ny);
    x = nx;
    y = ny;
  };
  for (const { command, args } of steps) {
    const [a = 0, b = 0, c = 0, d = 0, e = 0, g = 0] = args;
    if (command === 'moveTo') {
      if (x !== startX || y !== startY) lineTo(startX, startY);
      startX = x = a;
      startY = y = b;
    } else if (command === 'lineTo') {
      lineTo(a, b);
    } else if (command === 'quadraticCurveTo') {
      const [fromX, fromY] = [x, y];
      const bend = Math.sqrt((fromX - 2 * a + c) ** 2 + (fromY - 2 * b + d) ** 2) / 4;
      const parts = Math.max(1, Math.ceil(Math.sqrt(bend / tolerance)));
      for (let i = 1; i <= parts; i += 1) {
        const t = i / parts;
        const u = 1 - t;
        lineTo(u * u * fromX + 2 * u * t * a + t * t * c, u * u * fromY + 2 * u * t * b + t * t * d);
      }
    } else if (command === 'bezierCurveTo') {
      const [fromX, fromY] = [x, y];
      const bend = Math.max(
        Math.sqrt((fromX - 2 * a + c) ** 2 + (fromY - 2 * b + d) ** 2),
        Math.sqrt((a - 2 * c + e) ** 2 + (b - 2 * d + g) ** 2),
      );
      const parts = Math.max(1, Math.ceil(Math.sqrt(bend / tolerance)));
      for (let i = 1; i <= parts; i += 1) {
        const t = i / parts;
        const u = 1 - t;
        lineTo(
          u * u * u * fromX + 3 * u * u * t * a + 3 * u * t * t * c + t * t * t * e,
          u * u * u * fromY + 3 * u * u * t * b + 3 * u * t * t * d + t * t * t * g,
        );
      }
    } else if (x !== startX || y !== startY) {
      lineTo(startX, startY);
    }
  }
  if (x !== startX || y !== startY) lineTo(startX, startY);
  return { edges, minX, maxX, minY, maxY };
}

const SUB = 8;

/**
 * Fills an outline (non-zero winding) and blackens each dot whose area is covered to 45 % or more: `SUB` lines per row,
 * the ends of each span counted exactly. A little under one half, because at 203 dpi thin strokes must not break up.
 */
export function fillCoverage(outline: Outline, scaleX: number, scaleY: number): { bitmap: Bitmap; left: number; top: number } {
  if (outline.edges.length === 0) return { bitmap: createBitmap(0, 0), left: 0, top: 0 };
  const left = Math.floor(outline.minX * scaleX);
  const right = Math.ceil(outline.maxX * scaleX);
  const top = Math.ceil(outline.maxY * scaleY);
  const bottom = Math.floor(outline.minY * scaleY);
  const width = right - left;
  const height = top - bottom;
  const bitmap = createBitmap(width, height);
  const edges = outline.edges;
  const cover = new Float64Array(width + 1);
  const crossings: { x: number; up: number }[] = [];
  for (let row = 0; row < height; row += 1) {
    cover.fill(0);
    for (let sub = 0; sub < SUB; sub += 1) {
      const y = (top - row - (sub + 0.5) / SUB) / scaleY;
      crossings.length = 0;
      for (let i = 0; i < edges.length; i += 4) {
        const y0 = edges[i + 1]!;
        const y1 = edges[i + 3]!;
        if (y0 <= y === y1 <= y) continue;
        const x0 = edges[i]!;
        crossings.push({ x: (x0 + ((y - y0) / (y1 - y0)) * (edges[i + 2]! - x0)) * scaleX - left, up: y1 > y0 ? 1 : -1 });
      }
      crossings.sort((a, b) => a.x - b.x);
      let winding = 0;
      for (let i = 0; i + 1 < crossings.length; i += 1) {
        winding += crossings[i]!.up;
        if (winding !== 0) addSpan(cover, crossings[i]!.x, crossings[i + 1]!.x, width);
      }
    }
    for (let x = 0; x < width; x += 1) if (cover[x]! >= 0.45 * SUB) setDot(bitmap, x, row);
  }
  return { bitmap, left, top };
}

function addSpan(cover: Float64Array, from: number, to: number, width: number): void {
  const a = Math.max(0, from);
  const b = Math.min(width, to);
  if (b <= a) return;
  const first = Math.floor(a);
  const last = Math.min(width - 1, Math.floor(b));
  if (first === last) {
    cover[first]! += b - a;
    return;
  }
  cover[first]! += first + 1 - a;
  for (let x = first + 1; x < last; x += 1) cover[x]! += 1;
  cover[last]! += b - last;
}
