import { z } from 'zod';
import { base, command, fileLink } from './base.ts';

/** Paper: what the forms room offers beside the documents that belong to a dossier (those are opened through `dossiers`). */
export const documentsContract = {
  /** The blank form, to show what a citizen will get; filled with invented data and marked so. */
  sample: base.input(z.object({ form: z.enum(['01', '02', '03', '04', '05', '06', '07']) })).output(fileLink),
  /** Prints a document of a dossier again; copies are marked as reprints in the history, not on the paper. */
  print: base
    .input(command({ documentId: z.string(), copies: z.number().int().min(1).max(10).default(1) }))
    .output(z.object({ jobId: z.string() })),
};
