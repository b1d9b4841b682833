import { deflateSync, inflateSync } from 'node:zlib';
import { dict, name, type PdfStream } from '../pdf/index.ts';

/** A picture as PDF wants it: colours and, when some of it is transparent, a mask of its own (ISO 32000-2, 11.6.5.2). */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Three bytes per pixel, deflated. */
  readonly colour: Buffer;
  /** One byte per pixel, deflated; null when nothing is transparent. */
  readonly alpha: Buffer | null;
}

export class PngError extends Error {}

const MOST_PIXELS = 16_000_000;
const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/**
 * Reads a PNG with 8 bits per channel, not interlaced: what signature and seal pictures are.
 * @throws PngError with a reason for the log
 */
export function readPng(file: Uint8Array): Picture {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length < 33 || bytes.readUInt32BE(0) !== 0x89504e47) throw new PngError('not a PNG');
  const width = bytes.readUInt32BE(16);
  const height = bytes.readUInt32BE(20);
  const [depth, type, interlace] = [bytes[24], bytes[25] ?? -1, bytes[28]];
  const channels = CHANNELS[type];
  if (depth !== 8 || !channels || interlace !== 0) throw new PngError('only 8 bits per channel without interlacing');
  if (width === 0 || height === 0 || width * height > MOST_PIXELS) throw new PngError('the picture is empty or too large');
  const { data, palette, transparency } = readChunks(bytes);
  const row = width * channels;
  let raw: Buffer;
  try {
    raw = inflateSync(Buffer.concat(data), { maxOutputLength: (row + 1) * height });
  } catch {
    throw new PngError('the picture data is damaged');
  }
  if (raw.length < (row + 1) * height) throw new PngError('the picture data ends too early');
  const pixels = unfilter(raw, row, height, channels);
  return split(pixels, width, height, type, channels, palette, transparency);
}

function readChunks(bytes: Buffer): { data: Buffer[]; palette: Buffer | null; transparency: Buffer | null } {
  const data: Buffer[] = [];
  let palette: Buffer | null = null;
  let transparency: Buffer | null = null;
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const kind = bytes.toString('latin1', at + 4, at + 8);
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (body.length < length) throw new PngError('a chunk ends too early');
    if (kind === 'IDAT') data.push(body);
    else if (kind === 'PLTE') palette = body;
    else if (kind === 'tRNS') transparency = body;
    else if (kind === 'IEND') break;
    at += 12 + length;
  }
  return { data, palette, transparency };
}

function unfilter(raw: Buffer, row: number, height: number, step: number): Buffer {
  const out = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)] ?? 0;
    if (filter > 4) throw new PngError('unknown row filter');
    for (let x = 0; x < row; x++) {
      const at = y * row + x;
      const left = x >= step ? (out[at - step] ?? 0) : 0;
      const up = y > 0 ? (out[at - row] ?? 0) : 0;
      const corner = y > 0 && x >= step ? (out[at - row - step] ?? 0) : 0;
      const guess = filter === 1 ? left : filter === 2 ? up : filter === 3 ? (left + up) >> 1 : filter === 4 ? paeth(left, up, corner) : 0;
      out[at] = ((raw[y * (row + 1) + 1 + x] ?? 0) + guess) & 0xff;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const p = left + up - corner;
  const [a, b, c] = [Math.abs(p - left), Math.abs(p - up), Math.abs(p - corner)];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function split(
  pixels: Buffer,
  width: number,
  height: number,
  type: number,
  channels: number,
  palette: Buffer | null,
  transparency: Buffer | null,
): Picture {
  const count = width * height;
  const colour = Buffer.alloc(count * 3);
  const alpha = Buffer.alloc(count, 255);
  for (let i = 0; i < count; i++) {
    const at = i * channels;
    const first = pixels[at] ?? 0;
    if (type === 3) {
      for (let k = 0; k < 3; k++) colour[i * 3 + k] = palette?.[first * 3 + k] ?? 0;
      alpha[i] = transparency?.[first] ?? 255;
    } else if (type === 0 || type === 4) {
      colour.fill(first, i * 3, i * 3 + 3);
      if (type === 4) alpha[i] = pixels[at + 1] ?? 255;
    } else {
      for (let k = 0; k < 3; k++) colour[i * 3 + k] = pixels[at + k] ?? 0;
      if (type === 6) alpha[i] = pixels[at + 3] ?? 255;
    }
  }
  return { width, height, colour: deflateSync(colour), alpha: alpha.every((one) => one === 255) ? null : deflateSync(alpha) };
}

/** The image XObject; `mask` is the reference of the alpha image when there is one. */
export function imageObject(picture: Picture, part: 'colour' | 'alpha'): PdfStream {
  return {
    kind: 'stream',
    dict: dict({
      Type: name('XObject'),
      Subtype: name('Image'),
      Width: picture.width,
      Height: picture.height,
      ColorSpace: name(part === 'colour' ? 'DeviceRGB' : 'DeviceGray'),
      BitsPerComponent: 8,
      Filter: name('FlateDecode'),
    }),
    bytes: (part === 'colour' ? picture.colour : picture.alpha) ?? Buffer.alloc(0),
  };
}
