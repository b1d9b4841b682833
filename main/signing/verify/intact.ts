import { PdfError, type PdfFile, type PdfSignatureField, readLooseSignatures, readSignatureFields } from '../pdf/index.ts';
import { readCms, readTimestamp, signatureHolds, type Cms, type TimestampToken } from './cms.ts';
import { DerError, sameBytes, UnknownAlgorithm } from './der.ts';
import { finding, type Finding } from './findings.ts';
import { judgeStep, type Step } from './modifications.ts';
import { digestRanges, readRange, ShapeError, type SignedRange } from './ranges.ts';
import { worse } from './compare.ts';
import type { Modifications } from './types.ts';

/** One signature of a file: its shape, its CMS, and whether both fit the bytes. Nothing here asks who signed. */
export interface Intact {
  field: PdfSignatureField;
  range: SignedRange | undefined;
  cms: Cms | undefined;
  /** The same, for a document timestamp. */
  token: TimestampToken | undefined;
  modifications: Modifications;
  coversWholeFile: boolean;
  findings: Finding[];
  details: string[];
  /** What each later revision did, oldest first. */
  later: Step[];
}

const MOST = 500;

/** Fields that carry something as their value; an empty field is no signature. */
export function filledFields(file: PdfFile): PdfSignatureField[] {
  return [...readSignatureFields(file), ...looseOnes(file)].filter(
    (field) => field.value !== undefined || (field.dict.entries.get('V') ?? null) !== null,
  );
}

/** A page tree that cannot be walked holds no signatures that a reader would show; what is wrong with it is judged elsewhere. */
function looseOnes(file: PdfFile): PdfSignatureField[] {
  try {
    return readLooseSignatures(file);
  } catch (error) {
    if (error instanceof PdfError) return [];
    throw error;
  }
}

/**
 * Checks shape, digests (one pass over the file), signature values and later revisions of every signature.
 * @param check called now and then; throws when time is up
 */
export async function checkIntact(file: PdfFile, check: () => void): Promise<Intact[]> {
  const fields = filledFields(file);
  if (fields.length > MOST) throw new PdfError('tooLarge', `more than ${MOST} signatures`);
  const found = fields.map((field) => readOne(file, field));
  await checkDigests(file, found, check);
  const first = Math.min(...found.map((item) => item.range?.revision ?? Number.POSITIVE_INFINITY));
  const steps: Step[] = [];
  const settled = { numbers: new Set<number>() };
  for (let index = first + 1; index < file.revisions.length; index++) steps.push(judgeStep(file, index, settled, check));
  const tail = trailing(file);
  for (const item of found) judgeLater(item, steps, tail);
  sameBytesTwice(found);
  return found;
}

function readOne(file: PdfFile, field: PdfSignatureField): Intact {
  const item: Intact = {
    field,
    range: undefined,
    cms: undefined,
    token: undefined,
    modifications: 'OTHER',
    coversWholeFile: false,
    findings: [],
    details: [],
    later: [],
  };
  try {
    const range = readRange(file, field);
    item.range = range;
    item.coversWholeFile = range.end === file.size;
    if (range.isTimestamp) item.token = readTimestamp(range.cms);
    else {
      item.cms = readCms(range.cms);
      if (item.cms.content !== undefined) throw new DerError('the content is inside the signature', 0);
    }
  } catch (error) {
    if (error instanceof ShapeError) item.findings.push(finding(error.kind === 'format' ? 'shape' : 'unsupported', error.message));
    else if (error instanceof UnknownAlgorithm) item.findings.push(finding('unknownAlgorithm', error.message));
    else if (error instanceof DerError) item.findings.push(finding('cms', error.message));
    else throw error;
  }
  return item;
}

async function checkDigests(file: PdfFile, items: Intact[], check: () => void): Promise<void> {
  const jobs = items.flatMap((item) => {
    const hash = item.token?.imprintHash ?? item.cms?.hash;
    return item.range === undefined || hash === undefined ? [] : [{ item, range: item.range, hash }];
  });
  if (jobs.length === 0) return;
  const digests = await digestRanges(file, jobs, check);
  for (const [i, { item }] of jobs.entries()) {
    const wanted = item.token?.imprint ?? item.cms?.messageDigest;
    const got = digests[i];
    if (wanted === undefined || got === undefined || !sameBytes(wanted, got)) item.findings.push(finding('digest'));
    const cms = item.cms;
    if (cms === undefined) continue;
    if (cms.signer === undefined) item.findings.push(finding('noCertificate'));
    else if (!signatureHolds(cms)) item.findings.push(finding('crypto'));
    if (cms.signer !== undefined && cms.certificateReference === 'differs') item.findings.push(finding('otherCertificate'));
    if (cms.certificateReference === 'absent' && item.range?.subFilter !== 'adbe.pkcs7.detached')
      item.findings.push(finding('noReference'));
  }
}

/** Bytes behind the last revision: not even white space belongs there. */
function trailing(file: PdfFile): string | undefined {
  const end = file.revisions.at(-1)?.end ?? 0;
  return end < file.size ? `${file.size - end} bytes after the last revision` : undefined;
}

function judgeLater(item: Intact, steps: Step[], tail: string | undefined): void {
  const range = item.range;
  if (range === undefined) return;
  item.modifications = 'NONE';
  if (tail !== undefined && !item.coversWholeFile) item.findings.push(finding('unaccounted', tail));
  for (const step of steps) {
    if (step.revision <= range.revision) continue;
    item.later.push(step);
    item.modifications = worse(item.modifications, step.level);
    // The worst first: that is what an expert will ask about.
    const reasons = [...step.reasons].sort((a, b) => Number(b.startsWith('OTHER')) - Number(a.startsWith('OTHER')));
    if (reasons.length > 0 && item.details.length < 30)
      item.details.push(`revision ${step.revision + 1}: ${reasons.slice(0, 5).join('; ')}`);
    if (step.unaccounted.length > 0) item.findings.push(finding('unaccounted', step.unaccounted.slice(0, 5).join('; ')));
    if (step.loose.length > 0) item.findings.push(finding('unknownParts', `revision ${step.revision + 1}: ${step.loose.join(', ')}`));
    if (step.level === 'OTHER') item.findings.push(finding('modified', reasons[0]));
    else if (step.forbidden !== undefined)
      item.findings.push(finding(step.forbidden === 'field' ? 'lockedField' : 'forbidden', reasons[0]));
  }
}

/** Two fields must not share one signature: the second would be a forgery that looks like a second signer. */
function sameBytesTwice(items: Intact[]): void {
  const seen = new Map<number, Intact>();
  for (const item of items) {
    if (item.range === undefined) continue;
    const other = seen.get(item.range.gap.start);
    if (other !== undefined) for (const one of [item, other]) one.findings.push(finding('shape', 'two fields share one signature'));
    seen.set(item.range.gap.start, item);
  }
}
