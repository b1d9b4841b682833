import { rm } from 'node:fs/promises';
import {
  appendUpdate,
  copyOriginal,
  digestOriginal,
  freeFieldName,
  hashFile,
  prepareSignature,
  publish,
  syncFolders,
  temporaryName,
} from './append/index.ts';
import { dssRevision, type ValidationData } from './append/dss.ts';
import { openPdf, type PdfFile } from './pdf/index.ts';
import { TIMESTAMP_ROOM } from './sign.ts';
import { quickVerify } from './verify/quick.ts';

/** Asks for a TimeStampToken for a SHA-256 imprint. */
export type Stamp = (imprint: Buffer) => Promise<Buffer>;

export interface Upgrade {
  /** For the signature in this field; null adds none. */
  readonly validation: { readonly field: string; readonly data: ValidationData } | null;
  /** Adds a document timestamp; null adds none. */
  readonly stamp: Stamp | null;
}

/** The upgraded copy does not hold; the file is as it was. */
export class UpgradeError extends Error {}

/**
 * Raises a signed file to B-LT (a security store) or B-LTA (and a document timestamp) by further revisions, or gives one that owes
 * it a timestamp (EN 319 142-1 6.3). Works on a copy that takes the file's name only after every signature was checked again.
 * @returns SHA-256 of the new file
 */
export async function upgradeFile(file: string, upgrade: Upgrade): Promise<string> {
  const temporary = temporaryName(file);
  await copyOriginal(file, temporary);
  try {
    const { validation, stamp } = upgrade;
    if (validation) await append(temporary, async (pdf) => dssRevision(pdf, validation.field, validation.data));
    if (stamp) await append(temporary, (pdf) => timestampRevision(pdf, stamp));
    if (!(await quickVerify(temporary)).intact) throw new UpgradeError('a signature does not hold in the upgraded copy');
    await publish(temporary, file);
    await syncFolders([file]);
    return await hashFile(file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function append(file: string, make: (pdf: PdfFile) => Promise<Buffer>): Promise<void> {
  const pdf = await openPdf(file);
  let bytes: Buffer;
  try {
    bytes = await make(pdf);
  } finally {
    await pdf.close();
  }
  await appendUpdate(file, pdf.size, bytes);
}

/** A DocTimeStamp (EN 319 142-1 5.4.3): a signature field whose contents are a token over everything before it. */
async function timestampRevision(pdf: PdfFile, stamp: Stamp): Promise<Buffer> {
  const prepared = prepareSignature(pdf, {
    field: { add: freeFieldName(pdf, 'DauThoiGian') },
    page: 0,
    appearance: null,
    subFilter: 'ETSI.RFC3161',
    signedAt: null,
    signer: null,
    reason: null,
    contentsBytes: TIMESTAMP_ROOM,
  });
  const [, gapStart, gapEnd] = prepared.byteRange;
  const { running } = await digestOriginal(pdf, 'sha256');
  running.update(prepared.bytes.subarray(0, gapStart - pdf.size));
  running.update(prepared.bytes.subarray(gapEnd - pdf.size));
  const token = await stamp(running.digest());
  if (token.length * 2 > prepared.contentsLength) throw new UpgradeError('the timestamp is larger than the room kept for it');
  prepared.bytes.write(token.toString('hex').toUpperCase(), prepared.contentsAt, 'latin1');
  return prepared.bytes;
}
