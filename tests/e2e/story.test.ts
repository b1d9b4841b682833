import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRAINING_PIN } from '../../main/signing/index.ts';
import { part } from '../parts.ts';
import { CHROMIUM, openBrowser } from './chromium.ts';
import { startCounter, type Started } from './counter.ts';

const ARTEFACTS = path.join(import.meta.dirname, '../artefacts');

/** The whole job again, clicking and typing as people do at the kiosk, the desk and in front of the board. */
describe.skipIf(!part(CHROMIUM))('one citizen, in Chromium', () => {
  let started: Started;
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const troubles: string[] = [];

  beforeAll(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    started = await startCounter();
    browser = await openBrowser();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await started?.close();
  });

  const open = async (
    role: 'station' | 'kiosk' | 'board' | 'feedback',
    width: number,
    height: number,
    counterId?: string,
  ): Promise<Page> => {
    const context = await browser.newContext({ viewport: { width, height }, locale: 'vi-VN', timezoneId: 'America/New_York' });
    contexts.push(context);
    await context.addCookies([await started.pair(role, counterId)]);
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => troubles.push(`${role}: ${error.message}`));
    page.on('console', (message) => message.type() === 'error' && troubles.push(`${role}: ${message.text()}`));
    await page.goto(`${started.origin}/${role === 'station' ? 'desk' : role}.html`);
    return page;
  };
  const shot = (page: Page, name: string) => page.screenshot({ path: path.join(ARTEFACTS, `story-${name}.png`) });

  it('goes from the ticket to the handed-over, delivered, signed result', async () => {
    const neighbours = started.counter.neighbours!;
    const kiosk = await open('kiosk', 1080, 1920);
    const board = await open('board', 1920, 1080);
    const desk = await open('station', 1366, 768, '3');
    const pad = await open('feedback', 1024, 768, '3');

    // kiosk: one touch, one number, one slip
    await kiosk.getByRole('button', { name: /^Hộ tịch/ }).click();
    await kiosk.getByText('B 001').first().waitFor();
    await expect.poll(() => neighbours.printer.printer.slips.length).toBe(1);
    await shot(kiosk, 'kiosk');

    // desk: sign in, F2
    await desk.getByLabel('Cán bộ').selectOption({ label: 'Lê Thị Thanh Huyền, Công chức tiếp nhận' });
    await desk.getByLabel('Mật khẩu').fill('tap-huan');
    await desk.keyboard.press('Enter');
    await desk.getByText('B 001').first().waitFor();
    await desk.keyboard.press('F2');
    await board.getByText('B 001').first().waitFor();
    await shot(desk, 'now');
    await shot(board, 'board');

    // the ID card fills the applicant, whatever has the focus
    await desk.keyboard.press('F10');
    await desk.getByText('Người nộp', { exact: true }).first().waitFor();
    neighbours.reader.scan('001090012345|012345678|Nguyễn Văn');
    await desk
      .getByRole('alert')
      .or(desk.getByRole('status'))
      .filter({ hasText: /mã|thẻ/i })
      .first()
      .waitFor();
    neighbours.reader.scanCard('an');
    await expect
      .poll(() =>
        desk
          .getByLabel(/Họ và tên/)
          .first()
          .inputValue(),
      )
      .toBe('Nguyễn Văn An');

    // the procedure, typed without diacritics
    await desk.getByRole('combobox', { name: 'Tìm thủ tục' }).fill('dang ky khai sinh');
    await desk.getByRole('option').filter({ hasText: '1.001193' }).first().click();
    await desk.getByText('Tờ khai đăng ký khai sinh').first().waitFor();
    await shot(desk, 'intake');

    // four pages from the feeder; the blank back goes out, the picture stays as it came
    await desk.keyboard.press('F7');
    const strip = desk.getByRole('list', { name: /Trang đã quét/ });
    await expect.poll(() => strip.getByRole('button').count()).toBe(5); // four pages and "Thêm"
    await strip.getByRole('button').nth(2).click();
    await desk.getByRole('button', { name: 'Bỏ trang' }).click();
    // What was done last is what can be taken back, though the call before it may be taken back for longer.
    await desk.getByText('Đã bỏ trang').waitFor();
    await expect.poll(() => strip.getByRole('button').count()).toBe(4);
    await shot(desk, 'scanned');
    // the other paper was seen and handed back
    await desk.getByRole('row').or(desk.locator('li, [role=option], .comp')).filter({ hasText: 'Giấy chứng sinh' }).first().click();
    await desk.getByRole('button', { name: 'Đã nhận bản giấy' }).first().click();
    await desk.getByLabel('Điện thoại').first().fill('0905118264');
    await desk.keyboard.press('Tab');

    // accept: code, due date, receipt on paper
    await desk
      .getByText('Đủ để tiếp nhận')
      .or(desk.getByText(/điều nên xem/))
      .first()
      .waitFor();
    await desk.keyboard.press('F9');
    const code = /H15\.50\.05\.13-\d{6}-\d{4}/;
    await desk.getByText(code).first().waitFor();
    // A page that was dropped at the intake cannot come back into what has left the desk.
    await expect.poll(() => desk.getByText('Đã bỏ trang').count(), { timeout: 2_000 }).toBe(0);
    await shot(desk, 'accepted');
    await expect.poll(() => neighbours.a4.jobs.length).toBeGreaterThanOrEqual(1);

    // the province has it, once
    await expect.poll(() => neighbours.province.holdings().length, { timeout: 20_000 }).toBe(1);
    const held = neighbours.province.holdings()[0]!;
    await desk.keyboard.press('Alt+5');
    await desk.getByText('Tỉnh đã nhận').first().waitFor();
    await shot(desk, 'outbox');

    // results: forward, draft, sign
    await desk.keyboard.press('Alt+4');
    await desk.getByLabel(/Quét giấy tiếp nhận/).fill(held.code);
    await desk.keyboard.press('Enter');
    await desk.getByRole('button', { name: /Chuyển giải quyết/ }).click();
    await desk.getByRole('button', { name: /Lập kết quả/ }).click();
    const draft = desk.getByRole('dialog');
    await draft.getByLabel('Người ký').fill('Nguyễn Thanh Bình');
    await draft.getByLabel('Chức vụ').fill('PHÓ CHỦ TỊCH');
    // With its number it needs no second step; without one the clerk gives number and date, and seals.
    await draft.getByLabel('Số văn bản').fill('128/TL-UBND');
    await draft.getByRole('button', { name: /Lập, chuyển ký số/ }).click();
    await draft.waitFor({ state: 'hidden' });
    await desk.keyboard.press('Alt+3');
    await desk.getByText(held.code).first().click();
    await desk.locator('canvas').first().waitFor();
    await shot(desk, 'sign');
    await desk.getByRole('button', { name: /Ký 1 bản/ }).click();
    const pin = desk.getByRole('dialog');
    await pin.getByLabel('Mã PIN của token').fill(TRAINING_PIN);
    await pin.getByRole('button', { name: /Ký 1 bản/ }).click();
    await expect.poll(() => neighbours.province.holdings()[0]!.results.length, { timeout: 30_000 }).toBe(1);

    // hand over: status 10
    await desk.keyboard.press('Alt+4');
    await desk.getByLabel(/Quét giấy tiếp nhận/).fill(held.code);
    await desk.keyboard.press('Enter');
    await desk.getByRole('button', { name: /Trả kết quả.*Ghi người nhận/s }).click();
    await desk.getByRole('dialog').getByRole('button', { name: 'Đã trả' }).click();
    await expect.poll(() => neighbours.province.holdings()[0]!.status, { timeout: 20_000 }).toBe(10);
    await desk.getByRole('region', { name: 'Hồ sơ' }).getByText('Tỉnh đã nhận').first().waitFor();
    await shot(desk, 'handed-over');

    // finish and rate
    await desk.keyboard.press('Alt+1');
    await desk.keyboard.press('F9');
    await pad.getByRole('heading', { name: /ông\/bà thấy phục vụ thế nào/ }).waitFor();
    await shot(pad, 'rate');
    await pad.getByRole('button', { name: /Rất hài lòng/ }).click();
    await pad.getByText('Cảm ơn ông/bà đã đánh giá.').waitFor();
    expect(neighbours.province.holdings()).toHaveLength(1);
  }, 180_000);

  it('leaves no error in any console', () => expect(troubles).toEqual([]));
});
