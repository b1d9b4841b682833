import { refuse } from '../contract/refusal.ts';

/** Every no of this room, in one place: what happened and what to do next. */
export const no = {
  closed: () =>
    refuse('closed', 'Ngoài giờ cấp số. Mời quay lại trong giờ làm việc.', 'Numbers are not given now. Please come back in working hours.'),
  unknownService: () =>
    refuse(
      'unknown-service',
      'Không có lĩnh vực này. Hãy tải lại màn hình rồi chọn lại.',
      'There is no such service. Reload the screen and choose again.',
    ),
  unknownReason: () =>
    refuse(
      'unknown-reason',
      'Lý do ưu tiên này không có trong danh mục. Hãy chọn lý do khác.',
      'This priority reason is not on the list. Choose another one.',
    ),
  unknownTicket: () =>
    refuse(
      'unknown-ticket',
      'Không tìm thấy số này trong ngày. Hãy kiểm tra lại số trên phiếu.',
      'This ticket is not known today. Check the number on the paper.',
    ),
  unknownCounter: () =>
    refuse('unknown-counter', 'Không có quầy này. Hãy chọn lại quầy.', 'There is no such counter. Choose the counter again.'),
  unknownAppointment: () =>
    refuse(
      'unknown-appointment',
      'Mã này không phải phiếu hẹn của trung tâm. Xin chọn một ô để lấy số thường, hoặc hỏi cán bộ hướng dẫn.',
      'This is no appointment of this centre. Touch a box for a normal number, or ask the helper.',
    ),
  tooLong: () => refuse('too-long', 'Hãy chọn khoảng thời gian từ một ngày đến ba tháng.', 'Choose a period of one day to three months.'),
  appointmentPast: (day: string) =>
    refuse(
      'appointment-past',
      `Phiếu hẹn này của ngày ${day}, đã qua. Xin chọn một ô để lấy số thường, hoặc hỏi cán bộ hướng dẫn.`,
      `This appointment was for ${day}, which is over. Touch a box for a normal number, or ask the helper.`,
    ),
  appointmentAhead: (day: string) =>
    refuse(
      'appointment-ahead',
      `Phiếu hẹn này của ngày ${day}. Xin đến đúng ngày hẹn; hôm nay có thể chọn một ô để lấy số thường.`,
      `This appointment is for ${day}. Please come on that day; for today touch a box for a normal number.`,
    ),
  appointmentUsed: (text: string) =>
    refuse(
      'appointment-used',
      `Phiếu hẹn này đã dùng xong với số ${text}. Nếu còn việc khác, xin chọn một ô để lấy số mới.`,
      `This appointment was used with number ${text}. For another matter touch a box for a new number.`,
    ),
  hallAway: () =>
    refuse(
      'hall-away',
      'Máy chủ hàng chờ chưa trả lời. Hãy chờ vài giây rồi bấm lại: bấm lại không gọi hai người, không cấp hai số.',
      'The hall database does not answer. Wait some seconds and press again: it will call nobody twice and give no second number.',
    ),
  noCounter: () =>
    refuse('no-counter', 'Bạn chưa nhận quầy. Hãy nhận quầy trước khi gọi số.', 'You have not taken a counter. Take one before you call.'),
  counterTaken: (label: string) =>
    refuse(
      'counter-taken',
      `Quầy ${label} đang có cán bộ khác. Hãy chọn quầy khác hoặc nhờ phụ trách giải phóng quầy.`,
      `Somebody else sits at counter ${label}. Choose another one or ask the supervisor to free it.`,
      { counter: label },
    ),
  finishFirst: (text: string) =>
    refuse(
      'finish-first',
      `Quầy đang giữ số ${text}. Hãy kết thúc, để riêng hoặc chuyển số này trước.`,
      `Your counter holds ${text}. Finish, park or transfer it first.`,
      { ticket: text },
    ),
  nothingHere: () =>
    refuse('no-current-ticket', 'Quầy không giữ số nào. Hãy gọi số tiếp theo.', 'Your counter holds no ticket. Call the next one.'),
  elsewhere: (text: string, label: string) =>
    refuse('called-elsewhere', `Số ${text} đang ở quầy ${label}. Hãy gọi số khác.`, `${text} is at counter ${label}. Call another one.`, {
      ticket: text,
      counter: label,
    }),
  notNow: (text: string, stateVi: string, stateEn: string) =>
    refuse(
      'not-in-this-state',
      `Số ${text} đang ở trạng thái “${stateVi}” nên không làm được việc này. Hãy xem lại danh sách.`,
      `${text} is ${stateEn}, so this cannot be done. Look at the list again.`,
      { ticket: text },
    ),
  undoOver: () =>
    refuse(
      'undo-over',
      'Không còn bước nào để hoàn tác. Hãy dùng phím tương ứng để sửa.',
      'There is nothing left to undo. Use the matching key to put it right.',
    ),
  undoChanged: () =>
    refuse(
      'undo-changed',
      'Số này đã được xử lý tiếp ở nơi khác nên không hoàn tác được. Hãy xem lại danh sách.',
      'Somebody has gone on with this ticket, so it cannot be undone. Look at the list again.',
    ),
  numberUsed: (text: string) =>
    refuse(
      'number-used',
      `Số ${text} đã được cấp. Hãy cấp số mới cho người dân này.`,
      `${text} was given already. Issue a new number for this citizen.`,
      { ticket: text },
    ),
  notLeased: (text: string) =>
    refuse(
      'not-leased',
      `Số ${text} không thuộc dãy số của máy lấy số này. Hãy cấp số mới.`,
      `${text} is not in this kiosk's block. Issue a new number.`,
      { ticket: text },
    ),
  leaseUsedUp: () =>
    refuse(
      'lease-used-up',
      'Đã hết dãy số dự phòng trong ngày. Máy lấy số cần kết nối lại với trung tâm.',
      'The spare numbers of today are used up. The kiosk must reach the hub again.',
    ),
  rated: () => refuse('rated', 'Số này đã được đánh giá. Xin cảm ơn.', 'This ticket has been rated. Thank you.'),
  notRateable: () =>
    refuse('not-rateable', 'Chỉ đánh giá được sau khi cán bộ kết thúc phục vụ.', 'Rating is possible after the officer has finished.'),
  commandReused: () =>
    refuse(
      'command-reused',
      'Mã lệnh này đã dùng cho việc khác. Hãy bấm lại.',
      'This command id was used for something else. Press again.',
    ),
  notPrinting: () =>
    refuse(
      'no-printing',
      'Điểm này không in phiếu. Hãy đọc số cho người dân.',
      'This site prints no tickets. Read the number to the citizen.',
    ),
};

export const STATE_WORDS: Record<string, { vi: string; en: string }> = {
  waiting: { vi: 'đang chờ', en: 'waiting' },
  transferred: { vi: 'đã chuyển, đang chờ', en: 'transferred and waiting' },
  called: { vi: 'đang gọi', en: 'being called' },
  serving: { vi: 'đang phục vụ', en: 'being served' },
  parked: { vi: 'để riêng', en: 'parked' },
  'no-show': { vi: 'vắng mặt', en: 'marked as absent' },
  done: { vi: 'đã xong', en: 'done' },
  cancelled: { vi: 'đã hủy', en: 'cancelled' },
  'carried-over': { vi: 'chuyển sang ngày sau', en: 'carried over' },
};
