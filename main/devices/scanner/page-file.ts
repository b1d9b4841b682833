import { open, rename, rm, stat } from 'node:fs/promises';
import { ScanTrouble } from './types.ts';

/** No page of a desk scanner is larger; what is, is no page. 600 dpi colour A4 is about 25 MB as JPEG at its worst. */
const MAX_PAGE_BYTES = 128 * 1024 * 1024;

/**
 * Streams one JPEG to `file`: under `<file>.part` first, checked, flushed to the disk and then renamed, so that a file
 * with the final name is always a whole page, even after a power cut.
 * @param expected bytes that the device promised, if it did
 * @returns size in bytes
 * @throws ScanTrouble `protocol` when the picture is cut off or no JPEG; `disk-full`
 */
export async function storeJpeg(chunks: AsyncIterable<Uint8Array>, file: string, expected?: number): Promise<number> {
  const part = `${file}.part`;
  const handle = await open(part, 'w');
  let size = 0;
  let head = Buffer.alloc(0);
  let tail = Buffer.alloc(0);
  try {
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > MAX_PAGE_BYTES) throw new ScanTrouble('protocol', 'page is too large');
      if (head.length < 3) head = Buffer.concat([head, chunk.subarray(0, 3)]);
      tail = Buffer.concat([tail, chunk.subarray(Math.max(0, chunk.length - 64))]).subarray(-64);
      await handle.writeFile(chunk);
    }
    if (expected !== undefined && size !== expected) throw new ScanTrouble('protocol', `page is ${size} bytes, ${expected} were announced`);
    if (head[0] !== 0xff || head[1] !== 0xd8 || head[2] !== 0xff) throw new ScanTrouble('protocol', 'page is no JPEG');
    // Some devices pad the file after the end marker; without any marker the picture was cut off on its way.
    if (tail.lastIndexOf(Buffer.from([0xff, 0xd9])) < 0) throw new ScanTrouble('protocol', 'page ends early');
    await handle.sync();
  } catch (error) {
    await handle.close();
    await rm(part, { force: true });
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
    throw code === 'ENOSPC' || code === 'EDQUOT' ? new ScanTrouble('disk-full', code, { cause: error }) : error;
  }
  await handle.close();
  await rename(part, file);
  return (await stat(file)).size;
}

/** Name of page `number` (1, 2, …) of a scan. */
export const pageFileName = (number: number): string => `page-${String(number).padStart(4, '0')}.jpg`;
