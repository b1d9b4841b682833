import type { PdfFile, PdfPage } from '../pdf/index.ts';
import type { Place } from '../batch/journal.ts';
import type { VisibleForm } from './forms.ts';

const MM = 72 / 25.4;
/** Sizes in points. The signature picture is 55 x 30 mm, a seal 36 mm across; an attachment has one line of 10 pt. */
export const SIZES: Record<Exclude<VisibleForm, 'none'>, { width: number; height: number }> = {
  personal: { width: 55 * MM, height: 30 * MM },
  seal: { width: 36 * MM, height: 36 * MM },
  attachment: { width: 210, height: 14 },
  copy: { width: 190, height: 48 },
};
const MARGIN = 20 * MM;
/** Agency and time in words, 10 pt, where there is no picture of the seal. */
const WORDS = { width: 150, height: 40 };

/** Height of the page as it is shown. */
const shown = (page: PdfPage): { width: number; height: number } => {
  const width = page.cropBox[2] - page.cropBox[0];
  const height = page.cropBox[3] - page.cropBox[1];
  return page.rotate % 180 === 0 ? { width, height } : { width: height, height: width };
};

/**
 * Where a form stands by the decree when nobody has placed it: attachment and copy at the top right of page one, a personal
 * signature at the lower right of the last page, a seal over a third of the newest signature, at its left.
 * @param pictured the seal is a picture; one that is only words stands beside the signature, because words over words are not read
 */
export function usualPlace(form: VisibleForm, pages: readonly PdfPage[], pdf: PdfFile, pictured = true): Place | null {
  if (form === 'none') return null;
  const size = SIZES[form];
  const top = form === 'attachment' || form === 'copy';
  const page = top ? pages[0] : pages.at(-1);
  if (!page) return null;
  if (form === 'seal') {
    const over = sealPlace(pages, pdf, pictured);
    if (over) return over;
  }
  const { width, height } = shown(page);
  const x = width - MARGIN / 2 - size.width;
  const place = {
    x: top ? x : x - MARGIN,
    y: top ? height - (form === 'copy' ? MARGIN / 8 : MARGIN / 4) - size.height : height / 4,
    ...size,
  };
  return { page: page.index, ...fromShown(page, place) };
}

/** The seal covers a third of the signature picture, at its left (NĐ 30/2020, annex I). */
function sealPlace(pages: readonly PdfPage[], pdf: PdfFile, pictured: boolean): Place | null {
  const signature = pdf.signatureFields().findLast((field) => field.value && field.rect && field.rect[2] > field.rect[0]);
  const page = signature?.page && pages.find((one) => one.ref.num === signature.page?.num);
  if (!signature?.rect || !page) return null;
  const [x0, y0, x1, y1] = signature.rect;
  if (!pictured) return { page: page.index, x: Math.max(page.cropBox[0], x0 - WORDS.width - 4), y: (y0 + y1 - WORDS.height) / 2, ...WORDS };
  const { width, height } = SIZES.seal;
  return { page: page.index, x: x0 + (x1 - x0) / 3 - width, y: (y0 + y1) / 2 - height / 2, width, height };
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** From the upright page that an officer sees to the coordinates of the file. */
export function fromShown(page: PdfPage, box: Box): Box {
  const { width, height } = shown(page);
  const [x0, y0] = page.cropBox;
  switch (page.rotate) {
    case 90:
      return { x: x0 + height - box.y - box.height, y: y0 + box.x, width: box.height, height: box.width };
    case 180:
      return { x: x0 + width - box.x - box.width, y: y0 + height - box.y - box.height, width: box.width, height: box.height };
    case 270:
      return { x: x0 + box.y, y: y0 + width - box.x - box.width, width: box.height, height: box.width };
    default:
      return { x: x0 + box.x, y: y0 + box.y, width: box.width, height: box.height };
  }
}

/** Keeps a form on its page, whatever was dragged where. */
export function onPage(page: PdfPage, place: Box): [number, number, number, number] {
  const [x0, y0, x1, y1] = page.cropBox;
  const width = Math.min(place.width, x1 - x0);
  const height = Math.min(place.height, y1 - y0);
  const x = Math.min(Math.max(place.x, x0), x1 - width);
  const y = Math.min(Math.max(place.y, y0), y1 - height);
  return [x, y, x + width, y + height].map((value) => Math.round(value * 100) / 100) as [number, number, number, number];
}
