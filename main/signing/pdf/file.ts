import { closeSync, constants, fstatSync, openSync } from 'node:fs';
import { auditRevision } from './audit.ts';
import type { PdfDict } from './objects.ts';
import { PDF_LIMITS, PdfError, problem, type PdfLimits, type PdfProblem } from './problems.ts';
import { findEnd, readChain, readRevisions, type Revision } from './revisions.ts';
import { FileSource, pieces } from './source.ts';
import {
  readAcroForm,
  readPages,
  readPermissions,
  readSignatureFields,
  type PdfAcroForm,
  type PdfPage,
  type PdfPermissions,
  type PdfSignatureField,
} from './structure.ts';
import { ObjectStore, PdfView } from './view.ts';
import type { XrefStyle } from './xref.ts';

/** A file up to this size is read in the blocks that the parser has anyway; a trip to the thread pool costs more than that. */
export const SMALL_FILE = 256 << 10;
/** Without waiting: a named pipe has no other end, and Windows does not know the flag. */
const READ = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** An open PDF file, as of its last revision. Reads what it is asked for and nothing more; close it with `close()`. */
export class PdfFile extends PdfView {
  /** Bytes in the file. */
  readonly size: number;
  /** Style of the last cross-reference section: an update must continue in it. */
  readonly xrefStyle: XrefStyle;
  /** The number behind the last `startxref`: /Prev of the next update. */
  readonly startxref: number;
  /** Highest object number in use or listed; a new object takes the next. */
  readonly highestObjectNumber: number;
  /** Oldest first. */
  readonly revisions: readonly Revision[];
  /** What was noticed on opening. `audit()` finds more, at the price of reading every object. */
  readonly problems: readonly PdfProblem[];
  readonly #fd: number;
  readonly #borrowed: boolean;

  /** Use `openPdf`. */
  constructor(store: ObjectStore, revisions: Revision[], problems: PdfProblem[], trailer: PdfDict, file: OpenFile) {
    super(store, revisions.length - 1, trailer);
    this.size = store.source.size;
    this.revisions = revisions;
    this.problems = problems;
    const last = revisions.at(-1);
    this.xrefStyle = last?.sections.at(-1)?.style ?? 'table';
    this.startxref = last?.startxref ?? 0;
    const size = trailer.entries.get('Size');
    let highest = typeof size === 'number' ? size - 1 : 0;
    for (const num of store.history.keys()) if (num > highest) highest = num;
    this.highestObjectNumber = highest;
    this.#fd = file.fd;
    this.#borrowed = file.borrowed;
  }

  /** Raw bytes of the file. @throws PdfError truncated */
  read(offset: number, length: number): Uint8Array {
    return this.store.source.read(offset, length);
  }

  /** The document as it was after revision `index`. */
  at(index: number): PdfView {
    const trailer = this.revisions[index]?.sections.at(-1)?.trailer;
    if (trailer === undefined) throw new RangeError(`there is no revision ${index}`);
    return new PdfView(this.store, index, trailer);
  }

  pages(): PdfPage[] {
    return readPages(this);
  }

  acroForm(): PdfAcroForm | undefined {
    return readAcroForm(this);
  }

  signatureFields(): PdfSignatureField[] {
    return readSignatureFields(this);
  }

  /** What earlier signatures forbid (ISO 32000-2, 12.8.2.2 and 12.8.2.4). */
  get permissions(): PdfPermissions {
    return readPermissions(this);
  }

  /**
   * Accounts for every byte: each revision must consist of its objects, its cross-reference sections and white space. Tells of second
   * headers, duplicate and unlisted objects, foreign bytes, keys written twice. Reads every object once (stream data are skipped).
   * @param from first revision to look at, `to` the one to stop before
   */
  audit(from = 0, to = this.revisions.length): PdfProblem[] {
    return this.revisions.slice(from, to).flatMap((revision) => auditRevision(this.store, revision, this.revisions.length - 1));
  }

  /** The bytes from `start` to before `end` in pieces of 1 MiB; each piece is good until the next is asked for. */
  async *bytes(start: number, end: number): AsyncGenerator<Uint8Array> {
    if (end > this.size) throw new PdfError('truncated', `bytes up to ${end} of ${this.size}`, start);
    if (end - start <= SMALL_FILE) {
      for (let at = start; at < end;) {
        const { bytes, start: from } = this.store.source.chunk(at);
        const piece = bytes.subarray(at - from, Math.min(bytes.length, end - from));
        at += piece.length;
        yield piece;
      }
      return;
    }
    yield* pieces(this.#fd, start, end);
  }

  /** Closes what `openPdf` opened. */
  close(): Promise<void> {
    if (!this.#borrowed) closeSync(this.#fd);
    return Promise.resolve();
  }
}

interface OpenFile {
  readonly fd: number;
  /** The descriptor is somebody else's, who closes it. */
  readonly borrowed: boolean;
}

/**
 * Opens a PDF for random access; the file is never loaded whole.
 * Encrypted files open, with a problem `encrypted`: their structure can be read, their strings and streams are ciphertext.
 * @param file path, or a descriptor that stays the caller's
 * @throws PdfError when the file cannot be read as it stands: notPdf, truncated, brokenXref, looped, tooLarge, unreadable
 */
export function openPdf(file: string | number, limits: PdfLimits = PDF_LIMITS): Promise<PdfFile> {
  return new Promise((resolve) => resolve(openNow(file, limits)));
}

/** Opening and reading are synchronous like every read of the parser: the files lie on this machine. */
function openNow(file: string | number, limits: PdfLimits): PdfFile {
  let opened: OpenFile;
  try {
    opened = typeof file === 'number' ? { fd: file, borrowed: true } : { fd: openSync(file, READ), borrowed: false };
  } catch (error) {
    throw new PdfError('unreadable', error instanceof Error && 'code' in error ? String(error.code) : 'cannot be opened');
  }
  try {
    const stat = fstatSync(opened.fd);
    if (!stat.isFile()) throw new PdfError('unreadable', 'not a regular file');
    return readPdf(new FileSource(opened.fd, stat.size), limits, opened);
  } catch (error) {
    if (!opened.borrowed) closeSync(opened.fd);
    if (error instanceof Error && 'syscall' in error) throw new PdfError('unreadable', String('code' in error ? error.code : 'read'));
    throw error;
  }
}

function readPdf(source: FileSource, limits: PdfLimits, opened: OpenFile): PdfFile {
  const problems: PdfProblem[] = [];
  const head = Buffer.from(source.read(0, Math.min(1024, source.size))).toString('latin1');
  const header = head.indexOf('%PDF-');
  if (header < 0) throw new PdfError('notPdf', 'no %PDF- in the first 1024 bytes');
  if (header > 0) problems.push(problem('headerNotFirst', `header at byte ${header}`, header));
  const { startxref } = findEnd(source, problems);
  const budget = { left: limits.inflatedTotal };
  const sections = readChain({ source, limits, budget, entriesLeft: limits.entries }, startxref);
  const revisions = readRevisions(source, sections, limits);
  const newest = sections[0];
  if (newest === undefined) throw new PdfError('brokenXref', 'no cross-reference section');
  const store = new ObjectStore(source, limits, budget, revisions);
  const file = new PdfFile(store, revisions, problems, newest.trailer, opened);
  if (newest.trailer.entries.has('Encrypt')) problems.push(problem('encrypted', 'the trailer has /Encrypt'));
  for (const section of sections) {
    // To a reader that keeps to the letter, an object beyond /Size is not there; to others it is.
    const size = section.trailer.entries.get('Size');
    let highest = -1;
    for (const [num, entry] of section.entries) if (entry.type !== 'free' && num > highest) highest = num;
    if (typeof size !== 'number' || highest >= size)
      problems.push(problem('brokenXref', `entry of object ${highest} is beyond /Size`, section.offset));
    if (section.trailer.duplicateKeys !== undefined) problems.push(problem('duplicateKey', 'in a trailer', section.offset));
  }
  // The catalogue and the page tree are what every reader starts from: without them there is nothing to look at.
  try {
    void file.root;
  } catch (error) {
    // Object streams of an encrypted file are ciphertext: that they cannot be read says nothing else.
    if (error instanceof PdfError && newest.trailer.entries.has('Encrypt')) throw new PdfError('encrypted', 'the trailer has /Encrypt');
    throw error;
  }
  return file;
}
