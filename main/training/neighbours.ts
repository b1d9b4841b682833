import { encodePng } from '../devices/index.ts';
import type { ServedDisplays } from './display/index.ts';
import type { ServedPrinter } from './escpos/index.ts';
import type { ServedA4Printer } from './ipp/index.ts';
import type { ServedKeypad } from './keypad/index.ts';
import type { Neighbour } from './panel.ts';
import { BAD_CODES, SAMPLE_CARDS, type SampleCard, type ServedReader } from './reader/index.ts';

/** What "slow wire" means on the panel: the speed that old serial printers are delivered with. */
export const SLOW_BAUD = 9600;

const unplugged = (on: boolean) => ({ key: 'unplugged', vi: 'Rút cáp', en: 'Cable out', on });

/** The panel rows of the devices in this folder. Scanner, token and provincial system bring their own. */
export function printerNeighbour(id: string, served: ServedPrinter): Neighbour {
  const { printer } = served;
  return {
    id,
    nameVi: 'Máy in phiếu',
    nameEn: 'Ticket printer',
    switches: () => [
      { key: 'paperOut', vi: 'Hết giấy', en: 'Paper out', on: printer.switches.paperOut },
      { key: 'paperLow', vi: 'Sắp hết giấy', en: 'Paper low', on: printer.switches.paperLow },
      { key: 'coverOpen', vi: 'Mở nắp', en: 'Cover open', on: printer.switches.coverOpen },
      { key: 'jam', vi: 'Kẹt giấy ở dao cắt', en: 'Cutter jammed', on: printer.switches.jam },
      { key: 'offline', vi: 'Ngắt (offline)', en: 'Off line', on: printer.switches.offline },
      { key: 'slow', vi: 'Cổng chậm 9.600', en: 'Slow wire, 9600', on: printer.switches.baud > 0 },
      unplugged(printer.switches.unplugged),
    ],
    set: (key, on) => served.set(key === 'slow' ? { baud: on ? SLOW_BAUD : 0 } : { [key]: on }),
    actions: [{ key: 'power', vi: 'Tắt rồi bật lại', en: 'Off and on' }],
    act: () => served.powerCycle(),
    papers: () => printer.slips.map((slip) => ({ png: () => encodePng(slip.picture), text: slip.text })),
    onChange: (listener) => printer.onSlip(listener),
  };
}

export function a4Neighbour(id: string, served: ServedA4Printer): Neighbour {
  return {
    id,
    nameVi: 'Máy in A4',
    nameEn: 'A4 printer',
    switches: () => [
      { key: 'paperOut', vi: 'Hết giấy', en: 'Paper out', on: served.switches.paperOut },
      { key: 'jam', vi: 'Kẹt giấy', en: 'Paper jam', on: served.switches.jam },
      unplugged(served.switches.unplugged),
    ],
    set: (key, on) => served.set({ [key]: on }),
  };
}

const CARD_NAMES: Record<SampleCard, string> = {
  an: 'Nguyễn Văn An',
  huong: 'Trần Thị Mỹ Hường',
  ky: 'Y Kỵ Êban',
  longer: 'Lê Thị Ngọc Ánh',
};

export function readerNeighbour(id: string, served: ServedReader): Neighbour {
  const cards = Object.keys(SAMPLE_CARDS) as SampleCard[];
  return {
    id,
    nameVi: 'Đầu đọc mã',
    nameEn: 'Code reader',
    switches: () => [unplugged(served.isUnplugged())],
    set: (_key, on) => served.set({ unplugged: on }),
    actions: [
      ...cards.map((card) => ({ key: card, vi: `Quét căn cước ${CARD_NAMES[card]}`, en: `Scan the card of ${CARD_NAMES[card]}` })),
      { key: 'torn', vi: 'Quét mã bị rách', en: 'Scan a torn code' },
      { key: 'foreign', vi: 'Quét mã lạ', en: 'Scan a foreign code' },
    ],
    act(key) {
      if (key === 'torn' || key === 'foreign') served.scan(BAD_CODES[key]);
      else served.scanCard(key as SampleCard);
    },
  };
}

/** Codes on booking slips, made when they are asked for. */
export interface Bookings {
  readonly today: () => string;
  /** The same slip as the last `today`. */
  readonly again: () => string;
  readonly yesterday: () => string;
  /** Right in shape, wrong in its check word. */
  readonly forged: () => string;
}

/** The reader in the ticket machine: citizens hold their card, their booking or a piece of paper under it. */
export function kioskReaderNeighbour(id: string, served: ServedReader, bookings: Bookings): Neighbour {
  const codes: Readonly<Record<string, () => string>> = {
    card: () => SAMPLE_CARDS.an,
    elder: () => SAMPLE_CARDS.ky,
    booked: bookings.today,
    bookedAgain: bookings.again,
    past: bookings.yesterday,
    forged: bookings.forged,
    foreign: () => BAD_CODES.foreign,
  };
  return {
    id,
    nameVi: 'Đầu đọc mã ở máy lấy số',
    nameEn: 'Code reader of the kiosk',
    switches: () => [unplugged(served.isUnplugged())],
    set: (_key, on) => served.set({ unplugged: on }),
    actions: [
      { key: 'card', vi: `Đưa căn cước ${CARD_NAMES.an}`, en: `Hold the card of ${CARD_NAMES.an}` },
      { key: 'elder', vi: `Đưa căn cước ${CARD_NAMES.ky} (cao tuổi)`, en: `Hold the card of ${CARD_NAMES.ky} (elderly)` },
      { key: 'booked', vi: 'Đưa phiếu hẹn giờ này', en: 'Hold a booking for now' },
      { key: 'bookedAgain', vi: 'Đưa lại phiếu hẹn ấy', en: 'Hold that booking again' },
      { key: 'past', vi: 'Đưa phiếu hẹn hôm qua', en: 'Hold a booking of yesterday' },
      { key: 'forged', vi: 'Đưa phiếu hẹn giả', en: 'Hold a made-up booking' },
      { key: 'foreign', vi: 'Đưa mã lạ', en: 'Hold a foreign code' },
    ],
    act: (key) => void served.scan(codes[key]?.() ?? BAD_CODES.foreign),
  };
}

/** The key of training as a token in a socket: out, and nothing can be signed until it is back. */
export function tokenNeighbour(id: string, socket: { isUnplugged(): boolean; set(unplugged: boolean): void }): Neighbour {
  return {
    id,
    nameVi: 'Token ký số',
    nameEn: 'Signing token',
    switches: () => [{ key: 'unplugged', vi: 'Rút token', en: 'Token out', on: socket.isUnplugged() }],
    set: (_key, on) => socket.set(on),
  };
}

export function keypadNeighbour(id: string, served: ServedKeypad): Neighbour {
  return {
    id,
    nameVi: 'Bàn phím gọi số',
    nameEn: 'Call keypad',
    switches: () => [unplugged(served.isUnplugged())],
    set: (_key, on) => served.set({ unplugged: on }),
    actions: [
      { key: 'next', vi: 'Bấm gọi tiếp', en: 'Press next' },
      { key: 'recall', vi: 'Bấm gọi lại', en: 'Press recall' },
      { key: 'finish', vi: 'Bấm kết thúc', en: 'Press finish' },
    ],
    act: (key) => void served.press(key === 'recall' || key === 'finish' ? key : 'next'),
  };
}

export function displayNeighbour(id: string, served: ServedDisplays, address: number): Neighbour {
  return {
    id,
    nameVi: `Bảng số tại quầy (địa chỉ ${address})`,
    nameEn: `Counter display (address ${address})`,
    switches: () => [{ key: 'dead', vi: 'Mất điện', en: 'No power', on: served.isDead(address) }, unplugged(served.isUnplugged())],
    set: (key, on) => served.set(key === 'unplugged' ? { unplugged: on } : on ? { dead: address } : { alive: address }),
    shows: () => served.shows(address) ?? null,
    onChange: (listener) => served.onChange(listener),
  };
}
