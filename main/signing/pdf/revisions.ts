import { isRef, latin1 } from './objects.ts';
import { isWhite, Parser } from './parser.ts';
import { PdfError, problem, type PdfLimits, type PdfProblem } from './problems.ts';
import type { ByteSource } from './source.ts';
import { readSection, type XrefContext, type XrefSection } from './xref.ts';

/** One save of the file: the first one, or what an incremental update appended (ISO 32000-2, 7.5.6). */
export interface Revision {
  index: number;
  /** First byte, and the byte after the end mark and its line end. `eof` is the byte right after `%%EOF`. */
  start: number;
  eof: number;
  end: number;
  /** The number behind `startxref`. */
  startxref: number;
  /** Cross-reference sections that this revision brought, oldest first (a linearised file has two). */
  sections: XrefSection[];
}

const SEARCHED = 1 << 20;

/** The last `%%EOF` of the file and the `startxref` in front of it. @throws PdfError truncated, brokenXref */
export function findEnd(source: ByteSource, problems: PdfProblem[]): { startxref: number; eof: number } {
  let at = -1;
  let from = source.size;
  for (const window of [1024, SEARCHED]) {
    from = Math.max(0, source.size - window);
    const text = latin1(source.read(from, source.size - from));
    at = text.lastIndexOf('%%EOF');
    if (at < 0) continue;
    const rest = text.slice(at + 5);
    if (/[^\0\t\n\f\r ]/.test(rest)) problems.push(problem('bytesAfterEof', `${rest.length} bytes`, from + at + 5));
    break;
  }
  if (at < 0) throw new PdfError('truncated', 'no %%EOF near the end');
  const eof = from + at + 5;
  const before = Math.max(0, eof - 5 - 512);
  const text = latin1(source.read(before, eof - 5 - before));
  const found = /startxref[\0\t\n\f\r ]+(\d{1,15})[\0\t\n\f\r ]+$/.exec(text);
  if (found?.[1] === undefined) throw new PdfError('brokenXref', 'no startxref in front of the last %%EOF', eof);
  return { startxref: Number(found[1]), eof };
}

/** All sections from the newest to the oldest along /Prev. @throws PdfError looped, brokenXref, tooLarge */
export function readChain(context: XrefContext, startxref: number): XrefSection[] {
  const sections: XrefSection[] = [];
  const seen = new Set<number>();
  let offset: number | undefined = startxref;
  while (offset !== undefined) {
    if (seen.has(offset)) throw new PdfError('looped', `the /Prev chain comes back to byte ${offset}`, offset);
    seen.add(offset);
    if (sections.length >= context.limits.sections) throw new PdfError('tooLarge', `more than ${context.limits.sections} revisions`);
    const section = readSection(context, offset);
    if (section.hybrid !== undefined) {
      if (seen.has(section.hybrid.offset)) throw new PdfError('looped', `/XRefStm comes back to byte ${section.hybrid.offset}`, offset);
      seen.add(section.hybrid.offset);
    }
    sections.push(section);
    const prev = section.trailer.entries.get('Prev');
    if (prev === undefined || prev === null) break;
    if (typeof prev !== 'number' || isRef(prev)) throw new PdfError('brokenXref', 'a /Prev that is no number', offset);
    offset = prev;
  }
  return sections;
}

/**
 * Cuts the file into its revisions. Each section must be followed by its own `startxref` and `%%EOF`, and the sections must stand
 * in the order of their age; a linearised file, whose first-page section stands first and is read last, is the one exception.
 * @throws PdfError brokenXref
 */
export function readRevisions(source: ByteSource, newestFirst: XrefSection[], limits: PdfLimits): Revision[] {
  const oldestFirst = [...newestFirst].reverse();
  const groups: XrefSection[][] = [];
  const [a, b] = oldestFirst;
  // Linearised: the main section (at the end of that revision) is the /Prev of the first-page section near the start.
  if (a !== undefined && b !== undefined && a.offset > b.offset && a.trailer.entries.get('Prev') === undefined) {
    groups.push([a, b], ...oldestFirst.slice(2).map((section) => [section]));
  } else groups.push(...oldestFirst.map((section) => [section]));
  const revisions: Revision[] = [];
  let start = 0;
  for (const [index, sections] of groups.entries()) {
    const last = sections.reduce((one, other) => (one.offset > other.offset ? one : other));
    const tail = readTail(source, last.end, limits);
    const wanted = sections.at(-1)?.offset;
    if (tail === undefined || tail.startxref !== wanted) {
      throw new PdfError('brokenXref', `section at ${last.offset} is not followed by its startxref and %%EOF`, last.end);
    }
    if (sections.some((section) => section.offset < start || (section.hybrid !== undefined && section.hybrid.offset < start))) {
      throw new PdfError('brokenXref', `section at ${last.offset} stands in front of an older revision`, last.offset);
    }
    revisions.push({ index, start, eof: tail.eof, end: tail.end, startxref: tail.startxref, sections });
    for (const section of sections) for (const entry of section.entries.values()) entry.revision = index;
    start = tail.end;
  }
  return revisions;
}

function readTail(source: ByteSource, end: number, limits: PdfLimits): { startxref: number; eof: number; end: number } | undefined {
  const parser = new Parser(source, end, limits, false);
  parser.skipWhite();
  if (!parser.takeWord('startxref')) return undefined;
  while (isWhite(parser.peek())) parser.pos++;
  let startxref: number;
  try {
    startxref = parser.integer();
  } catch {
    return undefined;
  }
  while (isWhite(parser.peek())) parser.pos++;
  for (const char of '%%EOF') if (parser.next() !== char.charCodeAt(0)) return undefined;
  const eof = parser.pos;
  if (parser.peek() === 13) parser.pos++;
  if (parser.peek() === 10) parser.pos++;
  return { startxref, eof, end: parser.pos };
}
