import { createHash, type Hash } from 'node:crypto';
import { constants, copyFile, open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { HashName } from '../cms/index.ts';

const CHUNK = 1 << 20;

/** Feeds a part of a file to hashes, a chunk at a time, reading the next chunk while the last one is hashed. */
export async function hashRange(handle: FileHandle, start: number, length: number, hashes: readonly Hash[]): Promise<void> {
  const buffers = [Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, length))), Buffer.allocUnsafe(Math.min(CHUNK, Math.max(1, length)))];
  const read = (at: number, into: Buffer) => handle.read(into, 0, Math.min(into.length, start + length - at), at);
  let at = start;
  let turn = 0;
  let pending = length > 0 ? read(at, buffers[0] ?? Buffer.alloc(0)) : null;
  while (pending) {
    const { bytesRead } = await pending;
    if (bytesRead === 0) throw new Error('the file became shorter while it was read');
    const got = (buffers[turn] ?? Buffer.alloc(0)).subarray(0, bytesRead);
    at += bytesRead;
    turn = 1 - turn;
    pending = at < start + length ? read(at, buffers[turn] ?? Buffer.alloc(0)) : null;
    for (const hash of hashes) hash.update(got);
  }
}

export interface OriginalDigest {
  /** Hash that has taken in the original bytes and goes on with the update. */
  readonly running: Hash;
  /** SHA-256 of the original bytes, hexadecimal: what the officer looked at. */
  readonly sha256: string;
}

/** Reads the original once. */
export async function digestOriginal(file: string, size: number, hash: HashName): Promise<OriginalDigest> {
  const running = createHash(hash);
  const plain = hash === 'sha256' ? null : createHash('sha256');
  const handle = await open(file, 'r');
  try {
    await hashRange(handle, 0, size, plain ? [running, plain] : [running]);
  } finally {
    await handle.close();
  }
  return { running, sha256: (plain ?? running.copy()).digest('hex') };
}

/** A name beside the target that no reader takes for a result, and that a later start can recognise and remove. */
export const temporaryName = (target: string): string => path.join(path.dirname(target), `.${path.basename(target)}.dang-ky`);

/** Copies the original to the temporary file; the update is appended later. */
export async function copyOriginal(original: string, temporary: string): Promise<void> {
  await rm(temporary, { force: true });
  await copyFile(original, temporary, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
}

/** Appends the update and makes it durable. */
export async function appendUpdate(temporary: string, size: number, update: Buffer): Promise<void> {
  const handle = await open(temporary, 'r+');
  try {
    await handle.write(update, 0, update.length, size);
    await handle.truncate(size + update.length);
    await handle.sync();
  } finally {
    await handle.close();
  }
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
    await hashRange(handle, 0, (await handle.stat()).size, [hash]);
  } finally {
    await handle.close();
  }
  return hash.digest('hex');
}
