import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { DeviceConfig } from '../contract/devices.ts';
import { encodePng } from '../devices/index.ts';
import type { Clock } from '../store/index.ts';
import { serveDisplays } from '../training/display/index.ts';
import { startEsclServer, type EsclServer } from '../training/escl/index.ts';
import { createTrainingPrinter, servePrinter } from '../training/escpos/index.ts';
import { serveA4Printer } from '../training/ipp/index.ts';
import { serveKeypad } from '../training/keypad/index.ts';
import {
  a4Neighbour,
  createTrainingPanel,
  displayNeighbour,
  kioskReaderNeighbour,
  keypadNeighbour,
  printerNeighbour,
  readerNeighbour,
  tokenNeighbour,
  type Neighbour,
} from '../training/index.ts';
import { TRAINING_SECRET, TRAINING_USER, createProvince, type Province } from '../training/province/index.ts';
import { serveReader } from '../training/reader/index.ts';
import { sampleBookings } from './hall.ts';

/** The sheets that lie in the training scanner's feeder: a declaration, a birth notice, a blank back, a residence paper. */
const PAPERS = ['to-khai-khai-sinh.jpg', 'giay-chung-sinh.jpg', 'mat-sau-trang.jpg', 'xac-nhan-cu-tru.jpg'];
const PANEL_ADDRESS = 3;
/** The place of the first ticket machine: its reader and its screen carry the same word. */
export const KIOSK_PLACE = 'kiosk-1';

/**
 * The virtual neighbours of training mode. They speak the real protocols on loopback sockets, so that the production
 * drivers are rehearsed, not replaced.
 */
export async function openNeighbours(options: {
  dir: string;
  resources: string;
  clock: Clock;
  counterId: string;
  /** While this file is there, the token of training is out: signing looks for it. */
  tokenOut: string;
}) {
  const { dir, resources, clock, counterId } = options;
  const [printer, a4, reader, kioskReader, keypad, displays, scanner, province] = await Promise.all([
    servePrinter(createTrainingPrinter()),
    serveA4Printer({ dir: path.join(dir, 'a4-paper') }),
    serveReader(),
    serveReader(),
    serveKeypad(),
    serveDisplays({ addresses: [PANEL_ADDRESS] }),
    startEsclServer({ sheets: PAPERS.map((name) => ({ front: path.join(resources, 'papers', name) })), refill: true }),
    createProvince({ port: 0, dir: path.join(dir, 'province'), clock }),
  ]);
  const at = (port: number) => ({ via: 'tcp' as const, host: '127.0.0.1', port });
  const devices: DeviceConfig[] = [
    { id: 'ticket-printer', kind: 'ticket-printer', name: 'Máy in phiếu', address: at(printer.port), profile: 'training' },
    { id: 'a4-printer', kind: 'a4-printer', name: 'Máy in A4', address: { via: 'ipp', url: a4.url } },
    { id: 'card-reader', kind: 'reader', name: 'Đầu đọc mã', address: at(reader.port), counterId },
    { id: 'kiosk-reader', kind: 'reader', name: 'Đầu đọc mã ở máy lấy số', address: at(kioskReader.port), counterId: KIOSK_PLACE },
    { id: 'keypad', kind: 'keypad', name: 'Bàn phím gọi số', address: at(keypad.port), counterId, profile: 'ascii' },
    { id: 'counter-display', kind: 'display', name: 'Bảng số tại quầy', address: at(displays.port), counterId, busAddress: PANEL_ADDRESS },
  ];
  // A rehearsal begins with the token in its socket.
  rmSync(options.tokenOut, { force: true });
  const token = {
    isUnplugged: () => existsSync(options.tokenOut),
    set(unplugged: boolean) {
      if (!unplugged) return rmSync(options.tokenOut, { force: true });
      mkdirSync(path.dirname(options.tokenOut), { recursive: true });
      writeFileSync(options.tokenOut, '');
    },
  };
  const panel = createTrainingPanel([
    printerNeighbour('ticket-printer', printer),
    a4Neighbour('a4-printer', a4),
    scannerNeighbour(scanner),
    readerNeighbour('card-reader', reader),
    kioskReaderNeighbour('kiosk-reader', kioskReader, sampleBookings(clock)),
    keypadNeighbour('keypad', keypad),
    displayNeighbour('counter-display', displays, PANEL_ADDRESS),
    tokenNeighbour('token', token),
    provinceNeighbour(province),
  ]);
  return {
    printer,
    a4,
    reader,
    kioskReader,
    keypad,
    displays,
    scanner,
    province,
    token,
    panel,
    devices,
    scanners: [{ id: 'training-scanner', name: 'Máy quét', url: scanner.url }],
    provinceAccount: { user: TRAINING_USER, secret: TRAINING_SECRET },
    /** Writes the newest slip of the ticket printer as the picture of its paper. */
    savePaper(file: string): boolean {
      const slip = printer.printer.slips.at(-1);
      if (!slip) return false;
      writeFileSync(file, encodePng(slip.picture));
      return true;
    },
    async close() {
      panel.close();
      await Promise.all([printer, a4, reader, kioskReader, keypad, displays, scanner, province].map((one) => one.close()));
    },
  };
}

function scannerNeighbour(scanner: EsclServer): Neighbour {
  return {
    id: 'scanner',
    nameVi: 'Máy quét',
    nameEn: 'Scanner',
    switches: () => [
      { key: 'empty', vi: 'Khay trống', en: 'Feeder empty', on: scanner.switches.empty },
      { key: 'jam', vi: 'Kẹt giấy ở trang 3', en: 'Jam on page 3', on: scanner.switches.jamOnPage !== null },
      { key: 'busy', vi: 'Máy khác đang dùng', en: 'In use elsewhere', on: scanner.switches.busy },
      { key: 'coverOpen', vi: 'Mở nắp', en: 'Cover open', on: scanner.switches.coverOpen },
      { key: 'slow', vi: 'Chậm 1,5 giây một trang', en: 'Slow, 1.5 s a page', on: scanner.switches.pageMs > 0 },
      { key: 'unplugged', vi: 'Rút cáp', en: 'Cable out', on: scanner.switches.unplugged },
    ],
    set(key, on) {
      if (key === 'jam') scanner.set({ jamOnPage: on ? 3 : null });
      else if (key === 'slow') scanner.set({ pageMs: on ? 1500 : 0 });
      else scanner.set({ [key]: on });
    },
    onChange: (listener) => scanner.subscribe(listener),
  };
}

function provinceNeighbour(province: Province): Neighbour {
  const now = () => province.troubles.current();
  return {
    id: 'province',
    nameVi: 'Hệ thống tỉnh',
    nameEn: 'Provincial system',
    switches: () => [
      { key: 'down', vi: 'Mất kết nối', en: 'Line down', on: now().down },
      { key: 'slow', vi: 'Trả lời chậm 3 giây', en: 'Answers after 3 s', on: now().slowMs > 0 },
      { key: 'drop', vi: 'Rơi 3 trên 10 câu trả lời', en: 'Drops 3 of 10 replies', on: now().dropReplies > 0 },
      { key: 'signIn', vi: 'Từ chối đăng nhập', en: 'Refuses the sign-in', on: now().signInRefused },
      { key: 'error', vi: 'Báo lỗi máy chủ 502', en: 'Answers 502', on: now().status?.code === 502 },
      { key: 'wrongHash', vi: 'Báo sai mã băm tệp', en: 'Answers a wrong hash', on: now().wrongHash > 0 },
      { key: 'refuse', vi: 'Trả lại mọi hồ sơ', en: 'Gives every dossier back', on: now().status?.code === 422 },
    ],
    set(key, on) {
      const change: Record<string, Parameters<typeof province.troubles.set>[0]> = {
        down: { down: on },
        slow: { slowMs: on ? 3000 : 0 },
        drop: { dropReplies: on ? 0.3 : 0 },
        signIn: { signInRefused: on },
        error: { status: on ? { code: 502, share: 1 } : null },
        wrongHash: { wrongHash: on ? 1 : 0 },
        refuse: { status: on ? { code: 422, share: 1, only: 'CreateDossier' } : null },
      };
      province.troubles.set(change[key] ?? {});
    },
    actions: [
      { key: 'dropSessions', vi: 'Ngắt mọi phiên đăng nhập', en: 'End every session' },
      { key: 'forget', vi: 'Để mất hồ sơ mới nhất (tập đối chiếu)', en: 'Lose the newest dossier (for the comparison)' },
      { key: 'ask', vi: 'Yêu cầu bổ sung hồ sơ mới nhất', en: 'Ask for a supplement to the newest dossier' },
    ],
    act(key) {
      if (key === 'dropSessions') return province.dropSessions();
      const newest = province
        .brief()
        .map((d) => d.code)
        .sort()
        .at(-1);
      if (newest === undefined) return;
      if (key === 'forget') province.forget(newest);
      else province.decide(newest, { kind: 'YeuCauBoSung', status: 5, text: 'Đề nghị nộp thêm bản sao giấy tờ tùy thân còn hạn.' });
    },
    shows: () => `${province.count()} hồ sơ`,
  };
}
