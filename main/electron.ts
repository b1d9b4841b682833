import { app, BrowserWindow, ipcMain, MessageChannelMain, protocol, screen, session } from 'electron';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openCounter } from './counter.ts';
import { defaultDataDir, startFailure } from './counter/start.ts';
import { beforeReady, runShell } from './shell/app.ts';

/** The product: the same rooms as `headless.ts`, in Electron's windows. */
const root = path.join(import.meta.dirname, '..');
const { values } = parseArgs({
  // Electron's own switches come along in argv; only ours are read.
  args: process.argv.slice(app.isPackaged ? 1 : 2),
  options: { data: { type: 'string' }, port: { type: 'string' }, lan: { type: 'boolean' } },
  strict: false,
});
const dataDir = typeof values.data === 'string' ? path.resolve(process.env['INIT_CWD'] ?? process.cwd(), values.data) : defaultDataDir();
const port = typeof values.port === 'string' ? Number(values.port) : 4700;

if (beforeReady({ app, protocol })) {
  runShell({
    electron: { app, BrowserWindow, ipcMain, MessageChannelMain, protocol, screen, session },
    root,
    open: () => openCounter({ dataDir, port, lan: values.lan === true }),
    log: (line) => process.stderr.write(`${line}\n`),
  }).catch((error: unknown) => {
    const { vi, en } = startFailure(error, { dataDir, port });
    process.stderr.write(`${vi}\n${en}\n`);
    app.exit(1);
  });
}
