import type { DeviceAddress, DeviceConfig, FoundDevice, PrintJob } from '../contract/devices.ts';
import { refuse, type Refusal } from '../contract/refusal.ts';
import type { Devices } from './devices.ts';
import { findDevices, type FindLayers } from './find.ts';
import { encodeTestPage, testLines, type TestLine } from './printer/test-page.ts';
import { profileOf } from './printer/profile.ts';

export type Setup = ReturnType<typeof createSetup>;

const noSuchDevice = () =>
  refuse(
    'no-such-device',
    'Không có thiết bị này. Hãy mở lại trang cài đặt và tìm lại thiết bị.',
    'There is no such device. Open the setup page again and look for it.',
  );

/** Makes the test page of an A4 printer and says where it lies; `documents` does, handed in by `counter.ts`. */
export type A4TestPage = (printer: string) => Promise<string>;

/** The setup page: find, try, choose, remember. */
export function createSetup(devices: Devices, layers: FindLayers = {}, a4TestPage?: A4TestPage) {
  const configOf = (id: string) => devices.config().find((c) => c.id === id);
  const wireOf = (address: DeviceAddress): number | undefined =>
    address.via === 'serial' || address.via === 'tcp' ? address.baud : undefined;

  return {
    list: (): DeviceConfig[] => devices.config(),
    async find(): Promise<FoundDevice[]> {
      const known = devices.config();
      return (await findDevices(layers)).map((found) => ({ ...found, remembered: known.some((k) => samePlace(k.address, found.address)) }));
    },
    async remember(device: DeviceConfig): Promise<DeviceConfig | Refusal> {
      const clash = devices
        .config()
        .find((c) => c.id !== device.id && samePlace(c.address, device.address) && c.busAddress === device.busAddress);
      if (clash) {
        return refuse(
          'port-taken',
          `Cổng này đã dùng cho "${clash.name}". Hãy gỡ thiết bị đó trước, hoặc chọn cổng khác.`,
          `That port belongs to "${clash.name}". Remove it first, or choose another port.`,
        );
      }
      if (!devices.canReach(device)) {
        return device.address.via === 'system'
          ? refuse(
              'wrong-connection',
              'Ở máy này không in được qua hàng đợi máy in của hệ thống. Hãy chọn cổng USB, cổng nối tiếp, mạng (9100) hoặc IPP.',
              'This computer cannot print through a queue of the system. Choose USB, serial, network (9100) or IPP.',
            )
          : refuse(
              'wrong-connection',
              'Loại thiết bị này không nối được theo cách đã chọn. Hãy chọn cách kết nối khác.',
              'This kind of device cannot be reached that way. Choose another connection.',
            );
      }
      return devices.apply(device);
    },
    async forget(id: string): Promise<{ id: string } | Refusal> {
      if (!configOf(id)) return noSuchDevice();
      await devices.remove(id);
      return { id };
    },
    /** A ticket printer prints one numbered line for each way of writing; an A4 printer a page, and no line is to be chosen. */
    async testPrint(id: string, key: string): Promise<{ job: PrintJob; lines: TestLine[] } | Refusal> {
      const config = configOf(id);
      const sheets = devices.a4Printer(id);
      if (config && sheets && a4TestPage)
        return { job: sheets.print(await a4TestPage(config.name), { key, title: 'Trang in thử', kind: 'test' }), lines: [] };
      const printer = devices.printer(id);
      if (!config || !printer) return noSuchDevice();
      const profile = profileOf(config.profile ?? 'generic-80');
      const lines = testLines(profile, wireOf(config.address));
      return { job: printer.printBytes(encodeTestPage(profile, lines), { key, kind: 'test', title: 'Trang in thử' }), lines };
    },
    async chooseLine(id: string, number: number): Promise<DeviceConfig | Refusal> {
      const config = configOf(id);
      if (!config) return noSuchDevice();
      const line = testLines(profileOf(config.profile ?? 'generic-80'), wireOf(config.address)).find((l) => l.number === number);
      if (!line) {
        return refuse(
          'no-such-line',
          'Trang in thử không có dòng này. Hãy nhìn lại trang vừa in và chọn số của dòng đọc được.',
          'The test page has no such line. Look at the page and choose the number of a readable line.',
        );
      }
      return devices.apply({ ...config, textMode: line.textMode, ...(line.tcvn ? { tcvn: line.tcvn } : {}) });
    },
    testShow(id: string, text: string): { id: string } | Refusal {
      return devices.show(id, text) ? { id } : noSuchDevice();
    },
  };
}

/** Same port, or the same serial number on any port: a device that moved to another socket is still itself. */
export function samePlace(a: DeviceAddress, b: DeviceAddress): boolean {
  if (a.via !== b.via) return false;
  if ('serialNumber' in a && 'serialNumber' in b && a.serialNumber && b.serialNumber) return a.serialNumber === b.serialNumber;
  if (a.via === 'tcp' && b.via === 'tcp') return a.host === b.host && a.port === b.port;
  if (a.via === 'hid' && b.via === 'hid') return a.vendorId === b.vendorId && a.productId === b.productId && a.path === b.path;
  if (a.via === 'ipp' && b.via === 'ipp') return a.url === b.url;
  if (a.via === 'system' && b.via === 'system') return a.queue === b.queue;
  return 'path' in a && 'path' in b && a.path === b.path;
}
