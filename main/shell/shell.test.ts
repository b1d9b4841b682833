import { EventEmitter } from 'node:events';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Files } from '../server/index.ts';
import { beforeReady, runShell, type ElectronParts } from './app.ts';
import { contained, isOurs } from './guards.ts';
import { utilityChildren } from './children.ts';
import { PrintError, a4Printing, sealedSecrets, secretBox } from './interfaces.ts';

/** Records what the shell asks of Electron. Shapes come from electron.d.ts through `ElectronParts`. */
class FakeContents extends EventEmitter {
  openHandler: ((details: { url: string }) => { action: string }) | undefined;
  printers = [{ name: 'HP A4', options: {} }];
  printed: unknown[] = [];
  printAnswer: [boolean, string] | null = [true, ''];
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }) {
    this.openHandler = handler;
  }
  getPrintersAsync() {
    return Promise.resolve(this.printers);
  }
  print(options: unknown, done: (ok: boolean, reason: string) => void) {
    this.printed.push(options);
    if (this.printAnswer) done(...this.printAnswer);
  }
}
class FakeWindow extends EventEmitter {
  static all: FakeWindow[] = [];
  webContents = new FakeContents();
  loaded: string[] = [];
  destroyed = false;
  options: { webPreferences?: Record<string, unknown>; fullscreen?: boolean };
  constructor(options: { webPreferences?: Record<string, unknown>; fullscreen?: boolean }) {
    super();
    this.options = options;
    FakeWindow.all.push(this);
  }
  loadURL(url: string) {
    this.loaded.push(url);
    return Promise.resolve();
  }
  show() {}
  focus() {}
  restore() {}
  close() {}
  isMinimized() {
    return false;
  }
  isDestroyed() {
    return this.destroyed;
  }
  destroy() {
    this.destroyed = true;
  }
}

function fake(displays = 1) {
  const app = Object.assign(new EventEmitter(), {
    sandboxed: false,
    quits: 0,
    lock: true,
    enableSandbox: () => void (app.sandboxed = true),
    requestSingleInstanceLock: () => app.lock,
    quit: () => void (app.quits += 1),
    whenReady: () => Promise.resolve(),
    switches: [] as string[],
    commandLine: { appendSwitch: (name: string, value: string) => void app.switches.push(`${name}=${value}`) },
  });
  const state = {
    schemes: [] as unknown[],
    handler: undefined as ((request: Request) => Promise<Response>) | undefined,
    permission: undefined as ((contents: unknown, permission: string, answer: (ok: boolean) => void) => void) | undefined,
    check: undefined as (() => boolean) | undefined,
    device: undefined as (() => boolean) | undefined,
    ports: [] as unknown[],
  };
  const ipcMain = new EventEmitter();
  const all = Array.from({ length: displays }, (_, i) => ({ id: i + 1, workArea: { x: i * 1920, y: 0, width: 1920, height: 1080 } }));
  const screen = Object.assign(new EventEmitter(), { getPrimaryDisplay: () => all[0], getAllDisplays: () => all });
  const electron = {
    app,
    ipcMain,
    screen,
    BrowserWindow: FakeWindow,
    MessageChannelMain: class {
      port1 = { start() {} };
      port2 = { name: 'port2' };
    },
    protocol: {
      registerSchemesAsPrivileged: (schemes: unknown[]) => state.schemes.push(...schemes),
      handle: (_: string, handler: (request: Request) => Promise<Response>) => void (state.handler = handler),
    },
    session: {
      defaultSession: {
        setPermissionRequestHandler: (h: typeof state.permission) => void (state.permission = h),
        setPermissionCheckHandler: (h: typeof state.check) => void (state.check = h),
        setDevicePermissionHandler: (h: typeof state.device) => void (state.device = h),
      },
    },
  };
  return { app, ipcMain, state, electron: electron as unknown as ElectronParts };
}

let root: string;
let closes: number;
const files = {
  open: (ticket: string) =>
    ticket === 'good' ? { file: path.join(root, 'dist/renderer/desk.html'), name: 'a', type: 'application/pdf' } : undefined,
} as unknown as Files;
const attachPort = vi.fn();
const start = (parts: ReturnType<typeof fake>) =>
  runShell({
    electron: parts.electron,
    root,
    log: () => undefined,
    open: () =>
      Promise.resolve({
        server: { attachPort },
        files,
        caller: () => ({ role: 'station' as const, deviceId: 'd' }),
        close: async () => void (closes += 1),
      }),
  });

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'quay-shell-'));
  mkdirSync(path.join(root, 'dist/renderer/assets'), { recursive: true });
  writeFileSync(path.join(root, 'dist/renderer/desk.html'), '<!doctype html>');
  writeFileSync(path.join(root, 'secret'), 'secret');
  FakeWindow.all = [];
  closes = 0;
  attachPort.mockClear();
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('before ready', () => {
  it('sandboxes everything, keeps one instance and registers the scheme', () => {
    const parts = fake();
    expect(beforeReady(parts.electron)).toBe(true);
    expect(parts.app.sandboxed).toBe(true);
    expect(parts.app.switches).toEqual(['lang=vi']);
    expect(parts.state.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } },
    ]);
    parts.app.lock = false;
    expect(beforeReady(parts.electron)).toBe(false);
    expect(parts.app.quits).toBe(1);
  });
});

describe('windows', () => {
  it('are sandboxed and isolated, the board on the second display', async () => {
    await start(fake(2));
    expect(FakeWindow.all.map((window) => window.loaded)).toEqual([['app://quay/desk.html'], ['app://quay/board.html']]);
    expect(FakeWindow.all[1]!.options.fullscreen).toBe(true);
    for (const window of FakeWindow.all) {
      expect(window.options.webPreferences).toMatchObject({
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        webSecurity: true,
      });
      expect(window.webContents.openHandler?.({ url: 'app://quay/x' })).toEqual({ action: 'deny' });
    }
  });

  it.each([
    'https://example.invalid/?next=app://quay',
    'app://quay.example.invalid/',
    'file:///etc/passwd',
    'app://other/desk.html',
    'javascript:alert(1)',
    'not a url',
  ])('do not go to %s', async (url) => {
    await start(fake());
    const event = { url, stopped: false, preventDefault: () => void (event.stopped = true) };
    for (const name of ['will-navigate', 'will-redirect', 'will-frame-navigate']) {
      event.stopped = false;
      FakeWindow.all[0]!.webContents.emit(name, event);
      expect(event.stopped).toBe(true);
    }
    expect(isOurs(url)).toBe(false);
  });

  it('come back after a crash of their page', async () => {
    await start(fake());
    FakeWindow.all[0]!.webContents.emit('render-process-gone', {}, { reason: 'crashed' });
    expect(FakeWindow.all[0]!.loaded).toHaveLength(2);
  });
});

describe('the scheme', () => {
  it('stays in its folder, sends the policy and serves tickets', async () => {
    const parts = fake();
    await start(parts);
    const get = (url: string, init?: RequestInit) => parts.state.handler!(new Request(url, init));
    const desk = await get('app://quay/desk.html');
    expect(desk.status).toBe(200);
    expect(desk.headers.get('content-security-policy')).toContain("script-src 'self'");
    for (const url of [
      'app://quay/%2e%2e/%2e%2e/secret',
      'app://quay/..%2f..%2fsecret',
      'app://quay/..%5c..%5csecret',
      'app://quay/assets',
      'app://other/desk.html',
      'app://quay/%00',
    ])
      expect((await get(url)).status).toBe(404);
    expect((await get('app://quay/file/good')).headers.get('content-type')).toBe('application/pdf');
    expect((await get('app://quay/file/bad')).status).toBe(404);
    expect((await get('app://quay/upload', { method: 'POST', body: '%PDF-' })).status).toBe(401);
    expect((await get('app://quay/desk.html', { method: 'DELETE' })).status).toBe(405);
  });

  it('contains paths', () => {
    expect(contained('/srv/screens', '/desk.html')).toBe('/srv/screens/desk.html');
    for (const bad of ['/../a', '/%2e%2e/a', '/', '/a\\..\\b', '/%']) {
      const file = contained('/srv/screens', bad);
      expect(file === null || file.startsWith('/srv/screens/')).toBe(true);
    }
  });
});

describe('the port', () => {
  it('is given to the top frame of our own page alone', async () => {
    const parts = fake();
    await start(parts);
    const posted: unknown[] = [];
    const frame = (url: string, parent: unknown = null) => ({
      senderFrame: { url, parent, postMessage: (...args: unknown[]) => posted.push(args) },
    });
    parts.ipcMain.emit('quay:port', frame('https://example.invalid/?app://quay'));
    parts.ipcMain.emit('quay:port', frame('app://quay/desk.html', {}));
    parts.ipcMain.emit('quay:port', { senderFrame: null });
    expect(attachPort).not.toHaveBeenCalled();
    parts.ipcMain.emit('quay:port', frame('app://quay/desk.html'));
    expect(attachPort).toHaveBeenCalledTimes(1);
    expect(posted).toEqual([['quay:port', null, [{ name: 'port2' }]]]);
  });
});

describe('permissions and closing', () => {
  it('grants nothing', async () => {
    const parts = fake();
    await start(parts);
    const answers: boolean[] = [];
    for (const permission of ['media', 'notifications', 'hid', 'serial', 'clipboard-read', 'fullscreen'])
      parts.state.permission!({}, permission, (ok) => answers.push(ok));
    expect(answers.every((ok) => !ok)).toBe(true);
    expect([parts.state.check!(), parts.state.device!()]).toEqual([false, false]);
  });

  it('closes the rooms before it quits, once', async () => {
    const parts = fake();
    await start(parts);
    let prevented = 0;
    const quit = () => parts.app.emit('before-quit', { preventDefault: () => void (prevented += 1) });
    quit();
    await vi.waitFor(() => expect(parts.app.quits).toBe(1));
    quit();
    expect([closes, prevented]).toEqual([1, 1]);
  });
});

describe('A4 and secrets', () => {
  const pdf = new Uint8Array([37]);
  let shownAway = 0;
  const printing = (set: (contents: FakeContents) => void) =>
    a4Printing(
      ((options: object) => {
        const window = new FakeWindow(options);
        set(window.webContents);
        return window;
      }) as never,
      () => ({ url: 'app://quay/file/ticket', done: () => void (shownAway += 1) }),
      50,
    );

  it('asks whether the printer is there, and does not wait for ever', async () => {
    await printing(() => undefined).print(pdf, { queue: 'HP A4', copies: 2, title: 'a' });
    expect(FakeWindow.all[0]!.webContents.printed).toMatchObject([{ silent: true, deviceName: 'HP A4', copies: 2 }]);
    expect(FakeWindow.all[0]!.destroyed).toBe(true);
    await expect(printing(() => undefined).print(pdf, { queue: 'Canon', copies: 1, title: 'a' })).rejects.toMatchObject({
      reason: 'no-such-printer',
    });
    await expect(printing((c) => void (c.printAnswer = null)).print(pdf, { queue: 'HP A4', copies: 1, title: 'a' })).rejects.toMatchObject({
      reason: 'timeout',
    });
    await expect(
      printing((c) => void (c.printAnswer = [false, 'Print job failed'])).print(pdf, { queue: 'HP A4', copies: 1, title: 'a' }),
    ).rejects.toBeInstanceOf(PrintError);
    expect(FakeWindow.all.every((window) => window.destroyed)).toBe(true);
  });

  it('seals and opens by the asynchronous calls', async () => {
    const box = secretBox({
      isAsyncEncryptionAvailable: () => Promise.resolve(true),
      encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(`sealed:${text}`)),
      decryptStringAsync: (sealed: Buffer) => Promise.resolve({ shouldReEncrypt: false, result: sealed.toString().slice(7) }),
    });
    expect(await box.open(await box.seal('mật khẩu'))).toEqual({ text: 'mật khẩu', stale: false });
    let kept: string | null = null;
    const secrets = sealedSecrets(box, { read: () => kept, write: (text) => void (kept = text) });
    await secrets.set('province.secret', 'mật khẩu');
    expect(kept).not.toContain('mật khẩu');
    expect(await secrets.get('province.secret')).toBe('mật khẩu');
    await secrets.set('province.secret', null);
    expect(await secrets.get('province.secret')).toBeNull();
  });
});

describe('children', () => {
  it('are utility processes of the three shapes that the rooms ask for', () => {
    const forked: { module: string; name: string; posted: unknown[]; child: EventEmitter }[] = [];
    const children = utilityChildren((module, _args, options) => {
      const entry = { module, name: options.serviceName, posted: [] as unknown[], child: new EventEmitter() };
      forked.push(entry);
      return Object.assign(entry.child, {
        postMessage: (message: unknown) => void entry.posted.push(message),
        kill: () => true,
        pid: 7,
      }) as never;
    });
    const heard: unknown[] = [];
    const token = children.token(new URL('file:///a/child.ts'), 'token');
    token.onMessage((message) => heard.push(message));
    token.post({ pin: null });
    const driver = children.driver('/a/native-child.ts', {});
    driver.onExit((how) => heard.push(how));
    const verifier = children.verifier('/a/verify.ts', 256);
    verifier.on('message', (message) => heard.push(message));
    verifier.send({ id: 1 }, () => undefined);
    forked[0]!.child.emit('message', 'token says');
    forked[1]!.child.emit('exit', 9);
    forked[2]!.child.emit('message', 'verdict');
    forked[2]!.child.emit('exit', 3);
    expect(heard).toEqual(['token says', 'exit 9', 'verdict']);
    expect(forked.map((entry) => entry.posted)).toEqual([[{ pin: null }], [], [{ id: 1 }]]);
    expect(forked[0]!.module).toBe('/a/child.ts');
    expect(verifier.exitCode).toBe(3);
  });
});
