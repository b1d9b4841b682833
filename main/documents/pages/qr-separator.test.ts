import { create } from 'qrcode';
import { describe, expect, it } from 'vitest';
import { SEPARATOR_CODE } from '../../contract/scanner.ts';
import { hasSeparatorQr } from './qr-separator.ts';
import { quarterTurn, rotate, type Raster } from './raster.ts';

type Level = 'L' | 'M' | 'Q' | 'H';

/** A page at 100 dpi with lines of "writing" and a QR code of `unit` dots a module. */
function page(text: string, options: { unit: number; level?: Level; mask?: 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7; paper?: number }): Raster {
  const [width, height] = [827, 1169];
  const data = new Uint8Array(width * height).fill(options.paper ?? 245);
  const ink = (x: number, y: number, w: number, h: number) => {
    for (let row = y; row < y + h; row += 1) data.fill(40, row * width + x, row * width + x + w);
  };
  for (let line = 0; line < 20; line += 1)
    for (let word = 0; word < 30; word += 1)
      if ((line * 7 + word * 3) % 5 > 0) ink(60 + word * 23, 700 + line * 18, 6 + ((line + word) % 9), 8);
  const { modules } = create(text, {
    errorCorrectionLevel: options.level ?? 'M',
    ...(options.mask === undefined ? {} : { maskPattern: options.mask }),
  });
  for (let row = 0; row < modules.size; row += 1)
    for (let column = 0; column < modules.size; column += 1)
      if (modules.get(row, column)) ink(200 + column * options.unit, 180 + row * options.unit, options.unit, options.unit);
  return { width, height, channels: 1, data };
}

describe('a QR code as a separator', () => {
  it('is known in each correction level and mask, large and small, on grey paper', () => {
    for (const level of ['L', 'M', 'Q', 'H'] as const)
      for (const mask of [0, 1, 2, 3, 4, 5, 6, 7] as const)
        expect(hasSeparatorQr(page(SEPARATOR_CODE, { unit: 5, level, mask }))).toBe(true);
    for (const unit of [3, 4, 7, 12, 18]) expect(hasSeparatorQr(page(SEPARATOR_CODE, { unit, paper: 205 }))).toBe(true);
  });

  it('is known askew, sideways and upside down', () => {
    const sheet = page(SEPARATOR_CODE, { unit: 6 });
    for (const degrees of [-9, -3, 2, 7, 20]) expect(hasSeparatorQr(rotate(sheet, degrees, 245))).toBe(true);
    let turned = sheet;
    for (let turns = 0; turns < 3; turns += 1) {
      turned = quarterTurn(turned);
      expect(hasSeparatorQr(turned)).toBe(true);
    }
  });

  it('is no other code, however alike, and no mirror picture', () => {
    for (const text of ['QUAY-TACK', 'QUAY-NHAN', 'H15.50', 'TB 001', '001090012345|012345678|Nguyễn Văn An|15031990|Nam|Đắk Lắk|10052021'])
      for (const unit of [3, 5, 9]) expect(hasSeparatorQr(page(text, { unit }))).toBe(false);
    const { width, height, data } = page(SEPARATOR_CODE, { unit: 6 });
    const mirrored = new Uint8Array(data.length);
    for (let y = 0; y < height; y += 1) mirrored.set(data.subarray(y * width, (y + 1) * width).toReversed(), y * width);
    expect(hasSeparatorQr({ width, height, channels: 1, data: mirrored })).toBe(false);
  });
});
