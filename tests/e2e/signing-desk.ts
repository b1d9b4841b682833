import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import type { Signing } from '../../main/signing/index.ts';
import { makeProxy, type Proxy } from '../fixtures/pkcs11-proxy/proxy.ts';
import { makePki, type Pki } from '../fixtures/signing/pki.ts';
import { makeToken, type SoftToken } from '../fixtures/signing/softhsm.ts';
import { openBrowser, openDesk, type Screen } from './browser.ts';
import { startCounter, type Started } from './counter.ts';

/** Everything between the officer's key and the token: a token behind the proxy, a counter that uses it, a desk in a browser. */
export interface SigningDesk {
  readonly dir: string;
  readonly pki: Pki;
  readonly token: SoftToken;
  readonly proxy: Proxy;
  readonly started: Started;
  readonly room: Signing;
  readonly browser: Browser;
  /** The desk of the officer who signs. */
  readonly desk: Screen;
  /** Types the PIN that is asked for. */
  typePin(page: Page, pin: string): Promise<void>;
  close(): Promise<void>;
}

const signer = (pki: Pki, hsm: string): SoftToken => {
  const token = makeToken(hsm);
  token.add(pki.issue('Nguyễn Thanh Bình'));
  return token;
};

/** `equip` makes the token of the officer (and others, in the same folder); the usual one has one certificate. */
export async function openSigningDesk(name: string, equip: (pki: Pki, hsm: string) => SoftToken = signer): Promise<SigningDesk> {
  const dir = mkdtempSync(path.join(tmpdir(), `quay-e2e-${name}-`));
  const ending: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })];
  const close = async () => {
    for (const end of ending.splice(0).reverse()) await end();
  };
  try {
    const pki = makePki(path.join(dir, 'pki'));
    const token = equip(pki, path.join(dir, 'hsm'));
    const proxy = makeProxy(dir, token);
    for (const [key, value] of Object.entries(proxy.env)) {
      const before = process.env[key];
      process.env[key] = value;
      ending.push(() => {
        if (before === undefined) delete process.env[key];
        else process.env[key] = before;
      });
    }
    const started = await startCounter({ pkcs11Modules: [proxy.module] });
    ending.push(() => started.close());
    const browser = await openBrowser();
    ending.push(() => browser.close());
    // A driver that was told to hang must not keep the counter from closing.
    ending.push(() => proxy.set({}));
    const desk = await openDesk(browser, started, 'binh');
    desk.page.setDefaultTimeout(15_000);
    return {
      dir,
      pki,
      token,
      proxy,
      started,
      room: started.counter.rooms.signing,
      browser,
      desk,
      async typePin(page, pin) {
        await page.locator('input[name=pin]:focus').waitFor();
        await page.keyboard.type(pin);
        await page.keyboard.press('Enter');
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
