/** One millimetre in PDF points (1/72 inch). */
export const MM = 72 / 25.4;

export interface Placement {
  readonly page: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
interface PageSize {
  readonly width: number;
  readonly height: number;
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), Math.max(low, high));

/** Moves a form by points (x to the right, y up), never off the page. */
export function moved(place: Placement, page: PageSize, dx: number, dy: number): Placement {
  return { ...place, x: clamp(place.x + dx, 0, page.width - place.width), y: clamp(place.y + dy, 0, page.height - place.height) };
}

/** Where the form stands on the drawn page, in per cent of it from the top left corner. */
export function percentBox(place: Placement, page: PageSize): { left: string; top: string; width: string; height: string } {
  return {
    left: `${(place.x / page.width) * 100}%`,
    top: `${((page.height - place.y - place.height) / page.height) * 100}%`,
    width: `${(place.width / page.width) * 100}%`,
    height: `${(place.height / page.height) * 100}%`,
  };
}

/** The agency seal's later place: 36 mm across, over a third of the signature at its left (Decree 30/2020, annex I). */
export function sealPlace(place: Placement): Placement {
  const size = 36 * MM;
  return { page: place.page, x: place.x - size + place.width / 3, y: place.y + place.height / 2 - size / 2, width: size, height: size };
}

/** The first proposal when the hub has none: where a signature block usually stands, 55 x 30 mm. */
export const usualPlace = (page: PageSize, number: number): Placement => ({
  page: number,
  x: page.width - 85 * MM,
  y: 70 * MM,
  width: 55 * MM,
  height: 30 * MM,
});
