import { crc32, deflateSync, inflateSync } from 'node:zlib';
import { createBitmap, type Bitmap } from './bitmap.ts';

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** PNG, 1 bit greyscale (white 1, black 0), with the printer's resolution so that viewers show it at its true size. */
export function encodePng(bitmap: Bitmap, dpi = 203): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(bitmap.width, 0);
  head.writeUInt32BE(bitmap.height, 4);
  head.set([1, 0, 0, 0, 0], 8);
  const raw = Buffer.alloc((bitmap.stride + 1) * bitmap.height);
  for (let y = 0; y < bitmap.height; y += 1) {
    const to = y * (bitmap.stride + 1) + 1;
    for (let i = 0; i < bitmap.stride; i += 1) raw[to + i] = ~bitmap.data[y * bitmap.stride + i]! & 0xff;
  }
  const size = Buffer.alloc(9);
  const perMetre = Math.round(dpi / 0.0254);
  size.writeUInt32BE(perMetre, 0);
  size.writeUInt32BE(perMetre, 4);
  size[8] = 1;
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('pHYs', size),
    chunk('IDAT', deflateSync(raw, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Reads back what `encodePng` wrote, and nothing else. @throws Error for any other kind of PNG */
export function decodePng(png: Uint8Array): Bitmap {
  const buffer = Buffer.from(png);
  if (!SIGNATURE.every((byte, i) => buffer[i] === byte)) throw new Error('not a PNG');
  let width = 0;
  let height = 0;
  const parts: Buffer[] = [];
  for (let at = 8; at + 12 <= buffer.length;) {
    const length = buffer.readUInt32BE(at);
    const type = buffer.toString('latin1', at + 4, at + 8);
    const body = buffer.subarray(at + 8, at + 8 + length);
    if (type === 'IHDR') {
      width = body.readUInt32BE(0);
      height = body.readUInt32BE(4);
      if (body[8] !== 1 || body[9] !== 0 || body[12] !== 0) throw new Error('not a 1 bit greyscale PNG');
    } else if (type === 'IDAT') parts.push(body);
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(parts));
  const bitmap = createBitmap(width, height);
  const spare = bitmap.stride * 8 - width;
  for (let y = 0; y < height; y += 1) {
    const from = y * (bitmap.stride + 1);
    if (raw[from] !== 0) throw new Error('a filtered row');
    for (let i = 0; i < bitmap.stride; i += 1) bitmap.data[y * bitmap.stride + i] = ~raw[from + 1 + i]! & 0xff;
    if (spare > 0) bitmap.data[(y + 1) * bitmap.stride - 1]! &= (0xff << spare) & 0xff;
  }
  return bitmap;
}

function chunk(type: string, body: Buffer): Buffer {
  const out = Buffer.alloc(12 + body.length);
  out.writeUInt32BE(body.length, 0);
  out.write(type, 4, 'latin1');
  out.set(body, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + body.length)), 8 + body.length);
  return out;
}
