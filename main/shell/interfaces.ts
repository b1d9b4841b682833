import type { BrowserWindow as Window, BrowserWindowConstructorOptions, SafeStorage, UtilityProcess } from 'electron';

/**
 * What the rooms get from Electron, as plain interfaces that they declare themselves: printing on A4, secrets, children.
 */
export interface A4Printing {
  /** Prints a PDF on a named system printer; resolves when the spooler took it, rejects with a reason otherwise. */
  printPdf(file: string, options: { printer: string; copies: number }): Promise<void>;
  printers(): Promise<{ name: string; isDefault: boolean }[]>;
}
export interface SecretBox {
  available(): Promise<boolean>;
  seal(text: string): Promise<Uint8Array>;
  open(sealed: Uint8Array): Promise<string>;
}
export interface Child {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  onExit(listener: (code: number) => void): void;
  kill(): void;
}

/** How long the print callback may take: on some Windows lines it never comes. */
export const PRINT_TIMEOUT_MS = 30_000;

export class PrintError extends Error {
  readonly reason: 'no-such-printer' | 'timeout' | 'refused';
  readonly vi: string;
  constructor(reason: 'no-such-printer' | 'timeout' | 'refused', vi: string, en: string) {
    super(en);
    this.reason = reason;
    this.vi = vi;
  }
}

export function a4Printing(
  create: (options: BrowserWindowConstructorOptions) => Window,
  fileUrl: (file: string) => string,
  timeoutMs = PRINT_TIMEOUT_MS,
): A4Printing {
  const hidden = () =>
    create({
      show: false,
      webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, plugins: true, javascript: true },
    });
  return {
    async printers() {
      const window = hidden();
      try {
        return (await window.webContents.getPrintersAsync()).map((printer) => ({
          name: printer.name,
          isDefault: (printer.options as { 'printer-is-default'?: string } | undefined)?.['printer-is-default'] === 'true',
        }));
      } finally {
        window.destroy();
      }
    },
    async printPdf(file, { printer, copies }) {
      const window = hidden();
      try {
        const names = (await window.webContents.getPrintersAsync()).map((p) => p.name);
        // Electron answers "Invalid deviceName" or nothing at all for a printer that is not there, so it is asked first.
        if (!names.includes(printer))
          throw new PrintError(
            'no-such-printer',
            `Không thấy máy in "${printer}". Hãy bật máy in hoặc chọn máy khác ở trang Thiết bị.`,
            `No printer "${printer}". Switch it on, or choose another on the Devices page.`,
          );
        await window.loadURL(fileUrl(file));
        await new Promise<void>((resolve, reject) => {
          const timer = setTimeout(
            () =>
              reject(
                new PrintError(
                  'timeout',
                  'Máy in không trả lời sau 30 giây. Hãy xem giấy đã ra chưa rồi mới in lại.',
                  'The printer did not answer in 30 seconds. See whether paper came out before printing again.',
                ),
              ),
            timeoutMs,
          );
          window.webContents.print(
            { silent: true, deviceName: printer, copies, printBackground: true, margins: { marginType: 'none' }, pageSize: 'A4' },
            (done, reason) => {
              clearTimeout(timer);
              if (done) resolve();
              else
                reject(
                  new PrintError(
                    'refused',
                    `Máy in từ chối (${reason}). Hãy xem màn hình máy in.`,
                    `The printer refused (${reason}). Look at the printer's display.`,
                  ),
                );
            },
          );
        });
      } finally {
        window.destroy();
      }
    },
  };
}

/** Windows DPAPI, or the keyring, by Electron's asynchronous calls; the synchronous ones are deprecated. */
export function secretBox(
  safeStorage: Pick<SafeStorage, 'isAsyncEncryptionAvailable' | 'encryptStringAsync' | 'decryptStringAsync'>,
): SecretBox {
  return {
    available: () => safeStorage.isAsyncEncryptionAvailable(),
    seal: (text) => safeStorage.encryptStringAsync(text),
    async open(sealed) {
      const opened = await safeStorage.decryptStringAsync(Buffer.from(sealed));
      return opened.result;
    },
  };
}

/** Native code lives in Electron's utility processes; a driver that crashes takes only its own child with it. */
export function utilitySpawn(fork: (module: string, args: string[], options: { serviceName: string; stdio: 'pipe' }) => UtilityProcess) {
  return (module: string, args: readonly string[], name: string): Child => {
    const child = fork(module, [...args], { serviceName: name, stdio: 'pipe' });
    return {
      send: (message) => child.postMessage(message),
      onMessage: (listener) => void child.on('message', listener),
      onExit: (listener) => void child.once('exit', listener),
      kill: () => void child.kill(),
    };
  };
}
