import type { Paper } from '../../contract/paper.ts';
import { cellGlyph } from '../raster/index.ts';
import { align, asb, bold, Bytes, ESC, INITIALISE, LEAVE_KANJI, scale, UNITS_203, userGlyphs } from './commands.ts';
import type { PrinterProfile } from './profile.ts';
import { glyphColumns, writeItems } from './text-mode.ts';
import { textItems } from './text-lines.ts';

/** Codes that glyphs may take, those that tickets need least first: signs, then rare letters. All of 0x21 to 0x7E. */
const SLOTS: readonly number[] = (() => {
  const first = '`{|}~^_\\@[]#$&*+<=>;!"\'%?wzjfWZFJQXqRKxSYVvEU';
  const rest = Array.from({ length: 94 }, (_, i) => String.fromCharCode(0x21 + i)).filter((c) => !first.includes(c));
  return [...Array.from(first), ...rest].map((c) => c.charCodeAt(0));
})();

/**
 * Vietnamese letters as downloaded glyphs (`ESC &`), everything else in the printer's own font. The printer keeps them
 * until it is switched off, so a ticket costs little more than its text; this remembers which letter lies where, and starts
 * afresh when the line was lost. No `ESC @` goes out between tickets, because that would empty the printer's memory.
 */
export function createGlyphEncoder(profile: PrinterProfile) {
  /** Letter to code, least recently used first. */
  let slots = new Map<string, number>();
  let fresh = true;

  return {
    encode(paper: Paper): Uint8Array {
      const out = new Bytes();
      if (fresh) {
        out.add(...INITIALISE, ...LEAVE_KANJI, ...UNITS_203);
        if (profile.asb) out.add(...asb(true));
      } else out.add(...align('left'), ...bold(false), ...scale(1, 1), ...userGlyphs(false));
      fresh = false;
      let user = false;
      const select = (on: boolean) => {
        if (user !== on) out.add(...userGlyphs(on));
        user = on;
      };
      const items = textItems(paper, profile.widthDots);
      const needed = new Set(items.flatMap((item) => (item.kind === 'line' ? Array.from(item.text).filter(isOwn) : [])));
      // One download for the whole slip if it fits; otherwise line by line, so that no line loses a letter it still needs.
      const whole = needed.size <= SLOTS.length;
      if (whole) download(out, needed);
      writeItems(out, items, profile, (text) => {
        const letters = Array.from(text);
        if (!whole) download(out, new Set(letters.filter(isOwn)));
        const taken = new Set(slots.values());
        for (const letter of letters) {
          if (isOwn(letter)) {
            select(true);
            out.add(slots.get(letter)!);
          } else {
            const code = letter.charCodeAt(0);
            if (taken.has(code)) select(false);
            out.add(code);
          }
        }
      });
      select(false);
      return out.done();
    },
    /** The printer may have been off: what lies in its memory is unknown. */
    forget() {
      slots = new Map();
      fresh = true;
    },
  };

  /** Defines the letters that the printer does not hold yet; letters of this lot are never pushed out by each other. */
  function download(out: Bytes, letters: ReadonlySet<string>): void {
    const fresh: [code: number, columns: Uint8Array][] = [];
    for (const letter of letters) {
      const known = slots.get(letter);
      slots.delete(letter);
      const code = known ?? freeSlot(letters);
      slots.set(letter, code);
      if (known === undefined) fresh.push([code, glyphColumns(cellGlyph(letter, 'medium'), true)]);
    }
    fresh.sort(([a], [b]) => a - b);
    for (let i = 0; i < fresh.length;) {
      let last = i;
      while (last + 1 < fresh.length && fresh[last + 1]![0] === fresh[last]![0] + 1) last += 1;
      out.add(ESC, 0x26, 3, fresh[i]![0], fresh[last]![0]);
      for (; i <= last; i += 1) out.add(fresh[i]![1].length / 3).append(fresh[i]![1]);
    }
  }

  function freeSlot(keep: ReadonlySet<string>): number {
    const taken = new Set(slots.values());
    const free = SLOTS.find((code) => !taken.has(code));
    if (free !== undefined) return free;
    const [oldest, code] = [...slots].find(([letter]) => !keep.has(letter))!;
    slots.delete(oldest);
    return code;
  }
}

/** Letters that no printer's ASCII has. */
const isOwn = (letter: string): boolean => letter.charCodeAt(0) > 0x7e;
