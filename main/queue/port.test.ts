import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe } from 'vitest';
import { part } from '../../tests/parts.ts';
import { postgresBinary, startPostgres, type RealPostgres } from '../../tests/soak/queue/postgres.ts';
import { openStore, systemClock, type Store } from '../store/index.ts';
import { migrations, postgresQueueStore, sqliteQueueStore, trainingSite, type QueueStore, type Site } from './index.ts';
import { portSuite } from './port.suite.ts';

describe('the SQLite store', () => {
  let dir: string;
  let open: { store: Store; port: QueueStore }[] = [];
  beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-port-'))));
  afterEach(async () => {
    for (const { store, port } of open) {
      await port.close();
      store.close();
    }
    open = [];
    rmSync(dir, { recursive: true, force: true });
  });
  portSuite(
    () => ({
      async open(site: Site = trainingSite) {
        const store = openStore({ file: path.join(dir, 'queue.sqlite'), clock: systemClock, migrations });
        const port = sqliteQueueStore({ store, site });
        open.push({ store, port });
        return port;
      },
    }),
    false,
  );
});

const real = part(postgresBinary());
// seconds on a free machine
describe.skipIf(!real)('the PostgreSQL store', { timeout: 240_000 }, () => {
  let server: RealPostgres;
  let open: QueueStore[] = [];
  let hall = 0;
  beforeAll(async () => void (server = await startPostgres({ fsync: false })), 240_000);
  afterAll(async () => server?.stop());
  beforeEach(() => void (hall += 1));
  afterEach(async () => {
    for (const port of open) await port.close();
    open = [];
  });
  portSuite(
    () => ({
      async open(site: Site = trainingSite) {
        // a hall of its own per test; the halls share the database, as sites of one province may
        const port = await postgresQueueStore({ url: server.url, site: { ...site, id: `hall-${hall}` }, clock: systemClock });
        open.push(port);
        return port;
      },
    }),
    true,
  );
});
