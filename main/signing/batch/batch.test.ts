import { execFileSync, spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
const VICTIM = path.join(import.meta.dirname, '../../../tests/fixtures/signing/victim.ts');

async function waitFor(wanted: () => boolean): Promise<void> {
  for (let i = 0; i < 2000 && !wanted(); i++) await new Promise((resolve) => setTimeout(resolve, 10));
  if (!wanted()) throw new Error('it did not come');
}

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
    proxy.set({});
    proxy.forget();
    round += 1;
    test = openRoom(path.join(dir, `room-${round}`), {
      modules: [proxy.module],
      tokenProcess: { env: proxy.env, settleMs: 1, limits: { sign: 60_000 } },
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
  /** Starts a batch that has signed two files and stands in the token with the third. */
  const beginAndHold = async (count: number) => {
    proxy.set({ hang_sign_at: 3 });
    const started = await begin(count);
    await test.until((view) => view.files.filter((file) => file.state === 'signed').length === 2);
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
    await beginAndHold(5);
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
    await beginAndHold(5);
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
    const { batch } = await beginAndHold(6);
    test.room.cancel(batch.id);
    proxy.set({});
    await test.room.idle();
    expect(test.room.newestBatch()?.batch.state).toBe('cancelled');
    // The file at the token was finished; nothing after it was begun.
    const done = 3;
    expect(states()).toEqual(['signed', 'signed', 'signed', 'skipped', 'skipped', 'skipped']);
    expect(test.room.worklist().filter((item) => item.state === 'waiting')).toHaveLength(6 - done);
    allGood(done);
  });

  it('takes the time anew when the token was away for long', async () => {
    await beginAndHold(4);
    proxy.set({ removed: 1 });
    await test.until((view) => view.batch.state === 'paused');
    const hour = 3_600_000;
    test.clock.advance(hour);
    proxy.set({});
    await test.room.idle();
    allGood(4);
    const times = test.signed.map((result) => result.signedAt);
    expect(Math.max(...times) - Math.min(...times)).toBe(hour);
    expect(times.filter((time) => time === Math.min(...times))).toHaveLength(2);
  });

  it('can be cancelled while the token is out', async () => {
    const { batch } = await beginAndHold(4);
    proxy.set({ removed: 1 });
    await test.until((view) => view.batch.state === 'paused');
    test.room.cancel(batch.id);
    await test.room.idle();
    expect(test.room.newestBatch()?.batch.state).toBe('cancelled');
  });

  it('goes on after the program was closed in the middle, and tells each result once', async () => {
    await beginAndHold(5);
    const closing = test.close();
    proxy.set({});
    await closing;
    const before = test.signed.length;
    const again = openRoom(path.join(dir, `room-${round}`), { modules: [proxy.module], tokenProcess: { env: proxy.env, settleMs: 1 } });
    await again.until((view) => view.batch.state === 'paused');
    const batch = again.room.newestBatch()?.batch;
    expect(batch?.why?.refused).toBe('interrupted');
    expect(isRefusal(await again.room.resume(batch?.id ?? '', token.pin, false))).toBe(false);
    await again.room.idle();
    expect(again.room.newestBatch()?.files.map((file) => file.state)).toEqual(Array(5).fill('signed'));
    expect(before + again.signed.length).toBe(5);
    test = again;
  });

  it('survives kill -9 at any point: each file is untouched or signed, and the rest is signed later', async () => {
    for (const killAt of [1, 4]) {
      const room = path.join(dir, `killed-${killAt}`);
      proxy.set({ hang_sign_at: killAt });
      proxy.forget();
      const victim = spawn(process.execPath, ['--no-warnings', VICTIM, room, proxy.module, token.pin, '5'], {
        env: { ...process.env, ...proxy.env },
        stdio: 'ignore',
      });
      const gone = new Promise((resolve) => victim.on('exit', resolve));
      await waitFor(() => proxy.calls().filter((word) => word === 'sign').length >= killAt);
      victim.kill('SIGKILL');
      await gone;
      proxy.set({});
      const after = openRoom(room, { modules: [proxy.module], tokenProcess: { env: proxy.env, settleMs: 1 } });
      await after.until((view) => view.batch.state === 'paused');
      const view = after.room.newestBatch();
      for (const file of view?.files ?? []) {
        const evidence = readdirSync(path.dirname(file.output)).filter((name) => name.startsWith(`${path.basename(file.output)}.`));
        if (file.state === 'signed') expect(execFileSync('pdfsig', [file.output]).toString()).toContain('Signature is Valid');
        else expect([file.state, existsSync(file.output)]).toEqual(['pending', false]);
        expect(evidence).toHaveLength(file.state === 'signed' ? 1 : 0);
      }
      expect(isRefusal(await after.room.resume(view?.batch.id ?? '', token.pin, false))).toBe(false);
      await after.room.idle();
      expect(after.room.newestBatch()?.files.map((file) => file.state)).toEqual(Array(5).fill('signed'));
      expect(after.room.worklist().every((item) => item.state === 'signed')).toBe(true);
      const folder = path.dirname(view?.files[0]?.output ?? '');
      expect(readdirSync(folder).filter((name) => name.endsWith('.dang-ky'))).toEqual([]);
      await after.close();
    }
  });

  it('clears away what a kill left between the writing and the name, and finds what it left after the name', async () => {
    const started = await beginAndHold(5);
    const closing = test.close();
    proxy.set({});
    await closing;
    const names = started.files.map((file) => file.output);
    const [done = '', , , half = '', named = ''] = names;
    // As a kill would leave the fourth file: written and checked, with its evidence, but without its name ...
    copyFileSync(done, path.join(path.dirname(half), `.${path.basename(half)}.dang-ky`));
    writeFileSync(`${half}.KySo1.json`, '{}');
    // ... and the fifth: with its name, but not in the journal.
    copyFileSync(done, named);
    const again = openRoom(path.join(dir, `room-${round}`), { modules: [proxy.module], tokenProcess: { env: proxy.env, settleMs: 1 } });
    await again.until((view) => view.batch.state === 'paused');
    expect(again.room.newestBatch()?.files.map((file) => file.state)).toEqual(['signed', 'signed', 'signed', 'pending', 'signed']);
    expect(readdirSync(path.dirname(half)).filter((name) => name.includes(path.basename(half)))).toEqual([]);
    await again.room.resume(started.batch.id, token.pin, false);
    await again.room.idle();
    expect(again.room.newestBatch()?.files.map((file) => file.state)).toEqual(Array(5).fill('signed'));
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
