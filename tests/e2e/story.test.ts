import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { part } from '../parts.ts';
import { startCounter, type Started } from './counter.ts';

const CHROMIUM = '/usr/bin/chromium';
const ARTEFACTS = path.join(import.meta.dirname, '../artefacts');
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

/** The whole job again, clicking and typing as people do at the kiosk, the desk and in front of the board. */
describe.skipIf(!part(CHROMIUM))('one citizen, in Chromium', () => {
  let started: Started;
  let browser: Browser;
  const contexts: BrowserContext[] = [];
  const troubles: string[] = [];

  beforeAll(async () => {
    mkdirSync(ARTEFACTS, { recursive: true });
    started = await startCounter();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await started?.close();
  });

  const open = async (role: 'station' | 'kiosk' | 'board', width: number, height: number, counterId?: string): Promise<Page> => {
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
  }, 180_000);

  it('leaves no error in any console', () => expect(troubles).toEqual([]));
});
