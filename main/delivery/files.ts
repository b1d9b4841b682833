import { createHash, type Hash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { CheckedFile } from './adapters/adapter.ts';
import { ProvinceProblem } from './problems.ts';

const PIECE = 256 * 1024;

/**
 * Opens a file of the manifest and proves that it still is what was scanned (size and SHA-256) before anything leaves. While it is
 * sent, the bytes are hashed once more and the last piece stays back until they agree, so that a file that changes under our hands
 * never arrives whole.
 * @param root data folder; `file.path` may not leave it
 * @throws ProvinceProblem `file` with reason code gone, changed or unreadable
 */
export async function checkFile(root: string, file: { path: string; name: string; size: number; sha256: string }): Promise<CheckedFile> {
  const full = path.resolve(root, file.path);
  if (full !== path.resolve(root) && !full.startsWith(path.resolve(root) + path.sep)) throw problem('unreadable', file.name);
  await withFile(full, file.name, async (handle) => {
    const { size } = await handle.stat();
    if (size !== file.size) throw problem('changed', file.name);
    const hash = createHash('sha256');
    for await (const piece of pieces(handle, 0, file.size, file.name)) hash.update(piece);
    if (hash.digest('hex') !== file.sha256) throw problem('changed', file.name);
  });
  return {
    name: file.name,
    size: file.size,
    sha256: file.sha256,
    async *chunks(offset) {
      const handle = await openFile(full, file.name);
      try {
        if ((await handle.stat()).size !== file.size) throw problem('changed', file.name);
        // From the middle (a resumed upload) the receiver's own hash is the proof; from the start ours is.
        const hash: Hash | null = offset === 0 ? createHash('sha256') : null;
        let held: Buffer | null = null;
        for await (const piece of pieces(handle, offset, file.size, file.name)) {
          hash?.update(piece);
          if (held) yield held;
          held = piece;
        }
        if (hash && hash.digest('hex') !== file.sha256) throw problem('changed', file.name);
        if (held) yield held;
      } finally {
        await handle.close();
      }
    },
  };
}

async function* pieces(handle: FileHandle, from: number, size: number, name: string): AsyncGenerator<Buffer> {
  let at = from;
  while (at < size) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE, size - at));
    const { bytesRead } = await handle.read(piece, 0, piece.length, at);
    if (bytesRead === 0) throw problem('changed', name);
    at += bytesRead;
    yield bytesRead === piece.length ? piece : piece.subarray(0, bytesRead);
  }
}

async function withFile(full: string, name: string, work: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await openFile(full, name);
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}

async function openFile(full: string, name: string): Promise<FileHandle> {
  try {
    return await open(full, 'r');
  } catch (error) {
    throw problem((error as { code?: string }).code === 'ENOENT' ? 'gone' : 'unreadable', name);
  }
}

const problem = (reasonCode: 'gone' | 'changed' | 'unreadable', file: string) =>
  new ProvinceProblem('file', reasonCode, { reasonCode, file });
