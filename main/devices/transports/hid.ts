import type { HIDAsync as HidDevice } from 'node-hid';
import { createPlug, type Connection, type Transport } from './transport.ts';

export interface HidInfo {
  readonly vendorId: number;
  readonly productId: number;
  readonly path: string;
  readonly serialNumber?: string;
  readonly product?: string;
  readonly usagePage?: number;
}

/** The few calls of node-hid that are used, so that tests can stand in for the hardware. */
export interface HidLayer {
  list(): Promise<HidInfo[]>;
  open(
    path: string,
  ): Promise<{ onData(listener: (report: Uint8Array) => void): void; onError(listener: () => void): void; close(): Promise<void> }>;
}

/** node-hid, loaded when first needed: a machine without HID support still has its other devices. */
export const nodeHid: HidLayer = {
  async list() {
    const { devicesAsync } = await import('node-hid');
    return (await devicesAsync()).flatMap((d) =>
      d.path === undefined
        ? []
        : [
            {
              vendorId: d.vendorId,
              productId: d.productId,
              path: d.path,
              ...(d.serialNumber ? { serialNumber: d.serialNumber } : {}),
              ...(d.product ? { product: d.product } : {}),
              ...(d.usagePage === undefined ? {} : { usagePage: d.usagePage }),
            },
          ],
    );
  },
  async open(path) {
    const { HIDAsync } = await import('node-hid');
    const device: HidDevice = await HIDAsync.open(path);
    return {
      onData: (listener) => void device.on('data', (report: Buffer) => listener(Uint8Array.from(report))),
      onError: (listener) => void device.on('error', listener),
      close: () => device.close(),
    };
  },
};

/** Usage page of POS barcode readers (USB-IF, HID Point of Sale Usage Tables 1.02). */
export const HID_POS_PAGE = 0x8c;

/** How reports become bytes: a code reader's parts of a code, or the report as it is (keypads). */
export type HidDecode = (report: Uint8Array) => Uint8Array | null;
export const rawReport: HidDecode = (report) => report;

/**
 * HID-POS scanned-data report as readers send it: report id 2, length, AIM identifier (3 bytes), up to 56 bytes of data,
 * and a last byte whose lowest bit says that the code goes on in the next report. After the last part comes a CR.
 */
export function posReport(): HidDecode {
  let parts: number[] = [];
  return (report) => {
    const length = report[1] ?? 0;
    if (report[0] !== 2 || length === 0 || 5 + length > report.length) return null;
    parts.push(...report.subarray(5, 5 + length));
    if ((report.at(-1)! & 1) === 1) return null;
    const code = Uint8Array.from([...parts, 0x0d]);
    parts = [];
    return code;
  };
}

/** A HID device by its serial number, else by its path, else by vendor and product. */
export function hidTransport(
  address: { vendorId: number; productId: number; serialNumber?: string | undefined; path?: string | undefined },
  decode: HidDecode,
  layer: HidLayer = nodeHid,
): Transport {
  const find = async (): Promise<HidInfo | undefined> => {
    const same = (await layer.list()).filter((d) => d.vendorId === address.vendorId && d.productId === address.productId);
    return (
      (address.serialNumber ? same.find((d) => d.serialNumber === address.serialNumber) : undefined) ??
      (address.serialNumber
        ? undefined
        : (same.find((d) => d.path === address.path) ?? same.find((d) => d.usagePage === HID_POS_PAGE) ?? same[0]))
    );
  };
  return {
    description: `hid ${address.vendorId.toString(16)}:${address.productId.toString(16)}`,
    present: async () => (await find()) !== undefined,
    async open(): Promise<Connection> {
      const found = await find();
      if (!found) throw new Error('HID device not found');
      const device = await layer.open(found.path);
      const plug = createPlug();
      device.onData((report) => {
        const bytes = decode(report);
        if (bytes) plug.data(bytes);
      });
      device.onError(() => plug.closed());
      return {
        ...plug.listen,
        write: () => Promise.reject(new Error('this HID device only talks')),
        async close() {
          await device.close().catch(() => undefined);
          plug.closed();
        },
      };
    },
  };
}
