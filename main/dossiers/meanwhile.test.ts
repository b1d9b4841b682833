import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CARD, HUYEN, must, openRoom, type Kit } from '../../tests/fixtures/dossier-room.ts';

let kit: Kit;
beforeEach(() => void (kit = openRoom()));
afterEach(() => kit.close());

/** A draft of a procedure whose papers were all seen. */
function draft(): string {
  const { room } = kit;
  const { id } = room.open(kit.id(), HUYEN, { ticket: null, channel: 'direct' });
  must(room.scanCard(kit.id(), id, HUYEN, CARD));
  const chosen = must(room.chooseProcedure(kit.id(), id, HUYEN, '1.001193'));
  for (const c of chosen.components)
    if (c.required && c.state === 'absent') must(room.setComponent(kit.id(), id, HUYEN, c.key, { state: 'complete', originals: 1 }));
  return id;
}

describe('news of the province in the middle of an officer’s command', () => {
  it('does not refuse the officer: what was prepared is prepared anew, once', async () => {
    const id = draft();
    must(await kit.room.accept(kit.id(), id, HUYEN, { wantsReceipt: false, duplicatesSeen: false }));
    const commandId = kit.id();
    const drafting = kit.room.draftResult(commandId, id, HUYEN, { number: '1/2026', signer: 'Trần Văn Hậu', signerTitle: 'Chủ tịch' });
    // The paper is being made now; the acknowledgement comes and changes the dossier.
    const before = must(kit.room.get(id)).revision;
    kit.room.onAcknowledged(id, null);
    expect(must(kit.room.get(id)).revision).toBeGreaterThan(before);
    const drafted = must(await drafting);
    expect(drafted.documents.filter((document) => document.kind === 'result')).toHaveLength(1);
    expect(kit.heard.signing).toHaveLength(1);
  });

  it('takes a code as a code, not as an acknowledgement', async () => {
    kit.setOnline(false);
    const id = draft();
    const accepted = must(await kit.room.accept(kit.id(), id, HUYEN, { wantsReceipt: false, duplicatesSeen: false }));
    expect(accepted.dossier.provisionalCode).toMatch(/^TAM-/);
    kit.room.onMapped(id, 'H15.50.05.13-261123-0042');
    expect(must(kit.room.get(id))).toMatchObject({ dossierCode: 'H15.50.05.13-261123-0042', axes: { sync: 'queued' } });
    kit.room.onAcknowledged(id, 'H15.50.05.13-261123-0042');
    expect(must(kit.room.get(id)).axes.sync).toBe('acknowledged');
  });

  it('takes one number when two screens accept the same draft at the same moment: no gap in the numbering', async () => {
    const id = draft();
    const options = { wantsReceipt: false, duplicatesSeen: false };
    const both = await Promise.all([kit.room.accept(kit.id(), id, HUYEN, options), kit.room.accept(kit.id(), id, HUYEN, options)]);
    expect(both.filter((one) => !('refused' in one))).toHaveLength(1);
    const next = draft();
    const codes = [id, next].map(async (one) => {
      if (one === next) must(await kit.room.accept(kit.id(), one, HUYEN, { ...options, duplicatesSeen: true }));
      return Number(must(kit.room.get(one)).dossierCode?.slice(-4));
    });
    const [first = 0, second] = await Promise.all(codes);
    expect(second).toBe(first + 1);
  });
  it('asks for nothing that ended: a receipt with the official code is offered until it is printed or the dossier is over', async () => {
    kit.setOnline(false);
    const id = draft();
    must(await kit.room.accept(kit.id(), id, HUYEN, { wantsReceipt: false, duplicatesSeen: false }));
    kit.room.onMapped(id, 'H15.50.05.13-261123-0042');
    const offered = () => kit.room.worklist('new-slip', 10).map((line) => line.id);
    expect(offered()).toEqual([id]);
    must(await kit.room.withdraw(kit.id(), id, HUYEN, 'Công dân rút hồ sơ'));
    expect(offered()).toEqual([]);
  });
});
