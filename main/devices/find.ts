import { SerialPort } from 'serialport';
import type { FoundDevice } from '../contract/devices.ts';
import { findOnNetwork, type NetworkService } from './find-network.ts';
import { HID_POS_PAGE, nodeHid, type HidInfo, type HidLayer } from './transports/hid.ts';
import type { SystemQueue } from './transports/spooler.ts';
import { listUsbPrinters, type UsbPrinter } from './transports/usb-printer.ts';

export interface SerialInfo {
  readonly path: string;
  readonly serialNumber?: string | undefined;
  readonly manufacturer?: string | undefined;
  readonly vendorId?: string | undefined;
}

/** Where devices are looked for; tests hand in their own. */
export interface FindLayers {
  readonly serial?: () => Promise<readonly SerialInfo[]>;
  readonly usb?: () => Promise<readonly UsbPrinter[]>;
  readonly hid?: HidLayer;
  readonly network?: () => Promise<readonly NetworkService[]>;
  /** Queues of the Windows spooler, for slips. */
  readonly queues?: () => Promise<readonly SystemQueue[]>;
  /** Printers of the system that take an A4 page: Electron's list. */
  readonly systemPrinters?: () => Promise<readonly { readonly name: string }[]>;
}

/** Ticket printers by the words of their drivers; "Generic / Text Only" is what offices install for them. */
const TICKET_WORDS =
  /(?:\b(?:pos|esc.?pos|receipt|thermal|tm-?[a-z]\d+|xp-?\d+|rp-?\d+|srp-?\d+|ct-[se]\d+|tsp\d+|80mm|58mm)\b|pos-?\d\d|xprinter|text only)/iu;
/** Queues that make files, not paper. */
const NO_PAPER = /^(?:portprompt:|nul:|file:|shrfax:|xpsport:)|pdf|onenote|fax|xps/iu;

/** Makers of POS printers, and of readers, by USB vendor id: a guess that the officer can change. */
const PRINTER_MAKERS = new Set(['04b8', '1504', '1d90', '0519', '0416', '0fe6', '154f', '2730']);
const READER_MAKERS = new Set(['0c2e', '05e0', '05f9', '1eab', '065a', '2dd6']);

/** Pages that makers define for themselves (HID 1.11, 6.2.2.7): call keypads use them, for no page of the standard means "next, please". */
const VENDOR_PAGES = 0xff00;

/**
 * A device with a page of its maker and nothing else. Mice, headsets and the like have such a page too, beside the one that
 * says what they are; each page is listed as a device of its own.
 */
function isKeypad(device: HidInfo, all: readonly HidInfo[]): boolean {
  const same = all.filter(
    (one) =>
      one.vendorId === device.vendorId &&
      one.productId === device.productId &&
      (one.serialNumber === device.serialNumber || one.path === device.path),
  );
  return same[0] === device && same.every((one) => (one.usagePage ?? 0) >= VENDOR_PAGES);
}

type Found = Omit<FoundDevice, 'remembered'>;

const none = () => Promise.resolve([]);

/**
 * Everything that could be a counter's device. One source that fails (no HID support, no network) takes nothing from the
 * others. Keyboards are left out: a reader in keyboard mode cannot be opened and loses diacritics.
 */
export async function findDevices(layers: FindLayers = {}): Promise<Found[]> {
  const [serial, usb, hid, network, queues, system] = await Promise.all([
    (layers.serial ?? (() => SerialPort.list()))().catch(() => []),
    (layers.usb ?? listUsbPrinters)().catch(() => []),
    (layers.hid ?? nodeHid).list().catch(() => []),
    (layers.network ?? findOnNetwork)().catch(() => []),
    (layers.queues ?? none)().catch(() => []),
    (layers.systemPrinters ?? none)().catch(() => []),
  ]);
  const found: Found[] = [];
  for (const printer of usb) {
    found.push({
      kind: 'ticket-printer',
      name: printer.name,
      address: { via: 'usb-printer', path: printer.path, ...(printer.serialNumber ? { serialNumber: printer.serialNumber } : {}) },
    });
  }
  const paper = queues.filter((queue) => !NO_PAPER.test(queue.port) && !NO_PAPER.test(queue.name));
  const slips = paper.filter((queue) => TICKET_WORDS.test(`${queue.name} ${queue.driver}`));
  for (const queue of slips) found.push({ kind: 'ticket-printer', name: queue.name, address: { via: 'system', queue: queue.name } });
  for (const printer of system) {
    if (NO_PAPER.test(printer.name) || slips.some((queue) => queue.name === printer.name)) continue;
    found.push({ kind: 'a4-printer', name: printer.name, address: { via: 'system', queue: printer.name } });
  }
  for (const port of serial) {
    if (/^\/dev\/ttyS\d+$/u.test(port.path) && !port.vendorId && port.path > '/dev/ttyS3') continue; // Linux invents these
    const vendor = port.vendorId?.toLowerCase() ?? '';
    const kind = PRINTER_MAKERS.has(vendor) ? 'ticket-printer' : READER_MAKERS.has(vendor) ? 'reader' : 'ticket-printer';
    found.push({
      kind,
      name: [port.manufacturer, port.path].filter(Boolean).join(' '),
      address: {
        via: 'serial',
        path: port.path,
        baud: kind === 'reader' ? 9600 : 115_200,
        flow: 'none',
        ...(port.serialNumber ? { serialNumber: port.serialNumber } : {}),
      },
    });
  }
  for (const device of hid) {
    const kind = device.usagePage === HID_POS_PAGE ? 'reader' : isKeypad(device, hid) ? 'keypad' : null;
    if (kind === null) continue;
    found.push({
      kind,
      name: device.product ?? (kind === 'reader' ? 'HID-POS' : 'HID'),
      address: {
        via: 'hid',
        vendorId: device.vendorId,
        productId: device.productId,
        path: device.path,
        ...(device.serialNumber ? { serialNumber: device.serialNumber } : {}),
      },
    });
  }
  for (const service of network) {
    if (service.type === 'raw')
      found.push({ kind: 'ticket-printer', name: service.name, address: { via: 'tcp', host: service.host, port: service.port } });
    else
      found.push({
        kind: 'a4-printer',
        name: service.name,
        address: { via: 'ipp', url: `ipp://${service.host}:${service.port}/${service.resource}` },
      });
  }
  return found;
}
