import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createDelivery, memorySecrets, migrations } from '../../main/delivery/index.ts';
import { openStore, systemClock } from '../../main/store/index.ts';
import { TRAINING_SECRET, TRAINING_USER } from '../../main/training/province/index.ts';
import { sampleDossier, sampleFile } from './sample.ts';

/** A counter whose disk is really full when it begins to send: `node disk-process.ts DIR PORT COUNT`. Answers over IPC what it said and did. */
const [dir = '', port = '0', count = '10'] = process.argv.slice(2);
const store = openStore({ file: path.join(dir, 'quay.sqlite'), clock: systemClock, migrations });
const delivery = createDelivery({
  store,
  clock: systemClock,
  dataDir: dir,
  province: { adapter: 'lgsp', baseUrl: `http://127.0.0.1:${port}/lgsp`, agency: 'H15.50.05.13', retryCapMs: 100 },
  secrets: memorySecrets({ 'province.user': TRAINING_USER, 'province.secret': TRAINING_SECRET }),
  daily: null,
});
for (let n = 0; n < Number(count); n += 1) {
  const file = sampleFile(dir, `a-${n}.pdf`, Buffer.alloc(2_000, `${n} `));
  store.transaction(() => delivery.enqueue(sampleDossier(`d${n}`, [file])));
}
store.db.pragma('wal_checkpoint(TRUNCATE)');

/** Takes every free block, the small ones too. */
const ballast = path.join(dir, 'ballast');
function fill(): void {
  for (const [name, bytes] of [
    ['large', 262_144],
    ['small', 1_024],
  ] as const) {
    for (let room = true; room;) {
      try {
        writeFileSync(`${ballast}-${name}`, Buffer.alloc(bytes, 1), { flag: 'a' });
      } catch {
        room = false;
      }
    }
  }
}
fill();
const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
delivery.start();
for (let i = 0; i < 400 && delivery.health().local === null; i += 1) await wait(25);
const row = delivery.rows().rows[0];
const said = {
  local: delivery.health().local?.reasonCode ?? null,
  why: row?.why.vi ?? '',
  remedy: row?.remedy.action ?? '',
  unsent: delivery.summary().unsent,
};
let refused = '';
try {
  store.transaction(() => delivery.enqueue(sampleDossier('later', [], { summary: 'x'.repeat(60_000) })));
} catch (error) {
  refused = (error as { code?: string }).code ?? String(error);
}
for (const name of ['large', 'small']) rmSync(`${ballast}-${name}`, { force: true });
delivery.hurry();
await delivery.drained(60_000);
const left = delivery.summary().unsent;
await delivery.close();
store.close();
process.send?.({ said, refused, left }, () => process.exit(0));
