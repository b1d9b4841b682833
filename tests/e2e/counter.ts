import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import { buildScreens } from '../../main/build.ts';
import type { contract } from '../../main/contract/index.ts';
import { openCounter, type Counter, type CounterOptions } from '../../main/counter.ts';
import { pairScreen } from '../../main/cli/screen.ts';

export type Client = ContractRouterClient<typeof contract>;

/** A whole training counter in this process, on a free port and in a temporary folder that `close` removes. */
export async function startCounter(options: Partial<CounterOptions> & { build?: boolean } = {}) {
  const { build = true, ...rest } = options;
  if (build) await buildScreens();
  const dir = rest.dataDir ?? mkdtempSync(path.join(tmpdir(), 'quay-e2e-'));
  const counter: Counter = await openCounter({ port: 0, lan: false, ...rest, dataDir: dir });
  const sockets: WebSocket[] = [];
  return {
    counter,
    dir,
    origin: counter.server.origin,
    /** One-time address of the desk at this machine; open it first in a browser context. */
    address: counter.address,
    /** A cookie header value for a new screen of this role, to be set in a browser context or sent by a client. */
    pair: (role: 'station' | 'kiosk' | 'board' | 'feedback', counterId?: string) =>
      pairScreen(counter, { role, name: role, ...(counterId ? { counterId } : {}) }),
    /** A client over WebSocket, as a screen of this role. */
    async client(role: 'station' | 'kiosk' | 'board' | 'feedback', counterId?: string): Promise<Client> {
      const cookie = await pairScreen(counter, { role, name: role, ...(counterId ? { counterId } : {}) });
      const socket = new WebSocket(`${counter.server.origin.replace('http', 'ws')}/rpc`, {
        headers: { cookie: `${cookie.name}=${cookie.value}` },
      });
      sockets.push(socket);
      await new Promise<void>((resolve, reject) => void (socket.on('open', () => resolve()), socket.on('error', reject)));
      return createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));
    },
    async close() {
      for (const socket of sockets) socket.terminate();
      await counter.close();
      if (!rest.dataDir) rmSync(dir, { recursive: true, force: true });
    },
  };
}
export type Started = Awaited<ReturnType<typeof startCounter>>;
