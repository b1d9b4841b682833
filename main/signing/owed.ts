import { hashFile } from './append/index.ts';
import { inspectCms } from './cms/index.ts';
import { raise, type CompleteContext } from './files.ts';
import { isString, openPdf } from './pdf/index.ts';
import type { Level } from './sign.ts';
import { upgradeFile, type Stamp } from './upgrade.ts';
import type { Certificate } from './cms/index.ts';

export interface OwedFile {
  readonly kind: 'timestamp' | 'long-term';
  readonly file: string;
}

/**
 * Pays what a signed document owes. A timestamp is added as a document timestamp, because the signature itself cannot change any
 * more; that makes it B-T (EN 319 142-1 6.3 allows either).
 * @returns null when it is still not possible. @throws TimestampError when no timestamp comes
 */
export async function settle(
  owing: OwedFile,
  wanted: Level,
  stamp: Stamp,
  context: (certificate: Certificate, pool: readonly Certificate[]) => CompleteContext,
): Promise<{ level: Level; sha256: string } | null> {
  if (owing.kind === 'timestamp') return { level: 'B-T', sha256: await upgradeFile(owing.file, { validation: null, stamp }) };
  const signature = await newestSignature(owing.file);
  if (!signature?.cms.timestamp) return null;
  const { field, cms } = signature;
  const level = wanted === 'B-LT' ? 'B-LT' : 'B-LTA';
  const done = await raise(owing.file, cms.signer, { field, sha256: await hashFile(owing.file) }, cms.timestamp, {
    ...context(cms.signer, cms.certificates),
    level,
  });
  return done.owes ? null : done;
}

async function newestSignature(file: string): Promise<{ field: string; cms: ReturnType<typeof inspectCms> } | null> {
  const pdf = await openPdf(file);
  try {
    const field = pdf.signatureFields().findLast((one) => one.value);
    const contents = field?.value && pdf.resolve(field.value.dict.entries.get('Contents'));
    return field && contents && isString(contents) ? { field: field.name, cms: inspectCms(contents.bytes) } : null;
  } finally {
    await pdf.close();
  }
}
