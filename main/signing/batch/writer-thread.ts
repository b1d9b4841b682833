/** The thread of `Writer`: one signed file per message, several at a time, because a disk that must sync is slow. */
import { parentPort } from 'node:worker_threads';
import { writeResult, type WriteJob } from '../append/write.ts';

export interface WriterMessage {
  readonly id: number;
  readonly job: WriteJob;
}

export type WriterAnswer =
  | { readonly up: true }
  | { readonly id: number; readonly sha256: string }
  | { readonly id: number; readonly error: Error };

const post = (answer: WriterAnswer): void => parentPort?.postMessage(answer);

parentPort?.on('message', ({ id, job }: WriterMessage) => {
  writeResult(job).then(
    (sha256) => post({ id, sha256 }),
    (error: unknown) => post({ id, error: error instanceof Error ? error : new Error(String(error)) }),
  );
});
post({ up: true });
