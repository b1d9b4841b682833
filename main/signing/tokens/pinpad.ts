import { existsSync } from 'node:fs';
import type pkcs11js from 'pkcs11js';
import { addonFile, loadNative } from '../../../native/index.ts';

const NAMES: Readonly<Record<number, string>> = {
  0x05: 'CKR_GENERAL_ERROR',
  0x06: 'CKR_FUNCTION_FAILED',
  0x07: 'CKR_ARGUMENTS_BAD',
  0x30: 'CKR_DEVICE_ERROR',
  0x32: 'CKR_DEVICE_REMOVED',
  0x50: 'CKR_FUNCTION_CANCELED',
  0xa0: 'CKR_PIN_INCORRECT',
  0xa1: 'CKR_PIN_INVALID',
  0xa2: 'CKR_PIN_LEN_RANGE',
  0xa3: 'CKR_PIN_EXPIRED',
  0xa4: 'CKR_PIN_LOCKED',
  0xb0: 'CKR_SESSION_CLOSED',
  0xb3: 'CKR_SESSION_HANDLE_INVALID',
  0xe0: 'CKR_TOKEN_NOT_PRESENT',
  0x100: 'CKR_USER_ALREADY_LOGGED_IN',
};

/**
 * Lets the token ask for the PIN on its own pad: C_Login with a NULL PIN (PKCS#11, CKF_PROTECTED_AUTHENTICATION_PATH). Where our own addon
 * is not built, with a PIN of length 0, which the modules that we could read (OpenSC) take for the same.
 * @throws an Error that names the CKR code
 */
export function loginOnPad(api: pkcs11js.PKCS11, module: string, session: pkcs11js.Handle, user: number): void {
  if (!existsSync(addonFile)) {
    api.C_Login(session, user, '');
    return;
  }
  const rv = loadNative().pinpad.loginOnPad(module, session, user);
  if (rv !== 0) throw new Error(NAMES[rv] ?? `CKR_VENDOR:${rv}`);
}
