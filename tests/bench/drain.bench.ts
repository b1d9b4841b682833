import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDelivery, memorySecrets, migrations } from '../../main/delivery/index.ts';
import { openStore, systemClock } from '../../main/store/index.ts';
import { TRAINING_SECRET, TRAINING_USER } from '../../main/training/province/index.ts';
import { forkProvince, forkProxy } from '../delivery/processes.ts';
import { sampleDossier, sampleFile } from '../delivery/sample.ts';
import { option } from './options.ts';

const FILE_BYTES = 3_200_000;
const LINE_BITS = 10_000_000;
const WHOLE = 400;

const p99 = (list: number[]) => [...list].sort((a, b) => a - b)[Math.floor(list.length * 0.99)] ?? 0;

/**
 * A day without a line: dossiers of 3.2 MB wait, then leave over 10 Mbit/s, while an officer goes on working (a write with its
 * event, fifty a second). `--count N`; 16 unless told, which has the same shape as 400 and takes under a minute.
 * `lineRatio`: time that the bare bytes need on the line, over the time it took. `deskP99WorseMs`: how much longer one in a hundred of
 * the officer's writes takes than in the quiet before.
 */
export async function run(options: { json: boolean; args: readonly string[] }): Promise<Record<string, number | string>> {
  const count = option(options.args, '--count', 16);
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-drain-'));
  const province = await forkProvince(path.join(dir, 'province'), 1);
  const proxy = await forkProxy(province.port, 1);
  await proxy.set({ bitsPerSecond: LINE_BITS });
  const store = openStore({
    file: path.join(dir, 'quay.sqlite'),
    clock: systemClock,
    migrations: [
      ...migrations,
      { room: 'desk', number: 1, name: 'desk', sql: 'create table desk (n integer primary key, at integer) strict;' },
    ],
  });
  const base = `http://127.0.0.1:${proxy.port}`;
  const delivery = createDelivery({
    store,
    clock: systemClock,
    dataDir: dir,
    province: { adapter: 'lgsp', baseUrl: `${base}/lgsp`, gatewayUrl: `${base}/kho`, uploads: 'tus', agency: 'H15.50.05.13' },
    secrets: memorySecrets({ 'province.user': TRAINING_USER, 'province.secret': TRAINING_SECRET }),
    daily: null,
  });
  for (let n = 0; n < count; n += 1) {
    const bytes = Buffer.alloc(FILE_BYTES, `trang ${n} `);
    store.transaction(() => delivery.enqueue(sampleDossier(`d${n}`, [sampleFile(dir, `scan-${n}.pdf`, bytes)])));
  }
  let late: number[] = [];
  const insert = store.db.prepare('insert into desk (at) values (?)');
  let due = performance.now() + 20;
  const desk = setInterval(() => {
    store.transaction(() => {
      insert.run(Date.now());
      store.emit('desk', 'work', {});
    });
    // From when the officer pressed to when it was written: waiting for the loop counts.
    late.push(performance.now() - due);
    due = Math.max(performance.now(), due) + 20;
  }, 20);
  try {
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    const quiet = p99(late);
    late = [];
    const started = performance.now();
    delivery.start();
    await delivery.drained(7_200_000);
    const ms = performance.now() - started;
    const busy = p99(late);
    const ideal = (count * FILE_BYTES * 8000) / LINE_BITS;
    return {
      count,
      scaledFrom: count === WHOLE ? 'full size' : `${count} of ${WHOLE} dossiers, same shape`,
      drainMinutes: Number((ms / 60_000).toFixed(3)),
      lineRatio: Number((ideal / ms).toFixed(3)),
      deskQuietP99Ms: Number(quiet.toFixed(1)),
      deskP99Ms: Number(busy.toFixed(1)),
      deskP99WorseMs: Number((busy - quiet).toFixed(1)),
    };
  } finally {
    clearInterval(desk);
    await delivery.close();
    store.close();
    await proxy.close();
    await province.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
