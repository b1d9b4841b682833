/** Draws a document as it was signed and as it is now, and looks for differences: in a process of its own, with pdf.js. */
import { toParent } from './port.ts';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { AnnotationMode, getDocument, VerbosityLevel, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { hides, type Box } from './hidden.ts';
import type { ImageAnswer, ImageJob } from './images.ts';

/** Pixels to a point: pages that changed are drawn large enough to tell letters from lines. */
const SCALE = 0.6;
const CLOSE = 1;
/** Pixels of an image in the file beyond which it is left out, in both states. */
const MAX_IMAGE = 1 << 26;
/** Differences of a channel below this are rounding; fewer pixels than that are noise. */
const STEP = 40;
const PIXELS = 4;
/** Share of the writing in a small square that may disappear: signatures and comments are drawn across lines, fields are not. */
const LOST = { field: 0.02, signature: 0.35, comment: 0.15 };
const MARGIN = 2;

const fonts = `${path.join(path.dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')), 'standard_fonts')}${path.sep}`;

interface Drawing {
  width: number;
  height: number;
  data: Uint8ClampedArray;
  /** From PDF units to pixels. */
  place(rect: readonly number[]): number[];
}

/** What the canvas of pdf.js for Node offers; the core knows no DOM types. */
interface Surface {
  canvas: object;
  context: { getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray } };
}

async function opened(data: Uint8Array): Promise<PDFDocumentProxy> {
  return getDocument({
    data,
    standardFontDataUrl: fonts,
    useSystemFonts: false,
    disableFontFace: true,
    verbosity: VerbosityLevel.ERRORS,
    stopAtErrors: true,
    maxImageSize: MAX_IMAGE,
  }).promise;
}

async function draw(
  document: PDFDocumentProxy,
  index: number,
  scale: number,
  annotationMode: number = AnnotationMode.ENABLE,
): Promise<Drawing> {
  const page = await document.getPage(index + 1);
  const viewport = page.getViewport({ scale });
  const [width, height] = [Math.min(2000, Math.ceil(viewport.width)), Math.min(2000, Math.ceil(viewport.height))];
  const factory = document.canvasFactory as { create(width: number, height: number): Surface };
  const { canvas, context } = factory.create(width, height);
  await page.render({ canvas, canvasContext: context, viewport, annotationMode }).promise;
  const { data } = context.getImageData(0, 0, width, height);
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = viewport.transform;
  const point = (x: number, y: number): [number, number] => [a * x + c * y + e, b * x + d * y + f];
  return { width, height, data, place: ([x0 = 0, y0 = 0, x1 = 0, y1 = 0]) => [...point(x0, y0), ...point(x1, y1)] };
}

/** Rectangles of a page in pixels, wider by a margin. */
function boxesOf(drawing: Drawing, rects: readonly (readonly number[])[], margin: number): Box[] {
  return rects.map((rect) => {
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = drawing.place(rect);
    return [Math.min(x0, x1) - margin, Math.min(y0, y1) - margin, Math.max(x0, x1) + margin, Math.max(y0, y1) + margin];
  });
}

const inside = (boxes: readonly Box[], x: number, y: number): boolean =>
  boxes.some(([x0, y0, x1, y1]) => x >= x0 && x <= x1 && y >= y0 && y <= y1);

function differs(a: Drawing, b: Drawing, allowed: readonly (readonly number[])[]): boolean {
  if (a.width !== b.width || a.height !== b.height) return true;
  const boxes = boxesOf(a, allowed, MARGIN);
  let count = 0;
  for (let i = 0; i < a.data.length; i += 4) {
    if (
      Math.abs((a.data[i] ?? 0) - (b.data[i] ?? 0)) < STEP &&
      Math.abs((a.data[i + 1] ?? 0) - (b.data[i + 1] ?? 0)) < STEP &&
      Math.abs((a.data[i + 2] ?? 0) - (b.data[i + 2] ?? 0)) < STEP
    )
      continue;
    if (inside(boxes, (i / 4) % a.width, Math.floor(i / 4 / a.width))) continue;
    if (++count > PIXELS) return true;
  }
  return false;
}

async function look(job: ImageJob): Promise<ImageAnswer> {
  const bytes = await readFile(job.file);
  const before = await opened(new Uint8Array(bytes.subarray(0, job.end)));
  const after = await opened(new Uint8Array(bytes));
  try {
    return await pages(job, before, after);
  } finally {
    await Promise.all([before.loadingTask.destroy(), after.loadingTask.destroy()]);
  }
}

async function pages(job: ImageJob, before: PDFDocumentProxy, after: PDFDocumentProxy): Promise<ImageAnswer> {
  if (before.numPages !== after.numPages) return { result: 'differs', page: Math.min(before.numPages, after.numPages) };
  const on = <T extends { page: number }>(list: T[], index: number): T[] => list.filter((one) => one.page === index);
  for (const index of job.pages.filter((page) => page < before.numPages)) {
    const allowed = on(job.allowed, index);
    const rects = allowed.map((one) => one.rect);
    const close = rects.length > 0 || job.comments;
    const [a, b] = [await draw(before, index, close ? CLOSE : SCALE), await draw(after, index, close ? CLOSE : SCALE)];
    if (!job.comments && differs(a, b, rects)) return { result: 'differs', page: index };
    if (!close) continue;
    // Fields and signatures may cover each other (a seal lies over a third of a signature); what is printed on the page they may not.
    const bare = await draw(before, index, CLOSE, AnnotationMode.DISABLE);
    const covers = allowed.flatMap(({ rect, signature }) =>
      boxesOf(a, [rect], 0).map((box) => ({ box, share: signature ? LOST.signature : LOST.field })),
    );
    const everywhere = [{ box: [0, 0, a.width, a.height] as const, share: LOST.comment }];
    if (hides(a, b, bare, covers, [])) return { result: 'differs', page: index };
    const gone = on(job.gone, index).map((one) => one.rect);
    if (job.comments && (hides(a, b, bare, everywhere, []) || hides(a, b, undefined, everywhere, boxesOf(a, [...rects, ...gone], MARGIN))))
      return { result: 'differs', page: index };
  }
  return { result: 'same' };
}

const send = toParent<ImageJob, ImageAnswer | { result: 'ready' }>((job) => {
  look(job)
    .catch((): ImageAnswer => ({ result: 'unavailable' }))
    .then((answer) => send(answer))
    .catch(() => process.exit(1));
});

send({ result: 'ready' });
