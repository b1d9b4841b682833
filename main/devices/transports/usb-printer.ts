import { constants } from 'node:fs';
import { access, open, readdir, readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import { createPlug, type Connection, type Transport } from './transport.ts';

/** Between two looks for an answer, and between two tries to push bytes into a full buffer. */
const POLL_MS = 15;
/** Without any question outstanding nothing comes; looking seldom costs little. */
const IDLE_POLL_MS = 100;
const WRITE_STALL_MS = 20_000;

/**
 * A printer on Linux' `usblp` (`/dev/usb/lp0`). The node can be opened once only, so status and data share it; reads
 * and writes do not block, because a blocked one would hold a thread of Node's pool for ever.
 */
export function usbPrinterTransport(address: { path: string; serialNumber?: string | undefined }): Transport {
  return {
    description: `usb ${address.path}`,
    present: () =>
      access(address.path).then(
        () => true,
        () => false,
      ),
    async open(signal): Promise<Connection> {
      const node = (address.serialNumber && (await nodeOfSerial(address.serialNumber))) || address.path;
      const file = await open(node, constants.O_RDWR | constants.O_NONBLOCK);
      const plug = createPlug();
      let asked = 0;
      let closing: Promise<void> | null = null;
      const end = () => {
        closing ??= file
          .close()
          .catch(() => undefined)
          .then(() => plug.closed());
        return closing;
      };
      if (signal.aborted) {
        await end();
        throw new Error('aborted');
      }
      const listen = async () => {
        const buffer = Buffer.alloc(256);
        for (;;) {
          if (closing) return;
          try {
            const { bytesRead } = await file.read(buffer, 0, buffer.length, null);
            if (bytesRead > 0) {
              plug.data(Uint8Array.from(buffer.subarray(0, bytesRead)));
              continue;
            }
          } catch (error) {
            if (!isAgain(error)) return void end();
          }
          await pause(performance.now() - asked < 2000 ? POLL_MS : IDLE_POLL_MS);
        }
      };
      void listen();
      return {
        ...plug.listen,
        async write(bytes) {
          asked = performance.now();
          let at = 0;
          let moved = performance.now();
          while (at < bytes.length) {
            if (closing) throw new Error('printer gone');
            try {
              const { bytesWritten } = await file.write(bytes, at, Math.min(8192, bytes.length - at), null);
              at += bytesWritten;
              moved = performance.now();
            } catch (error) {
              if (!isAgain(error) || performance.now() - moved > WRITE_STALL_MS) {
                await end();
                throw error;
              }
              await pause(POLL_MS);
            }
          }
          asked = performance.now();
        },
        close: end,
      };
    },
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));
const isAgain = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EWOULDBLOCK');

export interface UsbPrinter {
  readonly path: string;
  readonly name: string;
  readonly serialNumber?: string;
}

/** The printers that `usblp` drives, with maker and model from their IEEE 1284 id. Empty on other systems. */
export async function listUsbPrinters(): Promise<UsbPrinter[]> {
  const root = '/sys/class/usbmisc';
  const nodes = (await readdir(root).catch(() => [] as string[])).filter((name) => /^lp\d+$/u.test(name)).sort();
  return Promise.all(
    nodes.map(async (node) => {
      const device = path.join(root, node, 'device');
      const id = await readFile(path.join(device, 'ieee1284_id'), 'utf8').catch(() => '');
      const real = await realpath(device).catch(() => device);
      const serialNumber = (await readFile(path.join(path.dirname(real), 'serial'), 'utf8').catch(() => '')).trim();
      const field = (...names: string[]) => names.map((n) => new RegExp(`(?:^|;)${n}:([^;]*)`, 'u').exec(id)?.[1]?.trim()).find(Boolean);
      const name = [field('MFG', 'MANUFACTURER'), field('MDL', 'MODEL')].filter(Boolean).join(' ');
      return { path: `/dev/usb/${node}`, name: name || `USB ${node}`, ...(serialNumber ? { serialNumber } : {}) };
    }),
  );
}

const nodeOfSerial = async (serialNumber: string): Promise<string | undefined> =>
  (await listUsbPrinters()).find((p) => p.serialNumber === serialNumber)?.path;
