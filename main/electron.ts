import { app, BrowserWindow, ipcMain, MessageChannelMain, protocol, safeStorage, screen, session, utilityProcess } from 'electron';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openCounter, type CounterOptions } from './counter.ts';
import { defaultDataDir, startFailure } from './counter/start.ts';
import { beforeReady, runShell } from './shell/app.ts';
import { utilityChildren } from './shell/children.ts';
import { a4Printing, sealedSecrets, secretBox } from './shell/interfaces.ts';

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

const children = utilityChildren((module, args, options) => utilityProcess.fork(module, args, options));
const host: NonNullable<CounterOptions['host']> = {
  token: (entry, name, env) => children.token(entry, name, env),
  driver: (module, env) => children.driver(module, env),
  verifier: (file, heapMb) => children.verifier(file, heapMb),
  // A window can only load what has an address: the bytes lie in a file of ours while they are printed.
  printing: (link) =>
    a4Printing(
      (options) => new BrowserWindow(options),
      (pdf) => {
        const file = path.join(app.getPath('temp'), `quay-${randomUUID()}.pdf`);
        writeFileSync(file, pdf, { mode: 0o600 });
        return { url: `app://quay${link(file)}`, done: () => rmSync(file, { force: true }) };
      },
    ),
  secrets(dir) {
    const file = path.join(dir, 'sealed.json');
    return sealedSecrets(secretBox(safeStorage), {
      read: () => (existsSync(file) ? readFileSync(file, 'utf8') : null),
      write(text) {
        mkdirSync(dir, { recursive: true, mode: 0o700 });
        writeFileSync(file, text, { mode: 0o600 });
      },
    });
  },
};

if (beforeReady({ app, protocol })) {
  runShell({
    electron: { app, BrowserWindow, ipcMain, MessageChannelMain, protocol, screen, session },
    root,
    open: () => openCounter({ dataDir, port, lan: values.lan === true, host }),
    log: (line) => process.stderr.write(`${line}\n`),
  }).catch((error: unknown) => {
    const { vi, en } = startFailure(error, { dataDir, port });
    process.stderr.write(`${vi}\n${en}\n`);
    app.exit(1);
  });
}
