/**
 * CCITT Group 4 (ITU-T T.6): black and white pages without loss, a fifth of a good JPEG. The tables are those of T.4,
 * tables 2 and 3: code words as bit strings, indexed by run length.
 */
const WHITE =
  '00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 110101 101010 101011 0100111 0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 0100100 0011000 00000010 00000011 00011010 00011011 00010010 00010011 00010100 00010101 00010110 00010111 00101000 00101001 00101010 00101011 00101100 00101101 00000100 00000101 00001010 00001011 01010010 01010011 01010100 01010101 00100100 00100101 01011000 01011001 01011010 01011011 01001010 01001011 00110010 00110011 00110100'.split(
    ' ',
  );
const WHITE_64 =
  '11011 10010 010111 0110111 00110110 00110111 01100100 01100101 01101000 01100111 011001100 011001101 011010010 011010011 011010100 011010101 011010110 011010111 011011000 011011001 011011010 011011011 010011000 010011001 010011010 011000 010011011'.split(
    ' ',
  );
const BLACK =
  '0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 00000111 000011000 0000010111 0000011000 0000001000 00001100111 00001101000 00001101100 00000110111 00000101000 00000010111 00000011000 000011001010 000011001011 000011001100 000011001101 000001101000 000001101001 000001101010 000001101011 000011010010 000011010011 000011010100 000011010101 000011010110 000011010111 000001101100 000001101101 000011011010 000011011011 000001010100 000001010101 000001010110 000001010111 000001100100 000001100101 000001010010 000001010011 000000100100 000000110111 000000111000 000000100111 000000101000 000001011000 000001011001 000000101011 000000101100 000001011010 000001100110 000001100111'.split(
    ' ',
  );
const BLACK_64 =
  '0000001111 000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 0000001101100 0000001101101 0000001001010 0000001001011 0000001001100 0000001001101 0000001110010 0000001110011 0000001110100 0000001110101 0000001110110 0000001110111 0000001010010 0000001010011 0000001010100 0000001010101 0000001011010 0000001011011 0000001100100 0000001100101'.split(
    ' ',
  );
/** 1792, 1856 … 2560, the same for both colours. */
const LONG_64 =
  '00000001000 00000001100 00000001101 000000010010 000000010011 000000010100 000000010101 000000010110 000000010111 000000011100 000000011101 000000011110 000000011111'.split(
    ' ',
  );
const PASS = '0001';
const HORIZONTAL = '001';
/** Vertical modes for a1 - b1 from -3 to 3. */
const VERTICAL = ['0000010', '000010', '010', '1', '011', '000011', '0000011'];
const END = '000000000001000000000001';

class Bits {
  private bytes = Buffer.alloc(65_536);
  private length = 0;
  private held = 0;
  private count = 0;
  put(code: string): void {
    for (let i = 0; i < code.length; i += 1) {
      this.held = (this.held << 1) | (code.charCodeAt(i) & 1);
      this.count += 1;
      if (this.count === 8) this.flush();
    }
  }
  private flush(): void {
    if (this.length === this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.alloc(this.bytes.length)]);
    this.bytes[this.length] = this.held;
    this.length += 1;
    this.held = 0;
    this.count = 0;
  }
  done(): Buffer {
    while (this.count !== 0) this.put('0');
    return this.bytes.subarray(0, this.length);
  }
}

function putRun(bits: Bits, length: number, black: boolean): void {
  let left = length;
  while (left >= 2560) {
    bits.put(LONG_64[12] as string);
    left -= 2560;
  }
  if (left >= 1792) {
    bits.put(LONG_64[(left >> 6) - 28] as string);
    left &= 63;
  } else if (left >= 64) {
    bits.put((black ? BLACK_64 : WHITE_64)[(left >> 6) - 1] as string);
    left &= 63;
  }
  bits.put((black ? BLACK : WHITE)[left] as string);
}

/**
 * @param ink one byte per pixel, 1 is black
 * @returns the coded picture, for CCITTFaxDecode with K -1
 */
export function encodeG4(ink: Uint8Array, width: number, height: number): Buffer {
  const bits = new Bits();
  const blank = new Uint8Array(width);
  /** First changing element right of `from`, whose new colour is not `colour`'s opposite before it. */
  const change = (line: Uint8Array, from: number): number => {
    const colour = from < 0 ? 0 : (line[from] as number);
    let x = from + 1;
    while (x < width && line[x] === colour) x += 1;
    return x;
  };
  for (let y = 0; y < height; y += 1) {
    const line = ink.subarray(y * width, (y + 1) * width);
    const above = y === 0 ? blank : ink.subarray((y - 1) * width, y * width);
    let a0 = -1;
    let colour = 0;
    while (a0 < width) {
      // a1: next pixel of the other colour on this line; b1: first change above, right of a0, to the other colour.
      let a1 = Math.max(a0, 0);
      if (a0 >= 0 || line[0] === colour) {
        while (a1 < width && line[a1] === colour) a1 += 1;
      }
      let b1 = change(above, a0);
      if (b1 < width && above[b1] === colour) b1 = change(above, b1);
      const b2 = b1 < width ? change(above, b1) : width;
      if (b2 < a1) {
        bits.put(PASS);
        a0 = b2;
        continue;
      }
      const distance = a1 - b1;
      if (distance >= -3 && distance <= 3) {
        bits.put(VERTICAL[distance + 3] as string);
        a0 = a1;
        colour ^= 1;
        if (a1 >= width) break;
        continue;
      }
      let a2 = a1;
      while (a2 < width && line[a2] !== colour) a2 += 1;
      bits.put(HORIZONTAL);
      putRun(bits, a1 - Math.max(a0, 0), colour === 1);
      putRun(bits, a2 - a1, colour === 0);
      a0 = a2;
      if (a2 >= width) break;
    }
  }
  bits.put(END);
  return bits.done();
}
