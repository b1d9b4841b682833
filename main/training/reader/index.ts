import { serveLine } from '../line.ts';

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
  const line = await serveLine(options);
  const scan = (code: string): number => line.send(Buffer.from(`${code}\r`));
  return {
    port: line.port,
    isUnplugged: () => line.isUnplugged(),
    set: (change: { unplugged?: boolean }) => line.set(change),
    /** Holds a code under the reader. @returns how many desks heard it */
    scan,
    scanCard: (card: SampleCard): number => scan(SAMPLE_CARDS[card]),
    close: () => line.close(),
  };
}
export type ServedReader = Awaited<ReturnType<typeof serveReader>>;
