import type { BrowserWindow as Window, BrowserWindowConstructorOptions, Display } from 'electron';
import { ORIGIN, guardNavigation } from './guards.ts';

export type Screen = 'desk' | 'kiosk' | 'board' | 'feedback';

/** Every window is sandboxed and isolated; the preload is the whole bridge. */
export function windowOptions(preload: string, screen: Screen, display: Display | undefined): BrowserWindowConstructorOptions {
  const full = screen !== 'desk';
  return {
    title: 'Quầy',
    width: display?.workArea.width ?? 1366,
    height: display?.workArea.height ?? 768,
    ...(display ? { x: display.workArea.x, y: display.workArea.y } : {}),
    minWidth: 1024,
    minHeight: 700,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: '#edf1f0',
    fullscreen: full,
    kiosk: full,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      // The board speaks without a touch; nobody stands there to click.
      autoplayPolicy: screen === 'board' ? 'no-user-gesture-required' : 'document-user-activation-required',
    },
  };
}

export interface WindowDeps {
  readonly create: (options: BrowserWindowConstructorOptions) => Window;
  readonly preload: string;
  readonly log: (line: string) => void;
}

/** Opens one screen; a page whose process died is loaded again, because a hall board has nobody to reload it. */
export async function openWindow(deps: WindowDeps, screen: Screen, display?: Display): Promise<Window> {
  const window = deps.create(windowOptions(deps.preload, screen, display));
  guardNavigation(window.webContents);
  window.webContents.on('render-process-gone', (_event, details) => {
    deps.log(`window ${screen}: render process gone (${details.reason})`);
    if (details.reason !== 'clean-exit' && !window.isDestroyed()) void window.loadURL(`${ORIGIN}/${screen}.html`);
  });
  window.once('ready-to-show', () => window.show());
  await window.loadURL(`${ORIGIN}/${screen}.html`);
  return window;
}

/** The hall board stands on the second display, and comes back when that display does. */
export function boardDisplay(primary: Display, all: readonly Display[]): Display | undefined {
  return all.find((display) => display.id !== primary.id);
}
