import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import type { NativeJpeg } from '../../../native/index.ts';
import { SEPARATOR_CODE } from '../../contract/scanner.ts';
import { readCode128 } from './code128.ts';
import { encodeG4 } from './g4.ts';
import { inspectJpeg } from './jpeg.ts';
import { contentBox, isBlank, skewDegrees } from './look.ts';
import { hasSeparatorQr } from './qr-separator.ts';
import { crop, halve, paperLevel, rotate, threshold, type Raster } from './raster.ts';

/** What a page is, seen by the program; hints for the officer. */
export interface Look {
  readonly blank: boolean;
  /** By how much its lines fall to the right. */
  readonly skewDegrees: number;
  /** Text of the Code 128 codes on it; of QR codes only the separator's. */
  readonly codes: readonly string[];
}

export interface Improvement {
  /** Straighten the lines. */
  readonly deskew: boolean;
  /** Cut to what is on the page, for cards and slips on the glass. */
  readonly crop: boolean;
  /** CCITT Group 4 instead of JPEG. */
  readonly bilevel: boolean;
  /** JPEG quality, 1 to 100. */
  readonly quality: number;
  /** Fewer dots per inch, at least this many (never below 200); the picture's own when absent. */
  readonly dpi?: number;
}

export interface ImprovedPage {
  readonly kind: 'jpeg' | 'g4';
  readonly file: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly dpi: number;
  readonly bytes: number;
}

/** Provincial systems refuse less. */
export const LEAST_DPI = 200;
/** Smallest skew worth a new encoding of the page. */
const LEAST_SKEW = 0.15;
const CROP_MARGIN_INCH = 0.2;

/** Largest reduction in eighths, which libjpeg-turbo does for free, that keeps `least` dots per inch. */
export const eighthsFor = (dpi: number, least: number): number => Math.min(8, Math.max(1, Math.ceil((8 * least) / dpi)));

const gray = (jpeg: NativeJpeg, bytes: Uint8Array, eighths: number): Raster => ({ ...jpeg.decode(bytes, eighths, 1), channels: 1 });

/** @param dpi of the scan, when the file does not say */
export async function lookAt(jpeg: NativeJpeg, file: string, dpi: number): Promise<Look> {
  const info = await inspectJpeg(file);
  const picture = gray(jpeg, readFileSync(file), eighthsFor(info.dpi?.x ?? dpi, LEAST_DPI));
  const small = halve(picture);
  const blank = isBlank(small);
  if (blank) return { blank, skewDegrees: 0, codes: [] };
  const codes = readCode128(picture);
  if (!codes.includes(SEPARATOR_CODE) && hasSeparatorQr(small)) codes.push(SEPARATOR_CODE);
  return { blank, skewDegrees: skewDegrees(small), codes };
}

/**
 * Makes a better copy of a page; the scanned file stays as it came.
 * @param file JPEG as scanned; @param out new file, written whole or not at all
 */
export async function improvePage(jpeg: NativeJpeg, file: string, out: string, scanDpi: number, wish: Improvement): Promise<ImprovedPage> {
  const info = await inspectJpeg(file);
  const own = info.dpi?.x ?? scanDpi;
  const bytes = readFileSync(file);
  const eighths = wish.dpi === undefined ? 8 : eighthsFor(own, Math.max(LEAST_DPI, wish.dpi));
  const dpi = Math.round((own * eighths) / 8);
  const channels = wish.bilevel || info.components === 1 ? 1 : 3;
  let picture: Raster = { ...jpeg.decode(bytes, eighths, channels), channels };
  if (wish.deskew || wish.crop) {
    const half = halve(channels === 1 ? picture : gray(jpeg, bytes, eighths));
    const degrees = wish.deskew ? skewDegrees(half) : 0;
    const paper = paperLevel(half);
    const turn = Math.abs(degrees) >= LEAST_SKEW;
    if (turn) picture = rotate(picture, -degrees, paper);
    if (wish.crop) {
      const box = contentBox(turn ? rotate(half, -degrees, paper) : half, Math.round((CROP_MARGIN_INCH * dpi) / 2));
      if (box)
        picture = crop(picture, {
          x: 2 * box.x,
          y: 2 * box.y,
          width: Math.min(2 * box.width, picture.width - 2 * box.x),
          height: Math.min(2 * box.height, picture.height - 2 * box.y),
        });
    }
  }
  const coded = wish.bilevel
    ? encodeG4(threshold(picture, dpi), picture.width, picture.height)
    : jpeg.encode(picture.data, picture.width, picture.height, picture.channels, wish.quality, dpi);
  const part = `${out}.part`;
  const handle = await open(part, 'w');
  try {
    await handle.writeFile(coded);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(part, out);
  return { kind: wish.bilevel ? 'g4' : 'jpeg', file: out, widthPx: picture.width, heightPx: picture.height, dpi, bytes: coded.length };
}
