import { createHash } from 'node:crypto';
import {
  isDict,
  isName,
  isRef,
  isString,
  latin1,
  type PdfDict,
  type PdfFile,
  type PdfObject,
  type PdfSignatureField,
} from '../pdf/index.ts';
import type { HashName } from './algorithms.ts';
import { definite } from './der.ts';

/** A signature dictionary whose shape is in order: what is signed, and by which bytes. */
export interface SignedRange {
  dict: PdfDict;
  subFilter: string;
  isTimestamp: boolean;
  /** DER of the CMS, the padding taken off. */
  cms: Uint8Array;
  /** The bytes that are not signed: the /Contents token with its brackets. */
  gap: { start: number; end: number };
  /** The byte after the last signed one. */
  end: number;
  /** The revision that the signature closes. */
  revision: number;
  /** /M, as it stands. */
  claimed: string | undefined;
}

export class ShapeError extends Error {
  /** `unsupported`: a format of signature that is not judged here; `format`: one that is broken. */
  readonly kind: 'format' | 'unsupported';
  constructor(kind: 'format' | 'unsupported', message: string) {
    super(message);
    this.name = 'ShapeError';
    this.kind = kind;
  }
}

const SUBFILTERS = new Set(['ETSI.CAdES.detached', 'adbe.pkcs7.detached', 'ETSI.RFC3161']);

/**
 * Checks the shape of a signature (ISO 32000-2, 12.8.1): four numbers, from byte 0, over everything but exactly /Contents, up to the end
 * of the revision that holds the signature; hexadecimal contents with nothing but zeros behind the CMS.
 * @throws ShapeError
 */
export function readRange(file: PdfFile, field: PdfSignatureField): SignedRange {
  const bad = (what: string): ShapeError => new ShapeError('format', what);
  const dict = field.value?.dict;
  if (dict === undefined || !isDict(dict)) throw bad('the field has a value that is no signature dictionary');
  if (dict.duplicateKeys !== undefined) throw bad('the signature dictionary has a key twice');
  const own = (key: string): PdfObject => dict.entries.get(key) ?? null;
  const type = file.get(dict, 'Type');
  if (type !== null && !isName(type, 'Sig') && !isName(type, 'DocTimeStamp')) throw bad('the signature dictionary is of another type');
  const contents = own('Contents');
  if (!isString(contents) || !contents.hex || contents.span === undefined)
    throw bad('/Contents is no hexadecimal string in the signature dictionary');
  const range = own('ByteRange');
  if (!Array.isArray(range) || range.length !== 4) throw bad('/ByteRange has not four numbers');
  const [from, length, second, rest] = range;
  const whole = (value: PdfObject | undefined): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;
  if (!whole(from) || !whole(length) || !whole(second) || !whole(rest)) throw bad('/ByteRange has something that is no whole number');
  const gap = contents.span;
  if (from !== 0) throw bad('/ByteRange does not start at byte 0');
  if (length !== gap.start || second !== gap.end) throw bad('the gap of /ByteRange is not exactly /Contents');
  const end = second + rest;
  if (rest === 0 || end > file.size) throw bad('/ByteRange reaches past the end of the file');
  const holder = field.value?.ref ?? field.ref;
  // Later revisions may list the object again where it stands; they may not put another in its place.
  const revision = file.revisions.findIndex((one) => gap.start >= one.start && gap.end <= one.eof);
  const bounds = file.revisions[revision];
  const [then, now] = [file.store.entry(holder.num, revision), file.store.entry(holder.num, file.revision)];
  if (bounds === undefined || then?.type !== 'offset' || now?.type !== 'offset' || then.offset !== now.offset || then.revision !== revision)
    throw bad('the signature does not stand in its revision');
  if (end < bounds.eof || end > bounds.end + 16 || !/^[\0\t\n\f\r ]*$/.test(latin1(file.read(bounds.eof, end - bounds.eof)))) {
    throw bad('/ByteRange does not end where its revision ends');
  }
  // Digits in one case, as every signer writes them: then no bit of the token can be turned without being seen.
  if (!/^<(?:[0-9A-F]*|[0-9a-f]*)>$/.test(latin1(file.read(gap.start, gap.end - gap.start))))
    throw bad('/Contents has more than hexadecimal digits');
  return { dict, ...format(file, dict, own), cms: unpad(contents.bytes, bad), gap, end, revision, claimed: claimed(file, dict) };
}

function format(file: PdfFile, dict: PdfDict, own: (key: string) => PdfObject): { subFilter: string; isTimestamp: boolean } {
  const subFilter = file.get(dict, 'SubFilter');
  if (!isName(file.get(dict, 'Filter')) || !isName(subFilter)) throw new ShapeError('format', '/Filter or /SubFilter is missing');
  if (!SUBFILTERS.has(subFilter.value)) throw new ShapeError('unsupported', 'a signature format that is out of use');
  const isTimestamp = subFilter.value === 'ETSI.RFC3161';
  const type = own('Type');
  if (isTimestamp !== isName(isRef(type) ? file.resolve(type) : type, 'DocTimeStamp'))
    throw new ShapeError('format', '/Type and /SubFilter disagree');
  return { subFilter: subFilter.value, isTimestamp };
}

function unpad(bytes: Uint8Array, bad: (what: string) => ShapeError): Uint8Array {
  if (bytes.length === 0) throw bad('/Contents is empty');
  let cms: { raw: Uint8Array; end: number };
  try {
    cms = definite(bytes);
  } catch {
    throw bad('/Contents holds no DER');
  }
  if (bytes.subarray(cms.end).some((byte) => byte !== 0)) throw bad('/Contents has bytes behind the signature');
  return cms.raw;
}

function claimed(file: PdfFile, dict: PdfDict): string | undefined {
  const value = file.get(dict, 'M');
  return isString(value) ? latin1(value.bytes) : undefined;
}

/** A PDF date (ISO 32000-2, 7.9.4) in epoch milliseconds; undefined when it is none. */
export function pdfDate(text: string | undefined): number | undefined {
  const found = /^D:(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:Z|([+-])(\d{2})'?(\d{2})?'?)?/.exec(text ?? '');
  if (found === null) return undefined;
  const n = (i: number, fallback: number): number => (found[i] === undefined ? fallback : Number(found[i]));
  const offset = (found[7] === '-' ? -1 : 1) * (n(8, 0) * 60 + n(9, 0)) * 60_000;
  const ms = Date.UTC(n(1, 1970), n(2, 1) - 1, n(3, 1), n(4, 0), n(5, 0), n(6, 0)) - offset;
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * Digests of several signed ranges in one pass over the file.
 * @returns digests in the order of the jobs
 */
export async function digestRanges(
  file: PdfFile,
  jobs: { range: SignedRange; hash: HashName }[],
  check: () => void,
): Promise<Uint8Array[]> {
  const hashes = jobs.map((job) => createHash(job.hash));
  const last = Math.max(0, ...jobs.map((job) => job.range.end));
  let at = 0;
  for await (const piece of file.bytes(0, last)) {
    check();
    for (const [i, { range }] of jobs.entries()) {
      const part = (from: number, to: number): void => {
        const start = Math.max(from, at);
        const end = Math.min(to, at + piece.length);
        if (start < end) hashes[i]?.update(piece.subarray(start - at, end - at));
      };
      part(0, range.gap.start);
      part(range.gap.end, range.end);
    }
    at += piece.length;
  }
  return hashes.map((hash) => hash.digest());
}
