import { inflateSync } from 'node:zlib';
import { isDict, isName, latin1, type PdfDict, type PdfObject } from './objects.ts';
import { PdfError, type PdfLimits } from './problems.ts';

/** What is left of the bytes that all streams of a file together may inflate to. */
export interface Budget {
  left: number;
}

/**
 * Takes the filters off stream data (ISO 32000-2, 7.4): Flate with PNG and TIFF predictors, ASCIIHex, ASCII85.
 * @param plain gives the direct value of a filter entry that may be a reference
 * @throws PdfError unsupported (another filter), brokenObject (bad data), tooLarge (inflates beyond the limits)
 */
export function decode(
  stream: PdfDict,
  raw: Uint8Array,
  plain: (value: PdfObject | undefined) => PdfObject,
  limits: PdfLimits,
  budget: Budget,
): Uint8Array {
  const list = (value: PdfObject): PdfObject[] => (value === null ? [] : Array.isArray(value) ? value.map(plain) : [value]);
  const filters = list(plain(stream.entries.get('Filter')));
  const parms = list(plain(stream.entries.get('DecodeParms')));
  if (filters.length > 8) throw new PdfError('unsupported', 'more than 8 filters on one stream');
  let data = raw;
  filters.forEach((filter, index) => {
    if (!isName(filter)) throw new PdfError('brokenObject', 'a filter that is no name');
    const parm = parms[index] ?? null;
    if (filter.value === 'FlateDecode') data = unpredict(inflate(data, limits, budget), isDict(parm) ? parm : undefined, plain);
    else if (filter.value === 'ASCIIHexDecode') data = asciiHex(data);
    else if (filter.value === 'ASCII85Decode') {
      data = ascii85(data, Math.min(limits.inflatedBytes, budget.left));
      budget.left -= data.length;
    } else throw new PdfError('unsupported', 'a stream filter that the reader does not know');
  });
  return data;
}

function inflate(data: Uint8Array, limits: PdfLimits, budget: Budget): Uint8Array {
  const most = Math.min(limits.inflatedBytes, budget.left);
  if (most <= 0) throw new PdfError('tooLarge', `streams inflate to more than ${limits.inflatedTotal} bytes together`);
  let out: Buffer;
  try {
    out = inflateSync(data, { maxOutputLength: most });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
      budget.left -= most;
      throw new PdfError('tooLarge', `a stream inflates to more than ${most} bytes`);
    }
    throw new PdfError('brokenObject', 'deflated data that cannot be read');
  }
  budget.left -= out.length;
  return out;
}

function unpredict(data: Uint8Array, parm: PdfDict | undefined, plain: (value: PdfObject | undefined) => PdfObject): Uint8Array {
  const number = (key: string, fallback: number): number => {
    const value = plain(parm?.entries.get(key));
    return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 1 << 16 ? value : fallback;
  };
  const predictor = number('Predictor', 1);
  if (predictor === 1) return data;
  const pixel = Math.max(1, (number('Colors', 1) * number('BitsPerComponent', 8)) >> 3);
  const row = Math.ceil((number('Columns', 1) * number('Colors', 1) * number('BitsPerComponent', 8)) / 8);
  if (predictor < 10) throw new PdfError('unsupported', 'the TIFF predictor');
  if (data.length % (row + 1) !== 0) throw new PdfError('brokenObject', 'predicted data of an odd length');
  const rows = data.length / (row + 1);
  const out = new Uint8Array(rows * row);
  for (let r = 0; r < rows; r++) {
    const type = data[r * (row + 1)] ?? 0;
    if (type > 4) throw new PdfError('brokenObject', 'an unknown predictor in a row');
    for (let i = 0; i < row; i++) {
      const at = r * row + i;
      const left = i >= pixel ? (out[at - pixel] ?? 0) : 0;
      const up = r > 0 ? (out[at - row] ?? 0) : 0;
      const corner = r > 0 && i >= pixel ? (out[at - row - pixel] ?? 0) : 0;
      const guess = type === 0 ? 0 : type === 1 ? left : type === 2 ? up : type === 3 ? (left + up) >> 1 : paeth(left, up, corner);
      out[at] = ((data[r * (row + 1) + 1 + i] ?? 0) + guess) & 0xff;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const p = left + up - corner;
  const a = Math.abs(p - left);
  const b = Math.abs(p - up);
  const c = Math.abs(p - corner);
  return a <= b && a <= c ? left : b <= c ? up : corner;
}

function asciiHex(data: Uint8Array): Uint8Array {
  const text = latin1(data).replace(/\s+/g, '');
  const digits = text.endsWith('>') ? text.slice(0, -1) : text;
  if (!/^[0-9a-fA-F]*$/.test(digits)) throw new PdfError('brokenObject', 'malformed ASCIIHex data');
  return new Uint8Array(Buffer.from(digits.length % 2 === 0 ? digits : `${digits}0`, 'hex'));
}

function ascii85(data: Uint8Array, most: number): Uint8Array {
  // "z" stands for four bytes, so the text may grow; the room is counted before it is taken.
  let room = 8;
  for (const byte of data) {
    room += byte === 0x7a ? 4 : 1;
    if (room > most) throw new PdfError('tooLarge', `a stream decodes to more than ${most} bytes`);
  }
  const out = new Uint8Array(room);
  let length = 0;
  let value = 0;
  let digits = 0;
  const put = (count: number): void => {
    if (value > 0xffffffff) throw new PdfError('brokenObject', 'malformed ASCII85 data');
    for (let k = 0; k < count; k++) out[length++] = Math.floor(value / 2 ** (24 - 8 * k)) & 0xff;
    value = 0;
    digits = 0;
  };
  for (const byte of data) {
    if (byte === 0x7e) break;
    if (byte === 0 || byte === 9 || byte === 10 || byte === 12 || byte === 13 || byte === 32) continue;
    if (byte === 0x7a && digits === 0) put(4);
    else if (byte < 33 || byte > 117) throw new PdfError('brokenObject', 'malformed ASCII85 data');
    else {
      value = value * 85 + byte - 33;
      if (++digits === 5) put(4);
    }
  }
  if (digits === 1) throw new PdfError('brokenObject', 'malformed ASCII85 data');
  if (digits > 1) {
    const count = digits - 1;
    // A short group is filled up with "u" (ISO 32000-2, 7.4.3).
    for (; digits < 5; digits++) value = value * 85 + 84;
    put(count);
  }
  return out.subarray(0, length);
}
