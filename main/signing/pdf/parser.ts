import { latin1, type PdfDict, type PdfObject, type PdfString } from './objects.ts';
import { PdfError, type PdfLimits } from './problems.ts';
import type { ByteSource } from './source.ts';

const WHITE = new Uint8Array(256);
for (const byte of [0, 9, 10, 12, 13, 32]) WHITE[byte] = 1;
const DELIMITER = new Uint8Array(256);
for (const char of '()<>[]{}/%') DELIMITER[char.charCodeAt(0)] = 1;

export const isWhite = (byte: number): boolean => byte >= 0 && WHITE[byte] === 1;
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

/** A bare word (`obj`, `R`, `stream`, `true` ...): only the parser sees it, never its caller. */
interface Word {
  kind: 'word';
  text: string;
}
const isWord = (value: PdfObject | Word, text?: string): value is Word =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'word' && (text === undefined || value.text === text);

/**
 * Lexer and parser for the objects of ISO 32000-2, 7.2 and 7.3. It follows the grammar to the letter: what other readers
 * guess at (unbalanced brackets, odd numbers, unknown words) is a PdfError `brokenObject`.
 */
export class Parser {
  readonly source: ByteSource;
  pos: number;
  /** A NUL stood as white space: the grammar allows it, no writer puts it there. */
  oddWhite = false;
  readonly #limits: PdfLimits;
  /** Whether string tokens get their position: only in the file itself, not inside object streams. */
  readonly #spans: boolean;
  #chunk: Uint8Array = new Uint8Array(0);
  #chunkStart = 0;
  #values = 0;

  constructor(source: ByteSource, pos: number, limits: PdfLimits, spans: boolean) {
    this.source = source;
    this.pos = pos;
    this.#limits = limits;
    this.#spans = spans;
  }

  /** The byte at the position, -1 at the end. */
  peek(): number {
    const index = this.pos - this.#chunkStart;
    if (index >= 0 && index < this.#chunk.length) return this.#chunk[index] ?? -1;
    if (this.pos < 0 || this.pos >= this.source.size) return -1;
    const { bytes, start } = this.source.chunk(this.pos);
    this.#chunk = bytes;
    this.#chunkStart = start;
    return bytes[this.pos - start] ?? -1;
  }

  next(): number {
    const byte = this.peek();
    if (byte >= 0) this.pos++;
    return byte;
  }

  broken(what: string): PdfError {
    return new PdfError('brokenObject', `${what} at byte ${this.pos}`, this.pos);
  }

  skipWhite(): void {
    for (;;) {
      const byte = this.peek();
      if (byte === 0x25) {
        while (this.peek() >= 0 && this.peek() !== 10 && this.peek() !== 13) this.pos++;
      } else if (isWhite(byte)) {
        if (byte === 0) this.oddWhite = true;
        this.pos++;
      } else return;
    }
  }

  /** True, and behind it, when exactly this word stands here. */
  takeWord(word: string): boolean {
    const start = this.pos;
    for (let i = 0; i < word.length; i++) {
      if (this.next() !== word.charCodeAt(i)) {
        this.pos = start;
        return false;
      }
    }
    const after = this.peek();
    if (after < 0 || isWhite(after) || DELIMITER[after] === 1) return true;
    this.pos = start;
    return false;
  }

  /** An unsigned integer of at most 15 digits. */
  integer(): number {
    let value = 0;
    let digits = 0;
    while (isDigit(this.peek())) {
      value = value * 10 + this.next() - 0x30;
      if (++digits > 15) throw this.broken('a number of more than 15 digits');
    }
    if (digits === 0) throw this.broken('an integer was expected');
    return value;
  }

  /** One object. Streams are the caller's business: it sees the word behind the dictionary. */
  object(): PdfObject {
    const value = this.#value(0);
    if (isWord(value)) throw this.broken(`unexpected word`);
    return value;
  }

  #value(depth: number): PdfObject | Word {
    if (depth > this.#limits.depth) throw new PdfError('tooLarge', `nesting deeper than ${this.#limits.depth}`, this.pos);
    if (++this.#values > this.#limits.objectValues) {
      throw new PdfError('tooLarge', `more than ${this.#limits.objectValues} values in one object`, this.pos);
    }
    this.skipWhite();
    const byte = this.peek();
    if (byte < 0) throw new PdfError('truncated', 'the data ends inside an object', this.pos);
    if (byte === 0x2f) return { kind: 'name', value: this.#name() };
    if (byte === 0x28) return this.#literal();
    if (byte === 0x5b) return this.#array(depth);
    if (byte === 0x3c) {
      this.pos++;
      if (this.peek() === 0x3c) {
        this.pos++;
        return this.#dict(depth);
      }
      return this.#hex();
    }
    if (isDigit(byte)) return this.#numberOrRef();
    if (byte === 0x2b || byte === 0x2d || byte === 0x2e) return this.#number();
    if (DELIMITER[byte] === 1) throw this.broken(`unexpected ${String.fromCharCode(byte)}`);
    return this.#word();
  }

  #word(): PdfObject | Word {
    let text = '';
    for (;;) {
      const byte = this.peek();
      if (byte < 0 || isWhite(byte) || DELIMITER[byte] === 1) break;
      text += String.fromCharCode(byte);
      this.pos++;
      if (text.length > 16) throw this.broken('an unknown word');
    }
    if (text === 'true') return true;
    if (text === 'false') return false;
    if (text === 'null') return null;
    return { kind: 'word', text };
  }

  #number(): number {
    let text = '';
    for (;;) {
      const byte = this.peek();
      if (!isDigit(byte) && byte !== 0x2e && byte !== 0x2b && byte !== 0x2d) break;
      text += String.fromCharCode(byte);
      this.pos++;
      if (text.length > 64) throw this.broken('a number of more than 64 characters');
    }
    if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) throw this.broken('a malformed number');
    const after = this.peek();
    if (after >= 0 && !isWhite(after) && DELIMITER[after] !== 1) throw this.broken('a malformed number');
    return Number(text);
  }

  #numberOrRef(): PdfObject {
    const value = this.#number();
    if (!Number.isInteger(value) || !isWhite(this.peek())) return value;
    const back = this.pos;
    this.skipWhite();
    if (!isDigit(this.peek())) return this.#back(back, value);
    let gen = 0;
    for (let digits = 0; isDigit(this.peek()); digits++) {
      if (digits > 5) return this.#back(back, value);
      gen = gen * 10 + this.next() - 0x30;
    }
    if (!isWhite(this.peek())) return this.#back(back, value);
    this.skipWhite();
    if (!this.takeWord('R')) return this.#back(back, value);
    if (value > 0xffffffff || gen > 65535) throw this.broken('a reference out of range');
    return { kind: 'ref', num: value, gen };
  }

  #back<T>(pos: number, value: T): T {
    this.pos = pos;
    return value;
  }

  #name(): string {
    this.pos++;
    let text = '';
    for (;;) {
      const byte = this.peek();
      if (byte < 0 || isWhite(byte) || DELIMITER[byte] === 1) return text;
      this.pos++;
      if (byte === 0x23) {
        const pair = String.fromCharCode(this.next(), this.next());
        if (!/^[0-9a-fA-F]{2}$/.test(pair)) throw this.broken('a malformed #xx in a name');
        text += String.fromCharCode(Number.parseInt(pair, 16));
      } else text += String.fromCharCode(byte);
      if (text.length > 4096) throw new PdfError('tooLarge', 'a name of more than 4096 bytes', this.pos);
    }
  }

  #string(bytes: Uint8Array, hex: boolean, start: number): PdfString {
    const value: PdfString = { kind: 'string', bytes, hex };
    if (this.#spans) value.span = { start, end: this.pos };
    return value;
  }

  #hex(): PdfString {
    const start = this.pos - 1;
    const plain = this.#plainHex();
    if (plain) return this.#string(plain, true, start);
    const bytes = new Growing(this.#limits.stringBytes);
    let high = -1;
    for (;;) {
      const byte = this.next();
      if (byte === 0x3e) break;
      if (isWhite(byte)) continue;
      const digit = hexDigit(byte);
      if (digit < 0) throw this.broken('a malformed hexadecimal string');
      if (high < 0) high = digit;
      else {
        bytes.push(high * 16 + digit);
        high = -1;
      }
    }
    if (high >= 0) bytes.push(high * 16);
    return this.#string(bytes.take(), true, start);
  }

  /** Digits alone, in one chunk, as every signer writes /Contents: read in one go, and it is by far the longest string of a file. */
  #plainHex(): Uint8Array | null {
    if (this.peek() < 0) return null;
    const from = this.pos - this.#chunkStart;
    const end = this.#chunk.indexOf(0x3e, from);
    const digits = end - from;
    if (digits < 2 || digits % 2 === 1 || digits / 2 > this.#limits.stringBytes) return null;
    const bytes = Buffer.from(latin1(this.#chunk.subarray(from, end)), 'hex'); // stops at the first byte that is no digit
    if (bytes.length !== digits / 2) return null;
    this.pos += digits + 1;
    return new Uint8Array(bytes);
  }

  #literal(): PdfString {
    const start = this.pos++;
    const bytes = new Growing(this.#limits.stringBytes);
    let open = 1;
    for (;;) {
      let byte = this.next();
      if (byte < 0) throw new PdfError('truncated', 'the data ends inside a string', this.pos);
      if (byte === 0x28) open++;
      else if (byte === 0x29 && --open === 0) break;
      else if (byte === 0x5c) {
        byte = this.#escape();
        if (byte < 0) continue;
      } else if (byte === 13) {
        if (this.peek() === 10) this.pos++;
        byte = 10;
      }
      bytes.push(byte);
    }
    return this.#string(bytes.take(), false, start);
  }

  /** The byte that a backslash sequence means, -1 for none (a continued line). */
  #escape(): number {
    const byte = this.next();
    if (byte >= 0x30 && byte <= 0x37) {
      let value = byte - 0x30;
      for (let i = 0; i < 2 && this.peek() >= 0x30 && this.peek() <= 0x37; i++) value = value * 8 + this.next() - 0x30;
      return value & 0xff;
    }
    if (byte === 13) {
      if (this.peek() === 10) this.pos++;
      return -1;
    }
    if (byte === 10) return -1;
    const at = 'nrtbf'.indexOf(String.fromCharCode(byte));
    return at >= 0 ? ([10, 13, 9, 8, 12][at] ?? byte) : byte;
  }

  #array(depth: number): PdfObject[] {
    this.pos++;
    const items: PdfObject[] = [];
    for (;;) {
      this.skipWhite();
      if (this.peek() === 0x5d) {
        this.pos++;
        return items;
      }
      const item = this.#value(depth + 1);
      if (isWord(item)) throw this.broken('an unexpected word in an array');
      items.push(item);
    }
  }

  #dict(depth: number): PdfDict {
    const entries = new Map<string, PdfObject>();
    const duplicateKeys: string[] = [];
    for (;;) {
      this.skipWhite();
      const byte = this.peek();
      if (byte === 0x3e) {
        this.pos++;
        if (this.next() !== 0x3e) throw this.broken('a dictionary that is not closed');
        return duplicateKeys.length > 0 ? { kind: 'dict', entries, duplicateKeys } : { kind: 'dict', entries };
      }
      if (byte !== 0x2f) throw this.broken('a dictionary key that is no name');
      const key = this.#name();
      const value = this.#value(depth + 1);
      if (isWord(value)) throw this.broken('an unexpected word in a dictionary');
      if (entries.has(key)) duplicateKeys.push(key);
      entries.set(key, value);
    }
  }
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

class Growing {
  #bytes = new Uint8Array(64);
  #length = 0;
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      if (this.#length >= this.#max) throw new PdfError('tooLarge', `a string of more than ${this.#max} bytes`);
      const wider = new Uint8Array(this.#length * 2);
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    this.#bytes[this.#length++] = byte;
  }

  take(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}
