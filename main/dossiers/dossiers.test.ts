import { readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refuse } from '../contract/refusal.ts';
import { dossierView } from '../contract/dossiers.ts';
import { fromVietnam } from '../store/index.ts';
import { acceptIn, CARD, draftIn, HUYEN, must, openRoom, type Kit } from '../../tests/fixtures/dossier-room.ts';

let kit: Kit;
beforeEach(() => void (kit = openRoom({ pageNotes: { page4: 'mờ, nên quét lại' } })));
afterEach(() => kit.close());
const ticket = { id: 'ticket-27', number: 'B027' };
const draft = (code?: string) => draftIn(kit, code);
const accept = (id: string, over?: object) => acceptIn(kit, id, over);

describe('the intake', () => {
  it('refuses to accept with a scan that the province will not take, naming the paper, and keeps the draft', async () => {
    kit.close();
    let tooLarge = true;
    kit = openRoom({
      buildComponentPdf: (_pages, { file, title }) => {
        if (tooLarge && title.startsWith('Tờ khai'))
          return Promise.resolve(refuse('component-too-large', 'Tệp quét là 31 MB.', 'The scan has 31 MB.', { bytes: 31e6 }));
        writeFileSync(file, `%PDF-1.7 ${title}`);
        return Promise.resolve();
      },
    });
    const id = draft();
    const answer = await kit.room.accept(kit.id(), id, HUYEN, { wantsReceipt: false, duplicatesSeen: false });
    expect(answer).toMatchObject({ refused: 'component-too-large', details: { bytes: 31e6, focus: 'component.to-khai' } });
    expect((answer as { vi: string }).vi).toMatch(/^Tờ khai.*: Tệp quét là 31 MB\.$/u);
    expect(must(kit.room.get(id)).axes.business).toBe('draft');
    tooLarge = false;
    expect((await accept(id)).dossier.dossierCode).not.toBeNull();
  });
  it('opens one draft for a ticket, however often it is asked', () => {
    const first = kit.room.open(kit.id(), HUYEN, { ticket, channel: 'direct' });
    expect(kit.room.open(kit.id(), HUYEN, { ticket, channel: 'direct' }).id).toBe(first.id);
    expect(first.obstacles[0]).toEqual({
      code: 'applicant-name',
      vi: 'Chưa có họ tên người nộp',
      en: "The applicant's name is missing",
      focus: 'applicant.fullName',
    });
  });
  it('says where each value came from and keeps what the card said', () => {
    const { room } = kit;
    const id = draft();
    const view = must(room.setField(kit.id(), id, HUYEN, 'applicant', 'address', 'Tổ 5, phường An Bình', 'typed'));
    dossierView.parse(view);
    expect(view.applicant.fullName).toMatchObject({ value: 'Nguyễn Thị Thùy Dương', source: 'card' });
    expect(view.applicant.address).toMatchObject({ value: 'Tổ 5, phường An Bình', source: 'typed', previous: CARD.address });
    expect(view.applicant.phone?.source).toBe('typed');
    expect(must(room.setField(kit.id(), id, HUYEN, 'applicant', 'address', 'Tổ 6', 'typed')).applicant.address?.previous).toBe(
      CARD.address,
    );
    expect(room.setField(kit.id(), id, HUYEN, 'applicant', 'email', 'không phải', 'typed')).toMatchObject({ refused: 'wrong-value' });
    expect(must(room.setField(kit.id(), id, HUYEN, 'applicant', 'idNumber', '001 191 024 680', 'typed')).applicant.idNumber?.value).toBe(
      '001191024680',
    );
  });
  it('keeps a doubt about a card at its field until the officer puts the value right', () => {
    const { room } = kit;
    const id = draft();
    const doubt = { vi: 'Giới tính không khớp.', en: 'Sex does not match.' };
    const read = must(room.scanCard(kit.id(), id, HUYEN, { ...CARD, doubts: [{ field: 'sex', ...doubt }] }));
    expect([read.applicant.sex?.doubt, read.applicant.fullName?.doubt]).toEqual([doubt, undefined]);
    expect(read.obstacles.map((o) => o.vi).join()).not.toContain('không khớp');
    const right = must(room.setField(kit.id(), id, HUYEN, 'applicant', 'sex', 'Nam', 'typed'));
    expect(right.applicant.sex?.doubt).toBeUndefined();
  });
  it('asks whose card it is when a second one comes, and mixes no two people', () => {
    const { room } = kit;
    const id = draft();
    const second = { ...CARD, idNumber: '001065012345', fullName: 'Nguyễn Văn Thưởng', sex: 'Nam' as const, birthDate: '1965' };
    expect(room.scanCard(kit.id(), id, HUYEN, second)).toMatchObject({ refused: 'second-card' });
    const owner = must(room.scanCard(kit.id(), id, HUYEN, second, 'owner'));
    expect(owner.owner?.fullName?.value).toBe('Nguyễn Văn Thưởng');
    expect(owner.obstacles.map((o) => o.code)).toContain('authority');
    expect(owner.components.find((c) => c.key === 'van-ban-uy-quyen')?.state).toBe('absent');
    const replaced = must(room.scanCard(kit.id(), id, HUYEN, second, 'applicant'));
    expect(replaced.applicant.fullName?.value).toBe('Nguyễn Văn Thưởng');
    expect(replaced.applicant.phone).toBeUndefined();
  });
  it('shows each component as it is, and stops on what is missing', () => {
    const id = draft();
    const view = must(kit.room.get(id));
    expect(view.components.map((c) => [c.state, c.label])).toEqual([
      ['complete', 'Đủ, 2 trang'],
      ['review', 'Trang 2 mờ, nên quét lại'],
      ['complete', 'Đủ, 1 trang'],
      ['in-database', 'Có trong CSDL, không thu giấy'],
      ['not-applicable', 'Không áp dụng: tự nộp'],
    ]);
    expect(view.components[1]?.detail).toBe('Bản chính 1, trả lại sau khi đối chiếu');
    expect(view.obstacles).toEqual([]);
    expect(view.remarks[0]).toEqual({ vi: 'Thành phần 2: Trang 2 mờ, nên quét lại', en: 'Paper 2: Trang 2 mờ, nên quét lại' });
    const moved = must(kit.room.setPages(kit.id(), id, HUYEN, 'to-khai', ['page1', 'page2', 'page5']));
    expect(moved.obstacles[0]?.vi).toBe('Thiếu: 3. Giấy tờ làm căn cứ thay đổi, cải chính');
    expect(must(kit.room.setComponent(kit.id(), id, HUYEN, 'can-cu', { state: 'missing' })).components[2]?.state).toBe('missing');
    expect(kit.room.setPages(kit.id(), id, HUYEN, 'can-cu', ['elsewhere'])).toMatchObject({ refused: 'page-gone' });
    expect(kit.room.setComponent(kit.id(), id, HUYEN, 'can-cu', { state: 'in-database' })).toMatchObject({ refused: 'no-database' });
  });
  it('keeps a draft over a restart, parks it with its ticket, and does nothing twice', () => {
    const id = draft();
    const same = kit.id();
    must(kit.room.park(same, id, HUYEN));
    must(kit.room.park(same, id, HUYEN));
    expect(kit.heard.parked).toEqual(['ticket-27']);
    expect(kit.room.keepDraftsOfTicket('ticket-27', HUYEN)).toEqual([id]);
    kit.reopen();
    const view = must(kit.room.get(id));
    expect(view.components[0]?.pageIds).toEqual(['page1', 'page2']);
    expect(view.statusText).toBe('Nháp');
    expect(kit.room.open(kit.id(), HUYEN, { ticket, channel: 'direct' }).id).toBe(id);
  });
  it('takes the exact fee once and can undo it', () => {
    const id = draft();
    const { room } = kit;
    expect(room.pay(kit.id(), id, HUYEN, { method: 'cash', amount: 24_000 })).toMatchObject({ refused: 'wrong-amount' });
    expect(must(room.pay(kit.id(), id, HUYEN, { method: 'cash', amount: 25_000 })).axes.money).toBe('paid');
    expect(room.pay(kit.id(), id, HUYEN, { method: 'cash', amount: 25_000 })).toMatchObject({ refused: 'already-paid' });
    expect(room.setFees(kit.id(), id, HUYEN, { quantities: { copies: 3 }, exemptions: [], vneidLevel2: true })).toMatchObject({
      refused: 'already-paid',
    });
    expect(room.discard(kit.id(), id, HUYEN)).toMatchObject({ refused: 'paid-draft' });
    must(room.undoPayment(kit.id(), id, HUYEN, 'cancelled', 'Thu nhầm'));
    const fees = must(room.setFees(kit.id(), id, HUYEN, { quantities: { copies: 3 }, exemptions: [], vneidLevel2: true })).fees;
    expect([fees?.full, fees?.due]).toEqual([49_000, 25_000]);
    expect(must(room.discard(kit.id(), id, HUYEN)).axes.business).toBe('discarded');
  });
});

describe('the acceptance', () => {
  it('gives code, promise, receipt and outbox in one step, prints, and does it once', async () => {
    const id = draft();
    const command = kit.id();
    const options = { wantsReceipt: false, duplicatesSeen: false };
    const [one, two] = await Promise.all([kit.room.accept(command, id, HUYEN, options), kit.room.accept(command, id, HUYEN, options)]);
    const three = await kit.room.accept(command, id, HUYEN, options);
    const { dossier, receipt } = must(one);
    expect(must(two).dossier.dossierCode).toBe(dossier.dossierCode);
    expect(must(three).receipt).toEqual(receipt);
    dossierView.parse(dossier);
    expect(dossier.title).toBe('H15.50.05.13-261123-0001');
    expect(dossier.due?.text).toBe('16:30 Thứ Sáu, 27/11/2026');
    expect(dossier.axes).toEqual({ business: 'accepted', money: 'due', paper: 'counter', sync: 'queued' });
    expect(dossier.statusCode).toBe(2);
    expect(kit.heard.dossiers).toHaveLength(1);
    expect(kit.heard.printed).toEqual(['Giấy tiếp nhận H15.50.05.13-261123-0001']);
    const out = kit.heard.dossiers[0];
    expect(out?.revision).toBe(1);
    expect(out?.dossier.components.map((c) => [c.code, c.kind, c.files.length])).toEqual([
      ['to-khai', 0, 1],
      ['giay-to-hien-tai', 0, 1],
      ['can-cu', 0, 1],
    ]);
    const file = out?.dossier.components[0]?.files[0];
    expect(readFileSync(`${kit.dir}/${file?.path}`, 'utf8')).toContain('page1 page2');
    expect(out?.dossier.applicant).toMatchObject({ name: CARD.fullName, idNumber: CARD.idNumber, bornOn: '1991-08-14' });
    expect(kit.room.register(2026, 1e9, 10).map((r) => [r.number, r.code])).toEqual([[1, 'H15.50.05.13-261123-0001']]);
  });
  it('refuses what is incomplete or was handed in today already', async () => {
    const id = kit.room.open(kit.id(), HUYEN, { ticket, channel: 'direct' }).id;
    expect(await kit.room.accept(kit.id(), id, HUYEN, { wantsReceipt: false, duplicatesSeen: false })).toMatchObject({
      refused: 'incomplete',
      details: { focus: 'applicant.fullName' },
    });
    await accept(draft());
    const again = draft();
    expect(must(kit.room.get(again)).duplicates).toHaveLength(1);
    expect(await kit.room.accept(kit.id(), again, HUYEN, { wantsReceipt: false, duplicatesSeen: false })).toMatchObject({
      refused: 'duplicate',
    });
    expect((await accept(again, { duplicatesSeen: true })).dossier.dossierCode).toMatch(/-0002$/);
  });
  it('gives no receipt for an immediate procedure unless asked, and enters it all the same', async () => {
    const id = draft('2.000635');
    must(kit.room.setPages(kit.id(), id, HUYEN, 'to-khai', ['page9']));
    const { receipt, dossier } = await accept(id);
    expect(receipt).toBeNull();
    expect(kit.heard.dossiers).toHaveLength(1);
    expect(dossier.due?.text).toBe('16:30 Thứ Hai, 23/11/2026');
    expect(must(await kit.room.newSlip(kit.id(), id, HUYEN, { print: false })).receipt.kind).toBe('receipt');
  });
  it('gives a marked provisional number offline, maps it once, finds both and offers a new slip', async () => {
    kit.setOnline(false);
    const id = draft();
    const { dossier } = await accept(id);
    expect(dossier.title).toBe('TAM-3-261123-1');
    expect(dossier.dossierCode).toBeNull();
    expect(kit.room.onAcknowledged(id, 'H15.50.05.13-261123-0044')).toBeUndefined();
    kit.room.onAcknowledged(id, 'H15.50.05.13-261123-0044');
    expect(kit.room.onAcknowledged(id, 'H15.50.05.13-261123-0045')).toMatchObject({ refused: 'second-code' });
    for (const code of ['TAM-3-261123-1', 'H15.50.05.13-261123-0044', 'tam-3-261123-1'])
      expect(must(kit.room.byCode(code)).title, code).toBe('H15.50.05.13-261123-0044');
    expect(kit.room.search('261123-0044', 5).items[0]?.id).toBe(id);
    expect(kit.room.search('tam 3 261123 1', 5).items[0]?.id).toBe(id);
    expect(kit.room.worklist('new-slip', 5)).toHaveLength(1);
    const slip = must(await kit.room.newSlip(kit.id(), id, HUYEN, { print: true }));
    expect(slip.dossier.documents.filter((d) => d.kind === 'receipt').map((d) => d.replacedBy)).toEqual([slip.receipt.id, undefined]);
    expect(kit.room.worklist('new-slip', 5)).toEqual([]);
    expect(must(kit.room.get(id)).axes.sync).toBe('acknowledged');
  });
  it('gives no two dossiers one number, whatever happens in between', async () => {
    kit.setOnline(false);
    const ids = [draft(), '', ''].map((first) => first || draft());
    const loose = ids.map((_, i) => {
      const d = kit.room.open(kit.id(), HUYEN, { ticket: { id: `t${i}`, number: `B${i}` }, channel: 'direct' });
      must(kit.room.scanCard(kit.id(), d.id, HUYEN, { ...CARD, idNumber: `00119102468${i}` }));
      must(kit.room.chooseProcedure(kit.id(), d.id, HUYEN, '2.000635'));
      must(kit.room.setPages(kit.id(), d.id, HUYEN, 'to-khai', [`page${i}`]));
      return d.id;
    });
    const all = await Promise.all(loose.map((id) => accept(id)));
    expect(new Set(all.map((a) => a.dossier.provisionalCode)).size).toBe(loose.length);
    expect(kit.room.register(2026, 1e9, 10).map((r) => r.number)).toEqual([3, 2, 1]);
  });
  it('uses a code that the province gave before a crash', async () => {
    const id = draft();
    const { files } = kit.documents;
    const put = files.put.bind(files);
    files.put = () => {
      throw new Error('disk full');
    };
    await expect(kit.room.accept(kit.id(), id, HUYEN, { wantsReceipt: false, duplicatesSeen: false })).rejects.toThrow('disk full');
    files.put = put;
    kit.reopen();
    expect((await accept(id)).dossier.dossierCode).toBe('H15.50.05.13-261123-0001');
  });
});

describe('supplements, extensions and ends', () => {
  const ask = {
    items: ['Bản chính học bạ'],
    reason: 'Thiếu bản chính',
    basis: 'NĐ 118/2025',
    guidance: '',
    stage: 'appraisal' as const,
    approver: 'Trần Văn Hậu',
  };
  it('stops the clock during appraisal and gives back what was left', async () => {
    const id = draft();
    await accept(id);
    must(kit.room.forward(kit.id(), id, HUYEN));
    kit.clock.set(fromVietnam('2026-11-25', '10:00'));
    const paused = must(await kit.room.requestSupplement(kit.id(), id, HUYEN, ask));
    expect(paused.axes.business).toBe('supplement');
    expect(paused.documents.at(-1)).toMatchObject({ kind: 'supplement', number: '1/YCBS' });
    kit.clock.set(fromVietnam('2026-12-02', '10:00'));
    expect(kit.room.worklist('overdue', 9)).toEqual([]);
    expect(kit.room.worklist('waiting-citizen', 9)).toHaveLength(1);
    must(kit.room.setPages(kit.id(), id, HUYEN, 'can-cu', ['page5', 'page6']));
    const back = must(await kit.room.receiveSupplement(kit.id(), id, HUYEN));
    expect(back.axes.business).toBe('processing');
    // Two working days were left on 25/11 (26 and 27), so they are left on 2/12.
    expect(back.due?.text).toBe('16:30 Thứ Sáu, 04/12/2026');
    expect(back.promises.map((p) => p.reason)).toEqual(['Hẹn khi tiếp nhận', 'Đã bổ sung đủ hồ sơ']);
    expect(back.pauses[0]).toMatchObject({ kind: 'supplement', to: fromVietnam('2026-12-02', '10:00') });
    expect(kit.heard.dossiers.map((d) => d.revision)).toEqual([1, 2]);
    expect(kit.heard.statuses.map((s) => s.status)).toEqual([4, 5, 4]);
  });
  it('counts anew after a supplement at intake, and asks for one only once', async () => {
    const id = draft();
    await accept(id);
    kit.clock.set(fromVietnam('2026-11-25', '10:00'));
    const intake = { ...ask, stage: 'intake' as const, approver: '' };
    must(await kit.room.requestSupplement(kit.id(), id, HUYEN, intake));
    kit.clock.set(fromVietnam('2026-11-30', '10:00'));
    const back = must(await kit.room.receiveSupplement(kit.id(), id, HUYEN));
    expect(back.axes.business).toBe('accepted');
    expect(back.due?.text).toBe('16:30 Thứ Năm, 03/12/2026');
    expect(await kit.room.requestSupplement(kit.id(), id, HUYEN, intake)).toMatchObject({ refused: 'supplement-once' });
    expect(await kit.room.requestSupplement(kit.id(), id, HUYEN, { ...ask, approver: '' })).toMatchObject({ refused: 'approver-needed' });
  });
  it('asks at the desk without a code, and comes back as the draft it was', async () => {
    const id = draft();
    const asked = must(await kit.room.requestSupplement(kit.id(), id, HUYEN, { ...ask, stage: 'intake' }));
    expect(asked).toMatchObject({ dossierCode: null, axes: { business: 'supplement', sync: 'local' } });
    expect(kit.heard.statuses).toEqual([]);
    const back = must(await kit.room.receiveSupplement(kit.id(), id, HUYEN));
    expect(back.axes.business).toBe('draft');
    expect(kit.heard.dossiers).toEqual([]);
    expect((await accept(id)).dossier.dossierCode).toBeTruthy();
  });
  it('apologises and extends once', async () => {
    const id = draft();
    await accept(id);
    kit.clock.set(fromVietnam('2026-11-28', '09:00'));
    expect(kit.room.worklist('overdue', 9)[0]?.note).toBe('Quá 1 ngày, chưa xin lỗi');
    expect(must(kit.room.get(id)).remarks.map((one) => one.vi)).toContain('Đã quá hẹn: lập thư xin lỗi và hẹn lại.');
    const later = fromVietnam('2026-12-02', '16:30');
    expect(await kit.room.apologise(kit.id(), id, HUYEN, 'chờ xác minh', fromVietnam('2026-11-27', '10:00'), 'Trần Văn Hậu')).toMatchObject(
      { refused: 'due-past' },
    );
    const view = must(await kit.room.apologise(kit.id(), id, HUYEN, 'chờ xác minh', later, 'Trần Văn Hậu'));
    expect(view.due?.text).toBe('16:30 Thứ Tư, 02/12/2026');
    expect(view.promises).toHaveLength(2);
    expect(kit.room.worklist('overdue', 9)).toEqual([]);
    expect(await kit.room.apologise(kit.id(), id, HUYEN, 'lại nữa', later + 1e9, 'Trần Văn Hậu')).toMatchObject({
      refused: 'apology-used',
    });
  });
  it('refuses with a letter, withdraws with another, and lets a supplement lapse', async () => {
    const refused = must(await kit.room.refuse(kit.id(), draft(), HUYEN, 'Không thuộc thẩm quyền', 'Luật Hộ tịch, Điều 27'));
    expect(refused).toMatchObject({ statusCode: 3, axes: { sync: 'local' } });
    expect(kit.heard.statuses).toEqual([]);
    const id = draft();
    await accept(id);
    const gone = must(await kit.room.withdraw(kit.id(), id, HUYEN, 'Công dân đề nghị rút'));
    expect(gone).toMatchObject({ statusCode: 7, axes: { paper: 'citizen' } });
    expect(gone.documents.at(-1)?.kind).toBe('discontinuation');
    const third = draft();
    await accept(third, { duplicatesSeen: true });
    must(await kit.room.requestSupplement(kit.id(), third, HUYEN, { ...ask, expiresAt: fromVietnam('2026-12-01') }));
    expect(kit.room.lapseOverdue(HUYEN)).toEqual([]);
    kit.clock.set(fromVietnam('2026-12-01', '00:01'));
    expect(kit.room.lapseOverdue(HUYEN)).toEqual([third]);
    expect(kit.room.lapseOverdue(HUYEN)).toEqual([]);
    expect(must(kit.room.get(third)).statusCode).toBe(8);
  });
  it('waits for money with a stopped clock, and for another office with a running one', async () => {
    const id = draft();
    await accept(id);
    must(kit.room.forward(kit.id(), id, HUYEN));
    must(kit.room.requestObligation(kit.id(), id, HUYEN, 1_000_000, 'Tiền sử dụng đất', 'Thông báo thuế'));
    kit.clock.set(fromVietnam('2026-12-02', '10:00'));
    const back = must(kit.room.resume(kit.id(), id, HUYEN, 'đã nộp'));
    expect(back.due?.text).toBe('16:30 Thứ Hai, 07/12/2026');
    must(kit.room.coordinate(kit.id(), id, HUYEN, 'Công an phường', 'xác minh'));
    expect(must(kit.room.resume(kit.id(), id, HUYEN, '')).due?.text).toBe('16:30 Thứ Hai, 07/12/2026');
  });
});
