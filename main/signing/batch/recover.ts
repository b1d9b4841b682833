import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hashFile, temporaryName } from '../append/index.ts';
import { inspectCms } from '../cms/index.ts';
import { isString, openPdf, PdfError } from '../pdf/index.ts';
import type { Batch, Journal, Owed } from './journal.ts';
import { interrupted } from './words.ts';

/**
 * After a crash or kill at any point: a file that had got its final name was re-verified before, so it is signed; any other is
 * untouched and its temporary copy is removed. The batch then waits for the PIN.
 */
export async function reconcile(journal: Journal, batch: Batch): Promise<void> {
  for (const file of journal.files(batch.id)) {
    if (file.state !== 'pending') continue;
    await rm(temporaryName(file.output), { force: true });
    const signer = existsSync(file.output) ? await newestSigner(file.output) : null;
    if (signer)
      journal.filesSigned([
        {
          file,
          record: { level: signer.timestamped ? 'B-T' : 'B-B', signedAt: batch.startedAt, ...signer, sha256: await hashFile(file.output) },
          owes: owed(batch, signer.timestamped),
        },
      ]);
  }
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

async function newestSigner(file: string): Promise<{ signer: string; timestamped: boolean } | null> {
  try {
    const pdf = await openPdf(file);
    try {
      const last = pdf.signatureFields().findLast((field) => field.value);
      const contents = last?.value && pdf.resolve(last.value.dict.entries.get('Contents'));
      if (!contents || !isString(contents)) return null;
      const cms = inspectCms(contents.bytes);
      return { signer: cms.signer.subject, timestamped: cms.timestamp !== null };
    } finally {
      await pdf.close();
    }
  } catch (error) {
    if (error instanceof PdfError) return null;
    throw error;
  }
}
