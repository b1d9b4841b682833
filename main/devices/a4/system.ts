import { reasonsOf } from './ipp.ts';
import type { A4Backend } from './backend.ts';

/** A printer of the operating system as Electron's `getPrintersAsync` describes it; CUPS fills `options`, Windows does not. */
export interface SystemPrinterInfo {
  readonly name: string;
  readonly options?: Readonly<Record<string, string>>;
}

/** What the shell brings: Electron's list of printers, and a hidden window that shows a PDF and prints it silently. */
export interface SystemPrinting {
  printers(): Promise<readonly SystemPrinterInfo[]>;
  /** Resolves when the spooler took the document. @throws with Electron's reason when it did not */
  print(pdf: Uint8Array, options: { queue: string; copies: number; title: string }): Promise<void>;
}

/** `webContents.print` never calls back when a driver's dialog hangs behind our window. */
const PRINT_MS = 60_000;

/**
 * A queue of the operating system. The printer is looked up before every document, because Electron prints to the default
 * printer when the named one is gone. Where the system tells a state (CUPS), the job counts as done when the printer is
 * idle again; where it does not (Windows), when the spooler took it: whether paper came out only the tray knows.
 */
export function systemBackend(queue: string, printing: SystemPrinting, timeoutMs = PRINT_MS): A4Backend {
  const look = async (): Promise<SystemPrinterInfo> => {
    const found = (await printing.printers()).find((printer) => printer.name === queue);
    if (!found) throw new Error('the system has no such printer');
    return found;
  };
  const stateOf = (info: SystemPrinterInfo) => info.options?.['printer-state'];
  return {
    description: `system ${queue}`,
    async status() {
      const info = await look();
      const reasons = reasonsOf((info.options?.['printer-state-reasons'] ?? '').split(','));
      return {
        reasons: stateOf(info) === '5' && reasons.length === 0 ? ['offline'] : reasons,
        busy: stateOf(info) === '4',
        accepting: info.options?.['printer-is-accepting-jobs'] !== 'false',
      };
    },
    async submit(pdf, { copies, title }) {
      await look();
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<never>((_resolve, reject) => {
        timer = setTimeout(() => reject(new Error('the system did not take the document in time')), timeoutMs);
      });
      try {
        await Promise.race([printing.print(pdf, { queue, copies, title }), late]);
      } finally {
        clearTimeout(timer);
      }
      return {
        async progress() {
          const info = await look();
          const state = stateOf(info);
          if (state === undefined || state === '3') return 'done';
          return state === '5' ? 'stopped' : 'waiting';
        },
      };
    },
  };
}
