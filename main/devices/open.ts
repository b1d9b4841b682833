import type { DeviceAddress, DeviceKind } from '../contract/devices.ts';
import { hidTransport, posReport, rawReport, type HidLayer } from './transports/hid.ts';
import { serialTransport } from './transports/serial.ts';
import { tcpTransport } from './transports/tcp.ts';
import type { Transport } from './transports/transport.ts';
import { usbPrinterTransport } from './transports/usb-printer.ts';

/** Parts that tests replace and the shell adds to. */
export interface DeviceLayers {
  /** node-hid unless a test hands in its own. */
  readonly hid?: HidLayer;
  /** The Windows spooler in raw mode, by queue name; the native addon brings it. */
  readonly spooler?: (queue: string) => Transport;
}

/** @throws Error for an address that no wire leads to (IPP; a system queue without a spooler): a mistake in the configuration */
export function createTransport(address: DeviceAddress, kind: DeviceKind, layers: DeviceLayers = {}): Transport {
  switch (address.via) {
    case 'tcp':
      return tcpTransport(address);
    case 'serial':
      return serialTransport(address);
    case 'usb-printer':
      return usbPrinterTransport(address);
    case 'hid':
      return hidTransport(address, kind === 'reader' ? posReport() : rawReport, layers.hid);
    case 'system':
      if (layers.spooler) return layers.spooler(address.queue);
      break;
    default:
  }
  throw new Error(`no wire for an address via ${address.via}`);
}
