export { blit, createBitmap, crop, dot, enlarge, fillRect, rowExtent, setDot, type Bitmap } from './bitmap.ts';
export { canDraw, CELL, cellGlyph, lineMetrics, setWord } from './font.ts';
export { DOTS_PER_MM, layoutPaper, renderPaper, type PaperPart } from './layout.ts';
export { decodePng, encodePng } from './png.ts';
export { qrModules } from './qr.ts';
