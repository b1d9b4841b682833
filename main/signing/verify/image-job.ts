import { isName, isRef, readPages, rectangle, type PdfDict, type PdfFile, type PdfObject, type PdfView } from '../pdf/index.ts';
import type { Step } from './modifications.ts';

/** What the second opinion looks at: the file up to `end` against the whole, and where on the pages a difference is in order. */
export interface ImageJob {
  file: string;
  /** Bytes of the revision that was signed. */
  end: number;
  allowed: { page: number; rect: Rect; signature: boolean }[];
  /** Where something was taken away with permission: nothing is missed there. */
  gone: Place[];
  /** Where readers draw something by themselves, each in its own way, because it came without a look. */
  blind: Place[];
  /** Signatures that were to be seen when the file was signed. */
  seals: Place[];
  /** Comments may come anywhere; they may hide nothing. */
  comments: boolean;
  /** Something is to be seen on paper alone. */
  print: boolean;
  /** Pages to draw, those that changed first, and how many those are. */
  pages: number[];
  touched: number;
}

type Rect = [number, number, number, number];

interface Place {
  page: number;
  rect: Rect;
}

/** `unknown`: a page that was changed after signing cannot be drawn and compared, or not in time. */
export type ImageAnswer =
  | { result: 'same' }
  | { result: 'differs'; page: number }
  | { result: 'unknown'; page: number }
  | { result: 'unavailable' };

/** What the drawing process says: ready once, where it is, and its answer. `left` counts the changed pages that wait. */
export type ImageReport = ImageAnswer | { result: 'ready' } | { result: 'drawing'; page: number; left: number };

/** Of larger files only the pages that changed are drawn. */
const LARGE_FILE = 40e6;
const MAX_PAGES = 20;
const MAX_TOUCHED = 300;
const NO_VIEW = 32;

/** Puts together the question: the places of the fields that later revisions filled, signed or added, and of comments now gone. */
export function imageJob(file: PdfFile, path: string, signed: { end: number; revision: number }, steps: Step[]): ImageJob {
  const widgets = new Set(steps.flatMap((step) => step.widgets));
  const comments = steps.some((step) => step.level === 'ANNOTATIONS');
  const view = file.at(signed.revision);
  const before = readPages(view);
  const job: ImageJob = {
    file: path,
    end: signed.end,
    allowed: [],
    gone: [],
    blind: [],
    seals: [],
    comments,
    print: false,
    pages: [],
    touched: 0,
  };
  const touched = new Set<number>();
  for (const page of readPages(file)) {
    const now = listOf(file, page.dict);
    const was = before[page.index] === undefined ? [] : listOf(view, before[page.index]?.dict ?? page.dict);
    const known = new Set(was.flatMap((item) => (isRef(item) && unchanged(file, view, item.num) ? [item.num] : [])));
    for (const item of now) {
      const widget = isRef(item) && widgets.has(item.num);
      const dict = file.dict(item);
      if (dict === undefined || (!widget && !(comments && !(isRef(item) && known.has(item.num))))) continue;
      touched.add(page.index);
      const flags = file.get(dict, 'F');
      if (typeof flags === 'number' && (flags & NO_VIEW) !== 0) job.print = true;
      const rect = rectangle(file, dict.entries.get('Rect') ?? null);
      if (widget && rect !== undefined) job.allowed.push({ page: page.index, rect, signature: isSignature(file, item) });
      const blind = blindPlace(file, dict, rect);
      if (blind !== undefined) job.blind.push({ page: page.index, rect: blind });
    }
    for (const item of was) {
      const rect = rectangle(view, view.dict(item)?.entries.get('Rect') ?? null);
      if (rect !== undefined && isSignature(view, item)) job.seals.push({ page: page.index, rect });
      if (!comments || (isRef(item) && known.has(item.num) && now.some((one) => isRef(one) && one.num === item.num))) continue;
      touched.add(page.index);
      if (rect !== undefined) job.gone.push({ page: page.index, rect });
    }
    if (comments && now.length !== was.length) touched.add(page.index);
  }
  const others = file.size > LARGE_FILE ? [] : [...Array(MAX_PAGES).keys()].filter((index) => !touched.has(index));
  job.pages = [...touched, ...others].slice(0, Math.max(MAX_PAGES, Math.min(touched.size, MAX_TOUCHED)));
  job.touched = touched.size;
  return job;
}

/** Comments that readers draw from their coordinates when they bring no look, and pdf.js not at all or within their rectangle only. */
const DRAWN = new Set('FreeText Redact Line Ink PolyLine'.split(' '));
/** Others are drawn alike everywhere as long as their line is thin. */
const OUTLINED = new Set('Square Circle Polygon'.split(' '));
const THIN = 3;

/** The place where readers paint for themselves, one larger than the other; undefined when they are told how it looks. */
function blindPlace(view: PdfView, dict: PdfDict, rect: Rect | undefined): Rect | undefined {
  const look = view.dict(dict.entries.get('AP'));
  if (look !== undefined && view.get(look, 'N') !== null) return undefined;
  const subtype = view.get(dict, 'Subtype');
  const kind = isName(subtype) ? subtype.value : '';
  const style = view.dict(dict.entries.get('BS'));
  const border = view.get(dict, 'Border');
  const width = (style === undefined ? undefined : view.get(style, 'W')) ?? (Array.isArray(border) ? view.resolve(border[2]) : 1);
  const wide = typeof width === 'number' ? Math.abs(width) : 1;
  if (kind === 'Widget') return isText(view, dict) ? rect : undefined;
  if (!DRAWN.has(kind) && !(OUTLINED.has(kind) && wide > THIN)) return undefined;
  const points = ['L', 'Vertices', 'InkList', 'QuadPoints'].flatMap((key) => numbers(view, dict.entries.get(key) ?? null));
  const [xs, ys] = [points.filter((_, i) => i % 2 === 0), points.filter((_, i) => i % 2 === 1)];
  if (rect !== undefined)
    for (const [list, low, high] of [[xs, rect[0], rect[2]] as const, [ys, rect[1], rect[3]] as const]) list.push(low, high);
  if (xs.length === 0 || ys.length === 0) return undefined;
  const half = wide / 2;
  return [Math.min(...xs) - half, Math.min(...ys) - half, Math.max(...xs) + half, Math.max(...ys) + half];
}

/** A text or choice field with a value: many readers write it out when nothing says how it looks. */
function isText(view: PdfView, widget: PdfDict): boolean {
  const parent = view.dict(widget.entries.get('Parent'));
  const of = (key: string): PdfObject => view.get(widget, key) ?? (parent === undefined ? null : view.get(parent, key));
  return ['Tx', 'Ch'].some((type) => isName(of('FT'), type)) && of('V') !== null;
}

const MOST_POINTS = 10_000;

function numbers(view: PdfView, value: PdfObject): number[] {
  const items = view.resolve(value);
  if (!Array.isArray(items)) return typeof items === 'number' ? [items] : [];
  const found: number[] = [];
  for (const item of items.slice(0, MOST_POINTS)) {
    const inner = view.resolve(item);
    if (typeof inner === 'number') found.push(inner);
    else if (Array.isArray(inner))
      found.push(
        ...inner
          .slice(0, MOST_POINTS - found.length)
          .map((one) => view.resolve(one))
          .filter((one) => typeof one === 'number'),
      );
    if (found.length >= MOST_POINTS) break;
  }
  return found;
}

function isSignature(view: PdfView, item: PdfObject): boolean {
  const widget = view.dict(item);
  const parent = view.dict(widget?.entries.get('Parent'));
  return [widget, parent].some((dict) => dict !== undefined && isName(view.get(dict, 'FT'), 'Sig'));
}

const unchanged = (file: PdfFile, view: PdfView, num: number): boolean =>
  file.store.entry(num, file.revision)?.revision === file.store.entry(num, view.revision)?.revision;

function listOf(view: PdfView, page: PdfDict): PdfObject[] {
  const items = view.get(page, 'Annots');
  return Array.isArray(items) ? items : [];
}
