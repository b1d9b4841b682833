import { afterEach, describe, expect, it } from 'vitest';
import { setup, type Bench } from '../../tests/delivery/setup.ts';
import { sampleDossier, sampleFile } from '../../tests/delivery/sample.ts';

let bench: Bench;
afterEach(() => bench.close());

describe('delivery to the classic interface', () => {
  it('inserts with links, reports the step, then updates with status and result', async () => {
    bench = await setup();
    const d = bench.open({ adapter: 'classic', baseUrl: bench.province.classicUrl, gatewayUrl: bench.province.gatewayUrl });
    const file = sampleFile(bench.dir, 'to-khai.pdf', Buffer.alloc(700_000, 7));
    const result = sampleFile(bench.dir, 'ket-qua.pdf', Buffer.from('kết quả'));
    const code = 'H15.50.05.13-261123-0042';
    bench.store.transaction(() => {
      d.enqueue(sampleDossier('c1', [file], { code, provisionalCode: null }));
      d.enqueueStatus({
        dossierId: 'c1',
        status: 10,
        at: 1_795_150_000_000,
        text: 'Đã trả kết quả',
        by: { name: 'Lê Thị Mẫu' },
        results: [{ code: 'KQ1', name: 'Giấy khai sinh', file: result }],
      });
    });
    await d.drained(50_000);
    const [held] = bench.province.holdings();
    expect(held).toMatchObject({ code, created: 1, status: 10, source: 'classic' });
    expect(held?.body).toMatchObject({ LoaiDoiTuong: '1', NgayTiepNhan: expect.stringMatching(/^\d{14}$/) as string });
    expect(held?.files.map((f) => f.sha256)).toEqual([file.sha256]);
    expect(held?.results.map((f) => f.sha256)).toEqual([result.sha256]);
    expect(held?.progress).toHaveLength(2);
  });

  it('asks for a code where the province gives none', async () => {
    bench = await setup();
    const d = bench.open({ adapter: 'classic', baseUrl: bench.province.classicUrl, gatewayUrl: bench.province.gatewayUrl });
    bench.store.transaction(() => d.enqueue(sampleDossier('c2', [])));
    await d.drained(50_000);
    expect(d.rows().rows[0]).toMatchObject({ state: 'refused', todo: { action: 'correct' } });
    expect(bench.province.count()).toBe(0);
  });
});
