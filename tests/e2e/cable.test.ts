import { randomUUID } from 'node:crypto';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { part } from '../parts.ts';
import { expectAccessible, expectNoPageScroll, KIOSK, LARGE, openBrowser, shoot, SMALL, soon } from './browser.ts';
import { layCable, type Cable } from './cable.ts';
import { startCounter, type Client, type Started } from './counter.ts';

/** The cable of a kiosk, a desk and a board is pulled for real (silence, not an error), while the hub and a second desk work on. */
describe.skipIf(!part('/usr/bin/chromium'))('a hall whose cable is pulled', () => {
  let started: Started;
  let cable: Cable;
  let browser: Browser;
  let colleague: Client;
  const pages: { kiosk?: Page; desk?: Page; board?: Page } = {};
  const complaints: string[] = [];

  const open = async (role: 'kiosk' | 'station' | 'board', file: string, viewport: { width: number; height: number }, place?: string) => {
    const context = await browser.newContext({ viewport });
    await context.addCookies([{ ...(await started.pair(role, place)), domain: 'localhost' }]);
    const page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${started.origin.replace('127.0.0.1', 'localhost')}/${file}.html`);
    return page;
  };

  beforeAll(async () => {
    started = await startCounter();
    const { port } = new URL(started.origin);
    cable = await layCable(Number(port));
    browser = await openBrowser([`--host-resolver-rules=MAP localhost:${port} 127.0.0.1:${cable.port}`]);
    colleague = await started.client('station', '3');
    await colleague.officers.signIn({ login: 'quan', password: 'tap-huan' });
    await colleague.queue.takeCounter({ commandId: randomUUID(), counterId: '3' });
    pages.kiosk = await open('kiosk', 'kiosk', KIOSK, 'kiosk-1');
    pages.board = await open('board', 'board', LARGE);
    const desk = await open('station', 'desk', SMALL, '2');
    pages.desk = desk;
    await desk.locator('select[name=login] option[value=dung]').waitFor({ state: 'attached' });
    await desk.selectOption('select[name=login]', 'dung');
    await desk.fill('input[name=password]', 'tap-huan');
    await desk.keyboard.press('Enter');
    await desk.locator('main.now').waitFor();
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await cable?.close();
    await started?.close();
  });

  const take = async (group: string): Promise<string> => {
    const page = pages.kiosk!;
    // Twice at once, as impatient fingers do: one number.
    await page.locator('.tile', { hasText: group }).first().dblclick();
    await page.locator('.tk .no').waitFor({ timeout: 20_000 });
    const text = ((await page.locator('.tk .no').textContent()) ?? '').replace(/\s/g, '');
    await page.getByRole('button', { name: 'Xong' }).click();
    await page.locator('.tile').first().waitFor();
    return text;
  };
  const heldTickets = () =>
    pages.kiosk!.evaluate(
      () => (JSON.parse(localStorage.getItem('quay.kiosk.lease') ?? '{}') as { tickets?: unknown[] }).tickets?.length ?? -1,
    );

  it('works on alone, says so, and becomes one hall again without a double or a loss', async () => {
    const { kiosk, desk, board } = pages as Required<typeof pages>;
    const given = [await take('Hộ tịch'), await take('Hộ tịch'), await take('Hộ tịch')];
    await soon(heldTickets).toBe(0);
    await soon(() => desk.locator('.q li').count()).toBe(3);
    await desk.keyboard.press('F2');
    await soon(() => desk.locator('[data-current]').first().getAttribute('data-current')).toBe(given[0]);
    const shown = async () => ((await board.locator('.now .n').textContent()) ?? '').replace(/\s/g, '');
    await soon(shown).toBe(given[0]);

    cable.pull();
    await board.locator('.mark').waitFor({ timeout: 30_000 });
    expect(await shown()).toBe(given[0]);
    await desk.getByText(/Mất kết nối tới máy chủ quầy từ/).waitFor({ timeout: 30_000 });
    await kiosk.getByText('Máy đang phát số dự phòng').waitFor({ timeout: 30_000 });

    // The counter finishes its citizen; nothing else is lost from its screen.
    await desk.keyboard.press('F9');
    await desk.getByText(/^Đã xong lúc \d\d:\d\d, ghi khi nối lại$/).waitFor();
    expect(await desk.locator('[data-current]').count()).toBe(1);
    await desk.getByText('Chưa gọi được: mất kết nối tới máy chủ quầy.').waitFor();
    await expectAccessible(desk);
    await expectNoPageScroll(desk);
    await shoot(desk, 'desk-finished-away-1366');
    // Whoever signs out now is told that nobody heard of it.
    await desk.locator('.who').click();
    const menu = desk.getByRole('dialog');
    await menu.getByRole('button', { name: 'Kết thúc ca, đăng xuất' }).click();
    await menu.getByRole('alert').waitFor({ timeout: 40_000 });
    await desk.keyboard.press('Escape');
    // The kiosk goes on from its leased numbers, one for each press.
    const away = [await take('Hộ tịch'), await take('Hộ tịch'), await take('Chứng thực')];
    expect(new Set([...given, ...away]).size).toBe(6);
    expect(await heldTickets()).toBe(3);
    // The hub and whoever still reaches it go on too.
    const { ticket } = await colleague.queue.callNext({ commandId: randomUUID() });
    expect(ticket?.text).toBe(given[1]);
    expect(await shown()).toBe(given[0]);

    cable.plug();
    await soon(shown, 30_000).toBe(given[1]);
    await board.locator('.mark').waitFor({ state: 'detached', timeout: 30_000 });
    await desk.getByText('Chưa có vé nào ở quầy').waitFor({ timeout: 30_000 });
    await soon(heldTickets, 60_000).toBe(0);
    const { groups } = await colleague.queue.services();
    expect(groups.find((group) => group.vi === 'Hộ tịch')?.waiting).toBe(3);
    expect(groups.find((group) => group.vi === 'Chứng thực')?.waiting).toBe(1);
    // Called out one after the other: each number once, those of the lease too.
    const called: string[] = [];
    for (let i = 0; i < 3; i += 1) called.push((await colleague.queue.callNext({ commandId: randomUUID() })).ticket?.text ?? '');
    expect(new Set(called)).toEqual(new Set([given[2], away[0], away[1]]));
    await soon(shown).toBe(called[2]);
    await expectAccessible(board);
    expect(complaints).toEqual([]);
  }, 240_000);
});
