import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleDossier, sampleFile } from '../../tests/delivery/sample.ts';
import { setup, type Bench } from '../../tests/delivery/setup.ts';
import { isRefusal } from '../contract/refusal.ts';
import { businessDay } from '../store/index.ts';
import type { Delivery } from './delivery.ts';
import { compare } from './reconcile.ts';
import type { RemoteNews } from './remote.ts';

let bench: Bench;
let d: Delivery;
const news: RemoteNews[] = [];
const DAY = businessDay(1_795_142_400_000);

async function sent(id: string): Promise<string> {
  bench.store.transaction(() => d.enqueue(sampleDossier(id, [sampleFile(bench.dir, `${id}.pdf`, Buffer.from(`tệp ${id}`))])));
  await d.drained(50_000);
  return d.desk.search(id)[0]?.officialCode ?? '';
}
beforeEach(async () => {
  bench = await setup();
  news.length = 0;
  d = bench.open({}, { onNews: (n) => news.push(n) });
});
afterEach(() => bench.close());

describe('what comes back', () => {
  it('hears a status, a result and a supplement request once each, with files that are whole', async () => {
    const code = await sent('b1');
    bench.province.troubles.set({ clockSkewMs: 3 * 3_600_000 });
    bench.province.decide(code, { kind: 'YeuCauBoSung', status: 5, text: 'Bổ sung giấy chứng sinh' });
    bench.province.decide(code, {
      kind: 'KetQua',
      status: 9,
      text: 'Đã có kết quả',
      file: { name: 'kq.pdf', bytes: Buffer.from('kết quả') },
    });
    bench.province.decide(code, { kind: 'ThanhToan', value: 'Đã thu', text: 'Đã thu' });
    await d.remote.poll();
    await d.remote.poll();
    expect(news.map((n) => [n.kind, n.dossierId])).toEqual([
      ['supplement-request', 'b1'],
      ['result', 'b1'],
      ['payment', 'b1'],
    ]);
    expect(d.remote.axes('b1').map((a) => [a.axis, a.value])).toEqual(
      expect.arrayContaining([
        ['business', '9'],
        ['money', 'Đã thu'],
      ]),
    );
    // Their clock runs three hours ahead; what we keep is corrected.
    expect(Math.abs((news[1]?.at ?? 0) - Date.now())).toBeLessThan(600_000);
    const inbox = d.remote.inbox(true);
    const result = inbox.find((i) => i.kind === 'result');
    expect(result?.files).toHaveLength(1);
    expect(d.remote.file(result?.id ?? '', result?.files[0]?.sha256 ?? '')?.path).toMatch(/^returned\/[0-9a-f]{64}\.pdf$/);
    expect(bench.store.transaction(() => d.remote.seen(result?.id ?? ''))).toBe(true);
    expect(d.remote.inbox(true)).toHaveLength(inbox.length - 1);
  });

  it('maps a provisional number once and for ever, finds both, and says that a new receipt can be printed', async () => {
    const code = await sent('b2');
    expect(code).toMatch(/^H15/);
    expect(d.desk.search('tamq3261123b2')[0]).toMatchObject({ officialCode: code, provisionalCode: 'TAM-Q3-261123-b2' });
    expect(d.remote.inbox(true, 'b2').map((i) => [i.kind, i.code])).toEqual([['official-code', code]]);
    expect(d.remote.inbox(true, 'b3')).toEqual([]);
    expect(d.desk.search(code.slice(-11).toLowerCase())[0]).toMatchObject({ dossierId: 'b2' });
    expect(isRefusal(d.mapProvisional('TAM-Q3-261123-b2', 'H15.50.05.13-261123-9999'))).toBe(true);
    expect(d.mapProvisional('TAM-Q3-261123-b2', code)).toEqual({ dossierId: 'b2' });
    expect(() => bench.store.db.prepare(`update delivery_dossier set official_code = 'X' where dossier_id = 'b2'`).run()).toThrow(
      /once and for ever/,
    );
  });

  it('compares a day both ways and settles each difference', async () => {
    const [lost, same, moved] = [await sent('r1'), await sent('r2'), await sent('r3')];
    bench.province.forget(lost);
    bench.store.transaction(() => d.enqueueStatus({ dossierId: 'r3', status: 4, at: Date.now(), text: 'Đang xử lý', by: { name: 'Mẫu' } }));
    await d.drained(50_000);
    bench.province.decide(moved, { kind: 'TrangThai', status: 8, text: 'Dừng' });
    const run = await d.reconcile(DAY);
    expect(run).toMatchObject({ ours: 3, theirs: 2, same: 1, differences: 2 });
    const open = d.reconciliation.differences(DAY, true);
    expect(new Set(open.map((x) => `${x.kind} ${x.code}`))).toEqual(new Set([`only-here ${lost}`, `status ${moved}`]));
    expect(d.summary().differences).toBe(2);
    expect(bench.store.db.prepare(`select state from delivery_item where dossier_id = 'r2'`).get()).toEqual({ state: 'reconciled' });
    expect(same).not.toBe(lost);
    const by = { id: 'o', name: 'Lê Thị Mẫu' };
    const settle = (kind: string, way: 'send-again' | 'take-theirs' | 'send-ours') =>
      bench.store.transaction(() => d.reconciliation.settle(open.find((x) => x.kind === kind)?.id ?? '', way, by, ''));
    expect(isRefusal(settle('only-here', 'take-theirs'))).toBe(true);
    expect(settle('only-here', 'send-again')).toMatchObject({ settledWay: 'send-again', settledBy: by.name });
    expect(settle('status', 'take-theirs')).toMatchObject({ settledWay: 'take-theirs' });
    expect(d.remote.axes('r3').find((a) => a.axis === 'business')?.value).toBe('8');
    await d.drained(50_000);
    expect(await d.reconcile(DAY)).toMatchObject({ same: 3, differences: 0 });
  });

  it('refuses to compare in words when the line is away', async () => {
    bench.province.troubles.set({ down: true });
    expect(isRefusal(await d.reconcile(DAY))).toBe(true);
  });

  it('records who looked a citizen up and why, even when nothing is found', async () => {
    const ask = { officer: { id: 'o1', name: 'Lê Thị Mẫu' }, dossierId: 'd9', idNumber: '001099000001' };
    expect(await d.lookUp({ ...ask, reason: 'Đăng ký khai sinh' })).toMatchObject({ person: { fullName: 'Nguyễn Thị Mẫu', sex: 'Nữ' } });
    expect(isRefusal(await d.lookUp({ ...ask, reason: ' ' }))).toBe(true);
    bench.province.troubles.set({ down: true });
    expect(isRefusal(await d.lookUp({ ...ask, reason: 'Kiểm tra' }))).toBe(true);
    expect(d.lookUps(10).map((r) => [r.officerName, r.reason, r.dossierId, r.outcome])).toEqual([
      ['Lê Thị Mẫu', 'Kiểm tra', 'd9', 'line'],
      ['Lê Thị Mẫu', 'Đăng ký khai sinh', 'd9', 'found'],
    ]);
    expect(JSON.stringify(bench.store.db.prepare('select * from delivery_lookup').all())).not.toContain('001099000001');
  });
});

describe('comparing', () => {
  it('finds each kind of difference', () => {
    const ours = [1, 2, 3, 4, 5].map((n) => ({ dossierId: `d${n}`, code: `C${n}`, key: `d${n}:1`, status: 2, files: ['a'] }));
    const there = (code: string, change: object = {}) => ({
      code,
      key: `d${code.slice(1)}:1`,
      revision: 1,
      status: 2,
      statusAt: null,
      files: ['a'],
      ...change,
    });
    const { found, same } = compare(ours, [
      there('C1'),
      there('C2', { status: 4 }),
      there('C3', { files: ['b'] }),
      there('C4'),
      there('C9', { key: 'd4:1' }),
      there('C7', { key: 'd7:1' }),
    ]);
    expect(same.map((o) => o.code)).toEqual(['C1']);
    expect(found.map((f) => [f.kind, f.code])).toEqual([
      ['status', 'C2'],
      ['files', 'C3'],
      ['twice', 'C4'],
      ['only-here', 'C5'],
      ['only-there', 'C7'],
    ]);
  });
});
