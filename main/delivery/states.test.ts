import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { sampleDossier, sampleFile } from '../../tests/delivery/sample.ts';
import { setup, type Bench } from '../../tests/delivery/setup.ts';
import { isRefusal } from '../contract/refusal.ts';
import { fromVietnam, manualClock } from '../store/index.ts';
import { backoffMs, seededRandom } from './backoff.ts';
import type { Delivery } from './delivery.ts';
import { lineAfterProblem, lineAfterSuccess, lineUp } from './line.ts';
import { ProvinceProblem, asProblem, type ProblemWord } from './problems.ts';
import { bulkWindow } from './sender.ts';
import { memorySecrets } from './secrets.ts';
import { createPacer } from './uploads/limit.ts';

let bench: Bench;
afterEach(() => bench?.close());
const put = (d: Delivery, id: string, change: object = {}) => bench.store.transaction(() => d.enqueue(sampleDossier(id, [], change)));
async function until(what: () => boolean): Promise<void> {
  for (let i = 0; i < 8_000 && !what(); i += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(what()).toBe(true);
}
const state = (d: Delivery, id: string) => d.rows().rows.find((r) => r.dossierId === id);

describe('what an officer reads', () => {
  it('keeps everything when the session ends, and goes on after the sign-in', async () => {
    bench = await setup();
    const d = bench.open();
    bench.province.troubles.set({ signInRefused: true });
    put(d, 's1');
    await until(() => state(d, 's1')?.state === 'waiting-sign-in');
    expect(state(d, 's1')).toMatchObject({
      tone: 'warn',
      needsPerson: true,
      remedy: { action: 'sign-in' },
      stateText: { vi: 'Chờ đăng nhập lại' },
    });
    expect(isRefusal(await d.desk.signIn('sai', 'sai'))).toBe(true);
    bench.province.troubles.clear();
    expect(isRefusal(await d.desk.signIn(undefined, undefined))).toBe(false);
    await d.drained(50_000);
    expect(bench.province.count()).toBe(1);
  });

  it('brings a refusal with the words of the province, waits with what comes after, and puts the correction first', async () => {
    bench = await setup();
    const held: string[] = [];
    const d = bench.open({}, { onHeld: (_id, reason) => held.push(reason.vi) });
    bench.province.troubles.set({ unknownComponents: ['TP1'] });
    const file = sampleFile(bench.dir, 'chung-sinh.pdf', Buffer.from('giấy chứng sinh'));
    bench.store.transaction(() => {
      d.enqueue(sampleDossier('f1', [file]));
      d.enqueueStatus({ dossierId: 'f1', status: 4, at: 1_795_145_000_000, text: 'Đang xử lý', by: { name: 'Mẫu' } });
    });
    await until(() => state(d, 'f1')?.state === 'refused');
    const rows = d.rows().rows;
    expect(rows.map((r) => r.state)).toEqual(['refused', 'waiting-order']);
    expect(rows[0]).toMatchObject({
      why: { vi: 'Thiếu mã thành phần “Giấy tờ 1” theo danh mục mới của tỉnh.' },
      remedy: { action: 'correct', vi: 'Sửa, gửi lại' },
      tone: 'bad',
    });
    expect(held).toEqual(['Thiếu mã thành phần “Giấy tờ 1” theo danh mục mới của tỉnh.']);
    // What is read, without ids and times: those hold any digits.
    expect(JSON.stringify(rows.map(({ why, remedy, stateText }) => [why, remedy, stateText]))).not.toMatch(/422|HTTP/);
    const shown = d.desk.show(rows[0]?.id ?? '');
    expect(isRefusal(shown) ? '' : shown.way.map((w) => w.vi).join(' | ')).toMatch(/Tải tệp lên tỉnh.*Tỉnh trả lại.*Gửi bản 2 sau khi sửa/);
    const content = sampleDossier('f1', [file]);
    bench.store.transaction(() => d.enqueue({ ...content, components: content.components.map((c) => ({ ...c, code: 'TP-MOI' })) }));
    await d.drained(50_000);
    expect(bench.province.effects().map((e) => e.kind)).toEqual(['file', 'create', 'progress', 'status', 'progress', 'status']);
    expect(bench.province.holdings()[0]).toMatchObject({ revision: 2, status: 4, created: 1 });
  });

  it('sends a correction before the step that was refused for want of it, and then the step', async () => {
    bench = await setup();
    const d = bench.open();
    bench.province.troubles.set({ status: { code: 422, share: 1, only: 'CapNhatTrangThai' } });
    const file = sampleFile(bench.dir, 'chung-sinh.pdf', Buffer.from('giấy chứng sinh'));
    bench.store.transaction(() => {
      d.enqueue(sampleDossier('f1', [file]), { reportReception: false });
      d.enqueueStatus({ dossierId: 'f1', status: 4, at: 1_795_145_000_000, text: 'Đang xử lý', by: { name: 'Mẫu' } });
      d.enqueueStatus({ dossierId: 'f1', status: 9, at: 1_795_146_000_000, text: 'Đã xử lý xong', by: { name: 'Mẫu' } });
    });
    await until(() => state(d, 'f1')?.state === 'refused');
    bench.province.troubles.clear();
    const content = sampleDossier('f1', [file]);
    bench.store.transaction(() => d.enqueue({ ...content, components: content.components.map((c) => ({ ...c, code: 'TP-MOI' })) }));
    await d.drained(20_000);
    expect(d.summary()).toMatchObject({ unsent: 0, needsPerson: 0 });
    expect(bench.province.holdings()[0]).toMatchObject({ revision: 2, status: 9, created: 1 });
    const kinds = bench.province.effects().map((e) => e.kind);
    expect(kinds.filter((k) => k === 'status')).toHaveLength(2);
    expect(kinds.lastIndexOf('create')).toBe(kinds.indexOf('create'));
  });

  it('says that a scan changed or is gone, sends nothing wrong, and goes on when it is back', async () => {
    bench = await setup();
    const d = bench.open();
    bench.store.transaction(() => d.desk.pause());
    d.follow();
    const good = Buffer.from('bản quét gốc');
    const file = sampleFile(bench.dir, 'to-khai.pdf', good);
    bench.store.transaction(() => d.enqueue(sampleDossier('n1', [file])));
    expect(state(d, 'n1')).toMatchObject({ state: 'paused', remedy: { action: 'resume' } });
    writeFileSync(path.join(bench.dir, file.path), 'bản quét khác!');
    bench.store.transaction(() => d.desk.resume());
    d.follow();
    await until(() => state(d, 'n1')?.state === 'needs-file');
    expect(state(d, 'n1')).toMatchObject({
      why: { vi: 'Tệp “to-khai.pdf” đã khác với lúc quét, nên không gửi.' },
      remedy: { action: 'rescan' },
    });
    rmSync(path.join(bench.dir, file.path));
    const again = () => {
      bench.store.transaction(() => d.desk.retryNow(state(d, 'n1')?.id));
      d.hurry();
    };
    again();
    await until(() => state(d, 'n1')?.why.vi === 'Không còn tệp “to-khai.pdf” trên máy.');
    expect(bench.province.effects()).toEqual([]);
    writeFileSync(path.join(bench.dir, file.path), good);
    again();
    await d.drained(50_000);
    expect(bench.province.holdings()[0]?.files[0]?.sha256).toBe(file.sha256);
    expect(isRefusal(bench.store.transaction(() => d.enqueue(sampleDossier('n2', [{ ...file, size: 5 }]))))).toBe(true);
  });

  it('waits for a busy province as long as it asks, for a broken one with growing pauses, and asks before it sends again', async () => {
    bench = await setup();
    const d = bench.open();
    bench.province.troubles.set({ status: { code: 502, share: 1, after: true, only: 'CreateDossier' } });
    put(d, 'u1');
    await until(() => (state(d, 'u1')?.attempts ?? 0) > 0);
    await until(() => state(d, 'u1')?.state === 'unknown');
    expect(state(d, 'u1')?.why.vi).toMatch(/Sẽ hỏi lại tỉnh trước khi gửi lần nữa/);
    bench.province.troubles.clear();
    await d.drained(50_000);
    expect(bench.province.effects().filter((e) => e.kind === 'create')).toHaveLength(1);
  });

  it('reads a full disk and a locked database as sentences, not as losses', () => {
    expect(asProblem(Object.assign(new Error('x'), { code: 'ENOSPC' }))).toMatchObject({ word: 'disk', facts: { reasonCode: 'full' } });
    expect(asProblem(Object.assign(new Error('x'), { code: 'SQLITE_FULL' }))).toMatchObject({
      word: 'disk',
      facts: { reasonCode: 'full' },
    });
    expect(asProblem(Object.assign(new Error('x'), { code: 'SQLITE_BUSY' }))).toMatchObject({
      word: 'disk',
      facts: { reasonCode: 'locked' },
    });
  });

  it('goes on after the database was full: nothing lost, nothing twice', async () => {
    bench = await setup();
    const d = bench.open({ retryCapMs: 100 });
    put(d, 'w1');
    const { db } = bench.store;
    const pages = db.pragma('page_count', { simple: true }) as number;
    db.pragma(`max_page_count = ${pages}`);
    await until(() => d.health().local?.reasonCode === 'full' || d.summary().unsent === 0);
    const told = state(d, 'w1');
    if (told)
      expect(told).toMatchObject({
        why: { vi: expect.stringMatching(/Ổ đĩa của máy này đã đầy/) as string },
        remedy: { action: 'free-disk' },
      });
    db.pragma('max_page_count = 1000000');
    d.hurry();
    await d.drained(50_000);
    expect(bench.province.holdings()).toMatchObject([{ created: 1, status: 2 }]);
  });

  it('does not start without an account, says that there is none yet, and keeps what it has', async () => {
    bench = await setup();
    const d = bench.open({}, { secrets: memorySecrets() });
    put(d, 'a1');
    await until(() => state(d, 'a1')?.state === 'waiting-sign-in');
    expect(d.summary()).toMatchObject({ unsent: 1, needsPerson: 1, line: { state: 'sign-in' } });
    expect(state(d, 'a1')?.why.vi).toContain('Máy này chưa có tài khoản của hệ thống tỉnh');
    expect(await d.desk.signIn(undefined, undefined)).toMatchObject({ vi: expect.stringContaining('chưa có tài khoản') as string });
  });
});

describe('rules', () => {
  it('waits longer and longer, never longer than the cap, never two counters alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), fc.integer(), (n, seed) => {
        const ms = backoffMs(n, seededRandom(seed), 1_000, 60_000);
        const whole = Math.min(60_000, 1_000 * 2 ** Math.min(n - 1, 30));
        expect(ms).toBeGreaterThanOrEqual(whole / 2 - 1);
        expect(ms).toBeLessThanOrEqual(whole + 1);
      }),
    );
  });

  it('never counts a line as down for what one dossier did, and always comes back after a success', () => {
    const words: ProblemWord[] = ['line', 'busy', 'fault', 'hash', 'sign-in', 'refused', 'certificate', 'blocked', 'file', 'disk'];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...words), { maxLength: 40 }), (list) => {
        let line = lineUp(0);
        list.forEach((word, i) => (line = lineAfterProblem(line, new ProvinceProblem(word, word), i * 10, () => 0.5, 60_000)));
        const own = list.every((w) => w === 'fault' || w === 'hash' || w === 'refused' || w === 'file' || w === 'disk');
        if (own) expect(line).toEqual(lineUp(0));
        expect(lineAfterSuccess(line, 1_000)).toMatchObject({ word: 'up', failures: 0 });
      }),
    );
  });

  it('knows bulk hours, over midnight too', () => {
    const at = (time: string) => fromVietnam('2026-11-23', time);
    expect(bulkWindow({ from: '17:00', to: '07:00' }, at('18:00')).open).toBe(true);
    expect(bulkWindow({ from: '17:00', to: '07:00' }, at('06:59')).open).toBe(true);
    expect(bulkWindow({ from: '17:00', to: '07:00' }, at('10:00'))).toEqual({ open: false, opensAt: at('17:00') });
    expect(bulkWindow({ from: '11:00', to: '13:00' }, at('13:30'))).toEqual({ open: false, opensAt: at('11:00') + 86_400_000 });
    expect(bulkWindow(null, 5).open).toBe(true);
  });

  it('lets bulk take no more than its share of the line', async () => {
    const clock = manualClock(0);
    const waits: number[] = [];
    const pace = createPacer(100_000, clock, {
      after(ms, work) {
        waits.push(ms);
        clock.advance(ms);
        work();
        return () => undefined;
      },
    });
    for (let i = 0; i < 40; i += 1) await pace(50_000);
    // Two million bytes at 100,000 a second: twenty seconds, less the burst of a quarter.
    expect(clock.now()).toBeGreaterThanOrEqual(19_500);
    expect(clock.now()).toBeLessThanOrEqual(20_500);
    expect(Math.max(...waits)).toBeLessThanOrEqual(1_000);
  });

  it('lets small work pass the bulk, and keeps the order of a dossier', async () => {
    bench = await setup();
    const d = bench.open({ parallel: 2 });
    bench.store.transaction(() => d.desk.pause());
    d.follow();
    for (let i = 0; i < 6; i += 1) bench.store.transaction(() => d.enqueue(sampleDossier(`bulk${i}`, []), { bulk: true }));
    for (let i = 0; i < 3; i += 1) put(d, `desk${i}`);
    bench.store.transaction(() => d.desk.resume());
    d.follow();
    await d.drained(50_000);
    const made = bench.province
      .effects()
      .filter((e) => e.kind === 'create')
      .map((e) => e.key);
    expect(made).toHaveLength(9);
    expect(made.slice(0, 4).filter((k) => k.startsWith('desk'))).toHaveLength(3);
  });
});
