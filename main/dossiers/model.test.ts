import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isRefusal } from '../contract/refusal.ts';
import { CARD, HUYEN, openRoom } from '../../tests/fixtures/dossier-room.ts';
import { BUSINESS, STATUS_CODE, type Action } from './index.ts';

/** What an officer may press after the acceptance, without papers (those are in the other tests), and the action it stands for. */
const COMMANDS = ['forward', 'coordinate', 'requestObligation', 'resume', 'finish', 'pay', 'refund', 'discard', 'wait'] as const;
const ACTION: Partial<Record<(typeof COMMANDS)[number], Action>> = {
  forward: 'forward',
  coordinate: 'coordinate',
  requestObligation: 'request-obligation',
  resume: 'resume',
  finish: 'finish',
  discard: 'discard',
};

it('does what the table allows and refuses the rest, whatever is pressed in whatever order', async () => {
  const kit = openRoom();
  try {
    let person = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...COMMANDS), { maxLength: 14 }), async (presses) => {
        const { room } = kit;
        person += 1;
        const { id } = room.open(kit.id(), HUYEN, { ticket: null, channel: 'direct' });
        room.scanCard(kit.id(), id, HUYEN, { ...CARD, idNumber: `001191${String(person).padStart(6, '0')}` });
        room.chooseProcedure(kit.id(), id, HUYEN, '2.000635');
        room.setPages(kit.id(), id, HUYEN, 'to-khai', [`page${person}`]);
        await room.accept(kit.id(), id, HUYEN, { wantsReceipt: false, duplicatesSeen: false });
        const sent = kit.heard.statuses.length;
        let expected = 0;
        for (const press of presses) {
          const before = room.get(id);
          if (isRefusal(before)) throw new Error('gone');
          const command = kit.id();
          const run = () => {
            if (press === 'forward') return room.forward(command, id, HUYEN);
            if (press === 'coordinate') return room.coordinate(command, id, HUYEN, 'Công an phường', 'xác minh');
            if (press === 'requestObligation') return room.requestObligation(command, id, HUYEN, 10_000, 'thuế', 'thông báo');
            if (press === 'resume') return room.resume(command, id, HUYEN, '');
            if (press === 'finish') return room.finish(command, id, HUYEN, 'ký tay');
            if (press === 'pay') return room.pay(command, id, HUYEN, { method: 'cash', amount: 8000 });
            if (press === 'refund') return room.undoPayment(command, id, HUYEN, 'refunded', 'nộp thừa');
            if (press === 'discard') return room.discard(command, id, HUYEN);
            kit.clock.advance(26 * 3_600_000);
            return room.get(id);
          };
          const answer = run();
          const action = ACTION[press];
          const allowed = action === undefined ? undefined : BUSINESS[action][before.axes.business] !== undefined;
          if (allowed !== undefined) expect(isRefusal(answer), `${press} in ${before.axes.business}`).toBe(!allowed);
          if (allowed) expected += 1;
          const after = room.get(id);
          if (isRefusal(after)) throw new Error('gone');
          if (press !== 'wait') expect(run()).toEqual(isRefusal(answer) ? answer : after);
          // A business step leaves the money alone, and money leaves the business alone.
          if (allowed !== undefined) expect(after.axes.money).toBe(before.axes.money);
          else expect(after.axes.business).toBe(before.axes.business);
          expect(after.statusCode).toBe(STATUS_CODE[after.axes.business]);
          expect(after.pauses.filter((p) => p.to === null).length).toBeLessThanOrEqual(1);
          if (after.axes.business === 'finished') expect(after.pauses.every((p) => p.to !== null)).toBe(true);
          expect(after.promises[0]?.dueAt).toBe(before.promises[0]?.dueAt);
          expect(after.due?.dueAt).toBe(after.promises.at(-1)?.dueAt);
        }
        // One message to the province for each step that was done, none for a refusal or a repeat.
        expect(kit.heard.statuses.length - sent).toBe(expected);
      }),
      { numRuns: 60 },
    );
  } finally {
    kit.close();
  }
});
