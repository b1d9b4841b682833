import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Invented people. Numbers follow the rule of NĐ 137/2015 (place, century and sex, year, six random digits). */
export const SAMPLE_CARDS = {
  an: '001090012345|012345678|Nguyễn Văn An|15031990|Nam|Số 12 ngõ 34 phố Hàng Bạc, phường Hoàn Kiếm, Hà Nội|12052021',
  huong: '079301004321||Trần Thị Mỹ Hường|02092001|Nữ|Ấp Bình Thượng 2, xã Thái Mỹ, Thành phố Hồ Chí Minh|20112022',
  ky: '066054007788|240123456|Y Kỵ Êban|30041954|Nam|Buôn Ea Sút, phường An Bình, Đắk Lắk|01072024',
  /** Later cards append fields. */
  longer: '038195002222||Lê Thị Ngọc Ánh|08031995|Nữ|Thôn Đoài, xã Hậu Lộc, Thanh Hóa|08032025|||Lê Văn Tỵ|Phạm Thị Uyên',
} as const;
export type SampleCard = keyof typeof SAMPLE_CARDS;

/** Codes that must never fill a form. */
export const BAD_CODES = {
  torn: '001090012345|012345678|Nguyễn Văn An|1503',
  foreign: 'https://example.com/khuyen-mai?x=1',
  wrongDate: '001090012345||Nguyễn Văn An|31021990|Nam|Hà Nội|12052021',
} as const;

/**
 * A code reader in USB-COM mode as the desk sees it: a line that carries UTF-8 codes, each with a CR. Drivers connect
 * over TCP as to a serial device server.
 */
export async function serveReader(options: { port?: number; host?: string } = {}) {
  const sockets = new Set<Socket>();
  let unplugged = false;
  const server = createServer((socket) => {
    if (unplugged) return void socket.destroy();
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.resume();
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    get unplugged() {
      return unplugged;
    },
    set(change: { unplugged?: boolean }) {
      unplugged = change.unplugged ?? unplugged;
      if (unplugged) for (const socket of sockets) socket.destroy();
    },
    /** Holds a code under the reader. @returns how many desks heard it */
    scan(code: string): number {
      for (const socket of sockets) socket.write(`${code}\r`);
      return sockets.size;
    },
    scanCard(card: SampleCard): number {
      return this.scan(SAMPLE_CARDS[card]);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
export type ServedReader = Awaited<ReturnType<typeof serveReader>>;
