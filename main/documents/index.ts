import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { fileLink } from '../contract/base.ts';
import { refuse, type Refusal } from '../contract/refusal.ts';
import type { Clock, Store } from '../store/index.ts';
import { fileStore, type FileStore, type KeptFile } from './files.ts';
import type { Letterhead } from './forms/frame.ts';
import { documentStore, type DocumentKind, type DocumentRow } from './store.ts';

export { documentsMigrations, type DocumentKind, type DocumentRow } from './store.ts';
export { fileStore, type FileStore, type KeptFile } from './files.ts';
export type { FormDossier, FormPerson, Letterhead } from './forms/frame.ts';
export type { SupplementLetter } from './forms/letters.ts';
export type { ControlStep, RegisterLine } from './forms/sheets.ts';
export type { ResultDraft } from './forms/result.ts';
export type { Blanks } from './forms/frame.ts';
export type { Area } from './paper.ts';
export { qrModules, qrSvg } from './qr.ts';
export { ascii, crc16, readVietQr, vietQr, type VietQr } from './vietqr.ts';
export { longDay, longTime, shortTime, stamp } from './words.ts';

export type FileLink = z.infer<typeof fileLink>;

export interface DocumentsDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** The data folder; files lie in `files/` below it. */
  readonly dataDir: string;
  readonly letterhead: Letterhead;
  /** Makes a short-lived address for a screen; the server's. `file` is absolute. */
  readonly link: (file: { file: string; name: string; type: string; size: number }) => FileLink;
  /** Puts a PDF on the A4 printer's queue; the devices'. `file` is absolute. Returns the job's id, '' when there is no printer. */
  readonly print: (job: { file: string; title: string; copies: number; key: string }) => string;
}

type FormNumber = '01' | '02' | '03' | '04' | '05' | '06' | '07';

/** Paper: the seven forms of TT 03/2025/TT-VPCP, results to be signed, the files themselves, and printing them again. */
export function createDocuments(deps: DocumentsDeps) {
  const rows = documentStore(deps.store);
  const files: FileStore = fileStore(deps.dataDir);
  const head = deps.letterhead;
  // The PDF library is large and a counter waits for nobody at its start: it is loaded with the first paper.
  const form =
    <A extends unknown[], R>(load: () => Promise<(letterhead: Letterhead, ...rest: A) => Promise<R>>) =>
    async (...rest: A): Promise<R> =>
      (await load())(head, ...rest);
  return {
    files,
    head,
    receipt: form(async () => (await import('./forms/receipt.ts')).receiptForm),
    visitReceipt: form(async () => (await import('./forms/receipt.ts')).visitReceiptForm),
    supplement: form(async () => (await import('./forms/letters.ts')).supplementForm),
    refusal: form(async () => (await import('./forms/letters.ts')).refusalForm),
    apology: form(async () => (await import('./forms/letters.ts')).apologyForm),
    discontinuation: form(async () => (await import('./forms/letters.ts')).discontinuationForm),
    control: form(async () => (await import('./forms/sheets.ts')).controlForm),
    register: form(async () => (await import('./forms/sheets.ts')).registerForm),
    handover: form(async () => (await import('./forms/sheets.ts')).handoverForm),
    testPage: form(async () => (await import('./forms/test-page.ts')).testPage),
    result: form(async () => (await import('./forms/result.ts')).resultForm),

    /** Writes a document's row; inside the caller's transaction, after its file is on the disk. */
    add(d: { dossierId: string; kind: DocumentKind; name: string; number?: string; file: KeptFile; by: string }): DocumentRow {
      const made: DocumentRow = {
        id: randomUUID(),
        dossierId: d.dossierId,
        kind: d.kind,
        name: d.name,
        number: d.number ?? null,
        file: d.file,
        madeAt: deps.clock.now(),
        madeBy: d.by,
        replacedBy: null,
      };
      rows.add(made);
      return made;
    },
    get: rows.get,
    of: rows.of,
    replace: rows.replace,
    /** `12/2026`-style counters per form and year; a number that was shown on paper is never given again. */
    nextNumber: (form: string, year: number): number => deps.store.transaction(() => rows.nextNumber(form, year)),
    link(d: Pick<DocumentRow, 'file' | 'name'>): FileLink {
      return deps.link({ file: files.absolute(d.file), name: d.name, type: 'application/pdf', size: d.file.size });
    },
    /** A PDF that belongs to no dossier: kept under its hash, shown, never listed. */
    linkBytes(bytes: Uint8Array, name: string, type = 'application/pdf', extension = '.pdf'): FileLink {
      const kept = files.put(bytes, extension);
      return deps.link({ file: files.absolute(kept), name, type, size: kept.size });
    },
    async sample(form: FormNumber): Promise<FileLink> {
      const { sampleForm } = await import('./forms/samples.ts');
      const bytes = await sampleForm(head, form, deps.clock.now());
      return this.linkBytes(bytes, `Mau-${form}.pdf`);
    },
    print(commandId: string, documentId: string, copies = 1): { jobId: string } | Refusal {
      const found = rows.get(documentId);
      if (!found)
        return refuse(
          'document-unknown',
          'Không tìm thấy văn bản này; hãy mở lại hồ sơ.',
          'There is no such document; open the dossier again.',
        );
      if (!files.exists(found.file))
        return refuse(
          'document-file-gone',
          'Tệp của văn bản này không còn trên đĩa; hãy lập lại văn bản.',
          'The file of this document is gone from the disk; make the document again.',
        );
      return deps.store.command(commandId, 'documents.print', () => {
        const jobId = deps.print({ file: files.absolute(found.file), title: found.name, copies, key: commandId });
        // Nothing may look printed that no printer was ever told of.
        return jobId === ''
          ? refuse(
              'no-a4-printer',
              'Chưa cài máy in A4 nên chưa in được. Văn bản vẫn còn: bấm Xem để mở, hoặc cài máy in ở trang Thiết bị rồi in lại.',
              'No A4 printer is set up, so nothing was printed. The paper is kept: look at it, or set a printer up on the Devices page and print again.',
            )
          : { jobId };
      });
    },
  };
}
export type Documents = ReturnType<typeof createDocuments>;
