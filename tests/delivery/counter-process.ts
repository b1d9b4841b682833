import path from 'node:path';
import { createDelivery } from '../../main/delivery/delivery.ts';
import { migrations } from '../../main/delivery/migrations.ts';
import { memorySecrets } from '../../main/delivery/secrets.ts';
import { seededRandom } from '../../main/delivery/backoff.ts';
import { planted, type Plant } from './plants.ts';
import { createTransport, type Transport } from '../../main/delivery/transport.ts';
import { openStore, systemClock } from '../../main/store/index.ts';
import { TRAINING_SECRET, TRAINING_USER } from '../../main/training/province/index.ts';
import { classicCode, sampleDossier, sampleFile } from './sample.ts';

/** A counter as a process of its own, so that it can be killed. It makes `count` dossiers, each in one transaction with its outbox row. */
export interface CounterJob {
  dir: string;
  port: number;
  seed: number;
  /** First number and how many dossiers it makes in all; those that are there already are not made again. */
  from: number;
  count: number;
  /** Bytes of each of its two files. */
  fileBytes: number;
  /** Makes a result and status 10 for each as well. */
  withResult: boolean;
  /** Dies by SIGKILL at this point (1, 2, ...), counted over requests and commits; 0: never. */
  killAt: number;
  parallel: number;
  uploads: 'whole' | 'tus';
  /** Default: the LGSP-style interface. */
  adapter?: 'lgsp' | 'classic';
  /** PEM file of the CA; then it speaks TLS, and only to who is certified by it. */
  caFile?: string;
  /** Bytes per second that the files may take; none: as fast as it goes. */
  bytesPerSecond?: number;
  /** A bug on purpose, for proving that the judge sees it. */
  plant?: Plant;
}

const job = JSON.parse(process.argv[2] ?? '{}') as CounterJob;
let points = 0;
/** A place where the power may go. */
function point(): void {
  points += 1;
  if (points === job.killAt) process.kill(process.pid, 'SIGKILL');
}

const store = openStore({
  file: path.join(job.dir, 'quay.sqlite'),
  clock: systemClock,
  migrations: [...migrations, { room: 'made', number: 1, name: 'made', sql: 'create table made (n integer primary key) strict;' }],
});
if (job.killAt > 0) {
  const commit = store.transaction.bind(store);
  store.transaction = (work) => {
    const inner = store.db.inTransaction;
    if (!inner) point();
    const result = commit(() => {
      const value = work();
      if (!inner) point(); // inside, before the commit
      return value;
    });
    if (!inner) point();
    return result;
  };
}
const bare = createTransport({
  allowHosts: ['127.0.0.1'],
  idleMs: 3_000,
  sockets: job.parallel + 3,
  ...(job.caFile ? { tls: { caFile: job.caFile } } : {}),
});
const wire = job.plant ? planted(job.plant, bare) : bare;
const transport: Transport = {
  async send(request) {
    if (job.killAt > 0) point();
    const reply = await wire.send(request);
    if (job.killAt > 0) point();
    return reply;
  },
  close: () => wire.close(),
};
const random = seededRandom(job.seed);
const base = `${job.caFile ? 'https' : 'http'}://127.0.0.1:${job.port}`;
const adapter = job.adapter ?? 'lgsp';
const delivery = createDelivery({
  store,
  clock: systemClock,
  dataDir: job.dir,
  province: {
    adapter,
    baseUrl: `${base}/${adapter === 'lgsp' ? 'lgsp' : 'dvcqg'}`,
    gatewayUrl: `${base}/kho`,
    uploads: job.uploads,
    agency: 'H15.50.05.13',
    parallel: job.parallel,
    retryCapMs: 100,
    idleMs: 3_000,
    bulk: { largeBytes: 100_000, bytesPerSecond: job.bytesPerSecond ?? null },
  },
  secrets: memorySecrets({ 'province.user': TRAINING_USER, 'province.secret': TRAINING_SECRET }),
  transport,
  random,
  daily: null,
});
const { outbox, sender } = delivery.parts;
delivery.start();

function dossier(n: number) {
  const bytes = (k: number) => Buffer.alloc(job.fileBytes, `${n}/${k} `);
  const files = job.fileBytes > 0 ? [sampleFile(job.dir, `a-${n}.pdf`, bytes(1)), sampleFile(job.dir, `b-${n}.pdf`, bytes(2))] : [];
  // The classic interface gives no numbers: the counter's own stands.
  return sampleDossier(`d${n}`, files, adapter === 'classic' ? { code: classicCode(n), provisionalCode: null } : {});
}
const made = store.db.prepare('select 1 from made where n = ?');
const make = store.db.prepare('insert into made (n) values (?)');
for (let n = job.from; n < job.from + job.count; n += 1) {
  if (made.get(n)) continue;
  const content = dossier(n);
  const result = job.withResult ? sampleFile(job.dir, `kq-${n}.pdf`, Buffer.from(`kết quả ${n}`)) : null;
  store.transaction(() => {
    make.run(n);
    delivery.enqueue(content);
    if (result)
      delivery.enqueueStatus({
        dossierId: `d${n}`,
        status: 10,
        at: 1_795_150_000_000 + n,
        text: 'Đã trả kết quả',
        by: { name: 'Lê Thị Mẫu' },
        results: [{ code: 'KQ1', name: 'Kết quả', file: result }],
      });
  });
  if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
}

// The officer: signs in when asked, sends what was returned once more.
let signing = false;
const officer = setInterval(() => {
  if (sender.line().word === 'sign-in' && !signing) {
    signing = true;
    void delivery.desk.signIn(undefined, undefined).finally(() => (signing = false));
  }
  // Somebody looks into a strange certificate and tries again.
  if (sender.line().word === 'certificate') sender.hurry();
  for (const item of outbox.listHeld(50)) {
    const content = JSON.parse(item.content) as { dossier: Parameters<typeof delivery.enqueue>[0] | null };
    store.transaction(() => {
      if (item.kind === 'dossier' && content.dossier) delivery.enqueue(content.dossier);
      else outbox.reopen(item.seq);
    });
    sender.pump();
  }
  if (outbox.counts().unsent === 0 && sender.idle()) {
    clearInterval(officer);
    process.send?.({ done: true, points });
    void delivery.close().then(() => {
      store.close();
      process.disconnect();
    });
  }
}, 20);
