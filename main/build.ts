import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Builds the screens and the preload when their sources are newer than what was built; does nothing otherwise. */
const root = path.join(import.meta.dirname, '..');
const out = path.join(root, 'dist');
const stamp = path.join(out, 'built.json');
const lock = path.join(out, '.building');

function newest(place: string): number {
  const state = statSync(place, { throwIfNoEntry: false });
  if (!state) return 0;
  if (!state.isDirectory()) return state.mtimeMs;
  return Math.max(
    0,
    ...readdirSync(place)
      .filter((name) => name !== 'node_modules')
      .map((name) => newest(path.join(place, name))),
  );
}

export function isStale(): boolean {
  const built = statSync(stamp, { throwIfNoEntry: false });
  if (!built) return true;
  const sources = ['renderer', 'preload', 'main/contract', 'resources/voice', 'package.json'];
  return Math.max(...sources.map((place) => newest(path.join(root, place)))) > built.mtimeMs;
}

/** Two starts at once must not build into each other; the second waits for the first, a minute at most. */
async function alone(work: () => Promise<void>): Promise<void> {
  mkdirSync(out, { recursive: true });
  const until = Date.now() + 60_000;
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      const held = statSync(lock, { throwIfNoEntry: false });
      if (held && Date.now() - held.mtimeMs > 120_000) rmSync(lock, { recursive: true, force: true });
      else if (Date.now() > until) throw new Error('another build has been running for a minute');
      else await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
  try {
    await work();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Builds in a process of its own, as production whatever runs us: a test runner's NODE_ENV would build React for development. */
export async function buildScreens(): Promise<void> {
  if (!isStale()) return;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', import.meta.filename], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const code = await new Promise<number | null>((resolve, reject) => void (child.once('exit', resolve), child.once('error', reject)));
  if (code !== 0) throw new Error(`the screens could not be built:\n${errors}`);
}

async function buildHere(): Promise<void> {
  if (!isStale()) return;
  process.env['NODE_ENV'] = 'production';
  await alone(async () => {
    if (!isStale()) return;
    const started = new Date();
    const { build } = await import('vite');
    await build({ configFile: path.join(root, 'renderer/vite.config.ts'), logLevel: 'warn' });
    const preload = path.join(root, 'preload/preload.ts');
    if (existsSync(preload)) {
      // Sandboxed preloads are one CommonJS file without imports of their own.
      await build({
        configFile: false,
        logLevel: 'warn',
        build: {
          outDir: path.join(out, 'preload'),
          emptyOutDir: true,
          minify: false,
          lib: { entry: preload, formats: ['cjs'], fileName: () => 'preload.cjs' },
          rollupOptions: { external: ['electron'] },
        },
      });
    }
    writeFileSync(stamp, JSON.stringify({ builtAt: started.toISOString() }));
    // A source that was saved while we built is newer than the build.
    utimesSync(stamp, started, started);
  });
}

if (process.argv[1] === import.meta.filename) await buildHere();
