import { paperLevel, type Box, type Raster } from './raster.ts';

/** Pure questions about one page in grey at about 100 dpi. Distances are in pixels of that picture. */

/** How much darker than the paper a pixel must be to count as ink; paper grain and shine-through stay below. */
const INK = 48;
/** The outermost part of a page is where lids, holes and shadows are. */
const MARGIN = 0.03;

interface Ink {
  readonly xs: Int32Array;
  readonly ys: Int32Array;
}

/** The ink of a page, single specks left out: dust is no text. */
function inkOf(gray: Raster): Ink {
  const { width, height, data } = gray;
  const limit = paperLevel(gray) - INK;
  const xs: number[] = [];
  const ys: number[] = [];
  const mx = Math.max(1, Math.round(width * MARGIN));
  const my = Math.max(1, Math.round(height * MARGIN));
  for (let y = my; y < height - my; y += 1) {
    for (let x = mx; x < width - mx; x += 1) {
      const i = y * width + x;
      if ((data[i] as number) >= limit) continue;
      const beside =
        Number((data[i - 1] as number) < limit) +
        Number((data[i + 1] as number) < limit) +
        Number((data[i - width] as number) < limit) +
        Number((data[i + width] as number) < limit);
      if (beside < 2) continue;
      xs.push(x);
      ys.push(y);
    }
  }
  return { xs: Int32Array.from(xs), ys: Int32Array.from(ys) };
}

/** Less ink than one short line of writing: a back side, or a separator that was left empty. */
export function isBlank(gray: Raster): boolean {
  return inkOf(gray).xs.length < gray.width * gray.height * 0.00025;
}

/**
 * By how many degrees the lines of a page fall to the right; turning by the negative makes it straight. Found as the
 * direction in which ink gathers in the fewest rows (projection profile). 0 when the page is blank or has no lines.
 * @returns between -limit and limit, to about 0.05
 */
export function skewDegrees(gray: Raster, limit = 5): number {
  const { xs, ys } = inkOf(gray);
  if (xs.length < 200) return 0;
  // Some thousand points tell the angle as well as all of them.
  const step = Math.max(1, Math.floor(xs.length / 20_000));
  const rows = new Float64Array(gray.height + 2 * Math.ceil(gray.width * Math.tan((limit * Math.PI) / 180)) + 4);
  const offset = (rows.length - gray.height) / 2;
  const score = (degrees: number): number => {
    rows.fill(0);
    const slope = Math.tan((degrees * Math.PI) / 180);
    for (let i = 0; i < xs.length; i += step) {
      const row = Math.round((ys[i] as number) - slope * ((xs[i] as number) - gray.width / 2) + offset);
      rows[row] = (rows[row] ?? 0) + 1;
    }
    let sum = 0;
    for (let r = 1; r < rows.length; r += 1) {
      const rise = (rows[r] as number) - (rows[r - 1] as number);
      sum += rise * rise;
    }
    return sum;
  };
  const best = (from: number, to: number, by: number): { at: number; score: number } => {
    let top = { at: 0, score: -1 };
    for (let at = from; at <= to + 1e-9; at += by) {
      const here = score(at);
      if (here > top.score) top = { at, score: here };
    }
    return top;
  };
  const coarse = best(-limit, limit, 0.25);
  const fine = best(coarse.at - 0.25, coarse.at + 0.25, 0.05);
  // A page of pictures has no direction that stands out: leave it alone.
  const usual = (score(-limit) + score(limit) + score(-limit / 2) + score(limit / 2)) / 4;
  return fine.score > usual * 1.15 ? Math.round(fine.at * 100) / 100 : 0;
}

/**
 * The part of the page that holds anything, with a margin: an ID card on the glass, not the white around it.
 * @param margin in pixels; null when the page is blank
 */
export function contentBox(gray: Raster, margin: number): Box | null {
  const { xs, ys } = inkOf(gray);
  if (xs.length < gray.width * gray.height * 0.00025) return null;
  // A few stray pixels at the edge do not count: the outermost half per mille is cut on each side.
  const edges = (values: Int32Array): [number, number] => {
    const sorted = values.slice().sort();
    const cut = Math.floor(sorted.length * 0.0005);
    return [sorted[cut] as number, sorted[sorted.length - 1 - cut] as number];
  };
  const [left, right] = edges(xs);
  const [top, bottom] = edges(ys);
  const x = Math.max(0, left - margin);
  const y = Math.max(0, top - margin);
  return { x, y, width: Math.min(gray.width, right + margin + 1) - x, height: Math.min(gray.height, bottom + margin + 1) - y };
}
