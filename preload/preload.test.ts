import { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import vm from 'node:vm';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildScreens } from '../main/build.ts';

/** The built preload in a context like Electron's: what it puts into the page, and what it lets through. */
describe('the preload', () => {
  beforeAll(() => buildScreens(), 180_000);

  it('offers one call and hands the port over by a message of the window', () => {
    const source = readFileSync(path.join(import.meta.dirname, '../dist/preload/preload.cjs'), 'utf8');
    const ipc = Object.assign(new EventEmitter(), { sent: [] as string[], send: (channel: string) => void ipc.sent.push(channel) });
    const exposed: Record<string, Record<string, unknown>> = {};
    const posted: unknown[][] = [];
    const electron = {
      ipcRenderer: ipc,
      contextBridge: { exposeInMainWorld: (name: string, api: Record<string, unknown>) => void (exposed[name] = api) },
    };
    const window = { location: { origin: 'app://quay' }, postMessage: (...args: unknown[]) => void posted.push(args) };
    const require = createRequire(import.meta.url);
    vm.runInNewContext(source, {
      window,
      require: (name: string) => (name === 'electron' ? electron : require(name)),
      module: { exports: {} },
      exports: {},
    });

    expect(Object.keys(exposed)).toEqual(['quay']);
    expect(Object.keys(exposed['quay']!)).toEqual(['requestPort']);
    (exposed['quay']!['requestPort'] as () => void)();
    expect(ipc.sent).toEqual(['quay:port']);
    ipc.emit('quay:port', { ports: ['the port'] });
    expect(posted).toEqual([['quay:port', 'app://quay', ['the port']]]);
  });
});
