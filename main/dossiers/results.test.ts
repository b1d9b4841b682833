import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { worklistsView } from '../contract/dossiers.ts';
import { fromVietnam } from '../store/index.ts';
import { acceptIn, CARD, draftIn, HUYEN, must, openRoom, type Kit } from '../../tests/fixtures/dossier-room.ts';

let kit: Kit;
beforeEach(() => void (kit = openRoom({ pageNotes: { page4: 'mờ, nên quét lại' } })));
afterEach(() => kit.close());
const draft = (code?: string) => draftIn(kit, code);
const accept = (id: string, over?: object) => acceptIn(kit, id, over);

describe('result and handover', () => {
  it('drafts a result, hears that it is signed, hands it over and takes the rating', async () => {
    const id = draft();
    await accept(id);
    const { room } = kit;
    must(await room.draftResult(kit.id(), id, HUYEN, { number: '87/TL-UBND', signer: 'Trần Văn Hậu', signerTitle: 'Chủ tịch' }));
    const [work] = kit.heard.signing;
    expect(work).toMatchObject({ dossierId: id, code: 'H15.50.05.13-261123-0001' });
    expect(work?.area?.page).toBe(0);
    expect(room.worklist('to-sign', 5)).toHaveLength(1);
    const unsigned = readFileSync(work?.file ?? '');
    const signed = Buffer.concat([unsigned, Buffer.from('\n% signed')]);
    const signer = { ...HUYEN, name: 'Trần Văn Hậu' };
    const finished = must(room.resultSigned({ dossierId: id, documentId: work?.documentId ?? '', bytes: signed, signer, complete: true }));
    expect(finished).toMatchObject({ statusCode: 9, axes: { paper: 'result-at-counter' } });
    expect(room.worklist('results-ready', 5)[0]?.note).toBe('Còn thu phí');
    const sent = kit.heard.statuses.at(-1);
    expect(sent).toMatchObject({ status: 9, results: [{ code: 'KQ.G15.000037' }] });
    expect(readFileSync(`${kit.dir}/${sent?.results[0]?.file.path}`).equals(signed)).toBe(true);
    const hand = () =>
      room.handOver(kit.id(), id, HUYEN, { receiver: CARD.fullName, relation: 'chủ hồ sơ', method: 'counter', originalsReturned: true });
    expect(await hand()).toMatchObject({ refused: 'fee-due' });
    must(room.pay(kit.id(), id, HUYEN, { method: 'vietqr', amount: 25_000 }));
    expect(must(await hand())).toMatchObject({ statusCode: 10, axes: { business: 'returned', money: 'paid', paper: 'citizen' } });
    expect(await hand()).toMatchObject({ refused: 'not-now' });
    expect(must(room.rate(kit.id(), id, { stars: 5 }))).toEqual({ stars: 5 });
    expect(room.rate(kit.id(), id, { stars: 1 })).toMatchObject({ refused: 'already-rated' });
    expect(kit.heard.statuses.map((s) => s.status)).toEqual([9, 10]);
    expect(must(room.historyOf(id)).map((h) => h.what)).toEqual([
      'Mở hồ sơ',
      'Đọc thẻ người nộp',
      'Tiếp nhận hồ sơ',
      'Đưa kết quả chờ ký',
      'Ký số kết quả',
      'Thu phí, lệ phí',
      'Trả kết quả',
      'Đánh giá',
    ]);
    expect(must(await room.controlSheet(id)).type).toBe('application/pdf');
  });
  it('takes a PDF that was brought along and nothing else', async () => {
    const id = draft();
    await accept(id);
    expect(await kit.room.attachResult(kit.id(), id, HUYEN, { name: 'a.pdf', bytes: Buffer.from('MZ') })).toMatchObject({
      refused: 'not-a-pdf',
    });
    const view = must(await kit.room.attachResult(kit.id(), id, HUYEN, { name: 'Trích lục.pdf', bytes: Buffer.from('%PDF-1.7 x') }));
    expect(view.documents.at(-1)).toMatchObject({ kind: 'result', name: 'Trích lục' });
    must(kit.room.finish(kit.id(), id, HUYEN, 'Hệ thống Bộ Tư pháp'));
    expect(must(kit.room.get(id)).statusCode).toBe(9);
  });
  it('takes over a status of another system once, and only along the table', async () => {
    const id = draft();
    await accept(id);
    const news = { status: 4, at: kit.clock.now(), source: 'Hệ thống tỉnh', text: 'Đang thẩm định' };
    expect(kit.room.onRemoteStatus(id, news)).toBeUndefined();
    expect(kit.room.onRemoteStatus(id, news)).toBeUndefined();
    const view = must(kit.room.get(id));
    expect(view.statusCode).toBe(4);
    expect(must(kit.room.historyOf(id)).filter((h) => h.source.startsWith('Hệ thống tỉnh'))).toHaveLength(1);
    expect(kit.heard.statuses).toEqual([]);
    kit.room.onRejected(id, 'Thiếu mã dịch vụ công');
    expect(must(kit.room.get(id)).remarks.map((one) => one.vi)).toContain('Tỉnh trả lại: Thiếu mã dịch vụ công');
  });
});

describe('reuse, payment code, lists', () => {
  it('takes a paper over from an earlier dossier of the same person instead of asking again', async () => {
    await accept(draft());
    kit.clock.advance(3 * 86_400_000);
    const id = draft();
    must(kit.room.setPages(kit.id(), id, HUYEN, 'can-cu', []));
    const [offer] = kit.room.reusable(id).filter((o) => o.componentKey === 'can-cu');
    expect(offer?.from).toBe('H15.50.05.13-261123-0001');
    const view = must(kit.room.reuse(kit.id(), id, HUYEN, 'can-cu', offer?.fromDossierId ?? '', offer?.fileId ?? ''));
    expect(view.components[2]).toMatchObject({ state: 'in-database', label: 'Có từ hồ sơ trước' });
    await accept(id);
    expect(kit.heard.dossiers.at(-1)?.dossier.components.map((c) => c.files.length)).toEqual([1, 1, 1]);
  });
  it('offers a bank code with the sum and a purpose that names the dossier', async () => {
    const id = draft();
    const code = must(await kit.room.paymentCode(id));
    expect(code.amount).toBe(25_000);
    expect(code.text).toContain('5405250005802VN');
    expect(code.svg).toContain('<svg');
  });
  it('lists work for a quiet minute and ranks procedures by use', async () => {
    await accept(draft());
    worklistsView.parse(kit.room.worklists());
    expect(kit.room.worklists().lists.map((l) => [l.name, l.count])).toContainEqual(['due-today', 0]);
    kit.clock.set(fromVietnam('2026-11-27', '14:42'));
    expect(kit.room.worklist('due-today', 5)[0]?.note).toBe('16:30, còn 1 giờ 48 phút');
    expect(kit.room.usage()).toEqual(new Map([['1.004859', 1]]));
  });
  it('finds by folded words and by a beginning, newest first, drafts included', async () => {
    const first = draft();
    await accept(first);
    const second = draft();
    for (const text of ['nguyen thi thuy', 'NGUYỄN THỊ THÙY DƯ', 'thuy duong cai', '001191', '0905118264', '1.004859'])
      expect(
        kit.room.search(text, 5).items.map((i) => i.id),
        text,
      ).toEqual([second, first]);
    expect(kit.room.search('đương', 5).items).toHaveLength(2);
    expect(kit.room.search('duon nguyen', 5).items).toEqual([]);
    expect(kit.room.search('  ,. ', 5).items).toEqual([]);
    expect(kit.room.search('"*) OR (', 5).items).toEqual([]);
    must(kit.room.discard(kit.id(), second, HUYEN));
    expect(kit.room.search('nguyen', 1)).toMatchObject({ items: [{ id: first }], more: false });
  });
  it('keeps its history: neither changed nor deleted', async () => {
    await accept(draft());
    expect(() => kit.store.db.exec(`update dossier_history set what = 'x'`)).toThrow(/not changed/);
    expect(() => kit.store.db.exec('delete from dossier_history')).toThrow(/not deleted/);
    expect(kit.heard.audit).toContain('dossiers.accept');
  });
});
