import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createTrainingPrinter, servePrinter } from '../../../main/training/escpos/index.ts';
import { buildInitramfs } from './initramfs.ts';
import { getParts, loadOrder, MissingPart } from './parts.ts';
import { bootGuest } from './qemu.ts';

/**
 * `npm run lab:usb`: our own drivers against USB hardware that the kernel believes in, in an emulated machine. One line
 * per check, then `N passed, N failed`; exit 1 on a failure, 2 when a part is missing. Ten minutes at most.
 */
const LIMIT_MS = 9 * 60_000;
const root = path.join(import.meta.dirname, '../../..');

const MODULES = [
  ['virtio_pci', 'virtio_rng', '9pnet_virtio', '9p', 'configfs'],
  ['xhci_pci', 'usbserial', 'ftdi_sio', 'uhid', 'hid_generic', 'usbhid'],
  ['dummy_hcd', 'libcomposite', 'usb_f_printer', 'usb_f_acm', 'usblp', 'cdc_acm'],
].flat();
/** Two controllers, so that printer and modem are two devices. */
const MODULE_OPTIONS = { dummy_hcd: 'num=2' };

async function lab(): Promise<number> {
  const parts = getParts(path.join(root, 'node_modules/.cache/quay-lab-usb'));
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-lab-'));
  const wire = await servePrinter(createTrainingPrinter());
  const initramfs = path.join(dir, 'initramfs');
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  writeFileSync(
    initramfs,
    buildInitramfs({
      busybox: parts.busybox,
      modulesDir: parts.modules,
      modules: loadOrder(parts.modules, MODULES),
      options: MODULE_OPTIONS,
      command: `/usr/bin/env HOME=/tmp TMPDIR=/tmp ${quote(process.execPath)} --disable-warning=ExperimentalWarning ${quote(path.join(import.meta.dirname, 'guest.ts'))} 2>&1`,
    }),
  );

  let passed = 0;
  let failed = 0;
  const tail: string[] = [];
  let finish: (complete: boolean) => void = () => undefined;
  const ended = new Promise<boolean>((resolve) => {
    finish = resolve;
  });
  const began = performance.now();
  const guest = await bootGuest({ qemu: parts.qemu, kernel: parts.kernel, initramfs, dir, serialPort: wire.port, onLine });
  guest.process.once('exit', () => finish(false));
  const limit = setTimeout(() => finish(false), LIMIT_MS);

  /** What only the host can do: the printer behind the adapter's wire, and the adapter's plug. */
  const requests: Record<string, () => void | Promise<void>> = {
    'paper-out': () => wire.set({ paperOut: true }),
    'paper-in': () => wire.set({ paperOut: false }),
    unplug: () => guest.qmp('device_del', { id: 'adapter' }),
    // QEMU does not give the first wire free again; a second one leads to the same printer.
    plug: async () => {
      const addr = { type: 'inet', data: { host: '127.0.0.1', port: String(wire.port) } };
      await guest.qmp('chardev-add', { id: 'wire2', backend: { type: 'socket', data: { addr, server: false } } });
      await guest.qmp('device_add', { driver: 'usb-serial', id: 'adapter2', bus: 'xhci.0', chardev: 'wire2', 'always-plugged': true });
    },
  };
  function onLine(line: string): void {
    tail.push(line);
    if (tail.length > 40) tail.shift();
    const [, word, rest = ''] = /LAB (\S+) ?(.*)$/u.exec(line) ?? [];
    if (word === 'pass') {
      passed += 1;
      console.log(`ok      ${rest}`);
    } else if (word === 'fail' || word === 'broken') {
      failed += 1;
      console.log(`FAILED  ${rest}`);
    } else if (word === 'boot') console.log(`the guest is up after ${((performance.now() - began) / 1000).toFixed(1)} s`);
    else if (word === 'ask') void Promise.resolve(requests[rest]?.()).catch((error: unknown) => console.log(`host: ${String(error)}`));
    else if (word === 'done') finish(true);
  }

  const complete = await ended;
  clearTimeout(limit);
  await guest.stop();
  const behindAdapter = wire.printer.slips.length;
  await wire.close();
  rmSync(dir, { recursive: true });
  if (complete && behindAdapter === 2) {
    passed += 1;
    console.log('ok      the printer behind the adapter holds exactly the two slips it was sent');
  } else {
    failed += 1;
    console.log(
      complete
        ? `FAILED  the printer behind the adapter holds ${behindAdapter} slips instead of 2`
        : `FAILED  the guest ended early; its last lines:\n${tail.join('\n')}`,
    );
  }
  console.log(`${((performance.now() - began) / 1000).toFixed(1)} s`);
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 ? 1 : 0;
}

try {
  process.exitCode = await lab();
} catch (error) {
  console.log(error instanceof Error ? error.message : String(error));
  process.exitCode = error instanceof MissingPart ? 2 : 1;
}
