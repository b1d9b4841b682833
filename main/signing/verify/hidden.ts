/** Pixels of a drawn page, four bytes each. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

/** Left, top, right, bottom. */
export type Box = readonly [number, number, number, number];

/** A place where something was added, and the share of the letters there that may be lost under it. */
export interface Cover {
  box: Box;
  share: number;
}

/** Side of the squares that are looked at: a few letters of a title, a few lines of small print. */
const SIDE = 48;
/** A step in brightness that is an edge, and what is left of it when it has gone. */
const EDGE = 60;
const LEFT = 25;
/** Edges in a square, lines aside, that make it writing. */
const WRITING = 12;
/** Lost edges below which nothing is said. */
const LEAST = 6;

/**
 * Whether writing that stood on a page is covered now. Letters have many edges close together; under paint they are gone. A rule or a
 * frame that disappears under a filled field hides nothing, so a square counts as writing without its richest rows and columns.
 * @param of what must not be hidden, when that is less than all that was to be seen before: the page without its fields and comments
 * @param except where things may disappear
 */
export function hides(before: Pixels, after: Pixels, of: Pixels | undefined, covers: readonly Cover[], except: readonly Box[]): boolean {
  const { width, height } = before;
  const sized = [after, of ?? before].every((other) => other.width === width && other.height === height);
  return !sized || covers.some((cover) => covered(before, after, of ?? before, cover, except));
}

function covered(before: Pixels, after: Pixels, of: Pixels, { box, share }: Cover, except: readonly Box[]): boolean {
  const [left, top] = [Math.max(0, Math.floor(box[0])), Math.max(0, Math.floor(box[1]))];
  const width = Math.min(before.width - 1, Math.ceil(box[2])) - left;
  const height = Math.min(before.height - 1, Math.ceil(box[3])) - top;
  if (width <= 0 || height <= 0) return false;
  const edges = new Uint8Array(width * height);
  const lost = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (Math.min(step(before, left + x, top + y), step(of, left + x, top + y)) < EDGE) continue;
      if (except.some(([a, b, c, d]) => left + x >= a && left + x <= c && top + y >= b && top + y <= d)) continue;
      edges[y * width + x] = 1;
      if (step(after, left + x, top + y) <= LEFT) lost[y * width + x] = 1;
    }
  }
  // Squares overlap by half, so that no letter falls between two.
  for (let y = 0; y < height; y += SIDE / 2) {
    for (let x = 0; x < width; x += SIDE / 2) {
      const square = { x, y, width, height };
      const gone = count(lost, square);
      if (gone >= LEAST && gone >= share * count(edges, square) && writing(edges, square) >= WRITING) return true;
    }
  }
  return false;
}

/** How much brighter or darker the pixels to the right and below are. */
function step({ data, width }: Pixels, x: number, y: number): number {
  const light = (i: number): number => (data[i] ?? 0) * 0.3 + (data[i + 1] ?? 0) * 0.59 + (data[i + 2] ?? 0) * 0.11;
  const at = (y * width + x) * 4;
  const here = light(at);
  return Math.max(Math.abs(here - light(at + 4)), Math.abs(here - light(at + width * 4)));
}

interface Square {
  x: number;
  y: number;
  width: number;
  height: number;
}

function each({ x, y, width, height }: Square, use: (at: number, column: number, row: number) => void): void {
  for (let row = 0; row < SIDE && y + row < height; row++)
    for (let column = 0; column < SIDE && x + column < width; column++) use((y + row) * width + x + column, column, row);
}

function count(marks: Uint8Array, square: Square): number {
  let total = 0;
  each(square, (at) => (total += marks[at] ?? 0));
  return total;
}

/** Marks in a square without its fullest rows and columns: what is left of a dotted line or a frame is nothing. */
function writing(marks: Uint8Array, square: Square): number {
  const rows = Array.from({ length: SIDE }, () => 0);
  const columns = Array.from({ length: SIDE }, () => 0);
  each(square, (at, column, row) => {
    const mark = marks[at] ?? 0;
    rows[row] = (rows[row] ?? 0) + mark;
    columns[column] = (columns[column] ?? 0) + mark;
  });
  const fullest = (counts: number[], most: number): Set<number> =>
    new Set(
      counts
        .map((total, at) => [total, at] as const)
        .sort(([a], [b]) => b - a)
        .slice(0, most)
        .map(([, at]) => at),
    );
  const [fullRows, fullColumns] = [fullest(rows, 6), fullest(columns, 4)];
  let rest = 0;
  each(square, (at, column, row) => {
    if (!fullRows.has(row) && !fullColumns.has(column)) rest += marks[at] ?? 0;
  });
  return rest;
}
