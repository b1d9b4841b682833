import { createHash } from 'node:crypto';
import { holds, inspectCms } from '../cms/index.ts';
import { isString, openPdf, type PdfFile, type PdfObject } from '../pdf/index.ts';
import { quickVerify } from '../verify/quick.ts';
import { hashRange } from './output.ts';

/** The file that was just written is not what was meant; it is thrown away and the original stays. */
export class RecheckError extends Error {}

/** What the written file must be. */
export interface Expected {
  /** The new signature. */
  readonly field: string;
  /** Bytes of the original, and their SHA-256. */
  readonly size: number;
  readonly sha256: string;
  /** Fields that were signed before. */
  readonly earlier: readonly string[];
}

/**
 * Looks at the written file as a stranger would, before it gets its name: the original bytes are its prefix (one hash of
 * them was taken before signing), the new signature holds over its byte range, the structure opens without a new problem, and
 * every earlier signature still holds and permits what was added.
 * @param file its path; `fd` the descriptor that it was written through
 * @returns SHA-256 of the whole written file, hexadecimal
 */
export async function recheck(file: string, fd: number, expected: Expected): Promise<string> {
  const pdf = await openPdf(fd);
  const blocking = pdf.problems.find((problem) => problem.blocks || problem.code === 'bytesAfterEof');
  if (blocking) throw new RecheckError(`the written file has a problem: ${blocking.code}`);
  const fields = pdf.signatureFields();
  for (const name of expected.earlier) {
    if (!fields.some((field) => field.name === name && field.value)) throw new RecheckError('an earlier signature is no longer found');
  }
  if (expected.earlier.length > 0 && !(await quickVerify(file)).intact)
    throw new RecheckError('the signatures of the written file do not all hold');
  const field = fields.find((one) => one.name === expected.field);
  if (!field?.value) throw new RecheckError('the new signature is not found');
  const range = byteRange(pdf, field.value.dict.entries.get('ByteRange'));
  const contents = pdf.resolve(field.value.dict.entries.get('Contents'));
  if (!isString(contents)) throw new RecheckError('/Contents is not a string');
  if (range[0] !== 0 || range[2] + range[3] !== pdf.size) throw new RecheckError('the byte range does not span the file');
  const gap = pdf.read(range[1], range[2] - range[1]);
  if (!spells(gap, contents.bytes)) throw new RecheckError('the gap is not /Contents');
  const cms = inspectCms(contents.bytes);
  const signed = createHash(cms.hash);
  const plain = cms.hash === 'sha256' ? null : createHash('sha256');
  const both = plain ? [signed, plain] : [signed];
  await hashRange(pdf, 0, expected.size, both);
  if ((plain ?? signed).copy().digest('hex') !== expected.sha256) throw new RecheckError('the original bytes are not the prefix');
  await hashRange(pdf, expected.size, range[1] - expected.size, both);
  // The hash of the whole file parts from the signed one at the gap; nothing is read twice.
  const whole = plain ?? signed.copy();
  whole.update(gap);
  await hashRange(pdf, range[2], range[3], [signed, whole]);
  if (!holds(cms, signed.digest())) throw new RecheckError('the signature does not hold over the written bytes');
  return whole.digest('hex');
}

function byteRange(pdf: PdfFile, value: PdfObject | undefined): [number, number, number, number] {
  const list = pdf.resolve(value);
  if (!Array.isArray(list) || list.length !== 4 || !list.every((one): one is number => typeof one === 'number'))
    throw new RecheckError('/ByteRange is malformed');
  const [a = 0, b = 0, c = 0, d = 0] = list;
  return [a, b, c, d];
}

/** Is this piece of the file `<`, these bytes in hexadecimal, and `>`? */
function spells(gap: Uint8Array, bytes: Uint8Array): boolean {
  const text = Buffer.from(gap.buffer, gap.byteOffset, gap.byteLength);
  if (text.length !== bytes.length * 2 + 2 || text[0] !== 0x3c || text.at(-1) !== 0x3e) return false;
  return Buffer.from(text.toString('latin1', 1, text.length - 1), 'hex').equals(bytes);
}
