import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { part } from '../parts.ts';
import { KIOSK, expectAccessible, openBrowser } from './browser.ts';
import { startCounter, type Started } from './counter.ts';

/** A new hall screen, as a person sets it up: an address, eight digits, and it stays paired. */
describe.skipIf(!part('/usr/bin/chromium'))('pairing a screen in a browser', () => {
  let started: Started;
  let browser: Browser;
  beforeAll(async () => {
    started = await startCounter();
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await started?.close();
  });

  it('asks for the code, says what is wrong with a wrong one, and opens the screen of its role', async () => {
    const context = await browser.newContext({ viewport: KIOSK });
    const page = await context.newPage();
    await page.goto(started.origin);
    expect(new URL(page.url()).pathname).toBe('/pair');
    await expectAccessible(page);
    await page.getByLabel('Mã ghép (8 chữ số)').fill('00000000');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('Mã này không đúng hoặc đã được dùng').waitFor();
    const { code } = started.counter.pairing.code({ role: 'kiosk', name: 'Ki-ốt 1' });
    await page.getByLabel('Mã ghép (8 chữ số)').fill(`${code.slice(0, 4)} ${code.slice(4)}`);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Hộ tịch/ }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/kiosk.html');
    // Tomorrow morning it is still this kiosk.
    const tomorrow = await context.newPage();
    await tomorrow.goto(started.origin);
    await tomorrow.getByRole('button', { name: /^Hộ tịch/ }).waitFor();
    await context.close();
  });

  it('opens the desk by the one-time address that the start prints, once', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(started.address);
    await page.getByLabel('Mật khẩu').waitFor();
    const stranger = await browser.newContext();
    const other = await stranger.newPage();
    await other.goto(started.address);
    await other.getByRole('alert').waitFor();
    await Promise.all([context.close(), stranger.close()]);
  });
});
