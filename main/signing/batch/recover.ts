import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { hashFile, temporaryName } from '../append/index.ts';
import { inspectCms } from '../cms/index.ts';
import { isString, openPdf, PdfError } from '../pdf/index.ts';
import type { Batch, Journal, Owed } from './journal.ts';
import { interrupted } from './words.ts';

/**
 * After a crash or kill at any point: a file that had got its final name was re-verified before, and its evidence was on the disk, so
 * it is signed; any other is untouched, and its temporary copy and evidence are removed. The batch then waits for the PIN.
 */
export async function reconcile(journal: Journal, batch: Batch): Promise<void> {
  const finished: Parameters<Journal['filesSigned']>[0][number][] = [];
  const folders = new Map<string, string[]>();
  for (const file of journal.files(batch.id)) {
    if (file.state !== 'pending') continue;
    await rm(temporaryName(file.output), { force: true });
    const signer = existsSync(file.output) ? await newestSigner(file.output) : null;
    if (signer) {
      const { subject, timestamped } = signer;
      const level = timestamped ? 'B-T' : 'B-B';
      const record = { level, signedAt: batch.startedAt, signer: subject, sha256: await hashFile(file.output) } as const;
      finished.push({ file, record, owes: owed(batch, timestamped) });
    } else await removeBeside(file.output, folders);
  }
  if (finished.length > 0) journal.filesSigned(finished);
  if (journal.files(batch.id).every((file) => file.state !== 'pending')) {
    journal.setBatch(batch.id, 'done', null);
    return;
  }
  if (batch.state === 'cancelling') {
    journal.setBatch(batch.id, 'cancelled', null);
    return;
  }
  journal.setBatch(batch.id, 'paused', interrupted());
}

/** The kill may have come between the name and the long-term data. */
function owed(batch: Batch, timestamped: boolean): Owed | null {
  if (batch.level === 'B-B') return null;
  if (!timestamped) return 'timestamp';
  return batch.level === 'B-T' ? null : 'long-term';
}

/** Evidence of a result that never came. @param folders what lies in each folder, read once */
async function removeBeside(output: string, folders: Map<string, string[]>): Promise<void> {
  const folder = path.dirname(output);
  const names = folders.get(folder) ?? (await readdir(folder).catch(() => []));
  folders.set(folder, names);
  const start = `${path.basename(output)}.`;
  for (const name of names) if (name.startsWith(start) && name.endsWith('.json')) await rm(path.join(folder, name), { force: true });
}

async function newestSigner(file: string): Promise<{ subject: string; timestamped: boolean } | null> {
  try {
    const pdf = await openPdf(file);
    try {
      const last = pdf.signatureFields().findLast((field) => field.value);
      const contents = last?.value && pdf.resolve(last.value.dict.entries.get('Contents'));
      if (!contents || !isString(contents)) return null;
      const cms = inspectCms(contents.bytes);
      return { subject: cms.signer.subject, timestamped: cms.timestamp !== null };
    } finally {
      await pdf.close();
    }
  } catch (error) {
    if (error instanceof PdfError) return null;
    throw error;
  }
}
