import { fileURLToPath } from 'node:url';
import type { ImageAnswer, ImageJob, ImageReport } from './image-job.ts';
import { startFile, type ChildHandle } from './port.ts';

export interface ImageComparer {
  /**
   * Draws both states and compares. An opinion that cannot be had (too slow, no canvas, a page that pdf.js does not draw) is
   * `unknown` where a page was changed after signing, else `unavailable`: it can only ever make a verdict worse.
   * @param ms time to answer in
   */
  compare(job: ImageJob, ms: number): Promise<ImageAnswer>;
  close(): void;
}

/** Starting takes as long as the machine needs: no file has a say in it. */
const START_MS = 60_000;
/**
 * What silence means: nothing, unless a page that somebody changed after signing waits to be looked at. Whoever wrote the
 * document may have made that page too heavy to draw before it was signed.
 */
const silence = (left: number, page: number): ImageAnswer => (left > 0 ? { result: 'unknown', page } : { result: 'unavailable' });

/** A comparer in a process of its own, which is kept for the next file and ends with `close` or its parent. One job at a time. */
export function createImageComparer(): ImageComparer {
  let child: ChildHandle | undefined;
  const close = (): void => {
    child?.kill('SIGKILL');
    child = undefined;
  };
  /** The next answer of the process, which is of no more use when there is none in time. */
  const hear = async (from: ChildHandle, ms: number, ask?: ImageJob): Promise<ImageAnswer | { result: 'ready' }> =>
    new Promise((resolve) => {
      let [left, page] = [ask?.touched ?? 0, ask?.pages[0] ?? 0];
      const finish = (found: ImageAnswer | { result: 'ready' }): void => {
        clearTimeout(timer);
        from.off('message', listen);
        from.off('exit', gone);
        from.off('error', gone);
        resolve(found);
      };
      const listen = (report: ImageReport): void => {
        if (report.result === 'drawing') [left, page] = [report.left, report.page];
        else finish(report);
      };
      const gone = (): void => {
        close();
        finish(silence(left, page));
      };
      const timer = setTimeout(gone, ms);
      from.on('message', listen);
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
      if (child === undefined) {
        child = startFile(fileURLToPath(new URL('images-child.ts', import.meta.url)), 512);
        await hear(child, START_MS);
      }
      // One that never came up has been closed.
      const asked: ChildHandle | undefined = child;
      if (asked === undefined) return silence(job.touched, job.pages[0] ?? 0);
      asked.ref();
      asked.channel?.ref();
      const answer = await hear(asked, ms, job);
      if (answer.result === 'ready') return silence(job.touched, job.pages[0] ?? 0);
      asked.unref();
      asked.channel?.unref();
      return answer;
    },
  };
}
