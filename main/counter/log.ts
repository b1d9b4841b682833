import { appendFileSync, existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';

const MAX_BYTES = 5 * 1024 * 1024;

/** Lines of JSON in `logs/quay.log`, one older file kept. Rooms never pass personal data; long digits are masked all the same. */
export function createLog(dir: string): (line: string) => void {
  const file = path.join(dir, 'quay.log');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  return (line) => {
    try {
      if (existsSync(file) && statSync(file).size > MAX_BYTES) renameSync(file, `${file}.1`);
      appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), line: mask(line) })}\n`, { mode: 0o600 });
    } catch {
      // A full disk must not stop the counter; the health panel shows it.
    }
  };
}

/** Identity numbers (9 or 12 digits) and telephone numbers never stand in a log, even inside an error of a library. */
export const mask = (line: string): string => line.replaceAll(/(?<![\w.-])\d{9,12}(?![\w.-])/g, '•••');
