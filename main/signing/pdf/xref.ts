import { decode, type Budget } from './filters.ts';
import { readIndirect } from './indirect.ts';
import { isDict, isName, isRef, isStream, type PdfDict, type PdfObject } from './objects.ts';
import { isWhite, Parser } from './parser.ts';
import { PdfError, type PdfLimits } from './problems.ts';
import type { ByteSource } from './source.ts';

export type XrefEntry =
  | { type: 'free'; revision: number }
  | { type: 'offset'; offset: number; gen: number; revision: number }
  | { type: 'packed'; container: number; index: number; revision: number };

export type XrefStyle = 'table' | 'stream' | 'hybrid';

export interface XrefSection {
  /** Where `xref` or the `N G obj` of the stream starts, and the byte after the trailer dictionary or `endobj`. */
  offset: number;
  end: number;
  oddWhite: boolean;
  style: XrefStyle;
  entries: Map<number, XrefEntry>;
  trailer: PdfDict;
  /** Object number of a cross-reference stream. */
  streamNumber?: number;
  /** The stream that a hybrid table names by /XRefStm. */
  hybrid?: XrefSection;
  /** An object that the table and that stream both list, at different places: readers disagree about which one counts. */
  contradicts?: number;
}

export interface XrefContext {
  source: ByteSource;
  limits: PdfLimits;
  budget: Budget;
  /** Entries that may still be read over all sections. */
  entriesLeft: number;
}

/** Every position in a damaged chain is told, so that support can look at the place. */
const broken = (what: string, at: number): PdfError => new PdfError('brokenXref', `${what} at byte ${at}`, at);

/** The cross-reference section that starts exactly at `offset`. @throws PdfError brokenXref, tooLarge, truncated */
export function readSection(context: XrefContext, offset: number): XrefSection {
  if (!Number.isInteger(offset) || offset <= 0 || offset >= context.source.size) throw broken('a position outside the file', offset);
  try {
    const parser = new Parser(context.source, offset, context.limits, true);
    // Some writers (@signpdf) point at the line end in front of the section; every reader passes over it.
    while (isWhite(parser.peek()) && parser.pos < offset + 16) parser.pos++;
    if (parser.takeWord('xref')) return readTable(context, parser, offset);
    return readStream(context, offset);
  } catch (error) {
    if (error instanceof PdfError && error.problem.code === 'brokenObject') throw broken(error.problem.detail, offset);
    throw error;
  }
}

function spend(context: XrefContext, count: number): void {
  context.entriesLeft -= count;
  if (context.entriesLeft < 0) throw new PdfError('tooLarge', `more than ${context.limits.entries} cross-reference entries`);
}

function readTable(context: XrefContext, parser: Parser, offset: number): XrefSection {
  const entries = new Map<number, XrefEntry>();
  for (;;) {
    parser.skipWhite();
    if (parser.takeWord('trailer')) break;
    const first = parser.integer();
    parser.skipWhite();
    const count = parser.integer();
    parser.skipWhite();
    spend(context, count);
    if (parser.pos + count * 20 > context.source.size) throw broken('a table longer than the file', parser.pos);
    const bytes = context.source.read(parser.pos, count * 20);
    for (let i = 0; i < count; i++) {
      const entry = tableEntry(bytes, i * 20);
      if (entry === undefined || entries.has(first + i)) throw broken('a malformed or repeated table entry', parser.pos + i * 20);
      entries.set(first + i, entry);
    }
    parser.pos += count * 20;
  }
  const trailer = parser.object();
  if (!isDict(trailer)) throw broken('a trailer that is no dictionary', parser.pos);
  const section: XrefSection = { offset, end: parser.pos, oddWhite: parser.oddWhite, style: 'table', entries, trailer };
  const xrefStm = trailer.entries.get('XRefStm');
  if (xrefStm !== undefined) {
    if (typeof xrefStm !== 'number') throw broken('an /XRefStm that is no number', offset);
    section.hybrid = readStream(context, xrefStm);
    section.style = 'hybrid';
    // ISO 32000-2, 7.5.8.4: what the table hides as free (or does not list) is looked up in the stream.
    for (const [num, entry] of section.hybrid.entries) {
      const listed = entries.get(num);
      if (listed === undefined || listed.type === 'free') entries.set(num, entry);
      else if (entry.type !== 'offset' || listed.type !== 'offset' || entry.offset !== listed.offset || entry.gen !== listed.gen)
        section.contradicts ??= num;
    }
    const [own, other] = [trailer.entries.get('Root'), section.hybrid.trailer.entries.get('Root')];
    if (other !== undefined && !(isRef(own) && isRef(other) && own.num === other.num && own.gen === other.gen)) section.contradicts ??= 0;
  }
  return section;
}

function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const byte = bytes[i] ?? 0;
    if (byte < 0x30 || byte > 0x39) return -1;
    value = value * 10 + byte - 0x30;
  }
  return value;
}

function tableEntry(bytes: Uint8Array, at: number): XrefEntry | undefined {
  const offset = digits(bytes, at, 10);
  const gen = digits(bytes, at + 11, 5);
  const type = bytes[at + 17];
  if (offset < 0 || gen < 0 || bytes[at + 10] !== 32 || bytes[at + 16] !== 32) return undefined;
  // ISO 32000-2, 7.5.4: space and CR, space and LF, or CR and LF.
  const line = `${bytes[at + 18]} ${bytes[at + 19]}`;
  if (line !== '32 10' && line !== '32 13' && line !== '13 10') return undefined;
  if (type === 0x66) return { type: 'free', revision: 0 };
  if (type !== 0x6e || offset === 0) return undefined;
  return { type: 'offset', offset, gen, revision: 0 };
}

function readStream(context: XrefContext, offset: number): XrefSection {
  const { source, limits, budget } = context;
  const found = readIndirect(source, offset, limits, (value) => value);
  if (!isStream(found.value) || !isName(found.value.dict.entries.get('Type'), 'XRef')) throw broken('no cross-reference section', offset);
  const trailer = found.value.dict;
  const direct = (value: PdfObject | undefined): PdfObject => value ?? null;
  const span = found.value.span ?? { start: 0, length: 0 };
  const data = decode(trailer, source.read(span.start, span.length), direct, limits, budget);
  const size = trailer.entries.get('Size');
  const widths = trailer.entries.get('W');
  const index = trailer.entries.get('Index') ?? (typeof size === 'number' ? [0, size] : null);
  if (!isWidths(widths) || !isIndex(index) || typeof size !== 'number') throw broken('a malformed /W, /Index or /Size', offset);
  const width = widths[0] + widths[1] + widths[2];
  const total = index.reduce((sum, value, i) => (i % 2 === 1 ? sum + value : sum), 0);
  spend(context, total);
  if (width === 0 || data.length !== total * width) throw broken('a cross-reference stream of the wrong length', offset);
  const entries = new Map<number, XrefEntry>();
  let at = 0;
  for (let i = 0; i < index.length; i += 2) {
    for (let k = 0; k < (index[i + 1] ?? 0); k++) {
      const num = (index[i] ?? 0) + k;
      const entry = streamEntry(data, at, widths);
      if (entry === undefined || entries.has(num)) throw broken(`a malformed or repeated entry for object ${num}`, offset);
      entries.set(num, entry);
      at += width;
    }
  }
  return { offset, end: found.end, oddWhite: found.oddWhite, style: 'stream', entries, trailer, streamNumber: found.num };
}

function streamEntry(data: Uint8Array, at: number, [w0, w1, w2]: [number, number, number]): XrefEntry | undefined {
  const field = (start: number, width: number): number => {
    let value = 0;
    for (let i = start; i < start + width; i++) value = value * 256 + (data[i] ?? 0);
    return value;
  };
  const type = w0 === 0 ? 1 : field(at, w0);
  const second = field(at + w0, w1);
  const third = field(at + w0 + w1, w2);
  if (type === 0) return { type: 'free', revision: 0 };
  if (type === 1 && second > 0) return { type: 'offset', offset: second, gen: third, revision: 0 };
  if (type === 2) return { type: 'packed', container: second, index: third, revision: 0 };
  return undefined;
}

const isCount = (value: PdfObject | undefined): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isWidths = (value: PdfObject | undefined): value is [number, number, number] =>
  Array.isArray(value) && value.length === 3 && value.every((item) => isCount(item) && item <= 8);
const isIndex = (value: PdfObject | undefined): value is number[] => Array.isArray(value) && value.length % 2 === 0 && value.every(isCount);
