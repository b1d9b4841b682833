/**
 * Pads every glyph of a TrueType font to four bytes. fontkit 1.1.1 cuts subsets with a short `loca` table, which can only
 * name even offsets: a font with glyphs of odd length (Tinos) then loses nearly all its letters on the page, while the text
 * layer still looks right. Outlines, metrics and glyph numbers stay as they are.
 * @param font a whole TTF (OpenType 1.9, tables `head`, `loca`, `glyf`)
 * @returns the font again, with new `glyf` and `loca` at its end; checksums are not kept, no PDF reader looks at them
 */
export function alignGlyphs(font: Uint8Array): Uint8Array {
  const view = new DataView(font.buffer, font.byteOffset, font.byteLength);
  const directory = new Map<string, number>();
  for (let i = 0; i < view.getUint16(4); i += 1) {
    const at = 12 + i * 16;
    directory.set(String.fromCharCode(...font.subarray(at, at + 4)), at);
  }
  const entry = (tag: string): { at: number; offset: number; length: number } => {
    const at = directory.get(tag);
    if (at === undefined) throw new Error(`font: no ${tag} table, only TrueType outlines can be aligned`);
    return { at, offset: view.getUint32(at + 8), length: view.getUint32(at + 12) };
  };
  const head = entry('head');
  const loca = entry('loca');
  const glyf = entry('glyf');
  const long = view.getInt16(head.offset + 50) === 1;
  const count = loca.length / (long ? 4 : 2);
  const from = (i: number): number => (long ? view.getUint32(loca.offset + i * 4) : view.getUint16(loca.offset + i * 2) * 2);

  const padded: Uint8Array[] = [];
  const offsets = new DataView(new ArrayBuffer(count * 4));
  let at = 0;
  for (let i = 0; i + 1 < count; i += 1) {
    offsets.setUint32(i * 4, at);
    const glyph = font.subarray(glyf.offset + from(i), glyf.offset + from(i + 1));
    padded.push(glyph, new Uint8Array((4 - (glyph.length % 4)) % 4));
    at += glyph.length + ((4 - (glyph.length % 4)) % 4);
  }
  offsets.setUint32((count - 1) * 4, at);

  const glyfAt = font.length + ((4 - (font.length % 4)) % 4);
  const out = Buffer.concat([font, new Uint8Array(glyfAt - font.length), ...padded, new Uint8Array(offsets.buffer)]);
  out.writeUInt32BE(glyfAt, glyf.at + 8);
  out.writeUInt32BE(at, glyf.at + 12);
  out.writeUInt32BE(glyfAt + at, loca.at + 8);
  out.writeUInt32BE(count * 4, loca.at + 12);
  out.writeInt16BE(1, head.offset + 50);
  return out;
}

/**
 * Hides the tables that join, replace or shift letters. Vietnamese in NFC needs none of them, and looking them up is most of
 * the time that a page takes. Without ligatures the copied text is the text that was printed.
 */
export function withoutShaping(font: Uint8Array): Uint8Array {
  const out = Buffer.from(font);
  for (let i = 0; i < out.readUInt16BE(4); i += 1) {
    const at = 12 + i * 16;
    if (['GSUB', 'GPOS', 'GDEF', 'kern'].includes(out.toString('latin1', at, at + 4))) out.write('x', at, 'latin1');
  }
  return out;
}
