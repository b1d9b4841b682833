import type { Batch, BatchFile, Item, Place } from './batch/journal.ts';
import type { BatchRunner } from './batch/runner.ts';
import type { Level } from './sign.ts';

export interface StartItem {
  readonly documentId: string;
  readonly sha256: string;
  readonly placement?: Place | null | undefined;
  readonly field?: string | null | undefined;
  /** Number and symbol of the document. */
  readonly number?: string | undefined;
}

export interface StartRequest {
  readonly commandId: string;
  readonly module: string;
  readonly tokenSerial: string;
  readonly certificateId: string;
  readonly pin: string | null;
  readonly confirmFinalTry: boolean;
  readonly level?: Level | undefined;
  readonly items: readonly StartItem[];
}

export interface BatchView {
  readonly batch: Batch;
  readonly files: readonly BatchFile[];
  readonly titles: ReadonlyMap<string, Item>;
  readonly runner: BatchRunner | null;
}
