import pkcs11js from 'pkcs11js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { digestInfo } from '../../main/signing/cms/index.ts';
import { makePki } from '../fixtures/signing/pki.ts';
import { makeToken, type SoftToken } from '../fixtures/signing/softhsm.ts';

/** What the signing benches share: a folder, a SoftHSM token with one RSA-2048 key, and the time of a bare C_Sign. */
export async function withToken<T>(work: (dir: string, token: SoftToken) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-bench-'));
  try {
    const token = makeToken(path.join(dir, 'hsm'));
    token.add(makePki(path.join(dir, 'pki')).issue('Phạm Quang Vinh'));
    return await work(dir, token);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Milliseconds of one C_SignInit with C_Sign, mean of `count`, by the module itself with nothing around it. */
export function rawSign(module: string, env: Readonly<Record<string, string>>, pin: string, count: number): number {
  Object.assign(process.env, env);
  const api = new pkcs11js.PKCS11();
  api.load(module);
  api.C_Initialize();
  try {
    const slot = api.C_GetSlotList(true).find((one) => (api.C_GetTokenInfo(one).flags & pkcs11js.CKF_TOKEN_INITIALIZED) !== 0);
    if (!slot) throw new Error('no token');
    const session = api.C_OpenSession(slot, pkcs11js.CKF_SERIAL_SESSION);
    api.C_Login(session, pkcs11js.CKU_USER, pin);
    api.C_FindObjectsInit(session, [{ type: pkcs11js.CKA_CLASS, value: pkcs11js.CKO_PRIVATE_KEY }]);
    const key = api.C_FindObjects(session);
    api.C_FindObjectsFinal(session);
    if (!key) throw new Error('no key');
    const input = digestInfo('sha256', Buffer.alloc(32, 7));
    const once = () => {
      api.C_SignInit(session, { mechanism: pkcs11js.CKM_RSA_PKCS }, key);
      api.C_Sign(session, input, Buffer.alloc(512));
    };
    if (count > 10) for (let i = 0; i < 20; i++) once();
    const start = performance.now();
    for (let i = 0; i < count; i++) once();
    return (performance.now() - start) / count;
  } finally {
    api.C_Finalize();
  }
}

export const rounded = (value: number, digits = 3): number => Number(value.toFixed(digits));
