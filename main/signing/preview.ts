import type { Refusal } from '../contract/refusal.ts';
import { freeFieldName, guardFile, guardObjects, hashFile } from './append/index.ts';
import { numberWanted, SIZES, usualPlace } from './appearance/index.ts';
import type { Item, Place } from './batch/journal.ts';
import { decodeText, isString, openPdf, PdfError, type PdfFile, type PdfPage, type PdfSignatureField } from './pdf/index.ts';
import { fileMissing } from './refusals.ts';
import { guardEarlier } from './sign.ts';
import { sentenceOf } from './tokens/index.ts';

export interface Preview {
  readonly documentId: string;
  readonly file: string;
  readonly sha256: string;
  readonly pages: { x: number; y: number; width: number; height: number; rotate: number }[];
  readonly warnings: { code: string; vi: string; en: string }[];
  readonly refused: { code: string; vi: string; en: string } | null;
  readonly cleanable: boolean;
  readonly signatures: { field: string; signer: string | null; signedAt: string | null }[];
  readonly emptyFields: string[];
  readonly numberWanted: boolean;
  readonly placement: Place | null;
}

/** What an officer sees before signing: the very bytes, what is odd about them, and where the form will stand. */
export async function preview(item: Item, saved: Place | null, sealPicture = true): Promise<Preview | Refusal> {
  let sha256: string;
  try {
    sha256 = await hashFile(item.file);
  } catch {
    return fileMissing();
  }
  const empty = {
    documentId: item.documentId,
    file: item.file,
    sha256,
    pages: [],
    warnings: [],
    signatures: [],
    emptyFields: [],
    numberWanted: false,
    placement: null,
  };
  try {
    const pdf = await openPdf(item.file);
    try {
      const seen = look(pdf, item, saved, sealPicture);
      const broken = seen.refused === null && seen.signatures.length > 0 && item.state !== 'signed' ? await guardEarlier(item.file) : null;
      return { ...empty, ...seen, ...(broken ? { refused: sentenceOf(broken) } : {}) };
    } finally {
      await pdf.close();
    }
  } catch (error) {
    if (!(error instanceof PdfError)) throw error;
    const { code, vi, en } = error.problem;
    return { ...empty, refused: { code, vi, en }, cleanable: true };
  }
}

function look(pdf: PdfFile, item: Item, saved: Place | null, sealPicture: boolean): Omit<Preview, 'documentId' | 'file' | 'sha256'> {
  const fields = pdf.signatureFields();
  const emptyFields = fields.filter((field) => !field.value).map((field) => field.name);
  const refused = guardFile(pdf, freeFieldName(pdf, 'KySo')) ?? guardObjects(pdf);
  // What stops the signature is said once, as the refusal.
  const problems = [...pdf.problems, ...pdf.audit()].filter((one) => !one.blocks && !refused?.refused.endsWith(kebab(one.code)));
  const warnings = [...new Map(problems.map((one) => [one.code, { code: one.code, vi: one.vi, en: one.en }])).values()];
  const pages = pdf.pages();
  const signatures = fields.filter((field) => field.value).map((field) => describe(pdf, field));
  return {
    pages: pages.map((page) => ({
      x: page.cropBox[0],
      y: page.cropBox[1],
      width: page.cropBox[2] - page.cropBox[0],
      height: page.cropBox[3] - page.cropBox[1],
      rotate: page.rotate,
    })),
    warnings,
    refused: refused && sentenceOf(refused),
    cleanable: signatures.length === 0 && !pdf.permissions.encrypted,
    signatures,
    emptyFields,
    numberWanted: item.steps[0] === 'clerk' && numberWanted(pdf),
    placement: placeOf(item, saved, pages, pdf, sealPicture),
  };
}

const kebab = (code: string): string => code.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** The place that the document leaves free, else where the officer put this form last, else the decree's. */
function placeOf(item: Item, saved: Place | null, pages: readonly PdfPage[], pdf: PdfFile, sealPicture: boolean): Place | null {
  const free = item.form === 'personal' && item.steps[0] === 'leader' ? item.area : null;
  // A place on a longer document is not looked for on a shorter one.
  if (free && free.page < pages.length) {
    // Of the room between title and name the signature takes 55 x 30 mm, centred; the seal's third is measured from that.
    const [width, height] = [Math.min(free.width, SIZES.personal.width), Math.min(free.height, SIZES.personal.height)];
    return { page: free.page, x: free.x + (free.width - width) / 2, y: free.y + (free.height - height) / 2, width, height };
  }
  return saved && saved.page < pages.length ? saved : usualPlace(item.form, pages, pdf, sealPicture);
}

function describe(pdf: PdfFile, field: PdfSignatureField): { field: string; signer: string | null; signedAt: string | null } {
  const text = (key: string): string | null => {
    const value = field.value ? pdf.get(field.value.dict, key) : null;
    return isString(value) ? decodeText(value) : null;
  };
  return { field: field.name, signer: text('Name'), signedAt: text('M') };
}
