import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeProxy, type Proxy } from '../../../tests/fixtures/pkcs11-proxy/proxy.ts';
import { makeToken } from '../../../tests/fixtures/signing/softhsm.ts';
import { part } from '../../../tests/parts.ts';
import { systemClock } from '../../store/index.ts';
import { createTokenWatch, type TokenWatch } from './watch.ts';

const real = ['softhsm2-util', 'gcc'].map(part).every(Boolean);
const patience = { timeout: 30_000 };

describe.skipIf(!real)('the watch over the tokens', () => {
  let dir: string;
  let proxy: Proxy;
  let watch: TokenWatch;
  let told: string[];

  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-token-'));
    proxy = makeProxy(dir, makeToken(path.join(dir, 'hsm'), 'Ký số An Bình'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  afterEach(() => watch.close());

  const open = (options: { modules?: () => string[]; busy?: () => boolean } = {}) => {
    proxy.set({});
    told = [];
    watch = createTokenWatch({ clock: systemClock, modules: () => [proxy.module], env: proxy.env, pollMs: 20, ...options });
    watch.onHealth((health) => told.push(health.reasons[0] ?? health.state));
  };
  const reaches = (what: string) => expect.poll(() => told.at(-1), patience).toBe(what);

  it('tells by itself when a token is pulled out and put back, without a session and without ending its process', async () => {
    open();
    await reaches('ready');
    expect(watch.present()).toMatchObject([{ label: 'Ký số An Bình', locked: false }]);
    const presence: number[] = [];
    watch.onPresence((tokens) => presence.push(tokens.length));
    for (let round = 0; round < 2; round += 1) {
      proxy.set({ removed: 1 });
      await reaches('unplugged');
      expect(watch.health()[0]).toMatchObject({ state: 'absent', vi: 'Token ký số: chưa cắm.' });
      proxy.set({});
      await reaches('ready');
    }
    expect(presence).toEqual([0, 1, 0, 1]);
    expect(watch.health()[0]?.lastSeen).not.toBeNull();
    // One start of the module, no login, no session.
    expect(proxy.calls().filter((call) => /login|session/iu.test(call))).toEqual([]);
  });

  it('says that a locked token needs its issuer', async () => {
    open();
    await reaches('ready');
    proxy.set({ flags_or: 0x40000 });
    await reaches('access-denied');
    expect(watch.health()[0]).toMatchObject({ state: 'attention', vi: 'Token ký số: đã bị khóa mã PIN.' });
  });

  it('outlives a module that crashes or cannot be loaded, and returns when it can', async () => {
    open({ modules: () => [proxy.module, path.join(dir, 'absent.so')] });
    await reaches('ready');
    proxy.set({ crash_at_list: 1 });
    await reaches('driver-restarting');
    proxy.set({});
    await reaches('ready');
    proxy.set({ removed: 1 });
    await reaches('protocol');
  });

  it('lets go of a driver that is not on the list any more, and leaves the token to a batch', async () => {
    let modules = [proxy.module];
    let busy = false;
    open({ modules: () => modules, busy: () => busy });
    await reaches('ready');
    busy = true;
    proxy.set({ removed: 1 });
    await watch.look();
    expect(told.at(-1)).toBe('ready');
    busy = false;
    await reaches('unplugged');
    proxy.set({});
    await reaches('ready');
    modules = [];
    await watch.look();
    await reaches('unplugged');
  });
});
