/**
 * TCVN 5712 VN3 ("ABC") as printers have it: two pages with the same places, one of small letters, one of capitals.
 * Source: TCVN 5712:1993, and the printers' page lists in escpos-printer-db. `Đ` and `Ă Â` of the capitals' page stand at
 * 0xA7, 0xA1 and 0xA2.
 */
const TONED: readonly (readonly [start: number, letters: string])[] = [
  [0xa8, 'ăâêôơưđ'],
  [0xb5, 'àảãáạ'],
  [0xbb, 'ằẳẵắ'],
  [0xc6, 'ặầẩẫấậè'],
  [0xce, 'ẻẽéẹềểễếệìỉ'],
  [0xdc, 'ĩíịò'],
  [0xe1, 'ỏõóọồổỗốộờởỡớợù'],
  [0xf1, 'ủũúụừửữứựỳỷỹýỵ'],
];
const CAPITALS_ELSEWHERE: Record<string, number> = { Ă: 0xa1, Â: 0xa2, Đ: 0xa7 };

export type TcvnPage = 'lower' | 'upper';

const LOWER = new Map<string, number>();
const UPPER = new Map<string, number>();
for (const [start, letters] of TONED) {
  Array.from(letters.normalize('NFC')).forEach((letter, i) => {
    const capital = letter.toUpperCase();
    LOWER.set(letter, start + i);
    UPPER.set(capital, CAPITALS_ELSEWHERE[capital] ?? start + i);
  });
}

/** Where a letter stands; null on neither page (`₫`, quotes). ASCII is the same on both. */
export function tcvnByte(letter: string): { page: TcvnPage | 'both'; byte: number } | null {
  const code = letter.charCodeAt(0);
  if (letter.length === 1 && code >= 0x20 && code < 0x7f) return { page: 'both', byte: code };
  const lower = LOWER.get(letter);
  if (lower !== undefined) return { page: 'lower', byte: lower };
  const upper = UPPER.get(letter);
  return upper === undefined ? null : { page: 'upper', byte: upper };
}
