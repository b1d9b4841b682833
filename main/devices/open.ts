import type { DeviceAddress } from '../contract/devices.ts';
import { serialTransport } from './transports/serial.ts';
import { tcpTransport } from './transports/tcp.ts';
import type { Transport } from './transports/transport.ts';

/** Parts that tests replace and the shell adds to. */
export interface DeviceLayers {
  /** Opens HID devices; node-hid unless a test hands in its own. */
  readonly hid?: (address: Extract<DeviceAddress, { via: 'hid' }>) => Transport;
}

/** @throws Error for an address that is no wire (IPP, a system queue): a mistake in the configuration */
export function createTransport(address: DeviceAddress, layers: DeviceLayers = {}): Transport {
  switch (address.via) {
    case 'tcp':
      return tcpTransport(address);
    case 'serial':
      return serialTransport(address);
    case 'hid':
      if (layers.hid) return layers.hid(address);
      break;
    default:
  }
  throw new Error(`no wire for an address via ${address.via}`);
}
