import type * as Electron from 'electron';
import path from 'node:path';
import type { Caller } from '../contract/context.ts';
import type { Files, Server } from '../server/index.ts';
import { denyPermissions, isOurs } from './guards.ts';
import { SCHEME, handleProtocol } from './protocol.ts';
import { boardDisplay, openWindow } from './windows.ts';

/** The parts of Electron that the shell touches; tests hand in a recording fake of exactly these. */
export type ElectronParts = Pick<
  typeof Electron,
  'app' | 'BrowserWindow' | 'ipcMain' | 'MessageChannelMain' | 'protocol' | 'screen' | 'session'
>;

export interface ShellCounter {
  readonly server: Pick<Server, 'attachPort'>;
  readonly files: Files;
  /** Who sits at this machine: the station, or the officer who signed in at it. */
  caller(): Caller;
  close(): Promise<void>;
}

export interface ShellOptions {
  readonly electron: ElectronParts;
  /** Root of the application: `dist/` and `preload` below it. */
  readonly root: string;
  readonly open: () => Promise<ShellCounter>;
  readonly log: (line: string) => void;
}

/** Must run before `ready`: sandbox, one instance, our scheme. False when another Quầy already runs. */
export function beforeReady({ app, protocol }: Pick<ElectronParts, 'app' | 'protocol'>): boolean {
  // Every renderer of this process is sandboxed, whatever a later line of code says.
  app.enableSandbox();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return false;
  }
  // Dates in native fields read as on Vietnamese paper, whatever the system speaks.
  app.commandLine.appendSwitch('lang', 'vi');
  protocol.registerSchemesAsPrivileged([SCHEME]);
  return true;
}

/** Opens the counter, the desk and, on a second display, the hall board; closes the rooms in order when the app quits. */
export async function runShell(options: ShellOptions): Promise<void> {
  const { electron, root, log } = options;
  const { app, BrowserWindow, ipcMain, MessageChannelMain, screen, session } = electron;
  await app.whenReady();
  denyPermissions(session.defaultSession);
  const counter = await options.open();
  handleProtocol(electron.protocol, {
    screens: path.join(root, 'dist/renderer'),
    files: counter.files,
    mayUpload: () => counter.caller().role === 'officer',
  });

  ipcMain.on('quay:port', (event) => {
    // Only our own pages get a port, and only their top frame.
    const frame = event.senderFrame;
    if (!frame || frame.parent !== null || !isOurs(frame.url)) {
      log(`port refused to ${frame ? new URL(frame.url).protocol : 'a frame that is gone'}`);
      return;
    }
    const { port1, port2 } = new MessageChannelMain();
    counter.server.attachPort(port1, () => counter.caller());
    port1.start();
    frame.postMessage('quay:port', null, [port2]);
  });

  const deps = {
    create: (o: Electron.BrowserWindowConstructorOptions) => new BrowserWindow(o),
    preload: path.join(root, 'dist/preload/preload.cjs'),
    log,
  };
  const desk = await openWindow(deps, 'desk');
  let board: Electron.BrowserWindow | undefined;
  const placeBoard = async () => {
    const second = boardDisplay(screen.getPrimaryDisplay(), screen.getAllDisplays());
    if (!second) {
      board?.close();
      board = undefined;
    } else if (!board || board.isDestroyed()) board = await openWindow(deps, 'board', second);
  };
  await placeBoard();
  screen.on('display-added', () => void placeBoard());
  screen.on('display-removed', () => void placeBoard());

  app.on('second-instance', () => {
    if (desk.isMinimized()) desk.restore();
    desk.focus();
  });
  app.on('window-all-closed', () => app.quit());
  let closed = false;
  app.on('before-quit', (event) => {
    if (closed) return;
    // Rooms close first: a ticket half printed or a file half sent is written down as such.
    event.preventDefault();
    void counter
      .close()
      .catch((error: unknown) => log(`closing: ${String(error)}`))
      .then(() => {
        closed = true;
        app.quit();
      });
  });
}
