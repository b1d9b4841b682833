import { describe, expect, it } from 'vitest';
import { BUSINESS, type Action } from '../../../main/dossiers/states.ts';
import { nextStep, otherSteps, type OtherAction } from './steps.ts';

const at = (business: Parameters<typeof nextStep>[0]['axes']['business'], receivedAt: number | null) =>
  nextStep({ axes: { business, money: 'none', paper: 'none', sync: 'local' }, documents: [], receivedAt });

describe('the next step of a dossier', () => {
  it('is never a dead end for one that was not taken in yet', () => {
    expect(at('draft', null)).toMatchObject({ action: 'intake' });
    expect(at('supplement', null)).toMatchObject({ action: 'receive-supplement', vi: 'Đã mang đủ, làm tiếp' });
  });
  it('starts the clock again only where one was stopped', () => {
    expect(at('supplement', 1)).toMatchObject({ detailVi: 'Đồng hồ chạy tiếp' });
    expect(at('supplement', null)?.detailVi).not.toContain('Đồng hồ');
  });
  it('is nothing when all is over', () => expect(at('returned', 1)).toBeNull());
});

describe('what else may happen to a dossier', () => {
  it('is offered exactly where the rules allow it', () => {
    const rule: Partial<Record<OtherAction, Action>> = {
      finish: 'finish',
      coordinate: 'coordinate',
      withdraw: 'withdraw',
      discontinue: 'discontinue',
    };
    for (const business of [
      'accepted',
      'processing',
      'coordinating',
      'supplement',
      'obligation',
      'finished',
      'returned',
      'refused',
    ] as const) {
      const axes = { business, money: 'none', paper: 'none', sync: 'local' } as const;
      const offered = otherSteps({ axes, receivedAt: 1 }).map((one) => one.action);
      for (const [action, of] of Object.entries(rule))
        expect([business, action, offered.includes(action as OtherAction)]).toEqual([
          business,
          action,
          BUSINESS[of][business] !== undefined,
        ]);
      expect(otherSteps({ axes, receivedAt: null })).toEqual([]);
    }
  });
});
