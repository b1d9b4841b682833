import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { makeProxy, type Proxy } from '../../../tests/fixtures/pkcs11-proxy/proxy.ts';
import { makePki, type Pki } from '../../../tests/fixtures/signing/pki.ts';
import { openRoom, type TestRoom } from '../../../tests/fixtures/signing/room.ts';
import { makeToken, type SoftToken } from '../../../tests/fixtures/signing/softhsm.ts';
import { part } from '../../../tests/parts.ts';
import { isRefusal } from '../../contract/refusal.ts';

const real = ['openssl', 'softhsm2-util', 'pkcs11-tool', 'gcc', 'pdfsig'].map(part).every(Boolean);
const WRONG_PIN = 0xa0;

describe.skipIf(!real)('a batch and its token', () => {
  let dir: string;
  let pki: Pki;
  let token: SoftToken;
  let proxy: Proxy;
  let test: TestRoom;
  let round = 0;

  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-batch-'));
    pki = makePki(path.join(dir, 'pki'));
    token = makeToken(path.join(dir, 'hsm'));
    token.add(pki.issue('Phạm Quang Vinh'));
    proxy = makeProxy(dir, token);
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  beforeEach(() => {
    proxy.set({ sign_delay_ms: 40 });
    proxy.forget();
    round += 1;
    test = openRoom(path.join(dir, `room-${round}`), {
      modules: [proxy.module],
      tokenProcess: { env: proxy.env, settleMs: 1, limits: { sign: 2000 } },
    });
  });
  afterEach(() => test.close());

  const documents = (count: number) => Promise.all(Array.from({ length: count }, (_, i) => test.add(`doc-${i}`)));
  const begin = async (count = 5) => {
    const items = await documents(count);
    const started = await test.start(items, { pin: token.pin });
    if (isRefusal(started)) throw new Error(started.refused);
    return started;
  };
  const states = () => test.room.newestBatch()?.files.map((file) => file.state);
  const logins = () => proxy.calls().filter((word) => word === 'login-pin').length;
  /** Every result is valid, and no half-written file lies about. */
  const allGood = (count: number) => {
    expect(test.signed).toHaveLength(count);
    for (const result of test.signed) {
      expect(execFileSync('pdfsig', [result.file]).toString()).toContain('Signature is Valid');
      expect(readdirSync(path.dirname(result.file)).filter((name) => name.endsWith('.dang-ky'))).toEqual([]);
    }
  };

  it('signs all files with one login', async () => {
    await begin(4);
    await test.room.idle();
    expect(states()).toEqual(['signed', 'signed', 'signed', 'signed']);
    expect(logins()).toBe(1);
    allGood(4);
  });

  it('pauses when the token is pulled and goes on with the same one', async () => {
    await begin();
    await test.until((view) => view.files.some((file) => file.state === 'signed'));
    proxy.set({ removed: 1 });
    await test.until((view) => view.batch.state === 'paused');
    expect(test.room.newestBatch()?.batch.why?.refused).toBe('token-removed');
    // Another token in the same slot is not taken for it.
    proxy.set({ serial: 'ANOTHER-1' });
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(test.room.newestBatch()?.batch.state).toBe('paused');
    proxy.set({});
    await test.room.idle();
    expect(states()).toEqual(Array(5).fill('signed'));
    allGood(5);
  });

  it('stops for good when the PIN is wrong after the token came back, and sends it once', async () => {
    await begin();
    await test.until((view) => view.files.some((file) => file.state === 'signed'));
    proxy.set({ removed: 1 });
    await test.until((view) => view.batch.state === 'paused');
    const before = logins();
    proxy.set({ login_rv: WRONG_PIN });
    await test.room.idle();
    expect(test.room.newestBatch()?.batch).toMatchObject({ state: 'stopped', why: { refused: 'wrong-pin' } });
    expect(logins()).toBe(before + 1);
    expect(new Set(states())).toEqual(new Set(['signed', 'skipped']));
    allGood(states()?.filter((state) => state === 'signed').length ?? 0);
  });

  it('tries once more after a general error and finishes', async () => {
    proxy.set({ sign_fail_at: 2, sign_rv: 0x05 });
    await begin(3);
    await test.room.idle();
    expect(states()).toEqual(['signed', 'signed', 'signed']);
    allGood(3);
  });

  it('waits for a PIN after the driver crashed, and signs the rest', async () => {
    proxy.set({ crash_at_sign: 2 });
    const { batch } = await begin(3);
    await test.until((view) => view.batch.state === 'paused');
    expect(test.room.newestBatch()?.batch.why?.refused).toBe('driver-crashed');
    expect(await test.room.resume(batch.id, undefined, false)).toMatchObject({ refused: 'driver-crashed' });
    proxy.set({});
    expect(isRefusal(await test.room.resume(batch.id, token.pin, false))).toBe(false);
    await test.room.idle();
    expect(states()).toEqual(['signed', 'signed', 'signed']);
    allGood(3);
  });

  it('ends between files when it is cancelled, and gives the rest back to the worklist', async () => {
    const { batch } = await begin(6);
    await test.until((view) => view.files.some((file) => file.state === 'signed'));
    test.room.cancel(batch.id);
    await test.room.idle();
    expect(test.room.newestBatch()?.batch.state).toBe('cancelled');
    const done = states()?.filter((state) => state === 'signed').length ?? 0;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(6);
    expect(test.room.worklist().filter((item) => item.state === 'waiting')).toHaveLength(6 - done);
    allGood(done);
  });

  it('can be cancelled while the token is out', async () => {
    const { batch } = await begin(3);
    proxy.set({ removed: 1 });
    await test.until((view) => view.batch.state === 'paused');
    test.room.cancel(batch.id);
    await test.room.idle();
    expect(test.room.newestBatch()?.batch.state).toBe('cancelled');
  });

  it('goes on after the program was closed in the middle, and tells each result once', async () => {
    await begin(4);
    await test.until((view) => view.files.some((file) => file.state === 'signed'));
    await test.close();
    const before = test.signed.length;
    const again = openRoom(path.join(dir, `room-${round}`), { modules: [proxy.module], tokenProcess: { env: proxy.env, settleMs: 1 } });
    await again.until((view) => view.batch.state === 'paused');
    const batch = again.room.newestBatch()?.batch;
    expect(batch?.why?.refused).toBe('interrupted');
    expect(isRefusal(await again.room.resume(batch?.id ?? '', token.pin, false))).toBe(false);
    await again.room.idle();
    expect(again.room.newestBatch()?.files.map((file) => file.state)).toEqual(Array(4).fill('signed'));
    expect(before + again.signed.length).toBe(4);
    test = again;
  });

  it('leaves every original as it was', async () => {
    const items = await documents(2);
    const before = items.map((item) => readFileSync(item.file));
    await test.start(items, { pin: token.pin });
    await test.room.idle();
    expect(items.map((item) => readFileSync(item.file).equals(before[items.indexOf(item)] ?? Buffer.alloc(0)))).toEqual([true, true]);
  });
});
