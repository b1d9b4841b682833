import { constants, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { SerialPort } from 'serialport';
import type { TrainingPrinter } from '../../../main/training/escpos/index.ts';

const ROOT = '/sys/kernel/config/usb_gadget';
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

export interface Gadget {
  /** Into the (emulated) socket, and out of it. */
  plug(): void;
  unplug(): void;
}

/** A USB device made of the kernel's gadget functions, on one of dummy_hcd's controllers. */
export function makeGadget(options: {
  name: string;
  udc: number;
  vendor: string;
  product: string;
  maker: string;
  model: string;
  serial: string;
  fn: string;
  attributes?: Record<string, string>;
}): Gadget {
  const dir = path.join(ROOT, options.name);
  const strings = path.join(dir, 'strings/0x409');
  const fn = path.join(dir, 'functions', options.fn);
  const config = path.join(dir, 'configs/c.1');
  for (const made of [dir, strings, fn, config]) mkdirSync(made, { recursive: true });
  writeFileSync(path.join(dir, 'idVendor'), options.vendor);
  writeFileSync(path.join(dir, 'idProduct'), options.product);
  writeFileSync(path.join(strings, 'manufacturer'), options.maker);
  writeFileSync(path.join(strings, 'product'), options.model);
  writeFileSync(path.join(strings, 'serialnumber'), options.serial);
  for (const [name, value] of Object.entries(options.attributes ?? {})) writeFileSync(path.join(fn, name), value);
  symlinkSync(fn, path.join(config, options.fn));
  const udc = readdirSync('/sys/class/udc').sort()[options.udc];
  if (!udc) throw new Error('dummy_hcd made too few controllers');
  return {
    plug: () => writeFileSync(path.join(dir, 'UDC'), udc),
    unplug: () => writeFileSync(path.join(dir, 'UDC'), '\n'),
  };
}

/**
 * The mechanism behind the printer gadget: what the host wrote comes out of its node, replies go back in. Runs until the
 * machine ends.
 */
export async function runPrinterGadget(node: string, printer: TrainingPrinter): Promise<void> {
  const openNode = () => open(node, constants.O_RDWR | constants.O_NONBLOCK).catch(() => null);
  // It opens only after the host's side has chosen the interface.
  let file = await openNode();
  for (let i = 0; !file && i < 600; i += 1) {
    await pause(50);
    file = await openNode();
  }
  if (!file) throw new Error(`${node} could not be opened`);
  const line = file;
  const replies: Uint8Array[] = [];
  const host = printer.attach((bytes) => void replies.push(bytes));
  const buffer = Buffer.alloc(8192);
  const turn = async (): Promise<void> => {
    const got = await line.read(buffer, 0, buffer.length, null).catch(() => ({ bytesRead: 0 }));
    if (got.bytesRead > 0) host.receive(Uint8Array.from(buffer.subarray(0, got.bytesRead)));
    const reply = replies[0];
    if (reply) {
      const sent = await line.write(reply).catch(() => ({ bytesWritten: 0 }));
      if (sent.bytesWritten > 0) replies.shift();
    }
    setTimeout(() => void turn(), got.bytesRead === 0 && replies.length === 0 ? 5 : 0);
  };
  void turn();
}

/** The mechanism behind the CDC-ACM gadget, by the same serial driver that the counter uses. Runs until the machine ends. */
export function runSerialGadget(node: string, printer: TrainingPrinter): void {
  const port = new SerialPort({ path: node, baudRate: 115_200, autoOpen: false, lock: false });
  const again = () => setTimeout(() => runSerialGadget(node, printer), 100);
  port.on('error', () => undefined);
  port.open((error) => {
    if (error) return void again();
    const host = printer.attach((bytes) => void port.write(Buffer.from(bytes)));
    port.on('data', (bytes: Buffer) => host.receive(bytes));
    port.once('close', () => {
      host.detach();
      again();
    });
  });
}
