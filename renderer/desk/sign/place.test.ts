import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MM, moved, percentBox, sealPlace, usualPlace } from './place.ts';

const A4 = { width: 595.28, height: 841.89 };

describe('the place of a signature', () => {
  it('never leaves the page, however it is moved', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: -900, max: 900 }), fc.integer({ min: -900, max: 900 })), { maxLength: 30 }),
        (moves) => {
          let place = usualPlace(A4, 1);
          for (const [dx, dy] of moves) place = moved(place, A4, dx, dy);
          expect(place.x).toBeGreaterThanOrEqual(0);
          expect(place.y).toBeGreaterThanOrEqual(0);
          expect(place.x + place.width).toBeLessThanOrEqual(A4.width + 1e-9);
          expect(place.y + place.height).toBeLessThanOrEqual(A4.height + 1e-9);
        },
      ),
    );
  });

  it('counts from the lower left in the file and from the upper left on the screen', () => {
    const box = percentBox({ page: 1, x: 0, y: A4.height - 100, width: A4.width / 2, height: 100 }, A4);
    expect(box).toEqual({ left: '0%', top: '0%', width: '50%', height: `${(100 / A4.height) * 100}%` });
  });

  it('keeps the seal over a third of the signature at its left (Decree 30/2020)', () => {
    const place = usualPlace(A4, 1);
    const seal = sealPlace(place);
    const overlap = seal.x + seal.width - place.x;
    expect(overlap).toBeCloseTo(place.width / 3, 6);
    expect(seal.x).toBeLessThan(place.x);
    expect(seal.width / MM).toBeCloseTo(36, 6);
  });
});
