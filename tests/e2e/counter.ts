import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildScreens } from '../../main/build.ts';
import { openCounter, type Counter, type CounterOptions } from '../../main/counter.ts';
import { connectScreen, type Client } from '../../main/cli/clients.ts';
import { pairScreen } from '../../main/cli/screen.ts';

export type { Client };

/** A whole training counter in this process, on a free port and in a temporary folder that `close` removes. */
export async function startCounter(options: Partial<CounterOptions> & { build?: boolean } = {}) {
  const { build = true, ...rest } = options;
  if (build) await buildScreens();
  const dir = rest.dataDir ?? mkdtempSync(path.join(tmpdir(), 'quay-e2e-'));
  const counter: Counter = await openCounter({ port: 0, lan: false, ...rest, dataDir: dir });
  const screens: { close: () => void }[] = [];
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
      const screen = await connectScreen(counter, { role, name: role, ...(counterId ? { counterId } : {}) });
      screens.push(screen);
      return screen.client;
    },
    async close() {
      for (const screen of screens) screen.close();
      await counter.close();
      if (!rest.dataDir) rmSync(dir, { recursive: true, force: true });
    },
  };
}
export type Started = Awaited<ReturnType<typeof startCounter>>;
