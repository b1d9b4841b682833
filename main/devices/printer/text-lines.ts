import type { Paper, PaperBlock } from '../../contract/paper.ts';
import { canDraw, DOTS_PER_MM, qrModules } from '../raster/index.ts';
import { qrModuleDots } from '../raster/layout.ts';

/** A paper as a printer's own font prints it: rows of cells, 12 dots wide at scale 1. */
export type TextItem =
  | {
      readonly kind: 'line';
      readonly text: string;
      readonly bold: boolean;
      readonly wide: number;
      readonly high: number;
      readonly align: 'left' | 'center';
    }
  | { readonly kind: 'feed'; readonly dots: number }
  | { readonly kind: 'qr'; readonly data: string; readonly moduleDots: number };

const SCALES: Record<Extract<PaperBlock, { kind: 'text' }>['size'], { wide: number; high: number }> = {
  small: { wide: 1, high: 1 },
  normal: { wide: 1, high: 1 },
  large: { wide: 1, high: 2 },
  number: { wide: 4, high: 4 },
};

/** Blocks to lines of cells: wrapped at spaces, balanced by nobody (the printer's font is what it is). */
export function textItems(paper: Paper, widthDots: number): TextItem[] {
  const items: TextItem[] = [];
  for (const block of paper) {
    if (block.kind === 'space') items.push({ kind: 'feed', dots: Math.round(block.mm * DOTS_PER_MM) });
    else if (block.kind === 'rule')
      items.push({ kind: 'line', text: '-'.repeat(Math.floor(widthDots / 12)), bold: false, wide: 1, high: 1, align: 'left' });
    else if (block.kind === 'qr')
      items.push({ kind: 'qr', data: block.data, moduleDots: qrModuleDots(qrModules(block.data).width, widthDots) });
    else {
      const { wide, high } = SCALES[block.size];
      const columns = Math.floor(widthDots / (12 * wide));
      for (const text of wrapCells(plain(block.text), columns))
        items.push({ kind: 'line', text, bold: block.bold ?? false, wide, high, align: block.align ?? 'center' });
    }
  }
  return items;
}

/** Typographic signs become those that every printer has; letters that nothing here can draw become `?`. */
export function plain(text: string): string {
  const ascii = text
    .normalize('NFC')
    .replace(/[\u2010-\u2015\u2212]/gu, '-')
    .replace(/[\u2018\u2019]/gu, "'")
    .replace(/[\u201C\u201D]/gu, '"')
    .replaceAll('\u2026', '...')
    .replace(/\s/gu, ' ');
  return Array.from(ascii, (letter) => (canDraw(letter) ? letter : '?')).join('');
}

function wrapCells(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/ +/u).filter(Boolean)) {
    let rest = Array.from(word);
    if (line !== '' && Array.from(line).length + 1 + rest.length <= columns) {
      line += ` ${word}`;
      continue;
    }
    if (line !== '') lines.push(line);
    while (rest.length > columns) {
      lines.push(rest.slice(0, columns).join(''));
      rest = rest.slice(columns);
    }
    line = rest.join('');
  }
  if (line !== '') lines.push(line);
  return lines;
}
