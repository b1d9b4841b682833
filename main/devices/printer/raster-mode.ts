import type { Paper } from '../../contract/paper.ts';
import { crop, layoutPaper, rowExtent, type Bitmap } from '../raster/index.ts';
import { align, Bytes, feed, INITIALISE, qrCode, rasterImage, UNITS_203 } from './commands.ts';
import type { PrinterProfile } from './profile.ts';

/** Cost in bytes of one more picture: its head, and the feed before it. Narrower gaps are sent as white rows. */
const BAND_COST = 11;
/** Printers with small buffers print a picture only when it is whole; 255 rows are 32 mm. */
const BAND_ROWS = 255;

/**
 * A paper as pictures: what every ESC/POS printer gets right. White rows are fed, not sent; each band is cropped to its
 * ink, evenly on both sides when the printer can centre it, so that a centred line costs its own width and not the paper's.
 */
export function encodeRaster(paper: Paper, profile: PrinterProfile): Uint8Array {
  const out = new Bytes().add(...INITIALISE, ...UNITS_203);
  let aligned: 'left' | 'center' | null = null;
  const alignTo = (to: 'left' | 'center') => {
    if (aligned !== to) out.add(...align(to));
    aligned = to;
  };
  for (const part of layoutPaper(paper, profile.widthDots)) {
    if (part.kind === 'qr') {
      alignTo('center');
      if (profile.qr) out.append(qrCode(part.data, part.moduleDots));
      else {
        // Half the dots, doubled by the printer: a quarter of the bytes. moduleDots is even.
        const half = scaleModules(part.modules, part.moduleDots / 2);
        out.add(...rasterImage(half.stride, half.height, true)).append(half.data);
      }
      continue;
    }
    for (const band of bandsOf(part.bitmap)) {
      if (band.before > 0) out.add(...feed(band.before));
      if (band.height === 0) continue;
      alignTo(band.align);
      out.add(...rasterImage(band.picture.stride, band.height)).append(band.picture.data);
    }
  }
  return out.done();
}

interface Band {
  /** White rows before it. */
  readonly before: number;
  readonly height: number;
  readonly align: 'left' | 'center';
  readonly picture: Bitmap;
}

/**
 * Cuts a strip into pictures so that the whole costs the fewest bytes: white rows are fed, and a band ends where its
 * neighbour is so much narrower that another head pays. The last band has no height when the strip ends in white.
 */
export function bandsOf(bitmap: Bitmap): Band[] {
  const { height, width } = bitmap;
  const lefts = new Int32Array(height);
  const rights = new Int32Array(height).fill(-1);
  for (let y = 0; y < height; y += 1) {
    const ink = rowExtent(bitmap, y);
    lefts[y] = ink ? ink.left : width;
    if (ink) rights[y] = ink.right;
  }
  // best[y]: bytes for the rows from y on; end[y]: where the picture that starts at y ends, or y for a row that is fed.
  const best = new Int32Array(height + 1);
  const end = new Int32Array(height);
  for (let y = height - 1; y >= 0; y -= 1) {
    if (rights[y]! < 0) {
      best[y] = best[y + 1]!;
      end[y] = y;
      continue;
    }
    best[y] = 0x7fffffff;
    let [left, right] = [width, -1];
    const furthest = Math.min(height, y + BAND_ROWS);
    for (let to = y + 1; to <= furthest; to += 1) {
      left = Math.min(left, lefts[to - 1]!);
      right = Math.max(right, rights[to - 1]!);
      if (rights[to - 1]! < 0) continue;
      const cost = BAND_COST + rowBytes(width, left, right) * (to - y) + best[to]!;
      if (cost < best[y]!) {
        best[y] = cost;
        end[y] = to;
      }
    }
  }
  const bands: Band[] = [];
  let before = 0;
  for (let y = 0; y < height;) {
    const to = end[y]!;
    if (to === y) {
      before += 1;
      y += 1;
      continue;
    }
    bands.push({ before, ...placed(bitmap, y, to, Math.min(...lefts.subarray(y, to)), Math.max(...rights.subarray(y, to))) });
    before = 0;
    y = to;
  }
  if (before > 0) bands.push({ before, height: 0, align: 'left', picture: { width: 0, height: 0, stride: 0, data: new Uint8Array(0) } });
  return bands;
}

/** Bytes per row centred: the offset (width - 8n) / 2 must not pass `left`, nor the end fall short of `right`. */
const centredBytes = (width: number, left: number, right: number): number =>
  Math.max(Math.ceil((width - 2 * left) / 8), Math.ceil((2 * right + 2 - width) / 8), 1);
const rowBytes = (width: number, left: number, right: number): number => Math.min((right + 8) >> 3, centredBytes(width, left, right));

/** The fewest bytes per row that hold the ink: from the left edge, or centred by the printer (in steps of 4 dots). */
function placed(bitmap: Bitmap, top: number, bottom: number, left: number, right: number): Omit<Band, 'before'> {
  const fromLeft = (right + 8) >> 3;
  const centred = centredBytes(bitmap.width, left, right);
  if (fromLeft <= centred) return { height: bottom - top, align: 'left', picture: crop(bitmap, 0, top, fromLeft * 8, bottom) };
  const offset = (bitmap.width - centred * 8) >> 1;
  return { height: bottom - top, align: 'center', picture: crop(bitmap, offset, top, offset + centred * 8, bottom) };
}

function scaleModules(modules: Bitmap, factor: number): Bitmap {
  const stride = (modules.width * factor + 7) >> 3;
  const out = { width: stride * 8, height: modules.height * factor, stride, data: new Uint8Array(stride * modules.height * factor) };
  for (let y = 0; y < out.height; y += 1) {
    const row = Math.floor(y / factor) * modules.stride;
    for (let x = 0; x < modules.width * factor; x += 1) {
      const from = Math.floor(x / factor);
      if ((modules.data[row + (from >> 3)]! >> (7 - (from & 7))) & 1) out.data[y * stride + (x >> 3)]! |= 0x80 >> (x & 7);
    }
  }
  return out;
}
