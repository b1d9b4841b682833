import type { TextMode } from './profile.ts';
import type { PrinterProfile } from './profile.ts';
import type { Paper } from '../../contract/paper.ts';
import { asb, Bytes, cut, INITIALISE, LF } from './commands.ts';
import { createGlyphEncoder } from './glyph-mode.ts';
import { encodeRaster } from './raster-mode.ts';
import { encodeTcvn } from './text-mode.ts';
import { modeObstacle } from './encode.ts';

/** One way of writing Vietnamese, as a numbered line of the test page. */
export interface TestLine {
  readonly number: number;
  readonly textMode: TextMode;
  readonly tcvn?: { readonly lower: number; readonly upper: number };
  readonly vi: string;
}

/** Pages that printers are known to have TCVN-3 on. 27, 94 and the like hold Windows-1258, which is never used. */
const PAGE_PAIRS = [
  { lower: 30, upper: 31 },
  { lower: 49, upper: 50 },
] as const;

/** The letters that betray a wrong page: stacked marks, Đ, capitals, and ₫. */
const SAMPLE = 'Đường Nguyễn Huệ – ẤM ÁP, ỗ ữ ặ ỵ Ợ Ỹ – 25.000 ₫';

/** What is worth trying on this printer and wire, in the order of preference. */
export function testLines(profile: PrinterProfile, bitsPerSecond?: number): TestLine[] {
  const ways: Omit<TestLine, 'number'>[] = [];
  if (!modeObstacle(profile, 'raster', bitsPerSecond)) ways.push({ textMode: 'raster', vi: 'In dạng ảnh: đúng trên mọi máy' });
  const pairs = [...(profile.tcvn ? [profile.tcvn] : []), ...PAGE_PAIRS.filter((p) => p.lower !== profile.tcvn?.lower)];
  for (const tcvn of pairs) ways.push({ textMode: 'tcvn3', tcvn, vi: `Chữ TCVN-3, bảng ${tcvn.lower}/${tcvn.upper}` });
  ways.push({ textMode: 'glyphs', vi: 'Chữ tải xuống máy in' });
  return ways.map((way, i) => ({ number: i + 1, ...way }));
}

/** The page itself: each line in its own way, numbered in plain ASCII so that the number is always readable. */
export function encodeTestPage(profile: PrinterProfile, lines: readonly TestLine[]): Uint8Array {
  const out = new Bytes();
  const ascii = (text: string) => out.append(new TextEncoder().encode(text)).add(LF);
  const paper: Paper = [{ kind: 'text', text: SAMPLE, size: 'normal', align: 'left' }];
  for (const line of lines) {
    out.add(...INITIALISE);
    ascii(`--- ${line.number} ---`);
    if (line.textMode === 'raster') out.append(encodeRaster(paper, profile));
    else if (line.textMode === 'tcvn3' && line.tcvn) out.append(encodeTcvn(paper, { ...profile, tcvn: line.tcvn }));
    else out.append(createGlyphEncoder(profile).encode(paper));
  }
  out.add(...INITIALISE, ...cut(profile.cut));
  if (profile.asb) out.add(...asb(true));
  return out.done();
}
