import { describe, expect, it } from 'vitest';
import { deviceConfig, type DeviceAddress } from '../../../main/contract/devices.ts';
import { configFrom, firstValues, KINDS_BY_WAY } from './deviceForm.ts';

const serial: DeviceAddress = { via: 'serial', path: '/dev/ttyUSB0', baud: 115_200, flow: 'none', serialNumber: 'A1' };

describe('the form of a device', () => {
  it('takes over the guess, and lets kind, speed and model be chosen', () => {
    const values = firstValues({ kind: 'ticket-printer', name: 'FTDI /dev/ttyUSB0', address: serial, remembered: false });
    expect(values).toMatchObject({ kind: 'ticket-printer', baud: 115_200, profile: '' });
    const config = configFrom(serial, { ...values, kind: 'display', baud: 9600, profile: 'alpha', busAddress: '4', counterId: ' 3 ' });
    expect(deviceConfig.parse(config)).toMatchObject({
      kind: 'display',
      profile: 'alpha',
      busAddress: 4,
      counterId: '3',
      address: { via: 'serial', baud: 9600, serialNumber: 'A1' },
    });
  });
  it('takes a keypad on HID for one that sends reports', () => {
    const address: DeviceAddress = { via: 'hid', vendorId: 0x0483, productId: 0x5750 };
    expect(firstValues({ kind: 'keypad', name: 'Bàn phím', address, remembered: false })).toMatchObject({
      kind: 'keypad',
      profile: 'hid-byte',
    });
  });
  it('knows a device again at another speed, and two displays on one wire apart', () => {
    const values = firstValues({ kind: 'reader', name: 'Đầu đọc', address: serial, remembered: false });
    expect(configFrom(serial, values).id).toBe(configFrom(serial, { ...values, baud: 9600 }).id);
    const display = { ...values, kind: 'display' as const };
    expect(configFrom(serial, display).id).not.toBe(configFrom(serial, { ...display, busAddress: '2' }).id);
    expect('busAddress' in configFrom(serial, values)).toBe(false);
  });
  it('makes a configuration that the contract takes, whatever the way', () => {
    const addresses: DeviceAddress[] = [
      serial,
      { via: 'tcp', host: '192.0.2.1', port: 9100 },
      { via: 'usb-printer', path: '/dev/usb/lp0' },
      { via: 'hid', vendorId: 1, productId: 2 },
      { via: 'ipp', url: 'ipp://192.0.2.1/ipp/print' },
      { via: 'system', queue: 'Máy in phiếu' },
    ];
    for (const address of addresses)
      for (const kind of KINDS_BY_WAY[address.via])
        expect(() =>
          deviceConfig.parse(configFrom(address, { ...firstValues({ kind, name: 'Tên', address, remembered: false }) })),
        ).not.toThrow();
  });
});
