import { refuse, type Refusal } from '../../contract/refusal.ts';
import type { FieldLock, PdfFile } from '../pdf/index.ts';

/** Readers stop at object 8 388 607 (ISO 32000-1, annex C); an update needs some numbers of its own. */
const MOST_OBJECTS = 8_388_607 - 1000;

/**
 * May this file take another signature, and in this field? The answer never depends on what other tools would do: a file
 * that had to be repaired, is encrypted or is certified against changes is refused, and stays untouched.
 * @param field full name of the field that will be signed or added
 * @returns null when nothing speaks against it
 */
export function guardFile(pdf: PdfFile, field: string): Refusal | null {
  const blocking = pdf.problems.find((problem) => problem.blocks);
  if (blocking) return refuse(`pdf-${kebab(blocking.code)}`, blocking.vi, blocking.en);
  const after = pdf.problems.find((problem) => problem.code === 'bytesAfterEof');
  if (after) {
    return refuse(
      'pdf-bytes-after-eof',
      'Có dữ liệu lạ sau dấu kết thúc tệp nên không ký. Hãy tạo bản sạch, xem lại rồi ký.',
      'Foreign bytes follow the end mark, so the file is not signed. Make a clean copy, look at it, then sign.',
    );
  }
  if (pdf.highestObjectNumber > MOST_OBJECTS) {
    return refuse(
      'pdf-too-large',
      'Tệp đánh số đối tượng quá lớn nên phần mềm khác sẽ không mở được bản ký. Hãy xuất lại tệp PDF rồi ký.',
      'The file numbers its objects so high that other readers could not open the signed copy. Export the PDF again, then sign.',
    );
  }
  const { docMdp, locks, encrypted } = pdf.permissions;
  if (encrypted) {
    return refuse(
      'pdf-encrypted',
      'Tệp có mật khẩu hoặc được mã hóa nên không ký. Hãy xin bản không mã hóa.',
      'The file is encrypted, so it is not signed. Ask for one that is not.',
    );
  }
  if (docMdp === 1) {
    return refuse(
      'certified-no-changes',
      'Tệp đã được chứng nhận "không cho thay đổi" nên không thêm chữ ký được. Hãy xin bản gốc chưa khóa.',
      'The file is certified as "no changes allowed", so no signature can be added. Ask for the unlocked original.',
    );
  }
  const lock = locks.find((one) => one.p === 1 || covers(one, field));
  if (lock) {
    return refuse(
      'field-locked',
      'Một chữ ký trước đã khóa ô ký này nên không ký được. Hãy dùng ô khác, hoặc xin bản chưa khóa.',
      'An earlier signature locked this field, so it cannot be signed. Use another field, or ask for an unlocked original.',
    );
  }
  return null;
}

function covers(lock: FieldLock, field: string): boolean {
  if (lock.action === 'All') return true;
  // Naming a field names everything below it (ISO 32000-2, 12.8.2.4).
  const named = lock.fields.some((name) => field === name || field.startsWith(`${name}.`));
  return lock.action === 'Include' ? named : !named;
}

const kebab = (code: string): string => code.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
