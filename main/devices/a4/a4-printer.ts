import { readFile } from 'node:fs/promises';
import type { DeviceReason, PrintJob } from '../../contract/devices.ts';
import type { Clock } from '../../store/index.ts';
import { createHealth, type HealthCell } from '../health.ts';
import type { Jobs } from '../jobs.ts';
import { createPause } from '../pause.ts';
import type { A4Backend } from './backend.ts';

export interface A4Printer {
  readonly id: string;
  readonly health: HealthCell;
  /** Prints a PDF file. The same key never prints twice. The file is read when its turn comes. */
  print(pdfFile: string, job: { key: string; title: string; copies?: number; kind?: 'a4' | 'test' }): PrintJob;
  settled(key: string): Promise<PrintJob>;
  close(): Promise<void>;
}

export interface A4Times {
  readonly heartbeatMs: number;
  /** Between two looks at a job under way. */
  readonly lookMs: number;
  /** A job that is not done by then is unknown: somebody looks at the tray. */
  readonly deadlineMs: number;
}
export const A4_TIMES: A4Times = { heartbeatMs: 5000, lookMs: 500, deadlineMs: 300_000 };

/** Jobs for one A4 printer, one after another, confirmed when the printer itself says the job is completed. */
export function createA4Printer(options: {
  id: string;
  name: string;
  backend: A4Backend;
  jobs: Jobs;
  clock: Clock;
  times?: Partial<A4Times>;
}): A4Printer {
  const { backend, jobs } = options;
  const times = { ...A4_TIMES, ...options.times };
  const health = createHealth({ id: options.id, kind: 'a4-printer', name: options.name }, options.clock);
  const { settle, settled } = jobs;
  const { pause, wake } = createPause();
  const stopping = new AbortController();
  let tail: Promise<void> = Promise.resolve();

  const look = async (): Promise<DeviceReason | null> => {
    try {
      const { reasons, busy, accepting } = await backend.status();
      health.seen();
      const stopping = reasons.filter((r) => r !== 'paper-low');
      if (!accepting && stopping.length === 0) stopping.push('offline');
      if (stopping.length > 0) health.set('error', stopping);
      else if (busy) health.set('busy', reasons);
      else health.set(reasons.length > 0 ? 'attention' : 'ready', reasons);
      return stopping[0] ?? null;
    } catch {
      health.set('absent', ['unplugged']);
      return 'unplugged';
    }
  };
  const heartbeat = (async () => {
    while (!stopping.signal.aborted) {
      await look();
      await pause(times.heartbeatMs);
    }
  })();

  const run = async (file: string, key: string, title: string, copies: number) => {
    const obstacle = stopping.signal.aborted ? 'offline' : await look();
    // Out of paper is no obstacle for an A4 printer: it keeps the document and prints it when paper is in.
    if (obstacle && obstacle !== 'paper-out') return settle(key, 'failed', obstacle);
    const pdf = await readFile(file).catch(() => null);
    if (!pdf) return settle(key, 'failed', 'protocol');
    jobs.change(key, 'sent', null, pdf.length);
    let taken: Awaited<ReturnType<A4Backend['submit']>>;
    try {
      taken = await backend.submit(pdf, { copies, title });
    } catch {
      return settle(key, 'unknown', (await look()) ?? 'protocol');
    }
    const steps = Math.max(1, Math.ceil(times.deadlineMs / times.lookMs));
    for (let step = 0; step < steps && !stopping.signal.aborted; step += 1) {
      const state = await taken.progress().catch(() => null);
      if (state === 'done') {
        await look();
        return settle(key, 'confirmed');
      }
      if (state === 'failed') return settle(key, 'unknown', (await look()) ?? 'protocol');
      await look();
      await pause(times.lookMs);
    }
    settle(key, 'unknown', health.current().reasons[0] ?? 'timeout');
  };

  return {
    id: options.id,
    health,
    print(pdfFile, { key, title, copies = 1, kind = 'a4' }) {
      const { job, isNew } = jobs.begin({ key, deviceId: options.id, kind, title });
      if (isNew)
        tail = tail.then(() => run(pdfFile, key, title, copies)).catch((error: unknown) => console.error(`devices: ${options.id}`, error));
      return job;
    },
    settled,
    async close() {
      stopping.abort();
      wake();
      await tail;
      wake();
      await heartbeat;
    },
  };
}
