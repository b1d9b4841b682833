import { describe, expect, it } from 'vitest';
import type { DeviceHealth } from '../../../main/contract/devices.ts';
import { cellOf, cellOfKind } from './strip.ts';

const device = (
  id: string,
  kind: DeviceHealth['kind'],
  state: DeviceHealth['state'],
  reasons: DeviceHealth['reasons'] = [],
): DeviceHealth => ({
  id,
  kind,
  name: id,
  state,
  reasons,
  since: 0,
  lastSeen: 0,
  vi: '',
  en: '',
  remedyVi: '',
  remedyEn: '',
});

describe('the strip at the bottom', () => {
  it('lets the worst device of a kind speak', () => {
    const all = [
      device('a', 'ticket-printer', 'ready'),
      device('b', 'ticket-printer', 'error', ['paper-out']),
      device('c', 'scanner', 'busy'),
    ];
    expect(cellOfKind(all, 'ticket-printer')).toMatchObject({ tone: 'bad', vi: 'hết giấy' });
    expect(cellOfKind(all, 'scanner')).toMatchObject({ tone: 'run', vi: 'đang quét' });
  });

  it('never says ready for what is not there', () => {
    expect(cellOfKind([], 'a4-printer')).toMatchObject({ tone: 'off', vi: 'chưa cài' });
    expect(cellOfKind([], 'token')).toMatchObject({ tone: 'off', vi: 'chưa cắm' });
    for (const state of ['absent', 'connecting', 'busy', 'attention', 'error'] as const)
      expect(cellOf(device('x', 'reader', state)).tone).not.toBe('ok');
  });
});
