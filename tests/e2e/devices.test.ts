import { execFileSync } from 'node:child_process';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { separatorSheet } from '../../main/documents/pages/index.ts';
import { createTrainingPrinter, servePrinter, type ServedPrinter } from '../../main/training/escpos/index.ts';
import { ensureNative } from '../../native/index.ts';
import { part } from '../parts.ts';
import { expectAccessible, expectNoPageScroll, LARGE, openBrowser, openDesk, shoot, SMALL, soon, type Screen } from './browser.ts';
import { startCounter, type Started } from './counter.ts';

const ready = [part('/usr/bin/chromium'), part('pdftoppm'), part('g++'), part('/usr/include/sane/sane.h')].every(Boolean);
const papers = path.join(import.meta.dirname, '../../resources/papers');

describe.skipIf(!ready)('setting up devices in Chromium', () => {
  let started: Started;
  let browser: Browser;
  let desk: Screen;
  let other: ServedPrinter;

  beforeAll(async () => {
    await ensureNative(); // bar codes are looked for in the picture
    started = await startCounter();
    other = await servePrinter(createTrainingPrinter());
    browser = await openBrowser();
    desk = await openDesk(browser, started, 'quan');
    await desk.page.evaluate(() => {
      location.hash = '#/settings';
    });
    await desk.page.getByRole('heading', { name: 'Thiết bị', level: 1 }).waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await started?.close();
    await other?.close();
  });
  const sheet = (name: string) => ({ front: path.join(papers, `${name}.jpg`) });
  const row = (name: string) => desk.page.locator('.devs li[data-device]', { hasText: name });

  it('adds a printer by hand, refuses a port that is taken, prints the test page and remembers the line that reads well', async () => {
    const { page } = desk;
    await page.getByRole('button', { name: 'Thêm bằng tay' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Tên ở trung tâm này').fill('Máy in ở quầy 5');
    await dialog.getByLabel('Địa chỉ IP').fill('127.0.0.1');
    await dialog.getByLabel('Cổng', { exact: true }).fill(String(started.counter.neighbours?.printer.port));
    await dialog.getByRole('button', { name: 'Nhớ', exact: true }).click();
    await dialog.getByText(/Cổng này đã dùng cho "Máy in phiếu"/).waitFor();
    await expectAccessible(page);
    await dialog.getByLabel('Cổng', { exact: true }).fill(String(other.port));
    await dialog.getByRole('button', { name: 'Nhớ', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
    await soon(() => row('Máy in ở quầy 5').getAttribute('data-state'), 30_000).toBe('ready');

    await row('Máy in ở quầy 5').getByRole('button', { name: 'In thử' }).click();
    await dialog.getByText('Đã in', { exact: true }).waitFor({ timeout: 40_000 });
    expect(other.printer.slips).toHaveLength(1);
    await expectAccessible(page);
    await shoot(page, 'devices-testprint-1366');
    await dialog.getByRole('button', { name: 'Chọn dòng 2' }).click();
    await dialog.waitFor({ state: 'detached' });
    await soon(() => row('Máy in ở quầy 5').getAttribute('data-state'), 30_000).toBe('ready');
  });

  it('tells each trouble of it with what to do, and prints again after a replug without a click', async () => {
    const { page } = desk;
    const printer = row('Máy in ở quầy 5');
    for (const [trouble, words] of [
      ['paperOut', /hết giấy.*Thay cuộn giấy/s],
      ['coverOpen', /nắp đang mở.*Đóng nắp/s],
      ['jam', /kẹt giấy.*Mở nắp/s],
    ] as const) {
      other.set({ [trouble]: true });
      await soon(() => printer.innerText(), 30_000).toMatch(words);
      other.set({ [trouble]: false });
      await soon(() => printer.getAttribute('data-state'), 30_000).toBe('ready');
    }
    other.set({ unplugged: true });
    await soon(() => printer.innerText(), 30_000).toMatch(/mất kết nối.*không cần bấm gì/s);
    await printer.getByRole('button', { name: 'In thử' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('Không in được').waitFor({ timeout: 40_000 });
    await dialog.getByText(/mất kết nối/).waitFor();
    await shoot(page, 'devices-unplugged-1366');
    other.set({ unplugged: false });
    await soon(() => printer.getAttribute('data-state'), 30_000).toBe('ready');
    const before = other.printer.slips.length;
    await dialog.getByRole('button', { name: 'In lại trang thử' }).click();
    await dialog.getByText('Đã in', { exact: true }).waitFor({ timeout: 40_000 });
    expect(other.printer.slips.length).toBe(before + 1);
    await dialog.getByRole('button', { name: 'Đóng', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  it('forgets it again, and the row goes away on every desk', async () => {
    await desk.page.getByRole('button', { name: 'Gỡ Máy in ở quầy 5' }).click();
    await row('Máy in ở quầy 5').waitFor({ state: 'detached' });
    await expectAccessible(desk.page);
    await expectNoPageScroll(desk.page);
    await shoot(desk.page, 'devices-1366');
    await desk.page.setViewportSize(LARGE);
    await expectNoPageScroll(desk.page);
    await shoot(desk.page, 'devices-1920');
    await desk.page.setViewportSize(SMALL);
  });

  it('prints a page to look at on the A4 printer: an empty tray is told while the page waits, a pulled cable at once', async () => {
    const { page } = desk;
    const a4 = started.counter.neighbours!.a4;
    const before = a4.jobs.length;
    a4.set({ paperOut: true });
    await soon(() => row('Máy in A4').innerText(), 30_000).toMatch(/hết giấy.*Thêm giấy A4/s);
    await row('Máy in A4').getByRole('button', { name: 'In thử' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/hết giấy.*Thêm giấy A4/).waitFor();
    await expectAccessible(page);
    await shoot(page, 'devices-a4-waits-1366');
    a4.set({ paperOut: false });
    await dialog.getByText('Đã in', { exact: true }).waitFor({ timeout: 40_000 });
    expect(a4.jobs.length).toBe(before + 1);
    a4.set({ unplugged: true });
    await soon(() => row('Máy in A4').innerText(), 30_000).toMatch(/mất kết nối/);
    await dialog.getByRole('button', { name: 'In lại trang thử' }).click();
    await dialog.getByText('Không in được').waitFor({ timeout: 40_000 });
    a4.set({ unplugged: false });
    await dialog.getByRole('button', { name: 'Đóng', exact: true }).click();
    await soon(() => row('Máy in A4').getAttribute('data-state'), 30_000).toBe('ready');
  });

  it('scans a test page that belongs to no dossier, and says what is wrong with the scanner', async () => {
    const { page } = desk;
    const scanner = started.counter.neighbours?.scanner;
    scanner?.set({ empty: true });
    await row('Máy quét').getByRole('button', { name: 'Quét thử' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Quét khay nạp' }).click();
    await dialog.getByText(/Khay nạp giấy đang trống/).waitFor({ timeout: 30_000 });
    scanner?.set({ empty: false });
    await dialog.getByRole('button', { name: 'Quét mặt kính' }).click();
    await dialog.getByText('Xong: 1 trang.').waitFor({ timeout: 30_000 });
    await dialog.locator('.papers img').waitFor();
    await expectAccessible(page);
    await shoot(page, 'devices-testscan-1366');
    await dialog.getByRole('button', { name: 'Đóng', exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  it('parts a batch at its separator sheet, and a page that was given to another paper stays there', async () => {
    const { page } = desk;
    execFileSync('pdftoppm', ['-r', '200', '-jpeg', '-singlefile', '-', path.join(started.dir, 'separator')], { input: separatorSheet() });
    started.counter.neighbours?.scanner.load([
      sheet('to-khai-khai-sinh'),
      sheet('giay-chung-sinh'),
      { front: path.join(started.dir, 'separator.jpg') },
      sheet('xac-nhan-cu-tru'),
    ]);
    await page.keyboard.press('Alt+2');
    await page.getByRole('button', { name: /Mở hồ sơ/ }).click();
    await page.locator('main.intake').waitFor();
    await page.getByRole('combobox', { name: 'Tìm thủ tục' }).fill('dang ky khai sinh');
    await page.getByRole('option').filter({ hasText: '1.001193' }).first().click();
    await page.locator('.chk li').nth(1).waitFor();
    await page.keyboard.press('F7');
    await page.getByRole('button', { name: 'Tách thành từng giấy tờ' }).waitFor({ timeout: 40_000 });
    await expectAccessible(page);
    await shoot(page, 'intake-parted-1366');
    await page.getByRole('button', { name: 'Tách thành từng giấy tờ' }).click();
    await soon(() => page.locator('.strip .th button.p img').count(), 30_000).toBe(2);
    await page.getByText(/Đã tách thành 2 giấy tờ/).waitFor();
    const second = () => page.locator('.chk li').nth(1).innerText();
    await soon(second, 30_000).toMatch(/1 trang/);
    // Looking at the other paper and back takes nothing away from it.
    await page.locator('.chk li .pick').nth(1).click();
    await soon(() => page.locator('.strip .th button.p img').count(), 30_000).toBe(1);
    await page.locator('.chk li .pick').nth(0).click();
    await soon(() => page.locator('.strip .th button.p img').count(), 30_000).toBe(2);
    await page.locator('.strip .th button.p').first().focus();
    await page.keyboard.press('2');
    await soon(() => page.locator('.strip .th button.p img').count(), 30_000).toBe(1);
    await page.locator('.chk li .pick').nth(1).click();
    await soon(() => page.locator('.strip .th button.p img').count(), 30_000).toBe(2);
    await soon(second, 30_000).toMatch(/2 trang/);
    await page.getByRole('button', { name: 'Trắng đen' }).click();
    await soon(() => page.getByRole('button', { name: 'Trắng đen' }).getAttribute('aria-pressed'), 30_000).toBe('true');
    await expectNoPageScroll(page);
    await shoot(page, 'intake-better-1366');
    await page.setViewportSize(LARGE);
    await shoot(page, 'intake-better-1920');
    await page.setViewportSize(SMALL);
    expect(desk.complaints).toEqual([]);
  }, 120_000);

  it('drops the blank backs of a batch in one press, and takes them back in one', async () => {
    const { page } = desk;
    // Both sides of papers that are written on one.
    started.counter.neighbours?.scanner.load([
      sheet('giay-chung-sinh'),
      sheet('mat-sau-trang'),
      sheet('xac-nhan-cu-tru'),
      sheet('mat-sau-trang'),
    ]);
    await page.locator('.chk li .pick').nth(2).click();
    await page.keyboard.press('F7');
    await page.getByRole('button', { name: 'Bỏ 2 trang trắng' }).waitFor({ timeout: 40_000 });
    await expectAccessible(page);
    await shoot(page, 'intake-blanks-1366');
    await page.getByRole('button', { name: 'Bỏ 2 trang trắng' }).click();
    await soon(() => page.locator('.strip .th button.p img').count(), 30_000).toBe(2);
    await page.keyboard.press('Control+z');
    await soon(() => page.locator('.strip .th button.p img').count(), 30_000).toBe(4);
    expect(desk.complaints).toEqual([]);
  });

  it('fetches the pictures again when their links have ended', async () => {
    const { page } = desk;
    // As after ten minutes, while the citizen looked for a paper: the first answers are refusals.
    await page.route('**/file/**', (route) => route.fulfill({ status: 404, body: '' }), { times: 3 });
    await page.locator('.chk li .pick').nth(1).click();
    const shown = () =>
      page
        .locator('.strip .th button.p img, .stage img')
        .evaluateAll((images) => images.map((image) => (image as HTMLImageElement).naturalWidth > 0));
    await soon(shown, 30_000).toEqual([true, true, true]);
    expect(desk.complaints).toEqual([]);
  });

  it('says beside the very field what is doubtful about a card, until it is put right', async () => {
    const { page } = desk;
    // The fourth digit of this number says a man.
    started.counter.neighbours?.reader.scan(
      '001090012345|012345678|Trần Thị Mỹ Hường|15031990|Nữ|Tổ 4, phường An Bình, tỉnh Đắk Lắk|10052021',
    );
    const field = page.locator('.fld', { has: page.getByLabel('Giới tính') });
    await field.getByText(/không khớp với chữ số thứ 4/).waitFor();
    await expectAccessible(page);
    await shoot(page, 'intake-doubt-1366');
    await expectNoPageScroll(page);
    await page.setViewportSize(LARGE);
    await shoot(page, 'intake-doubt-1920');
    await page.setViewportSize(SMALL);
    await field.getByLabel('Giới tính').selectOption('Nam');
    await field.getByText(/không khớp với chữ số thứ 4/).waitFor({ state: 'detached' });
    expect(desk.complaints).toEqual([]);
  });
});
