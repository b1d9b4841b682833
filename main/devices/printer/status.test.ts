import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createBitmap, setDot } from '../raster/index.ts';
import { bandsOf } from './raster-mode.ts';
import { canPrint, createStatusParser, fromAsb, fromRealTime, reasonsOf, type StatusMessage } from './status.ts';

const realTime = fc.integer({ min: 0, max: 31 }).map((n) => 0x12 | ((n & 3) << 2) | ((n & 12) << 3));
const ordered = fc.constantFrom(0x00, 0x03, 0x0c, 0x0f);
const asb = fc.tuple(
  fc.constantFrom(0x10, 0x18, 0x30, 0x38),
  fc.constantFrom(0, 0x04, 0x60),
  fc.constantFrom(0, 3, 12, 15),
  fc.constantFrom(0, 0x0f),
);

describe('status messages', () => {
  it('are the same in whatever pieces they arrive', () => {
    const message = fc.oneof(
      realTime.map((byte) => ({ bytes: [byte], expected: { kind: 'real-time', byte } as StatusMessage })),
      ordered.map((byte) => ({ bytes: [byte], expected: { kind: 'ordered', byte } as StatusMessage })),
      asb.map((bytes) => ({ bytes: [...bytes], expected: { kind: 'asb', bytes: [...bytes] } as StatusMessage })),
    );
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 40 }), (messages, cuts) => {
        const stream = messages.flatMap((m) => m.bytes);
        const parse = createStatusParser();
        const got: StatusMessage[] = [];
        let at = 0;
        for (const cut of [...cuts, stream.length]) {
          got.push(...parse(Uint8Array.from(stream.slice(at, at + cut))));
          at += cut;
        }
        expect(got).toEqual(messages.map((m) => m.expected));
      }),
    );
  });
  it('let a real-time answer fall into the middle of an ASB', () => {
    expect(createStatusParser()(Uint8Array.of(0x10, 0x00, 0x12, 0x0c, 0x0f))).toEqual([
      { kind: 'real-time', byte: 0x12 },
      { kind: 'asb', bytes: [0x10, 0x00, 0x0c, 0x0f] },
    ]);
  });
  it('mean what Epson’s tables say, by either way', () => {
    expect(reasonsOf(fromRealTime(0x12, 0x12, 0x12))).toEqual([]);
    expect(reasonsOf(fromRealTime(0x1a, 0x32, 0x72))).toEqual(['paper-out']);
    expect(reasonsOf(fromRealTime(0x1a, 0x16, 0x12))).toEqual(['cover-open']);
    expect(reasonsOf(fromRealTime(0x1a, 0x12, 0x12))).toEqual(['offline']);
    expect(reasonsOf(fromRealTime(0x12, 0x12, 0x1e))).toEqual(['paper-low']);
    expect(canPrint(fromRealTime(0x12, 0x12, 0x1e))).toBe(true);
    expect(reasonsOf(fromAsb([0x38, 0, 0x0c, 0x0f]))).toEqual(['paper-out', 'cover-open']);
    expect(reasonsOf(fromAsb([0x18, 0x04 | 0x08, 0, 0x0f]))).toEqual(['jam']);
  });
});

describe('bands of a picture', () => {
  it('put together again are the picture, for any ink, and never cost more than the whole', () => {
    const ink = fc.array(fc.tuple(fc.integer({ min: 0, max: 383 }), fc.integer({ min: 0, max: 119 })), { maxLength: 60 });
    fc.assert(
      fc.property(ink, (dots) => {
        const picture = createBitmap(384, 120);
        for (const [x, y] of dots) setDot(picture, x, y);
        const again = createBitmap(384, 120);
        let y = 0;
        let bytes = 0;
        for (const band of bandsOf(picture)) {
          y += band.before;
          const left = band.align === 'center' ? (384 - band.picture.stride * 8) >> 1 : 0;
          for (let row = 0; row < band.height; row += 1) {
            for (let x = 0; x < band.picture.width; x += 1)
              if ((band.picture.data[row * band.picture.stride + (x >> 3)]! >> (7 - (x & 7))) & 1) setDot(again, left + x, y + row);
          }
          y += band.height;
          bytes += band.height === 0 ? 0 : 11 + band.picture.data.length;
        }
        expect(y).toBe(120);
        expect(Buffer.from(again.data).equals(Buffer.from(picture.data))).toBe(true);
        expect(bytes).toBeLessThanOrEqual(48 * 120 + 11);
      }),
      { numRuns: 60 },
    );
  });
});
