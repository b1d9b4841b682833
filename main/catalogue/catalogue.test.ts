import fc from 'fast-check';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fold } from '../contract/fold.ts';
import { catalogueProblem, dueDateView, feesView, procedureHit, procedureView } from '../contract/catalogue.ts';
import { isRefusal } from '../contract/refusal.ts';
import { fromVietnam, manualClock, openStore, type Store } from '../store/index.ts';
import { amountOf } from './fees.ts';
import { catalogueMigrations, checkCatalogue, computeFees, createCatalogue, loadCatalogue } from './index.ts';

const data = loadCatalogue(path.join(import.meta.dirname, '../../resources/catalogue'));
const clock = manualClock(fromVietnam('2026-11-23', '09:44'));
let store: Store;
beforeEach(() => void (store = openStore({ file: ':memory:', clock, migrations: catalogueMigrations })));
afterEach(() => store.close());
const room = (usage: Record<string, number> = {}) =>
  createCatalogue({ store, clock, source: data, usage: () => new Map(Object.entries(usage)) });
const input = (over: object = {}) => ({ quantities: {}, exemptions: [], vneidLevel2: false, ...over });
const ok = <T>(value: T): Exclude<T, { refused: string }> => {
  if (isRefusal(value)) throw new Error(value.en);
  return value as Exclude<T, { refused: string }>;
};

describe('the catalogue that comes with Quầy', () => {
  it('holds the procedures of the reference, each with components, limit, agency and a basis', () => {
    const codes = new Set(data.procedures.map((p) => p.code));
    for (const code of [
      '2.000815',
      '2.000884',
      '2.001035',
      '2.001019',
      '2.000908',
      '1.001193',
      '1.004884',
      '1.000689',
      '1.000894',
      '2.000806',
    ])
      expect(codes.has(code), code).toBe(true);
    for (const code of [
      '1.004873',
      '1.000656',
      '2.000635',
      '1.004859',
      '1.001022',
      '1.004837',
      '1.004746',
      '1.005461',
      '1.004222',
      '1.004194',
    ])
      expect(codes.has(code), code).toBe(true);
    for (const code of [
      '1.001612',
      '2.000720',
      '1.001699',
      '1.001776',
      '1.001731',
      '1.011606',
      '1.012787',
      '1.013978',
      '1.013831',
      '2.002913',
    ])
      expect(codes.has(code), code).toBe(true);
    expect(data.faults.map((f) => f.code)).toEqual(['pending:cap-doi-can-cuoc-2026']);
  });
  it('answers in the words of the contract, for every procedure', () => {
    const catalogue = room();
    for (const p of data.procedures) {
      procedureView.parse(ok(catalogue.procedure(p.code)));
      for (const c of p.cases) dueDateView.parse(ok(catalogue.dueDate(p.code, c.id, clock.now())));
      for (const channel of ['direct', 'post', 'assisted-online'] as const)
        feesView.parse(ok(catalogue.fees(p.code, channel, clock.now(), input())));
    }
  });
});

describe('search', () => {
  it('finds without diacritics, with đ, by alias and by code, and marks what matched', () => {
    const catalogue = room();
    const first = (text: string) => catalogue.search(text, 10).items[0];
    const hit = procedureHit.parse(first('cai chinh ho tich'));
    expect(hit.code).toBe('1.004859');
    expect(hit.highlights.map((h) => hit.name.slice(h.start, h.start + h.length))).toEqual(['cải chính', 'hộ tịch']);
    expect(first('dang ky khai sinh')?.code).toBe('1.001193');
    expect(first('ĐĂNG KÝ THƯỜNG TRÚ')?.code).toBe('1.004222');
    expect(first('doc than')?.code).toBe('1.004873');
    expect(first('2.000815')?.code).toBe('2.000815');
    expect(first('2000815')?.code).toBe('2.000815');
    expect(catalogue.search('xyz khong co', 10).items).toEqual([]);
  });
  it('puts first what this counter uses, and lists everything when nothing is typed', () => {
    const catalogue = room({ '1.000656': 40, '2.000815': 90 });
    expect(
      catalogue
        .search('', 3)
        .items.map((i) => i.code)
        .slice(0, 2),
    ).toEqual(['2.000815', '1.000656']);
    expect(catalogue.search('', 50).total).toBe(data.procedures.length);
    expect(room({ '1.004884': 9 }).search('khai sinh', 5).items[0]?.code).toBe('1.004884');
  });
  it('folds to the same length, so that a mark never slips', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (s) => {
        const nfc = s.normalize('NFC');
        expect(fold(s)).toHaveLength(nfc.length);
        expect(fold(fold(s))).toBe(fold(s));
      }),
    );
    expect(fold('Đặng Thị Hường')).toBe('dang thi huong');
    expect(fold('Đặng Thị Hường'.normalize('NFD'))).toBe('dang thi huong');
  });
});

describe('fees', () => {
  const fees = (code: string, over: object = {}, channel: 'direct' | 'assisted-online' = 'direct', at = clock.now()) =>
    ok(room().fees(code, channel, at, input(over)));
  it('certifies copies by page of the original: 2,000, then 1,000 from page three, at most 200,000 a copy', () => {
    const copies = (pages: number, n: number) => fees('2.000815', { quantities: { pages, copies: n } }).due;
    expect([copies(1, 1), copies(2, 1), copies(3, 1), copies(10, 2)]).toEqual([2000, 4000, 5000, 24000]);
    expect(copies(198, 1)).toBe(200_000);
    expect(copies(500, 3)).toBe(600_000);
  });
  it('keeps the ceiling and grows with pages, whatever the numbers', () => {
    const rule = data.procedures.find((p) => p.code === '2.000815')?.fees[0]?.rule;
    if (!rule) throw new Error('no fee rule');
    fc.assert(
      fc.property(fc.nat(2000), fc.nat(50), (pages, copies) => {
        const at = (p: number, c: number) => amountOf(rule, (key) => (key === 'pages' ? p : c)).full;
        expect(at(pages, copies)).toBeLessThanOrEqual(200_000 * copies);
        expect(at(pages + 1, copies)).toBeGreaterThanOrEqual(at(pages, copies));
        expect(at(pages, copies)).toBe(copies * at(pages, 1));
      }),
    );
  });
  it('waives the copies of civil-status extracts for VNeID level 2, between its two days only', () => {
    const view = fees('1.004859', { quantities: { copies: 3 }, vneidLevel2: true });
    expect(view.lines.map((l) => [l.full, l.due])).toEqual([
      [25_000, 25_000],
      [24_000, 0],
    ]);
    expect(view.lines[1]?.computation).toBe('3 bản × 8.000 đ');
    expect(view.lines[1]?.reductions[0]?.basis).toContain('117/2026');
    expect(view.due).toBe(25_000);
    expect(fees('2.000635', { vneidLevel2: true }, 'direct', fromVietnam('2027-02-28', '23:00')).due).toBe(0);
    expect(fees('2.000635', { vneidLevel2: true }, 'direct', fromVietnam('2027-03-01', '08:00')).due).toBe(8000);
    expect(fees('2.000635', { vneidLevel2: true }, 'direct', fromVietnam('2026-08-14', '08:00')).due).toBe(8000);
  });
  it('takes another sum online, an exemption with its proof, and says when a claim does not exist', () => {
    expect(fees('1.001612').due).toBe(100_000);
    expect(fees('1.001612', {}, 'assisted-online').due).toBe(0);
    const exempt = fees('1.004873', { exemptions: ['ho-ngheo'] });
    expect(exempt.due).toBe(0);
    expect(exempt.lines[0]?.reductions[0]?.proof).toContain('hộ nghèo');
    expect(fees('1.004873', { exemptions: ['khong-co'] }).warnings).toHaveLength(1);
  });
  it('never charges more than the full sum nor less than nothing, and adds no two reductions', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...data.procedures),
        fc.nat(30),
        fc.nat(30),
        fc.boolean(),
        fc.boolean(),
        (p, pages, copies, vneid, claimAll) => {
          const exemptions = claimAll ? p.reductions.map((r) => r.id) : [];
          const view = computeFees(
            p,
            { quantities: { pages, copies, cases: copies }, exemptions, vneidLevel2: vneid },
            'direct',
            '2026-11-23',
          );
          expect(view.due).toBe(view.lines.reduce((s, l) => s + l.due, 0));
          for (const l of view.lines) {
            expect(l.due).toBeGreaterThanOrEqual(0);
            expect(l.due).toBe(l.full - l.reductions.reduce((s, r) => s + r.amount, 0));
            expect(l.reductions.length).toBeLessThanOrEqual(1);
          }
        },
      ),
    );
  });
});

describe('misconfigured procedures', () => {
  const good = data.procedures.find((p) => p.code === '1.001193');
  const broken = (entries: object[]) => checkCatalogue({ ...data, procedures: [...data.procedures.filter((p) => p !== good), ...entries] });
  it('lists what it cannot use, refuses to open it, and still finds it', () => {
    const bad = broken([{ ...good, cases: [] }]);
    const catalogue = createCatalogue({ store, clock, source: bad });
    const problem = catalogue.problems().find((p) => p.code === good?.code);
    catalogueProblem.parse(problem);
    expect(problem?.problem).toMatch(/Cấu hình lỗi: cases/);
    expect(catalogue.search('dang ky khai sinh', 5).items.find((i) => i.code === good?.code)).toMatchObject({ faulty: true });
    expect(catalogue.procedure(good?.code ?? '')).toMatchObject({ refused: 'procedure-faulty' });
    expect(catalogue.procedure('9.999999')).toMatchObject({ refused: 'procedure-unknown' });
  });
  it('names missing components, limit, agency and form, and works on', () => {
    const first = good?.cases[0];
    const entry = {
      ...good,
      competent: 'nobody',
      cases: [
        { ...first, limit: { unit: 'working-day', amount: 0, basis: 'x' }, components: [{ key: 'a', name: 'Tờ khai', declaration: true }] },
      ],
    };
    const words = broken([entry])
      .faults.filter((f) => f.code === good?.code)
      .map((f) => f.problem);
    expect(words).toEqual(['Chưa xác định cơ quan có thẩm quyền.', 'Thiếu thời hạn giải quyết.', 'Thiếu số mẫu của "Tờ khai".']);
    expect(broken([{ ...good, cases: [{ ...first, components: [] }] }]).faults.at(-1)).toMatchObject({
      usable: true,
      problem: 'Thiếu thành phần hồ sơ.',
    });
    expect(broken([{ name: 'Không mã' }]).faults.at(-1)).toMatchObject({ name: 'Không mã', usable: false });
  });
  it('keeps one of two versions that hold at once, and the pinned version of a replaced entry', () => {
    expect(checkCatalogue({ ...data, procedures: [good, { ...good, version: 'x' }] }).faults[0]?.problem).toMatch(/trùng thời gian/);
    const two = checkCatalogue({
      ...data,
      procedures: [
        { ...good, version: 'old', effectiveTo: '2026-10-31' },
        { ...good, version: 'new', effectiveFrom: '2026-11-01' },
      ],
    });
    const catalogue = createCatalogue({ store, clock, source: two });
    expect(ok(catalogue.procedure(good?.code ?? '')).version).toBe('new');
    expect(ok(catalogue.procedure(good?.code ?? '', 'old')).version).toBe('old');
  });
  it('records a report once per command and shows when', () => {
    const catalogue = room();
    const send = () => catalogue.reportProblem('report-0001', '1.001193', 'Thiếu mẫu tờ khai', 'Lê Thị Thanh Huyền');
    expect(send()).toEqual(send());
    expect(catalogue.problems().filter((p) => p.code === '1.001193')).toEqual([
      {
        code: '1.001193',
        name: 'Đăng ký khai sinh',
        problem: 'Thiếu mẫu tờ khai',
        advice: 'Đã ghi để gửi quản trị danh mục.',
        reportedAt: clock.now(),
      },
    ]);
  });
});

describe('the calendar for screens', () => {
  it('gives names and unconfirmed years, and refuses too long a range', () => {
    const { days, unconfirmedYears } = ok(room().days('2026-12-28', '2027-01-04'));
    expect(days.find((d) => d.day === '2027-01-01')).toEqual({ day: '2027-01-01', weekday: 'T6', working: false, name: 'Tết Dương lịch' });
    expect(unconfirmedYears).toEqual([2027]);
    expect(room().days('2026-01-02', '2026-01-01')).toMatchObject({ refused: 'calendar-range' });
  });
});
