import type { DeviceReason } from '../../contract/devices.ts';
import type { Paper } from '../../contract/paper.ts';
import { asb, Bytes, cut } from './commands.ts';
import { createGlyphEncoder } from './glyph-mode.ts';
import type { PrinterProfile, TextMode } from './profile.ts';
import { encodeRaster } from './raster-mode.ts';
import { encodeTcvn } from './text-mode.ts';

/** Below this a ticket as picture takes seconds: 8 kB are 8 s at 9600 baud. */
export const RASTER_FROM_BAUD = 57_600;

export interface Encoder {
  /** The bytes of one slip with its cut, or why this printer cannot get it this way. */
  encode(paper: Paper): Uint8Array | DeviceReason;
  /** The printer was (re)connected, or a slip may have been lost on the way: nothing is known of its memory any more. */
  forget(): void;
}

/** Is this way of writing possible on this printer and wire? The reason when not. */
export function modeObstacle(profile: PrinterProfile, mode: TextMode, bitsPerSecond?: number): DeviceReason | null {
  if (mode === 'raster') return bitsPerSecond !== undefined && bitsPerSecond < RASTER_FROM_BAUD ? 'wire-too-slow' : null;
  if (mode === 'tcvn3') return profile.tcvn ? null : 'not-configured';
  return profile.glyphs ? null : 'not-configured';
}

/** Chooses how letters reach the paper, and remembers what the printer keeps between slips. */
export function createEncoder(profile: PrinterProfile, mode: TextMode, bitsPerSecond?: number): Encoder {
  const glyphs = createGlyphEncoder(profile);
  const obstacle = modeObstacle(profile, mode, bitsPerSecond);
  return {
    encode(paper) {
      if (obstacle) return obstacle;
      if (mode === 'glyphs')
        return new Bytes()
          .append(glyphs.encode(paper))
          .add(...cut(profile.cut))
          .done();
      const out = new Bytes()
        .append(mode === 'raster' ? encodeRaster(paper, profile) : encodeTcvn(paper, profile))
        .add(...cut(profile.cut));
      if (profile.asb) out.add(...asb(true)); // ESC @ switched it off
      return out.done();
    },
    forget: () => glyphs.forget(),
  };
}
