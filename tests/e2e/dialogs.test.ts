import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainingSite } from '../../main/queue/index.ts';
import { part } from '../parts.ts';
import { expectAccessible, expectNoPageScroll, KIOSK, openScreen, shoot, soon } from './browser.ts';
import { acceptOne, draftOne, openDeskAndColleague, type DeskAndColleague } from './colleague.ts';
import { startCounter } from './counter.ts';

const ready = part('/usr/bin/chromium');

/** Screens that a good day does not show: each is opened, read by axe and kept as a picture. */
describe.skipIf(!ready)('dialogs and the kiosk in trouble, in Chromium', () => {
  let at: DeskAndColleague;

  beforeAll(async () => {
    at = await openDeskAndColleague();
    at.desk.page.setDefaultTimeout(15_000);
  });
  afterAll(() => at?.close());

  /** Reads the open dialog, keeps its picture and closes it by Esc. */
  const look = async (page: Page, name: string) => {
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await expectAccessible(page);
    await expectNoPageScroll(page);
    await shoot(page, `dialog-${name}-1366`);
    const box = await dialog.boundingBox();
    expect(box && box.y >= 0 && box.y + box.height <= 768).toBe(true);
    await page.keyboard.press('Escape');
    await soon(() => dialog.count()).toBe(0);
  };

  it('asks for supplement, refusal and another due date at the intake', async () => {
    const { page } = at.desk;
    await page.goto(`${at.started.origin}/desk.html#/intake/${await draftOne(at.colleague)}`);
    await page.locator('main.intake .chosen').waitFor();
    await page.keyboard.press('Shift+F7');
    await look(page, 'supplement');
    await page.keyboard.press('Control+F7');
    await look(page, 'refuse');
    await page.getByRole('button', { name: /Đổi (ngày|hẹn|hạn)/ }).focus();
    await page.keyboard.press('Enter');
    await look(page, 'due');
  });

  it('apologises for a late dossier, carries unsent ones over, takes a new officer', async () => {
    const { page } = at.desk;
    const { id } = await acceptOne(at.colleague);
    await page.goto(`${at.started.origin}/desk.html#/results/${id}`);
    await page.locator('.panel h1').waitFor();
    await page.getByRole('button', { name: /xin lỗi/i }).focus();
    await page.keyboard.press('Enter');
    // The day that is proposed is never before the one that was promised.
    const { promises } = await at.colleague.dossiers.get({ dossierId: id });
    const proposed = await page.locator('dialog input[name=day]').inputValue();
    expect(Date.parse(`${proposed.split('/').reverse().join('-')}T16:30:00+07:00`)).toBeGreaterThan(promises.at(-1)!.dueAt);
    await look(page, 'apology');
    await page.keyboard.press('Alt+5');
    await page.getByRole('button', { name: 'Mang hồ sơ sang máy khác' }).focus();
    await page.keyboard.press('Enter');
    await look(page, 'carry-over');
    await page.goto(`${at.started.origin}/desk.html#/settings/officers`);
    await page.getByRole('button', { name: 'Thêm cán bộ' }).focus();
    await page.keyboard.press('Enter');
    await look(page, 'officer');
  });

  it('asks at the kiosk after two minutes whether somebody is there', async () => {
    const { page, context, complaints } = await openScreen(at.browser, at.started, 'kiosk', KIOSK);
    page.setDefaultTimeout(15_000);
    await page.locator('.tile').first().waitFor();
    await page.clock.install();
    // Two tones for each time the machine asks aloud.
    await page.addInitScript(() => {
      Object.assign(globalThis, { tones: 0 });
      const start = Reflect.get(AudioScheduledSourceNode.prototype, 'start') as (this: AudioScheduledSourceNode, when?: number) => void;
      Reflect.set(OscillatorNode.prototype, 'start', function (this: OscillatorNode, when?: number) {
        (globalThis as unknown as { tones: number }).tones += 1;
        start.call(this, when);
      });
    });
    const tones = () => page.evaluate(() => (globalThis as unknown as { tones: number }).tones);
    await page.reload();
    await page.locator('.tile').first().waitFor();
    await page.getByRole('button', { name: 'English' }).click();
    await page.clock.fastForward(121_000);
    await page.getByRole('dialog', { name: 'Are you still there?' }).waitFor();
    await shoot(page, 'kiosk-still-there');
    await page.getByRole('button', { name: 'I need more time' }).click();
    await soon(() => page.getByRole('dialog').count()).toBe(0);
    // Nobody answers: asked once more at half-time, then back to the start, in Vietnamese, for the next citizen.
    const before = await tones();
    await page.clock.fastForward(121_000);
    await page.getByRole('dialog').waitFor();
    await soon(tones).toBe(before + 2);
    await page.clock.fastForward(11_000);
    await soon(tones).toBe(before + 4);
    await page.clock.fastForward(11_000);
    await page.getByRole('heading', { name: 'Ông/bà cần làm việc gì?' }).waitFor();
    await soon(() => page.getByRole('dialog').count()).toBe(0);
    expect(await tones()).toBe(before + 4);
    await context.close();
    expect(complaints).toEqual([]);
  });

  it('says at the kiosk that the place is closed, and that the machine is out of order', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'quay-e2e-closed-'));
    // One minute, twelve hours from now in Vietnam.
    const hour = String((new Date().getUTCHours() + 7 + 12) % 24).padStart(2, '0');
    const site = { ...trainingSite, hours: [{ from: `${hour}:00`, to: `${hour}:01` }] };
    writeFileSync(path.join(dir, 'config.json'), JSON.stringify({ site }));
    const closed = await startCounter({ dataDir: dir, build: false });
    try {
      const { page, context, complaints } = await openScreen(at.browser, closed, 'kiosk', KIOSK);
      await page.getByRole('heading', { name: 'Hiện chưa phát số' }).waitFor({ timeout: 15_000 });
      await expectAccessible(page);
      await expectNoPageScroll(page);
      await shoot(page, 'kiosk-closed');
      await page.routeWebSocket(/\/rpc/, () => undefined);
      await page.reload();
      await page.getByRole('heading', { name: 'Máy lấy số tạm ngừng' }).waitFor({ timeout: 15_000 });
      await expectAccessible(page);
      await expectNoPageScroll(page);
      await shoot(page, 'kiosk-out-of-order');
      expect(complaints).toEqual([]);
      await context.close();
    } finally {
      await closed.close();
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('no dialog broke the content policy or threw', () => expect(at.desk.complaints).toEqual([]));
});
