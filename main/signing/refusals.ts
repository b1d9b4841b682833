import { refuse } from '../contract/refusal.ts';

export const unknownDocument = () =>
  refuse('unknown-document', 'Không có bản này trong danh sách chờ ký.', 'This document is not in the list of what waits for a signature.');
export const unknownBatch = () => refuse('unknown-batch', 'Không có lô ký này.', 'There is no such batch.');
export const batchRunning = () =>
  refuse(
    'batch-running',
    'Đang có một lô ký. Chờ lô đó xong hoặc dừng lô rồi ký tiếp.',
    'A batch is being signed. Wait for it or stop it first.',
  );
export const notPaused = () => refuse('not-paused', 'Lô ký không ở trạng thái tạm dừng.', 'The batch is not paused.');
export const notAsked = () =>
  refuse('not-asked', 'Lô ký không chờ quyết định về dấu thời gian.', 'The batch does not wait for a decision on the timestamp.');
export const notSeen = (code: string) =>
  refuse(
    'not-seen',
    `Bản ${code} chưa được mở xem, hoặc đã thay đổi sau khi xem. Mở xem rồi ký.`,
    `Document ${code} was not looked at, or changed since. Look at it, then sign.`,
    { dossierCode: code },
  );
export const notWaiting = (code: string) =>
  refuse('not-waiting', `Bản ${code} không còn chờ ký.`, `Document ${code} does not wait for a signature any more.`, { dossierCode: code });
export const notSigned = () => refuse('not-signed', 'Bản này chưa được ký.', 'This document is not signed yet.');
export const noTsa = () =>
  refuse(
    'no-tsa',
    'Mức ký này cần dấu thời gian nhưng chưa có địa chỉ máy chủ dấu thời gian. Nhập địa chỉ trong phần thiết lập.',
    'This level needs a timestamp, but no timestamp server is set. Enter its address in the settings.',
  );
export const fileMissing = () =>
  refuse(
    'file-missing',
    'Không đọc được tệp cần ký. Tạo lại hoặc quét lại bản này.',
    'The file to be signed cannot be read. Produce or scan it again.',
  );
export const badCertificate = () =>
  refuse(
    'bad-certificate',
    'Tệp này không phải chứng thư gốc. Chọn tệp .cer hoặc .pem của cơ quan chứng thực.',
    'This file is not a root certificate. Choose the .cer or .pem file of the authority.',
  );
export const numberMissing = (code: string) =>
  refuse(
    'number-missing',
    `Bản ${code} chưa có số và ký hiệu. Ghi số rồi đóng dấu.`,
    `Document ${code} has no number yet. Write it, then seal.`,
    { dossierCode: code },
  );
export const stepsFixed = (code: string) =>
  refuse(
    'steps-fixed',
    `Bản ${code} đã có chữ ký nên không đổi các bước được nữa.`,
    `Document ${code} carries a signature, so its steps cannot change any more.`,
    { dossierCode: code },
  );
export const notCleanable = () =>
  refuse(
    'not-cleanable',
    'Bản này đã có chữ ký hoặc được mã hóa nên không tạo bản sạch được.',
    'This document is signed or encrypted, so no clean copy can be made.',
  );
export const badPicture = () =>
  refuse(
    'bad-picture',
    'Không dùng được ảnh này. Cần ảnh PNG 8 bit, nền trong suốt, không quá 4 MB.',
    'This picture cannot be used. A PNG with 8 bits per channel, transparent, of at most 4 MB is needed.',
  );
