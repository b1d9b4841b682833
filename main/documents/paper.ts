import { degrees, rgb, type PDFDocument, type PDFPage } from 'pdf-lib';
import { newPdf, type FaceName, type Faces } from './fonts.ts';
import { qrModules } from './qr.ts';

const MM = 72 / 25.4;
export const mm = (n: number): number => n * MM;

const SIZES = { A5: [148, 210], A4: [210, 297], 'A4-landscape': [297, 210] } as const;
export type PaperSize = keyof typeof SIZES;

export interface Run {
  readonly text: string;
  readonly face?: FaceName;
}
export type Text = string | readonly Run[];
export type Align = 'left' | 'center' | 'right' | 'justify';
export interface TextStyle {
  readonly size?: number;
  readonly face?: FaceName;
  readonly align?: Align;
  /** First line, in points. */
  readonly indent?: number;
  /** Below the paragraph, in points. */
  readonly after?: number;
}
export interface Column {
  readonly title: string;
  /** Share of the width. */
  readonly share: number;
  readonly align?: 'left' | 'center' | 'right';
}
/** In points from the lower left corner, as PDF counts; `page` from 0. */
export interface Area {
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

const BLACK = rgb(0, 0, 0);
const LEADING = 1.28;

interface Word {
  readonly text: string;
  readonly face: FaceName;
  readonly width: number;
}
interface Line {
  readonly words: readonly Word[];
  readonly width: number;
  readonly last: boolean;
}

/**
 * A flow of paragraphs, columns and tables over as many pages as it needs: just enough layout for official forms.
 * All text is NFC before it is measured; a face without a letter would show as a missing glyph, which a test of this room excludes.
 */
export class Paper {
  readonly pdf: PDFDocument;
  readonly faces: Faces;
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly size: number;
  /** Distance of the next line's top from the lower edge. */
  y: number;
  page: PDFPage;
  readonly #training: boolean;
  readonly #widths = new Map<string, number>();

  constructor(
    made: { pdf: PDFDocument; faces: Faces },
    options: { paper: PaperSize; margins: { top: number; right: number; bottom: number; left: number }; size: number; training: boolean },
  ) {
    this.pdf = made.pdf;
    this.faces = made.faces;
    const [w, h] = SIZES[options.paper];
    this.width = mm(w);
    this.height = mm(h);
    this.left = mm(options.margins.left);
    this.right = this.width - mm(options.margins.right);
    this.top = this.height - mm(options.margins.top);
    this.bottom = mm(options.margins.bottom);
    this.size = options.size;
    this.#training = options.training;
    this.y = this.top;
    this.page = this.newPage();
  }

  static async open(options: ConstructorParameters<typeof Paper>[1] & { title: string; at: number }): Promise<Paper> {
    return new Paper(await newPdf(options), options);
  }

  get inner(): number {
    return this.right - this.left;
  }

  newPage(): PDFPage {
    this.page = this.pdf.addPage([this.width, this.height]);
    this.y = this.top;
    if (this.#training) this.#watermark();
    return this.page;
  }

  /** Starts a new page unless `height` points are left. */
  need(height: number): void {
    if (this.y - height < this.bottom) this.newPage();
  }

  gap(points: number): void {
    this.y -= points;
  }

  text(text: Text, style: TextStyle = {}): void {
    this.#flow(text, style, this.left, this.inner, true);
  }

  /** Paragraphs beside each other; the cursor goes below the highest. Each column gets its share of the width. */
  columns(
    parts: readonly { readonly share: number; readonly lines: readonly { readonly text: Text; readonly style?: TextStyle }[] }[],
  ): void {
    const total = parts.reduce((s, p) => s + p.share, 0);
    const width = (share: number) => (this.inner * share) / total;
    this.need(Math.max(...parts.map((p) => p.lines.reduce((h, l) => h + this.#heightOf(l.text, l.style ?? {}, width(p.share)), 0))));
    const from = this.y;
    let lowest = from;
    let x = this.left;
    for (const part of parts) {
      this.y = from;
      for (const l of part.lines) this.#flow(l.text, l.style ?? {}, x, width(part.share), false);
      lowest = Math.min(lowest, this.y);
      x += width(part.share);
    }
    this.y = lowest;
  }

  /** A ruled table whose head comes again on every page; no row is torn unless it is higher than a page. */
  table(columns: readonly Column[], rows: readonly (readonly Text[])[], style: { size?: number } = {}): void {
    const size = style.size ?? this.size;
    const pad = 2.5;
    const total = columns.reduce((s, c) => s + c.share, 0);
    const widths = columns.map((c) => (this.inner * c.share) / total);
    const heightOf = (cells: readonly Text[], face: FaceName) =>
      Math.max(...cells.map((cell, i) => this.#layout(cell, face, size, (widths[i] ?? 0) - 2 * pad, 0).length)) * size * LEADING + 2 * pad;
    const drawRow = (cells: readonly Text[], head: boolean) => {
      const face: FaceName = head ? 'bold' : 'regular';
      const height = heightOf(cells, face);
      const y = this.y;
      let x = this.left;
      cells.forEach((cell, i) => {
        const width = widths[i] ?? 0;
        this.page.drawRectangle({ x, y: y - height, width, height, borderColor: BLACK, borderWidth: 0.5 });
        this.y = y - pad;
        this.#flow(cell, { size, face, align: head ? 'center' : (columns[i]?.align ?? 'left'), after: 0 }, x + pad, width - 2 * pad, false);
        x += width;
      });
      this.y = y - height;
    };
    const titles = columns.map((c) => c.title);
    const headHeight = heightOf(titles, 'bold');
    this.need(headHeight + (rows[0] ? heightOf(rows[0], 'regular') : 0));
    drawRow(titles, true);
    for (const row of rows) {
      if (this.y - heightOf(row, 'regular') < this.bottom) {
        this.newPage();
        drawRow(titles, true);
      }
      drawRow(row, false);
    }
    this.gap(4);
  }

  /** A QR code of `side` points with its upper left corner at (x, top); the quiet zone lies inside. */
  qr(text: string, x: number, top: number, side: number): void {
    const { size, dark } = qrModules(text);
    const unit = side / (size + 8);
    const page = this.page;
    page.drawRectangle({ x, y: top - side, width: side, height: side, color: rgb(1, 1, 1) });
    for (let row = 0; row < size; row += 1) {
      for (let from = 0; from < size;) {
        if (!dark(row, from)) {
          from += 1;
          continue;
        }
        let to = from;
        while (to < size && dark(row, to)) to += 1;
        // Runs overlap a hair, so that no renderer leaves white seams between rows.
        page.drawRectangle({
          x: x + (from + 4) * unit,
          y: top - (row + 5) * unit,
          width: (to - from) * unit,
          height: unit * 1.02,
          color: BLACK,
        });
        from = to;
      }
    }
  }

  rule(width: number, x: number, thickness = 0.75): void {
    this.page.drawLine({ start: { x, y: this.y }, end: { x: x + width, y: this.y }, thickness, color: BLACK });
  }

  /** Page numbers when there are several pages; then the bytes. */
  async finish(): Promise<Uint8Array> {
    const pages = this.pdf.getPages();
    if (pages.length > 1)
      pages.forEach((page, i) => {
        const text = `Trang ${i + 1}/${pages.length}`;
        const width = this.faces.regular.widthOfTextAtSize(text, 9);
        page.drawText(text, { x: (this.width - width) / 2, y: this.bottom - 14, size: 9, font: this.faces.regular });
      });
    return this.pdf.save();
  }

  /** Lines that a text needs in a width; also used by forms to place things beside it. */
  measure(text: Text, style: TextStyle, width: number): number {
    return this.#heightOf(text, style, width);
  }

  #heightOf(text: Text, style: TextStyle, width: number): number {
    const size = style.size ?? this.size;
    return this.#layout(text, style.face ?? 'regular', size, width, style.indent ?? 0).length * size * LEADING + (style.after ?? 2);
  }

  #flow(text: Text, style: TextStyle, x: number, width: number, breaks: boolean): void {
    const size = style.size ?? this.size;
    const align = style.align ?? 'left';
    const lines = this.#layout(text, style.face ?? 'regular', size, width, style.indent ?? 0);
    lines.forEach((line, i) => {
      if (breaks) this.need(size * LEADING);
      const indent = i === 0 ? (style.indent ?? 0) : 0;
      const free = width - indent - line.width;
      const gaps = line.words.length - 1;
      const stretch = align === 'justify' && !line.last && gaps > 0 && free < width * 0.25 ? free / gaps : 0;
      let at = x + indent + (align === 'center' ? free / 2 : align === 'right' ? free : 0);
      const baseline = this.y - size * (LEADING - 0.28);
      // Words of one face that stand together are one piece of text, so that copying gives whole lines.
      for (const piece of stretch === 0 ? this.#pieces(line) : line.words) {
        this.page.drawText(piece.text, { x: at, y: baseline, size, font: this.faces[piece.face], color: BLACK });
        at += piece.width * size + this.#width(' ', piece.face) * size + stretch;
      }
      this.y -= size * LEADING;
    });
    this.y -= style.after ?? 2;
  }

  #pieces(line: Line): Word[] {
    const out: Word[] = [];
    for (const word of line.words) {
      const last = out.at(-1);
      if (last && last.face === word.face) {
        const text = `${last.text} ${word.text}`;
        out[out.length - 1] = { text, face: last.face, width: this.#width(text, last.face) };
      } else out.push(word);
    }
    return out;
  }

  #layout(text: Text, face: FaceName, size: number, width: number, indent: number): Line[] {
    const runs = typeof text === 'string' ? [{ text, face }] : text;
    const lines: Line[] = [];
    let words: Word[] = [];
    let used = 0;
    let room = width - indent;
    const close = (last: boolean) => {
      lines.push({ words, width: used, last });
      words = [];
      used = 0;
      room = width;
    };
    for (const run of runs) {
      const runFace = run.face ?? face;
      const space = this.#width(' ', runFace) * size;
      run.text
        .normalize('NFC')
        .split('\n')
        .forEach((part, i) => {
          if (i > 0) close(true);
          for (const word of part.split(/[ \t]+/).filter((w) => w !== '')) {
            for (const piece of this.#fit(word, runFace, size, width)) {
              const w = piece.width * size;
              if (words.length > 0 && used + space + w > room + 0.01) close(false);
              used += (words.length > 0 ? space : 0) + w;
              words.push(piece);
            }
          }
        });
    }
    close(true);
    return lines;
  }

  /** A word that is wider than the line (a long code, an address on the web) is cut, never lost. */
  #fit(word: string, face: FaceName, size: number, width: number): Word[] {
    const whole = this.#width(word, face);
    if (whole * size <= width) return [{ text: word, face, width: whole }];
    const out: Word[] = [];
    let piece = '';
    for (const letter of word) {
      if (piece !== '' && this.#width(piece + letter, face) * size > width) {
        out.push({ text: piece, face, width: this.#width(piece, face) });
        piece = '';
      }
      piece += letter;
    }
    out.push({ text: piece, face, width: this.#width(piece, face) });
    return out;
  }

  /** In units of the size. */
  #width(text: string, face: FaceName): number {
    const key = `${face}:${text}`;
    const known = this.#widths.get(key);
    if (known !== undefined) return known;
    const width = this.faces[face].widthOfTextAtSize(text, 1);
    this.#widths.set(key, width);
    return width;
  }

  #watermark(): void {
    const text = 'TẬP HUẤN';
    const size = this.width / 6.5;
    const width = this.faces.bold.widthOfTextAtSize(text, size);
    const angle = Math.PI / 5;
    this.page.drawText(text, {
      x: this.width / 2 - (Math.cos(angle) * width) / 2 + (Math.sin(angle) * size) / 3,
      y: this.height / 2 - (Math.sin(angle) * width) / 2 - (Math.cos(angle) * size) / 3,
      size,
      font: this.faces.bold,
      color: rgb(0.93, 0.93, 0.93),
      rotate: degrees(36),
    });
  }
}
