import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { percentile, round, startStation } from './station.ts';

const RUNS = 7;

/** Process start to the first answered call over loopback, and resident memory ten seconds later, of a whole training counter. */
export async function run(): Promise<Record<string, number>> {
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-bench-start-'));
  const answers: number[] = [];
  let idleRssMb = 0;
  try {
    // The first run makes the database and fills the file cache; it is not counted.
    for (let i = 0; i <= RUNS; i += 1) {
      const station = await startStation(dir);
      try {
        await station.desk.system.info();
        if (i > 0) answers.push(performance.now() - station.began);
        if (i === RUNS) {
          await sleep(10_000);
          idleRssMb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${station.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
        }
      } finally {
        await station.close();
      }
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  answers.sort((a, b) => a - b);
  return {
    firstAnswerMs: round(percentile(answers, 0.5)),
    firstAnswerMinMs: round(answers[0] ?? Number.NaN),
    firstAnswerMaxMs: round(answers.at(-1) ?? Number.NaN),
    idleRssMb: round(idleRssMb),
    runs: RUNS,
  };
}
