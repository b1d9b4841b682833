import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fromVietnam } from '../store/index.ts';
import { CARD, HUYEN, must, openRoom, type Kit } from '../../tests/fixtures/dossier-room.ts';
import { createReports, csv, indicators, timeliness, type Facts } from './index.ts';

const AT = fromVietnam('2026-11-23', '09:44');
const fact = (over: Partial<Facts> = {}): Facts => ({
  procedureCode: '1.004859',
  procedure: 'Cải chính',
  business: 'returned',
  sync: 'acknowledged',
  channel: 'direct',
  receivedAt: AT,
  dueAt: AT + 4 * 86_400_000,
  finishedAt: AT + 86_400_000,
  returnedAt: null,
  fee: 25_000,
  paidAt: AT,
  paidBy: 'vietqr',
  components: 3,
  digitised: 3,
  reused: 1,
  resultSigned: true,
  stars: 5,
  supplements: 0,
  ...over,
});

describe('the rules of reports', () => {
  it('tells early, on time, late and open apart', () => {
    const due = fromVietnam('2026-11-27', '16:30');
    const at = (finishedAt: number | null, now = AT, business = 'processing') =>
      timeliness({ dueAt: due, finishedAt, returnedAt: null, business }, now);
    expect(at(fromVietnam('2026-11-26', '23:59'))).toBe('early');
    expect(at(fromVietnam('2026-11-27', '16:30'))).toBe('on-time');
    expect(at(fromVietnam('2026-11-27', '16:31'))).toBe('late');
    expect(at(null)).toBe('open');
    expect(at(null, due + 1)).toBe('late');
    expect(at(null, due + 1, 'supplement')).toBe('open');
    expect(at(null, due + 1, 'withdrawn')).toBe('open');
  });
  it('counts what officers control, and says nothing where there is nothing to count', () => {
    expect(indicators([], AT).every((i) => i.ratio === null && i.score === null && i.numerator === 0)).toBe(true);
    const by = new Map(
      indicators(
        [
          fact(),
          fact({ sync: 'queued', paidBy: 'cash', stars: 3, reused: 0, resultSigned: false, digitised: 1 }),
          fact({ business: 'withdrawn', stars: null }),
        ],
        AT,
      ).map((i) => [i.code, i]),
    );
    expect(by.get('DOSSIER_SYNC')).toMatchObject({ numerator: 1, denominator: 2, ratio: 0.5, score: 3 });
    expect(by.get('SO_HOA_GIAY_TO')).toMatchObject({ numerator: 4, denominator: 6 });
    expect(by.get('ONLINE_PAYMENT')).toMatchObject({ numerator: 1, denominator: 2 });
    expect(by.get('DOSSIER_RECEIVING_SATISFACTION')).toMatchObject({ numerator: 1, denominator: 2, score: 3.33 });
    expect(by.get('REUSED_DIGITIZED_DATA')?.score).toBe(1.25);
    const late = indicators([fact({ finishedAt: AT + 9 * 86_400_000 })], AT);
    expect(late.find((i) => i.code === 'DOSSIER_RECEIVING_SATISFACTION')?.numerator).toBe(0);
  });
  it('never gives more points than there are', () => {
    const any = fc.record({
      sync: fc.constantFrom('acknowledged', 'queued'),
      stars: fc.option(fc.integer({ min: 1, max: 5 })),
      fee: fc.nat(100),
      reused: fc.nat(3),
      components: fc.integer({ min: 3, max: 9 }),
      digitised: fc.nat(3),
    });
    fc.assert(
      fc.property(fc.array(any), (list) => {
        for (const i of indicators(
          list.map((o) => fact(o)),
          AT,
        )) {
          expect(i.numerator).toBeLessThanOrEqual(i.denominator);
          expect(i.score ?? 0).toBeLessThanOrEqual(i.maxScore);
        }
      }),
    );
  });
  it('writes CSV that reads back and that no spreadsheet executes', () => {
    expect(
      csv([
        ['a', 'b,"c"', 1],
        ['=1+1', '@x', 'xin\nchào'],
      ]),
    ).toBe('\uFEFFa,"b,""c""",1\r\n\'=1+1,\'@x,"xin\nchào"\r\n');
  });
});

describe('reports over real dossiers', () => {
  let kit: Kit;
  beforeEach(() => void (kit = openRoom({ start: AT })));
  afterEach(() => kit.close());
  const reports = () => {
    const { room, documents } = kit;
    return createReports({
      clock: kit.clock,
      documents,
      register: (...a) => room.register(...a),
      registerTotal: (y) => room.registerTotal(y),
      registerYears: () => room.registerYears(),
      facts: (...a) => room.facts(...a),
      touched: (...a) => room.touched(...a),
      statusText: (b) => b,
    });
  };
  const receive = async (n: number): Promise<string> => {
    const { room } = kit;
    const { id } = room.open(kit.id(), HUYEN, { ticket: null, channel: 'direct' });
    must(room.scanCard(kit.id(), id, HUYEN, { ...CARD, idNumber: `00119102${String(n).padStart(4, '0')}`, fullName: `Người thứ ${n}` }));
    must(room.chooseProcedure(kit.id(), id, HUYEN, '2.000635'));
    must(room.setPages(kit.id(), id, HUYEN, 'to-khai', [`page${n}`]));
    must(room.pay(kit.id(), id, HUYEN, { method: 'vietqr', amount: 8000 }));
    must(await room.accept(kit.id(), id, HUYEN, { wantsReceipt: false, duplicatesSeen: false }));
    return id;
  };
  it("keeps one book a year, numbered from 1 without gaps, and closes it at the year's end", async () => {
    for (let n = 1; n <= 3; n += 1) await receive(n);
    kit.clock.set(fromVietnam('2027-01-04', '08:00'));
    await receive(4);
    const room = reports();
    const old = room.register(2026, undefined, 2);
    expect(old).toMatchObject({ total: 3, years: [2027, 2026], closed: true });
    expect(old.rows.map((r) => r.number)).toEqual([3, 2]);
    expect(room.register(2026, 2, 9).rows.map((r) => r.number)).toEqual([1]);
    expect(room.register(2027, undefined, 9)).toMatchObject({ closed: false, rows: [{ number: 1, applicant: 'Người thứ 4' }] });
    for (const format of ['csv', 'json', 'pdf'] as const) {
      const link = await room.exportRegister(2026, format);
      const name = link.url.split('/').at(-1) ?? '';
      const bytes = readFileSync(`${kit.dir}/files/${name.slice(0, 2)}/${name}`);
      expect(link.size).toBe(bytes.length);
      if (format === 'csv') expect(bytes.toString().trim().split('\r\n')).toHaveLength(4);
      if (format === 'json')
        expect((JSON.parse(bytes.toString()) as { rows: { number: number }[] }).rows.map((r) => r.number)).toEqual([1, 2, 3]);
      if (format === 'pdf') expect(bytes.subarray(0, 5).toString()).toBe('%PDF-');
    }
  });
  it('gives the figures of a day and the indicators of a period', async () => {
    const [a] = [await receive(1), await receive(2)];
    must(kit.room.finish(kit.id(), a, HUYEN, 'ký tay'));
    must(
      await kit.room.handOver(kit.id(), a, HUYEN, {
        receiver: 'Người thứ 1',
        relation: 'chủ hồ sơ',
        method: 'counter',
        originalsReturned: true,
      }),
    );
    must(kit.room.rate(kit.id(), a, { stars: 5 }));
    kit.clock.set(fromVietnam('2026-11-23', '17:00'));
    const day = reports().day();
    expect(day).toMatchObject({
      day: '2026-11-23',
      received: 2,
      returned: 1,
      finished: 1,
      open: 1,
      overdue: 1,
      feesCollected: 16_000,
      byProcedure: [{ code: '2.000635', received: 2 }],
    });
    // Over the fall-back, which reads the year, the figures are the same.
    const { room, documents } = kit;
    const whole = createReports({
      clock: kit.clock,
      documents,
      register: () => [],
      registerTotal: () => 0,
      registerYears: () => [],
      facts: (...a) => room.facts(...a),
      statusText: (b) => b,
    });
    expect(whole.day()).toEqual(day);
    kit.clock.set(fromVietnam('2026-11-25', '09:00'));
    expect(reports().day()).toMatchObject({ received: 0, open: 1, overdue: 1, feesCollected: 0 });
    kit.clock.set(fromVietnam('2026-11-23', '17:00'));
    const { indicators: list } = reports().indicators('2026-11-01', '2026-11-30');
    expect(list.find((i) => i.code === 'ON_TIME')).toMatchObject({ numerator: 1, denominator: 2 });
    expect(list.find((i) => i.code === 'SO_HOA_GIAY_TO')).toMatchObject({ numerator: 2, denominator: 2 });
    expect(reports().indicators('2025-01-01', '2025-12-31').indicators[0]).toMatchObject({ denominator: 0, ratio: null });
  });
});
