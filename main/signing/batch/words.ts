import { refuse, type Refusal } from '../../contract/refusal.ts';

/** What an officer reads when a batch waits, stops, or cannot finish a file. */
export const interrupted = (): Refusal =>
  refuse(
    'interrupted',
    'Máy đã tắt giữa chừng. Các bản đã ký vẫn nguyên; nhập mã PIN để ký tiếp các bản còn lại.',
    'The machine stopped in the middle. What was signed is safe; type the PIN to sign the rest.',
  );
export const unexpected = (): Refusal =>
  refuse(
    'unexpected',
    'Lô ký dừng vì lỗi ngoài dự kiến. Các bản đã ký vẫn nguyên; hãy ký lại các bản còn lại.',
    'The batch stopped on an unexpected error. What was signed is safe; sign the rest again.',
  );
export const timestampFailed = (): Refusal =>
  refuse(
    'timestamp-failed',
    'Không xin được dấu thời gian sau 3 lần. Thử lại, hoặc ký trước và bổ sung dấu thời gian sau, hoặc dừng.',
    'No timestamp came after three tries. Try again, or sign now and add the timestamp later, or stop.',
  );
export const writeFailed = (): Refusal =>
  refuse(
    'write-failed',
    'Không ghi hoặc không kiểm lại được bản ký; tệp gốc giữ nguyên. Kiểm tra ổ đĩa rồi ký lại.',
    'The signed copy could not be written or checked; the original is untouched. Check the disk, then sign again.',
  );
