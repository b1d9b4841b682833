import { read, readSync } from 'node:fs';
import { promisify } from 'node:util';
import { PdfError } from './problems.ts';

/** Bytes at positions. `chunk` gives some bytes that contain `at`, so that a lexer need not ask for each one. */
export interface ByteSource {
  readonly size: number;
  /** A piece that contains position `at` (which is below `size`), and where it starts. */
  chunk(at: number): { bytes: Uint8Array; start: number };
  /** Exactly these bytes. @throws PdfError truncated */
  read(offset: number, length: number): Uint8Array;
}

const BLOCK = 1 << 16;
const KEPT_BLOCKS = 64;

/**
 * Random access over an open file: 64 KiB blocks, 4 MiB of them kept. Reads are synchronous: a block takes microseconds
 * from the page cache, and a parser that waits at every byte would be slower by orders of magnitude.
 */
export class FileSource implements ByteSource {
  readonly size: number;
  readonly #fd: number;
  readonly #blocks = new Map<number, Uint8Array>();

  constructor(fd: number, size: number) {
    this.#fd = fd;
    this.size = size;
  }

  chunk(at: number): { bytes: Uint8Array; start: number } {
    const index = Math.floor(at / BLOCK);
    let block = this.#blocks.get(index);
    if (block === undefined) {
      block = this.#fill(index * BLOCK, Math.min(BLOCK, this.size - index * BLOCK));
      if (this.#blocks.size >= KEPT_BLOCKS) this.#blocks.delete(this.#blocks.keys().next().value ?? 0);
    } else this.#blocks.delete(index);
    this.#blocks.set(index, block);
    return { bytes: block, start: index * BLOCK };
  }

  read(offset: number, length: number): Uint8Array {
    if (offset < 0 || length < 0 || offset + length > this.size) {
      throw new PdfError('truncated', `bytes ${offset}+${length} of ${this.size}`, offset);
    }
    if (length === 0) return new Uint8Array(0);
    const first = Math.floor(offset / BLOCK);
    if (first === Math.floor((offset + length - 1) / BLOCK)) {
      const { bytes, start } = this.chunk(offset);
      return bytes.slice(offset - start, offset - start + length);
    }
    return this.#fill(offset, length);
  }

  #fill(offset: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const got = readSync(this.#fd, bytes, done, length - done, offset + done);
      if (got === 0) throw new PdfError('truncated', 'the file became shorter while it was read', offset + done);
      done += got;
    }
    return bytes;
  }
}

const PIECE = 1 << 20;
const readAt = promisify(read);

/** A part of an open file in pieces of 1 MiB; each piece is good until the next is asked for. @throws PdfError truncated */
export async function* pieces(fd: number, start: number, end: number): AsyncGenerator<Uint8Array> {
  const length = Math.min(PIECE, Math.max(1, end - start));
  const buffers = [Buffer.allocUnsafe(length), Buffer.allocUnsafe(length)];
  const fetch = async (at: number, which: number): Promise<Uint8Array> => {
    const buffer = buffers[which % 2] ?? Buffer.alloc(0);
    const { bytesRead } = await readAt(fd, buffer, 0, Math.min(PIECE, end - at), at);
    if (bytesRead === 0) throw new PdfError('truncated', 'the file became shorter while it was read', at);
    return buffer.subarray(0, bytesRead);
  };
  // The next piece is read while the caller works on this one.
  let coming = start < end ? fetch(start, 0) : undefined;
  for (let at = start, count = 1; coming !== undefined; count++) {
    const piece: Uint8Array = await coming;
    at += piece.length;
    coming = at < end ? fetch(at, count) : undefined;
    coming?.catch(() => undefined);
    yield piece;
  }
}

/** Bytes in memory: the inside of an object stream. */
export class MemorySource implements ByteSource {
  readonly size: number;
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.size = bytes.length;
  }

  chunk(): { bytes: Uint8Array; start: number } {
    return { bytes: this.#bytes, start: 0 };
  }

  read(offset: number, length: number): Uint8Array {
    if (offset < 0 || length < 0 || offset + length > this.size) {
      throw new PdfError('truncated', `bytes ${offset}+${length} of ${this.size} in memory`, offset);
    }
    return this.#bytes.slice(offset, offset + length);
  }
}
