/**
 * A small DER writer and reader (X.690). Writing is ours because a signer must copy issuer and serial bytes exactly as the
 * certificate has them and must sort a SET OF; libraries that re-encode names break Vietnamese ones.
 */

export interface Tlv {
  readonly tag: number;
  /** The whole element, header included. */
  readonly raw: Buffer;
  readonly content: Buffer;
}

export class DerError extends Error {}

function lengthBytes(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length]);
  const bytes: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff);
  return Buffer.from([0x80 | bytes.length, ...bytes]);
}

/** One element: tag, definite length, the parts one after the other. */
export function tlv(tag: number, ...parts: Uint8Array[]): Buffer {
  let length = 0;
  for (const part of parts) length += part.length;
  return Buffer.concat([Buffer.from([tag]), lengthBytes(length), ...parts]);
}

export const sequence = (...parts: Uint8Array[]): Buffer => tlv(0x30, ...parts);
export const octetString = (bytes: Uint8Array): Buffer => tlv(0x04, bytes);
export const nullValue = (): Buffer => Buffer.from([0x05, 0x00]);
export const boolean = (value: boolean): Buffer => Buffer.from([0x01, 0x01, value ? 0xff : 0x00]);
/** Constructed context tag: `[n] EXPLICIT` or an implicit SEQUENCE/SET. */
export const context = (n: number, ...parts: Uint8Array[]): Buffer => tlv(0xa0 | n, ...parts);

/** DER demands that the elements of a SET OF stand in ascending order of their encoding (X.690 11.6). */
export function setOf(...parts: Uint8Array[]): Buffer {
  return tlv(0x31, ...[...parts].sort((a, b) => Buffer.compare(a, b)));
}

/** Unsigned big-endian bytes or a small number as INTEGER, shortest form, positive. */
export function integer(value: number | Uint8Array): Buffer {
  let bytes = typeof value === 'number' ? numberBytes(value) : Buffer.from(value);
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start += 1;
  bytes = bytes.subarray(start);
  if (bytes.length === 0) bytes = Buffer.from([0]);
  return ((bytes[0] ?? 0) & 0x80) !== 0 ? tlv(0x02, Buffer.from([0]), bytes) : tlv(0x02, bytes);
}

function numberBytes(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest & 0xff);
  return Buffer.from(bytes.length === 0 ? [0] : bytes);
}

const oidCache = new Map<string, Buffer>();

export function oid(dotted: string): Buffer {
  const known = oidCache.get(dotted);
  if (known) return known;
  const arcs = dotted.split('.').map(Number);
  const bytes: number[] = [];
  const push = (arc: number) => {
    const chunk = [arc & 0x7f];
    for (let rest = Math.floor(arc / 128); rest > 0; rest = Math.floor(rest / 128)) chunk.unshift((rest & 0x7f) | 0x80);
    bytes.push(...chunk);
  };
  push((arcs[0] ?? 0) * 40 + (arcs[1] ?? 0));
  for (const arc of arcs.slice(2)) push(arc);
  const encoded = tlv(0x06, Buffer.from(bytes));
  oidCache.set(dotted, encoded);
  return encoded;
}

export function readOid(content: Uint8Array): string {
  const arcs: number[] = [];
  let value = 0;
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f);
    if ((byte & 0x80) === 0) {
      arcs.push(value);
      value = 0;
    }
  }
  const first = arcs[0] ?? 0;
  const top = first < 40 ? 0 : first < 80 ? 1 : 2;
  return [top, first - top * 40, ...arcs.slice(1)].join('.');
}

/**
 * Reads one element at `offset`.
 * @throws DerError when the bytes end too early, or the length is indefinite (not DER)
 */
export function readTlv(bytes: Uint8Array, offset = 0): Tlv {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tag = buffer[offset];
  const first = buffer[offset + 1];
  if (tag === undefined || first === undefined) throw new DerError('DER element ends too early');
  if ((tag & 0x1f) === 0x1f) throw new DerError('multi-byte tags are not used here');
  let length = first;
  let at = offset + 2;
  if (first === 0x80) throw new DerError('indefinite length is not DER');
  if (first > 0x80) {
    const count = first & 0x7f;
    if (count > 4 || at + count > buffer.length) throw new DerError('DER length is too long');
    length = buffer.readUIntBE(at, count);
    at += count;
  }
  if (at + length > buffer.length) throw new DerError('DER element is longer than its bytes');
  return { tag, raw: buffer.subarray(offset, at + length), content: buffer.subarray(at, at + length) };
}

/** The elements inside a constructed one. */
export function children(element: Tlv | Uint8Array): Tlv[] {
  const content = 'content' in element ? element.content : element;
  const list: Tlv[] = [];
  for (let at = 0; at < content.length;) {
    const child = readTlv(content, at);
    list.push(child);
    at += child.raw.length;
  }
  return list;
}

/** The `index`th child, or an error that says which structure was broken. */
export function child(element: Tlv, index: number, what: string): Tlv {
  const found = children(element)[index];
  if (!found) throw new DerError(`${what} is missing`);
  return found;
}

/** UTCTime and GeneralizedTime of certificates (RFC 5280 4.1.2.5): epoch milliseconds. */
export function readTime(element: Tlv): number {
  const text = element.content.toString('latin1');
  const match = /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(?:\.(\d+))?Z$/.exec(text);
  if (!match) throw new DerError('time is not in the form that certificates use');
  const short = Number(match[1]);
  const year = match[1]?.length === 4 ? short : short >= 50 ? 1900 + short : 2000 + short;
  const fraction = match[7] ? Math.round(Number(`0.${match[7]}`) * 1000) : 0;
  return Date.UTC(year, Number(match[2]) - 1, Number(match[3]), Number(match[4]), Number(match[5]), Number(match[6] ?? '0'), fraction);
}

/** A directory string in any of its encodings: PrintableString, UTF8String, T61String, IA5String, BMPString, UniversalString. */
export function readText(element: Tlv): string {
  if (element.tag === 0x1e) {
    const swapped = Buffer.from(element.content);
    return swapped.length % 2 === 0 ? swapped.swap16().toString('utf16le') : '';
  }
  if (element.tag === 0x1c) {
    let text = '';
    for (let at = 0; at + 4 <= element.content.length; at += 4) {
      const code = element.content.readUInt32BE(at);
      text += code <= 0x10ffff ? String.fromCodePoint(code) : '\uFFFD';
    }
    return text;
  }
  return element.content.toString(element.tag === 0x0c ? 'utf8' : 'latin1');
}
