/**
 * The code pages of the training printer: page 0 (ASCII only) and TCVN-3 on 30 and 31, as escpos-printer-db lists them for
 * Epson. Written as tables from byte 0xA0 on, apart from the driver's own rule, so that a mistake there shows on the paper.
 */
const HOLE = '\u0000';
const row = (text: string): string[] => Array.from(text.normalize('NFC').replaceAll('.', HOLE));

const LOWER = [
  ...row('........ăâêôơưđ.'),
  ...row('.....àảãáạ.ằẳẵắ.'),
  ...row('......ặầẩẫấậè.ẻẽ'),
  ...row('éẹềểễếệìỉ...ĩíịò'),
  ...row('.ỏõóọồổỗốộờởỡớợù'),
  ...row('.ủũúụừửữứựỳỷỹýỵ.'),
];
const UPPER = [
  ...row('.ĂÂ....Đ..ÊÔƠƯ..'),
  ...row('.....ÀẢÃÁẠ.ẰẲẴẮ.'),
  ...row('......ẶẦẨẪẤẬÈ.ẺẼ'),
  ...row('ÉẸỀỂỄẾỆÌỈ...ĨÍỊÒ'),
  ...row('.ỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙ'),
  ...row('.ỦŨÚỤỪỬỮỨỰỲỶỸÝỴ.'),
];

/** @returns the letter that this page prints for the byte; `?` where it has none */
export function letterOf(page: number, byte: number): string {
  if (byte < 0x80) return String.fromCharCode(byte);
  const table = page === 30 ? LOWER : page === 31 ? UPPER : null;
  const letter = table?.[byte - 0xa0];
  return letter && letter !== HOLE ? letter : '?';
}
