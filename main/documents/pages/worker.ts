import { loadNative } from '../../../native/index.ts';
import { improvePage, lookAt, type Improvement } from './improve.ts';

/** Entry of the child process that does the page work, and ends with the counter. */
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

const parentPort = (
  process as {
    parentPort?: { postMessage(message: unknown): void; on(event: 'message', listener: (event: { data: unknown }) => void): void };
  }
).parentPort;
const tell = (message: WorkAnswer): void => void (parentPort ? parentPort.postMessage(message) : process.send?.(message));

let turn: Promise<void> = Promise.resolve();
const hear = (request: WorkRequest): void => {
  // One page at a time: a decoded page is 25 MB and more.
  turn = turn.then(async () => tell(await run(request)));
};
if (parentPort) parentPort.on('message', (event) => hear(event.data as WorkRequest));
else process.on('message', hear);
process.on('disconnect', () => process.exit(0));
