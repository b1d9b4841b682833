import { open, type FileHandle } from 'node:fs/promises';

/** Events of include/uapi/linux/uhid.h. */
const [DESTROY, CREATE2, INPUT2] = [1, 11, 12];
const BUS_USB = 3;

/** A POS bar code scanner: report 2 with 63 bytes of data (USB-IF, HID Point of Sale Usage Tables). */
const DESCRIPTOR = Uint8Array.of(
  0x05,
  0x8c,
  0x09,
  0x02,
  0xa1,
  0x01,
  0x85,
  0x02,
  0x09,
  0xfe,
  0x15,
  0x00,
  0x26,
  0xff,
  0x00,
  0x75,
  0x08,
  0x95,
  0x3f,
  0x81,
  0x02,
  0xc0,
);

export interface UhidReader {
  /** Holds a code under it: HID-POS reports of 56 bytes of data each. */
  scan(code: string): Promise<void>;
  unplug(): Promise<void>;
}

/** A code reader that the kernel believes in. */
export async function plugUhidReader(serial: string): Promise<UhidReader> {
  const file: FileHandle = await open('/dev/uhid', 'r+');
  const create = Buffer.alloc(4 + 128 + 64 + 64 + 2 + 2 + 4 * 4 + 4096);
  create.writeUInt32LE(CREATE2, 0);
  create.write('Quay lab reader', 4);
  create.write('lab/uhid', 132);
  create.write(serial, 196);
  create.writeUInt16LE(DESCRIPTOR.length, 260);
  create.writeUInt16LE(BUS_USB, 262);
  create.writeUInt32LE(0x0c2e, 264);
  create.writeUInt32LE(0x0b81, 268);
  create.set(DESCRIPTOR, 280);
  await file.write(create);
  return {
    async scan(code) {
      const bytes = Buffer.from(code);
      for (let at = 0; at < bytes.length; at += 56) {
        const part = bytes.subarray(at, at + 56);
        const report = Buffer.alloc(64);
        report.set([2, part.length, 0x5d, 0x51, 0x31]);
        report.set(part, 5);
        report[63] = at + 56 < bytes.length ? 1 : 0;
        const input = Buffer.alloc(4 + 2 + 4096);
        input.writeUInt32LE(INPUT2, 0);
        input.writeUInt16LE(report.length, 4);
        input.set(report, 6);
        await file.write(input);
      }
    },
    async unplug() {
      const destroy = Buffer.alloc(4);
      destroy.writeUInt32LE(DESTROY, 0);
      await file.write(destroy);
      await file.close();
    },
  };
}
