import type { DeviceAddress, DeviceConfig, FoundDevice } from '../../../main/contract/devices.ts';

export type Kind = DeviceConfig['kind'];
export type Via = DeviceAddress['via'];

/** What may hang on which wire; the hub decides in the end. */
export const KINDS_BY_WAY: Readonly<Record<Via, readonly Kind[]>> = {
  tcp: ['ticket-printer', 'reader', 'keypad', 'display'],
  serial: ['ticket-printer', 'reader', 'keypad', 'display'],
  'usb-printer': ['ticket-printer'],
  hid: ['reader', 'keypad'],
  ipp: ['a4-printer'],
  system: ['ticket-printer', 'a4-printer'],
};

/** Speeds that serial devices are delivered with. Below 57,600 a ticket printer prints text only. */
export const BAUDS = [115_200, 57_600, 38_400, 19_200, 9_600, 4_800, 2_400] as const;

/** The device as the form describes it, on an address that was found or typed. */
export interface FormValues {
  readonly kind: Kind;
  readonly name: string;
  readonly baud: number;
  readonly flow: 'none' | 'rtscts' | 'xonxoff';
  /** '' = the usual one. */
  readonly profile: string;
  readonly counterId: string;
  readonly busAddress: string;
}

export const STARTING: Omit<FormValues, 'kind' | 'name'> = { baud: 115_200, flow: 'none', profile: '', counterId: '', busAddress: '1' };

export const firstValues = (device: FoundDevice): FormValues => {
  const kinds = KINDS_BY_WAY[device.address.via];
  const kind = kinds.find((one) => one === device.kind) ?? kinds[0] ?? 'ticket-printer';
  const baud = device.address.via === 'serial' ? device.address.baud : STARTING.baud;
  // On HID a key comes as a report of bytes, not as a letter.
  const profile = kind === 'keypad' && device.address.via === 'hid' ? 'hid-byte' : STARTING.profile;
  return { ...STARTING, kind, name: device.name.slice(0, 80), baud, profile };
};

/** What the hub is asked to remember. */
export function configFrom(address: DeviceAddress, values: FormValues): DeviceConfig {
  const place = values.counterId.trim();
  const wire: DeviceAddress = address.via === 'serial' ? { ...address, baud: values.baud, flow: values.flow } : address;
  const bus = values.kind === 'display' ? { busAddress: Number(values.busAddress) } : {};
  return {
    // Two displays on one pair of wires are two devices; anything else is known by its kind and its address.
    id: `${values.kind}-${Math.abs(hash(`${placeOf(address)}${values.kind === 'display' ? values.busAddress : ''}`)).toString(36)}`,
    kind: values.kind,
    name: values.name.trim(),
    address: wire,
    ...(values.profile === '' ? {} : { profile: values.profile }),
    ...(place === '' ? {} : { counterId: place }),
    ...bus,
  };
}

/** An address as an officer reads it. */
export function addressText(address: DeviceAddress): string {
  switch (address.via) {
    case 'tcp':
      return `TCP ${address.host}:${address.port}`;
    case 'serial':
      return `${address.path}, ${address.baud} baud`;
    case 'usb-printer':
      return address.path;
    case 'hid':
      return `HID ${address.vendorId.toString(16)}:${address.productId.toString(16)}`;
    case 'ipp':
      return address.url;
    case 'system':
      return address.queue;
  }
}

/** Where it hangs, without what may be set differently tomorrow. */
const placeOf = (address: DeviceAddress): string => (address.via === 'serial' ? address.path : addressText(address));

/** A small stable number, so that remembering the same device twice is the same device. */
const hash = (text: string): number => [...new TextEncoder().encode(text)].reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 7);
