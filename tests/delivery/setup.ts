import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openStore, systemClock, type Clock, type Store } from '../../main/store/index.ts';
import { createProvince, TRAINING_SECRET, TRAINING_USER, type Province } from '../../main/training/province/index.ts';
import { createDelivery, type Acknowledged, type Delivery, type DeliveryDeps } from '../../main/delivery/delivery.ts';
import { migrations } from '../../main/delivery/migrations.ts';
import { seededRandom } from '../../main/delivery/backoff.ts';
import type { ProvinceConfigInput } from '../../main/delivery/config.ts';
import { memorySecrets } from '../../main/delivery/secrets.ts';

/** A store, a province on a socket and deliveries over them, in a folder that goes away. For the tests of this room. */
export interface Bench {
  readonly dir: string;
  readonly store: Store;
  readonly province: Province;
  readonly acks: Acknowledged[];
  /** A delivery that has started. Only one at a time sends from one store. */
  open(config?: Partial<ProvinceConfigInput>, deps?: Partial<DeliveryDeps>): Delivery;
  close(): Promise<void>;
}

export async function setup(options: { clock?: Clock; seed?: number } = {}): Promise<Bench> {
  const clock = options.clock ?? systemClock;
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-delivery-'));
  const store = openStore({ file: path.join(dir, 'quay.sqlite'), clock, migrations });
  const province = await createProvince({ port: 0, dir: path.join(dir, 'province'), clock, random: seededRandom(options.seed ?? 2) });
  const acks: Acknowledged[] = [];
  const opened: Delivery[] = [];
  return {
    dir,
    store,
    province,
    acks,
    open(config = {}, deps = {}) {
      const delivery = createDelivery({
        store,
        clock,
        dataDir: dir,
        province: { adapter: 'lgsp', baseUrl: province.lgspUrl, agency: 'H15.50.05.13', retryCapMs: 150, idleMs: 2_000, ...config },
        secrets: memorySecrets({ 'province.user': TRAINING_USER, 'province.secret': TRAINING_SECRET }),
        random: seededRandom(options.seed ?? 1),
        onAcknowledged: (a) => acks.push(a),
        daily: null,
        ...deps,
      });
      opened.push(delivery);
      delivery.start();
      return delivery;
    },
    async close() {
      for (const delivery of opened) await delivery.close();
      store.close();
      await province.close();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
