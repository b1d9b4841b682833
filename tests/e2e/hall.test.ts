import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { part } from '../parts.ts';
import {
  expectAccessible,
  expectHallContrast,
  expectNoPageScroll,
  KIOSK,
  LARGE,
  openBrowser,
  openDesk,
  openScreen,
  shoot,
  SMALL,
  soon,
  type Screen,
} from './browser.ts';
import { startCounter, type Started } from './counter.ts';

const ready = part('/usr/bin/chromium');
interface Sound {
  readonly from: number;
  readonly to: number;
}

/** Writes down when each clip and each tone of the page sounds, in the clock of its own audio. */
const recordSounds = (): void => {
  const sounds: Sound[] = [];
  Object.assign(globalThis, { sounds });
  const { prototype } = AudioBufferSourceNode;
  const start = Reflect.get(prototype, 'start') as (this: AudioBufferSourceNode, when?: number) => void;
  Reflect.set(prototype, 'start', function (this: AudioBufferSourceNode, when = 0) {
    sounds.push({ from: when, to: when + (this.buffer?.duration ?? 0) });
    start.call(this, when);
  });
};
const soundsOf = (page: Page): Promise<Sound[]> => page.evaluate(() => (globalThis as unknown as { sounds: Sound[] }).sounds);

/** A hall with a kiosk, two desks and two boards, whose network breaks and comes back. */
describe.skipIf(!ready)('the hall in Chromium', () => {
  let started: Started;
  let browser: Browser;
  let kiosk: Screen;
  let one: Screen;
  let two: Screen;
  let board: Screen;

  beforeAll(async () => {
    started = await startCounter();
    browser = await openBrowser();
    kiosk = await openScreen(browser, started, 'kiosk', KIOSK);
    one = await openDesk(browser, started, 'huyen', LARGE);
    two = await openDesk(browser, started, 'dung', SMALL, '2');
    board = await openScreen(browser, started, 'board', LARGE);
    await board.page.addInitScript(recordSounds);
    await board.page.reload();
    await board.page.locator('.board').waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    await started?.close();
  });

  const take = async (group: RegExp): Promise<string> => {
    const { page } = kiosk;
    await page.locator('.tile', { hasText: group }).first().click();
    await page.locator('.tk .no').waitFor();
    const text = ((await page.locator('.tk .no').textContent()) ?? '').trim();
    await page.getByRole('button', { name: 'Xong' }).click();
    await page.locator('.tile').first().waitFor();
    return text;
  };
  const top = (page: Page) => page.locator('.now .n').textContent();
  const current = async (screen: Screen) => (await screen.page.locator('[data-current]').first().textContent())?.trim() ?? '';

  it('shows the kiosk plain, large, low and in contrast, in both languages, each accessible', async () => {
    const { page } = kiosk;
    await page.locator('.tile').first().waitFor();
    await expectAccessible(page);
    await expectNoPageScroll(page);
    await shoot(page, 'kiosk');
    for (const [name, picture] of [
      ['Chữ to hơn', 'large'],
      ['Hạ thấp nút', 'low'],
      ['Tương phản', 'contrast'],
    ] as const) {
      await page.getByRole('button', { name }).click();
      await expectAccessible(page);
      await expectNoPageScroll(page);
      await shoot(page, `kiosk-${picture}`);
      await page.getByRole('button', { name }).click();
    }
    await page.getByRole('button', { name: 'Hạ thấp nút' }).click();
    const highest = await page.locator('.tile').evaluateAll((tiles) => Math.min(...tiles.map((tile) => tile.getBoundingClientRect().top)));
    expect(highest).toBeGreaterThan(700);
    await page.getByRole('button', { name: 'Hạ thấp nút' }).click();
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'What do you need today?' }).waitFor();
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('en');
    await shoot(page, 'kiosk-en');
    await page.getByRole('button', { name: 'Tiếng Việt' }).click();
    const small = await page
      .locator('button')
      .evaluateAll((buttons) => buttons.filter((button) => button.getBoundingClientRect().height < 88).length);
    expect(small).toBe(0);
  });

  it('gives two desks that press F2 together two different tickets', async () => {
    const tickets = [await take(/Hộ tịch/), await take(/Hộ tịch/), await take(/Hộ tịch/)];
    await soon(() => one.page.locator('.q li').count()).toBeGreaterThan(0);
    await Promise.all([one.page.keyboard.press('F2'), two.page.keyboard.press('F2')]);
    await one.page.locator('[data-current]').waitFor();
    await two.page.locator('[data-current]').waitFor();
    const called = [await current(one), await current(two)];
    expect(new Set(called).size).toBe(2);
    for (const text of called) expect(tickets).toContain(text);
    await board.page.locator('.now .n').waitFor();
    await expectAccessible(one.page);
    await expectNoPageScroll(one.page);
    await expectNoPageScroll(two.page);
    await shoot(one.page, 'desk-now-1920');
    await shoot(two.page, 'desk-now-1366');
  });

  it('takes a call back with the undo bar, and parks and calls again by key', async () => {
    const { page } = two;
    await page.keyboard.press('F6');
    await page.locator('.q li.pk').waitFor();
    await page.getByRole('button', { name: /Hoàn tác/ }).waitFor();
    await page.keyboard.press('Control+z');
    await page.locator('[data-current]').waitFor();
    await soon(() => page.locator('.q li.pk').count()).toBe(0);
    await page.keyboard.press('F8');
    await page.getByRole('dialog').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await soon(() => page.getByRole('dialog').count()).toBe(0);
  });

  it('says every call once, with a chime, never one over another', async () => {
    const client = await started.client('board');
    const { page } = board;
    await soon(async () => (await client.queue.voiceNext({})).speaker, 60_000).toBe(false);
    // Two calls of two desks: each said twice, word by word ("Mời số", letter, three digits, "đến quầy số", counter), and no more.
    const whole = 2 * 2 * 7;
    await soon(async () => (await soundsOf(page)).length, 90_000).toBe(whole);
    await page.waitForTimeout(6_000);
    const sounds = (await soundsOf(page)).sort((a, b) => a.from - b.from);
    for (const [index, sound] of sounds.entries()) {
      const next = sounds[index + 1];
      if (next) expect(next.from).toBeGreaterThanOrEqual(sound.to - 0.01);
    }
    expect(sounds).toHaveLength(whole);
  }, 150_000);

  it('keeps its last picture with a mark when the hub is gone, and catches up', async () => {
    const { page, context } = board;
    const shown = await top(page);
    await context.setOffline(true);
    await page.locator('.mark').waitFor({ timeout: 20_000 });
    expect(await top(page)).toBe(shown);
    await expectAccessible(page);
    await expectHallContrast(page);
    await shoot(page, 'board-stale');
    await one.page.keyboard.press('F2');
    await one.page.locator('.cur').waitFor();
    await soon(() => current(one)).not.toBe('');
    await context.setOffline(false);
    await page.locator('.mark').waitFor({ state: 'detached', timeout: 20_000 });
    await soon(() => top(page)).toBe(await current(one));
    await expectAccessible(page);
  });

  it('is right on a large and on a very large panel, calm after three blinks', async () => {
    const { page } = board;
    await page.waitForTimeout(3_000);
    await expectNoPageScroll(page);
    await expectHallContrast(page);
    await shoot(page, 'board');
    await page.setViewportSize({ width: 3840, height: 2160 });
    await expectNoPageScroll(page);
    expect(await page.locator('.now .n').evaluate((number) => parseFloat(getComputedStyle(number).fontSize))).toBeCloseTo(672, 0);
    await shoot(page, 'board-3840');
    await page.setViewportSize(LARGE);
    const still = await page
      .locator('.now .n')
      .evaluate((number) => number.getAnimations().every((animation) => animation.playState === 'finished'));
    expect(still).toBe(true);
  });

  it('keeps six other calls beside the newest, points to its counter, and shows a zone its own calls alone', async () => {
    const { page } = board;
    const other = await openScreen(browser, started, 'board', LARGE, '?zone=B');
    await other.page.locator('.board').waitFor();
    for (let i = 0; i < 8; i += 1) await take(/Hộ tịch/);
    for (let i = 0; i < 8; i += 1) {
      const before = await top(page);
      // The board may hear of a call before its desk has the answer, and a press until then is the same press.
      await two.page.locator('[data-action=next][aria-busy=false]').waitFor();
      await two.page.keyboard.press('F2');
      await soon(() => top(page)).not.toBe(before);
    }
    await soon(() => page.locator('.last li').count()).toBe(6);
    const listed = (await page.locator('.last li').allTextContents()).map((text) => text.slice(0, 5));
    expect(new Set([...listed, await top(page)]).size).toBe(7);
    expect(await page.locator('.now [data-arrow]').getAttribute('data-arrow')).toBe('left');
    await expectHallContrast(page);
    // The longest words that a busy day brings are still whole.
    const cut = await page.locator('.wait .g').evaluateAll(
      (groups) =>
        groups.filter((group) => {
          const [waiting, range] = [...group.querySelectorAll('p')];
          waiting!.querySelector('b')!.textContent = '128';
          range!.innerHTML = '<b>100–140</b> phút';
          return group.scrollHeight > group.clientHeight || group.scrollWidth > group.clientWidth;
        }).length,
    );
    expect(cut).toBe(0);
    await shoot(page, 'board-full');
    await other.page.getByText('Chưa gọi số nào hôm nay').waitFor();
    await other.context.close();
  });

  it('parks the ticket and keeps the draft when F2 is pressed in the middle of an intake', async () => {
    const { page } = two;
    await take(/Hộ tịch/);
    await soon(() => page.locator('.q li').count()).toBeGreaterThan(0);
    const unfinished = await current(two);
    await page.keyboard.press('F10');
    await page.locator('main.intake').waitFor();
    await page.keyboard.press('F2');
    await page.locator('main.now').waitFor();
    await soon(() => current(two)).not.toBe(unfinished);
    await page.locator('.q li.pk', { hasText: unfinished }).waitFor();
    await page.locator('.lists section', { hasText: 'Làm tiếp' }).first().waitFor();
    await expectAccessible(page);
    await shoot(page, 'desk-parked-1366');
  });

  it('asks at the pad about that ticket, and tells the head of the centre what was said', async () => {
    const finished = (await current(two)).replace(' ', '');
    await two.page.keyboard.press('F9');
    const pad = await openScreen(browser, started, 'feedback', { width: 1280, height: 800 }, '', '2');
    await pad.page.getByRole('heading', { name: new RegExp(`Số ${finished[0]} ${finished.slice(1)}`) }).waitFor();
    await pad.page.getByRole('button', { name: 'Không hài lòng', exact: true }).click();
    await pad.page.getByRole('button', { name: 'Chờ lâu' }).click();
    await expectAccessible(pad.page);
    await shoot(pad.page, 'pad-reasons');
    await pad.page.getByRole('button', { name: 'Gửi đánh giá' }).click();
    await pad.page.getByText('Cảm ơn ông/bà đã đánh giá.').waitFor();
    await pad.context.close();
    const head = await openDesk(browser, started, 'binh', SMALL, '5');
    await head.page.keyboard.press('Alt+6');
    await head.page.getByRole('button', { name: 'Chỉ số, đánh giá' }).click();
    const said = head.page.locator('[data-ratings="1"]');
    await said.getByText('2,00 / 5, 1 lượt').waitFor();
    await said.getByText('Quầy 2').waitFor();
    await said.getByText('Chờ lâu').waitFor();
    await head.page.locator('[data-indicator=DOSSIER_SYNC]').waitFor();
    await expectAccessible(head.page);
    await expectNoPageScroll(head.page);
    await shoot(head.page, 'desk-measures-1366');
    await head.page.setViewportSize(LARGE);
    await shoot(head.page, 'desk-measures-1920');
    await head.context.close();
  });

  it('ends a citizen and calls the next in one breath, also before the hub has answered', async () => {
    const { page } = two;
    await take(/Hộ tịch/);
    await take(/Hộ tịch/);
    await soon(() => page.locator('.q li:not(.pk)').count()).toBeGreaterThan(1);
    await page.keyboard.press('F2');
    await soon(() => page.locator('[data-current]').count()).toBe(1);
    const first = await current(two);
    await page.locator('[data-action=next][aria-busy=false]').waitFor();
    await page.evaluate(() => {
      // Both presses in one task: no answer can come between them.
      for (const key of ['F9', 'F2']) document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code: key, bubbles: true }));
    });
    await soon(() => page.locator('[data-current]').count()).toBe(1);
    await soon(() => current(two)).not.toBe(first);
  });

  it('goes on giving numbers while the hub is away, and merges them without a double', async () => {
    const { page, context } = kiosk;
    const first = await take(/Chứng thực/);
    await soon(() => page.evaluate(() => localStorage.getItem('quay.kiosk.lease') !== null)).toBe(true);
    await context.setOffline(true);
    await page.getByText('Máy đang phát số dự phòng').waitFor({ timeout: 20_000 });
    await page.locator('.tile', { hasText: 'Chứng thực' }).first().click();
    await page.locator('.tk .no').waitFor({ timeout: 20_000 });
    const away = ((await page.locator('.tk .no').textContent()) ?? '').trim();
    expect(away).not.toBe(first);
    await page.getByText('Xin ghi nhớ hoặc chụp lại số này').waitFor();
    await expectAccessible(page);
    await shoot(page, 'kiosk-away');
    await context.setOffline(false);
    await page.getByRole('button', { name: 'Xong' }).click();
    await soon(
      async () =>
        (await page.evaluate(() => JSON.parse(localStorage.getItem('quay.kiosk.lease') ?? '{}') as { tickets?: unknown[] })).tickets
          ?.length,
      60_000,
    ).toBe(0);
    const client = await started.client('kiosk');
    const group = (await client.queue.services()).groups.find((one) => one.vi === 'Chứng thực');
    expect(group?.waiting).toBe(2);
  }, 150_000);

  it('tells a desk that lost the hub, and what still works', async () => {
    const { page, context } = two;
    await context.setOffline(true);
    await page.getByText(/Mất kết nối tới máy chủ quầy từ/).waitFor({ timeout: 20_000 });
    await page.locator('.truth .bad', { hasText: 'Hàng đợi' }).waitFor();
    expect(await page.locator('[data-current]').count()).toBe(1);
    await expectAccessible(page);
    await expectNoPageScroll(page);
    await shoot(page, 'desk-offline-1366');
    await context.setOffline(false);
    await page.locator('.truth .ok', { hasText: 'Hàng đợi' }).waitFor({ timeout: 20_000 });
  });

  it('no screen broke its own content policy or threw', () => {
    expect([...kiosk.complaints, ...one.complaints, ...two.complaints, ...board.complaints]).toEqual([]);
  });
});
