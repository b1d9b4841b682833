import type { Hash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { refuse, type Refusal } from '../contract/refusal.ts';
import {
  copyOriginal,
  digestOriginal,
  freeFieldName,
  guardFile,
  guardObjects,
  prepareSignature,
  temporaryName,
  writeResult,
  type Appearance,
  type PreparedSignature,
  type WriteJob,
} from './append/index.ts';
import { attributesDigest, signedAttributes, signedData, type Certificate, type HashName, type Scheme } from './cms/index.ts';
import { quickVerify } from './verify/quick.ts';
import { openPdf, PdfError, SMALL_FILE, type PdfFile, type PdfPage } from './pdf/index.ts';

export type Level = 'B-B' | 'B-T' | 'B-LT' | 'B-LTA';

/** A key that signs, wherever it lives. */
export interface Signer {
  readonly certificate: Certificate;
  /** Issuers that go into the signature, nearest first. */
  readonly chain: readonly Certificate[];
  readonly hash: HashName;
  readonly scheme: Scheme;
  /** The key is one of training; what it signs says so. */
  readonly training: boolean;
  /**
   * @param digest hash of `data`; @param data the signed attributes
   * @returns the signature as CMS wants it. @throws TokenError
   */
  sign(digest: Buffer, data: Buffer): Promise<Buffer>;
}

export interface SignFile {
  readonly input: string;
  readonly output: string;
  /** SHA-256 of the bytes that the officer looked at; a file that changed since is refused. */
  readonly seen: string | null;
  readonly signedAt: number;
  readonly reason: string | null;
  /** An empty field to fill, or null to add one. */
  readonly field: string | null;
  /** Zero-based; below 0 is the last page. One that is not there is refused. */
  readonly page: number;
  /** Draws the visible form, given the page it goes on; null signs invisibly. */
  readonly appearance: ((page: PdfPage, pdf: PdfFile) => Appearance | null) | null;
  /** Other objects of the same revision. */
  readonly also?: Parameters<typeof prepareSignature>[1]['also'];
  /** Room for a signature timestamp. */
  readonly timestampBytes: number;
}

/** Hashed and laid out; only the signature is missing. */
export interface PreparedFile {
  readonly request: SignFile;
  readonly size: number;
  readonly sha256: string;
  readonly earlier: readonly string[];
  readonly prepared: PreparedSignature;
  readonly attributes: Buffer;
  /** The hash that it was prepared with. */
  readonly hash: HashName;
  readonly digest: Buffer;
  readonly temporary: string;
  /** The bytes of a small file; null when a copy lies in the temporary file. */
  readonly original: Uint8Array | null;
}

export interface SignedFile {
  readonly output: string;
  readonly size: number;
  /** Of the whole signed file, hexadecimal. */
  readonly sha256: string;
  readonly field: string;
}

/** Asks for a TimeStampToken over a signature value. */
export type Timestamper = (signature: Buffer) => Promise<Buffer>;

const chunkBytes = 4096;

/**
 * Everything up to the key: opens and guards the file, lays out the update, hashes the original once and copies a large one to the
 * temporary file (a small one is written with its update). The file itself is only read.
 * @returns the prepared file, or why this file is not signed
 */
export async function prepareFile(
  request: SignFile,
  signer: Pick<Signer, 'certificate' | 'chain' | 'hash'>,
): Promise<PreparedFile | Refusal> {
  let pdf: PdfFile;
  try {
    pdf = await openPdf(request.input);
  } catch (error) {
    if (error instanceof PdfError) return refuseProblem(error);
    throw error;
  }
  try {
    const signed = pdf.signatureFields().filter((field) => field.value);
    const field = request.field ?? freeFieldName(pdf, 'KySo');
    const refused = guardFile(pdf, field) ?? guardObjects(pdf);
    if (refused) return refused;
    if (request.field !== null && !pdf.signatureFields().some((one) => one.name === request.field && !one.value)) {
      return refuse(
        'no-empty-field',
        'Tệp không có ô ký trống với tên này. Hãy chọn ô khác hoặc thêm ô mới.',
        'The file has no empty signature field of that name. Choose another, or add a new one.',
      );
    }
    if (signed.length > 0) {
      const broken = await guardEarlier(request.input);
      if (broken) return broken;
    }
    const pages = pdf.pages();
    const page = pages[request.page < 0 ? pages.length - 1 : request.page];
    if (!page) return refuse('no-page', 'Tệp không có trang nào để ký.', 'The file has no page to sign.');
    const appearance = request.appearance ? request.appearance(page, pdf) : null;
    const certificates = [signer.certificate, ...signer.chain].reduce((sum, one) => sum + one.der.length, 0);
    const contentsBytes = Math.ceil((certificates + 2048 + request.timestampBytes) / chunkBytes) * chunkBytes;
    const prepared = prepareSignature(pdf, {
      field: request.field === null ? { add: field } : { existing: field },
      page: page.index,
      appearance,
      subFilter: 'ETSI.CAdES.detached',
      signedAt: request.signedAt,
      signer: signer.certificate.subject,
      reason: request.reason,
      contentsBytes,
      ...(request.also ? { also: request.also } : {}),
    });
    const temporary = temporaryName(request.output);
    const small = pdf.size <= SMALL_FILE ? pdf.read(0, pdf.size) : null;
    // The copy runs in the thread pool while this thread hashes; the re-check proves that both saw the same bytes.
    const [original] = await Promise.all([digestOriginal(pdf, signer.hash), small ?? copyOriginal(request.input, temporary)]);
    if (request.seen !== null && original.sha256 !== request.seen) {
      if (!small) await rm(temporary, { force: true });
      return refuse(
        'changed-since-seen',
        'Tệp đã bị sửa sau khi anh/chị xem. Hãy mở xem lại rồi ký.',
        'The file changed after you looked at it. Look at it again, then sign.',
      );
    }
    const digest = finishDigest(original.running, prepared, pdf.size);
    const attributes = signedAttributes(signer.certificate, signer.hash, digest);
    return {
      request,
      size: pdf.size,
      sha256: original.sha256,
      earlier: signed.map((one) => one.name),
      prepared,
      attributes,
      hash: signer.hash,
      digest,
      temporary,
      original: small,
    };
  } catch (error) {
    if (error instanceof PdfError) return refuseProblem(error);
    throw error;
  } finally {
    await pdf.close();
  }
}

/** Nothing is added to a file whose earlier signatures do not hold. */
export async function guardEarlier(file: string): Promise<Refusal | null> {
  if ((await quickVerify(file)).intact) return null;
  return refuse(
    'earlier-signature-broken',
    'Một chữ ký trước trong tệp không còn đúng nên không ký thêm. Hãy xin lại bản gốc.',
    'An earlier signature in the file does not hold, so nothing is added. Ask for the original again.',
  );
}

/** Signs what was prepared, writes, re-verifies and names the result. On any error the temporary file is removed. */
export async function completeFile(file: PreparedFile, signer: Signer, timestamp: Timestamper | null): Promise<SignedFile> {
  try {
    const signature = await signer.sign(attributesDigest(file.attributes, signer.hash), file.attributes);
    return await finishFile(file, signer, signature, timestamp ? await timestamp(signature) : null);
  } catch (error) {
    await rm(file.temporary, { force: true });
    throw error;
  }
}

/**
 * The part after the key: CMS, temporary file, fsync, re-check, rename.
 * @param evidence stands beside the result, and on the disk before the result has its name: no signed file is without it
 * @param write what does the last of it; another thread may
 */
export async function finishFile(
  file: PreparedFile,
  signer: Signer,
  signature: Buffer,
  timestamp: Buffer | null,
  evidence: string | null = null,
  write: (job: WriteJob) => Promise<string> = writeResult,
): Promise<SignedFile> {
  const cms = signedData({
    certificate: signer.certificate,
    chain: signer.chain,
    hash: signer.hash,
    scheme: signer.scheme,
    attributes: file.attributes,
    signature,
    ...(timestamp ? { timestamp } : {}),
  });
  const { prepared, request, temporary, original, size, sha256, earlier } = file;
  const { output } = request;
  const { bytes, field } = prepared;
  if (cms.length * 2 > prepared.contentsLength) throw new RangeError('the signature is larger than the room kept for it');
  bytes.write(cms.toString('hex').toUpperCase(), prepared.contentsAt, 'latin1');
  const whole = await write({
    temporary,
    output,
    original,
    update: bytes,
    evidence: evidence === null ? null : { file: evidenceName(output, field), text: evidence },
    expected: { field, size, sha256, earlier },
  });
  return { output, size: size + bytes.length, sha256: whole, field };
}

/** Where the evidence of a signature stands. */
export const evidenceName = (result: string, field: string): string => `${result}.${field}.json`;

/** Bytes between the two ranges are /Contents and stay out of the digest. */
function finishDigest(running: Hash, prepared: PreparedSignature, size: number): Buffer {
  const [, gapStart, gapEnd] = prepared.byteRange;
  running.update(prepared.bytes.subarray(0, gapStart - size));
  running.update(prepared.bytes.subarray(gapEnd - size));
  return running.digest();
}

function refuseProblem(error: PdfError): Refusal {
  const { code, vi, en } = error.problem;
  return refuse(`pdf-${code.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, vi, en);
}

/** Room that RFC 3161 tokens of the known authorities need, with their chain. */
export const TIMESTAMP_ROOM = 12_288;
