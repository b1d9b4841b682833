import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import type { ContractRouterClient } from '@orpc/contract';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket } from 'ws';
import type { queueContract } from '../../../main/contract/queue.ts';
import { createQueue, migrations, queueHandlers, sqliteQueueStore, type Queue, type Site } from '../../../main/queue/index.ts';
import { createFiles, createPairing, serverMigrations, startServer } from '../../../main/server/index.ts';
import { openStore, systemClock } from '../../../main/store/index.ts';

export type QueueClient = ContractRouterClient<{ queue: typeof queueContract }>['queue'];

export interface ServedHall {
  readonly queue: Queue;
  /** A paired screen of its own on a WebSocket of its own. A station is an officer who sits at that counter. */
  client(role: 'station' | 'kiosk' | 'board', counterId?: string): Promise<QueueClient>;
  close(): Promise<void>;
}

/** The real server on loopback with nothing behind it but the queue. */
export async function serveHall(site: Site): Promise<ServedHall> {
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-served-'));
  mkdirSync(path.join(dir, 'screens'));
  const store = openStore({ file: path.join(dir, 'queue.sqlite'), clock: systemClock, migrations: [...serverMigrations, ...migrations] });
  const port = sqliteQueueStore({ store, site });
  const queue = createQueue({ store: port, clock: systemClock, print: async () => 'printed' });
  const devices = createPairing(store);
  const server = await startServer({
    router: { queue: queueHandlers(queue) },
    devices,
    files: createFiles({ dir: path.join(dir, 'files'), clock: systemClock }),
    clock: systemClock,
    screens: path.join(dir, 'screens'),
    port: 0,
    lan: false,
    callerOf: (device) =>
      device.role === 'station'
        ? {
            role: 'officer',
            deviceId: device.deviceId,
            officer: { id: `officer-${device.counterId}`, name: 'Cán bộ', title: '', duties: ['reception'] },
          }
        : { role: device.role, deviceId: device.deviceId },
    log: () => {},
  });
  const sockets: WebSocket[] = [];
  return {
    queue,
    async client(role, counterId) {
      const { code } = devices.code({ role, name: role, ...(counterId === undefined ? {} : { counterId }) });
      const paired = await fetch(`${server.origin}/pair`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: `code=${code}`,
      });
      const cookie = paired.headers.get('set-cookie')?.split(';')[0];
      if (!cookie) throw new Error(`pairing a ${role} failed: ${paired.status}`);
      const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/rpc`, { headers: { cookie } });
      sockets.push(socket);
      await new Promise<void>((resolve, reject) => void (socket.on('open', () => resolve()), socket.on('error', reject)));
      const link = new RPCLink({ websocket: socket });
      return createORPCClient<{ queue: QueueClient }>(link).queue;
    },
    async close() {
      for (const socket of sockets) socket.close();
      await queue.close();
      await server.close();
      await port.close();
      store.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
