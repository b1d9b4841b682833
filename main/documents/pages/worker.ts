import { parentPort } from 'node:worker_threads';
import { loadNative } from '../../../native/index.ts';
import { improvePage, lookAt, type Improvement } from './improve.ts';

/** Entry of the worker thread that does the page work, so that the counter's own thread stays free. */
export type WorkRequest =
  | { readonly id: number; readonly work: 'look'; readonly file: string; readonly dpi: number }
  | {
      readonly id: number;
      readonly work: 'improve';
      readonly file: string;
      readonly out: string;
      readonly dpi: number;
      readonly wish: Improvement;
    };
export type WorkAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: string; readonly missing: boolean };

async function run(request: WorkRequest): Promise<WorkAnswer> {
  let missing = true;
  try {
    const { jpeg } = loadNative();
    const problem = jpeg.problem();
    if (problem !== null) throw new Error(problem);
    missing = false;
    const value =
      request.work === 'look'
        ? await lookAt(jpeg, request.file, request.dpi)
        : await improvePage(jpeg, request.file, request.out, request.dpi, request.wish);
    return { id: request.id, value };
  } catch (error) {
    return { id: request.id, error: error instanceof Error ? error.message : 'failed', missing };
  }
}

let turn: Promise<void> = Promise.resolve();
parentPort?.on('message', (request: WorkRequest) => {
  // One page at a time: a decoded page is 25 MB and more.
  turn = turn.then(async () => parentPort?.postMessage(await run(request)));
});
