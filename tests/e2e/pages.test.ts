import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { part } from '../parts.ts';
import { expectAccessible, expectNoPageScroll, lookAtBothSizes, shoot, soon } from './browser.ts';
import { acceptOne, openDeskAndColleague, type DeskAndColleague } from './colleague.ts';

const ready = part('/usr/bin/chromium');

describe.skipIf(!ready)('pages of the desk in Chromium', () => {
  let at: DeskAndColleague;

  beforeAll(async () => {
    at = await openDeskAndColleague();
  });
  afterAll(() => at?.close());

  it('tells with the line to the province down what waits, why and what to do, and sends it by Ctrl+G', async () => {
    const { page } = at.desk;
    await at.colleague.training.setSwitch({ commandId: randomUUID(), id: 'province', key: 'down', on: true });
    const { code } = await acceptOne(at.colleague);
    expect(code).toMatch(/^TAM-/);
    await page.keyboard.press('Alt+5');
    const row = page.locator('table.list tbody tr', { hasText: code });
    await row.waitFor();
    const cells = await row.locator('td').allInnerTexts();
    expect(cells).toHaveLength(5);
    for (const cell of cells) expect(cell.trim().length).toBeGreaterThan(3);
    await page.getByText(/Mất kết nối tới hệ thống tỉnh từ/).waitFor();
    await page.getByText(/Vẫn làm được/).waitFor();
    await soon(() => page.locator('.truth a', { hasText: 'Chưa gửi tỉnh' }).innerText()).toMatch(/1, cũ nhất/);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain('TAM-');
    for (const words of ['Vì sao', 'Cần làm', 'Công dân']) await page.locator('.side', { hasText: words }).waitFor();
    await lookAtBothSizes(page, 'desk-outbox-down');
    await page.keyboard.press('Control+i');
    await page.getByRole('dialog').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await at.colleague.training.setSwitch({ commandId: randomUUID(), id: 'province', key: 'down', on: false });
    await page.keyboard.press('Control+g');
    await soon(() => page.locator('.truth a', { hasText: 'Chưa gửi tỉnh' }).innerText(), 45_000).toContain('không có');
    await page.getByText(/Mất kết nối tới hệ thống tỉnh/).waitFor({ state: 'detached' });
  });

  it('offers the citizen the receipt with the official code afterwards', async () => {
    const { page } = at.desk;
    await page.keyboard.press('Control+k');
    await page.keyboard.type('thuy duong', { delay: 60 });
    await page.getByRole('option', { name: /H15\./ }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'In giấy có mã chính thức' }).waitFor();
    await page.getByText(/Mã tạm trước đó: TAM-/).waitFor();
    await expectAccessible(page);
  });

  it('shows every tab of the settings, accessible and without page scroll', async () => {
    const { page } = at.desk;
    for (const tab of ['devices', 'screens', 'signing', 'keys', 'hall', 'officers', 'training']) {
      await page.goto(`${at.started.origin}/desk.html#/settings/${tab}`);
      await page.locator('.settings h1').first().waitFor();
      await expectAccessible(page);
      await expectNoPageScroll(page);
      await shoot(page, `desk-settings-${tab}-1366`);
    }
  });

  it('says when a list could not be read, instead of showing it empty, and reads it again', async () => {
    const { page } = at.desk;
    const broken = vi.spyOn(at.started.counter.rooms.signing.roots, 'list').mockImplementation(() => {
      throw new Error('odd');
    });
    await page.goto(`${at.started.origin}/desk.html#/settings/hall`);
    await page.goto(`${at.started.origin}/desk.html#/settings/signing`);
    const note = page.getByRole('alert').filter({ hasText: 'chưa đọc được' });
    await note.waitFor();
    await lookAtBothSizes(page, 'desk-unread');
    broken.mockRestore();
    await note.getByRole('button', { name: 'Đọc lại' }).click();
    await note.waitFor({ state: 'detached' });
  });

  it('tells of a printer without paper in the strip and says what to do', async () => {
    const { page } = at.desk;
    await page.goto(`${at.started.origin}/desk.html#/settings/training`);
    await page.locator('[data-neighbour=ticket-printer]').getByLabel('Hết giấy', { exact: true }).click();
    await page.locator('.truth .bad, .truth .warn', { hasText: 'In phiếu' }).waitFor({ timeout: 20_000 });
    await soon(() => page.locator('.truth a', { hasText: 'In phiếu' }).innerText()).toContain('hết giấy');
    await page.locator('.truth a', { hasText: 'In phiếu' }).click();
    await page.locator('.devs li', { hasText: 'hết giấy' }).first().waitFor();
    await shoot(page, 'desk-devices-paper-out-1366');
    await page.goto(`${at.started.origin}/desk.html#/settings/training`);
    await page.locator('[data-neighbour=ticket-printer]').getByLabel('Hết giấy', { exact: true }).click();
    await page.locator('.truth .ok', { hasText: 'In phiếu' }).waitFor({ timeout: 20_000 });
  });

  it('gives a short code for a hall screen, and the address to type it at', async () => {
    const { page } = at.desk;
    await page.goto(`${at.started.origin}/desk.html#/settings/screens`);
    await page.getByLabel('Loại màn hình').selectOption('board');
    await page.getByRole('button', { name: 'Ghép màn hình' }).click();
    await page.locator('[data-code]').waitFor();
    expect(await page.locator('[data-code]').getAttribute('data-code')).toMatch(/^\d{8}$/);
    expect(await page.locator('.paircode li').first().innerText()).toMatch(/^http:\/\/\S+\/pair$/);
    await expectAccessible(page);
  });

  it('remaps a key: the print changes, the new key works, the old one does not', async () => {
    const { page } = at.desk;
    await page.goto(`${at.started.origin}/desk.html#/settings/keys`);
    await page.getByRole('button', { name: 'Đổi phím: Tìm', exact: true }).click();
    await page.keyboard.press('a');
    await page.getByText(/không dùng được/).waitFor();
    await page.getByRole('button', { name: 'Đổi phím: Tìm', exact: true }).click();
    await page.keyboard.press('F12');
    await page.locator('.top .find kbd', { hasText: 'F12' }).waitFor();
    await page.keyboard.press('F12');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Về Ctrl+K' }).click();
    await page.locator('.top .find kbd', { hasText: 'Ctrl K' }).waitFor();
  });

  it('keeps the register, with the day and the year', async () => {
    const { page } = at.desk;
    await page.keyboard.press('Alt+6');
    await page.locator('main.register h1').waitFor();
    await page.locator('table.list tbody tr').first().waitFor();
    await expectAccessible(page);
    await expectNoPageScroll(page);
    await shoot(page, 'desk-register-1366');
  });

  it('is accessible in high contrast, in English, and at the sign-in', async () => {
    const { page } = at.desk;
    await page.keyboard.press('Alt+1');
    await page.locator('main.now').waitFor();
    await page.locator('.top .who').click();
    await page.getByRole('dialog').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Tương phản cao' }).click();
    await expectAccessible(page);
    await shoot(page, 'desk-now-contrast-1366');
    await page.locator('.top .who').click();
    await page.getByRole('button', { name: 'English' }).click();
    await page
      .getByRole('button', { name: /Call next|Finish/ })
      .first()
      .waitFor();
    await expectAccessible(page);
    await page.locator('.top .who').click();
    await page.getByRole('button', { name: 'End of shift, sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    await expectAccessible(page);
    await shoot(page, 'desk-signin-1366');
  });

  it('no page broke its own content policy or threw', () => expect(at.desk.complaints).toEqual([]));
});
