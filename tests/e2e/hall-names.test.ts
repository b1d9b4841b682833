import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainingSite } from '../../main/queue/index.ts';
import { part } from '../parts.ts';
import { expectHallContrast, expectNoPageScroll, KIOSK, LARGE, openBrowser, openScreen, shoot, soon } from './browser.ts';
import { startCounter, type Client, type Started } from './counter.ts';

const LABELS = ['101', '12A', 'Hộ tịch 3', 'Đất đai', 'B2-15'];
const ARROWS = ['left', 'up-left', 'up', 'up-right', 'right'] as const;
const services = trainingSite.services.map((s) => s.id);
/** A hall whose names are as long as names get, in which every counter serves everything. */
const site = {
  ...trainingSite,
  vi: 'Trung tâm Phục vụ hành chính công phường Chánh Phú Hòa, Thành phố Hồ Chí Minh',
  counters: trainingSite.counters.map((c, i) => ({ ...c, label: LABELS[i]!, arrow: ARROWS[i]!, services })),
  services: trainingSite.services.map((s) => (s.id === 'bao-tro' ? { ...s, vi: 'Bảo trợ xã hội và người có công' } : s)),
};

/** Which of these rows are wider than their place, or have a part that lies over the one before it (the box of a turned arrow is a little wider). */
const spoilt = (page: Page, selector: string) =>
  page.locator(selector).evaluateAll((all) =>
    all.flatMap((element) => {
      const parts = [...element.children].map((child) => child.getBoundingClientRect()).filter((box) => box.width > 0);
      const over = parts.some((box, i) => i > 0 && box.left < parts[i - 1]!.right - innerWidth / 150 && box.top < parts[i - 1]!.bottom - 1);
      const cut = element.scrollWidth > element.clientWidth + 1;
      return over || cut ? [`${element.textContent}: ${over ? 'over' : 'cut'}`] : [];
    }),
  );

describe.skipIf(!part('/usr/bin/chromium'))('a hall of long names and long waits, in Chromium', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-names-'));
  let started: Started;
  let browser: Browser;
  let desk: Client;

  beforeAll(async () => {
    writeFileSync(path.join(dir, 'config.json'), JSON.stringify({ training: true, site }));
    started = await startCounter({ dataDir: dir });
    browser = await openBrowser();
    const kiosk = await started.client('kiosk');
    // nobody for the other groups, and yet no counter is free for them
    for (let i = 0; i < 60; i += 1)
      await kiosk.queue.issue({ commandId: randomUUID(), serviceId: ['chung-thuc', 'trich-luc', 'dat-dai'][i % 3]! });
    desk = await started.client('station', '1');
    await desk.officers.signIn({ login: 'huyen', password: 'tap-huan' });
    for (const counterId of ['1', '2', '3', '4', '5', '1', '3', '4']) {
      await desk.queue.finish({ commandId: randomUUID() }).catch(() => {});
      await desk.queue.takeCounter({ commandId: randomUUID(), counterId });
      await desk.queue.callNext({ commandId: randomUUID() });
    }
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await started?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('keeps clock, numbers, arrows and counters of the board whole and apart', async () => {
    const { page } = await openScreen(browser, started, 'board', LARGE, '?zone=A');
    await soon(() => page.locator('.last li').count()).toBeGreaterThan(3);
    for (const width of [LARGE.width, 2 * LARGE.width]) {
      await page.setViewportSize({ width, height: (width / 16) * 9 });
      await expectNoPageScroll(page);
      expect(await spoilt(page, '.last li, .last li span, .now .to, .now .to b')).toEqual([]);
      const clock = (await page.locator('.hd .c b').boundingBox())!;
      expect(clock.x + clock.width).toBeLessThan(width);
      await page.getByText('Khu A').waitFor();
      await shoot(page, `board-names-${width}`);
    }
    await expectHallContrast(page);
    // the list points where the big arrow pointed
    const row = page.locator('.last li', { hasText: '101' }).first();
    expect(await row.locator('[data-arrow]').getAttribute('data-arrow')).toBe('left');
    await page.context().close();
  });

  it('keeps the words of the kiosk whole at every size, and promises no free counter where there is none', async () => {
    const { page } = await openScreen(browser, started, 'kiosk', KIOSK);
    await page.locator('.tile').first().waitFor();
    const idle = page.locator('.tile', { hasText: 'Cư trú' });
    await soon(() => idle.textContent()).toMatch(/0 người.*phút/);
    for (const [name, picture] of [
      ['Chữ to hơn', 'large'],
      ['Hạ thấp nút', 'low'],
    ] as const) {
      await page.getByRole('button', { name }).click();
      await page.locator(`html[data-${picture === 'large' ? 'size=large' : 'reach=low'}]`).waitFor();
      await expectNoPageScroll(page);
      expect(await spoilt(page, '.tile .wt')).toEqual([]);
      const under = await page.locator('.tile').evaluateAll((tiles) =>
        tiles.flatMap((tile) => {
          // the letters themselves: a line may be higher than they are
          const letters = document.createRange();
          letters.selectNodeContents(tile.querySelector('.tx b')!);
          const below = tile.querySelector('.wt')!.getBoundingClientRect().top;
          return letters.getBoundingClientRect().bottom > below + 4 ? [tile.textContent] : [];
        }),
      );
      expect(under).toEqual([]);
      await shoot(page, `kiosk-names-${picture}`);
      await page.getByRole('button', { name }).click();
    }
    await page.context().close();
  });
});
