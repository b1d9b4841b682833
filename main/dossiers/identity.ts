import type { PersonField, PersonView } from '../contract/dossiers.ts';
import { refuse, type Refusal } from '../contract/refusal.ts';

/**
 * Doubts about a person's data. The twelve digits hold sex, century and year of birth (NĐ 137/2015/NĐ-CP; TT 59/2021/TT-BCA):
 * a difference is said and never stops, and the province's digits are not judged, because they stay after mergers.
 * @param today YYYY-MM-DD
 */
export function identityNotes(person: PersonView, today: string): string[] {
  const notes: string[] = [];
  const id = person.idNumber?.value ?? '';
  const born = person.birthDate?.value ?? '';
  if (id !== '' && !/^\d{12}$/.test(id)) notes.push('Số định danh phải có 12 chữ số.');
  const inside = readIdNumber(id);
  if (inside && /^\d{4}/.test(born) && inside.year !== Number(born.slice(0, 4)))
    notes.push(`Năm sinh ${born.slice(0, 4)} không khớp số định danh (${inside.year}).`);
  const sex = person.sex?.value;
  if (inside && (sex === 'Nam' || sex === 'Nữ') && inside.sex !== sex)
    notes.push(`Giới tính ${sex} không khớp số định danh (${inside.sex}).`);
  if (born > today) notes.push('Ngày sinh ở tương lai.');
  if (Object.values(person).some((f) => f.review === 'accents')) notes.push('Họ tên đọc qua bàn phím giả lập: cần xem lại dấu.');
  return notes;
}

/** Sex and year of birth that a 12-digit number states; undefined when it is none. */
export function readIdNumber(id: string): { sex: 'Nam' | 'Nữ'; year: number } | undefined {
  if (!/^\d{12}$/.test(id)) return undefined;
  const digit = Number(id[3]);
  return { sex: digit % 2 === 0 ? 'Nam' : 'Nữ', year: 1900 + Math.floor(digit / 2) * 100 + Number(id.slice(4, 6)) };
}

/** Shapes that no paper of a citizen has; everything else is the officer's judgement. */
export function wrongValue(field: PersonField, text: string): Refusal | undefined {
  const say = (vi: string, en: string) => refuse('wrong-value', vi, en, { field });
  if (field === 'idNumber' && !/^[0-9A-Z]{6,20}$/i.test(text))
    return say('Số giấy tờ chỉ gồm chữ và số, 6 đến 20 ký tự.', 'A document number has 6 to 20 letters and digits.');
  if ((field === 'birthDate' || field === 'idIssuedOn') && !/^\d{4}(-\d{2}-\d{2})?$/.test(text))
    return say('Ngày phải có dạng năm-tháng-ngày, hoặc chỉ năm.', 'A date is year-month-day, or the year alone.');
  if (field === 'phone' && !/^\+?[\d .-]{8,20}$/.test(text))
    return say('Số điện thoại chỉ gồm chữ số, 8 đến 15 số.', 'A telephone number has 8 to 15 digits.');
  if (field === 'email' && !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text))
    return say('Địa chỉ thư điện tử chưa đúng; hãy xem lại.', 'The e-mail address is not right; look again.');
  return undefined;
}

/** The same person in another dossier of the same visit: known from there, and open to correction like everything else. */
export const asEarlier = (person: PersonView, at: number): PersonView =>
  Object.fromEntries(
    Object.entries(person).map(([field, held]) => [
      field,
      {
        value: held.value,
        source: 'earlier' as const,
        at,
        ...(held.review ? { review: held.review } : {}),
        ...(held.doubt ? { doubt: held.doubt } : {}),
      },
    ]),
  );
