import type { ScanReason } from './types.ts';

/** What the officer reads when a scan does not go on: what happened and what to do next. */
export const SENTENCES: Readonly<Record<ScanReason, { vi: string; en: string }>> = {
  'feeder-empty': {
    vi: 'Khay nạp giấy đang trống. Đặt giấy vào khay rồi quét lại.',
    en: 'The feeder is empty. Put paper into it and scan again.',
  },
  jam: {
    vi: 'Giấy bị kẹt trong máy quét. Mở nắp khay nạp, lấy tờ bị kẹt ra, đặt lại từ tờ đó rồi bấm quét tiếp; các trang đã quét vẫn còn.',
    en: 'Paper is jammed in the scanner. Open the feeder, take the sheet out, put it and the rest back and scan on; the pages already scanned are kept.',
  },
  'cover-open': {
    vi: 'Nắp máy quét đang mở. Đóng nắp rồi quét lại.',
    en: 'The scanner cover is open. Close it and scan again.',
  },
  busy: {
    vi: 'Máy quét đang phục vụ người khác. Chờ máy rảnh rồi quét lại.',
    en: 'The scanner is working for somebody else. Wait until it is free and scan again.',
  },
  offline: {
    vi: 'Không liên lạc được với máy quét. Kiểm tra nguồn điện và dây mạng hoặc dây USB của máy.',
    en: 'The scanner does not answer. Check its power and its network or USB cable.',
  },
  'access-denied': {
    vi: 'Máy quét từ chối quyền sử dụng. Nhờ quản trị viên mở quyền cho quầy này trên máy quét.',
    en: 'The scanner refuses access. Ask the administrator to allow this counter on the scanner.',
  },
  timeout: {
    vi: 'Máy quét không trả lời trong thời gian chờ. Kiểm tra giấy và bấm quét lại.',
    en: 'The scanner did not answer in time. Check the paper and scan again.',
  },
  protocol: {
    vi: 'Máy quét gửi dữ liệu không đọc được. Tắt máy quét, bật lại rồi quét tiếp từ trang còn thiếu.',
    en: 'The scanner sent something unreadable. Switch it off and on, then scan on from the missing page.',
  },
  'driver-crashed': {
    vi: 'Trình điều khiển máy quét vừa bị lỗi và đang khởi động lại. Chờ vài giây rồi quét tiếp; các trang đã quét vẫn còn.',
    en: 'The scanner driver failed and is being restarted. Wait a few seconds and scan on; the pages already scanned are kept.',
  },
  'driver-missing': {
    vi: 'Máy tính này chưa có trình điều khiển cho máy quét. Nhờ quản trị viên cài đặt, hoặc dùng máy quét mạng.',
    en: 'This computer has no driver for the scanner. Ask the administrator to install it, or use a network scanner.',
  },
  'disk-full': {
    vi: 'Ổ đĩa đã đầy, không lưu được trang quét. Báo quản trị viên giải phóng dung lượng.',
    en: 'The disk is full and the page could not be stored. Ask the administrator to free space.',
  },
  unsupported: {
    vi: 'Máy quét không có chế độ này. Chọn nguồn giấy, độ phân giải hoặc màu khác.',
    en: 'The scanner does not have this mode. Choose another source, resolution or colour.',
  },
  interrupted: {
    vi: 'Lần quét trước bị ngắt giữa chừng. Các trang đã quét vẫn còn; quét tiếp từ trang còn thiếu.',
    en: 'The last scan was interrupted. The pages already scanned are kept; scan on from the missing page.',
  },
};
