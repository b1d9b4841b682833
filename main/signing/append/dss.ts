import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import { dict, isRef, isString, name, type PdfFile, type PdfObject, type PdfRef, type PdfStream } from '../pdf/index.ts';
import { updateBase } from './field.ts';
import { Update } from './update.ts';

export interface ValidationData {
  readonly certificates: readonly Buffer[];
  readonly ocsp: readonly Buffer[];
  readonly crls: readonly Buffer[];
}

/**
 * A revision with a document security store (EN 319 142-1 5.4.2.2; ISO 32000-2 12.8.4.3): what was there stays, what is new is
 * added, and the entry of this signature says which of it belongs to it.
 * @param field the signature that the data are for
 * @returns the bytes to append
 */
export function dssRevision(pdf: PdfFile, field: string, data: ValidationData): Buffer {
  const update = new Update(updateBase(pdf));
  const entry = pdf.root.entries.get('DSS');
  const before = pdf.dict(entry);
  const entries = new Map(before?.entries ?? [['Type', name('DSS')] as [string, PdfObject]]);
  const add = (key: string, list: readonly Buffer[]): PdfRef[] => {
    const refs = list.map((bytes) => update.add(stream(bytes)));
    const old = pdf.resolve(entries.get(key));
    if (refs.length > 0) entries.set(key, [...(Array.isArray(old) ? old : []), ...refs]);
    return refs;
  };
  const own: Record<string, PdfObject> = { Type: name('VRI') };
  for (const [key, single, list] of [
    ['Certs', 'Cert', data.certificates],
    ['OCSPs', 'OCSP', data.ocsp],
    ['CRLs', 'CRL', data.crls],
  ] as const) {
    const refs = add(key, list);
    if (refs.length > 0) own[single] = refs;
  }
  const vri = pdf.dict(entries.get('VRI'));
  entries.set('VRI', dict(new Map(vri?.entries ?? []).set(vriKey(pdf, field), dict(own))));
  if (isRef(entry) && before) update.set(entry, dict(entries));
  else update.set(pdf.rootRef, dict(new Map(pdf.root.entries).set('DSS', update.add(dict(entries)))));
  return update.write().bytes;
}

/** SHA-1 of /Contents in upper case hexadecimal: a name, not a safeguard (EN 319 142-1 5.4.2.3). */
function vriKey(pdf: PdfFile, field: string): string {
  const value = pdf.signatureFields().find((one) => one.name === field)?.value;
  const contents = value && pdf.resolve(value.dict.entries.get('Contents'));
  if (!contents || !isString(contents)) throw new RangeError('there is no signature in that field');
  return createHash('sha1').update(contents.bytes).digest('hex').toUpperCase();
}

const stream = (bytes: Buffer): PdfStream => ({ kind: 'stream', dict: dict({ Filter: name('FlateDecode') }), bytes: deflateSync(bytes) });
