import type { DeviceAddress, DeviceConfig, DeviceKind } from '../contract/devices.ts';
import { hidTransport, posReport, rawReport, type HidLayer } from './transports/hid.ts';
import { serialTransport } from './transports/serial.ts';
import type { Spooler } from './transports/spooler.ts';
import { tcpTransport } from './transports/tcp.ts';
import type { Transport } from './transports/transport.ts';
import { usbPrinterTransport } from './transports/usb-printer.ts';

/** Parts that tests replace and the shell adds to. */
export interface DeviceLayers {
  /** node-hid unless a test hands in its own. */
  readonly hid?: HidLayer;
  /** The Windows spooler in raw mode; absent on other systems, where `/dev/usb/lp*` does its work. */
  readonly spooler?: Spooler;
}

/** Kinds of device and the ways they may be reached on this machine. */
export function canReach({ kind, address: { via } }: DeviceConfig, here: { spooler: boolean; systemPrinter: boolean }): boolean {
  if (kind === 'a4-printer') return via === 'ipp' || (via === 'system' && here.systemPrinter);
  if (via === 'system') return kind === 'ticket-printer' && here.spooler;
  if (via === 'ipp') return false;
  if (via === 'usb-printer') return kind === 'ticket-printer';
  if (via === 'hid') return kind === 'reader' || kind === 'keypad';
  return true;
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
      if (layers.spooler) return layers.spooler.transport(address.queue);
      break;
    default:
  }
  throw new Error(`no wire for an address via ${address.via}`);
}
