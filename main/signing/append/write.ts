import { closeSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { makeDurable, publish, writeBeside, writeTemporary } from './output.ts';
import { recheck, type Expected } from './recheck.ts';

/** A signed file that only has to get onto the disk. Plain data: it may cross to another thread. */
export interface WriteJob {
  readonly temporary: string;
  readonly output: string;
  /** The bytes of a small original; null when a copy of it lies in the temporary file. */
  readonly original: Uint8Array | null;
  /** The update, with its signature. */
  readonly update: Uint8Array;
  /** Stands beside the result, and on the disk before the result has its name: no signed file is without it. */
  readonly evidence: { readonly file: string; readonly text: string } | null;
  readonly expected: Expected;
}

/**
 * Temporary file, fsync, re-check, rename. After an error the result has no name and no evidence; the temporary file is the caller's.
 * @returns SHA-256 of the whole signed file, hexadecimal
 */
export async function writeResult(job: WriteJob): Promise<string> {
  const { temporary, evidence, expected } = job;
  const open: number[] = [];
  try {
    const fd = writeTemporary(temporary, expected.size, job.original, job.update);
    open.push(fd);
    if (evidence) open.push(writeBeside(evidence.file, evidence.text));
    await makeDurable(...open);
    const whole = await recheck(temporary, fd, expected);
    for (const one of open.splice(0)) closeSync(one);
    await publish(temporary, job.output);
    return whole;
  } catch (error) {
    for (const one of open) closeSync(one);
    if (evidence) await rm(evidence.file, { force: true });
    throw error;
  }
}
