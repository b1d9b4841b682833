/** Draws a document as it was signed and as it is now, and looks for differences: in a process of its own, with pdf.js. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { AnnotationMode, getDocument, PDFDataRangeTransport, VerbosityLevel, type PDFDocumentProxy } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { hides, type Box, type Pixels } from './hidden.ts';
import type { ImageAnswer, ImageJob, ImageReport } from './image-job.ts';
import { buries, loses } from './letters.ts';
import { toParent } from './port.ts';

/** Pixels to a point: pages that changed are drawn large enough to tell letters from lines, and what changed on them to tell letters apart. */
const SCALE = 0.6;
const CLOSE = 1;
const NEAR = 2;
/** Pixels that a page may be wide or high; a larger one is drawn smaller, never cut off. */
const SIDE = 2400;
/** Pixels of an image in the file beyond which it is left out, in both states. */
const MAX_IMAGE = 1 << 26;
/** Differences of a channel below this are rounding; fewer pixels than that are noise. */
const STEP = 40;
const PIXELS = 4;
/** Share of the writing in a small square that may disappear: signatures and comments are drawn across lines, fields are not. */
const LOST = { field: 0.02, signature: 0.35, comment: 0.15, seal: 0.4 };
const MARGIN = 2;
/** What pdf.js says when it leaves out something that other readers may draw. */
const LEFT_OUT =
  /getOperatorList - ignoring|ignoring pattern|parseShading|exceeded maximum|Image dimensions|Unable to decode|Filter ".*" is not supported|setWidth - ignoring|Skipping|sub-stream|Invalid stream|Unsupported blend|getTransferableImage|circular reference/;

const fonts = `${path.join(path.dirname(createRequire(import.meta.url).resolve('pdfjs-dist/package.json')), 'standard_fonts')}${path.sep}`;

interface Drawing extends Pixels {
  /** From PDF units to pixels. */
  place(rect: readonly number[]): number[];
  /** Pixels to a point. */
  scale: number;
}

/** What the canvas of pdf.js for Node offers; the core knows no DOM types. */
interface Surface {
  canvas: object;
  context: { getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray } };
}

let warned = new Set<string>();
console.warn = (text: unknown): void => void warned.add(String(text));

/** Runs one step of the work and gives back what pdf.js complained about meanwhile. */
async function listening<T>(work: () => Promise<T>): Promise<{ value: T; complaints: Set<string> }> {
  warned = new Set();
  const value = await work();
  return { value, complaints: warned };
}

/** The first `end` bytes of a file, read where pdf.js asks for them: a scan of 100 MB is not loaded for the sake of one page. */
class FileRange extends PDFDataRangeTransport {
  readonly #file: FileHandle;
  readonly #end: number;

  constructor(file: FileHandle, end: number) {
    super(end, null);
    this.#file = file;
    this.#end = end;
  }

  override requestDataRange(begin: number, end: number): void {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, this.#end) - begin));
    this.#file.read(bytes, 0, bytes.length, begin).then(
      () => this.onDataRange(begin, bytes),
      () => this.abort(),
    );
  }
}

async function opened(file: FileHandle, end: number): Promise<PDFDocumentProxy> {
  return getDocument({
    range: new FileRange(file, end),
    disableStream: true,
    disableAutoFetch: true,
    standardFontDataUrl: fonts,
    useSystemFonts: false,
    disableFontFace: true,
    verbosity: VerbosityLevel.WARNINGS,
    // What cannot be drawn in part is drawn as far as it goes, as other readers do.
    stopAtErrors: false,
    maxImageSize: MAX_IMAGE,
  }).promise;
}

interface Mode {
  annotations?: number;
  intent?: 'display' | 'print';
  /** The part of the page to draw, in pixels at `CLOSE`. */
  part?: Box;
}

async function draw(document: PDFDocumentProxy, index: number, wanted: number, mode: Mode = {}): Promise<Drawing> {
  const page = await document.getPage(index + 1);
  const natural = page.getViewport({ scale: 1 });
  const fitting = (scale: number): number => Math.min(scale, SIDE / Math.max(natural.width, natural.height, 1));
  const scale = fitting(wanted);
  const { annotations: annotationMode = AnnotationMode.ENABLE, intent = 'display', part } = mode;
  const [x0, y0, x1, y1] = (part ?? [0, 0, natural.width * fitting(CLOSE), natural.height * fitting(CLOSE)]).map(
    (v) => (v * scale) / fitting(CLOSE),
  );
  const [left, top] = [Math.floor(x0 ?? 0), Math.floor(y0 ?? 0)];
  const viewport = page.getViewport({ scale, offsetX: -left, offsetY: -top });
  const [width, height] = [Math.max(1, Math.ceil(x1 ?? 0) - left), Math.max(1, Math.ceil(y1 ?? 0) - top)];
  const factory = document.canvasFactory as { create(width: number, height: number): Surface };
  const { canvas, context } = factory.create(width, height);
  await page.render({ canvas, canvasContext: context, viewport, annotationMode, intent }).promise;
  const { data } = context.getImageData(0, 0, width, height);
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = viewport.transform;
  const point = (x: number, y: number): [number, number] => [a * x + c * y + e, b * x + d * y + f];
  return { width, height, data, scale, place: ([px = 0, py = 0, qx = 0, qy = 0]) => [...point(px, py), ...point(qx, qy)] };
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
  const file = await open(job.file);
  const { size } = await stat(job.file);
  const documents: PDFDocumentProxy[] = [];
  try {
    const before = await listening(async () => opened(file, job.end));
    documents.push(before.value);
    const after = await listening(async () => opened(file, size)).catch(() => undefined);
    if (after === undefined) return { result: 'unknown', page: 0 };
    documents.push(after.value);
    return await pages(job, before.value, after.value);
  } finally {
    await Promise.all(documents.map(async (document) => document.loadingTask.destroy()));
    await file.close();
  }
}

async function pages(job: ImageJob, before: PDFDocumentProxy, after: PDFDocumentProxy): Promise<ImageAnswer> {
  if (before.numPages !== after.numPages) return { result: 'differs', page: Math.min(before.numPages, after.numPages) };
  let answer: ImageAnswer = { result: 'same' };
  for (const [at, index] of job.pages.entries()) {
    if (index >= before.numPages) continue;
    const touched = at < job.touched;
    const close = touched && (job.comments || job.allowed.some((one) => one.page === index));
    for (const intent of close && job.print ? (['display', 'print'] as const) : (['display'] as const)) {
      const scale = close ? CLOSE : SCALE;
      send({ result: 'drawing', page: index, left: job.touched - at });
      const was = await listening(async () => draw(before, index, scale, { intent })).catch(() => undefined);
      // A page that nobody touched later and that could not be drawn when it was signed tells nothing.
      if (was === undefined) {
        if (touched) return { result: 'unknown', page: index };
        answer = { result: 'unavailable' };
        continue;
      }
      const is = await listening(async () => draw(after, index, scale, { intent })).catch(() => undefined);
      if (is === undefined) return { result: 'unknown', page: index };
      const differ = close ? await changed(job, before, after, index, was.value, is.value, intent) : differs(was.value, is.value, []);
      if (differ) return { result: 'differs', page: index };
      if ([...is.complaints].some((text) => LEFT_OUT.test(text) && !was.complaints.has(text))) return { result: 'unknown', page: index };
    }
  }
  return job.touched > job.pages.length ? { result: 'unknown', page: job.pages.at(-1) ?? 0 } : answer;
}

/** Whether a page that was filled, signed or commented on differs elsewhere, or lost something that was to be read on it. */
async function changed(
  job: ImageJob,
  before: PDFDocumentProxy,
  after: PDFDocumentProxy,
  index: number,
  a: Drawing,
  b: Drawing,
  intent: 'display' | 'print',
): Promise<boolean> {
  const on = <T extends { page: number; rect: readonly number[] }>(list: T[]): T[] => list.filter((one) => one.page === index);
  const places = <T extends { page: number; rect: readonly number[] }>(list: T[], drawing: Drawing, margin: number): Box[] =>
    boxesOf(
      drawing,
      on(list).map((one) => one.rect),
      margin,
    );
  const allowed = on(job.allowed);
  if (
    !job.comments &&
    differs(
      a,
      b,
      allowed.map((one) => one.rect),
    )
  )
    return true;
  const part = changedPart(a, b);
  const blind = places(job.blind, a, 0).map((box) => ({ box, share: LOST.comment }));
  if (part === undefined && blind.length === 0) return false;
  const empty = (await (await before.getPage(index + 1)).getAnnotations({ intent })).length === 0;
  // Fields and signatures may cross each other (a seal lies over a third of a signature); what is printed on the page they may not.
  const bare = empty ? a : await draw(before, index, CLOSE, { intent, annotations: AnnotationMode.DISABLE });
  // Where other readers may paint over everything, nothing may stand.
  const white = { ...bare, data: new Uint8ClampedArray(bare.data.length).fill(255) };
  if (hides(bare, white, bare, blind, [])) return true;
  if (part === undefined) return false;
  const covers = allowed.flatMap(({ rect, signature }) =>
    boxesOf(a, [rect], 0).map((box) => ({ box, share: signature ? LOST.signature : LOST.field })),
  );
  if (hides(a, b, bare, covers, []) || places(job.seals, a, 0).some((box) => buries(a, b, box, LOST.seal))) return true;
  const there = [{ box: part, share: LOST.comment }];
  const open = [...places(job.allowed, a, MARGIN), ...places(job.gone, a, MARGIN)];
  if (job.comments && (hides(a, b, bare, there, []) || hides(a, b, undefined, there, open))) return true;
  const near = async (document: PDFDocumentProxy, annotations: number): Promise<Drawing> =>
    draw(document, index, NEAR, { intent, annotations, part });
  const [was, is] = [await near(before, AnnotationMode.ENABLE), await near(after, AnnotationMode.ENABLE)];
  const printed = empty ? was : await near(before, AnnotationMode.DISABLE);
  const signed = allowed.filter((one) => one.signature);
  const filled = allowed.filter((one) => !one.signature);
  const marks: Box[] = job.comments ? [[0, 0, was.width, was.height]] : places(signed, was, 0);
  return loses({ bare: printed, was, is }, marks, places(filled, was, MARGIN), was.scale);
}

/** Room around what changed, so that letters are seen whole and with their ground. */
const AROUND = 48;

/** The smallest part of a page that holds all that changed on it; undefined when nothing did. */
function changedPart(a: Drawing, b: Drawing): Box | undefined {
  if (a.width !== b.width || a.height !== b.height) return [0, 0, a.width, a.height];
  let [left, top, right, bottom] = [a.width, a.height, -1, -1];
  for (let y = 0; y < a.height; y++) {
    for (let x = 0; x < a.width; x++) {
      const i = (y * a.width + x) * 4;
      if (a.data[i] === b.data[i] && a.data[i + 1] === b.data[i + 1] && a.data[i + 2] === b.data[i + 2]) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  }
  if (right < 0) return undefined;
  return [Math.max(0, left - AROUND), Math.max(0, top - AROUND), Math.min(a.width, right + AROUND), Math.min(a.height, bottom + AROUND)];
}

const send = toParent<ImageJob, ImageReport>((job) => {
  look(job)
    .catch((): ImageAnswer => (job.touched > 0 ? { result: 'unknown', page: job.pages[0] ?? 0 } : { result: 'unavailable' }))
    .then((answer) => send(answer))
    .catch(() => process.exit(1));
});

send({ result: 'ready' });
