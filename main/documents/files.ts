import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';

/** A file that will not change: its name is the SHA-256 of its bytes. */
export interface KeptFile {
  /** SHA-256, lower-case hexadecimal; also its id. */
  readonly id: string;
  /** Below the data folder, forward slashes. */
  readonly path: string;
  readonly size: number;
}

/** Papers and components on disk, by content. What a dossier refers to is on the disk before the dossier says so. */
export interface FileStore {
  put(bytes: Uint8Array, extension?: string): KeptFile;
  /** Takes over a finished file (a component PDF) by moving it; its bytes are hashed again. */
  adopt(file: string, extension?: string): KeptFile;
  /** @throws Error when the bytes on disk are not those that were kept */
  read(kept: Pick<KeptFile, 'id' | 'path'>): Uint8Array;
  absolute(kept: Pick<KeptFile, 'path'>): string;
  exists(kept: Pick<KeptFile, 'path'>): boolean;
  /** A name for a file that is being written, in the same file system. */
  scratch(name: string): string;
}

export function fileStore(dataDir: string): FileStore {
  const root = path.join(dataDir, 'files');
  mkdirSync(path.join(root, 'scratch'), { recursive: true });
  const absolute = (kept: Pick<KeptFile, 'path'>) => path.join(dataDir, ...kept.path.split('/'));
  const place = (id: string, extension: string) => `files/${id.slice(0, 2)}/${id}${extension}`;
  const scratch = (name: string) => path.join(root, 'scratch', name);
  const settle = (from: string, id: string, size: number, extension: string): KeptFile => {
    const kept = { id, path: place(id, extension), size };
    const target = absolute(kept);
    mkdirSync(path.dirname(target), { recursive: true });
    if (existsSync(target) && statSync(target).size === size) rmSync(from, { force: true });
    else renameSync(from, target);
    syncFolder(path.dirname(target));
    return kept;
  };
  return {
    absolute,
    scratch,
    exists: (kept) => existsSync(absolute(kept)),
    put(bytes, extension = '.pdf') {
      const id = createHash('sha256').update(bytes).digest('hex');
      const from = scratch(`${id}.${process.pid}`);
      const fd = openSync(from, 'w');
      try {
        for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      return settle(from, id, bytes.length, extension);
    },
    adopt(file, extension = '.pdf') {
      const bytes = readFileSync(file);
      return settle(file, createHash('sha256').update(bytes).digest('hex'), bytes.length, extension);
    },
    read(kept) {
      const bytes = readFileSync(absolute(kept));
      if (createHash('sha256').update(bytes).digest('hex') !== kept.id) throw new Error(`file ${kept.id} changed on disk`);
      return bytes;
    },
  };
}

/** Windows cannot sync a folder; there the rename is all there is. */
function syncFolder(folder: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
