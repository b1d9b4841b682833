import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { migrations, postgresQueueStore, sqliteQueueStore } from '../../../../main/queue/index.ts';
import type { QueueCommand } from '../../../../main/queue/types.ts';
import { openStore, systemClock } from '../../../../main/store/index.ts';
import { raceSite } from '../sites.ts';

/**
 * A hub as a process of its own: `hub.ts sqlite FILE PORT` or `hub.ts postgres URL PORT` (0 = any). Speaks JSON lines, says
 * its port on standard output, and has no manners at all when it is killed.
 */
const [kind, where, port] = process.argv.slice(2);
if (!where) throw new Error('hub.ts sqlite|postgres FILE|URL PORT');
const site = raceSite(20);
const store =
  kind === 'postgres'
    ? await postgresQueueStore({ url: where, site, clock: systemClock, onError: () => {} })
    : sqliteQueueStore({ store: openStore({ file: where, clock: systemClock, migrations }), site });

const server = createServer((socket) => {
  socket.on('error', () => socket.destroy());
  const lines = createInterface({ input: socket });
  lines.on('error', () => {});
  lines.on('line', (line) => {
    const { n, command } = JSON.parse(line) as { n: number; command: QueueCommand };
    store.run({ ...command, at: systemClock.now() }).then(
      (outcome) => socket.write(`${JSON.stringify({ n, ...outcome })}\n`),
      () => socket.destroy(),
    );
  });
});
server.listen(Number(port ?? 0), '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address !== 'string') process.stdout.write(`${address.port}\n`);
});
