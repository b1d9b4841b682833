import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRefusal } from '../contract/refusal.ts';
import { businessDay, openStore, systemClock, type Store } from '../store/index.ts';
import { createProvince, TRAINING_SECRET, TRAINING_USER, type Province } from '../training/province/index.ts';
import {
  createDelivery,
  memorySecrets,
  migrations,
  seededRandom,
  type Acknowledged,
  type Delivery,
  type ProvinceConfigInput,
} from './index.ts';
import { sampleDossier, sampleFile } from '../../tests/delivery/sample.ts';

let dir: string;
let store: Store;
let province: Province;
let delivery: Delivery | null;
const acks: Acknowledged[] = [];

function open(config: Partial<ProvinceConfigInput> = {}): Delivery {
  delivery = createDelivery({
    store,
    clock: systemClock,
    dataDir: dir,
    province: { adapter: 'lgsp', baseUrl: province.lgspUrl, agency: 'H15.50.05.13', retryCapMs: 200, idleMs: 1_000, ...config },
    secrets: memorySecrets({ 'province.user': TRAINING_USER, 'province.secret': TRAINING_SECRET }),
    random: seededRandom(1),
    onAcknowledged: (a) => acks.push(a),
  });
  delivery.start();
  return delivery;
}

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'quay-delivery-'));
  store = openStore({ file: path.join(dir, 'quay.sqlite'), clock: systemClock, migrations });
  province = await createProvince({ port: 0, dir: path.join(dir, 'province'), clock: systemClock, random: seededRandom(2) });
  acks.length = 0;
  delivery = null;
});
afterEach(async () => {
  await delivery?.close();
  store.close();
  await province.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('delivery to the LGSP-style province', () => {
  it('delivers a dossier with its files, gives it its official code and reports the reception', async () => {
    const d = open();
    const file = sampleFile(dir, 'to-khai.pdf', Buffer.from('%PDF-1.7 mẫu'));
    const put = store.transaction(() => d.enqueue(sampleDossier('d1', [file])));
    expect(put).toMatchObject({ revision: 1, key: 'd1:1' });
    await d.drained(50_000);
    const [held, ...more] = province.holdings();
    expect(more).toEqual([]);
    expect(held).toMatchObject({ key: 'd1:1', created: 1, status: 2, source: 'lgsp' });
    expect(held?.files.map((f) => f.sha256)).toEqual([file.sha256]);
    expect(held?.progress).toHaveLength(1);
    expect(acks).toEqual([expect.objectContaining({ dossierId: 'd1', officialCode: held?.code, provisionalCode: 'TAM-Q3-261123-d1' })]);
    expect(province.effects().map((e) => e.kind)).toEqual(['file', 'create', 'progress', 'status']);
  });

  it('sends the signed result with status 10 after the dossier', async () => {
    const d = open();
    const result = sampleFile(dir, 'ket-qua.pdf', Buffer.from('%PDF-1.7 kết quả đã ký'));
    store.transaction(() => {
      d.enqueue(sampleDossier('d1', []));
      d.enqueueStatus({
        dossierId: 'd1',
        status: 10,
        at: 1_795_150_000_000,
        text: 'Đã trả kết quả',
        by: { name: 'Lê Thị Mẫu' },
        results: [{ code: 'KQ.G15.000032', name: 'Giấy khai sinh', file: result }],
      });
    });
    await d.drained(50_000);
    const held = province.holdings()[0];
    expect(held?.status).toBe(10);
    expect(held?.results.map((f) => f.sha256)).toEqual([result.sha256]);
  });

  it('gives the next code quickly, and a refusal when the province is away', async () => {
    const d = open();
    const got = await d.nextDossierCode('H15.50.05.13');
    expect(got).toMatchObject({ code: expect.stringMatching(/^H15\.50\.05\.13-\d{6}-0001$/) as string });
    province.troubles.set({ slowMs: 5_000 });
    expect(isRefusal(await d.nextDossierCode('H15.50.05.13', { timeoutMs: 100 }))).toBe(true);
    province.troubles.clear();
  });

  it('undoes everything with the transaction of the caller', async () => {
    const d = open();
    expect(() =>
      store.transaction(() => {
        d.enqueue(sampleDossier('d1', []));
        throw new Error('no');
      }),
    ).toThrow('no');
    await d.drained(1_000);
    expect(d.summary().unsent).toBe(0);
    expect(province.count()).toBe(0);
  });

  it('wastes no number when the answer at the acceptance was lost', async () => {
    const d = open();
    province.troubles.set({ dropReplies: 1 });
    const dossier = sampleDossier('d1', []);
    const asked = { dossierId: 'd1', day: businessDay(dossier.receivedAt), timeoutMs: 700 };
    expect(isRefusal(await d.nextDossierCode('H15.50.05.13', asked))).toBe(true);
    province.troubles.clear();
    store.transaction(() => d.enqueue(dossier));
    d.hurry();
    await d.drained(50_000);
    const next = await d.nextDossierCode('H15.50.05.13', { dossierId: 'd2', day: asked.day });
    const number = (code: string) => Number(code.slice(-4));
    expect(number(isRefusal(next) ? '' : next.code)).toBe(number(province.holdings()[0]?.code ?? '') + 1);
  });
});
