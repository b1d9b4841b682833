import { quarterTurn, type Raster } from './raster.ts';

/**
 * Code 128 (ISO/IEC 15417): bars that separate the papers of a batch. Writing and reading; reading takes the grey picture
 * of a whole page and is sure only of codes whose check character fits.
 */
const WIDTHS =
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232'
    .split(' ')
    .map((w) => w.split('').map(Number));
const STOP = [2, 3, 3, 1, 1, 1, 2];
const START_B = 104;
const START_C = 105;
const CODE_C = 99;
const CODE_B = 100;
const CODE_A = 101;

/**
 * Bar and space widths in modules, starting with a bar; quiet zones of 10 modules are the caller's.
 * @throws RangeError for anything but printable ASCII
 */
export function code128Widths(text: string): number[] {
  const values = [START_B];
  for (const character of text) {
    const value = character.charCodeAt(0) - 32;
    if (character.length !== 1 || value < 0 || value > 94) throw new RangeError('Code 128 B takes printable ASCII');
    values.push(value);
  }
  const check = values.reduce((sum, value, i) => sum + value * Math.max(1, i), 0) % 103;
  return [...[...values, check].flatMap((v) => WIDTHS[v] as number[]), ...STOP];
}

/** Codes on a page, upright or turned, each once. */
export function readCode128(gray: Raster): string[] {
  const found = new Set<string>();
  for (const picture of [gray, quarterTurn(gray)]) {
    const step = Math.max(1, Math.round(picture.height / 400));
    for (let y = 0; y < picture.height; y += step) {
      const runs = rowRuns(picture, y);
      if (runs.length < 25) continue;
      for (const code of [...decodeRuns(runs), ...decodeRuns(runs.toReversed())]) found.add(code);
    }
  }
  return [...found];
}

/** Lengths of light and dark stretches of one row; the first is light (it may be 0) and so is the last. */
function rowRuns(gray: Raster, y: number): number[] {
  const row = gray.data.subarray(y * gray.width, (y + 1) * gray.width);
  let low = 255;
  let high = 0;
  for (const v of row) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  if (high - low < 60) return [];
  const middle = (low + high) / 2;
  const runs: number[] = [];
  let dark = false;
  let start = 0;
  for (let x = 0; x < row.length; x += 1) {
    const v = row[x] as number;
    if (v < middle === dark) continue;
    // The edge lies between two samples, where the middle value would be: thin bars need that.
    const before = x > 0 ? (row[x - 1] as number) : v;
    const edge = x > 0 && before !== v ? x - 1 + (middle - before) / (v - before) + 0.5 : x;
    runs.push(edge - start);
    start = edge;
    dark = !dark;
  }
  runs.push(row.length - start);
  if (dark) runs.push(0);
  return runs;
}

/** The symbol whose six widths fit best, or -1 when none fits well. */
function symbolAt(runs: readonly number[], at: number): number {
  let total = 0;
  for (let i = 0; i < 6; i += 1) total += runs[at + i] ?? 0;
  const unit = total / 11;
  let best = -1;
  let least = 1.4;
  for (const [value, widths] of WIDTHS.entries()) {
    let error = 0;
    for (let i = 0; i < 6 && error < least; i += 1) error += Math.abs((runs[at + i] as number) / unit - (widths[i] as number));
    if (error < least) {
      least = error;
      best = value;
    }
  }
  return best;
}

function decodeRuns(runs: readonly number[]): string[] {
  const codes: string[] = [];
  for (let at = 1; at + 13 < runs.length; at += 2) {
    const start = symbolAt(runs, at);
    if (start < 103 || start > 105) continue;
    const values = [start];
    for (let next = at + 6; next + 5 < runs.length; next += 6) {
      if (isStop(runs, next)) {
        const text = textOf(values);
        if (text !== null) codes.push(text);
        at = next;
        break;
      }
      const value = symbolAt(runs, next);
      if (value < 0 || value > 102) break;
      values.push(value);
    }
  }
  return codes;
}

function isStop(runs: readonly number[], at: number): boolean {
  let total = 0;
  for (let i = 0; i < 7; i += 1) total += runs[at + i] ?? 0;
  const unit = total / 13;
  return STOP.reduce((error, width, i) => error + Math.abs((runs[at + i] ?? 0) / unit - width), 0) < 1.6;
}

function textOf(values: readonly number[]): string | null {
  const body = values.slice(0, -1);
  const check = body.reduce((sum, value, i) => sum + value * Math.max(1, i), 0) % 103;
  if (body.length < 2 || check !== values.at(-1)) return null;
  let pairs = body[0] === START_C;
  let lower = body[0] !== 103;
  let text = '';
  for (const value of body.slice(1)) {
    if (pairs && value < 100) text += String(value).padStart(2, '0');
    else if (value === CODE_C) pairs = true;
    else if (value === CODE_B || value === CODE_A) {
      pairs = false;
      lower = value === CODE_B;
    } else if (value < 96 && (lower || value < 64)) text += String.fromCharCode(value + 32);
    else if (value < 102) return null; // control characters name no paper
  }
  return text;
}
