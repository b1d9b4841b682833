import { startFile, type ChildHandle } from './port.ts';
import { fileURLToPath } from 'node:url';
import { isName, isRef, readPages, rectangle, type PdfDict, type PdfFile, type PdfObject, type PdfView } from '../pdf/index.ts';
import type { Step } from './modifications.ts';

/** What the second opinion looks at: the file up to `end` against the whole, and where on the pages a difference is in order. */
export interface ImageJob {
  file: string;
  /** Bytes of the revision that was signed. */
  end: number;
  allowed: { page: number; rect: Rect; signature: boolean }[];
  /** Where something was taken away with permission: nothing is missed there. */
  gone: { page: number; rect: Rect }[];
  /** Comments may come anywhere; they may hide nothing. */
  comments: boolean;
  /** Pages to draw, those that changed first. */
  pages: number[];
}

type Rect = [number, number, number, number];

export type ImageAnswer = { result: 'same' } | { result: 'differs'; page: number } | { result: 'unavailable' };

const MAX_BYTES = 40e6;
const MAX_PAGES = 20;

/** Puts together the question: the places of the fields that later revisions filled, signed or added, and of comments now gone. */
export function imageJob(file: PdfFile, path: string, signed: { end: number; revision: number }, steps: Step[]): ImageJob | undefined {
  if (file.size > MAX_BYTES) return undefined;
  const widgets = new Set(steps.flatMap((step) => step.widgets));
  const comments = steps.some((step) => step.level === 'ANNOTATIONS');
  const before = comments ? readPages(file.at(signed.revision)) : [];
  const job: ImageJob = { file: path, end: signed.end, allowed: [], gone: [], comments, pages: [] };
  const touched = new Set<number>();
  for (const page of readPages(file)) {
    const now = listOf(file, page.dict);
    for (const item of now) {
      const rect = isRef(item) && widgets.has(item.num) ? rectangle(file, file.dict(item)?.entries.get('Rect') ?? null) : undefined;
      if (rect === undefined) continue;
      job.allowed.push({ page: page.index, rect, signature: isSignature(file, item) });
      touched.add(page.index);
    }
    const old = before[page.index];
    if (old === undefined) continue;
    const view = file.at(signed.revision);
    for (const item of listOf(view, old.dict)) {
      const same = isRef(item) && now.some((one) => isRef(one) && one.num === item.num) && unchanged(file, view, item.num);
      if (same) continue;
      touched.add(page.index);
      const rect = rectangle(view, view.dict(item)?.entries.get('Rect') ?? null);
      if (rect !== undefined) job.gone.push({ page: page.index, rect });
    }
    if (now.length !== listOf(view, old.dict).length) touched.add(page.index);
  }
  const others = [...Array(MAX_PAGES).keys()].filter((index) => !touched.has(index));
  job.pages = [...touched, ...others].slice(0, MAX_PAGES);
  return job;
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

export interface ImageComparer {
  /**
   * Draws both states and compares. An opinion that cannot be had (too slow, no canvas, a page that pdf.js does not draw) is
   * `unavailable`: it can only ever make a verdict worse.
   * @param ms time to answer in
   */
  compare(job: ImageJob, ms: number): Promise<ImageAnswer>;
  close(): void;
}

/** Starting takes as long as the machine needs: no file has a say in it. */
const START_MS = 60_000;

/** A comparer in a process of its own, which is kept for the next file and ends with `close` or its parent. One job at a time. */
export function createImageComparer(): ImageComparer {
  let child: ChildHandle | undefined;
  const close = (): void => {
    child?.kill('SIGKILL');
    child = undefined;
  };
  /** The next word of the process; undefined when there is none in time. */
  const hear = async (from: ChildHandle, ms: number, ask?: ImageJob): Promise<ImageAnswer | { result: 'ready' } | undefined> =>
    new Promise((resolve) => {
      const finish = (found: ImageAnswer | undefined): void => {
        clearTimeout(timer);
        from.off('message', finish);
        from.off('exit', gone);
        from.off('error', gone);
        resolve(found);
      };
      const gone = (): void => finish(undefined);
      const timer = setTimeout(gone, ms);
      from.on('message', finish);
      from.on('exit', gone);
      from.on('error', gone);
      if (ask !== undefined)
        from.send(ask, (error) => {
          if (error !== null) gone();
        });
    });
  return {
    close,
    async compare(job, ms) {
      let asked = child;
      if (asked === undefined) {
        asked = startFile(fileURLToPath(new URL('images-child.ts', import.meta.url)), 512);
        child = asked;
        await hear(asked, START_MS);
      }
      asked.ref();
      asked.channel?.ref();
      const answer = await hear(asked, ms, job);
      if (answer === undefined || answer.result === 'ready') {
        close();
        return { result: 'unavailable' };
      }
      asked.unref();
      asked.channel?.unref();
      return answer;
    },
  };
}
