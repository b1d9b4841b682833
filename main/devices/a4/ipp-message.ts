/**
 * IPP messages as bytes (RFC 8010). Only what printing a PDF needs; values come back as text or numbers.
 */
export interface IppAttribute {
  readonly tag: number;
  readonly name: string;
  readonly values: readonly (string | number | boolean)[];
}
export interface IppGroup {
  readonly tag: number;
  readonly attributes: readonly IppAttribute[];
}
export interface IppMessage {
  /** Operation in a request, status in an answer. */
  readonly code: number;
  readonly requestId: number;
  readonly groups: readonly IppGroup[];
  /** What follows the attributes: the document. */
  readonly data: Uint8Array;
}

export const IPP_GROUP = { operation: 0x01, job: 0x02, printer: 0x04, unsupported: 0x05 } as const;
export const IPP_TAG = {
  integer: 0x21,
  boolean: 0x22,
  enum: 0x23,
  text: 0x41,
  name: 0x42,
  keyword: 0x44,
  uri: 0x45,
  charset: 0x47,
  language: 0x48,
  mime: 0x49,
} as const;
export const IPP_OPERATION = { printJob: 0x0002, getJobAttributes: 0x0009, getPrinterAttributes: 0x000b } as const;
const END = 0x03;

export const ippAttribute = (tag: number, name: string, ...values: (string | number | boolean)[]): IppAttribute => ({ tag, name, values });

export function encodeIpp(message: IppMessage): Buffer {
  const parts: Buffer[] = [];
  const head = Buffer.alloc(8);
  head.set([1, 1]);
  head.writeUInt16BE(message.code, 2);
  head.writeUInt32BE(message.requestId, 4);
  parts.push(head);
  for (const group of message.groups) {
    parts.push(Buffer.of(group.tag));
    for (const { tag, name, values } of group.attributes) {
      values.forEach((value, i) => {
        const nameBytes = Buffer.from(i === 0 ? name : '', 'utf8');
        const valueBytes = encodeValue(value);
        const lengths = Buffer.alloc(2);
        lengths.writeUInt16BE(nameBytes.length);
        const size = Buffer.alloc(2);
        size.writeUInt16BE(valueBytes.length);
        parts.push(Buffer.of(tag), lengths, nameBytes, size, valueBytes);
      });
    }
  }
  parts.push(Buffer.of(END), Buffer.from(message.data));
  return Buffer.concat(parts);
}

function encodeValue(value: string | number | boolean): Buffer {
  if (typeof value === 'boolean') return Buffer.of(value ? 1 : 0);
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  const out = Buffer.alloc(4);
  out.writeInt32BE(value);
  return out;
}

/** @throws RangeError for a message that ends in the middle */
export function decodeIpp(bytes: Uint8Array): IppMessage {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const code = buffer.readUInt16BE(2);
  const requestId = buffer.readUInt32BE(4);
  const groups: { tag: number; attributes: { tag: number; name: string; values: (string | number | boolean)[] }[] }[] = [];
  let at = 8;
  for (;;) {
    const tag = buffer.readUInt8(at);
    at += 1;
    if (tag === END) break;
    if (tag < 0x10) {
      groups.push({ tag, attributes: [] });
      continue;
    }
    const nameLength = buffer.readUInt16BE(at);
    const name = buffer.toString('utf8', at + 2, at + 2 + nameLength);
    at += 2 + nameLength;
    const length = buffer.readUInt16BE(at);
    const raw = buffer.subarray(at + 2, at + 2 + length);
    if (raw.length < length) throw new RangeError('IPP message cut short');
    at += 2 + length;
    const value =
      tag === IPP_TAG.integer || tag === IPP_TAG.enum ? raw.readInt32BE() : tag === IPP_TAG.boolean ? raw[0] === 1 : raw.toString('utf8');
    const attributes = groups.at(-1)?.attributes;
    if (nameLength > 0) attributes?.push({ tag, name, values: [value] });
    else attributes?.at(-1)?.values.push(value);
  }
  return { code, requestId, groups, data: buffer.subarray(at) };
}

/** All values of the first attribute of this name, in whatever group. */
export const ippValues = (message: IppMessage, name: string): readonly (string | number | boolean)[] =>
  message.groups.flatMap((group) => group.attributes).find((attribute) => attribute.name === name)?.values ?? [];
