import type { DeviceReason } from '../../contract/devices.ts';
import type { Paper } from '../../contract/paper.ts';
import { asb, Bytes, cut } from './commands.ts';
import type { PrinterProfile, TextMode } from './profile.ts';
import { encodeRaster } from './raster-mode.ts';

/** Below this a ticket as picture takes seconds: 8 kB are 8 s at 9600 baud. */
export const RASTER_FROM_BAUD = 57_600;

export interface Encoder {
  /** The bytes of one slip with its cut, or why this printer cannot get it this way. */
  encode(paper: Paper): Uint8Array | DeviceReason;
  /** The printer was (re)connected: nothing is known of its memory any more. */
  forget(): void;
  /** Whether the slip before arrived whole. */
  committed(arrived: boolean): void;
}

/** Chooses how letters reach the paper, and remembers what the printer keeps between slips. */
export function createEncoder(profile: PrinterProfile, mode: TextMode, bitsPerSecond?: number): Encoder {
  return {
    encode(paper) {
      if (mode === 'raster' && bitsPerSecond !== undefined && bitsPerSecond < RASTER_FROM_BAUD) return 'wire-too-slow';
      const body = encodeRaster(paper, profile);
      const out = new Bytes().append(body).add(...cut(profile.cut));
      if (profile.asb) out.add(...asb(true)); // ESC @ switched it off
      return out.done();
    },
    forget: () => undefined,
    committed: () => undefined,
  };
}
