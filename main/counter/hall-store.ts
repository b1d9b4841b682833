import path from 'node:path';
import { postgresQueueStore, sqliteQueueStore, type QueueStore, type Site } from '../queue/index.ts';
import type { Store } from '../store/index.ts';
import type { StationConfig } from './config.ts';

/**
 * Where the queue lives: the station's own database, or the PostgreSQL that several hubs share.
 * @throws HallAway when that does not answer
 */
export async function hallStore(options: {
  hall: StationConfig['hall'];
  site: Site;
  training: boolean;
  store: Store;
  dataDir: string;
  onError: (error: unknown) => void;
}): Promise<QueueStore> {
  const { hall, site, training, store, dataDir, onError } = options;
  if (!hall) return sqliteQueueStore({ store, site });
  return postgresQueueStore({
    url: hall.postgres,
    // hubs that rehearse share a hall of their own, never the citizens'
    site: training ? { ...site, id: `rehearsal-${site.id}` } : site,
    clock: store.clock,
    witness: path.join(dataDir, 'hall.numbers'),
    patienceMs: hall.patienceSeconds * 1000,
    onError,
  });
}
