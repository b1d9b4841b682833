import type { Paper } from '../../contract/paper.ts';
import { cellGlyph, createBitmap, dot, qrModules, setDot, type Bitmap } from '../raster/index.ts';
import { align, bold, Bytes, codePage, ESC, feed, INITIALISE, LEAVE_KANJI, LF, qrCode, rasterImage, scale, UNITS_203 } from './commands.ts';
import type { PrinterProfile } from './profile.ts';
import { tcvnByte, type TcvnPage } from './tcvn.ts';
import { textItems, type TextItem } from './text-lines.ts';

/** Modes of the printer as the last command left them, so that only changes are sent. */
interface Modes {
  align: 'left' | 'center';
  bold: boolean;
  wide: number;
  high: number;
}

/** Writes the lines of a paper; how letters become bytes is the caller's business. */
export function writeItems(
  out: Bytes,
  items: readonly TextItem[],
  profile: PrinterProfile,
  writeText: (text: string, line: { wide: number; high: number }) => void,
): void {
  const modes: Modes = { align: 'left', bold: false, wide: 1, high: 1 };
  for (const item of items) {
    if (item.kind === 'feed') {
      out.add(...feed(item.dots));
      continue;
    }
    const to = item.kind === 'qr' ? 'center' : item.align;
    if (modes.align !== to) out.add(...align(to));
    modes.align = to;
    if (item.kind === 'qr') {
      writeQr(out, item, profile);
      continue;
    }
    if (modes.bold !== item.bold) out.add(...bold(item.bold));
    if (modes.wide !== item.wide || modes.high !== item.high) out.add(...scale(item.wide, item.high));
    Object.assign(modes, { bold: item.bold, wide: item.wide, high: item.high });
    writeText(item.text, item);
    out.add(LF);
  }
}

function writeQr(out: Bytes, item: Extract<TextItem, { kind: 'qr' }>, profile: PrinterProfile): void {
  if (profile.qr) {
    out.append(qrCode(item.data, item.moduleDots));
    return;
  }
  const modules = qrModules(item.data);
  const picture = createBitmap(modules.width * (item.moduleDots / 2), modules.height * (item.moduleDots / 2));
  for (let y = 0; y < picture.height; y += 1) {
    for (let x = 0; x < picture.width; x += 1)
      if (dot(modules, Math.floor((x * 2) / item.moduleDots), Math.floor((y * 2) / item.moduleDots))) setDot(picture, x, y);
  }
  out.add(...rasterImage(picture.stride, picture.height, true)).append(picture.data);
}

/**
 * A paper as TCVN-3 text. The page is switched only when the next letter is not on the one that is set: with two pages
 * that is the fewest switches there can be. Letters on neither page go in as little pictures between the text.
 * @throws Error when the profile has no TCVN-3 pages
 */
export function encodeTcvn(paper: Paper, profile: PrinterProfile): Uint8Array {
  const pages = profile.tcvn;
  if (!pages) throw new Error(`${profile.id} has no TCVN-3 pages`);
  const out = new Bytes().add(...INITIALISE, ...LEAVE_KANJI, ...UNITS_203);
  let page: TcvnPage | null = null;
  writeItems(out, textItems(paper, profile.widthDots), profile, (text, line) => {
    for (const letter of text) {
      const place = tcvnByte(letter);
      if (!place) {
        writeOdd(out, letter, line);
        continue;
      }
      if (place.page !== 'both' && place.page !== page) {
        page = place.page;
        out.add(...codePage(pages[page]));
      }
      out.add(place.byte);
    }
  });
  return out.done();
}

/** `₫` and its like: a picture of one cell at normal size; in larger lines the nearest plain letter. */
function writeOdd(out: Bytes, letter: string, line: { wide: number; high: number }): void {
  if (line.wide === 1 && line.high === 1) {
    const columns = glyphColumns(cellGlyph(letter, 'medium'), false);
    out.add(ESC, 0x2a, 33, columns.length / 3, 0).append(columns);
  } else {
    out.add(letter === '₫' ? 0x64 : 0x3f); // d, or ?
  }
}

/** A 24-dot cell as columns of three bytes, top bit first, as `ESC *` and `ESC &` take them. */
export function glyphColumns(cell: Bitmap, trim: boolean): Uint8Array {
  let width = cell.width;
  const isWhite = (x: number) => Array.from({ length: cell.height }, (_, y) => dot(cell, x, y)).every((d) => d === 0);
  if (trim) while (width > 1 && isWhite(width - 1)) width -= 1;
  const out = new Uint8Array(width * 3);
  for (let x = 0; x < width; x += 1) for (let y = 0; y < 24; y += 1) if (dot(cell, x, y)) out[x * 3 + (y >> 3)]! |= 0x80 >> (y & 7);
  return out;
}
