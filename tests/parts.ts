import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/**
 * Is a real part (a program of a Debian package, or a file) there? On a workstation a missing part skips its tests, with
 * name and reason; with CI=true it is a failure, because there `tests/prepare` was allowed to install it.
 * @param name command on PATH (or in sbin), or an absolute path of a file
 */
export function part(name: string): boolean {
  const found = path.isAbsolute(name)
    ? readable(name)
    : [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/sbin'].some(
        (dir) => dir !== '' && readable(path.join(dir, name)),
      );
  if (!found) {
    const reason = `real part missing: ${name} (run "node tests/prepare/prepare.cjs")`;
    if (process.env['CI'] === 'true') throw new Error(reason);
    console.warn(`skipped: ${reason}`);
  }
  return found;
}

function readable(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
