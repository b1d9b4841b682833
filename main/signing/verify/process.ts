import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Job, Report } from './child.ts';
import { startFile, type ChildHandle } from './port.ts';
import { finding } from './findings.ts';
import type { ImageJob } from './image-job.ts';
import { createImageComparer, type ImageComparer } from './images.ts';
import type { Verification, VerifyOptions } from './types.ts';

export interface VerifierLimits {
  /** Milliseconds of work for one file, waiting for the network aside; beyond 50 MB a second more for each 50 MB. */
  workMs: number;
  /** Milliseconds of waiting for revocation services over the whole file. */
  networkMs: number;
  /** Milliseconds for drawing pages and comparing them. */
  imagesMs: number;
  /** Megabytes of JavaScript heap. */
  heapMb: number;
  /** Files after which the process is replaced. */
  files: number;
  /** Milliseconds without work after which the process ends. */
  idleMs: number;
}

export const VERIFIER_LIMITS: VerifierLimits = { workMs: 8000, networkMs: 60_000, imagesMs: 7500, heapMb: 512, files: 500, idleMs: 20_000 };

export interface Verifier {
  verify(file: string, options: VerifyOptions): Promise<Verification>;
  /** Ends the process. The next file starts a new one. */
  close(): Promise<void>;
}

const GRACE_MS = 1500;
/** Starting takes as long as the machine needs: no file has a say in it. */
const START_MS = 60_000;

/** How the child is started: a small seam, so that tests can put a broken one in its place. */
export type Start = (heapMb: number) => ChildHandle;

export const startChild: Start = (heapMb) => startFile(fileURLToPath(new URL('child.ts', import.meta.url)), heapMb);

/**
 * A verifier in a process of its own, one file at a time. Whatever happens to that process, each file gets an answer: a hang, a crash
 * or an empty memory is TOTAL-FAILED with a reason, and the next file gets a fresh process.
 */
export function createVerifier(limits: VerifierLimits = VERIFIER_LIMITS, start: Start = startChild): Verifier {
  let child: ChildHandle | undefined;
  let done = 0;
  let count = 0;
  let idle: NodeJS.Timeout | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const comparer = createImageComparer();

  const end = async (): Promise<void> => {
    clearTimeout(idle);
    comparer.close();
    const ending = child;
    child = undefined;
    done = 0;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    ending.ref();
    await new Promise<void>((resolve) => {
      ending.once('exit', () => resolve());
      ending.kill('SIGKILL');
    });
  };

  const one = async (file: string, options: VerifyOptions): Promise<Verification> => {
    clearTimeout(idle);
    if (done >= limits.files) await end();
    const size = await stat(file).then(
      (about) => about.size,
      () => 0,
    );
    const budget = limits.workMs + Math.max(0, size / 50e6 - 1) * 1000;
    if (child === undefined) {
      child = start(limits.heapMb);
      await ready(child);
    }
    const started = performance.now();
    child.ref();
    child.channel?.ref();
    const job: Job = { id: ++count, file, options, budget };
    const answer = await ask(child, job, budget + GRACE_MS, limits.networkMs);
    done++;
    if ('broken' in answer) {
      await end();
      return failed(file, answer.broken);
    }
    child.unref();
    child.channel?.unref();
    idle = setTimeout(() => void end(), limits.idleMs).unref();
    const { images, ...result } = answer.result;
    if (images === undefined || options.images === false) return result;
    const left = limits.workMs + GRACE_MS - (performance.now() - started);
    return secondOpinion(result, comparer, images, Math.max(limits.imagesMs / 4, Math.min(limits.imagesMs, left)));
  };

  return {
    async verify(file, options) {
      const mine = queue.then(async () => one(file, options));
      queue = mine.catch(() => undefined);
      return mine;
    },
    close: end,
  };
}

/** `timeout`, `crash`, or the error that the child reported. */
type Broken = string;
type Answer = { result: Verification & { images?: ImageJob } } | { broken: Broken };

/** Waits for the child's first word; one that dies or stays silent is found out by the job that follows. */
async function ready(child: ChildHandle): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, START_MS);
    const done = (): void => {
      clearTimeout(timer);
      for (const event of ['message', 'exit', 'error']) child.off(event, done);
      resolve();
    };
    for (const event of ['message', 'exit', 'error']) child.on(event, done);
  });
}

async function ask(child: ChildHandle, job: Job, workMs: number, networkMs: number): Promise<Answer> {
  return new Promise((resolve) => {
    let timer = setTimeout(() => finish({ broken: 'timeout' }), workMs);
    let left = workMs;
    let networkLeft = networkMs;
    let since = performance.now();
    const pass = (): number => {
      const spent = performance.now() - since;
      since = performance.now();
      clearTimeout(timer);
      return spent;
    };
    const finish = (answer: Answer): void => {
      clearTimeout(timer);
      child.off('message', hear);
      child.off('exit', gone);
      child.off('error', gone);
      resolve(answer);
    };
    const gone = (): void => finish({ broken: 'crash' });
    const hear = (report: Report): void => {
      if (!('id' in report) || report.id !== job.id) return;
      if ('result' in report) finish({ result: report.result });
      else if ('error' in report) finish({ broken: report.error });
      else if (report.network) {
        left -= pass();
        timer = setTimeout(() => finish({ broken: 'timeout' }), Math.max(1, networkLeft));
      } else {
        networkLeft -= pass();
        timer = setTimeout(() => finish({ broken: 'timeout' }), Math.max(1, left));
      }
    };
    child.on('message', hear);
    child.on('exit', gone);
    child.on('error', gone);
    child.send(job, (error) => {
      if (error !== null) gone();
    });
  });
}

function failed(file: string, broken: Broken): Verification {
  const [vi, en] =
    broken === 'timeout'
      ? ['Kiểm tra quá thời gian cho phép; tệp không đáng tin cậy.', 'Checking took too long; the file cannot be relied on.']
      : ['Không kiểm tra được tệp này; tệp không đáng tin cậy.', 'The file could not be checked; it cannot be relied on.'];
  return { file, verdict: 'TOTAL-FAILED', signatures: [], reason: `unreadable: ${en} (${broken})`, vi, en };
}

/** A page that looks different where no field explains it takes the verdict down, whatever the comparison of objects found. */
async function secondOpinion(result: Verification, comparer: ImageComparer, images: ImageJob, ms: number): Promise<Verification> {
  const answer = await comparer.compare(images, ms);
  if (answer.result === 'unavailable')
    return { ...result, notes: [...(result.notes ?? []), 'imagesNotCompared: The page images could not be compared.'] };
  if (answer.result === 'same') return result;
  const found = finding(answer.result === 'differs' ? 'imageDiffers' : 'imageUnknown');
  const [first, ...others] = result.signatures;
  if (first === undefined) return result;
  const worse = { verdict: found.verdict, subIndication: found.subIndication, vi: found.vi, en: found.en };
  const signatures = [{ ...first, ...worse, details: [`${found.code}: page ${answer.page + 1}`, ...first.details] }, ...others];
  return { ...result, verdict: found.verdict, vi: found.vi, en: found.en, signatures };
}
