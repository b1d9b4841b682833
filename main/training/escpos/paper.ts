import { blit, CELL, cellGlyph, createBitmap, crop, enlarge, qrModules, setDot, type Bitmap } from '../../devices/index.ts';
import { letterOf } from './code-pages.ts';
import type { Command } from './parser.ts';

/** One piece of paper between two cuts. */
export interface Slip {
  readonly picture: Bitmap;
  /** Lines that were printed as text, in Unicode; downloaded glyphs show as U+FFFC. */
  readonly text: readonly string[];
  readonly qr: readonly string[];
  /** Commands in order, by name: tests and the panel look at them. */
  readonly commands: readonly string[];
  readonly cut: boolean;
  /** Bytes that made this slip. */
  readonly bytes: number;
}

const LINE_SPACING = 30;

interface Piece {
  readonly picture: Bitmap;
  readonly letter: string;
}

/**
 * The mechanism: a head, a roll of paper and a knife. `run` does one command; text waits in a line until it is fed.
 */
export function createMechanism(widthDots: number, onSlip: (slip: Slip) => void) {
  let strips: { picture: Bitmap; x: number; y: number }[] = [];
  let height = 0;
  let line: Piece[] = [];
  let text: string[] = [];
  let qr: string[] = [];
  let commands: string[] = [];
  let bytes = 0;
  let qrData = new Uint8Array(0);
  let qrDots = 3;
  const glyphs = new Map<number, Bitmap>();
  const mode = { align: 0, bold: false, wide: 1, high: 1, page: 0, user: false, spacing: LINE_SPACING, left: 0 };

  const reset = () => {
    Object.assign(mode, { align: 0, bold: false, wide: 1, high: 1, page: 0, user: false, spacing: LINE_SPACING, left: 0 });
    glyphs.clear();
    line = [];
  };
  const place = (picture: Bitmap, advance = picture.height) => {
    const free = widthDots - mode.left - picture.width;
    const x = mode.left + (mode.align === 1 ? free >> 1 : mode.align === 2 ? free : 0);
    strips.push({ picture, x, y: height });
    height += advance;
  };
  const printLine = (feed: boolean) => {
    if (line.length > 0) {
      const tall = Math.max(...line.map((p) => p.picture.height));
      const picture = createBitmap(
        line.reduce((sum, p) => sum + p.picture.width, 0),
        tall,
      );
      let x = 0;
      for (const piece of line) {
        blit(picture, piece.picture, x, tall - piece.picture.height);
        x += piece.picture.width;
      }
      text.push(line.map((p) => p.letter).join(''));
      line = [];
      place(picture, feed ? Math.max(mode.spacing, tall) : tall);
    } else if (feed) height += mode.spacing;
  };
  const type = (piece: Piece) => {
    const used = line.reduce((sum, p) => sum + p.picture.width, 0);
    if (used + piece.picture.width > widthDots - mode.left) printLine(true);
    line.push(piece);
  };
  const cut = (isCut: boolean) => {
    printLine(false);
    const picture = createBitmap(widthDots, height);
    for (const strip of strips) blit(picture, strip.picture, strip.x, strip.y);
    if (strips.length > 0) onSlip({ picture: trimmed(picture), text, qr, commands, cut: isCut, bytes });
    strips = [];
    height = 0;
    text = [];
    qr = [];
    commands = [];
    bytes = 0;
  };

  const typeText = (data: Uint8Array) => {
    for (const byte of data) {
      const own = mode.user ? glyphs.get(byte) : undefined;
      const letter = own ? '\uFFFC' : letterOf(mode.page, byte);
      const cell = own ?? cellGlyph(letter, mode.bold ? 'bold' : 'medium');
      type({ picture: enlarge(cell, mode.wide, mode.high), letter });
    }
  };

  return {
    /** Counts the bytes of a slip; called with the length of each command. */
    count: (length: number) => void (bytes += length),
    hasGlyphs: () => glyphs.size,
    /** Power off and on: modes, the waiting line and downloaded glyphs are gone; printed paper stays. */
    reset,
    /** Tears off what was printed without a cut. */
    tear: () => cut(false),
    run({ name, data }: Command): void {
      const n = data[0] ?? 0;
      if (name !== 'text') commands.push(name === 'ESC t' ? `ESC t ${n}` : name);
      switch (name) {
        case 'text':
          return typeText(data);
        case 'LF':
          return printLine(true);
        case 'ESC @':
          return reset();
        case 'ESC a':
          mode.align = n % 48;
          return;
        case 'ESC E':
        case 'ESC G':
          mode.bold = (n & 1) === 1;
          return;
        case 'GS !':
          mode.wide = (n >> 4) + 1;
          mode.high = (n & 15) + 1;
          return;
        case 'ESC t':
          mode.page = n;
          return;
        case 'ESC %':
          mode.user = (n & 1) === 1;
          return;
        case 'ESC &':
          return defineGlyphs(glyphs, data);
        case 'ESC 3':
          mode.spacing = n;
          return;
        case 'ESC 2':
          mode.spacing = LINE_SPACING;
          return;
        case 'ESC J':
          printLine(false);
          height += n;
          return;
        case 'ESC d':
          printLine(false);
          height += n * mode.spacing;
          return;
        case 'GS L':
          mode.left = n + (data[1] ?? 0) * 256;
          return;
        case 'ESC *':
          return type({ picture: columns(data.subarray(3), n >= 32 ? 3 : 1), letter: '\uFFFC' });
        case 'GS v 0':
          printLine(false);
          return place(raster(data));
        case 'GS ( k':
          return qrCommand(data);
        case 'GS V':
          return cut(true);
        default:
      }
    },
  };

  function qrCommand(data: Uint8Array): void {
    const fn = data[3];
    if (fn === 67) qrDots = data[4] ?? 3;
    else if (fn === 80) qrData = data.slice(5);
    else if (fn === 81) {
      printLine(false);
      const content = new TextDecoder().decode(qrData);
      qr.push(content);
      place(enlarge(qrModules(content), qrDots, qrDots));
    }
  }
}

/** `ESC & y c1 c2 [x d…]…`: columns of y bytes each, top bit first. */
function defineGlyphs(glyphs: Map<number, Bitmap>, data: Uint8Array): void {
  const rows = data[0]!;
  let at = 3;
  for (let code = data[1]!; code <= data[2]!; code += 1) {
    const width = data[at]!;
    const drawn = columns(data.subarray(at + 1, at + 1 + width * rows), rows);
    const cell = createBitmap(CELL.width, CELL.height);
    blit(cell, drawn, 0, 0);
    glyphs.set(code, cell);
    at += 1 + width * rows;
  }
}

/** Columns of `rows` bytes each, as `ESC *` and `ESC &` send dots. */
function columns(data: Uint8Array, rows: number): Bitmap {
  const width = Math.floor(data.length / rows);
  const out = createBitmap(width, rows * 8);
  for (let x = 0; x < width; x += 1) {
    for (let y = 0; y < rows * 8; y += 1) if ((data[x * rows + (y >> 3)]! >> (7 - (y & 7))) & 1) setDot(out, x, y);
  }
  return out;
}

function raster(data: Uint8Array): Bitmap {
  const stride = data[1]! + data[2]! * 256;
  const height = data[3]! + data[4]! * 256;
  const bitmap: Bitmap = { width: stride * 8, height, stride, data: data.slice(5) };
  const size = data[0]! % 48;
  return enlarge(bitmap, size & 1 ? 2 : 1, size & 2 ? 2 : 1);
}

/** The knife stands about 12 mm above the head; the white paper between is not part of the picture. */
function trimmed(picture: Bitmap): Bitmap {
  let bottom = picture.height;
  while (bottom > 0 && picture.data.subarray((bottom - 1) * picture.stride, bottom * picture.stride).every((b) => b === 0)) bottom -= 1;
  return crop(picture, 0, 0, picture.width, bottom);
}
