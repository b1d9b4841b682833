import { isRef, isStream, latin1, type PdfObject } from './objects.ts';
import { PdfError, problem, type PdfProblem } from './problems.ts';
import type { Revision } from './revisions.ts';
import type { ObjectStore } from './view.ts';
import type { XrefSection } from './xref.ts';

interface Span {
  start: number;
  end: number;
}

const TOLD = 100;

/** Words in the detail of a problem whose bytes hold a signature that no reader finds. */
export const HIDDEN_SIGNATURE = 'with a signature in it';

/**
 * What one revision holds beyond its own objects, sections and end mark. Every problem has the position.
 * @param last number of the newest revision, for telling which objects still count
 */
export function auditRevision(store: ObjectStore, revision: Revision, last: number): PdfProblem[] {
  const found: PdfProblem[] = [];
  const spans: Span[] = [];
  for (const section of revision.sections) {
    spans.push(...sectionSpans(section));
    if (section.contradicts !== undefined)
      found.push(problem('brokenXref', `table and /XRefStm disagree about object ${section.contradicts}`, section.offset));
    if (section.oddWhite) found.push(problem('unaccountedBytes', 'NUL between the words of a cross-reference section', section.offset));
  }
  for (const section of revision.sections) {
    for (const [num, entry] of section.entries) {
      if (found.length > TOLD) return found;
      if (entry.type === 'free') continue;
      try {
        // A later revision may list an older object again, unchanged; what it may not do is point back at something else.
        if (entry.type === 'offset' && entry.offset < revision.start) {
          const before = revision.index === 0 ? undefined : store.entry(num, revision.index - 1);
          if (before?.type === 'offset' && before.offset === entry.offset) continue;
          found.push(problem('brokenXref', `entry of object ${num} points into an older revision`, entry.offset));
        }
        if (entry.type === 'packed' && store.entry(entry.container, revision.index)?.revision !== revision.index) {
          const before = revision.index === 0 ? undefined : store.entry(num, revision.index - 1);
          if (before?.type === 'packed' && before.container === entry.container && before.index === entry.index) continue;
          found.push(problem('brokenXref', `entry of object ${num} points into an older object stream`));
        }
        const object = store.load(num, entry);
        if (object === undefined) continue;
        if (object.oddWhite) found.push(problem('unaccountedBytes', `NUL between the words of object ${num}`, Math.max(0, object.start)));
        if (object.start >= 0) {
          spans.push({ start: object.start, end: object.end });
          if (object.end > revision.eof) found.push(problem('brokenXref', `object ${num} reaches past its revision`, object.start));
        }
        if (hasDuplicateKey(object.value)) found.push(problem('duplicateKey', `in object ${num}`, Math.max(0, object.start)));
      } catch (error) {
        if (!(error instanceof PdfError)) throw error;
        found.push({ ...error.problem, detail: `object ${num}: ${error.problem.detail}` });
      }
    }
  }
  found.push(...gaps(store, revision, spans));
  if (revision.index === last && revision.end < store.source.size) {
    found.push(...foreign(store, revision.end, store.source.size, 'bytesAfterEof'));
  }
  return found;
}

/** The bytes of a section: the table with its trailer, or the stream object; the end mark is looked at as a gap. */
function sectionSpans(section: XrefSection): Span[] {
  const own = [{ start: section.offset, end: section.end }];
  return section.hybrid === undefined ? own : [...own, { start: section.hybrid.offset, end: section.hybrid.end }];
}

function gaps(store: ObjectStore, revision: Revision, spans: Span[]): PdfProblem[] {
  const found: PdfProblem[] = [];
  spans.sort((a, b) => a.start - b.start || a.end - b.end);
  let at = revision.start;
  let previous: Span | undefined;
  for (const span of spans) {
    if (found.length > TOLD) return found;
    const repeated = previous !== undefined && span.start === previous.start && span.end === previous.end;
    if (span.start < at && !repeated && span.end > revision.start && span.start >= revision.start) {
      found.push(problem('brokenObject', 'two objects overlap', span.start));
    }
    if (span.start > at) found.push(...foreign(store, at, span.start, 'unaccountedBytes'));
    at = Math.max(at, span.end);
    previous = span;
  }
  if (at < revision.end) found.push(...foreign(store, at, revision.end, 'unaccountedBytes'));
  return found;
}

const PIECE = 1 << 16;

/** What stands between the accounted bytes: white space, the header, end marks and short comments are in order. */
function foreign(store: ObjectStore, start: number, end: number, code: 'unaccountedBytes' | 'bytesAfterEof'): PdfProblem[] {
  // Large gaps are judged by their beginning: one foreign byte is enough, and a problem is told once per gap.
  const text = latin1(store.source.read(start, Math.min(PIECE, end - start)));
  let rest = text;
  if (start === 0) rest = rest.replace(/^%PDF-\d\.\d[^\r\n]{0,16}/, '');
  if (code === 'unaccountedBytes') rest = rest.replace(/startxref[\t\n\f\r ]+\d+[\t\n\f\r ]+%%EOF/, '');
  if (/%PDF-\d/.test(rest)) return [problem('twoHeaders', 'a second %PDF- header', start)];
  // Comment lines as producers write them; nothing that looks like structure may hide in one.
  rest = rest.replace(/%[^\r\n]{0,127}(?=[\r\n]|$)/g, (comment) =>
    /%%EOF|\b(end)?(obj|stream)\b|\b(start)?xref\b|\btrailer\b/.test(comment) ? comment : '',
  );
  if (!/[^\t\n\f\r ]/.test(rest)) {
    return end - start > PIECE ? foreign(store, start + PIECE, end, code) : [];
  }
  // Digits and white space are taken up once each: a gap full of them must not cost a second.
  if (/(?<!\d)\d+[\0\t\n\f\r ]+\d+[\0\t\n\f\r ]+obj/.test(rest)) {
    const hidden = rest.includes('/ByteRange') ? `, ${HIDDEN_SIGNATURE}` : '';
    return [problem('duplicateObject', `an object that no cross-reference entry names${hidden}`, start)];
  }
  return [problem(code, rest.includes('/ByteRange') ? `${end - start} bytes ${HIDDEN_SIGNATURE}` : `${end - start} bytes`, start)];
}

function hasDuplicateKey(value: PdfObject, depth = 0): boolean {
  if (value === null || typeof value !== 'object' || depth > 100) return false;
  if (Array.isArray(value)) return value.some((item) => hasDuplicateKey(item, depth + 1));
  if (isStream(value)) return hasDuplicateKey(value.dict, depth);
  if (isRef(value) || value.kind !== 'dict') return false;
  if (value.duplicateKeys !== undefined) return true;
  for (const item of value.entries.values()) if (hasDuplicateKey(item, depth + 1)) return true;
  return false;
}
