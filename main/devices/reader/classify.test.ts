import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appointmentQr, ticketQr } from '../../contract/paper.ts';
import { BAD_CODES, SAMPLE_CARDS } from '../../training/reader/index.ts';
import { partCodes } from './assemble.ts';
import { classify, isScannerBurst } from './classify.ts';
import { checkDigit } from './mrz.ts';

const today = '2026-11-20';
const read = (text: string, typed = false) => classify(text, { today, typed });

/** The example of the reference, whose check digits were computed there, with an invented name line. */
const MRZ = ['IDVNM0930470641001093047064<<2', '9301054M3301052VNM<<<<<<<<<<<8', 'NGUYEN<<VAN<AN<<<<<<<<<<<<<<<<'];

describe('ID card QR', () => {
  it('fills every field', () => {
    expect(read(`${SAMPLE_CARDS.an}\r\n`)).toEqual({
      kind: 'id-card',
      source: 'qr',
      needsCheck: false,
      warnings: [],
      card: {
        idNumber: '001090012345',
        oldIdNumber: '012345678',
        fullName: 'Nguyễn Văn An',
        birthDate: '1990-03-15',
        sex: 'male',
        address: 'Số 12 ngõ 34 phố Hàng Bạc, phường Hoàn Kiếm, Hà Nội',
        issueDate: '2021-05-12',
        expiryDate: null,
      },
    });
  });
  it('takes each sample, with an empty old number, appended fields and decomposed letters', () => {
    for (const card of Object.values(SAMPLE_CARDS)) {
      expect(read(card)).toMatchObject({ kind: 'id-card', warnings: [] });
      expect(read(card.normalize('NFD'))).toEqual(read(card));
    }
  });
  it('warns, and no more, when sex or year differ from the number', () => {
    const scan = read(SAMPLE_CARDS.an.replace('|Nam|', '|Nữ|').replace('15031990', '15031991'));
    expect(scan).toMatchObject({ kind: 'id-card', warnings: [{ field: 'sex' }, { field: 'birthDate' }] });
  });
  it('answers a torn, foreign or impossible code with a sentence and no field', () => {
    expect(read(BAD_CODES.torn)).toMatchObject({ kind: 'broken', what: 'id-card' });
    expect(read(BAD_CODES.wrongDate)).toMatchObject({ kind: 'broken', what: 'id-card' });
    expect(read(BAD_CODES.foreign)).toMatchObject({ kind: 'unknown' });
    expect(read(SAMPLE_CARDS.an.replace('ễ', '\uFFFD'))).toMatchObject({ kind: 'broken' });
    expect(read('001090012345')).toMatchObject({ kind: 'broken', what: 'id-card' });
    expect(read(SAMPLE_CARDS.an.replace('15031990', '15032090'))).toMatchObject({ kind: 'broken' });
  });
  it('never fills a form from a code that lost its end', () => {
    const { an } = SAMPLE_CARDS;
    for (let length = 0; length < an.length; length += 1) expect(read(an.slice(0, length)).kind).not.toBe('id-card');
  });
  it('marks keystrokes as needing a look, and forgives them lost diacritics', () => {
    const typed = '079301004321||Tran Thi My Huong|02092001|Nu|Ap Binh Thuong 2, xa Thai My|20112022';
    expect(read(typed, true)).toMatchObject({ kind: 'id-card', needsCheck: true, card: { sex: 'female' } });
    expect(read(typed, false)).toMatchObject({ kind: 'broken' });
  });
  it('never throws, whatever is scanned', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) =>
        ['id-card', 'receipt', 'ticket', 'appointment', 'broken', 'unknown'].includes(read(text).kind),
      ),
    );
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 30 }), { minLength: 7, maxLength: 12 }),
        (fields) => read(fields.join('|')).kind.length > 0,
      ),
    );
  });
});

describe('machine readable zone', () => {
  it('reads a card whose check digits hold, with or without line ends', () => {
    const scan = read(MRZ.join('\r\n'));
    expect(scan).toMatchObject({
      kind: 'id-card',
      source: 'mrz',
      card: {
        idNumber: '001093047064',
        birthDate: '1993-01-05',
        sex: 'male',
        fullName: 'NGUYEN VAN AN',
        expiryDate: '2033-01-05',
        address: null,
      },
    });
    expect(read(MRZ.join(''))).toEqual(scan);
  });
  it('refuses every single wrong digit', () => {
    let tried = 0;
    for (const row of [0, 1]) {
      for (let column = 0; column < 30; column += 1) {
        const before = MRZ[row]![column]!;
        if (!/\d/u.test(before)) continue;
        const wrong = String((Number(before) + 1) % 10);
        const lines = MRZ.map((line, i) => (i === row ? line.slice(0, column) + wrong + line.slice(column + 1) : line));
        expect(read(lines.join('\n')), `${row}/${column}`).toMatchObject({ kind: 'broken', what: 'mrz' });
        tried += 1;
      }
    }
    expect(tried).toBeGreaterThan(35);
  });
  it('says that a zone of two lines is incomplete, and that a foreign one is foreign', () => {
    expect(read(MRZ.slice(0, 2).join('\n'))).toMatchObject({ kind: 'broken', what: 'mrz' });
    expect(read(MRZ.join('\n').replace('IDVNM', 'IDUTO'))).toMatchObject({ kind: 'broken', what: 'mrz' });
  });
  it('computes check digits as ICAO does', () => {
    expect(checkDigit('520727')).toBe('3'); // ICAO 9303-3, appendix A
    expect(checkDigit('AB2134<<<')).toBe('5');
  });
});

describe('our own papers', () => {
  it('know themselves', () => {
    expect(read(ticketQr('B 027', '6f1c0e9a-77aa-4f00-9d2f-0123456789ab'))).toEqual({
      kind: 'ticket',
      number: 'B 027',
      code: '6f1c0e9a-77aa-4f00-9d2f-0123456789ab',
    });
    expect(read('H15.50.05.13-261008-0975')).toEqual({ kind: 'receipt', dossierCode: 'H15.50.05.13-261008-0975' });
    expect(read('https://dichvucong.example.vn/tra-cuu?maHoSo=H15.50.05.13-261008-0975')).toEqual({
      kind: 'receipt',
      dossierCode: 'H15.50.05.13-261008-0975',
    });
    expect(read('QUAY:T:B0')).toMatchObject({ kind: 'broken', what: 'ticket' });
    expect(read(appointmentQr('A-20261123-0930-7KQ2'))).toEqual({ kind: 'appointment', code: 'A-20261123-0930-7KQ2' });
    expect(read('A-20261123-0930-7KQ2\r\n')).toEqual({ kind: 'appointment', code: 'A-20261123-0930-7KQ2' });
    expect(read('QUAY:X:1')).toMatchObject({ kind: 'broken', what: 'ticket' });
    expect(read('QUAY:A:A-20261123-09')).toMatchObject({ kind: 'broken', what: 'appointment' });
  });
});

/** The QR of a receipt is its code as it is printed: official in any of its orders, or provisional while the line is down. */
describe('receipts', () => {
  it.each([
    'H15.50.05.13-261008-0975',
    'G22-261008-0975',
    'H15.50.05.13-20261008-0001234',
    '000.00.01.H29-261008-0975',
    '000.00.22.H15-20181109-0003',
    'TAM-3-261123-1',
    'TAM-QUAY12-261123-10234',
  ])('%s', (code) => {
    const receipt = { kind: 'receipt', dossierCode: code };
    expect(read(code)).toEqual(receipt);
    expect(read(`${code.toLowerCase()}\r\n`)).toEqual(receipt);
    expect(read(`https://dichvucong.example.vn/tra-cuu?maHoSo=${code}&x=1`)).toEqual(receipt);
  });
  it.each(['H15.50.05.13-261008-09', 'H15-2610081-0975', 'TAM-3-261123', 'TAM-3-20261123-1', 'XH15-261008-0975', 'H15-261008-0975-2'])(
    'is none: %s',
    (code) => expect(read(code).kind).toBe('unknown'),
  );
});

describe('bursts', () => {
  it('keep a zone together and part two codes', () => {
    expect(partCodes(`${MRZ.join('\r')}\r`)).toEqual([MRZ.join('\n')]);
    expect(partCodes(`TAM-3-261123-1\r\n${SAMPLE_CARDS.an}\r\n`)).toEqual(['TAM-3-261123-1', SAMPLE_CARDS.an]);
  });
  it('tell a reader in keyboard mode from a person', () => {
    const text = SAMPLE_CARDS.huong;
    const gaps = (ms: number) => Array.from({ length: text.length - 1 }, () => ms);
    expect(isScannerBurst(text, gaps(5))).toBe(true);
    expect(isScannerBurst(text, [...gaps(5).slice(1), 120])).toBe(true);
    expect(isScannerBurst(text, gaps(90))).toBe(false);
    expect(isScannerBurst('Tran An', [5, 5, 5, 5, 5, 5])).toBe(false);
  });
});
