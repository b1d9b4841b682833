import { afterEach, describe, expect, it, vi } from 'vitest';
import { NotConnected } from '../../shared/client.ts';
import { read, unreadNow } from './read.ts';

const wire = vi.hoisted(() => ({ open: false, listeners: new Set<() => void>() }));
vi.mock('../../shared/client.ts', async (original) => ({
  ...(await original<typeof import('../../shared/client.ts')>()),
  wireState: () => ({ open: wire.open }),
  onWireState: (listener: () => void) => {
    wire.listeners.add(listener);
    return () => wire.listeners.delete(listener);
  },
}));
const change = (open: boolean): void => {
  wire.open = open;
  for (const listener of wire.listeners) listener();
};

describe('reading what a page shows', () => {
  afterEach(() => {
    expect(unreadNow()).toEqual([]);
    expect(wire.listeners.size).toBe(0);
  });

  it('asks again when the wire is back, once', async () => {
    const ask = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new NotConnected('gone')).mockResolvedValue('here');
    const heard = vi.fn();
    read(ask, heard);
    await vi.waitFor(() => expect(wire.listeners.size).toBe(1));
    change(false);
    expect(ask).toHaveBeenCalledTimes(1);
    change(true);
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith('here'));
    change(true);
    expect(ask).toHaveBeenCalledTimes(2);
  });

  it('says a fault above the page until it was asked again', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const ask = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error('odd')).mockResolvedValue('here');
    const heard = vi.fn();
    read(ask, heard);
    await vi.waitFor(() => expect(unreadNow()).toHaveLength(1));
    expect(unreadNow()[0]?.trouble.code).toBe('unexpected');
    unreadNow()[0]?.again();
    await vi.waitFor(() => expect(heard).toHaveBeenCalledWith('here'));
  });

  it('forgets both when the page goes, and tells no page that is gone', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {});
    const heard = vi.fn();
    const stopWaiting = read(() => Promise.reject(new NotConnected('gone')), heard);
    const stopFault = read(() => Promise.reject(new Error('odd')), heard);
    const late = Promise.withResolvers<string>();
    const stopLate = read(() => late.promise, heard);
    await vi.waitFor(() => expect(unreadNow()).toHaveLength(1));
    for (const stop of [stopWaiting, stopFault, stopLate]) stop();
    late.resolve('late');
    await late.promise;
    change(true);
    expect(heard).not.toHaveBeenCalled();
  });

  it('says nothing of a refusal: it is somebody else’s duty', async () => {
    const refused = Object.assign(new Error('refused'), {
      data: { vi: 'Không phải việc của anh/chị.', en: 'Not your duty.', refused: 'not-your-duty' },
    });
    const ask = vi.fn(() => Promise.reject(refused));
    read(ask, () => {});
    await vi.waitFor(() => expect(ask).toHaveBeenCalled());
    await Promise.resolve();
    expect(unreadNow()).toEqual([]);
  });
});
