import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acceptIn, CARD, draftIn, HUYEN, must, openRoom, type Kit } from '../../tests/fixtures/dossier-room.ts';
import { part } from '../../tests/parts.ts';

let kit: Kit;
beforeEach(() => void (kit = openRoom()));
afterEach(() => kit.close());
const ticket = { id: 'ticket-27', number: 'B027' };
const SUPPLEMENT = { items: ['Tờ khai'], reason: 'Thiếu chữ ký', basis: 'Điều 17', guidance: '', stage: 'intake' as const, approver: '' };

/** One citizen at the desk, with more than one matter. */
describe.skipIf(!part('pdftotext'))('a visit', () => {
  it('asks for name and number once, however many dossiers are handed in', async () => {
    const { room } = kit;
    const first = room.open(kit.id(), HUYEN, { ticket, channel: 'direct' });
    must(room.scanCard(kit.id(), first.id, HUYEN, CARD));
    must(room.setField(kit.id(), first.id, HUYEN, 'applicant', 'phone', '0905 118 264', 'typed'));
    must(room.chooseProcedure(kit.id(), first.id, HUYEN, '1.004859'));
    must(await room.requestSupplement(kit.id(), first.id, HUYEN, SUPPLEMENT));
    const second = room.open(kit.id(), HUYEN, { ticket, channel: 'direct' });
    expect(second.id).not.toBe(first.id);
    expect(second.applicant.fullName).toMatchObject({ value: 'Nguyễn Thị Thùy Dương', source: 'earlier' });
    expect(second.applicant.phone).toMatchObject({ value: '0905 118 264', source: 'earlier' });
    // The next citizen starts with nothing.
    expect(room.open(kit.id(), HUYEN, { ticket: { id: 'ticket-28', number: 'B028' }, channel: 'direct' }).applicant).toEqual({});
  });

  it('gives one receipt for all that was taken in, with each code, and none for a single one', async () => {
    const { room } = kit;
    const first = await acceptIn(kit, draftIn(kit));
    expect(room.visitCount(first.dossier.id)).toBe(1);
    expect(await room.visitReceipt(kit.id(), first.dossier.id, HUYEN)).toMatchObject({ refused: 'one-dossier' });
    const next = room.open(kit.id(), HUYEN, { ticket, channel: 'direct' });
    must(room.chooseProcedure(kit.id(), next.id, HUYEN, '1.001193'));
    for (const one of must(room.get(next.id)).components)
      if (one.required && one.state === 'absent') must(room.setComponent(kit.id(), next.id, HUYEN, one.key, { state: 'complete' }));
    const second = await acceptIn(kit, next.id);
    expect(room.visitCount(first.dossier.id)).toBe(2);
    const commandId = kit.id();
    const view = must(await room.visitReceipt(commandId, second.dossier.id, HUYEN));
    // Sent twice, it is one paper.
    expect(must(await room.visitReceipt(commandId, second.dossier.id, HUYEN)).documents).toHaveLength(view.documents.length);
    const made = view.documents.find((one) => one.name === 'Giấy tiếp nhận chung 2 hồ sơ')!;
    const text = execFileSync('pdftotext', ['-raw', kit.documents.files.absolute(kit.documents.get(made.id)!.file), '-'], {
      encoding: 'utf8',
    });
    for (const one of [first, second]) expect(text).toContain(one.dossier.dossierCode);
    expect(text.normalize('NFC').replace(/\s+/g, ' ')).toContain('2 hồ sơ nộp cùng lượt');
  });

  it('names a paper by its own number while the dossier has no code', async () => {
    const { room } = kit;
    const { id } = room.open(kit.id(), HUYEN, { ticket, channel: 'direct' });
    must(room.scanCard(kit.id(), id, HUYEN, CARD));
    must(room.chooseProcedure(kit.id(), id, HUYEN, '1.004859'));
    const asked = must(await room.requestSupplement(kit.id(), id, HUYEN, SUPPLEMENT));
    expect(asked.documents[0]!.name).toMatch(/^Phiếu yêu cầu bổ sung.* \d+\//u);
    expect(asked.documents[0]!.name).not.toContain('Nháp');
    // Sent away for more papers, it was not taken in: the day does not count it as work in hand.
    expect(room.touched(0, Number.MAX_SAFE_INTEGER)).toEqual([]);
  });

  it('keeps names as they are written, with single spaces', () => {
    const { room } = kit;
    const { id } = room.open(kit.id(), HUYEN, { ticket: null, channel: 'direct' });
    const view = must(room.setField(kit.id(), id, HUYEN, 'applicant', 'fullName', '  NGUYỄN  VĂN   AN ', 'typed'));
    expect(view.applicant.fullName?.value).toBe('NGUYỄN VĂN AN');
  });
});
