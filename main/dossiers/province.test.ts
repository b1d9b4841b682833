import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CARD, HUYEN, must, openRoom, type Kit } from '../../tests/fixtures/dossier-room.ts';

let kit: Kit;
beforeEach(() => void (kit = openRoom({ pageNotes: { page2: 'trang gần như trắng' } })));
afterEach(() => kit.close());
const PENDING = 'pending:cap-doi-can-cuoc-2026';

async function received(code: string): Promise<string> {
  const { room } = kit;
  const { id } = room.open(kit.id(), HUYEN, { ticket: null, channel: 'assisted-online' });
  must(room.scanCard(kit.id(), id, HUYEN, CARD));
  must(room.chooseProcedure(kit.id(), id, HUYEN, code));
  if (code === '2.000635') must(room.setPages(kit.id(), id, HUYEN, 'to-khai', ['page1', 'page2']));
  must(await room.accept(kit.id(), id, HUYEN, { wantsReceipt: false, duplicatesSeen: false }));
  return id;
}

describe('a procedure without a national code', () => {
  it('is received and worked on here, and sent once when the catalogue has the code', async () => {
    const id = await received(PENDING);
    must(kit.room.forward(kit.id(), id, HUYEN));
    const view = must(kit.room.get(id));
    expect(view).toMatchObject({ axes: { business: 'processing', sync: 'local' }, due: { text: '16:30 Thứ Năm, 03/12/2026' } });
    expect(view.remarks.map((one) => one.vi)).toContain('Thủ tục chưa có mã quốc gia: hồ sơ sẽ gửi tỉnh khi danh mục có mã.');
    expect([kit.heard.dossiers, kit.heard.statuses, kit.room.releasePending(HUYEN)]).toEqual([[], [], []]);
    kit.catalogue((data) => ({
      ...data,
      procedures: data.procedures.map((p) =>
        p.code === PENDING ? { ...p, code: '1.014999', version: '2026-12', formerCode: PENDING } : p,
      ),
    }));
    expect(kit.room.releasePending(HUYEN)).toEqual([id]);
    expect(kit.room.releasePending(HUYEN)).toEqual([]);
    expect(kit.heard.dossiers.map((d) => [d.revision, d.dossier.procedure.code])).toEqual([[1, '1.014999']]);
    expect(kit.heard.statuses.map((s) => s.status)).toEqual([4]);
    expect(must(kit.room.get(id))).toMatchObject({
      procedure: { code: '1.014999' },
      axes: { sync: 'queued' },
      due: { text: '16:30 Thứ Năm, 03/12/2026' },
    });
  });
});

describe('what the province gave back', () => {
  it('is put right in the same form and goes as the next revision; without that nothing is open', async () => {
    const id = await received('2.000635');
    const phone = () => kit.room.setField(kit.id(), id, HUYEN, 'applicant', 'phone', '0911222333', 'typed');
    expect(phone()).toMatchObject({ refused: 'already-accepted' });
    expect(await kit.room.resend(kit.id(), id, HUYEN)).toMatchObject({ refused: 'nothing-to-correct' });
    kit.room.onRejected(id, 'Số điện thoại sai.');
    expect(must(phone()).axes.sync).toBe('rejected');
    expect(kit.room.chooseProcedure(kit.id(), id, HUYEN, '1.004859')).toMatchObject({ refused: 'already-accepted' });
    const command = kit.id();
    const sent = must(await kit.room.resend(command, id, HUYEN));
    expect(sent).toMatchObject({ axes: { sync: 'queued' } });
    expect(sent.remarks.map((one) => one.vi).join()).not.toContain('Tỉnh trả lại');
    must(await kit.room.resend(command, id, HUYEN));
    expect(kit.heard.dossiers.map((d) => [d.revision, d.dossier.applicant.phone])).toEqual([
      [1, null],
      [2, '0911222333'],
    ]);
    expect(phone()).toMatchObject({ refused: 'already-accepted' });
  });
});

describe('what leaves the counter', () => {
  it('names three agencies, and the helping one only where help was given', async () => {
    await received('2.000635');
    const sent = kit.heard.dossiers[0]?.dossier;
    expect(sent?.agencies).toEqual({
      receiving: { code: 'H15.50.05.13', name: 'Trung tâm Phục vụ hành chính công phường An Bình' },
      competent: { code: 'H15.50.05', name: 'Ủy ban nhân dân phường An Bình' },
      assisting: { code: 'H15.50.05.13', name: 'Trung tâm Phục vụ hành chính công phường An Bình' },
    });
    expect(sent).toMatchObject({
      channel: 'online',
      procedure: { fieldCode: 'G15-HT01' },
      fees: [{ amount: 8000, kind: 'charge', paid: false }],
    });
  });
  it('says of a doubtful page what is wrong with it, once', async () => {
    const id = await received('2.000635');
    expect(must(kit.room.get(id)).components[0]?.label).toBe('Trang 2 gần như trắng');
  });
  it('prints what the citizen takes along', async () => {
    const id = await received('2.000635');
    must(
      await kit.room.requestSupplement(kit.id(), id, HUYEN, {
        items: ['Tờ khai'],
        reason: 'Thiếu chữ ký',
        basis: 'Luật',
        guidance: '',
        stage: 'appraisal',
        approver: 'Hậu',
      }),
    );
    expect(kit.heard.printed).toEqual(['Phiếu yêu cầu bổ sung H15.50.05.13-261123-0001']);
  });
});

describe('news from the province', () => {
  it('in any order and any number leaves one code, once mapped', async () => {
    kit.setOnline(false);
    const id = await received('2.000635');
    const codes = ['H15.50.05.13-261123-0071', 'H15.50.05.13-261123-0072', 'nonsense', null];
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom('ack', 'reject', 'reconcile'), fc.constantFrom(...codes)), { maxLength: 12 }),
        (news) => {
          const before = must(kit.room.get(id));
          for (const [kind, code] of news) {
            if (kind === 'ack') kit.room.onAcknowledged(id, code);
            else if (kind === 'reject') kit.room.onRejected(id, 'Thiếu tệp');
            else kit.room.onReconciled(id);
          }
          const after = must(kit.room.get(id));
          expect(after.provisionalCode).toBe('TAM-3-261123-1');
          if (before.dossierCode !== null) expect(after.dossierCode).toBe(before.dossierCode);
          if (before.axes.sync === 'reconciled') expect(after.axes.sync).toBe('reconciled');
          return Promise.resolve();
        },
      ),
      { numRuns: 40 },
    );
    expect(kit.room.search('TAM-3-261123-1', 5).items).toHaveLength(1);
  });
});

describe('the search box', () => {
  it('takes whatever is typed or scanned into it', async () => {
    await received('2.000635');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        expect(Array.isArray(kit.room.search(text, 5).items)).toBe(true);
      }),
    );
  });
});
