import { fork } from 'node:child_process';
import { rm, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { LEAST_DPI, type ImprovedPage, type Improvement, type Look } from './improve.ts';
import { separatorSheet, splitBatch } from './separator.ts';
import type { WorkAnswer, WorkRequest } from './worker.ts';

/** The addon is not built, or libjpeg-turbo is not installed: pages can be kept as scanned, but not worked on. */
export class PageWorkMissingError extends Error {
  override readonly name = 'PageWorkMissingError';
}
export class PageWorkError extends Error {
  override readonly name = 'PageWorkError';
}

export interface PageWorker {
  /** Is the page blank, askew, marked with a code? @param dpi used when the file does not say */
  look(file: string, dpi: number): Promise<Look>;
  /** Writes a better copy to `out`; the scanned file stays as it came. */
  improve(file: string, out: string, dpi: number, wish: Improvement): Promise<ImprovedPage>;
  /**
   * Makes copies of pages until together they take at most `limit` bytes: first fewer dots (never below 200), then lower
   * quality, step by step. Pages that were small enough as scanned are not touched.
   * @param outOf name of the copy of page `index`
   * @returns the pages to use, in order, or null when even the last step is too large
   */
  fit(
    pages: readonly { file: string; dpi: number }[],
    limit: number,
    outOf: (index: number) => string,
  ): Promise<readonly (ImprovedPage | null)[] | null>;
  /** See `splitBatch`. */
  readonly split: typeof splitBatch;
  /** See there. */
  readonly separatorSheet: typeof separatorSheet;
  close(): Promise<void>;
}

/** A child process as plain Node and Electron's utilityProcess both can give it. */
export interface PageChild {
  send(message: WorkRequest): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, however it ended. */
  onExit(listener: () => void): void;
  kill(): void;
}
export type SpawnPageChild = (module: string, env: Readonly<Record<string, string>>) => PageChild;

/** A decoded page is 25 MB; nothing of the child's own grows beyond that. */
const CHILD_FLAGS = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1'];
/** Under plain Node. */
export const forkPageChild: SpawnPageChild = (module) => {
  const child = fork(module, [], { execArgv: CHILD_FLAGS, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  // It ends with its channel; a program that has nothing else to do need not wait for it.
  child.unref();
  child.channel?.unref();
  return {
    send: (message) => void (child.connected && child.send(message, () => undefined)),
    onMessage: (listener) => void child.on('message', listener),
    onExit(listener) {
      child.once('exit', listener);
      child.once('error', listener);
    },
    kill: () => void child.kill('SIGKILL'),
  };
};

/** Quality of each step; below 40 stamps and thin diacritics suffer. */
const STEPS = [80, 70, 60, 50, 40];
/** A page that takes longer is broken in a way that would keep the worker for ever. */
const LONGEST_MS = 60_000;

/** Without work for this long the child ends and gives its memory back. */
const IDLE_MS = 30_000;

/**
 * Page work in a child process, because a picture from outside may bring libjpeg down: that costs its page, never the
 * counter. The child is started when the first page comes and ends when none has come for a while.
 */
export function createPageWorker(options: { longestMs?: number; idleMs?: number; spawn?: SpawnPageChild } = {}): PageWorker {
  type Pending = { resolve: (value: unknown) => void; reject: (error: Error) => void };
  const pending = new Map<number, Pending>();
  let worker: PageChild | undefined;
  let exited: Promise<void> = Promise.resolve();
  let nextId = 1;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  const watch = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => worker?.kill(), pending.size > 0 ? (options.longestMs ?? LONGEST_MS) : (options.idleMs ?? IDLE_MS));
    if (pending.size === 0) timer.unref();
  };
  const start = (): PageChild => {
    const started = (options.spawn ?? forkPageChild)(fileURLToPath(new URL('worker.ts', import.meta.url)), {});
    started.onMessage((message) => {
      const answer = message as WorkAnswer;
      const call = pending.get(answer.id);
      pending.delete(answer.id);
      watch();
      if (!('error' in answer)) call?.resolve(answer.value);
      else call?.reject(answer.missing ? new PageWorkMissingError(answer.error) : new PageWorkError(answer.error));
    });
    exited = new Promise((resolve) => {
      started.onExit(() => {
        if (worker === started) {
          worker = undefined;
          clearTimeout(timer);
          for (const call of pending.values()) call.reject(new PageWorkError('the page worker ended'));
          pending.clear();
        }
        resolve();
      });
    });
    return started;
  };
  type Unnumbered<R> = R extends unknown ? Omit<R, 'id'> : never;
  const ask = <T>(request: Unnumbered<WorkRequest>): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      if (closed) return reject(new PageWorkError('closing'));
      worker ??= start();
      const id = nextId;
      nextId += 1;
      pending.set(id, { resolve: (value) => resolve(value as T), reject });
      watch();
      worker.send({ ...request, id });
    });
  const improve = (file: string, out: string, dpi: number, wish: Improvement): Promise<ImprovedPage> =>
    ask({ work: 'improve', file, out, dpi, wish });

  return {
    look: (file, dpi) => ask({ work: 'look', file, dpi }),
    improve,
    split: splitBatch,
    separatorSheet,
    async fit(pages, limit, outOf) {
      const sizes = await Promise.all(pages.map(async (p) => (await stat(p.file)).size));
      const best: (ImprovedPage | null)[] = pages.map(() => null);
      const total = () => sizes.reduce((sum, size, i) => sum + (best[i]?.bytes ?? size), 0);
      for (const quality of STEPS) {
        if (total() <= limit) return best;
        // The largest pages first: often one photograph is all that is too much.
        for (const index of [...sizes.keys()].sort((a, b) => (sizes[b] ?? 0) - (sizes[a] ?? 0))) {
          if (total() <= limit) return best;
          const page = pages[index] as { file: string; dpi: number };
          const smaller = await improve(page.file, outOf(index), page.dpi, {
            deskew: false,
            crop: false,
            bilevel: false,
            quality,
            dpi: LEAST_DPI,
          });
          if (smaller.bytes < (best[index]?.bytes ?? sizes[index] ?? 0)) best[index] = smaller;
        }
      }
      if (total() <= limit) return best;
      await Promise.all(pages.map((_page, i) => rm(outOf(i), { force: true })));
      return null;
    },
    async close() {
      closed = true;
      clearTimeout(timer);
      worker?.kill();
      await exited;
    },
  };
}
