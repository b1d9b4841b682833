import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isRefusal } from '../../main/contract/refusal.ts';
import { fileSecrets } from '../../main/delivery/index.ts';
import { sealedSecrets, secretBox } from '../../main/shell/interfaces.ts';
import { TRAINING_SECRET, TRAINING_USER } from '../../main/training/province/index.ts';
import { sampleDossier } from './sample.ts';
import { setup, type Bench } from './setup.ts';

/** Electron's asynchronous safeStorage over a keyring that may be missing, locked or given a new key. */
function keyring() {
  const state = { present: true, key: 1, known: new Set([1]) };
  const broken = () => Promise.reject(new Error('Error while decrypting the ciphertext provided to safeStorage.decryptString.'));
  return {
    state,
    safeStorage: {
      isAsyncEncryptionAvailable: () => Promise.resolve(state.present),
      encryptStringAsync: (text: string) =>
        state.present ? Promise.resolve(Buffer.from(`${state.key}:${Buffer.from(text).toString('hex')}`)) : broken(),
      decryptStringAsync(sealed: Buffer) {
        const [key = '', hex = ''] = sealed.toString().split(':');
        if (!state.present || !state.known.has(Number(key))) return broken();
        return Promise.resolve({ result: Buffer.from(hex, 'hex').toString(), shouldReEncrypt: Number(key) !== state.key });
      },
    },
  };
}

let bench: Bench | null = null;
afterEach(async () => {
  await bench?.close();
  bench = null;
});
async function kept() {
  const ring = keyring();
  let file: string | null = null;
  const secrets = sealedSecrets(secretBox(ring.safeStorage), { read: () => file, write: (text) => void (file = text) });
  await secrets.set('province.user', TRAINING_USER);
  await secrets.set('province.secret', TRAINING_SECRET);
  return { ring, secrets, file: () => file ?? '' };
}
async function until(true_: () => boolean): Promise<void> {
  for (let i = 0; i < 2_000 && !true_(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  expect(true_()).toBe(true);
}

describe('the safe of the system', () => {
  it('is asked for at the keeping: without one nothing is written, and the officer reads what to do', async () => {
    bench = await setup();
    const { ring, secrets, file } = await kept();
    const d = bench.open({}, { secrets });
    ring.state.present = false;
    const before = file();
    const answer = await d.desk.signIn('ai-do', 'mật khẩu mới');
    expect(answer).toMatchObject({ refused: 'no-safe' });
    expect(isRefusal(answer) ? answer.vi : '').toContain('Máy này không cất được mật khẩu');
    expect(file()).toBe(before);
  });

  it('does not open, and everything is kept for a person to sign in; a password typed anew gets the dossiers going', async () => {
    bench = await setup();
    const { ring, secrets } = await kept();
    ring.state.known.clear();
    const d = bench.open({}, { secrets });
    bench.store.transaction(() => d.enqueue(sampleDossier('s1', [])));
    await until(() => d.rows().rows[0]?.state === 'waiting-sign-in');
    expect(d.rows().rows[0]?.remedy.action).toBe('sign-in');
    expect(d.summary().line.state).toBe('sign-in');
    expect(d.rows().rows[0]?.why.vi).toContain('Không mở được mật khẩu đã cất');
    expect(d.summary().line.text.vi).toContain('Không mở được mật khẩu đã cất');
    ring.state.key = 2;
    ring.state.known.add(2);
    expect(await d.desk.signIn(undefined, undefined)).toMatchObject({ refused: 'no-credentials' });
    expect(isRefusal(await d.desk.signIn(TRAINING_USER, TRAINING_SECRET))).toBe(false);
    await d.drained(30_000);
    expect(bench.province.count()).toBe(1);
  });

  it('has another key by now: what was opened with the old one is sealed anew', async () => {
    const { ring, secrets, file } = await kept();
    ring.state.key = 2;
    ring.state.known.add(2);
    const before = file();
    expect(await secrets.get('province.secret')).toBe(TRAINING_SECRET);
    expect(file()).not.toBe(before);
    ring.state.known.delete(1);
    expect(await secrets.get('province.secret')).toBe(TRAINING_SECRET);
    await expect(secrets.get('province.user')).rejects.toThrow();
  });

  it('is a file under Node; a damaged one is begun anew by signing in', async () => {
    bench = await setup();
    const safe = path.join(bench.dir, 'safe');
    const secrets = fileSecrets(safe);
    await secrets.set('province.secret', 'cũ');
    for (const name of ['secrets.json', 'secrets.key']) {
      writeFileSync(path.join(safe, name), '{"pro');
      await expect(secrets.get('province.secret')).rejects.toThrow(/damaged/);
      await secrets.set('province.secret', 'mới');
      expect(await secrets.get('province.secret')).toBe('mới');
    }
    expect(readFileSync(path.join(safe, 'secrets.key'))).toHaveLength(32);
  });
});
