import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDelivery, memorySecrets, migrations } from '../../main/delivery/index.ts';
import { openStore, systemClock } from '../../main/store/index.ts';
import { TRAINING_SECRET, TRAINING_USER } from '../../main/training/province/index.ts';
import { forkProvince, forkProxy } from '../delivery/processes.ts';
import { sampleDossier, sampleFile } from '../delivery/sample.ts';

const FILE_BYTES = 24 * 1024 * 1024;

/**
 * One large file through a line that is cut at random bytes. `resentBytesPerCut`: everything that went up the line beyond the file
 * itself (headers and questions included), per cut.
 */
export async function run(): Promise<Record<string, number | string>> {
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-resend-'));
  const province = await forkProvince(path.join(dir, 'province'), 3);
  const proxy = await forkProxy(province.port, 3);
  const store = openStore({ file: path.join(dir, 'quay.sqlite'), clock: systemClock, migrations });
  const base = `http://127.0.0.1:${proxy.port}`;
  const delivery = createDelivery({
    store,
    clock: systemClock,
    dataDir: dir,
    province: {
      adapter: 'lgsp',
      baseUrl: `${base}/lgsp`,
      gatewayUrl: `${base}/kho`,
      uploads: 'tus',
      agency: 'H15.50.05.13',
      retryCapMs: 100,
    },
    secrets: memorySecrets({ 'province.user': TRAINING_USER, 'province.secret': TRAINING_SECRET }),
    daily: null,
  });
  try {
    const file = sampleFile(dir, 'ban-ve.pdf', Buffer.alloc(FILE_BYTES, 'trang bản vẽ '));
    await proxy.set({ resets: 0.8, resetWithinBytes: 3_000_000 });
    store.transaction(() => delivery.enqueue(sampleDossier('d1', [file])));
    delivery.start();
    await delivery.drained(600_000);
    const counts = await proxy.counts();
    const [held] = await province.brief();
    return {
      fileBytes: FILE_BYTES,
      cuts: counts.cuts,
      arrived: held ? 1 : 0,
      resentBytesPerCut: counts.cuts === 0 ? 0 : Math.round((counts.bytesUp - FILE_BYTES) / counts.cuts),
    };
  } finally {
    await delivery.close();
    store.close();
    await proxy.close();
    await province.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
