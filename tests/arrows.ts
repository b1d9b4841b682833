import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * The arrows of the house: which room may import which. A room reaches another only through its face (`index.ts`);
 * what one room needs of another beyond this table, `counter.ts` hands in as a function.
 */
const ROOMS = [
  'queue',
  'catalogue',
  'dossiers',
  'documents',
  'signing',
  'delivery',
  'officers',
  'reports',
  'devices',
  'training',
  'store',
] as const;
const MAY: Record<string, readonly string[]> = {
  contract: [],
  store: ['contract'],
  devices: ['contract', 'store'],
  documents: ['contract', 'store'],
  training: ['contract', 'store', 'devices', 'documents'],
  ...Object.fromEntries(
    ['queue', 'catalogue', 'dossiers', 'signing', 'delivery', 'officers', 'reports'].map((room) => [
      room,
      ['contract', 'store', 'devices', 'documents'],
    ]),
  ),
  server: ['contract', 'store'],
  shell: ['contract', 'store', 'server', 'entry', 'counter'],
  cli: ['contract', 'store', 'server', 'counter', 'entry', ...ROOMS],
  counter: ['contract', 'server', ...ROOMS],
  entry: ['contract', 'store', 'server', 'shell', 'cli', 'counter', 'entry'],
  preload: ['contract'],
  renderer: ['contract'],
};
/** Packages that only some rooms may name. */
const PACKAGES: Record<string, readonly string[]> = {
  electron: ['shell', 'preload', 'entry:electron.ts'],
  react: ['renderer'],
  'better-sqlite3': ['store', 'queue', 'training', 'cli'],
};

export interface WrongArrow {
  readonly file: string;
  readonly imports: string;
  readonly why: string;
}

/** Room of a path relative to the repository, or null for files that are no part of the house. */
export function roomOf(file: string): string | null {
  const parts = file.split('/');
  if (parts[0] === 'preload' || parts[0] === 'renderer') return parts[0];
  if (parts[0] !== 'main') return null;
  if (parts.length === 2) return parts[1] === 'counter.ts' ? 'counter' : 'entry';
  // The composition may be split over a folder of its own; it is still the composition.
  return parts[1] === 'counter' ? 'counter' : parts[1]!;
}

export function checkFile(file: string, source: string): WrongArrow[] {
  const from = roomOf(file);
  if (!from) return [];
  const wrong: WrongArrow[] = [];
  const seen = source.matchAll(
    /(?:^|[;\n])\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|(?:^|[;\n])\s*import\s*['"]([^'"]+)['"]/g,
  );
  for (const match of seen) {
    const target = match[1] ?? match[2] ?? match[3]!;
    const say = (why: string) => wrong.push({ file, imports: target, why });
    if (target.startsWith('.')) {
      const resolved = path.posix.normalize(path.posix.join(path.posix.dirname(file), target));
      const to = roomOf(resolved);
      if (to === null) {
        if (!/^(resources|package\.json)/.test(resolved) && !resolved.startsWith('native/')) say('outside the house');
        continue;
      }
      if (to === from) continue;
      if (!(MAY[from] ?? []).includes(to)) say(`${from} may not import ${to}`);
      else if ((ROOMS as readonly string[]).includes(to) && !/\/index\.ts$|\/handlers\.ts$/.test(resolved))
        say(`only the face of ${to} may be imported`);
      else if (to !== 'contract' && resolved.endsWith('/handlers.ts') && from !== 'counter') say('handlers are for the composition alone');
    } else {
      const name = target.startsWith('@') ? target.split('/').slice(0, 2).join('/') : target.split('/')[0]!;
      if (from === 'contract' && name !== 'zod' && name !== '@orpc/contract') say('contract imports zod and @orpc/contract only');
      const allowed = PACKAGES[name];
      if (allowed && !allowed.includes(from) && !(from === 'entry' && allowed.includes(`entry:${path.posix.basename(file)}`)))
        say(`${name} is not for ${from}`);
      if (from === 'renderer' && target.startsWith('node:')) say('a screen has no Node');
    }
  }
  return wrong;
}

/** All wrong arrows of a tree; tests beside the code may reach anywhere. */
export function wrongArrows(root: string): WrongArrow[] {
  const wrong: WrongArrow[] = [];
  const walk = (dir: string) => {
    for (const name of readdirSync(path.join(root, dir))) {
      const file = `${dir}/${name}`;
      if (statSync(path.join(root, file)).isDirectory()) walk(file);
      else if (/\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && name !== 'vite.config.ts')
        wrong.push(...checkFile(file, readFileSync(path.join(root, file), 'utf8')));
    }
  };
  for (const dir of ['main', 'preload', 'renderer']) walk(dir);
  return wrong;
}
