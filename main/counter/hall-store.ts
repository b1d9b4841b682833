import path from 'node:path';
import { postgresQueueStore, sqliteQueueStore, type QueueStore, type Site } from '../queue/index.ts';
import type { Clock, Store } from '../store/index.ts';
import type { StationConfig } from './config.ts';

/**
 * Where the queue lives, and whose time it keeps: the station's own database and clock, or those of the PostgreSQL that several
 * hubs share.
 * @throws HallAway when that does not answer
 */
export async function hallStore(options: {
  hall: StationConfig['hall'];
  site: Site;
  training: boolean;
  store: Store;
  dataDir: string;
  onError: (error: unknown) => void;
}): Promise<{ store: QueueStore; clock: Clock }> {
  const { hall, site, training, store, dataDir, onError } = options;
  if (!hall) return { store: sqliteQueueStore({ store, site }), clock: store.clock };
  const shared = await postgresQueueStore({
    url: hall.postgres,
    // hubs that rehearse share a hall of their own, never the citizens'
    site: training ? { ...site, id: `rehearsal-${site.id}` } : site,
    clock: store.clock,
    witness: path.join(dataDir, 'hall.numbers'),
    patienceMs: hall.patienceSeconds * 1000,
    onError,
  });
  return { store: shared, clock: shared.clock };
}
