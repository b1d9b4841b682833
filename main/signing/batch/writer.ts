import { rm } from 'node:fs/promises';
import { Worker } from 'node:worker_threads';
import { writeResult, type WriteJob } from '../append/index.ts';
import type { WriterAnswer, WriterMessage } from './writer-thread.ts';

interface Waiting {
  readonly job: WriteJob;
  readonly resolve: (sha256: string) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Writes and re-checks finished files in a thread of its own, so that this one prepares the next and serves the hall meanwhile. Until
 * that thread is up, and where it cannot be, the work is done here: it is the same.
 */
export class Writer {
  private readonly worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private up = false;
  private nextId = 1;

  constructor() {
    this.worker = new Worker(new URL('./writer-thread.ts', import.meta.url));
    this.worker.unref(); // nothing waits for a thread that has nothing to do
    this.worker.on('message', (answer: WriterAnswer) => this.hear(answer));
    let why: unknown = 'closed';
    this.worker.on('error', (error) => (why = error)); // its exit follows, when nothing of it works any more
    this.worker.on('exit', () => this.gone(new Error('the writing thread ended', { cause: why })));
  }

  /** The thread is up and takes the work. */
  get threaded(): boolean {
    return this.up;
  }

  /** @returns SHA-256 of the whole signed file, hexadecimal. See `writeResult` */
  write(job: WriteJob): Promise<string> {
    if (!this.up) return writeResult(job);
    const id = this.nextId++;
    return new Promise((resolve, reject) => {
      if (this.waiting.size === 0) this.worker.ref();
      this.waiting.set(id, { job, resolve, reject });
      this.worker.postMessage({ id, job } satisfies WriterMessage);
    });
  }

  /** When nothing is being written any more. */
  async close(): Promise<void> {
    this.up = false;
    await this.worker.terminate();
  }

  private hear(answer: WriterAnswer): void {
    if ('up' in answer) {
      this.up = true;
      return;
    }
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (this.waiting.size === 0) this.worker.unref();
    if ('sha256' in answer) waiting?.resolve(answer.sha256);
    else waiting?.reject(answer.error);
  }

  /** How far it came with what was on its way is not known. That counts as failed, so it must not lie there as a result. */
  private gone(error: Error): void {
    this.up = false;
    const lost = [...this.waiting.values()];
    this.waiting.clear();
    for (const { job, reject } of lost) {
      const files = [job.output, ...(job.evidence ? [job.evidence.file] : [])];
      void Promise.allSettled(files.map((file) => rm(file, { force: true }))).then(() => reject(error));
    }
  }
}
