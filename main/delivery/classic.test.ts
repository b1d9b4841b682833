import { afterEach, describe, expect, it } from 'vitest';
import { setup, type Bench } from '../../tests/delivery/setup.ts';
import { sampleDossier, sampleFile } from '../../tests/delivery/sample.ts';
import { createTransport, type Transport } from './transport.ts';

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

  it.each([401, 429, 422])('writes nothing twice when it was carried out and the answer was %i all the same', async (status) => {
    bench = await setup();
    const wire = createTransport({ allowHosts: ['127.0.0.1'] });
    const lied = new Set<string>();
    const transport: Transport = {
      async send(request) {
        const reply = await wire.send(request);
        const body = Buffer.isBuffer(request.body) ? request.body.toString() : '';
        const service = /"service":"(DongBoHoSoMC|CapNhatTienDoHoSoMC)"/.exec(body)?.[1];
        if (!service || lied.has(service)) return reply;
        lied.add(service);
        const said = { MaLoi: 'LOI', ThongBao: 'Chưa nhận.' };
        return { status, headers: { 'retry-after': '0' }, body: Buffer.from(JSON.stringify(said)) };
      },
      close: () => wire.close(),
    };
    const { classicUrl: baseUrl, gatewayUrl } = bench.province;
    const d = bench.open({ adapter: 'classic', baseUrl, gatewayUrl }, { transport });
    const dossier = sampleDossier('c1', [], { code: 'H15.50.05.13-261123-0042', provisionalCode: null });
    bench.store.transaction(() => d.enqueue(dossier));
    for (let i = 0; i < 3; i += 1) {
      await d.drained(20_000);
      // A person sends once more what was said to be refused.
      if (d.rows().rows[0]?.state === 'refused') bench.store.transaction(() => d.enqueue(dossier));
    }
    expect(lied.size).toBe(2);
    expect(d.summary().unsent).toBe(0);
    const kinds = bench.province.effects().map((e) => e.kind);
    expect(kinds.filter((kind) => kind === 'create')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'progress')).toHaveLength(1);
    expect(bench.province.holdings()[0]).toMatchObject({ status: 2, created: 1 });
    wire.close();
  });

  it('asks for a code where the province gives none', async () => {
    bench = await setup();
    const d = bench.open({ adapter: 'classic', baseUrl: bench.province.classicUrl, gatewayUrl: bench.province.gatewayUrl });
    bench.store.transaction(() => d.enqueue(sampleDossier('c2', [])));
    await d.drained(50_000);
    expect(d.rows().rows[0]).toMatchObject({ state: 'refused', remedy: { action: 'correct' } });
    expect(bench.province.count()).toBe(0);
  });
});
