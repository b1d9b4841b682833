/**
 * What goes over the wire to a counter display. Two public protocols and a table for the many that follow one pattern:
 * start, address, text, checksum, end.
 */
export interface DisplayProtocol {
  readonly id: string;
  readonly name: string;
  /** Characters that it can show; longer text is cut, shorter is set to the right for digits. */
  readonly width: number;
  frame(text: string, address: number): Uint8Array;
  /** A question that a living display answers, and the check of its answer; absent when displays of this kind are mute. */
  readonly question?: { frame(address: number): Uint8Array; isAnswer(bytes: Uint8Array, address: number): boolean };
  /** Whether `frame` itself is answered. */
  readonly acknowledged: boolean;
}

const ascii = (text: string): number[] => Array.from(text, (c) => c.charCodeAt(0) & 0x7f);
const hex2 = (n: number): string => n.toString(16).toUpperCase().padStart(2, '0');

/** CRC-16/MODBUS, low byte first on the wire (Modbus over Serial Line V1.02, 6.2.2). */
export function crc16(bytes: Iterable<number>): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let i = 0; i < 8; i += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}
const withCrc = (bytes: number[]): Uint8Array => {
  const crc = crc16(bytes);
  return Uint8Array.from([...bytes, crc & 0xff, crc >> 8]);
};

/** `B 027` as a display without diacritics and of fixed width shows it. */
export const fitted = (text: string, width: number): string =>
  text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/gu, '')
    .replaceAll('đ', 'd')
    .replaceAll('Đ', 'D')
    .replace(/[^\u0020-\u007e]/gu, '?')
    .slice(0, width)
    .padStart(width, ' ');

/**
 * Alpha Sign Communications Protocol (Adaptive Micro Systems, "M-Protocol", 97088061): dot-matrix signs on RS-232/RS-485,
 * addressed by two hex digits, 00 = all. Writes TEXT file A and holds it on the display.
 */
const alpha: DisplayProtocol = {
  id: 'alpha',
  name: 'Bảng ma trận điểm (Alpha Sign Protocol)',
  width: 12,
  acknowledged: false,
  frame: (text, address) =>
    Uint8Array.from([
      0,
      0,
      0,
      0,
      0,
      0x01,
      ...ascii('Z'),
      ...ascii(hex2(address)),
      0x02,
      ...ascii('AA'),
      0x1b,
      ...ascii(' b'),
      ...ascii(fitted(text, 12).trim()),
      0x04,
    ]),
};

/**
 * Modbus RTU (Modbus Application Protocol V1.1b3): 7-segment panels whose holding registers, from 0, are the characters,
 * two per register. Function 16 writes them and is answered; function 3 is the heartbeat.
 */
const modbus: DisplayProtocol = {
  id: 'modbus-7seg',
  name: 'Bảng LED 7 đoạn (Modbus RTU)',
  width: 6,
  acknowledged: true,
  frame(text, address) {
    const cells = ascii(fitted(text.replaceAll(' ', ''), 6));
    return withCrc([address, 16, 0, 0, 0, cells.length / 2, cells.length, ...cells]);
  },
  question: {
    frame: (address) => withCrc([address, 3, 0, 0, 0, 1]),
    isAnswer: (bytes, address) => bytes.length >= 5 && bytes[0] === address && (bytes[1] === 3 || bytes[1] === 16) && crc16(bytes) === 0,
  },
};

/** The pattern of most undocumented panels, as a row in a table. */
export interface FrameTable {
  readonly id: string;
  readonly name: string;
  readonly width: number;
  readonly start: readonly number[];
  readonly address: 'byte' | 'hex2' | 'none';
  readonly text: 'ascii' | 'segments';
  /** Over everything between start and checksum. */
  readonly checksum: 'none' | 'sum8' | 'xor8' | 'crc16';
  readonly end: readonly number[];
}

export const FRAME_TABLES: readonly FrameTable[] = [
  {
    id: 'frame-ascii-xor',
    name: 'Bảng số: STX, địa chỉ, chữ, XOR, ETX',
    width: 6,
    start: [0x02],
    address: 'byte',
    text: 'ascii',
    checksum: 'xor8',
    end: [0x03],
  },
  {
    id: 'frame-segments-sum',
    name: 'Bảng số: AA 55, địa chỉ, đoạn sáng, tổng',
    width: 4,
    start: [0xaa, 0x55],
    address: 'byte',
    text: 'segments',
    checksum: 'sum8',
    end: [],
  },
  {
    id: 'frame-ascii-line',
    name: 'Bảng chữ: #địa chỉ, chữ, xuống dòng',
    width: 8,
    start: [0x23],
    address: 'hex2',
    text: 'ascii',
    checksum: 'none',
    end: [0x0d],
  },
];

/** Segments a to g in bits 0 to 6, as 7-segment drivers count them. */
const SEGMENTS: Record<string, number> = {
  '0': 0x3f,
  '1': 0x06,
  '2': 0x5b,
  '3': 0x4f,
  '4': 0x66,
  '5': 0x6d,
  '6': 0x7d,
  '7': 0x07,
  '8': 0x7f,
  '9': 0x6f,
  A: 0x77,
  B: 0x7c,
  C: 0x39,
  D: 0x5e,
  E: 0x79,
  F: 0x71,
  G: 0x3d,
  H: 0x76,
  J: 0x1e,
  L: 0x38,
  N: 0x54,
  P: 0x73,
  U: 0x3e,
  '-': 0x40,
  ' ': 0,
};
export const segmentsOf = (letter: string): number => SEGMENTS[letter.toUpperCase()] ?? 0x40;

export function frameProtocol(table: FrameTable): DisplayProtocol {
  return {
    id: table.id,
    name: table.name,
    width: table.width,
    acknowledged: false,
    frame(text, address) {
      const cells = Array.from(fitted(text.replaceAll(' ', ''), table.width));
      const body = [
        ...(table.address === 'byte' ? [address] : table.address === 'hex2' ? ascii(hex2(address)) : []),
        ...(table.text === 'ascii' ? ascii(cells.join('')) : cells.map(segmentsOf)),
      ];
      const crc = crc16(body);
      const check = {
        none: [],
        sum8: [body.reduce((a, b) => (a + b) & 0xff, 0)],
        xor8: [body.reduce((a, b) => a ^ b, 0)],
        crc16: [crc & 0xff, crc >> 8],
      }[table.checksum];
      return Uint8Array.from([...table.start, ...body, ...check, ...table.end]);
    },
  };
}

export const DISPLAY_PROTOCOLS: readonly DisplayProtocol[] = [modbus, alpha, ...FRAME_TABLES.map(frameProtocol)];
export const displayProtocol = (id: string | undefined): DisplayProtocol =>
  DISPLAY_PROTOCOLS.find((p) => p.id === id) ?? DISPLAY_PROTOCOLS[0]!;
