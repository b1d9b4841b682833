import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDelivery, memorySecrets, migrations } from '../../main/delivery/index.ts';
import { openStore, systemClock } from '../../main/store/index.ts';
import { TRAINING_SECRET, TRAINING_USER } from '../../main/training/province/index.ts';
import { forkProvince } from '../delivery/processes.ts';
import { sampleDossier } from '../delivery/sample.ts';
import { option } from './options.ts';

/**
 * 10,000 small dossiers (`--count N`) to a fast province in another process, each with its creation, its step and its status.
 * `peakRssMb`: the most that this process held, outbox and all.
 */
export async function run(options: { json: boolean; args: readonly string[] }): Promise<Record<string, number | string>> {
  const count = option(options.args, '--count', 10_000);
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-outbox-'));
  const province = await forkProvince(path.join(dir, 'province'), 1);
  const store = openStore({ file: path.join(dir, 'quay.sqlite'), clock: systemClock, migrations });
  const delivery = createDelivery({
    store,
    clock: systemClock,
    dataDir: dir,
    province: { adapter: 'lgsp', baseUrl: `http://127.0.0.1:${province.port}/lgsp`, agency: 'H15.50.05.13', parallel: 12 },
    secrets: memorySecrets({ 'province.user': TRAINING_USER, 'province.secret': TRAINING_SECRET }),
    daily: null,
  });
  let peak = 0;
  const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 50);
  try {
    const began = performance.now();
    for (let n = 0; n < count; n += 1) {
      const code = `H15.50.05.13-261120-${String(n).padStart(5, '0')}`;
      store.transaction(() => delivery.enqueue(sampleDossier(`d${n}`, [], { code, provisionalCode: null })));
      if (n % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const taken = performance.now();
    delivery.start();
    await delivery.drained(1_800_000);
    const done = performance.now();
    const held = await province.count();
    return {
      count,
      held,
      dossiersPerSecond: Math.round((count / (done - taken)) * 1000),
      takenPerSecond: Math.round((count / (taken - began)) * 1000),
      peakRssMb: Math.round(peak / 1024 / 1024),
    };
  } finally {
    clearInterval(watch);
    await delivery.close();
    store.close();
    await province.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
