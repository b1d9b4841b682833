import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export interface PtyPair {
  /** The end that our driver opens. */
  readonly host: string;
  /** The end that the neighbour opens. */
  readonly device: string;
  /** Pulls the cable: both ends vanish. */
  unplug(): Promise<void>;
}

/** Two ends of a serial line, made by socat in a folder of the test. Needs the part `socat`. */
export async function openPty(dir: string, name = 'tty'): Promise<PtyPair> {
  const host = path.join(dir, `${name}-host`);
  const device = path.join(dir, `${name}-device`);
  const child: ChildProcess = spawn('socat', [`PTY,link=${host},raw,echo=0`, `PTY,link=${device},raw,echo=0`], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let i = 0; i < 300 && !(existsSync(host) && existsSync(device)); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  if (!existsSync(host) || !existsSync(device)) {
    child.kill();
    throw new Error('socat made no pair of terminals');
  }
  return {
    host,
    device,
    async unplug() {
      child.kill();
      await ended;
    },
  };
}
