import { create } from 'qrcode';
import { SEPARATOR_CODE } from '../../contract/scanner.ts';
import { paperLevel, type Raster } from './raster.ts';

/**
 * Separator sheets with a QR code instead of bars. Only this one text is looked for: what other QR codes on citizens' papers say
 * (ID numbers among them) is nobody's business here. So nothing is decoded: the picture is held against every symbol
 * that says the text (ISO/IEC 18004: version 1, each correction level, each mask, both modes).
 */
const MODULES = 21;
/** From the middle of one finder pattern to the next. */
const SPAN = MODULES - 7;
/** Modules that may be wrong: dirt, a staple, a fold. Another text differs in twice as many. */
const MOST_WRONG = 40;
/** Smaller codes than two dots a module are no separator sheet. */
const LEAST_UNIT = 2;

interface Finder {
  readonly x: number;
  readonly y: number;
  /** Dots of one module. */
  readonly unit: number;
}

let symbols: readonly Uint8Array[] | undefined;
function wanted(): readonly Uint8Array[] {
  symbols ??= (['L', 'M', 'Q', 'H'] as const).flatMap((errorCorrectionLevel) =>
    (['alphanumeric', 'byte'] as const).flatMap((mode) =>
      ([0, 1, 2, 3, 4, 5, 6, 7] as const).flatMap((maskPattern) => {
        const segment = mode === 'byte' ? { mode, data: new TextEncoder().encode(SEPARATOR_CODE) } : { mode, data: SEPARATOR_CODE };
        const { modules } = create([segment], { errorCorrectionLevel, maskPattern });
        return modules.size === MODULES ? [Uint8Array.from(modules.data, (dark) => (dark ? 1 : 0))] : [];
      }),
    ),
  );
  return symbols;
}

/** @param gray a page at about 100 dpi, the code at any angle */
export function hasSeparatorQr(gray: Raster): boolean {
  const limit = paperLevel(gray) * 0.6;
  const finders = findersOf(gray, limit);
  // Pages with more such marks hold other things.
  if (finders.length < 3 || finders.length > 24) return false;
  for (const corner of finders) {
    for (const right of finders) {
      for (const down of finders) {
        if (isSquare(corner, right, down) && saysIt(gray, limit, corner, right, down)) return true;
      }
    }
  }
  return false;
}

/** Three finder patterns of a version 1 symbol: equal sides, a right angle, `down` to the right of `right` as seen from the corner. */
function isSquare(corner: Finder, right: Finder, down: Finder): boolean {
  const [ax, ay, bx, by] = [right.x - corner.x, right.y - corner.y, down.x - corner.x, down.y - corner.y];
  const [a, b] = [Math.hypot(ax, ay), Math.hypot(bx, by)];
  if (a === 0 || b === 0 || Math.abs(a - b) > 0.1 * a) return false;
  if (ax * by - ay * bx < 0.95 * a * b) return false;
  return Math.abs(a / SPAN - corner.unit) < 0.35 * corner.unit;
}

function saysIt(gray: Raster, limit: number, corner: Finder, right: Finder, down: Finder): boolean {
  const [ux, uy, vx, vy] = [right.x - corner.x, right.y - corner.y, down.x - corner.x, down.y - corner.y].map((d) => d / SPAN) as [
    number,
    number,
    number,
    number,
  ];
  const seen = new Uint8Array(MODULES * MODULES);
  for (let row = 0; row < MODULES; row += 1) {
    for (let column = 0; column < MODULES; column += 1) {
      const x = Math.round(corner.x + (column - 3) * ux + (row - 3) * vx);
      const y = Math.round(corner.y + (column - 3) * uy + (row - 3) * vy);
      if (x < 0 || y < 0 || x >= gray.width || y >= gray.height) return false;
      seen[row * MODULES + column] = (gray.data[y * gray.width + x] as number) < limit ? 1 : 0;
    }
  }
  return wanted().some((symbol) => {
    let wrong = 0;
    for (let i = 0; i < seen.length && wrong <= MOST_WRONG; i += 1) wrong += seen[i] === symbol[i] ? 0 : 1;
    return wrong <= MOST_WRONG;
  });
}

/** Finder patterns: dark, light, dark, light, dark as 1:1:3:1:1, across and down. */
function findersOf(gray: Raster, limit: number): Finder[] {
  const { width, height, data } = gray;
  const found: { x: number; y: number; unit: number; times: number }[] = [];
  for (let y = 0; y < height; y += 2) {
    const row = y * width;
    // Ends of the last five stretches of one shade.
    let runs: number[] = [];
    let start = 0;
    let dark = (data[row] as number) < limit;
    for (let x = 1; x <= width; x += 1) {
      const now = x < width && (data[row + x] as number) < limit;
      if (now === dark && x < width) continue;
      runs = [...runs.slice(-4), x - start];
      const across = dark ? unitOf(runs) : 0;
      if (across > 0) {
        const middle = x - (runs[4] as number) - (runs[3] as number) - (runs[2] as number) / 2;
        const down = verticalAt(gray, limit, Math.round(middle), y);
        if (down && Math.abs(down.unit - across) < 0.5 * across) keep(found, middle, down.y, (across + down.unit) / 2);
      }
      start = x;
      dark = now;
    }
  }
  return found.filter((finder) => finder.times > 1);
}

function keep(found: { x: number; y: number; unit: number; times: number }[], x: number, y: number, unit: number): void {
  const same = found.find((one) => Math.abs(one.x - x) < 2 * unit && Math.abs(one.y - y) < 2 * unit);
  if (!same) return void found.push({ x, y, unit, times: 1 });
  const n = same.times;
  same.x = (same.x * n + x) / (n + 1);
  same.y = (same.y * n + y) / (n + 1);
  same.unit = (same.unit * n + unit) / (n + 1);
  same.times += 1;
}

/** Dots of a module when five stretches are as 1:1:3:1:1, else 0. */
function unitOf(runs: readonly number[]): number {
  if (runs.length < 5) return 0;
  const [a, b, c, d, e] = runs as [number, number, number, number, number];
  const unit = (a + b + c + d + e) / 7;
  const near = (run: number, times: number) => Math.abs(run - times * unit) <= 0.5 * unit * Math.max(1, times / 2);
  return unit >= LEAST_UNIT && near(a, 1) && near(b, 1) && near(c, 3) && near(d, 1) && near(e, 1) ? unit : 0;
}

function verticalAt(gray: Raster, limit: number, x: number, y: number): { y: number; unit: number } | null {
  const { width, height, data } = gray;
  const isDark = (at: number) => (data[at * width + x] as number) < limit;
  if (!isDark(y)) return null;
  const walk = (step: 1 | -1): [number, number, number] => {
    const lengths: [number, number, number] = [0, 0, 0];
    let at = y;
    for (const [part, dark] of [true, false, true].entries()) {
      while (at >= 0 && at < height && isDark(at) === dark) {
        lengths[part] = (lengths[part] as number) + 1;
        at += step;
      }
    }
    return lengths;
  };
  const up = walk(-1);
  const down = walk(1);
  const unit = unitOf([up[2], up[1], up[0] + down[0] - 1, down[1], down[2]]);
  return unit === 0 ? null : { y: y + (down[0] - up[0]) / 2, unit };
}
