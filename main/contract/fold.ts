/**
 * Letters without their marks, in lower case: `Đặng Thị Hường` gives `dang thi huong`. SQLite's remove_diacritics and
 * `String.normalize` both leave `đ` alone, so it is folded here, on both sides of every search.
 * The result has the length of the NFC input: a position in one is the same position in the other.
 */
export function fold(text: string): string {
  let out = '';
  for (const unit of text.normalize('NFC')) {
    if (unit === 'đ' || unit === 'Đ') out += 'd';
    else {
      const base = unit
        .normalize('NFD')
        .replace(/\p{M}+/gu, '')
        .toLowerCase();
      // A lone combining mark, or a letter whose lower case is longer, keeps its place so that positions stay true.
      out += base.length === unit.length ? base : unit;
    }
  }
  return out;
}

/** The folded syllables of a text; digits and dotted codes stay together. */
export function syllables(text: string): string[] {
  return fold(text)
    .split(/[^a-z0-9.]+/u)
    .map((s) => s.replace(/^\.+|\.+$/g, ''))
    .filter((s) => s !== '');
}
