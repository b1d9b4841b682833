/** Thrown for bytes that are not strict DER (ITU-T X.690, clause 10): two readings of one signature must not exist. */
export class DerError extends Error {
  constructor(what: string, at: number) {
    super(`${what} at byte ${at}`);
    this.name = 'DerError';
  }
}

/** Sound bytes that name an algorithm which is not known here: nothing can be said, not even that something is wrong. */
export class UnknownAlgorithm extends DerError {}

const MAX_DEPTH = 48;

/** One element. Views into the given bytes, nothing is copied. */
export class Der {
  readonly bytes: Uint8Array;
  /** Identifier octet; numbers above 30 do not occur in what is read here. */
  readonly tag: number;
  readonly start: number;
  readonly contentStart: number;
  readonly end: number;
  readonly #depth: number;
  #children: Der[] | undefined;

  private constructor(bytes: Uint8Array, tag: number, start: number, contentStart: number, end: number, depth: number) {
    this.bytes = bytes;
    this.tag = tag;
    this.start = start;
    this.contentStart = contentStart;
    this.end = end;
    this.#depth = depth;
  }

  /** The element at the start of the bytes; `end` tells where it stops, so that the caller can judge what follows. */
  static first(bytes: Uint8Array): Der {
    return Der.#at(bytes, 0, bytes.length, 0);
  }

  /** One element that is all of the bytes. @throws DerError */
  static whole(bytes: Uint8Array): Der {
    const found = Der.first(bytes);
    if (found.end !== bytes.length) throw new DerError('bytes after the element', found.end);
    return found;
  }

  static #at(bytes: Uint8Array, at: number, limit: number, depth: number): Der {
    if (depth > MAX_DEPTH) throw new DerError('nesting too deep', at);
    const tag = bytes[at];
    const first = bytes[at + 1];
    if (tag === undefined || first === undefined || at + 2 > limit) throw new DerError('an element is cut short', at);
    if ((tag & 0x1f) === 0x1f) throw new DerError('a tag number above 30', at);
    let length = first;
    let contentStart = at + 2;
    if (first >= 0x80) {
      const count = first & 0x7f;
      if (count === 0 || count > 4) throw new DerError('a length of indefinite or excessive form', at);
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[contentStart++] ?? 0);
      if (length < 0x80 || (count > 1 && length < 256 ** (count - 1))) throw new DerError('a length that is not minimal', at);
    }
    const end = contentStart + length;
    if (end > limit) throw new DerError('an element reaches past its parent', at);
    return new Der(bytes, tag, at, contentStart, end, depth);
  }

  /** All octets of the element. */
  get raw(): Uint8Array {
    return this.bytes.subarray(this.start, this.end);
  }

  get content(): Uint8Array {
    return this.bytes.subarray(this.contentStart, this.end);
  }

  get constructed(): boolean {
    return (this.tag & 0x20) !== 0;
  }

  /** Elements inside. @throws DerError when it is primitive */
  get children(): Der[] {
    if (this.#children !== undefined) return this.#children;
    if (!this.constructed) throw new DerError('a primitive element has no parts', this.start);
    const found: Der[] = [];
    for (let at = this.contentStart; at < this.end;) {
      const child = Der.#at(this.bytes, at, this.end, this.#depth + 1);
      found.push(child);
      at = child.end;
    }
    this.#children = found;
    return found;
  }

  /** Child `index`, of this tag when one is given. @throws DerError */
  child(index: number, tag?: number): Der {
    const found = this.children[index];
    if (found === undefined) throw new DerError(`part ${index} is missing`, this.start);
    return tag === undefined ? found : found.expect(tag);
  }

  expect(tag: number): Der {
    if (this.tag !== tag) throw new DerError(`tag ${tag.toString(16)} expected, ${this.tag.toString(16)} found`, this.start);
    return this;
  }

  /** The child with a context tag (constructed [n] is 0xa0 + n, primitive 0x80 + n). */
  context(number: number): Der | undefined {
    return this.children.find((child) => child.tag === 0xa0 + number || child.tag === 0x80 + number);
  }

  /** Dotted object identifier. */
  get oid(): string {
    this.expect(6);
    const parts: number[] = [];
    let value = 0;
    let open = false;
    for (const byte of this.content) {
      if (!open && byte === 0x80) throw new DerError('an object identifier that is not minimal', this.start);
      value = value * 128 + (byte & 0x7f);
      if (value > Number.MAX_SAFE_INTEGER) throw new DerError('an object identifier out of range', this.start);
      open = (byte & 0x80) !== 0;
      if (!open) {
        if (parts.length === 0) {
          const top = Math.min(2, Math.floor(value / 40));
          parts.push(top, value - top * 40);
        } else parts.push(value);
        value = 0;
      }
    }
    if (open || parts.length === 0) throw new DerError('an object identifier is cut short', this.start);
    return parts.join('.');
  }

  /** A small non-negative INTEGER. @throws DerError beyond 2^48 */
  get integer(): number {
    this.expect(2);
    const content = this.content;
    if (content.length === 0 || content.length > 6 || (content[0] ?? 0) >= 0x80) throw new DerError('an integer out of range', this.start);
    if (content.length > 1 && content[0] === 0 && (content[1] ?? 0) < 0x80)
      throw new DerError('an integer that is not minimal', this.start);
    return content.reduce((sum, byte) => sum * 256 + byte, 0);
  }

  get boolean(): boolean {
    this.expect(1);
    const value = this.content[0];
    if (this.content.length !== 1 || (value !== 0 && value !== 0xff)) throw new DerError('a malformed boolean', this.start);
    return value === 0xff;
  }

  /** Octets of a BIT STRING that has no unused bits. */
  get bits(): Uint8Array {
    this.expect(3);
    if (this.content[0] !== 0) throw new DerError('a bit string with unused bits', this.start);
    return this.content.subarray(1);
  }

  /** UTCTime or GeneralizedTime in epoch milliseconds; seconds and Z are required (RFC 5280, 4.1.2.5). */
  get time(): number {
    const text = Buffer.from(this.content).toString('latin1');
    const short = this.tag === 0x17;
    if (!short) this.expect(0x18);
    const match = (
      short ? /^(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})()Z$/ : /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{1,6}))?Z$/
    ).exec(text);
    if (match === null) throw new DerError('a malformed time', this.start);
    const [, y = '', month = '', day = '', hour = '', minute = '', second = '', fraction = ''] = match;
    const year = short ? (Number(y) < 50 ? 2000 : 1900) + Number(y) : Number(y);
    const ms = Date.UTC(year, Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
    const back = new Date(ms);
    if (back.getUTCMonth() !== Number(month) - 1 || back.getUTCDate() !== Number(day) || Number(hour) > 23 || Number(minute) > 59) {
      throw new DerError('an impossible time', this.start);
    }
    return ms + (fraction === '' ? 0 : Math.floor(Number(`0.${fraction}`) * 1000));
  }

  /** The characters of a string type (UTF8String, PrintableString, BMPString, IA5String, T61String). */
  get text(): string {
    if (this.tag === 0x1e) return new TextDecoder('utf-16be').decode(this.content);
    return this.tag === 0x14 ? Buffer.from(this.content).toString('latin1') : Buffer.from(this.content).toString('utf8');
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.compare(a, b) === 0;
}

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

/** DER of a length-prefixed element, for the few requests that the verifier writes itself. */
export function encode(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : length < 0x10000
          ? [0x82, length >> 8, length & 0xff]
          : [0x83, length >> 16, (length >> 8) & 0xff, length & 0xff];
  return new Uint8Array(Buffer.concat([Buffer.from([tag, ...head]), ...parts]));
}

/**
 * The first element with all lengths definite: some signers write the outer shells of a CMS with indefinite lengths (BER), which changes
 * nothing of what was signed. `end` is the byte after the element in the given bytes.
 * @throws DerError
 */
export function definite(bytes: Uint8Array): { raw: Uint8Array; end: number } {
  return define(bytes, 0, bytes.length, 0);
}

function define(bytes: Uint8Array, at: number, limit: number, depth: number): { raw: Uint8Array; end: number } {
  const tag = bytes[at];
  const length = bytes[at + 1];
  if (tag === undefined || length === undefined || at + 2 > limit || depth > MAX_DEPTH) throw new DerError('an element is cut short', at);
  if (length !== 0x80) {
    const end = at + Der.first(bytes.subarray(at, limit)).end;
    return { raw: bytes.subarray(at, end), end };
  }
  if ((tag & 0x20) === 0) throw new DerError('a primitive element of indefinite length', at);
  const parts: Uint8Array[] = [];
  let place = at + 2;
  while (bytes[place] !== 0 || bytes[place + 1] !== 0) {
    const part = define(bytes, place, limit, depth + 1);
    parts.push(part.raw);
    place = part.end;
  }
  if (place + 2 > limit) throw new DerError('an element of indefinite length without end', at);
  return { raw: encode(tag, ...parts), end: place + 2 };
}
