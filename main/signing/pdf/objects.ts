/** The object types of ISO 32000-2, 7.3, as plain values. Numbers, booleans, null and arrays are those of the language. */

export interface PdfName {
  kind: 'name';
  /** Decoded (#xx resolved), one character per byte. */
  value: string;
}

export interface PdfString {
  kind: 'string';
  bytes: Uint8Array;
  hex: boolean;
  /** Byte positions in the file of the whole token with its delimiters; absent inside object streams and in made objects. */
  span?: { start: number; end: number };
}

export interface PdfRef {
  kind: 'ref';
  num: number;
  gen: number;
}

export interface PdfDict {
  kind: 'dict';
  entries: Map<string, PdfObject>;
  /** Keys written twice in the file: readers disagree about which one counts. */
  duplicateKeys?: string[];
}

export interface PdfStream {
  kind: 'stream';
  dict: PdfDict;
  /** Raw (still filtered) data in the file: first byte and number of bytes. Absent for streams made in memory. */
  span?: { start: number; length: number };
  /** Raw data of a stream made in memory. */
  bytes?: Uint8Array;
}

export type PdfObject = null | boolean | number | PdfName | PdfString | PdfRef | PdfDict | PdfStream | PdfObject[];

export const name = (value: string): PdfName => ({ kind: 'name', value });
export const ref = (num: number, gen = 0): PdfRef => ({ kind: 'ref', num, gen });
export const dict = (entries: Record<string, PdfObject> | Map<string, PdfObject> = {}): PdfDict => ({
  kind: 'dict',
  entries: new Map(entries instanceof Map ? entries : Object.entries(entries)),
});
/** A string of raw bytes, or of characters below U+0100 (one byte each). */
export const string = (value: Uint8Array | string, hex = false): PdfString => ({
  kind: 'string',
  bytes: typeof value === 'string' ? latin1Bytes(value) : value,
  hex,
});
/** A text string (ISO 32000-2, 7.9.2.2): ASCII as it is, everything else as UTF-16BE with its mark. */
export function textString(text: string): PdfString {
  // oxlint-disable-next-line no-control-regex -- exactly the characters that PDFDocEncoding and ASCII share
  if (/^[\x09\x0a\x0d\x20-\x7e]*$/.test(text)) return string(text);
  const bytes = new Uint8Array(2 + text.length * 2);
  bytes.set([0xfe, 0xff]);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[2 + i * 2] = unit >> 8;
    bytes[3 + i * 2] = unit & 0xff;
  }
  return string(bytes, true);
}

/** The characters of a text string: UTF-16BE, UTF-16LE or UTF-8 by mark, otherwise one character per byte. */
export function decodeText(value: PdfString): string {
  const bytes = value.bytes;
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes.subarray(2));
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes.subarray(2));
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return new TextDecoder().decode(bytes.subarray(3));
  return latin1(bytes);
}

type Made = Exclude<PdfObject, null | boolean | number | PdfObject[]>;
const kindOf = (value: PdfObject | undefined): Made['kind'] | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value.kind : undefined;

export const isName = (value: PdfObject | undefined, text?: string): value is PdfName =>
  kindOf(value) === 'name' && (text === undefined || (value as PdfName).value === text);
export const isString = (value: PdfObject | undefined): value is PdfString => kindOf(value) === 'string';
export const isRef = (value: PdfObject | undefined): value is PdfRef => kindOf(value) === 'ref';
export const isDict = (value: PdfObject | undefined): value is PdfDict => kindOf(value) === 'dict';
export const isStream = (value: PdfObject | undefined): value is PdfStream => kindOf(value) === 'stream';

/** Key of a reference in maps and sets. */
export const refKey = (value: PdfRef): string => `${value.num} ${value.gen}`;

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

export function latin1Bytes(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, 'latin1'));
}

/**
 * The bytes of an object as they stand in a PDF file (ISO 32000-2, 7.3), without `N G obj` around it.
 * @throws RangeError for a number that is not finite, and for a stream whose data is not in memory (`bytes`)
 */
export function writeObject(value: PdfObject): Buffer {
  const parts: Parts = [];
  write(value, parts);
  const pieces: Buffer[] = [];
  let text = '';
  for (const part of parts) {
    if (typeof part === 'string') text += part;
    else {
      pieces.push(Buffer.from(text, 'latin1'), part);
      text = '';
    }
  }
  const last = Buffer.from(text, 'latin1');
  return pieces.length === 0 ? last : Buffer.concat([...pieces, last]);
}

/** Text, and the data of streams as they are. */
type Parts = (string | Buffer)[];

function write(value: PdfObject, out: Parts): void {
  if (value === null) out.push('null');
  else if (typeof value === 'boolean') out.push(value ? 'true' : 'false');
  else if (typeof value === 'number') out.push(writeNumber(value));
  else if (Array.isArray(value)) {
    out.push('[');
    value.forEach((item, index) => {
      if (index > 0) out.push(' ');
      write(item, out);
    });
    out.push(']');
  } else if (value.kind === 'name') out.push(writeName(value.value));
  else if (value.kind === 'string') out.push(writeString(value));
  else if (value.kind === 'ref') out.push(`${value.num} ${value.gen} R`);
  else if (value.kind === 'dict') writeDict(value, out);
  else {
    if (value.bytes === undefined) throw new RangeError('the data of this stream is not in memory');
    writeDict(dict(new Map([...value.dict.entries, ['Length', value.bytes.length]])), out);
    const { buffer, byteOffset, byteLength } = value.bytes;
    out.push('\nstream\n', Buffer.from(buffer, byteOffset, byteLength), '\nendstream');
  }
}

function writeDict(value: PdfDict, out: Parts): void {
  out.push('<<');
  for (const [key, item] of value.entries) {
    out.push(writeName(key), ' ');
    write(item, out);
    out.push('\n');
  }
  if (out.at(-1) === '\n') out.pop();
  out.push('>>');
}

function writeNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('a PDF number must be finite');
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return value.toFixed(0);
  // PDF knows no exponent notation.
  const text = value.toFixed(6).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}

function writeName(value: string): string {
  let text = '/';
  for (const char of value) {
    const code = char.charCodeAt(0);
    text += code < 0x21 || code > 0x7e || '#/()<>[]{}%'.includes(char) ? `#${(code & 0xff).toString(16).padStart(2, '0')}` : char;
  }
  return text;
}

function writeString(value: PdfString): string {
  if (value.hex) return `<${Buffer.from(value.bytes).toString('hex').toUpperCase()}>`;
  let text = '(';
  for (const byte of value.bytes) {
    if (byte === 0x28 || byte === 0x29 || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`;
    // A bare CR would be read back as LF, so control bytes are written as octal.
    else if (byte < 0x20 || byte > 0x7e) text += `\\${byte.toString(8).padStart(3, '0')}`;
    else text += String.fromCharCode(byte);
  }
  return `${text})`;
}
