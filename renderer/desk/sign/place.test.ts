import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromShown, MM, moved, percentBox, sealPlace, shownSize, toShown, usualPlace, type PageSize } from './place.ts';

const A4 = { width: 595.28, height: 841.89 };
const box = { x: 100, y: 200, width: 156, height: 85 };

describe('the place of a visible form', () => {
  it('never leaves the page, however it is moved', () => {
    expect(moved(box, A4, 10, -20)).toMatchObject({ x: 110, y: 180, width: 156, height: 85 });
    const steps = fc.array(fc.tuple(fc.integer({ min: -900, max: 900 }), fc.integer({ min: -900, max: 900 })), { maxLength: 30 });
    fc.assert(
      fc.property(steps, (moves) => {
        let place = usualPlace(A4);
        for (const [dx, dy] of moves) place = moved(place, A4, dx, dy);
        expect(Math.min(place.x, place.y)).toBeGreaterThanOrEqual(0);
        expect(place.x + place.width).toBeLessThanOrEqual(A4.width + 1e-9);
        expect(place.y + place.height).toBeLessThanOrEqual(A4.height + 1e-9);
      }),
    );
  });

  it('is drawn from the top left corner', () => {
    const drawn = percentBox({ x: 0, y: A4.height - 85, width: A4.width, height: 85 }, A4);
    expect(Number.parseFloat(drawn.top)).toBeCloseTo(0);
    expect(drawn).toMatchObject({ left: '0%', width: '100%' });
  });

  it('keeps a third of itself free for the seal at its left', () => {
    const seal = sealPlace(box);
    expect(seal.x + seal.width).toBeCloseTo(box.x + box.width / 3);
    expect(seal.width).toBeCloseTo(36 * MM);
    expect(seal.y + seal.height / 2).toBeCloseTo(box.y + box.height / 2);
    expect(usualPlace(A4).width).toBeCloseTo(55 * MM);
  });

  it('goes to the upright page and back, however the page is turned and wherever its corner is', () => {
    for (const rotate of [0, 90, 180, 270]) {
      const page: PageSize = { x: 10, y: -5, width: 595, height: 842, rotate };
      const shown = toShown(page, box);
      const size = shownSize(page);
      expect(shown.x).toBeGreaterThanOrEqual(0);
      expect(shown.x + shown.width).toBeLessThanOrEqual(size.width);
      expect(shown.y + shown.height).toBeLessThanOrEqual(size.height);
      expect(fromShown(page, shown)).toEqual(box);
    }
    // Turned by 90 degrees clockwise, what was at the lower left is at the upper left.
    const corner = toShown({ width: 595, height: 842, rotate: 90 }, { x: 0, y: 0, width: 10, height: 20 });
    expect(corner).toEqual({ x: 0, y: 585, width: 20, height: 10 });
  });
});
