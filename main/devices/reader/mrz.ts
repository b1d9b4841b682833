import type { IdCard, Scan } from '../../contract/devices.ts';
import { calendarDay, crossCheck, fromNumber } from './id-card.ts';

const broken = (vi: string, en: string): Scan => ({ kind: 'broken', what: 'mrz', vi, en });

/** Three lines of thirty, or ninety characters in a row; null when the text is nothing like a TD1 zone. */
export function td1Lines(text: string): [string, string, string] | null {
  const compact = text.replace(/[\s\r\n]+/gu, '');
  if (compact.length !== 90 || !/^[A-Z0-9<]+$/u.test(compact)) return null;
  return [compact.slice(0, 30), compact.slice(30, 60), compact.slice(60)];
}

/** Weights 7, 3, 1; digits count as themselves, letters from A = 10, fillers 0 (ICAO 9303-3, 4.9). */
export function checkDigit(text: string): string {
  let sum = 0;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    const value = code >= 65 ? code - 55 : code === 60 ? 0 : code - 48;
    sum += value * [7, 3, 1][i % 3]!;
  }
  return String(sum % 10);
}

/**
 * The machine readable zone of a Vietnamese ID card (ICAO 9303-5, TD1). Every check digit must hold: document number,
 * the 12-digit ID number in the optional data, birth, expiry and the composite. Names in it have no diacritics.
 */
export function readMrz([first, second, third]: readonly [string, string, string], today: string): Scan {
  if (!/^I[A-Z<]VNM/u.test(first) || second.slice(15, 18) !== 'VNM') {
    return broken(
      'Đây không phải thẻ căn cước Việt Nam. Hãy nhập tay theo giấy tờ của công dân.',
      'That is not a Vietnamese ID card. Type from the document.',
    );
  }
  const idNumber = first.slice(15, 27);
  const sums: [string, string][] = [
    [first.slice(5, 14), first[14]!],
    [second.slice(0, 6), second[6]!],
    [second.slice(8, 14), second[14]!],
    [first.slice(5) + second.slice(0, 7) + second.slice(8, 15) + second.slice(18, 29), second[29]!],
  ];
  if (first[29] !== '<') sums.push([idNumber, first[29]!]);
  const noExpiry = second.slice(8, 14) === '<<<<<<';
  if (
    sums.some(([text, digit], i) => checkDigit(text) !== digit && !(i === 2 && noExpiry && digit === '<')) ||
    !/^\d{12}$/u.test(idNumber) ||
    idNumber.slice(3) !== first.slice(5, 14)
  ) {
    return broken(
      'Dòng mã ở mặt sau thẻ đọc sai một vài ký tự. Hãy lau thẻ và quét lại.',
      'Some characters of the zone on the back were misread. Wipe the card and scan again.',
    );
  }
  const { century } = fromNumber(idNumber);
  const birthDate = calendarDay(`${century}${second.slice(0, 2)}`, second.slice(2, 4), second.slice(4, 6));
  const expiryDate = noExpiry ? null : calendarDay(`20${second.slice(8, 10)}`, second.slice(10, 12), second.slice(12, 14));
  const sex = second[7] === 'M' ? 'male' : second[7] === 'F' ? 'female' : null;
  const fullName = third.replace(/<+$/u, '').split(/<+/u).join(' ');
  if (!birthDate || birthDate > today || (!noExpiry && !expiryDate) || !sex || !/^[A-Z ]{2,}$/u.test(fullName)) {
    return broken(
      'Dòng mã ở mặt sau thẻ thiếu họ tên, ngày sinh hoặc giới tính. Hãy quét mã QR ở mặt trước.',
      'The zone on the back lacks name, birth date or sex. Scan the QR on the front.',
    );
  }
  const card: IdCard = { idNumber, oldIdNumber: null, fullName, birthDate, sex, address: null, issueDate: null, expiryDate };
  const warnings = crossCheck(card);
  warnings.push({
    field: 'fullName',
    vi: 'Dòng mã không có dấu tiếng Việt: hãy bổ sung dấu cho họ tên theo thẻ.',
    en: 'The zone has no diacritics: complete the name from the card.',
  });
  if (expiryDate && expiryDate < today) warnings.push({ field: 'idNumber', vi: 'Thẻ đã hết hạn.', en: 'The card has expired.' });
  return { kind: 'id-card', source: 'mrz', card, warnings, needsCheck: true };
}
