import { startFile, type ChildHandle } from './port.ts';
import { fileURLToPath } from 'node:url';
import { isRef, readPages, rectangle, type PdfFile } from '../pdf/index.ts';
import type { Step } from './modifications.ts';

/** What the second opinion looks at: the file up to `end` against the whole, and where on the pages a difference is in order. */
export interface ImageJob {
  file: string;
  /** Bytes of the revision that was signed. */
  end: number;
  allowed: { page: number; rect: [number, number, number, number] }[];
  /** Pages to draw at most. */
  pages: number;
}

export type ImageAnswer = { result: 'same' } | { result: 'differs'; page: number } | { result: 'unavailable' };

const MAX_BYTES = 40e6;
const MAX_PAGES = 20;

/** Puts together the question: the places of the fields that later revisions filled, signed or added. */
export function imageJob(file: PdfFile, path: string, end: number, steps: Step[]): ImageJob | undefined {
  if (file.size > MAX_BYTES) return undefined;
  const widgets = new Set(steps.flatMap((step) => step.widgets));
  const allowed: ImageJob['allowed'] = [];
  for (const page of readPages(file)) {
    const annotations = file.get(page.dict, 'Annots');
    for (const item of Array.isArray(annotations) ? annotations : []) {
      const rect = isRef(item) && widgets.has(item.num) ? rectangle(file, file.dict(item)?.entries.get('Rect') ?? null) : undefined;
      if (rect !== undefined) allowed.push({ page: page.index, rect });
    }
  }
  return { file: path, end, allowed, pages: MAX_PAGES };
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

/** A comparer in a process of its own, which is kept for the next file and ends with `close` or its parent. One job at a time. */
export function createImageComparer(): ImageComparer {
  let child: ChildHandle | undefined;
  const close = (): void => {
    child?.kill('SIGKILL');
    child = undefined;
  };
  const start = (): ChildHandle => startFile(fileURLToPath(new URL('images-child.ts', import.meta.url)), 512);
  return {
    close,
    async compare(job, ms) {
      child ??= start();
      const asked = child;
      asked.ref();
      asked.channel?.ref();
      const answer = await new Promise<ImageAnswer | undefined>((resolve) => {
        const finish = (found: ImageAnswer | undefined): void => {
          clearTimeout(timer);
          asked.off('message', hear);
          asked.off('exit', gone);
          asked.off('error', gone);
          resolve(found);
        };
        const hear = (message: ImageAnswer): void => finish(message);
        const gone = (): void => finish(undefined);
        const timer = setTimeout(gone, ms);
        asked.on('message', hear);
        asked.on('exit', gone);
        asked.on('error', gone);
        asked.send(job, (error) => {
          if (error !== null) gone();
        });
      });
      if (answer === undefined) {
        close();
        return { result: 'unavailable' };
      }
      asked.unref();
      asked.channel?.unref();
      return answer;
    },
  };
}
