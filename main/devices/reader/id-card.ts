import type { IdCard, Scan, ScanWarning } from '../../contract/devices.ts';

/** What went wrong with a card's QR, before it becomes a sentence. */
const broken = (vi: string, en: string): Scan => ({ kind: 'broken', what: 'id-card', vi, en });

/**
 * The QR of a citizen identity card: `number|old number|name|ddMMyyyy|sex|residence|ddMMyyyy`, UTF-8. Seven fields or
 * more (later cards append some, which are left alone). All of it or nothing: a half-filled form is worse than none.
 * @param today `YYYY-MM-DD`; nobody is born after it
 * @param typed came in as keystrokes: diacritics may be lost, so the officer looks at it
 */
export function readIdCardQr(text: string, today: string, typed: boolean): Scan {
  const fields = text.split('|').map((field) => field.trim());
  if (fields.length < 7) {
    return broken(
      'Mã QR thẻ căn cước đọc thiếu thông tin. Hãy quét lại, giữ thẻ phẳng và cách đầu đọc 10–15 cm.',
      'The card’s QR came in incomplete. Scan again: hold the card flat, 10 to 15 cm away.',
    );
  }
  if (text.includes('\uFFFD')) {
    return broken(
      'Đầu đọc gửi sai bảng chữ tiếng Việt. Hãy đặt đầu đọc ở chế độ USB-COM, UTF-8 rồi quét lại.',
      'The reader sends the wrong character set. Set it to USB-COM and UTF-8, then scan again.',
    );
  }
  const [idNumber = '', oldIdNumber = '', fullName = '', birth = '', sexWord = '', address = '', issued = ''] = fields;
  if (!/^\d{12}$/u.test(idNumber)) {
    return broken(
      'Đây không phải số căn cước 12 chữ số. Hãy quét mặt có mã QR của thẻ căn cước, hoặc nhập tay.',
      'That is not a 12-digit ID number. Scan the side with the QR, or type it in.',
    );
  }
  const birthDate = dayOf(birth);
  const issueDate = dayOf(issued);
  const sex = sexOf(sexWord, typed);
  const nameIsWhole = /^[\p{L}\p{M}][\p{L}\p{M}\s'’.-]+$/u.test(fullName) || (typed && fullName.length > 1);
  if (!birthDate || !issueDate || !sex || !nameIsWhole || address.length < 3 || !/^(\d{9}|\d{12})?$/u.test(oldIdNumber)) {
    return broken(
      'Mã QR thẻ căn cước bị rách hoặc đọc sai chữ. Hãy lau thẻ và quét lại; nếu vẫn lỗi, nhập tay theo thẻ.',
      'The card’s QR is damaged or was misread. Wipe it and scan again; else type from the card.',
    );
  }
  if (birthDate > today || issueDate > today || issueDate < birthDate) {
    return broken(
      'Ngày sinh hoặc ngày cấp trên mã QR không hợp lý. Hãy quét lại; nếu vẫn vậy, nhập tay theo thẻ.',
      'Birth or issue date in the QR cannot be right. Scan again; else type from the card.',
    );
  }
  const card: IdCard = { idNumber, oldIdNumber: oldIdNumber || null, fullName, birthDate, sex, address, issueDate, expiryDate: null };
  return { kind: 'id-card', source: 'qr', card, warnings: crossCheck(card), needsCheck: typed };
}

/** `ddMMyyyy` to `YYYY-MM-DD`; null when there is no such day. */
function dayOf(text: string): string | null {
  if (!/^\d{8}$/u.test(text)) return null;
  return calendarDay(text.slice(4), text.slice(2, 4), text.slice(0, 2));
}

/** Null when the calendar has no such day. */
export function calendarDay(year: string, month: string, day: string): string | null {
  const iso = `${year}-${month}-${day}`;
  const ms = Date.parse(`${iso}T00:00:00Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== iso || year < '1880' ? null : iso;
}

function sexOf(word: string, typed: boolean): 'male' | 'female' | null {
  const lower = word.toLowerCase();
  if (lower === 'nam') return 'male';
  if (lower === 'nữ') return 'female';
  return typed && /^n.{1,3}$/u.test(lower) ? 'female' : null; // "Nu", "N?": what a keyboard leaves of "Nữ"
}

/**
 * The number itself holds century, sex and year of birth (digits 4 to 6, NĐ 137/2015 and TT 59/2021/TT-BCA). A difference
 * is a doubt, not a refusal: cards with mistakes exist. Place codes are never judged; provinces merged, numbers stay.
 */
export function crossCheck(card: IdCard): ScanWarning[] {
  const warnings: ScanWarning[] = [];
  const { century, sex } = fromNumber(card.idNumber);
  if (sex !== card.sex) {
    warnings.push({
      field: 'sex',
      vi: 'Giới tính không khớp với chữ số thứ 4 của số căn cước. Hãy đối chiếu với thẻ.',
      en: 'Sex does not match the 4th digit of the ID number. Compare with the card.',
    });
  }
  if (`${century}${card.idNumber.slice(4, 6)}` !== card.birthDate.slice(0, 4)) {
    warnings.push({
      field: 'birthDate',
      vi: 'Năm sinh không khớp với số căn cước. Hãy đối chiếu với thẻ.',
      en: 'Year of birth does not match the ID number. Compare with the card.',
    });
  }
  return warnings;
}

/** First two digits of the year of birth, and the sex, out of digit 4: 0/1 are the 1900s, 2/3 the 2000s and so on. */
export function fromNumber(idNumber: string): { century: number; sex: 'male' | 'female' } {
  const digit = Number(idNumber[3]);
  return { century: 19 + (digit >> 1), sex: digit % 2 === 0 ? 'male' : 'female' };
}
