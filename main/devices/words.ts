import type { DeviceKind, DeviceReason, DeviceState } from '../contract/devices.ts';

interface Words {
  readonly vi: string;
  readonly en: string;
  readonly todoVi: string;
  readonly todoEn: string;
}

const REASONS: Record<DeviceReason, Words> = {
  'paper-out': {
    vi: 'hết giấy',
    en: 'out of paper',
    todoVi: 'Thay cuộn giấy hoặc thêm giấy rồi đóng nắp; máy tự nhận lại.',
    todoEn: 'Put in paper and close the cover; it comes back by itself.',
  },
  'paper-low': { vi: 'sắp hết giấy', en: 'paper is low', todoVi: 'Chuẩn bị sẵn một cuộn giấy mới.', todoEn: 'Have a new roll at hand.' },
  'cover-open': {
    vi: 'nắp đang mở',
    en: 'the cover is open',
    todoVi: 'Đóng nắp cho đến khi nghe tiếng khớp.',
    todoEn: 'Close the cover until it clicks.',
  },
  offline: {
    vi: 'đang ngắt (offline)',
    en: 'off line',
    todoVi: 'Bấm nút FEED hoặc tắt rồi bật lại thiết bị.',
    todoEn: 'Press FEED, or switch the device off and on.',
  },
  jam: {
    vi: 'kẹt giấy',
    en: 'paper jam',
    todoVi: 'Mở nắp, lấy giấy kẹt ra, đóng nắp lại.',
    todoEn: 'Open the cover, take the paper out, close it.',
  },
  'feeder-empty': {
    vi: 'khay nạp hết giấy',
    en: 'the feeder is empty',
    todoVi: 'Đặt giấy tờ vào khay nạp.',
    todoEn: 'Put the papers into the feeder.',
  },
  unplugged: {
    vi: 'mất kết nối',
    en: 'not connected',
    todoVi: 'Kiểm tra cáp và nguồn điện; cắm lại là dùng được, không cần bấm gì.',
    todoEn: 'Check cable and power; plugged in again it works without a click.',
  },
  busy: { vi: 'đang bận', en: 'busy', todoVi: 'Chờ việc trước xong.', todoEn: 'Wait for the work before.' },
  'access-denied': {
    vi: 'không có quyền mở',
    en: 'may not be opened',
    todoVi: 'Nhờ quản trị cấp quyền cho thiết bị này, hoặc đóng phần mềm khác đang giữ nó.',
    todoEn: 'Ask the administrator for access, or close the program that holds it.',
  },
  timeout: { vi: 'không trả lời', en: 'does not answer', todoVi: 'Tắt rồi bật lại thiết bị.', todoEn: 'Switch the device off and on.' },
  protocol: {
    vi: 'trả lời không hiểu được',
    en: 'answers something we do not understand',
    todoVi: 'Kiểm tra loại máy và tốc độ cổng trong phần cài đặt thiết bị.',
    todoEn: 'Check model and speed on the setup page.',
  },
  'wire-too-slow': {
    vi: 'cổng quá chậm để in dạng ảnh',
    en: 'the wire is too slow for pictures',
    todoVi: 'Đặt tốc độ cổng từ 57.600 trở lên, hoặc in trang thử và chọn chữ TCVN-3 hay chữ tải xuống.',
    todoEn: 'Set the port to 57,600 or more, or print a test page and choose TCVN-3 text or downloaded glyphs.',
  },
  'driver-restarting': {
    vi: 'trình điều khiển đang khởi động lại',
    en: 'its driver is starting again',
    todoVi: 'Chờ vài giây.',
    todoEn: 'Wait some seconds.',
  },
  'not-configured': {
    vi: 'chưa cài đặt',
    en: 'not set up',
    todoVi: 'Mở trang cài đặt thiết bị và tìm thiết bị.',
    todoEn: 'Open the setup page and look for the device.',
  },
};

const KINDS: Record<DeviceKind, { vi: string; en: string }> = {
  'ticket-printer': { vi: 'Máy in phiếu', en: 'Ticket printer' },
  'a4-printer': { vi: 'Máy in A4', en: 'A4 printer' },
  scanner: { vi: 'Máy quét', en: 'Scanner' },
  reader: { vi: 'Đầu đọc mã', en: 'Code reader' },
  keypad: { vi: 'Bàn phím gọi số', en: 'Call keypad' },
  display: { vi: 'Bảng số tại quầy', en: 'Counter display' },
  token: { vi: 'Thiết bị ký số', en: 'Signing token' },
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
  const said = reasons.length > 0 ? reasons.map((r) => REASONS[r]) : [STATES[state]];
  return {
    vi: `${KINDS[kind].vi}: ${said.map((w) => w.vi).join(', ')}.`,
    en: `${KINDS[kind].en}: ${said.map((w) => w.en).join(', ')}.`,
    todoVi: reasons.map((r) => REASONS[r].todoVi)[0] ?? '',
    todoEn: reasons.map((r) => REASONS[r].todoEn)[0] ?? '',
  };
}
