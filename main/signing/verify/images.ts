import { fileURLToPath } from 'node:url';
import type { ImageAnswer, ImageJob, ImageReport } from './image-job.ts';
import { startFile, type ChildHandle } from './port.ts';

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
/** What the later state may cost more than the signed one. */
const SLOWER = 2;
const SLOWER_MS = 1500;
/** Changed pages drawn in vain after which it is no longer the machine that is slow. */
const MANY = 20;

type Drawing = Extract<ImageReport, { result: 'drawing' }>;

/** Where the drawing process is, so that its silence can be understood. */
class Progress {
  #last: Drawing | undefined;
  #since = 0;
  /** Milliseconds that the page took as it was signed. */
  #before = 0;
  #pages = 0;

  note(report: Drawing): void {
    const now = performance.now();
    if (report.state === 'after') this.#before = now - this.#since;
    else this.#pages++;
    this.#last = report;
    this.#since = now;
  }

  /** What a process means that said nothing in time, or ended. What was added must not get by because it cannot be drawn. */
  silence(ended: boolean): ImageAnswer {
    const last = this.#last;
    if (last === undefined || last.left <= 0) return { result: 'unavailable' };
    const slower = performance.now() - this.#since > SLOWER * this.#before + SLOWER_MS;
    const added = last.state === 'after' && (ended || slower);
    return added || this.#pages > MANY ? { result: 'unknown', page: last.page } : { result: 'unavailable' };
  }
}

/** A comparer in a process of its own, which is kept for the next file and ends with `close` or its parent. One job at a time. */
export function createImageComparer(): ImageComparer {
  let child: ChildHandle | undefined;
  const close = (): void => {
    child?.kill('SIGKILL');
    child = undefined;
  };
  /** The next answer of the process; what its silence means when there is none in time, and then it is of no more use. */
  const hear = async (from: ChildHandle, ms: number, ask?: ImageJob): Promise<ImageAnswer | { result: 'ready' }> =>
    new Promise((resolve) => {
      const progress = new Progress();
      const finish = (found: ImageAnswer | { result: 'ready' }): void => {
        clearTimeout(timer);
        from.off('message', listen);
        from.off('exit', gone);
        from.off('error', gone);
        resolve(found);
      };
      const listen = (report: ImageReport): void => {
        if (report.result === 'drawing') progress.note(report);
        else finish(report);
      };
      const silent = (ended: boolean): void => {
        close();
        finish(progress.silence(ended));
      };
      const gone = (): void => silent(true);
      const timer = setTimeout(() => silent(false), ms);
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
      if (asked === undefined) return { result: 'unavailable' };
      asked.ref();
      asked.channel?.ref();
      const answer = await hear(asked, ms, job);
      if (answer.result === 'ready') return { result: 'unavailable' };
      asked.unref();
      asked.channel?.unref();
      return answer;
    },
  };
}
