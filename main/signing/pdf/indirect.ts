import { isDict, type PdfObject } from './objects.ts';
import { isWhite, Parser } from './parser.ts';
import { PdfError, type PdfLimits } from './problems.ts';
import type { ByteSource } from './source.ts';

export interface Indirect {
  num: number;
  gen: number;
  value: PdfObject;
  /** First byte of `N G obj` and the byte after `endobj`. */
  start: number;
  end: number;
  /** Bytes that were parsed for it, stream data aside. */
  read: number;
  oddWhite: boolean;
}

/**
 * `N G obj ... endobj` exactly at `offset` (ISO 32000-2, 7.3.10), streams with their data skipped, not read.
 * @param lengthOf the value of an indirect /Length
 * @throws PdfError brokenObject, truncated, tooLarge
 */
export function readIndirect(source: ByteSource, offset: number, limits: PdfLimits, lengthOf: (value: PdfObject) => PdfObject): Indirect {
  const parser = new Parser(source, offset, limits, true);
  // Some writers point at the line end in front of the object; every reader passes over it.
  while (isWhite(parser.peek()) && parser.pos < offset + 16) parser.pos++;
  const start = parser.pos;
  const num = parser.integer();
  if (!isWhite(parser.peek())) throw parser.broken('white space was expected');
  parser.skipWhite();
  const gen = parser.integer();
  if (!isWhite(parser.peek())) throw parser.broken('white space was expected');
  parser.skipWhite();
  if (!parser.takeWord('obj')) throw parser.broken('"obj" was expected');
  let value = parser.object();
  const read = parser.pos - start;
  parser.skipWhite();
  if (isDict(value) && parser.takeWord('stream')) {
    const first = parser.next();
    if (first === 13 ? parser.next() !== 10 : first !== 10) throw parser.broken('"stream" without a line end behind it');
    const from = parser.pos;
    const length = lengthOf(value.entries.get('Length') ?? null);
    if (typeof length !== 'number' || !Number.isInteger(length) || length < 0) throw parser.broken('a stream without a length');
    if (from + length > source.size) throw new PdfError('truncated', `stream data of object ${num} reach past the end`, from);
    parser.pos = from + length;
    while ([10, 13, 32].includes(parser.peek())) parser.pos++;
    if (!parser.takeWord('endstream')) throw parser.broken(`"endstream" of object ${num} was expected`);
    value = { kind: 'stream', dict: value, span: { start: from, length } };
    parser.skipWhite();
  }
  if (!parser.takeWord('endobj')) throw parser.broken(`"endobj" of object ${num} was expected`);
  return { num, gen, value, start, end: parser.pos, read, oddWhite: parser.oddWhite };
}
