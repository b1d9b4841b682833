import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { identityNotes, parseDossierCode, parseProvisional, provisionalCode, readIdNumber } from './index.ts';

describe('dossier codes', () => {
  it('reads the codes that occur: old and new order, six- and eight-digit dates, four to seven digits', () => {
    expect(parseDossierCode('H15.50.05.13-261008-0975')).toEqual({
      agency: 'H15.50.05.13',
      day: '2026-10-08',
      sequence: '0975',
      order: 'new',
    });
    expect(parseDossierCode('000.00.01.H29-260310-0420')?.order).toBe('old');
    expect(parseDossierCode('38.98.H29-210519-0013')).toMatchObject({ day: '2021-05-19', order: 'old' });
    expect(parseDossierCode('G09.20-20260609-0092637')).toMatchObject({ day: '2026-06-09', sequence: '0092637', order: 'new' });
    expect(parseDossierCode(' h15.50.05.13-261008-0975 ')?.agency).toBe('H15.50.05.13');
  });
  it('refuses what is no code', () => {
    for (const text of [
      '',
      'TAM-3-261123-1',
      'H15-261301-0001',
      'H15-260230-0001',
      'H15.50-261008-975',
      'H15.50-261008-12345678',
      'B027',
      '001191024680',
    ])
      expect(parseDossierCode(text), text).toBeUndefined();
  });
  it('makes provisional numbers that read back and are never taken for official ones', () => {
    const day = fc
      .date({ min: new Date('2025-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((d) => d.toISOString().slice(0, 10));
    fc.assert(
      fc.property(fc.string({ minLength: 1, maxLength: 20 }), day, fc.integer({ min: 1, max: 99_999 }), (counter, d, n) => {
        const code = provisionalCode(counter, d, n);
        expect(parseDossierCode(code)).toBeUndefined();
        expect(parseProvisional(code)).toMatchObject({ day: d, number: n });
      }),
    );
    expect(provisionalCode('3', '2026-11-23', 1)).toBe('TAM-3-261123-1');
  });
});

describe('identity numbers', () => {
  it('hold sex and century', () => {
    expect(readIdNumber('001191024680')).toEqual({ sex: 'Nữ', year: 1991 });
    expect(readIdNumber('079203001234')).toEqual({ sex: 'Nam', year: 2003 });
    expect(readIdNumber('12345')).toBeUndefined();
  });
  it('are compared with what was read, and only warn', () => {
    const field = (value: string) => ({ value, source: 'card' as const, at: 0 });
    const fine = { idNumber: field('001191024680'), birthDate: field('1991-08-14'), sex: field('Nữ') };
    expect(identityNotes(fine, '2026-11-23')).toEqual([]);
    expect(identityNotes({ ...fine, birthDate: field('1990') }, '2026-11-23')).toEqual(['Năm sinh 1990 không khớp số định danh (1991).']);
    expect(identityNotes({ ...fine, sex: field('Nam') }, '2026-11-23')).toHaveLength(1);
    expect(identityNotes({ idNumber: field('00119102468') }, '2026-11-23')).toEqual(['Số định danh phải có 12 chữ số.']);
    expect(identityNotes({ fullName: { ...field('NGUYEN THI'), review: 'accents' } }, '2026-11-23')).toHaveLength(1);
  });
});
