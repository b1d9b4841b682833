/** Black and white picture as a thermal head wants it: one bit per dot, 1 = black, most significant bit left. */
export interface Bitmap {
  readonly width: number;
  readonly height: number;
  /** Bytes per row, `ceil(width / 8)`. */
  readonly stride: number;
  readonly data: Uint8Array;
}

export function createBitmap(width: number, height: number): Bitmap {
  const stride = (width + 7) >> 3;
  return { width, height, stride, data: new Uint8Array(stride * height) };
}

/** 1 = black; dots outside the picture are white. */
export function dot(b: Bitmap, x: number, y: number): 0 | 1 {
  if (x < 0 || y < 0 || x >= b.width || y >= b.height) return 0;
  return ((b.data[y * b.stride + (x >> 3)]! >> (7 - (x & 7))) & 1) as 0 | 1;
}

export function setDot(b: Bitmap, x: number, y: number): void {
  if (x < 0 || y < 0 || x >= b.width || y >= b.height) return;
  b.data[y * b.stride + (x >> 3)]! |= 0x80 >> (x & 7);
}

/** Paints `source` over `target` (black wins) with its upper left corner at x, y; what falls outside is dropped. */
export function blit(target: Bitmap, source: Bitmap, x: number, y: number): void {
  const shift = ((x % 8) + 8) % 8;
  const startByte = (x - shift) / 8;
  for (let row = 0; row < source.height; row += 1) {
    const ty = y + row;
    if (ty < 0 || ty >= target.height) continue;
    const from = row * source.stride;
    const to = ty * target.stride;
    for (let i = 0; i < source.stride; i += 1) {
      const bits = source.data[from + i]!;
      if (bits === 0) continue;
      const left = startByte + i;
      if (left >= 0 && left < target.stride) target.data[to + left]! |= bits >> shift;
      if (shift > 0 && left + 1 >= 0 && left + 1 < target.stride) target.data[to + left + 1]! |= (bits << (8 - shift)) & 0xff;
    }
  }
  clearPadding(target);
}

/** Dots beyond `width` in the last byte of a row stay white, so that equal pictures have equal bytes. */
function clearPadding(b: Bitmap): void {
  const spare = b.stride * 8 - b.width;
  if (spare === 0) return;
  const mask = (0xff << spare) & 0xff;
  for (let y = 0; y < b.height; y += 1) b.data[y * b.stride + b.stride - 1]! &= mask;
}

export function fillRect(b: Bitmap, x: number, y: number, width: number, height: number): void {
  for (let row = y; row < y + height; row += 1) for (let col = x; col < x + width; col += 1) setDot(b, col, row);
}

/** Every dot becomes `factorX` by `factorY` dots. */
export function enlarge(b: Bitmap, factorX: number, factorY: number): Bitmap {
  if (factorX === 1 && factorY === 1) return b;
  const out = createBitmap(b.width * factorX, b.height * factorY);
  for (let y = 0; y < b.height; y += 1) {
    for (let x = 0; x < b.width; x += 1) if (dot(b, x, y)) fillRect(out, x * factorX, y * factorY, factorX, factorY);
  }
  return out;
}

/** The part between the columns and rows given, ends excluded. */
export function crop(b: Bitmap, left: number, top: number, right: number, bottom: number): Bitmap {
  const out = createBitmap(right - left, bottom - top);
  if (left % 8 === 0) {
    for (let y = 0; y < out.height; y += 1) {
      const from = (top + y) * b.stride + (left >> 3);
      out.data.set(b.data.subarray(from, from + out.stride), y * out.stride);
    }
    clearPadding(out);
    return out;
  }
  for (let y = 0; y < out.height; y += 1) for (let x = 0; x < out.width; x += 1) if (dot(b, left + x, top + y)) setDot(out, x, y);
  return out;
}

/** First and last black column of a row, or null for a white one. Columns at byte precision would waste up to 14 dots. */
export function rowExtent(b: Bitmap, y: number): { left: number; right: number } | null {
  const from = y * b.stride;
  let first = -1;
  let last = -1;
  for (let i = 0; i < b.stride; i += 1) {
    if (b.data[from + i] === 0) continue;
    if (first < 0) first = i;
    last = i;
  }
  if (first < 0) return null;
  return { left: first * 8 + Math.clz32(b.data[from + first]!) - 24, right: last * 8 + 7 - trailingZeros(b.data[from + last]!) };
}

const trailingZeros = (byte: number): number => 31 - Math.clz32(byte & -byte);
