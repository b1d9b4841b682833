import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';

/** Another Quầy already works in this data folder. */
export class DataDirBusyError extends Error {
  readonly code = 'SQLITE_BUSY';
}

/**
 * One counter per data folder: two would both think that they are the hall's only sequencer. The lock names the process;
 * what a killed one left behind is taken over.
 * @returns a function that gives the folder back
 */
export function lockDataDir(dir: string): () => void {
  const file = path.join(dir, 'quay.lock');
  for (let attempt = 0; ; attempt += 1) {
    try {
      const handle = openSync(file, 'wx', 0o600);
      writeSync(handle, String(process.pid));
      closeSync(handle);
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt >= 3) throw error;
      const pid = Number(readSafely(file));
      if (pid === process.pid || (Number.isInteger(pid) && pid > 0 && alive(pid))) throw new DataDirBusyError(`process ${pid}`);
      rmSync(file, { force: true });
    }
  }
  return () => rmSync(file, { force: true });
}

const readSafely = (file: string) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
