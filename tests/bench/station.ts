import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';
import { WebSocket } from 'ws';
import type { Client } from '../../main/cli/clients.ts';
import { TRAINING_PASSWORD } from '../../main/counter/people.ts';

const { FLAGS } = createRequire(import.meta.url)('../../main/node.cjs') as { FLAGS: string[] };
const root = path.join(import.meta.dirname, '../..');

export const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
export const round = (value: number): number => Math.round(value * 10) / 10;

/** A whole training counter in a process of its own, as `npm start -- --headless` runs it, with screens connected from here. */
export async function startStation(dir: string) {
  const began = performance.now();
  const child = spawn(process.execPath, [...FLAGS, path.join(root, 'main/headless.ts'), '--data', dir, '--port', '0', '--no-open'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const address = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += String(chunk);
      const found = /Quầy: (\S+)\n/.exec(text);
      if (found?.[1]) resolve(found[1]);
    });
    child.once('exit', (code) => reject(new Error(`the counter ended with ${code}`)));
  });
  const { origin } = new URL(address);
  const sockets: WebSocket[] = [];
  const connect = async (cookie: string): Promise<Client> => {
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/rpc`, { headers: { cookie } });
    sockets.push(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return createORPCClient(new RPCLink({ websocket: socket }));
  };
  const cookieOf = (response: Response) => (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  const desk = await connect(cookieOf(await fetch(address, { redirect: 'manual' })));
  // Who pairs screens is signed in.
  await desk.officers.signIn({ login: 'huyen', password: TRAINING_PASSWORD });
  const pair = async (role: 'kiosk' | 'board' | 'station', counterId?: string) => {
    const { code } = await desk.system.pairingCode({ role, name: role, ...(counterId ? { counterId } : {}) });
    return cookieOf(await fetch(`${origin}/pair`, { method: 'POST', redirect: 'manual', body: new URLSearchParams({ code }) }));
  };
  return {
    began,
    pid: child.pid ?? 0,
    origin,
    desk,
    pair,
    screen: async (role: 'kiosk' | 'board' | 'station', counterId?: string) => connect(await pair(role, counterId)),
    /** `SIGKILL`: as when somebody pulls the plug of this one process. */
    async close(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') {
      for (const socket of sockets) socket.terminate();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise<void>((resolve) => void child.once('exit', () => resolve()));
      child.kill(signal);
      await gone;
    },
  };
}
