import { constants, createPublicKey, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makeProxy, type Proxy } from '../../../tests/fixtures/pkcs11-proxy/proxy.ts';
import { makePki, type Issued, type Pki } from '../../../tests/fixtures/signing/pki.ts';
import { makeToken, type SoftToken } from '../../../tests/fixtures/signing/softhsm.ts';
import { ensureNative } from '../../../native/index.ts';
import { part } from '../../../tests/parts.ts';
import { isRefusal } from '../../contract/refusal.ts';
import { attributesDigest, readCertificate } from '../cms/index.ts';
import { knownModules, moduleFault, openKey, TokenError, TokenProcess, type KeyRequest, type OpenKey } from './index.ts';

const real = ['openssl', 'softhsm2-util', 'pkcs11-tool', 'gcc'].map(part).every(Boolean);

describe('finding modules', () => {
  let dir: string;
  beforeAll(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-modules-'))));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const elf = (machine: number, text = 'C_GetFunctionList\0') => {
    const bytes = Buffer.alloc(256);
    bytes.writeUInt32BE(0x7f454c46, 0);
    bytes.writeUInt16LE(machine, 18);
    bytes.write(text, 100);
    return bytes;
  };
  const pe = (machine: number) => {
    const bytes = Buffer.alloc(256);
    bytes.write('MZ', 0);
    bytes.writeUInt32LE(128, 60);
    bytes.write('PE\0\0', 128);
    bytes.writeUInt16LE(machine, 132);
    bytes.write('C_GetFunctionList\0', 160);
    return bytes;
  };

  it('checks architecture and C_GetFunctionList before anything is loaded', () => {
    const put = (name: string, bytes: Buffer) => {
      writeFileSync(path.join(dir, name), bytes);
      return path.join(dir, name);
    };
    expect(moduleFault(put('good.so', elf(62)), 'x64')).toBeNull();
    expect(moduleFault(put('old.so', elf(3)), 'x64')).toBe('wrong-architecture');
    expect(moduleFault(put('csp.so', elf(62, 'something else')), 'x64')).toBe('no-function-list');
    expect(moduleFault(put('good.dll', pe(0x8664)), 'x64')).toBeNull();
    expect(moduleFault(put('old.dll', pe(0x014c)), 'x64')).toBe('wrong-architecture');
    expect(moduleFault(put('text.dll', Buffer.from('no library at all')), 'x64')).toBe('not-a-library');
    expect(moduleFault(path.join(dir, 'absent.so'), 'x64')).toBe('missing');
  });

  it('knows the drivers of Vietnamese tokens by name, whatever the case', () => {
    writeFileSync(path.join(dir, 'VIETTEL-CA_V5.DLL'), '');
    writeFileSync(path.join(dir, 'eTPKCS11.dll'), '');
    writeFileSync(path.join(dir, 'something.dll'), '');
    const found = knownModules({ platform: 'win32', folders: [dir] }).map((file) => path.basename(file));
    expect(found).toEqual(['eTPKCS11.dll', 'VIETTEL-CA_V5.DLL']);
  });
});

describe.skipIf(!real)('a token that misbehaves', () => {
  let dir: string;
  let pki: Pki;
  let token: SoftToken;
  let proxy: Proxy;
  let first: Issued;
  let large: Issued;
  let serial: string;

  beforeAll(async () => {
    // The pad of a token is asked through our own addon.
    await ensureNative();
    dir = mkdtempSync(path.join(tmpdir(), 'quay-tokens-'));
    pki = makePki(path.join(dir, 'pki'));
    token = makeToken(path.join(dir, 'hsm'));
    first = pki.issue('Nguyễn Văn Một');
    // Same label for everything: nothing may be found by it.
    token.add(first, '01', 'chung một nhãn');
    token.add(pki.issue('Trần Thị Hai', { key: 'p256' }), '02', 'chung một nhãn');
    token.add(pki.issue('Lê Văn Ba', { key: 'p384' }), '03', 'chung một nhãn');
    token.add(pki.issue('Phạm Văn Năm'), '05', 'chung một nhãn', ['--always-auth']);
    large = pki.issue('Đặng Thị Sáu', { key: 'rsa3072' });
    token.add(large, '06', 'chung một nhãn');
    proxy = makeProxy(dir, token);
    const look = await start();
    serial = (await look.tokens())[0]?.serial ?? '';
    await look.end();
  });

  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  beforeEach(() => {
    proxy.set({});
    proxy.forget();
  });

  const start = (limits: Record<string, number> = {}) => TokenProcess.start({ module: proxy.module, env: proxy.env, limits, settleMs: 1 });
  const open = (issued: Issued, options: Partial<KeyRequest> = {}, limits: Record<string, number> = {}) =>
    openKey(
      {
        module: proxy.module,
        serial,
        certificateId: readCertificate(issued.certificate).id,
        pin: token.pin,
        confirmFinalTry: false,
        preferPss: false,
        ...options,
      },
      { trainingDir: null, now: () => Date.now() + 1000, chainOf: () => [], processOptions: { env: proxy.env, limits, settleMs: 1 } },
    );
  const opened = async (issued: Issued, options: Partial<KeyRequest> = {}, limits: Record<string, number> = {}): Promise<OpenKey> => {
    const key = await open(issued, options, limits);
    if (isRefusal(key)) throw new Error(key.refused);
    return key;
  };
  const signs = async (key: OpenKey, data = Buffer.from('đã ký')) => {
    const { signer } = key;
    const signature = await signer.sign(attributesDigest(data, signer.hash), data);
    return { signature, good: verify(signer.hash, data, { key: signer.certificate.spkiRaw, format: 'der', type: 'spki' }, signature) };
  };
  const trouble = (error: unknown) => (error instanceof TokenError ? error.trouble : String(error));

  it('finds each key by its certificate, reads only, and signs with RSA and both curves', async () => {
    const look = await start();
    const certificates = (await look.tokens())[0]?.certificates ?? [];
    await look.end();
    expect(certificates).toHaveLength(5);
    for (const der of certificates) {
      const key = await opened({ certificate: Buffer.from(der) } as Issued);
      expect((await signs(key)).good).toBe(true);
      await key.close();
    }
    expect(proxy.calls()).not.toContain('session-rw');
  });

  it('asks nothing of a locked token', async () => {
    proxy.set({ flags_or: 0x40000 });
    expect(await open(first)).toMatchObject({ refused: 'token-locked' });
    expect(proxy.calls().filter((word) => word.startsWith('login'))).toEqual([]);
  });

  it('uses the last try only after an explicit yes', async () => {
    proxy.set({ flags_or: 0x20000 });
    expect(await open(first)).toMatchObject({ refused: 'final-try' });
    expect(proxy.calls().filter((word) => word.startsWith('login'))).toEqual([]);
    const key = await opened(first, { confirmFinalTry: true });
    await key.close();
    expect(proxy.calls().filter((word) => word === 'login-pin')).toHaveLength(1);
  });

  it('sends a wrong PIN once and calls nothing else a wrong PIN', async () => {
    proxy.set({ login_rv: 0xa0 });
    expect(await open(first)).toMatchObject({ refused: 'wrong-pin' });
    expect(proxy.calls().filter((word) => word === 'login-pin')).toHaveLength(1);
    for (const [code, refused] of [
      [0x05, 'token-error'],
      [0x06, 'token-error'],
      [0xa4, 'token-locked'],
      [0x32, 'token-removed'],
    ] as const) {
      proxy.set({ login_rv: code });
      expect(await open(first)).toMatchObject({ refused });
    }
  });

  it('hashes in the token when raw RSA is not offered', async () => {
    proxy.set({ no_rsa_pkcs: 1 });
    const key = await opened(first);
    expect((await signs(key)).good).toBe(true);
    await key.close();
  });

  it('takes a hash as strong as the key, and the one the token can make when it hashes itself', async () => {
    const SHA384_RSA_PKCS = 0x41;
    for (const [keys, hash] of [
      [{}, 'sha384'],
      [{ no_rsa_pkcs: 1 }, 'sha384'],
      [{ no_rsa_pkcs: 1, hide_mechanism: SHA384_RSA_PKCS }, 'sha256'],
    ] as const) {
      proxy.set(keys);
      const key = await opened(large);
      expect([key.signer.hash, key.signer.scheme, (await signs(key)).good]).toEqual([hash, 'rsa', true]);
      await key.close();
    }
  });

  it('signs with PSS when that is preferred and the token has it, and when it has nothing else', async () => {
    const PSS = 0x0d;
    const holds = async (key: OpenKey) => {
      const data = Buffer.from('đã ký');
      const signature = await key.signer.sign(attributesDigest(data, key.signer.hash), data);
      const good = verify(
        key.signer.hash,
        data,
        {
          key: createPublicKey({ key: key.signer.certificate.spkiRaw, format: 'der', type: 'spki' }),
          padding: constants.RSA_PKCS1_PSS_PADDING,
          saltLength: 32,
        },
        signature,
      );
      await key.close();
      return [key.signer.scheme, good];
    };
    expect(await holds(await opened(first, { preferPss: true }))).toEqual(['pss', true]);
    proxy.set({ hide_mechanism: PSS });
    const plain = await opened(first, { preferPss: true });
    expect([plain.signer.scheme, (await signs(plain)).good]).toEqual(['rsa', true]);
    await plain.close();
  });

  it('drops what was asked for and not begun, and signs what comes after', async () => {
    proxy.set({ hang_sign_at: 1 });
    const key = await opened(first);
    const all = Promise.allSettled([signs(key), signs(key), signs(key)]);
    await vi.waitFor(() => expect(proxy.calls()).toContain('sign'), { timeout: 30_000 });
    key.drop();
    proxy.set({});
    const ends = (await all).map((end) => (end.status === 'fulfilled' ? 'signed' : trouble(end.reason)));
    expect(ends).toEqual(['signed', 'cancelled', 'cancelled']);
    expect(proxy.calls().filter((word) => word === 'sign')).toHaveLength(1);
    expect((await signs(key)).good).toBe(true);
    await key.close();
  });

  it('never sends a PIN of a key that always wants it again after it was wrong, though more is asked for already', async () => {
    const key = await opened({ certificate: certificateOf('Phạm Văn Năm') } as Issued);
    proxy.set({ context_rv: 0xa0 });
    const ends = await Promise.allSettled([signs(key), signs(key), signs(key)]);
    expect(ends.map((end) => (end.status === 'rejected' ? trouble(end.reason) : 'signed'))).toEqual([
      'wrong-pin',
      'needs-pin',
      'needs-pin',
    ]);
    expect(proxy.calls().filter((word) => word === 'login-context')).toHaveLength(1);
    await key.close();
  });

  it('reads values of tokens that answer size 0 to a query', async () => {
    proxy.set({ null_size: 1 });
    const key = await opened(first);
    expect((await signs(key)).good).toBe(true);
    await key.close();
  });

  it('types the PIN again for each signature of a key that always wants it', async () => {
    const key = await opened({ certificate: certificateOf('Phạm Văn Năm') } as Issued);
    for (let i = 0; i < 3; i++) expect((await signs(key)).good).toBe(true);
    await key.close();
    const calls = proxy.calls();
    expect(calls.filter((word) => word === 'login-pin')).toHaveLength(1);
    expect(calls.filter((word) => word === 'login-context')).toHaveLength(3);
  });

  it('sends no PIN to a token with a pin pad', async () => {
    proxy.set({ flags_or: 0x100, pinpad_pin: token.pin });
    const key = await opened(first, { pin: null });
    expect((await signs(key)).good).toBe(true);
    await key.close();
    expect(proxy.calls()).toContain('login-pad');
    expect(proxy.calls()).not.toContain('login-pin');
    expect(proxy.calls()).not.toContain('login-empty');
    // What the fingers typed was wrong: said once, and not asked again by itself.
    proxy.forget();
    proxy.set({ flags_or: 0x100, pinpad_pin: '00000000' });
    expect(await open(first, { pin: null })).toMatchObject({ refused: 'wrong-pin' });
    proxy.set({ flags_or: 0x100, login_rv: 0x50 });
    expect(await open(first, { pin: null })).toMatchObject({ refused: 'cancelled' });
    expect(proxy.calls().filter((word) => word.startsWith('login'))).toEqual(['login-pad', 'login-pad']);
  });

  it('never has two calls at once', async () => {
    proxy.set({ sign_delay_ms: 30 });
    const key = await opened(first);
    const all = await Promise.all([signs(key), signs(key), signs(key)]);
    expect(all.every((one) => one.good)).toBe(true);
    expect(proxy.calls()).not.toContain('two-at-once');
    await key.close();
  });

  it('signs again after a failed C_Sign, on a fresh session', async () => {
    proxy.set({ sign_fail_at: 1, sign_rv: 0x05 });
    const key = await opened(first);
    await expect(signs(key).catch((error: unknown) => trouble(error))).resolves.toBe('token-error');
    await key.reattach();
    expect((await signs(key)).good).toBe(true);
    await key.close();
  });

  it('does not send the PIN again while the counter of tries is not clean', async () => {
    const key = await opened(first);
    proxy.set({ flags_or: 0x10000 });
    await expect(key.reattach().catch((error: unknown) => trouble(error))).resolves.toBe('needs-pin');
    expect(proxy.calls().filter((word) => word === 'login-pin')).toHaveLength(1);
    await key.close();
  });

  it('loses one process, not the program, when the driver crashes or hangs', async () => {
    proxy.set({ crash_at_sign: 1 });
    const crashing = await opened(first);
    await expect(signs(crashing).catch((error: unknown) => trouble(error))).resolves.toBe('crashed');
    await crashing.close();
    proxy.set({ hang_sign_at: 1 });
    const hanging = await opened(first, {}, { sign: 300 });
    await expect(signs(hanging).catch((error: unknown) => trouble(error))).resolves.toBe('hung');
    await hanging.close();
  });

  it('ends a driver that hangs in C_Finalize', async () => {
    proxy.set({ hang_finalize: 1 });
    const process = await start({ finish: 1500 }); // time enough for a busy machine to get there
    const { pid } = process;
    await process.end();
    expect(proxy.calls()).toContain('finalize');
    expect(() => globalThis.process.kill(pid ?? 0, 0)).toThrow();
  });

  it('says so when a library is no PKCS#11 module', async () => {
    await expect(TokenProcess.start({ module: path.join(dir, 'proxy.control') }).catch((error: unknown) => trouble(error))).resolves.toBe(
      'not-loaded',
    );
  });

  it('refuses certificates that may not sign, before the PIN is sent', async () => {
    const cases: [Issued, string][] = [
      [pki.issue('Hết Hạn', { from: '20200101000000Z', to: '20210101000000Z' }), 'certificate-expired'],
      [pki.issue('Chưa Đến', { from: '20360101000000Z' }), 'certificate-not-yet'],
      [pki.issue('Máy Chủ', { extensions: ['keyUsage=critical,keyEncipherment'] }), 'certificate-key-usage'],
      [pki.issue('Khóa Ngắn', { key: 'rsa1024' }), 'key-too-short'],
      [pki.issue('Băm Cũ', { hash: 'sha1' }), 'certificate-sha1'],
    ];
    cases.forEach(([issued], index) => token.add(issued, `1${index}`, 'chung một nhãn'));
    proxy.forget();
    for (const [issued, refused] of cases) expect(await open(issued)).toMatchObject({ refused });
    expect(proxy.calls().filter((word) => word.startsWith('login'))).toEqual([]);
  });

  function certificateOf(name: string): Buffer {
    const known = pki.issued.get(name);
    if (!known) throw new Error(`no certificate ${name}`);
    return known.certificate;
  }
});
