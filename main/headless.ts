import { spawn } from 'node:child_process';
import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { parseArgs } from 'node:util';

/** The counter under plain Node: the same rooms, the screens in a browser. */
let values: { headless?: boolean; data?: string; port?: string; lan?: boolean; 'no-open'?: boolean };
try {
  ({ values } = parseArgs({
    options: {
      headless: { type: 'boolean' },
      data: { type: 'string' },
      port: { type: 'string' },
      lan: { type: 'boolean' },
      'no-open': { type: 'boolean' },
    },
  }));
  if (values.port !== undefined && !(/^\d{1,5}$/.test(values.port) && Number(values.port) < 65_536))
    throw new Error(`--port ${values.port}`);
} catch (error) {
  fail(64, `Tham số không đúng (${(error as Error).message}). Xem: npm start -- --help`, `Wrong arguments. See: npm start -- --help`);
}

function fail(code: number, vi: string, en: string): never {
  process.stderr.write(`${vi}\n${en}\n`);
  process.exit(code);
}

// Code that was compiled once is not compiled again: half of a cold start on an old machine.
enableCompileCache(path.join(import.meta.dirname, '../node_modules/.cache/quay-code'));
const [{ openCounter }, { defaultDataDir, startFailure }] = await Promise.all([import('./counter.ts'), import('./counter/start.ts')]);

// Relative folders are meant from where the command was typed.
const dataDir = values.data ? path.resolve(process.env['INIT_CWD'] ?? process.cwd(), values.data) : defaultDataDir();
const port = values.port === undefined ? 4700 : Number(values.port);

const counter = await openCounter({ dataDir, port, lan: values.lan === true }).catch((error: unknown) => {
  const { vi, en } = startFailure(error, { dataDir, port });
  return fail(1, vi, en);
});

let closing = false;
const close = (signal: string) => {
  if (closing) return;
  closing = true;
  process.stderr.write(`\nĐang đóng các phòng (${signal})… / closing\n`);
  // Rooms close in order; if one hangs, ten seconds are enough.
  setTimeout(() => process.exit(1), 10_000).unref();
  void counter.close().then(
    () => process.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
};
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => close(signal));

process.stdout.write(`Quầy: ${counter.address}\n`);
const display = process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'];
if (display && !values['no-open'] && process.stdout.isTTY) {
  const [command, ...rest]: [string, ...string[]] =
    process.platform === 'win32'
      ? ['cmd', '/c', 'start', '', counter.address]
      : process.platform === 'darwin'
        ? ['open', counter.address]
        : ['xdg-open', counter.address];
  spawn(command, rest, { stdio: 'ignore', detached: true })
    .on('error', () => undefined)
    .unref();
}
