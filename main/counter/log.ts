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

/**
 * Identity numbers (9 or 12 digits, also in groups of three) and telephone numbers never stand in a log, not even inside an
 * error of a library. Longer runs of digits (times, sizes) stay.
 */
export const mask = (line: string): string =>
  line.replaceAll(/(?<!\d)(?:\d{9,12}|\d{3}(?: \d{3}){2,3}|0\d{2,3}[ .]\d{3}[ .]\d{3,4})(?!\d)/g, '•••');
