import { afterEach, describe, expect, it } from 'vitest';
import type { ScanEvent } from '../../contract/devices.ts';
import { systemClock } from '../../store/index.ts';
import { SAMPLE_CARDS } from '../../training/reader/index.ts';
import { findDevices } from '../find.ts';
import { createReader, type Reader } from '../reader/reader.ts';
import { hidTransport, nodeHid, posReport, type HidInfo, type HidLayer } from './hid.ts';

/** A HID bus of memory: devices come and go, reports are pushed by the test. */
function fakeBus() {
  const devices = new Map<string, { info: HidInfo; data: ((report: Uint8Array) => void)[]; error: (() => void)[] }>();
  const layer: HidLayer = {
    list: async () => [...devices.values()].map((d) => d.info),
    async open(path) {
      const device = devices.get(path);
      if (!device) throw new Error('could not open');
      return {
        onData: (l) => void device.data.push(l),
        onError: (l) => void device.error.push(l),
        close: async () => void device.data.splice(0),
      };
    },
  };
  return {
    layer,
    plug: (info: HidInfo) => void devices.set(info.path, { info, data: [], error: [] }),
    unplug(path: string, withEvent: boolean) {
      const device = devices.get(path);
      devices.delete(path);
      if (withEvent) for (const listener of device?.error ?? []) listener();
    },
    send(path: string, text: string) {
      for (const report of posReports(text)) for (const listener of devices.get(path)?.data ?? []) listener(report);
    },
  };
}

/** As a reader sends a code: 56 bytes of data per 64-byte report. */
function posReports(text: string): Uint8Array[] {
  const bytes = Buffer.from(text);
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += 56) {
    const part = bytes.subarray(at, at + 56);
    const report = new Uint8Array(64);
    report.set([2, part.length, 0x5d, 0x51, 0x31]);
    report.set(part, 5);
    report[63] = at + 56 < bytes.length ? 1 : 0;
    out.push(report);
  }
  return out;
}

const READER: HidInfo = {
  vendorId: 0x0c2e,
  productId: 0x0b81,
  path: '/dev/hidraw3',
  serialNumber: 'SN-1',
  product: 'Đầu đọc HID',
  usagePage: 0x8c,
};
const until = async (what: () => boolean) => {
  for (let i = 0; i < 2000 && !what(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(what()).toBe(true);
};

let reader: Reader | undefined;
afterEach(async () => {
  await reader?.close();
  reader = undefined;
});

describe('HID-POS readers', () => {
  it('put the reports of a long code together, Vietnamese intact', () => {
    const decode = posReport();
    const reports = posReports(SAMPLE_CARDS.huong);
    expect(reports.length).toBeGreaterThan(1);
    const codes = reports.map(decode).filter((code) => code !== null);
    expect(codes.map((code) => Buffer.from(code).toString())).toEqual([`${SAMPLE_CARDS.huong}\r`]);
    expect(decode(new Uint8Array(64))).toBeNull();
    expect(decode(Uint8Array.of(2, 200, 0, 0, 0))).toBeNull();
  });

  it('are found, read, lost with or without an event, and found again at another port by their serial number', async () => {
    const bus = fakeBus();
    bus.plug({ vendorId: 1, productId: 2, path: '/dev/hidraw0', usagePage: 1, product: 'Bàn phím' });
    bus.plug(READER);
    const found = await findDevices({ hid: bus.layer, serial: async () => [], usb: async () => [], network: async () => [] });
    expect(found).toMatchObject([{ kind: 'reader', name: 'Đầu đọc HID', address: { via: 'hid', serialNumber: 'SN-1' } }]);
    reader = createReader({
      id: 'doc-ma',
      name: 'Đầu đọc',
      transport: hidTransport({ vendorId: 0x0c2e, productId: 0x0b81, serialNumber: 'SN-1' }, posReport(), bus.layer),
      clock: systemClock,
      heartbeatMs: 30,
    });
    const device = reader;
    const scans: ScanEvent[] = [];
    device.onScan((event) => scans.push(event));
    await until(() => device.health.current().state === 'ready');
    bus.send('/dev/hidraw3', SAMPLE_CARDS.ky);
    await until(() => scans.length === 1);
    expect(scans[0]!.scan).toMatchObject({ kind: 'id-card', card: { fullName: 'Y Kỵ Êban' } });
    bus.unplug('/dev/hidraw3', false);
    await until(() => device.health.current().state === 'absent');
    bus.plug({ ...READER, path: '/dev/hidraw7' });
    await until(() => device.health.current().state === 'ready');
    bus.send('/dev/hidraw7', SAMPLE_CARDS.an);
    await until(() => scans.length === 2);
    bus.unplug('/dev/hidraw7', true);
    await until(() => device.health.current().state === 'absent');
  });

  it('are found as call keypads when their maker’s own page is all they have; mice, headsets and security keys are none', async () => {
    const bus = fakeBus();
    const mouse = { vendorId: 0x046d, productId: 0xc534, product: 'Chuột' };
    bus.plug({ ...mouse, path: '/dev/hidraw0', usagePage: 1 });
    bus.plug({ ...mouse, path: '/dev/hidraw1', usagePage: 0xff00 });
    bus.plug({ vendorId: 0x096e, productId: 0x0858, path: '/dev/hidraw2', usagePage: 0xf1d0, product: 'FIDO' });
    const pad = { vendorId: 0x0483, productId: 0x5750, serialNumber: 'KP-1', product: 'Bàn phím gọi số' };
    bus.plug({ ...pad, path: '/dev/hidraw4', usagePage: 0xff00 });
    bus.plug({ ...pad, path: '/dev/hidraw5', usagePage: 0xff01 });
    const found = await findDevices({ hid: bus.layer, serial: async () => [], usb: async () => [], network: async () => [] });
    expect(found).toEqual([
      {
        kind: 'keypad',
        name: 'Bàn phím gọi số',
        address: { via: 'hid', vendorId: 0x0483, productId: 0x5750, path: '/dev/hidraw4', serialNumber: 'KP-1' },
      },
    ]);
  });

  it('are looked for by the real library without an error, also where there are none', async () => {
    expect(Array.isArray(await nodeHid.list())).toBe(true);
    await expect(nodeHid.open('/dev/hidraw-none')).rejects.toThrow();
  });
});
