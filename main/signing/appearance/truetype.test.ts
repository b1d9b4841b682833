import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { TrueType } from './truetype.ts';

const require = createRequire(import.meta.url);
interface Glyph {
  readonly id: number;
  readonly advanceWidth: number;
  readonly path: { toSVG(): string };
}
/** Another reader of the same format, as referee. */
const fontkit = require('fontkit') as {
  create(bytes: Uint8Array): { glyphForCodePoint(code: number): Glyph; getGlyph(id: number): Glyph; readonly capHeight: number };
};

const LETTERS =
  'AÀẢÃÁẠĂẰẲẴẮẶÂẦẨẪẤẬBCDĐEÈẺẼÉẸÊỀỂỄẾỆGHIÌỈĨÍỊKLMNOÒỎÕÓỌÔỒỔỖỐỘƠỜỞỠỚỢPQRSTUÙỦŨÚỤƯỪỬỮỨỰVXYỲỶỸÝỴ' +
  'aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ' +
  '0123456789 .,;:-/()“”–…';
const VIETNAMESE = Array.from(LETTERS, (letter) => letter.codePointAt(0) ?? 0);

describe.each(['400Regular/Tinos_400Regular.ttf', '700Bold/Tinos_700Bold.ttf'])('%s', (file) => {
  const bytes = readFileSync(require.resolve(`@expo-google-fonts/tinos/${file}`));
  const font = new TrueType(bytes);
  const referee = fontkit.create(bytes);

  it('finds the glyph and width of every Vietnamese letter, and none for what is not there', () => {
    for (const code of VIETNAMESE) {
      const glyph = referee.glyphForCodePoint(code);
      expect([code, font.glyph(code), font.advance(font.glyph(code))]).toEqual([code, glyph.id, glyph.advanceWidth]);
    }
    expect(font.capHeight).toBe(referee.capHeight);
    for (const code of [0x4e2d, 0xffff, 0x1f600]) expect(font.glyph(code)).toBe(0);
  });

  it('cuts a font that draws the same letters under their new numbers, parts of composites included', () => {
    const glyphs = [0, ...new Set(VIETNAMESE.map((code) => font.glyph(code)))];
    const program = font.subset(glyphs);
    const cut = fontkit.create(program);
    for (const [number, glyph] of glyphs.entries()) {
      expect(cut.getGlyph(number).path.toSVG()).toBe(referee.getGlyph(glyph).path.toSVG());
      expect(cut.getGlyph(number).advanceWidth).toBe(referee.getGlyph(glyph).advanceWidth);
    }
    // The checksum of a whole font file is this number (OpenType, table head).
    let sum = 0;
    for (let at = 0; at < program.length; at += 4) sum = (sum + program.readUInt32BE(at)) >>> 0;
    expect(sum).toBe(0xb1b0afba);
    expect(program.length).toBeLessThan(bytes.length / 4);
  });
});

it('says what is missing in a font that it cannot use', () => {
  expect(() => new TrueType(Buffer.from('0001000000000000', 'hex'))).toThrow('no head table');
});
