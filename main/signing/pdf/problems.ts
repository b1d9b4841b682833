/** What can be wrong with a file. Nothing here is ever repaired: readers disagree about repairs, and a signature must not. */
export type PdfProblemCode =
  | 'unreadable'
  | 'notPdf'
  | 'headerNotFirst'
  | 'twoHeaders'
  | 'truncated'
  | 'bytesAfterEof'
  | 'brokenXref'
  | 'looped'
  | 'encrypted'
  | 'brokenObject'
  | 'duplicateObject'
  | 'duplicateKey'
  | 'unaccountedBytes'
  | 'unsupported'
  | 'tooLarge';

export interface PdfProblem {
  code: PdfProblemCode;
  /** True when the file must not be signed; false when the officer is only to be told. */
  blocks: boolean;
  vi: string;
  en: string;
  /** Technical detail for the log: positions and object numbers, never content. */
  detail: string;
  offset?: number;
}

const SENTENCES: Record<PdfProblemCode, { blocks: boolean; vi: string; en: string }> = {
  unreadable: { blocks: true, vi: 'Không đọc được tệp.', en: 'The file cannot be read.' },
  notPdf: { blocks: true, vi: 'Tệp này không phải PDF.', en: 'This file is not a PDF.' },
  headerNotFirst: {
    blocks: true,
    vi: 'Có dữ liệu lạ đứng trước phần đầu PDF; hãy tạo lại tệp.',
    en: 'Foreign bytes stand before the PDF header; produce the file again.',
  },
  twoHeaders: { blocks: false, vi: 'Tệp có hai phần đầu PDF.', en: 'The file has two PDF headers.' },
  truncated: {
    blocks: true,
    vi: 'Tệp bị cắt cụt; hãy tải hoặc quét lại.',
    en: 'The file is cut short; fetch or scan it again.',
  },
  bytesAfterEof: { blocks: false, vi: 'Có dữ liệu sau dấu kết thúc tệp.', en: 'There are bytes after the end mark of the file.' },
  brokenXref: {
    blocks: true,
    vi: 'Bảng tham chiếu của tệp bị hỏng; hãy xuất lại tệp PDF.',
    en: 'The cross-reference table is broken; export the PDF again.',
  },
  looped: {
    blocks: true,
    vi: 'Cấu trúc tệp quay vòng vô tận; hãy xuất lại tệp PDF.',
    en: 'The structure of the file runs in a loop; export the PDF again.',
  },
  encrypted: {
    blocks: true,
    vi: 'Tệp có mật khẩu hoặc bị giới hạn quyền (mã hóa) nên không ký. Hãy xin bản không khóa.',
    en: 'The file has a password or restricted permissions (it is encrypted), so it is not signed. Ask for one that is not locked.',
  },
  brokenObject: {
    blocks: true,
    vi: 'Một phần của tệp bị hỏng, phần mềm khác sẽ tự chữa mỗi nơi một kiểu. Hãy xuất lại tệp PDF, hoặc tạo bản sạch và xem lại.',
    en: 'A part of the file is broken, and every other program would mend it in its own way. Export the PDF again, or make a clean copy and look at it.',
  },
  duplicateObject: {
    blocks: false,
    vi: 'Một đối tượng được ghi hai lần trong cùng một phiên bản.',
    en: 'An object is written twice in one revision.',
  },
  duplicateKey: { blocks: false, vi: 'Một khóa được ghi hai lần trong từ điển.', en: 'A dictionary has the same key twice.' },
  unaccountedBytes: {
    blocks: false,
    vi: 'Có dữ liệu không thuộc đối tượng nào.',
    en: 'There are bytes that belong to no object.',
  },
  unsupported: {
    blocks: true,
    vi: 'Tệp dùng tính năng PDF không được hỗ trợ.',
    en: 'The file uses a PDF feature that is not supported.',
  },
  tooLarge: {
    blocks: true,
    vi: 'Tệp vượt quá giới hạn an toàn khi đọc.',
    en: 'The file exceeds the safety limits for reading.',
  },
};

/** Builds a problem with its two sentences. `detail` says where, in technical words. */
export function problem(code: PdfProblemCode, detail: string, offset?: number): PdfProblem {
  return { code, ...SENTENCES[code], detail, ...(offset === undefined ? {} : { offset }) };
}

/** Thrown by the reader where it cannot go on; `problem` says why in both languages. */
export class PdfError extends Error {
  readonly problem: PdfProblem;
  constructor(code: PdfProblemCode, detail: string, offset?: number) {
    const found = problem(code, detail, offset);
    super(`${found.en} (${detail})`);
    this.name = 'PdfError';
    this.problem = found;
  }
}

/** Ceilings that no honest file reaches; a hostile one ends in a `tooLarge` problem instead of an empty machine. */
export interface PdfLimits {
  /** Nesting of arrays and dictionaries. */
  depth: number;
  /** Bytes of one string token. */
  stringBytes: number;
  /** Values inside one indirect object. */
  objectValues: number;
  /** Sections of the cross-reference chain. */
  sections: number;
  /** Entries over all sections. */
  entries: number;
  /** Bytes that one stream may inflate to, and all of them together. */
  inflatedBytes: number;
  inflatedTotal: number;
  pages: number;
  fields: number;
}

export const PDF_LIMITS: PdfLimits = {
  depth: 64,
  stringBytes: 16 << 20,
  objectValues: 1_000_000,
  sections: 20_000,
  entries: 3_000_000,
  inflatedBytes: 64 << 20,
  inflatedTotal: 512 << 20,
  pages: 100_000,
  fields: 50_000,
};
