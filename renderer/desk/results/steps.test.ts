import { describe, expect, it } from 'vitest';
import { nextStep } from './steps.ts';

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
