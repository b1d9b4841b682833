import { refuse, type Refusal } from '../../contract/refusal.ts';
import type { ModuleFault } from './modules.ts';
import type { TokenError } from './process.ts';

/** What an officer reads and does when a token does not do what it was asked. */
export function troubleSentence(error: TokenError): Refusal {
  const { trouble, code } = error;
  switch (trouble) {
    case 'wrong-pin':
      return refuse(
        'wrong-pin',
        'Sai mã PIN. Lô ký dừng lại và mã PIN không được gửi lần nữa. Kiểm tra rồi bắt đầu lại.',
        'The PIN is wrong. The batch stopped and the PIN is not sent again. Check it, then start anew.',
      );
    case 'pin-locked':
      return refuse(
        'token-locked',
        'Token đã bị khóa mã PIN. Liên hệ đơn vị cấp chứng thư để mở khóa.',
        'The PIN of the token is locked. Ask the issuer of the certificate to unlock it.',
      );
    case 'pin-expired':
      return refuse(
        'pin-expired',
        'Mã PIN đã hết hạn. Đổi mã PIN bằng phần mềm của token rồi ký lại.',
        "The PIN has expired. Change it with the token's own software, then sign again.",
      );
    case 'pin-format':
      return refuse(
        'pin-format',
        'Mã PIN không đúng độ dài hoặc ký tự mà token cho phép.',
        'The PIN does not have the length or characters that the token allows.',
      );
    case 'removed':
    case 'no-token':
      return refuse(
        'token-removed',
        'Token đã được rút ra. Cắm lại đúng token đó để ký tiếp.',
        'The token was pulled out. Plug the same token in again to go on.',
      );
    case 'no-key':
      return refuse(
        'no-key',
        'Trên token không có khóa của chứng thư này. Chọn chứng thư khác.',
        'The token has no key for this certificate. Choose another certificate.',
      );
    case 'needs-pin':
      return refuse('needs-pin', 'Cần nhập lại mã PIN để ký tiếp.', 'The PIN is needed once more to go on.');
    case 'not-loaded':
      return refuse(
        'module-not-loaded',
        'Không nạp được trình điều khiển của token. Cài lại phần mềm token hoặc chọn đúng tệp.',
        "The token's driver could not be loaded. Install it again, or choose the right file.",
        { code },
      );
    case 'crashed':
      return refuse(
        'driver-crashed',
        'Trình điều khiển của token bị lỗi và đã dừng. Rút token, cắm lại và nhập mã PIN để ký tiếp.',
        "The token's driver crashed. Unplug the token, plug it in again and type the PIN to go on.",
        { code },
      );
    case 'hung':
      return refuse(
        'driver-hung',
        'Token không trả lời. Rút token, cắm lại và nhập mã PIN để ký tiếp.',
        'The token does not answer. Unplug it, plug it in again and type the PIN to go on.',
        { code },
      );
    case 'cancelled':
      return refuse('cancelled', 'Đã hủy trên token.', 'It was cancelled at the token.');
    case 'token-error':
      return refuse(
        'token-error',
        'Token báo lỗi (không phải sai mã PIN). Cắm lại token rồi thử lại; nếu vẫn lỗi hãy báo mã lỗi cho hỗ trợ.',
        'The token reports an error (not a wrong PIN). Plug it in again and retry; if it stays, tell support the code.',
        { code },
      );
  }
}

export function faultSentence(fault: ModuleFault): Refusal {
  switch (fault) {
    case 'missing':
      return refuse(
        'module-missing',
        'Không thấy tệp trình điều khiển của token. Chọn lại tệp.',
        'The driver file of the token is not there. Choose the file again.',
      );
    case 'not-a-library':
      return refuse(
        'module-not-library',
        'Tệp này không phải trình điều khiển token. Chọn tệp PKCS#11.',
        'This file is no token driver. Choose the PKCS#11 file.',
      );
    case 'wrong-architecture':
      return refuse(
        'module-architecture',
        'Trình điều khiển token dành cho loại máy khác (32/64 bit). Cài bản 64 bit.',
        'The token driver is for another kind of machine (32/64 bit). Install the 64-bit one.',
      );
    case 'no-function-list':
      return refuse(
        'module-not-pkcs11',
        'Tệp này không phải trình điều khiển PKCS#11. Có thể là tệp CSP cùng tên; chọn tệp khác.',
        'This file is no PKCS#11 driver. It may be the CSP of the same name; choose another.',
      );
  }
}
