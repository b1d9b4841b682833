// fontkit 2 ships no types; these are the parts that the rasteriser uses.
export interface PathCommand {
  command: 'moveTo' | 'lineTo' | 'quadraticCurveTo' | 'bezierCurveTo' | 'closePath';
  args: number[];
}
export interface Glyph {
  id: number;
  advanceWidth: number;
  path: { commands: PathCommand[] };
}
export interface GlyphRun {
  glyphs: Glyph[];
  positions: { xAdvance: number; yAdvance: number; xOffset: number; yOffset: number }[];
}
export interface Font {
  unitsPerEm: number;
  ascent: number;
  descent: number;
  capHeight: number;
  layout(text: string): GlyphRun;
  hasGlyphForCodePoint(codePoint: number): boolean;
}
export interface Fontkit {
  create(data: Uint8Array): Font;
}
