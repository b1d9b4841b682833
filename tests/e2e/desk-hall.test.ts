import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { part } from '../parts.ts';
import { expectAccessible, expectNoPageScroll, openBrowser, openDesk, shoot, soon, type Screen } from './browser.ts';
import { startCounter, type Started } from './counter.ts';

const ready = part('/usr/bin/chromium');

/** What an officer decides about the hall itself: who has priority, where a citizen goes on, what time it is. */
describe.skipIf(!ready)('the hall at the desk, in Chromium', () => {
  let started: Started;
  let browser: Browser;
  let desk: Screen;
  let set = 0;
  const clock = { now: () => Date.now() + set };

  beforeAll(async () => {
    started = await startCounter({ clock });
    browser = await openBrowser();
    desk = await openDesk(browser, started, 'huyen');
    desk.page.setDefaultTimeout(20_000);
    const kiosk = await started.client('kiosk');
    for (let i = 0; i < 3; i += 1) await kiosk.queue.issue({ commandId: randomUUID(), serviceId: 'ho-tich' });
    await desk.page.locator('.q li').nth(2).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await started?.close();
  });

  it('gives priority with its reason, which moves the ticket to the front', async () => {
    const { page } = desk;
    const rows = page.locator('.q li .no');
    const last = (await rows.nth(2).textContent())!;
    await page.locator('.q li button').nth(2).click();
    await page.getByRole('dialog').waitFor();
    await page.getByRole('button', { name: 'Ưu tiên…' }).click();
    await page.getByRole('group', { name: 'Ưu tiên vì' }).waitFor();
    await expectAccessible(page);
    await expectNoPageScroll(page);
    await shoot(page, 'desk-priority-1366');
    await page.getByRole('button', { name: /mang thai/ }).click();
    await soon(async () => (await rows.first().textContent()) === last).toBe(true);
    await page.getByText('Phụ nữ mang thai', { exact: false }).first().waitFor();
  });

  it('offers every open counter as the goal of a transfer', async () => {
    const { page } = desk;
    const colleague = await started.client('station', '4');
    await colleague.officers.signIn({ login: 'dung', password: 'tap-huan' });
    await colleague.queue.takeCounter({ commandId: randomUUID(), counterId: '4' });
    await page.locator('.mates', { hasText: 'Quầy 4' }).waitFor();
    await page.keyboard.press('F2');
    await page.locator('[data-current]').waitFor();
    await page.keyboard.press('F8');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Quầy 4/ })
      .click();
    await soon(() => page.locator('[data-current]').count()).toBe(0);
    const { ticket } = await colleague.queue.callNext({ commandId: randomUUID() });
    expect(ticket?.state).toBe('called');
  });

  it('finds any number that waits in the hall, hands it to a colleague, and calls it out of turn', async () => {
    const { page } = desk;
    const kiosk = await started.client('kiosk');
    // land is counter 4's work: these are never among the next of counter 3
    for (let i = 0; i < 3; i += 1) await kiosk.queue.issue({ commandId: randomUUID(), serviceId: 'dat-dai' });
    const all = page.locator('.call .q').getByRole('button', { name: /^Cả sảnh/ });
    const find = async (typed: string, text: string) => {
      await all.click();
      await page.getByRole('dialog').locator('li').nth(2).waitFor();
      await page.getByLabel('Tìm số').pressSequentially(typed, { delay: 50 });
      const rows = page.getByRole('dialog').locator('li');
      await soon(() => rows.count()).toBe(1);
      expect(await rows.locator('.no').textContent()).toBe(text);
      return rows.getByRole('button');
    };
    await all.click();
    await page.getByRole('dialog').locator('li').nth(2).waitFor();
    await expectAccessible(page);
    await shoot(page, 'desk-whole-hall-1366');
    await page.keyboard.press('Escape');

    await (await find('d3', 'D 003')).click();
    await page.getByRole('button', { name: 'Chuyển…' }).click();
    const officers = page.getByRole('dialog').getByRole('button', { name: /^(?!Quầy).+Quầy 4$/ });
    await officers.waitFor();
    await expectAccessible(page);
    await shoot(page, 'desk-transfer-1366');
    await officers.click();
    await soon(() => page.getByRole('dialog').count()).toBe(0);

    await (await find('D 002', 'D 002')).press('Enter');
    await page.getByRole('button', { name: 'Mời số này' }).press('Enter');
    await soon(async () => (await page.locator('[data-current]').textContent())?.includes('D 002')).toBe(true);
  });

  it('says that the clock was set while citizens wait, until somebody confirms it', async () => {
    const { page } = desk;
    set = -30 * 60_000;
    const doubt = page.getByRole('alert').filter({ hasText: 'Đồng hồ' });
    await doubt.waitFor();
    await expectAccessible(page);
    await expectNoPageScroll(page);
    await shoot(page, 'desk-clock-1366');
    await doubt.getByRole('button', { name: 'Giờ mới đúng' }).click();
    await soon(() => doubt.count()).toBe(0);
  });

  it('no page broke its own content policy or threw', () => expect(desk.complaints).toEqual([]));
});
