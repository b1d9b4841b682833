import { createHash, type Hash } from 'node:crypto';
import { closeSync, constants, fsync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import type { HashName } from '../cms/index.ts';
import { pieces, type PdfFile } from '../pdf/index.ts';

const durable = promisify(fsync);

/** Waits until what was written to these files is on the disk: together, because they then share one commit of the file system. */
export async function makeDurable(...files: readonly number[]): Promise<void> {
  const ends = await Promise.allSettled(files.map((fd) => durable(fd)));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
}

export interface OriginalDigest {
  /** Hash that has taken in the original bytes and goes on with the update. */
  readonly running: Hash;
  /** SHA-256 of the original bytes, hexadecimal: what the officer looked at. */
  readonly sha256: string;
}

/** Reads the original once. */
export async function digestOriginal(pdf: PdfFile, hash: HashName): Promise<OriginalDigest> {
  const running = createHash(hash);
  const plain = hash === 'sha256' ? null : createHash('sha256');
  await hashRange(pdf, 0, pdf.size, plain ? [running, plain] : [running]);
  return { running, sha256: (plain ?? running.copy()).digest('hex') };
}

/** Feeds a part of a file to hashes, a piece at a time. */
export async function hashRange(pdf: PdfFile, start: number, length: number, hashes: readonly Hash[]): Promise<void> {
  for await (const piece of pdf.bytes(start, start + length)) for (const hash of hashes) hash.update(piece);
}

/** A name beside the target that no reader takes for a result, and that a later start can recognise and remove. */
export const temporaryName = (target: string): string => path.join(path.dirname(target), `.${path.basename(target)}.dang-ky`);

/** Copies the original to the temporary file; the update is appended later. */
export async function copyOriginal(original: string, temporary: string): Promise<void> {
  await rm(temporary, { force: true });
  await copyFile(original, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
}

/** Appends the update to a copy and makes it durable. */
export async function appendUpdate(temporary: string, size: number, update: Buffer): Promise<void> {
  const fd = writeTemporary(temporary, size, null, update);
  try {
    await makeDurable(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Writes the temporary file. Only the wait for the disk (`makeDurable`) leaves this thread: a write goes to memory.
 * @param original the bytes before the update; null when a copy of `size` bytes lies there already
 * @returns the open descriptor, so that the re-check need not open the file again; the caller closes it
 */
export function writeTemporary(temporary: string, size: number, original: Uint8Array | null, update: Uint8Array): number {
  const fd = original ? openNew(temporary) : openSync(temporary, 'r+');
  try {
    if (original) writeAll(fd, original, 0);
    writeAll(fd, update, size);
    if (!original) ftruncateSync(fd, size + update.length);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Writes a small file beside a result. @returns the open descriptor; the caller makes it durable and closes it */
export function writeBeside(file: string, text: string): number {
  const fd = openSync(file, 'w');
  try {
    writeAll(fd, Buffer.from(text), 0);
    return fd;
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

function openNew(file: string): number {
  try {
    return openSync(file, 'wx+');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    rmSync(file);
    return openSync(file, 'wx+');
  }
}

function writeAll(fd: number, bytes: Uint8Array, at: number): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done, bytes.length - done, at + done);
}

/** Gives the finished file its name. `syncFolders` makes the name survive a power cut. */
export async function publish(temporary: string, target: string): Promise<void> {
  await rename(temporary, target);
}

/** Makes new names durable; each folder of `files` once. */
export async function syncFolders(files: readonly string[]): Promise<void> {
  if (process.platform === 'win32') return; // a folder cannot be opened for sync there
  for (const folder of new Set(files.map((file) => path.dirname(file)))) {
    const handle = await open(folder, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }
}

/** SHA-256 of a whole file, hexadecimal. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  const handle = await open(file, 'r');
  try {
    for await (const piece of pieces(handle.fd, 0, (await handle.stat()).size)) hash.update(piece);
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}
