import type { DeviceKind, DeviceReason, DeviceState } from '../contract/devices.ts';

interface Words {
  readonly vi: string;
  readonly en: string;
  readonly remedyVi: string;
  readonly remedyEn: string;
}

const REASONS: Record<DeviceReason, Words> = {
  'paper-out': {
    vi: 'hết giấy',
    en: 'out of paper',
    remedyVi: 'Thay cuộn giấy hoặc thêm giấy rồi đóng nắp; máy tự nhận lại.',
    remedyEn: 'Put in paper and close the cover; it comes back by itself.',
  },
  'paper-low': {
    vi: 'sắp hết giấy',
    en: 'paper is low',
    remedyVi: 'Chuẩn bị sẵn một cuộn giấy mới.',
    remedyEn: 'Have a new roll at hand.',
  },
  'cover-open': {
    vi: 'nắp đang mở',
    en: 'the cover is open',
    remedyVi: 'Đóng nắp cho đến khi nghe tiếng khớp.',
    remedyEn: 'Close the cover until it clicks.',
  },
  offline: {
    vi: 'đang ngắt (offline)',
    en: 'off line',
    remedyVi: 'Bấm nút FEED hoặc tắt rồi bật lại thiết bị.',
    remedyEn: 'Press FEED, or switch the device off and on.',
  },
  jam: {
    vi: 'kẹt giấy',
    en: 'paper jam',
    remedyVi: 'Mở nắp, lấy giấy kẹt ra, đóng nắp lại.',
    remedyEn: 'Open the cover, take the paper out, close it.',
  },
  'feeder-empty': {
    vi: 'khay nạp hết giấy',
    en: 'the feeder is empty',
    remedyVi: 'Đặt giấy tờ vào khay nạp.',
    remedyEn: 'Put the papers into the feeder.',
  },
  unplugged: {
    vi: 'mất kết nối',
    en: 'not connected',
    remedyVi: 'Kiểm tra cáp và nguồn điện; cắm lại là dùng được, không cần bấm gì.',
    remedyEn: 'Check cable and power; plugged in again it works without a click.',
  },
  busy: { vi: 'đang bận', en: 'busy', remedyVi: 'Chờ việc trước xong.', remedyEn: 'Wait for the work before.' },
  'access-denied': {
    vi: 'không có quyền mở',
    en: 'may not be opened',
    remedyVi: 'Nhờ quản trị cấp quyền cho thiết bị này, hoặc đóng phần mềm khác đang giữ nó.',
    remedyEn: 'Ask the administrator for access, or close the program that holds it.',
  },
  timeout: { vi: 'không trả lời', en: 'does not answer', remedyVi: 'Tắt rồi bật lại thiết bị.', remedyEn: 'Switch the device off and on.' },
  protocol: {
    vi: 'trả lời không hiểu được',
    en: 'answers something we do not understand',
    remedyVi: 'Kiểm tra loại máy và tốc độ cổng trong phần cài đặt thiết bị.',
    remedyEn: 'Check model and speed on the setup page.',
  },
  'wire-too-slow': {
    vi: 'cổng quá chậm để in dạng ảnh',
    en: 'the wire is too slow for pictures',
    remedyVi: 'Đặt tốc độ cổng từ 57.600 trở lên, hoặc in trang thử và chọn chữ TCVN-3 hay chữ tải xuống.',
    remedyEn: 'Set the port to 57,600 or more, or print a test page and choose TCVN-3 text or downloaded glyphs.',
  },
  'driver-restarting': {
    vi: 'trình điều khiển đang khởi động lại',
    en: 'its driver is starting again',
    remedyVi: 'Chờ vài giây.',
    remedyEn: 'Wait some seconds.',
  },
  'not-configured': {
    vi: 'chưa cài đặt',
    en: 'not set up',
    remedyVi: 'Mở trang cài đặt thiết bị và tìm thiết bị.',
    remedyEn: 'Open the setup page and look for the device.',
  },
};

/** What a reason means for one kind of device, where the common words would send the officer the wrong way. */
const OWN: Partial<Record<DeviceKind, Partial<Record<DeviceReason, Words>>>> = {
  'a4-printer': {
    'paper-out': {
      vi: 'hết giấy',
      en: 'out of paper',
      remedyVi: 'Thêm giấy A4 vào khay; máy tự in tiếp phần đang chờ.',
      remedyEn: 'Put A4 paper into the tray; what waits is printed by itself.',
    },
    'paper-low': { vi: 'sắp hết giấy', en: 'paper is low', remedyVi: 'Thêm giấy A4 vào khay.', remedyEn: 'Put A4 paper into the tray.' },
    offline: {
      vi: 'đang ngắt (offline)',
      en: 'off line',
      remedyVi: 'Xem màn hình của máy in; bấm nút sẵn sàng hoặc tắt rồi bật lại.',
      remedyEn: "Look at the printer's display; press its ready button, or switch it off and on.",
    },
  },
  scanner: {
    offline: {
      vi: 'không trả lời',
      en: 'does not answer',
      remedyVi: 'Bật máy quét, kiểm tra cáp hoặc mạng; máy trả lời là dùng được ngay.',
      remedyEn: 'Switch the scanner on, check cable or network; it works as soon as it answers.',
    },
    'cover-open': {
      vi: 'nắp đang mở',
      en: 'the cover is open',
      remedyVi: 'Đóng nắp máy quét cho đến khi nghe tiếng khớp.',
      remedyEn: 'Close the cover of the scanner until it clicks.',
    },
    jam: {
      vi: 'kẹt giấy',
      en: 'paper jam',
      remedyVi: 'Mở nắp khay nạp, rút tờ bị kẹt ra, đóng lại rồi quét tiếp; các trang đã quét vẫn còn.',
      remedyEn: 'Open the feeder, take the sheet out, close it and go on; the pages that were scanned are kept.',
    },
    busy: {
      vi: 'đang có nơi khác dùng',
      en: 'in use elsewhere',
      remedyVi: 'Chờ nơi kia quét xong.',
      remedyEn: 'Wait until the other one is done.',
    },
  },
  token: {
    unplugged: {
      vi: 'chưa cắm',
      en: 'not plugged in',
      remedyVi: 'Cắm token vào cổng USB khi cần ký; máy tự nhận.',
      remedyEn: 'Plug the token in when something is to be signed; it is noticed by itself.',
    },
    'access-denied': {
      vi: 'đã bị khóa mã PIN',
      en: 'its PIN is locked',
      remedyVi: 'Liên hệ đơn vị cấp chứng thư để mở khóa; đừng thử thêm mã PIN.',
      remedyEn: 'Ask the issuer of the certificate to unlock it; try no more PINs.',
    },
    protocol: {
      vi: 'trình điều khiển không nạp được',
      en: 'its driver cannot be loaded',
      remedyVi: 'Cài lại phần mềm của token, hoặc chọn đúng tệp ở Thiết lập → Ký số.',
      remedyEn: 'Install the software of the token again, or choose the right file in the settings of signing.',
    },
    'driver-restarting': {
      vi: 'trình điều khiển đang khởi động lại',
      en: 'its driver is starting again',
      remedyVi: 'Chờ vài giây; nếu còn báo, rút token ra rồi cắm lại.',
      remedyEn: 'Wait some seconds; if it stays so, pull the token out and plug it in again.',
    },
  },
};

const KINDS: Record<DeviceKind, { vi: string; en: string }> = {
  'ticket-printer': { vi: 'Máy in phiếu', en: 'Ticket printer' },
  'a4-printer': { vi: 'Máy in A4', en: 'A4 printer' },
  scanner: { vi: 'Máy quét', en: 'Scanner' },
  reader: { vi: 'Đầu đọc mã', en: 'Code reader' },
  keypad: { vi: 'Bàn phím gọi số', en: 'Call keypad' },
  display: { vi: 'Bảng số tại quầy', en: 'Counter display' },
  token: { vi: 'Token ký số', en: 'Signing token' },
};

const STATES: Record<DeviceState, { vi: string; en: string }> = {
  absent: { vi: 'không thấy', en: 'not found' },
  connecting: { vi: 'đang kết nối', en: 'connecting' },
  ready: { vi: 'sẵn sàng', en: 'ready' },
  busy: { vi: 'đang làm việc', en: 'working' },
  attention: { vi: 'cần xem', en: 'needs a look' },
  error: { vi: 'có lỗi', en: 'failed' },
};

/** The sentences for a state: `Máy in phiếu: hết giấy.` and what to do. */
export function wordsFor(kind: DeviceKind, state: DeviceState, reasons: readonly DeviceReason[]): Words {
  const words = (reason: DeviceReason) => OWN[kind]?.[reason] ?? REASONS[reason];
  const said = reasons.length > 0 ? reasons.map(words) : [STATES[state]];
  return {
    vi: `${KINDS[kind].vi}: ${said.map((w) => w.vi).join(', ')}.`,
    en: `${KINDS[kind].en}: ${said.map((w) => w.en).join(', ')}.`,
    remedyVi: reasons.map((r) => words(r).remedyVi)[0] ?? '',
    remedyEn: reasons.map((r) => words(r).remedyEn)[0] ?? '',
  };
}
