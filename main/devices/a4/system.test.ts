import { describe, expect, it } from 'vitest';
import { systemBackend, type SystemPrinterInfo, type SystemPrinting } from './system.ts';

/** The two calls of Electron that are used, without a window. */
function fakeSystem(printers: SystemPrinterInfo[], print: SystemPrinting['print'] = async () => undefined) {
  const taken: { queue: string; copies: number; bytes: number }[] = [];
  const system: SystemPrinting = {
    printers: async () => printers,
    async print(pdf, options) {
      await print(pdf, options);
      taken.push({ queue: options.queue, copies: options.copies, bytes: pdf.length });
    },
  };
  return { system, taken };
}
const cups = (state: string, reasons = 'none'): SystemPrinterInfo => ({
  name: 'HP',
  options: { 'printer-state': state, 'printer-state-reasons': reasons, 'printer-is-accepting-jobs': 'true' },
});

describe('the system’s printers', () => {
  it('are told apart by state and reason where the system knows', async () => {
    expect(await systemBackend('HP', fakeSystem([cups('3')]).system).status()).toEqual({ reasons: [], busy: false, accepting: true });
    expect(await systemBackend('HP', fakeSystem([cups('5', 'media-empty-error,media-low-report')]).system).status()).toMatchObject({
      reasons: ['paper-out', 'paper-low'],
    });
    expect(await systemBackend('HP', fakeSystem([cups('5')]).system).status()).toMatchObject({ reasons: ['offline'] });
    expect(await systemBackend('HP', fakeSystem([{ name: 'HP' }]).system).status()).toEqual({ reasons: [], busy: false, accepting: true });
  });
  it('never print on another printer when the named one is gone', async () => {
    const { system, taken } = fakeSystem([{ name: 'Canon' }]);
    await expect(systemBackend('HP', system).status()).rejects.toThrow('no such printer');
    await expect(systemBackend('HP', system).submit(new Uint8Array(3), { copies: 1, title: 't' })).rejects.toThrow('no such printer');
    expect(taken).toEqual([]);
  });
  it('are done when idle again, stopped when they wait for a hand', async () => {
    const printers = [cups('4')];
    const { system, taken } = fakeSystem(printers);
    const job = await systemBackend('HP', system).submit(new Uint8Array(3), { copies: 2, title: 't' });
    expect(taken).toEqual([{ queue: 'HP', copies: 2, bytes: 3 }]);
    expect(await job.progress()).toBe('waiting');
    printers[0] = cups('5', 'media-empty');
    expect(await job.progress()).toBe('stopped');
    printers[0] = cups('3');
    expect(await job.progress()).toBe('done');
  });
  it('are given up when the system does not take the document', async () => {
    const { system } = fakeSystem([cups('3')], () => new Promise(() => undefined));
    await expect(systemBackend('HP', system, 20).submit(new Uint8Array(3), { copies: 1, title: 't' })).rejects.toThrow('in time');
  });
});
