import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { wrongArrows } from './arrows.ts';

/** `npm run lint`: types per layer, lint rules, arrows. Prints what is wrong; exits 1 when anything is. */
const root = path.join(import.meta.dirname, '..');
export const LAYERS = ['main/contract', 'main', 'main/shell', 'preload', 'renderer', 'tests'];

export function typeErrors(layer: string): string {
  const result = spawnSync(
    process.execPath,
    [path.join(root, 'node_modules/typescript/bin/tsc'), '-p', path.join(root, layer, 'tsconfig.json')],
    { encoding: 'utf8', cwd: root },
  );
  return result.status === 0 ? '' : result.stdout + result.stderr;
}

export function lintErrors(): string {
  const folders = ['main', 'preload', 'renderer', 'tests', 'native'].filter((folder) => existsSync(path.join(root, folder)));
  const result = spawnSync(path.join(root, 'node_modules/.bin/oxlint'), ['--type-aware', ...folders], { encoding: 'utf8', cwd: root });
  return result.status === 0 ? '' : result.stdout + result.stderr;
}

if (process.argv[1] === import.meta.filename) {
  let bad = 0;
  const report = (name: string, text: string) => {
    console.log(text === '' ? `${name}: ok` : `${name}:\n${text}`);
    if (text !== '') bad = 1;
  };
  for (const layer of LAYERS) report(`types ${layer}`, typeErrors(layer));
  report('lint', lintErrors());
  report(
    'arrows',
    wrongArrows(root)
      .map((w) => `${w.file} imports ${w.imports}: ${w.why}\n`)
      .join(''),
  );
  process.exitCode = bad;
}
