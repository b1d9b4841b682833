/**
 * ESC/POS commands as bytes, named as in Epson's command reference. Nothing here knows about tickets.
 */
export class Bytes {
  readonly #parts: Uint8Array[] = [];
  length = 0;

  add(...bytes: number[]): this {
    return this.append(Uint8Array.from(bytes));
  }

  append(bytes: Uint8Array): this {
    this.#parts.push(bytes);
    this.length += bytes.length;
    return this;
  }

  done(): Uint8Array {
    const out = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.#parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }
}

export const ESC = 0x1b;
export const GS = 0x1d;
export const FS = 0x1c;
export const DLE = 0x10;
export const EOT = 0x04;
export const LF = 0x0a;

/** Forget modes, line and downloaded glyphs; keep the receive buffer. */
export const INITIALISE = [ESC, 0x40];
/** Chinese clones start in double-byte mode and would eat every byte above 127. */
export const LEAVE_KANJI = [FS, 0x2e];
/** Motion units of 1/203 inch, so that `ESC J` feeds in dots. */
export const UNITS_203 = [GS, 0x50, 203, 203];
export const align = (to: 'left' | 'center') => [ESC, 0x61, to === 'left' ? 0 : 1];
export const bold = (on: boolean) => [ESC, 0x45, on ? 1 : 0];
/** Characters 1 to 8 times as wide and high. */
export const scale = (wide: number, high: number) => [GS, 0x21, ((wide - 1) << 4) | (high - 1)];
export const codePage = (n: number) => [ESC, 0x74, n];
export const userGlyphs = (on: boolean) => [ESC, 0x25, on ? 1 : 0];

/** Feed `dots` rows of white; `ESC J` takes at most 255 at once. */
export function feed(dots: number): number[] {
  const out: number[] = [];
  for (let rest = dots; rest > 0; rest -= 255) out.push(ESC, 0x4a, Math.min(255, rest));
  return out;
}

/** Feed to the knife and cut. `none` feeds far enough to tear by hand. */
export function cut(kind: 'partial' | 'full' | 'none'): number[] {
  if (kind === 'none') return feed(160);
  return [GS, 0x56, kind === 'full' ? 65 : 66, 0];
}

/** `GS v 0`: a raster picture. `double` prints each dot as 2 by 2. */
export function rasterImage(stride: number, rows: number, double = false): number[] {
  return [GS, 0x76, 0x30, double ? 3 : 0, stride & 0xff, stride >> 8, rows & 0xff, rows >> 8];
}

/** `GS ( k`: QR model 2 drawn by the printer, correction level M. */
export function qrCode(data: string, moduleDots: number): Uint8Array {
  const text = new TextEncoder().encode(data);
  const store = text.length + 3;
  return new Bytes()
    .add(GS, 0x28, 0x6b, 4, 0, 49, 65, 50, 0)
    .add(GS, 0x28, 0x6b, 3, 0, 49, 67, moduleDots)
    .add(GS, 0x28, 0x6b, 3, 0, 49, 69, 49)
    .add(GS, 0x28, 0x6b, store & 0xff, store >> 8, 49, 80, 48)
    .append(text)
    .add(GS, 0x28, 0x6b, 3, 0, 49, 81, 48)
    .done();
}

/** Real-time status: answered at once, whatever is in the buffer. n = 1 printer, 2 offline cause, 3 error, 4 paper. */
export const statusRequest = (n: 1 | 2 | 3 | 4) => [DLE, EOT, n];
/** Paper sensor status, answered in the order of the data: the printer has worked off all that came before. */
export const ORDERED_STATUS = [GS, 0x72, 1];
/** ASB on for drawer, on/offline, errors and paper. */
export const asb = (on: boolean) => [GS, 0x61, on ? 0x0f : 0];
