import { refuse, type Refusal } from '../../contract/refusal.ts';
import type { FieldLock, PdfFile, PdfProblem } from '../pdf/index.ts';

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
  if (blocking) return asRefusal(blocking);
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
  const { docMdp, locks, usageRights, xfa } = pdf.permissions;
  if (docMdp === 1) {
    return refuse(
      'certified-no-changes',
      'Tệp đã được chứng nhận "không cho thay đổi" nên không thêm chữ ký được. Hãy xin bản gốc chưa khóa.',
      'The file is certified as "no changes allowed", so no signature can be added. Ask for the unlocked original.',
    );
  }
  if (usageRights) {
    return refuse(
      'usage-rights',
      'Tệp mang quyền sử dụng riêng của phần mềm khác (Reader mở rộng); ký vào thì quyền đó hỏng. Hãy tạo bản sạch, xem lại rồi ký.',
      'The file carries usage rights of another program, which any signature would break. Make a clean copy, look at it, then sign.',
    );
  }
  if (xfa !== undefined) {
    return refuse(
      'pdf-xfa',
      'Tệp là biểu mẫu XFA: mỗi phần mềm hiện một kiểu, nên trang ký chưa chắc là trang đã xem. Hãy in ra PDF thường, hoặc tạo bản sạch và xem lại.',
      'The file is an XFA form, which each program shows in its own way: what is signed need not be what was seen. Print it to a plain PDF, or make a clean copy and look at it.',
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

/**
 * What only reading every object shows: entries that point elsewhere, objects that do not end, streams of a wrong length. Other
 * readers would repair such a file, each in its own way, so it is not signed.
 */
export function guardObjects(pdf: PdfFile): Refusal | null {
  const blocking = pdf.audit().find((problem) => problem.blocks);
  return blocking ? asRefusal(blocking) : null;
}

const asRefusal = (found: PdfProblem): Refusal => refuse(`pdf-${kebab(found.code)}`, found.vi, found.en);

function covers(lock: FieldLock, field: string): boolean {
  if (lock.action === 'All') return true;
  // Naming a field names everything below it (ISO 32000-2, 12.8.2.4).
  const named = lock.fields.some((name) => field === name || field.startsWith(`${name}.`));
  return lock.action === 'Include' ? named : !named;
}

const kebab = (code: string): string => code.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
