import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import type { Client } from '../e2e/counter.ts';

const RUNS = 7;
const root = path.join(import.meta.dirname, '../..');

/** Process start to the first answered call over loopback, and resident memory ten seconds later, of a whole training counter. */
export async function run(): Promise<Record<string, number>> {
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-bench-start-'));
  const answers: number[] = [];
  let idleRssMb = 0;
  try {
    // The first run makes the database and fills the file cache; it is not counted.
    for (let i = 0; i <= RUNS; i += 1) {
      const last = i === RUNS;
      const one = await start(dir, last);
      if (i > 0) answers.push(one.firstAnswerMs);
      if (last) idleRssMb = one.rssMb;
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
  answers.sort((a, b) => a - b);
  return {
    firstAnswerMs: round(answers[Math.floor(answers.length / 2)]!),
    firstAnswerMinMs: round(answers[0]!),
    firstAnswerMaxMs: round(answers.at(-1)!),
    idleRssMb: round(idleRssMb),
    runs: RUNS,
  };
}

const round = (value: number) => Math.round(value * 10) / 10;

async function start(dir: string, idle: boolean): Promise<{ firstAnswerMs: number; rssMb: number }> {
  const began = performance.now();
  const child = spawn(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', path.join(root, 'main/headless.ts'), '--data', dir, '--port', '0', '--no-open'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  try {
    const address = await new Promise<string>((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += String(chunk);
        const found = /Quầy: (\S+)\n/.exec(text);
        if (found?.[1]) resolve(found[1]);
      });
      child.once('exit', (code) => reject(new Error(`the counter ended with ${code}`)));
    });
    const opened = await fetch(address, { redirect: 'manual' });
    const cookie = (opened.headers.get('set-cookie') ?? '').split(';')[0]!;
    const socket = new WebSocket(`${new URL(address).origin.replace('http', 'ws')}/rpc`, { headers: { cookie } });
    await new Promise<void>((resolve, reject) => void (socket.on('open', () => resolve()), socket.on('error', reject)));
    const client: Client = createORPCClient(new RPCLink({ websocket: socket }));
    await client.system.info();
    const firstAnswerMs = performance.now() - began;
    if (idle) await sleep(10_000);
    const rssMb = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;
    socket.close();
    return { firstAnswerMs, rssMb };
  } finally {
    const gone = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    await gone;
  }
}
