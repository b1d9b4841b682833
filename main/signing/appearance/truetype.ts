/**
 * What a signature block needs of a TrueType font (OpenType 1.9): widths, and a subset with a few glyphs. Written here because a
 * general font library takes 0.3 s to load and holds the event loop for 30 ms per subset; this takes about one.
 */
export class TrueType {
  readonly unitsPerEm: number;
  readonly ascent: number;
  readonly descent: number;
  readonly capHeight: number;
  readonly bbox: { readonly minX: number; readonly minY: number; readonly maxX: number; readonly maxY: number };
  private readonly tables: ReadonlyMap<string, Buffer>;
  private readonly longOffsets: boolean;
  private readonly fullMetrics: number;
  private readonly segments: Segments;

  /** @param bytes a whole TTF with outlines in `glyf`. @throws RangeError when a table is missing or cut off */
  constructor(bytes: Buffer) {
    const tables = new Map<string, Buffer>();
    for (let i = 0; i < bytes.readUInt16BE(4); i++) {
      const at = 12 + i * 16;
      const offset = bytes.readUInt32BE(at + 8);
      tables.set(bytes.toString('latin1', at, at + 4), bytes.subarray(offset, offset + bytes.readUInt32BE(at + 12)));
    }
    this.tables = tables;
    const [head, hhea, os2] = [this.table('head'), this.table('hhea'), this.table('OS/2')];
    this.unitsPerEm = head.readUInt16BE(18);
    this.bbox = { minX: head.readInt16BE(36), minY: head.readInt16BE(38), maxX: head.readInt16BE(40), maxY: head.readInt16BE(42) };
    this.longOffsets = head.readInt16BE(50) === 1;
    this.ascent = hhea.readInt16BE(4);
    this.descent = hhea.readInt16BE(6);
    this.fullMetrics = hhea.readUInt16BE(34);
    this.capHeight = os2.readUInt16BE(0) >= 2 ? os2.readInt16BE(88) : this.ascent;
    this.segments = readSegments(this.table('cmap'));
  }

  /** Glyph of a character of the basic plane; 0 when the font has none. */
  glyph(code: number): number {
    return findGlyph(this.segments, code);
  }

  /** Width of a glyph in font units. */
  advance(glyph: number): number {
    return this.table('hmtx').readUInt16BE(Math.min(glyph, this.fullMetrics - 1) * 4);
  }

  /**
   * A font of these glyphs alone, renumbered: the n-th becomes glyph n. Glyph 0 must come first. Parts of composite glyphs
   * are added at the end; hinting stays.
   */
  subset(glyphs: readonly number[]): Buffer {
    const order = [...glyphs];
    const outlines: Buffer[] = [];
    // The list grows while composites name their parts.
    for (let i = 0; i < order.length; i++) outlines.push(renumber(this.outline(order[i] ?? 0), order));
    const hmtx = Buffer.alloc(order.length * 4);
    const loca = Buffer.alloc((order.length + 1) * 4);
    let end = 0;
    order.forEach((glyph, i) => {
      hmtx.writeUInt16BE(this.advance(glyph), i * 4);
      hmtx.writeInt16BE(this.bearing(glyph), i * 4 + 2);
      end += outlines[i]?.length ?? 0;
      loca.writeUInt32BE(end, (i + 1) * 4);
    });
    const [head, hhea, maxp] = ['head', 'hhea', 'maxp'].map((tag) => Buffer.from(this.table(tag))) as [Buffer, Buffer, Buffer];
    head.writeInt16BE(1, 50); // loca has 32-bit offsets
    head.writeUInt32BE(0, 8);
    hhea.writeUInt16BE(order.length, 34);
    maxp.writeUInt16BE(order.length, 4);
    const kept = ['cvt ', 'fpgm', 'prep'].flatMap((tag): [string, Buffer][] => {
      const table = this.tables.get(tag);
      return table ? [[tag, table]] : [];
    });
    return assemble([
      ...kept,
      ['glyf', Buffer.concat(outlines)],
      ['head', head],
      ['hhea', hhea],
      ['hmtx', hmtx],
      ['loca', loca],
      ['maxp', maxp],
    ]);
  }

  private table(tag: string): Buffer {
    const found = this.tables.get(tag);
    if (!found) throw new RangeError(`the font has no ${tag} table`);
    return found;
  }

  private bearing(glyph: number): number {
    const metrics = this.table('hmtx');
    if (glyph < this.fullMetrics) return metrics.readInt16BE(glyph * 4 + 2);
    return metrics.readInt16BE(this.fullMetrics * 4 + (glyph - this.fullMetrics) * 2);
  }

  /** Padded to four bytes. */
  private outline(glyph: number): Buffer {
    const loca = this.table('loca');
    const at = (n: number) => (this.longOffsets ? loca.readUInt32BE(n * 4) : loca.readUInt16BE(n * 2) * 2);
    const found = this.table('glyf').subarray(at(glyph), at(glyph + 1));
    return Buffer.concat([found], Math.ceil(found.length / 4) * 4);
  }
}

const ARGUMENTS_ARE_WORDS = 1;
const HAS_SCALE = 8;
const MORE_COMPONENTS = 32;
const HAS_TWO_SCALES = 64;
const HAS_MATRIX = 128;

/** Points the parts of a composite glyph at their new numbers; parts that are new join the end of `order`. */
function renumber(outline: Buffer, order: number[]): Buffer {
  if (outline.length === 0 || outline.readInt16BE(0) >= 0) return outline;
  for (let at = 10, more = true; more;) {
    const flags = outline.readUInt16BE(at);
    const part = outline.readUInt16BE(at + 2);
    let number = order.indexOf(part);
    if (number < 0) number = order.push(part) - 1;
    outline.writeUInt16BE(number, at + 2);
    at += 4 + (flags & ARGUMENTS_ARE_WORDS ? 4 : 2);
    at += flags & HAS_SCALE ? 2 : flags & HAS_TWO_SCALES ? 4 : flags & HAS_MATRIX ? 8 : 0;
    more = (flags & MORE_COMPONENTS) !== 0;
  }
  return outline;
}

/** The segments of a character map of format 4: it covers the basic plane, and every Vietnamese letter is there. */
interface Segments {
  readonly map: Buffer;
  readonly count: number;
}

function readSegments(cmap: Buffer): Segments {
  for (let i = 0; i < cmap.readUInt16BE(2); i++) {
    const map = cmap.subarray(cmap.readUInt32BE(8 + i * 8));
    if (cmap.readUInt16BE(4 + i * 8) === 3 && map.readUInt16BE(0) === 4) return { map, count: map.readUInt16BE(6) / 2 };
  }
  throw new RangeError('the font has no character map of format 4');
}

function findGlyph({ map, count }: Segments, code: number): number {
  if (code > 0xffff) return 0;
  const [ends, starts] = [14, 16 + count * 2];
  for (let i = 0; i < count; i++) {
    if (map.readUInt16BE(ends + i * 2) < code) continue;
    const start = map.readUInt16BE(starts + i * 2);
    if (start > code) return 0;
    const delta = map.readUInt16BE(starts + (count + i) * 2);
    const rangeAt = starts + (2 * count + i) * 2;
    const range = map.readUInt16BE(rangeAt);
    if (range === 0) return (code + delta) & 0xffff;
    const glyph = map.readUInt16BE(rangeAt + range + (code - start) * 2);
    return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
  }
  return 0;
}

/** Directory and tables, in the order of their tags, with the checksums that the format asks for. */
function assemble(tables: readonly [string, Buffer][]): Buffer {
  const count = tables.length;
  const power = 2 ** Math.floor(Math.log2(count));
  const directory = Buffer.alloc(12 + count * 16);
  directory.writeUInt32BE(0x00010000, 0);
  [count, power * 16, Math.log2(power), (count - power) * 16].forEach((value, i) => directory.writeUInt16BE(value, 4 + i * 2));
  const parts = [directory];
  let at = directory.length;
  let headAt = 0;
  tables.forEach(([tag, table], i) => {
    const entry = 12 + i * 16;
    directory.write(tag, entry, 'latin1');
    const padded = Buffer.concat([table], Math.ceil(table.length / 4) * 4);
    directory.writeUInt32BE(sum(padded), entry + 4);
    directory.writeUInt32BE(at, entry + 8);
    directory.writeUInt32BE(table.length, entry + 12);
    if (tag === 'head') headAt = at;
    parts.push(padded);
    at += padded.length;
  });
  const font = Buffer.concat(parts);
  font.writeUInt32BE((0xb1b0afba - sum(font)) >>> 0, headAt + 8);
  return font;
}

function sum(bytes: Buffer): number {
  let total = 0;
  for (let at = 0; at + 4 <= bytes.length; at += 4) total = (total + bytes.readUInt32BE(at)) >>> 0;
  return total;
}
