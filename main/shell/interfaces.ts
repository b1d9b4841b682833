import type { BrowserWindow as Window, BrowserWindowConstructorOptions, SafeStorage } from 'electron';

/**
 * What the rooms get from Electron, as plain interfaces that they declare themselves: printing on A4, secrets, children.
 */
export interface A4Printing {
  /** Prints a PDF on a named system printer; resolves when the spooler took it, rejects with a reason otherwise. */
  print(pdf: Uint8Array, options: { queue: string; copies: number; title: string }): Promise<void>;
  printers(): Promise<{ name: string; options?: Record<string, string> }[]>;
}
export interface SecretBox {
  available(): Promise<boolean>;
  seal(text: string): Promise<Uint8Array>;
  /** `stale`: the system has another key by now; what was opened should be sealed anew. */
  open(sealed: Uint8Array): Promise<{ text: string; stale: boolean }>;
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
  /** Puts the bytes where a window can load them from; `done` takes them away again. */
  show: (pdf: Uint8Array) => { url: string; done(): void },
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
        return (await window.webContents.getPrintersAsync()).map(({ name, options }) => ({
          name,
          ...(options ? { options: options as Record<string, string> } : {}),
        }));
      } finally {
        window.destroy();
      }
    },
    async print(pdf, { queue: printer, copies }) {
      const window = hidden();
      const shown = show(pdf);
      try {
        const names = (await window.webContents.getPrintersAsync()).map((p) => p.name);
        // Electron answers "Invalid deviceName" or nothing at all for a printer that is not there, so it is asked first.
        if (!names.includes(printer))
          throw new PrintError(
            'no-such-printer',
            `Không thấy máy in "${printer}". Hãy bật máy in hoặc chọn máy khác ở trang Thiết bị.`,
            `No printer "${printer}". Switch it on, or choose another on the Devices page.`,
          );
        await window.loadURL(shown.url);
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
        shown.done();
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
      const { result, shouldReEncrypt } = await safeStorage.decryptStringAsync(Buffer.from(sealed));
      return { text: result, stale: shouldReEncrypt };
    },
  };
}

/** Secrets of the rooms (the province's account) in one file, each sealed by the system's own store. */
export function sealedSecrets(box: SecretBox, file: { read(): string | null; write(text: string): void }) {
  const all = () => JSON.parse(file.read() ?? '{}') as Record<string, string>;
  return {
    async get(name: string): Promise<string | null> {
      const sealed = all()[name];
      if (sealed === undefined) return null;
      const { text, stale } = await box.open(Buffer.from(sealed, 'base64'));
      if (stale) await this.set(name, text).catch(() => undefined);
      return text;
    },
    async set(name: string, value: string | null): Promise<void> {
      // Without a safe of the system it would lie there open to everybody who can read the file.
      if (value !== null && !(await box.available())) throw new Error('the system offers no safe store');
      const { [name]: _old, ...rest } = all();
      const next = value === null ? rest : { ...rest, [name]: Buffer.from(await box.seal(value)).toString('base64') };
      file.write(JSON.stringify(next));
    },
  };
}
