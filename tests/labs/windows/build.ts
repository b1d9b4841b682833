import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
const native = fileURLToPath(new URL('../../../native/', import.meta.url));
const TOOLS = 'x86_64-w64-mingw32-';

/**
 * Cross-builds the addon for Windows with mingw-w64: N-API is imported with delay, so that the program that runs is found
 * whatever it is called, and the C++ runtime is inside, so that only DLLs of Windows itself are needed.
 * @returns the addon's path, and the DLLs that it imports
 */
export function buildForWindows(dir: string): { addon: string; imports: string[] } {
  const headers = path.dirname(require.resolve('node-api-headers/package.json'));
  const library = path.join(dir, 'libnode_api.a');
  execFileSync(`${TOOLS}dlltool`, ['-d', path.join(headers, 'def/node_api.def'), '-y', library, '-D', 'node.exe'], { stdio: 'pipe' });
  const addon = path.join(dir, 'quay_native.node');
  const sources = readdirSync(path.join(native, 'src'))
    .filter((name) => name.endsWith('.cc') && name !== 'sane.cc')
    .map((name) => path.join(native, 'src', name));
  const includes = [path.join(headers, 'include'), path.dirname(require.resolve('node-addon-api/package.json'))].flatMap((include) => [
    '-I',
    include,
  ]);
  const defines = ['NAPI_VERSION=8', 'NAPI_CPP_EXCEPTIONS', '_WIN32_WINNT=0x0601'].map((define) => `-D${define}`);
  execFileSync(
    `${TOOLS}g++-posix`,
    [
      '-std=c++17',
      '-O2',
      '-Wall',
      '-Wextra',
      '-Wno-cast-function-type',
      '-shared',
      '-static',
      '-s',
      '-o',
      addon,
      ...defines,
      ...includes,
      ...sources,
      library,
      '-lole32',
      '-loleaut32',
      '-lshlwapi',
      '-luuid',
    ],
    { stdio: 'pipe' },
  );
  const dump = execFileSync(`${TOOLS}objdump`, ['-p', addon], { encoding: 'utf8' });
  return { addon, imports: [...dump.matchAll(/DLL Name: (\S+)/g)].map((match) => match[1] as string) };
}
