import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { part } from '../../tests/parts.ts';
import { manualClock, openStore, type Store } from '../store/index.ts';
import { newPdf } from './fonts.ts';
import { resultForm } from './forms/result.ts';
import { SAMPLE_DOSSIER, SAMPLE_HEAD } from './forms/sample.ts';
import { sampleForm } from './forms/samples.ts';
import { receiptForm } from './forms/receipt.ts';
import { registerForm } from './forms/sheets.ts';
import { testPage } from './forms/test-page.ts';
import { ascii, createDocuments, crc16, documentsMigrations, readVietQr, vietQr } from './index.ts';
import { Paper } from './paper.ts';

const poppler = part('pdftotext');
const zbar = part('zbarimg');
const AT = Date.UTC(2026, 10, 23, 2, 44);
let dir: string;
beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-paper-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const written = (bytes: Uint8Array): string => {
  const file = path.join(dir, `${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}.pdf`);
  writeFileSync(file, bytes);
  return file;
};
const textOf = (bytes: Uint8Array): string =>
  execFileSync('pdftotext', ['-raw', written(bytes), '-'], { encoding: 'utf8' })
    .normalize('NFC')
    .replace(/\s+/g, ' ');
const pagesOf = (bytes: Uint8Array): number =>
  Number(/Pages:\s+(\d+)/.exec(execFileSync('pdfinfo', [written(bytes)], { encoding: 'utf8' }))?.[1]);

/** Every letter of Vietnamese with every tone, in both cases, and what else stands on forms. */
const LETTERS = ((): string => {
  const vowels = 'aăâeêioôơuưy';
  const tones = ['', '\u0300', '\u0309', '\u0303', '\u0301', '\u0323'];
  const lower = Array.from(vowels).flatMap((v) => tones.map((t) => (v + t).normalize('NFC')));
  return [...lower, ...lower.map((l) => l.toUpperCase()), 'đ', 'Đ'].join(' ');
})();

it.skipIf(!poppler || !zbar)(
  'prints a test page on one A4 sheet: every letter reads, the ruler is 100 mm, its code can be read',
  async () => {
    const bytes = await testPage(SAMPLE_HEAD, 'Máy in tầng 2', AT);
    expect(pagesOf(bytes)).toBe(1);
    expect(textOf(bytes)).toMatch(/TRANG IN THỬ Máy in tầng 2 .*Đường Nguyễn Huệ, ấm áp, ỗ ữ ặ ỵ, Ợ Ỹ Ẳ Ẫ, đ Đ, 25\.000 ₫/);
    const picture = path.join(dir, 'test-page');
    execFileSync('pdftoppm', ['-r', '150', '-png', '-singlefile', written(bytes), picture]);
    expect(execFileSync('zbarimg', ['-q', '--raw', `${picture}.png`], { encoding: 'utf8' }).trim()).toBe('QUAY-IN-THU');
  },
);

describe.skipIf(!poppler)('letters', () => {
  it('come out of the PDF as they went in, in every face, from NFC and from NFD', async () => {
    for (const source of [LETTERS, LETTERS.normalize('NFD')]) {
      for (const face of ['regular', 'bold', 'italic', 'boldItalic'] as const) {
        const paper = await Paper.open({
          paper: 'A4',
          margins: { top: 20, right: 20, bottom: 20, left: 20 },
          size: 13,
          training: false,
          title: 'x',
          at: AT,
        });
        paper.text(source, { face });
        expect(textOf(await paper.finish()).trim()).toBe(LETTERS);
      }
    }
  });
  it('leave ink on the page: none is an empty or a missing glyph', async () => {
    const { pdf, faces } = await newPdf({ title: 'x', at: AT });
    const letters = [...LETTERS.split(' '), ...Array.from('0123456789.,:;/()-"…&%@₫')];
    for (const font of Object.values(faces)) {
      const page = pdf.addPage([letters.length * 20, 40]);
      letters.forEach((l, i) => page.drawText(l, { x: i * 20 + 3, y: 12, size: 14, font }));
      const known = new Set(font.getCharacterSet());
      expect(letters.filter((l) => !known.has(l.codePointAt(0) ?? 0))).toEqual([]);
    }
    const file = written(await pdf.save());
    execFileSync('pdftoppm', ['-r', '144', '-gray', file, path.join(dir, 'ink')]);
    const images = readdirSync(dir).filter((f) => f.endsWith('.pgm'));
    expect(images).toHaveLength(4);
    for (const image of images) {
      const { width, height, pixels } = pgm(readFileSync(path.join(dir, image)));
      const empty = letters.filter((_, i) => {
        let ink = 0;
        for (let y = 0; y < height; y += 1)
          for (let x = i * 40; x < (i + 1) * 40; x += 1) ink += (pixels[y * width + x] ?? 255) < 160 ? 1 : 0;
        return ink < 2;
      });
      expect(empty, image).toEqual([]);
    }
  });
});

/** A binary grey map as `pdftoppm -gray` writes it. */
function pgm(bytes: Buffer): { width: number; height: number; pixels: Buffer } {
  const [, width = '', height = ''] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString('latin1', 0, 64)) ?? [];
  const pixels = bytes.subarray(bytes.length - Number(width) * Number(height));
  return { width: Number(width), height: Number(height), pixels };
}

describe.skipIf(!poppler)('the seven forms', () => {
  it('carry the fields of TT 03/2025/TT-VPCP', async () => {
    const must: Record<string, string[]> = {
      '01': [
        'GIẤY TIẾP NHẬN HỒ SƠ',
        'Mã hồ sơ: H15.50.05.13-261123-0001',
        'Nguyễn Thị Thùy Dương',
        '001191024680',
        'Thành phần hồ sơ',
        'Số lượng hồ sơ: 01 bộ',
        '3 ngày làm việc',
        '09 giờ 44 phút, ngày 23 tháng 11 năm 2026',
        '16 giờ 30 phút, ngày 27 tháng 11 năm 2026',
        'Chủ hồ sơ: Nguyễn Văn Thưởng',
        'NGƯỜI TIẾP NHẬN HỒ SƠ',
        'https://dichvucong.gov.vn/tra-cuu',
      ],
      '02': [
        'PHIẾU YÊU CẦU BỔ SUNG, HOÀN THIỆN HỒ SƠ',
        '1. Trang 2 của tờ khai chưa ký',
        'Lý do:',
        'Căn cứ:',
        'Hướng dẫn:',
        'NGƯỜI HƯỚNG DẪN',
      ],
      '03': ['PHIẾU TỪ CHỐI TIẾP NHẬN', 'Lý do:'],
      '04': ['VĂN BẢN XIN LỖI', 'hẹn trả kết quả lúc', 'Thời gian trả kết quả mới:', 'gia hạn một lần'],
      '05': ['THÔNG BÁO DỪNG GIẢI QUYẾT HỒ SƠ', 'Giai đoạn giải quyết:', 'Phí, lệ phí:'],
      '06': ['PHIẾU KIỂM SOÁT QUÁ TRÌNH GIẢI QUYẾT HỒ SƠ', 'TÊN CƠ QUAN', 'THỜI GIAN GIAO, NHẬN', 'Trước hạn'],
      '07': ['SỔ THEO DÕI HỒ SƠ', 'Năm 2026', 'Cộng: 9 hồ sơ'],
    };
    for (const [form, words] of Object.entries(must)) {
      const bytes = await sampleForm(SAMPLE_HEAD, form as '01', AT);
      const text = textOf(bytes);
      for (const word of [
        ...words,
        'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
        'Độc lập - Tự do - Hạnh phúc',
        `Mẫu số ${form}`,
        'An Bình, ngày 23 tháng 11 năm 2026',
      ])
        expect(text, form).toContain(word);
      expect(pagesOf(bytes), form).toBe(1);
    }
  }, 30_000);
  it('mark training on every page, and nothing in earnest', async () => {
    const book = {
      year: 2026,
      closed: true,
      lines: Array.from({ length: 60 }, (_, i) => ({
        number: i + 1,
        code: `H15.50.05.13-261123-${i}`,
        name: 'Y Thuật Niê',
        address: 'Buôn Ma Thuột',
        procedure: SAMPLE_DOSSIER.procedure,
        receivedAt: AT,
        dueAt: AT,
        returnedAt: null,
        receiver: '',
        note: '',
      })),
    };
    const rotated = (bytes: Uint8Array) => {
      const file = written(bytes);
      const boxes = execFileSync('pdftotext', ['-bbox', file, '-'], { encoding: 'utf8' });
      return boxes
        .split('<page ')
        .slice(1)
        .filter((page) => /TẬP|HUẤN/u.test(page.normalize('NFC')) || /<word[^>]*>[TẬPHUẤN]<\/word>/u.test(page.normalize('NFC'))).length;
    };
    const training = await registerForm(SAMPLE_HEAD, book, AT);
    expect(pagesOf(training)).toBeGreaterThan(3);
    expect(rotated(training)).toBe(pagesOf(training));
    expect(rotated(await registerForm({ ...SAMPLE_HEAD, training: false }, book, AT))).toBe(0);
  }, 30_000);
  it('keep everything of a long dossier, on as many pages as it takes', async () => {
    const components = Array.from({ length: 70 }, (_, i) => ({
      name: `Giấy tờ thứ ${i + 1} có tên rất dài để phải xuống dòng trong ô của bảng`,
      originals: 1,
      certified: 0,
      copies: i,
    }));
    const bytes = await receiptForm(SAMPLE_HEAD, { ...SAMPLE_DOSSIER, components, request: 'a'.repeat(200) }, AT);
    const text = textOf(bytes);
    for (let i = 1; i <= 70; i += 1) expect(text).toContain(`Giấy tờ thứ ${i} `);
    expect(text).toContain('NGƯỜI TIẾP NHẬN HỒ SƠ');
    expect(text.replaceAll(' ', '')).toContain('a'.repeat(200));
    expect(pagesOf(bytes)).toBeGreaterThan(2);
  });
  it('say that a provisional number is one', async () => {
    const text = textOf(await receiptForm(SAMPLE_HEAD, { ...SAMPLE_DOSSIER, code: 'TAM-3-261123-1', provisional: true }, AT));
    expect(text).toContain('Số tạm: TAM-3-261123-1');
    expect(text).toContain('Mã hồ sơ chính thức sẽ được nhắn');
  });
  it.skipIf(!zbar)('let a reader read the dossier code off the receipt', async () => {
    const file = written(await receiptForm(SAMPLE_HEAD, SAMPLE_DOSSIER, AT));
    execFileSync('pdftoppm', ['-r', '150', '-png', '-singlefile', file, path.join(dir, 'receipt')]);
    const read = execFileSync('zbarimg', ['--quiet', '--raw', path.join(dir, 'receipt.png')], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    expect(read.trim()).toBe(SAMPLE_DOSSIER.code);
  });
});

describe.skipIf(!poppler)('a result to be signed', () => {
  it('leaves an empty place for the signature between title and name', async () => {
    const draft = {
      name: 'Trích lục cải chính hộ tịch',
      number: '87/TL-UBND',
      signer: 'Trần Văn Hậu',
      signerTitle: 'Chủ tịch',
      statements: [['Họ, chữ đệm, tên', 'NGUYỄN THỊ THÙY DƯƠNG'] as const],
    };
    const { bytes, signature } = await resultForm({ ...SAMPLE_HEAD, training: false }, SAMPLE_DOSSIER, draft, AT);
    expect(textOf(bytes)).toContain('TRÍCH LỤC CẢI CHÍNH HỘ TỊCH');
    expect(textOf(bytes)).toContain('Ủy ban nhân dân phường An Bình xác nhận');
    expect(bytes.slice(0, 5)).toEqual(new TextEncoder().encode('%PDF-'));
    const words = [
      ...execFileSync('pdftotext', ['-bbox', written(bytes), '-'], { encoding: 'utf8' }).matchAll(
        /xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)</g,
      ),
    ].map((m) => ({ x: Number(m[1]), top: 841.89 - Number(m[2]), bottom: 841.89 - Number(m[4]), text: m[5]?.normalize('NFC') }));
    const inside = words.filter(
      (w) =>
        w.x > signature.x &&
        w.x < signature.x + signature.width &&
        w.bottom < signature.y + signature.height - 4 &&
        w.top > signature.y + 4,
    );
    expect(inside).toEqual([]);
    expect(words.find((w) => w.text === 'Hậu')?.top).toBeLessThan(signature.y + 4);
    expect(words.find((w) => w.text === 'CHỦ' && w.x > 300)?.bottom).toBeGreaterThan(signature.y + signature.height - 6);
  });
});

describe('VietQR', () => {
  it('reads and makes the published example', () => {
    const text =
      '00020101021238540010A00000072701240006970436011001234567890208QRIBFTTA530370454061500005802VN62210817AFWD WITHDRAWAL12630469B7';
    expect(crc16(text.slice(0, -4)).toString(16).toUpperCase()).toBe('69B7');
    expect(readVietQr(text)?.get('54')).toBe('150000');
    expect(vietQr({ bankBin: '970436', account: '0123456789', amount: 150_000, purpose: 'AFWD WITHDRAWAL12' })).toBe(text);
  });
  it('always closes with a right checksum and gives back what went in', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 999_999_999_999 }),
        fc.stringMatching(/^[0-9A-Za-z]{4,19}$/),
        fc.string({ maxLength: 200, unit: 'grapheme' }),
        (amount, account, purpose) => {
          const text = vietQr({ bankBin: '970436', account, amount, purpose });
          const read = readVietQr(text);
          expect(read?.get('54')).toBe(String(amount));
          expect(read?.get('38')).toContain(account);
          expect(/^[\x20-\x7e]+$/.test(text)).toBe(true);
          expect(readVietQr(`${text.slice(0, 20)}${text[20] === '0' ? '1' : '0'}${text.slice(21)}`)).toBeUndefined();
        },
      ),
    );
  });
  it('drops diacritics from the purpose and refuses what does not fit', () => {
    expect(ascii('Lệ phí cải chính hộ tịch – Đỗ Văn Khuê')).toBe('Le phi cai chinh ho tich Do Van Khue');
    expect(() => vietQr({ bankBin: '97043', account: '1' })).toThrow(/six digits/);
    expect(() => vietQr({ bankBin: '970436', account: 'a-b' })).toThrow(/account/);
    expect(() => vietQr({ bankBin: '970436', account: '1234', amount: 1.5 })).toThrow(/whole/);
    expect(crc16('123456789')).toBe(0x29b1);
  });
});

describe('files and documents', () => {
  let store: Store;
  const printed: string[] = [];
  beforeEach(() => {
    printed.length = 0;
    store = openStore({ file: path.join(dir, 'a.sqlite'), clock: manualClock(AT), migrations: documentsMigrations });
  });
  afterEach(() => store.close());
  const room = () =>
    createDocuments({
      store,
      clock: manualClock(AT),
      dataDir: dir,
      letterhead: SAMPLE_HEAD,
      link: (f) => ({ url: `/file/${path.basename(f.file)}`, name: f.name, type: f.type, size: f.size }),
      print: (job) => `job-${printed.push(job.title)}`,
    });
  it('keeps a file under the hash of its bytes, once, and notices when it changed', () => {
    const { files } = room();
    const kept = files.put(Buffer.from('%PDF-1'));
    expect(files.put(Buffer.from('%PDF-1'))).toEqual(kept);
    expect(kept.path).toMatch(/^files\/[0-9a-f]{2}\/[0-9a-f]{64}\.pdf$/);
    expect(Buffer.from(files.read(kept)).toString()).toBe('%PDF-1');
    const scratch = files.scratch('x.pdf');
    writeFileSync(scratch, 'moved');
    const adopted = files.adopt(scratch);
    expect(existsSync(scratch)).toBe(false);
    expect(Buffer.from(files.read(adopted)).toString()).toBe('moved');
    writeFileSync(files.absolute(kept), 'other');
    expect(() => files.read(kept)).toThrow(/changed on disk/);
  });
  it('says that nothing was printed when there is no printer', () => {
    const documents = createDocuments({
      store,
      clock: manualClock(AT),
      dataDir: dir,
      letterhead: SAMPLE_HEAD,
      link: (f) => ({ url: '', name: f.name, type: f.type, size: f.size }),
      print: () => '',
    });
    const made = documents.add({
      dossierId: 'd',
      kind: 'receipt',
      name: 'Giấy tiếp nhận',
      file: documents.files.put(Buffer.from('%PDF-1')),
      by: 'H',
    });
    expect(documents.print('print-none', made.id)).toMatchObject({
      refused: 'no-a4-printer',
      vi: expect.stringContaining('chưa in được') as string,
    });
  });
  it('prints a document once per command, refuses what is gone, and counts forms by year', () => {
    const documents = room();
    const file = documents.files.put(Buffer.from('%PDF-1'));
    const made = documents.add({ dossierId: 'd', kind: 'receipt', name: 'Giấy tiếp nhận', file, by: 'H' });
    expect(documents.print('print-0001', made.id)).toEqual({ jobId: 'job-1' });
    expect(documents.print('print-0001', made.id)).toEqual({ jobId: 'job-1' });
    expect(printed).toHaveLength(1);
    expect(documents.print('print-0002', 'nothing')).toMatchObject({ refused: 'document-unknown' });
    rmSync(documents.files.absolute(file));
    expect(documents.print('print-0003', made.id)).toMatchObject({ refused: 'document-file-gone' });
    expect([documents.nextNumber('XL', 2026), documents.nextNumber('XL', 2026), documents.nextNumber('XL', 2027)]).toEqual([1, 2, 1]);
    expect(documents.of('d').map((r) => r.name)).toEqual(['Giấy tiếp nhận']);
  });
});
