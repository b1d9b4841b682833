import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Paper } from '../../contract/paper.ts';
import { createTrainingPrinter } from '../../training/escpos/index.ts';
import { canDraw, cellGlyph, crop, renderPaper, rowExtent, type Bitmap } from '../raster/index.ts';
import { createEncoder } from './encode.ts';
import { profileOf, type TextMode } from './profile.ts';
import { tcvnByte } from './tcvn.ts';

/** 12 vowels in 6 tones, without the 6 plain ones, and đ: 67 letters, in both cases 134. And the đồng sign. */
const MARKS = ['', '\u0300', '\u0309', '\u0303', '\u0301', '\u0323'];
const SMALL = [...new Set(Array.from('aăâeêioôơuưy').flatMap((vowel) => MARKS.map((mark) => (vowel + mark).normalize('NFC'))))].filter(
  (c) => c > '\u007f',
);
const LETTERS = [...SMALL, 'đ', ...SMALL.map((c) => c.toUpperCase()), 'Đ'];

const paperOf = (lines: readonly string[]): Paper => lines.map((text) => ({ kind: 'text', text, size: 'normal', align: 'left' }));

/** Prints on the training printer; every byte must be understood. */
function print(paper: Paper, mode: TextMode) {
  const bytes = createEncoder(profileOf('training'), mode).encode(paper);
  if (typeof bytes === 'string') throw new Error(bytes);
  const printer = createTrainingPrinter();
  printer.attach(() => undefined).receive(bytes);
  expect(printer.unknown).toEqual([]);
  expect(printer.slips).toHaveLength(1);
  return printer.slips[0]!;
}
const same = (a: Bitmap, b: Bitmap) => a.width === b.width && a.height === b.height && Buffer.from(a.data).equals(Buffer.from(b.data));
const inkOf = (b: Bitmap): number => Array.from({ length: b.height }, (_, y) => rowExtent(b, y)).filter(Boolean).length;

describe('all 134 accented letters and ₫', () => {
  it('are 134, and the font has every one', () => {
    expect(new Set(LETTERS).size).toBe(134);
    expect(canDraw([...LETTERS, '₫'].join(''), 'medium') && canDraw([...LETTERS, '₫'].join(''), 'bold')).toBe(true);
  });

  it('look different from each other and from their plain letters, as pictures and in a printer’s cell', () => {
    const all = [...LETTERS, '₫', ...Array.from('aeiouydAEIOUYD')];
    for (const picture of [(c: string) => renderPaper(paperOf([c]), 576), (c: string) => cellGlyph(c, 'medium')]) {
      const seen = new Map<string, string>();
      for (const letter of all) {
        const key = Buffer.from(picture(letter).data).toString('base64');
        expect(seen.get(key), `${letter} looks like ${seen.get(key) ?? ''}`).toBeUndefined();
        seen.set(key, letter);
      }
    }
  });

  it('reach the paper dot for dot as pictures', () => {
    for (const letter of [...LETTERS, '₫']) {
      const wanted = renderPaper(paperOf([letter]), 576);
      const { picture } = print(paperOf([letter]), 'raster');
      expect(inkOf(wanted)).toBeGreaterThan(5);
      expect(same(crop(wanted, 0, 0, 576, picture.height), picture), letter).toBe(true);
    }
  });

  it('reach the paper as TCVN-3 text, decomposed or not', () => {
    const slip = print(paperOf(LETTERS), 'tcvn3');
    expect(slip.text).toEqual(LETTERS);
    expect(print(paperOf(LETTERS.map((c) => c.normalize('NFD'))), 'tcvn3').text).toEqual(LETTERS);
    const dong = print(paperOf(['5.000 ₫']), 'tcvn3');
    expect(dong.text).toEqual(['5.000 \uFFFC']);
    expect(same(crop(dong.picture, 72, 0, 84, dong.picture.height), crop(cellGlyph('₫', 'medium'), 0, 0, 12, dong.picture.height))).toBe(
      true,
    );
  });

  it('reach the paper as downloaded glyphs, also when there are more letters than places', () => {
    const letters = [...LETTERS, '₫'];
    const slip = print(paperOf(letters), 'glyphs');
    expect(slip.text).toEqual(letters.map(() => '\uFFFC'));
    letters.forEach((letter, i) => {
      const top = i * 30; // line spacing
      const bottom = Math.min(top + 24, slip.picture.height);
      expect(same(crop(slip.picture, 0, top, 12, bottom), crop(cellGlyph(letter, 'medium'), 0, 0, 12, bottom - top)), letter).toBe(true);
    });
  });

  it('keep ASCII readable beside downloaded glyphs, whatever places these took', () => {
    const ascii = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i)).join('');
    const lines = [LETTERS.slice(0, 40).join(''), LETTERS.slice(40, 80).join(''), ascii.slice(0, 47), ascii.slice(47)];
    const slip = print(paperOf(lines), 'glyphs');
    expect(slip.text.slice(2)).toEqual([ascii.slice(0, 47), ascii.slice(47)]);
  });
});

describe('TCVN-3', () => {
  it('switches pages as seldom as possible', () => {
    const letter = fc.constantFrom(...LETTERS, ...Array.from('abcXYZ 0189'));
    fc.assert(
      fc.property(fc.array(letter, { maxLength: 44 }), (letters) => {
        const text = `x${letters.join('').replaceAll(' ', '_')}`;
        const switches = print(paperOf([text]), 'tcvn3').commands.filter((c) => c.startsWith('ESC t')).length;
        // Least cost by looking at every way: state after each letter on either page.
        let best: Record<'lower' | 'upper' | 'none', number> = { none: 0, lower: 1, upper: 1 };
        for (const c of text) {
          const page = tcvnByte(c)!.page;
          const cheapest = Math.min(best.none, best.lower, best.upper);
          const to = (p: 'lower' | 'upper') => (page === 'both' || page === p ? Math.min(best[p], cheapest + 1) : Infinity);
          best = { none: page === 'both' ? best.none : Infinity, lower: to('lower'), upper: to('upper') };
        }
        expect(switches).toBe(Math.min(best.none, best.lower, best.upper));
      }),
      { numRuns: 60 },
    );
  });
  it('never sends a byte that a printer takes for a command', () => {
    for (const letter of LETTERS) expect(tcvnByte(letter)!.byte).toBeGreaterThan(0x9f);
  });
});

describe('what does not fit', () => {
  it('is wrapped or cut into pieces, never lost off the edge', () => {
    const long = 'https://dichvucong.example.vn/tra-cuu-ho-so/duong-dan-rat-dai-khong-co-dau-cach-nao-ca/0123456789';
    expect(print(paperOf([long]), 'tcvn3').text.join('')).toBe(long);
    expect(
      print(paperOf([`Số ${long}`]), 'glyphs')
        .text.slice(1)
        .join(''),
    ).toBe(long);
    const picture = renderPaper(paperOf([long]), 384);
    expect(picture.height).toBeGreaterThan(80);
  });
  it('becomes a question mark when no font of ours has it', () => {
    expect(print(paperOf(['Lý 李 🙂']), 'tcvn3').text).toEqual(['Lý ? ?']);
  });
});
