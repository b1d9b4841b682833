import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { part } from '../parts.ts';
import {
  expectAccessible,
  expectNoPageScroll,
  KIOSK,
  LARGE,
  openBrowser,
  openDesk,
  openScreen,
  shoot,
  soon,
  type Screen,
} from './browser.ts';
import { startCounter, type Started } from './counter.ts';

const ready = part('/usr/bin/chromium');

/** The desk by keyboard alone: every page of the job is reached, read by axe and kept as a picture. The citizen's side is played beside it. */
describe.skipIf(!ready)('the whole job at the desk, by keyboard alone', () => {
  let started: Started;
  let browser: Browser;
  let kiosk: Screen;
  let desk: Screen;
  let board: Screen;
  let ticket = '';
  let code = '';

  beforeAll(async () => {
    started = await startCounter();
    browser = await openBrowser();
    kiosk = await openScreen(browser, started, 'kiosk', KIOSK);
    board = await openScreen(browser, started, 'board', LARGE);
    // Officer and competent person in one, so that one session can go from intake to signature.
    desk = await openDesk(browser, started, 'binh');
  });
  afterAll(async () => {
    await browser?.close();
    await started?.close();
  });

  const press = (key: string) => desk.page.keyboard.press(key);
  const act = async (page: Page, name: string) => {
    await page.goto(`${started.origin}/desk.html#/settings/training`);
    await page.getByRole('button', { name }).click();
  };

  it('gives one number for a double touch, prints it, and goes back', async () => {
    const { page } = kiosk;
    await page
      .getByRole('button', { name: /Hộ tịch.*(người chờ|Không phải chờ)/s })
      .first()
      .dblclick();
    await page.locator('.tk .no').waitFor();
    ticket = ((await page.locator('.tk .no').textContent()) ?? '').trim();
    expect(ticket).toMatch(/^[A-Z]+ \d{3}$/);
    await page.getByText('Xin lấy vé ở khe bên dưới').waitFor();
    await expectAccessible(page);
    await shoot(page, 'kiosk-issued');
    await page.getByRole('button', { name: 'Xong' }).click();
    await page.locator('.tile').first().waitFor();
    const waiting = await page.locator('.tile .wt').allInnerTexts();
    expect(waiting.filter((text) => text.includes('1 người chờ'))).toHaveLength(1);
  });

  it('calls it with F2, and the board shows number and counter', async () => {
    await press('F2');
    await desk.page.locator('[data-current]').waitFor();
    await board.page.locator('.now .n').waitFor();
    expect((await board.page.locator('.now .n').textContent())?.trim()).toBe(ticket);
    expect(await board.page.locator('.now .to b').textContent()).toBe('3');
  });

  it('fills the applicant from an ID card, whatever page is open', async () => {
    await act(desk.page, 'Quét căn cước Trần Thị Mỹ Hường');
    await desk.page.locator('main.intake').waitFor();
    const { page } = desk;
    await soon(() => page.getByLabel('Họ và tên').inputValue()).toBe('Trần Thị Mỹ Hường');
    expect(await page.getByLabel('Số định danh').inputValue()).toBe('079 301 004 321');
    expect(await page.getByLabel('Ngày sinh').inputValue()).toBe('02/09/2001');
    expect(await page.locator('.src', { hasText: 'Thẻ' }).count()).toBeGreaterThanOrEqual(5);
  });

  it('says so and fills nothing when a code is torn', async () => {
    const before = await desk.page.getByLabel('Họ và tên').inputValue();
    const url = desk.page.url();
    await act(desk.page, 'Quét mã bị rách');
    await desk.page.getByRole('alert').waitFor();
    expect((await desk.page.getByRole('alert').innerText()).length).toBeGreaterThan(20);
    await desk.page.goto(url);
    await soon(() => desk.page.getByLabel('Họ và tên').inputValue()).toBe(before);
  });

  it('keeps what stands in the field under the cursor when the page is loaded anew', async () => {
    const { page } = desk;
    await page.getByLabel('Điện thoại').first().focus();
    await page.keyboard.type('0905 118 264', { delay: 50 });
    await page.reload();
    await page.locator('main.intake').waitFor();
    await soon(async () => (await page.getByLabel('Điện thoại').first().inputValue()).replaceAll(' ', '')).toBe('0905118264');
  });

  it('finds the procedure without diacritics and shows its papers', async () => {
    const { page } = desk;
    await page.getByRole('combobox', { name: 'Tìm thủ tục' }).focus();
    await page.keyboard.type('cai chinh ho tich', { delay: 60 });
    await page.getByRole('option', { name: /1\.004859/ }).waitFor();
    await expectAccessible(page);
    await press('Enter');
    await page.locator('.chk li').nth(3).waitFor();
    expect(await page.locator('.chosen').innerText()).toContain('cải chính');
  });

  it('scans with F7, drops a page and takes it back, until the papers are complete', async () => {
    const { page } = desk;
    await press('F7');
    await soon(() => page.locator('.strip .th button.p img').count(), 30_000).toBe(4);
    // "Đủ, 4 trang", until the look at the pictures finds the blank back: "Trang 3 gần như trắng". The pages are in the dossier either way.
    const paper = (number: number) => page.locator(`.chk li:nth-child(${number})`, { hasText: '4 trang' });
    await paper(1).waitFor();
    await page.locator('.strip .th button.p').nth(2).focus();
    await press('Delete');
    await soon(() => page.locator('.strip .th button.p img').count()).toBe(3);
    await page.getByRole('button', { name: /Hoàn tác/ }).waitFor();
    await press('Control+z');
    await soon(() => page.locator('.strip .th button.p img').count()).toBe(4);
    for (const number of [2, 3]) {
      await page.locator(`.chk li:nth-child(${number}) button.pick`).focus();
      await press('Enter');
      await press('F7');
      await paper(number).waitFor({ timeout: 30_000 });
    }
    await soon(() => page.locator('.chk .st', { hasText: 'Trang 3 gần như trắng' }).count(), 30_000).toBe(3);
    await expectAccessible(page);
    await expectNoPageScroll(page);
    await shoot(page, 'desk-intake-1366');
    await page.setViewportSize(LARGE);
    await expectNoPageScroll(page);
    await shoot(page, 'desk-intake-1920');
    await page.setViewportSize({ width: 1366, height: 768 });
  });

  it('takes the fee with F10 and accepts with F9: code, due date, receipt', async () => {
    const { page } = desk;
    await press('F10');
    await page.getByRole('dialog').waitFor();
    await expectAccessible(page);
    await press('Enter');
    await page.locator('.st', { hasText: 'Đã thu' }).waitFor();
    await soon(() => page.locator('[data-action=accept]').getAttribute('aria-disabled')).toBe('false');
    await press('F9');
    await page.locator('main.accepted h1').waitFor({ timeout: 30_000 });
    code = (await page.locator('main.accepted h1').getAttribute('data-code')) ?? '';
    expect(code).toMatch(/^(H15\.|TAM-)/);
    expect(await page.locator('.due b').innerText()).toMatch(/^\d{2}:\d{2} Thứ \S+, \d{2}\/\d{2}\/2026/);
    await page.getByRole('button', { name: /^Xem: Giấy tiếp nhận/ }).waitFor();
    await expectAccessible(page);
    await shoot(page, 'desk-accepted-1366');
  });

  it('shows the receipt as page images of its own bytes', async () => {
    const { page } = desk;
    await page.getByRole('button', { name: /^Xem: Giấy tiếp nhận/ }).focus();
    await press('Enter');
    await page.locator('dialog canvas').first().waitFor();
    await soon(() =>
      page
        .locator('dialog canvas')
        .first()
        .evaluate((canvas) => (canvas as HTMLCanvasElement).width),
    ).toBeGreaterThan(500);
    await shoot(page, 'desk-receipt-1366');
    await press('Escape');
    await soon(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '')).toMatch(/^Xem: Giấy tiếp nhận/);
  });

  it('forwards, makes the result, signs it with the PIN on the signing page', async () => {
    const { page } = desk;
    await press('F10');
    await page.locator('[data-action=forward]').waitFor();
    await press('F9');
    await page.locator('[data-action=result]').waitFor();
    await press('F9');
    await page.getByLabel('Người ký').waitFor();
    await page.keyboard.type('Nguyễn Thanh Bình', { delay: 50 });
    await press('Tab');
    await page.keyboard.type('Phó Chủ tịch', { delay: 50 });
    // With its number written, the leader's signature is the last; without one the clerk's number and seal would follow.
    await press('Tab');
    await page.keyboard.type('15/TLTĐCC-BS', { delay: 50 });
    await press('Enter');
    await page.getByRole('button', { name: /^Xem: Trích lục/ }).waitFor();
    const dossier = page.url();
    await press('Alt+3');
    const row = page.locator('.sign .list button').first();
    await row.waitFor();
    await row.focus();
    await press('Enter');
    await page.locator('.view canvas').waitFor();
    await page.locator('.st', { hasText: 'Trong lô' }).waitFor();
    await expectAccessible(page);
    await shoot(page, 'desk-sign-1366');
    await press('Control+Enter');
    await page.locator('input[name=pin]').waitFor();
    await page.keyboard.type('000000');
    await press('Enter');
    await page.getByRole('dialog').getByRole('alert').waitFor();
    await soon(() => page.locator('input[name=pin]').inputValue()).toBe('');
    await page.locator('input[name=pin]').focus();
    await page.keyboard.type('123456');
    await press('Enter');
    await page.locator('.st', { hasText: 'Đã ký' }).first().waitFor({ timeout: 30_000 });
    await shoot(page, 'desk-signed-1366');
    await page.goto(dossier);
    await page.locator('[data-action=handover]').waitFor({ timeout: 15_000 });
  });

  it('hands over, and the rating pad asks after the end of service', async () => {
    const { page } = desk;
    const pad = await openScreen(browser, started, 'feedback', { width: 1280, height: 800 });
    await pad.page.locator('.quiet').waitFor();
    await press('F9');
    await page.getByLabel('Người nhận', { exact: true }).waitFor();
    await expectAccessible(page);
    await press('Enter');
    await page.locator('.axes', { hasText: 'Công dân đã nhận' }).waitFor();
    await shoot(page, 'desk-handed-over-1366');
    await press('Alt+1');
    await press('F9');
    await pad.page.locator('.scores').waitFor();
    await expectAccessible(pad.page);
    await shoot(pad.page, 'feedback-1280');
    await pad.page.getByRole('button', { name: 'Rất hài lòng', exact: true }).click();
    await pad.page.getByText('Cảm ơn ông/bà đã đánh giá.').waitFor();
    expect(pad.complaints).toEqual([]);
  });

  it('reached the province, and is found again by name without diacritics and by its receipt', async () => {
    const { page } = desk;
    await press('Alt+5');
    await page.getByRole('button', { name: /Tỉnh đã nhận hôm nay/ }).click();
    await soon(() => page.locator('table.list tbody tr', { hasText: 'Tỉnh đã nhận' }).count(), 30_000).toBeGreaterThanOrEqual(1);
    await expectAccessible(page);
    await shoot(page, 'desk-outbox-1366');
    await press('Control+k');
    await page.keyboard.type('my huong', { delay: 60 });
    await page.getByRole('option', { name: new RegExp(code.replaceAll('.', '\\.')) }).waitFor();
    await press('Enter');
    await soon(() => page.locator('.panel h1').getAttribute('data-code')).toBe(code);
  });

  it('no page broke its own content policy or threw', () => {
    expect([...kiosk.complaints, ...desk.complaints, ...board.complaints]).toEqual([]);
  });
});
