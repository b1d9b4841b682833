/** One millimetre in PDF points (1/72 inch). */
export const MM = 72 / 25.4;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
/** As the hub keeps it: `page` from 0, below 0 the last one; the box in the coordinates of the file. */
export interface Placement extends Box {
  readonly page: number;
}
/** What is shown of a page, before it is turned clockwise by `rotate` degrees. */
export interface PageSize {
  readonly x?: number;
  readonly y?: number;
  readonly width: number;
  readonly height: number;
  readonly rotate?: number;
}

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), Math.max(low, high));

/** Size of the page as the officer sees it. */
export const shownSize = ({ width, height, rotate = 0 }: PageSize): { width: number; height: number } =>
  rotate % 180 === 0 ? { width, height } : { width: height, height: width };

/** From the file's coordinates to the upright page, measured from its lower left corner. */
export function toShown(page: PageSize, box: Box): Box {
  const [x, y] = [box.x - (page.x ?? 0), box.y - (page.y ?? 0)];
  const turned = { width: box.height, height: box.width };
  switch (page.rotate ?? 0) {
    case 90:
      return { x: y, y: page.width - x - box.width, ...turned };
    case 180:
      return { x: page.width - x - box.width, y: page.height - y - box.height, width: box.width, height: box.height };
    case 270:
      return { x: page.height - y - box.height, y: x, ...turned };
    default:
      return { x, y, width: box.width, height: box.height };
  }
}

/** The way back. */
export function fromShown(page: PageSize, box: Box): Box {
  const [x0, y0] = [page.x ?? 0, page.y ?? 0];
  const turned = { width: box.height, height: box.width };
  switch (page.rotate ?? 0) {
    case 90:
      return { x: x0 + page.width - box.y - box.height, y: y0 + box.x, ...turned };
    case 180:
      return { x: x0 + page.width - box.x - box.width, y: y0 + page.height - box.y - box.height, width: box.width, height: box.height };
    case 270:
      return { x: x0 + box.y, y: y0 + page.height - box.x - box.width, ...turned };
    default:
      return { x: x0 + box.x, y: y0 + box.y, width: box.width, height: box.height };
  }
}

/** Moves a form by points (x to the right, y up), never off the page. */
export function moved(box: Box, page: { width: number; height: number }, dx: number, dy: number): Box {
  return { ...box, x: clamp(box.x + dx, 0, page.width - box.width), y: clamp(box.y + dy, 0, page.height - box.height) };
}

/** Where the form stands on the drawn page, in per cent of it from the top left corner. */
export function percentBox(
  box: Box,
  page: { width: number; height: number },
): { left: string; top: string; width: string; height: string } {
  return {
    left: `${(box.x / page.width) * 100}%`,
    top: `${((page.height - box.y - box.height) / page.height) * 100}%`,
    width: `${(box.width / page.width) * 100}%`,
    height: `${(box.height / page.height) * 100}%`,
  };
}

/** The agency seal's later place: 36 mm across, over a third of the signature at its left (Decree 30/2020, annex I). */
export function sealPlace(box: Box): Box {
  const size = 36 * MM;
  return { x: box.x - size + box.width / 3, y: box.y + box.height / 2 - size / 2, width: size, height: size };
}

/** The first proposal when the hub has none: where a signature block usually stands, 55 x 30 mm. */
export const usualPlace = (page: { width: number }): Box => ({
  x: page.width - 85 * MM,
  y: 70 * MM,
  width: 55 * MM,
  height: 30 * MM,
});
