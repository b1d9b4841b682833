import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainingSite } from '../../main/queue/index.ts';
import { SAMPLE_CARDS } from '../../main/training/reader/index.ts';
import { part } from '../parts.ts';
import { expectAccessible, expectNoPageScroll, KIOSK, openBrowser, openScreen, shoot, soon, type Screen } from './browser.ts';
import { startCounter, type Client, type Started } from './counter.ts';

/** The ticket machine and what citizens hold under its reader. */
describe.skipIf(!part('/usr/bin/chromium'))('the reader of the kiosk, in Chromium', () => {
  let started: Started;
  let browser: Browser;
  let kiosk: Screen;
  let desk: Client;
  /** Everything that came over the wire to the kiosk. */
  const wire: string[] = [];

  beforeAll(async () => {
    started = await startCounter();
    browser = await openBrowser();
    kiosk = await openScreen(browser, started, 'kiosk', KIOSK);
    kiosk.page.on('websocket', (socket) =>
      socket.on('framereceived', ({ payload }) => wire.push(typeof payload === 'string' ? payload : payload.toString('utf8'))),
    );
    await kiosk.page.reload();
    await kiosk.page.locator('.tile').first().waitFor();
    desk = await started.client('station', '2');
    await desk.officers.signIn({ login: 'dung', password: 'tap-huan' });
    await desk.queue.takeCounter({ commandId: randomUUID(), counterId: '2' });
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await started?.close();
  });

  const hold = (key: string) => desk.training.act({ commandId: randomUUID(), id: 'kiosk-reader', key });
  const done = async () => {
    await kiosk.page.getByRole('button', { name: 'Xong' }).click();
    await kiosk.page.locator('.tile').first().waitFor();
  };
  const number = async () => ((await kiosk.page.locator('.tk .no').textContent()) ?? '').trim();

  it('invites only while there is a reader that works', async () => {
    const { page } = kiosk;
    await page.locator('.reader[data-note=invite]').waitFor();
    await expectAccessible(page);
    await expectNoPageScroll(page);
    await shoot(page, 'kiosk-reader');
    for (const [name, picture] of [
      ['Chữ to hơn', 'large'],
      ['Hạ thấp nút', 'low'],
    ] as const) {
      await page.getByRole('button', { name }).click();
      await expectAccessible(page);
      const cut = await page.evaluate(() => {
        const main = document.querySelector('main')!;
        return main.scrollHeight - main.clientHeight;
      });
      expect(cut).toBeLessThanOrEqual(0);
      await shoot(page, `kiosk-reader-${picture}`);
      await page.getByRole('button', { name }).click();
    }
    await desk.training.setSwitch({ commandId: randomUUID(), id: 'kiosk-reader', key: 'unplugged', on: true });
    await page.locator('.reader').waitFor({ state: 'detached', timeout: 30_000 });
    await desk.training.setSwitch({ commandId: randomUUID(), id: 'kiosk-reader', key: 'unplugged', on: false });
    await page.locator('.reader').waitFor({ timeout: 30_000 });
    // A machine at another place hears nothing of this reader.
    const other = await openScreen(browser, started, 'kiosk', KIOSK, '', 'kiosk-2');
    await other.page.locator('.tile').first().waitFor();
    await hold('elder');
    await page.locator('.reader[data-note=card]').waitFor();
    expect(await other.page.locator('.reader').count()).toBe(0);
    expect(await other.page.locator('.prio [aria-pressed=true]').count()).toBe(0);
    await other.context.close();
  });

  it('takes an ID card as a card: the age chooses the priority, nothing of it reaches the machine', async () => {
    const { page } = kiosk;
    await hold('elder');
    await page.getByText('Đã chọn ưu tiên: Người cao tuổi').waitFor();
    expect(await page.locator('.prio [aria-pressed=true]').textContent()).toContain('Người cao tuổi');
    await expectAccessible(page);
    await shoot(page, 'kiosk-card');
    await page.locator('.tile', { hasText: 'Chứng thực' }).first().click();
    await page.locator('.tk .no').waitFor();
    await page.getByText('người, đã tính ưu tiên').waitFor();
    await done();
    await hold('card');
    await page.getByText('Đã nhận thẻ. Xin chạm vào một ô.').waitFor();
    expect(await page.locator('.prio [aria-pressed=true]').count()).toBe(0);
    const everything = wire.join('\n') + (await page.content());
    expect(everything).toContain('id-card');
    for (const card of [SAMPLE_CARDS.ky, SAMPLE_CARDS.an]) {
      for (const field of card.split('|')) if (field.length > 3) expect(everything).not.toContain(field);
    }
  });

  it('gives a number for a booking, counted from the booked time, the same one when it is shown again', async () => {
    const { page } = kiosk;
    await hold('booked');
    await page.locator('.tk .no').waitFor();
    const given = await number();
    expect(given).toMatch(/^B \d{3}$/);
    await page.getByText(/^Có hẹn lúc \d\d:\d\d$/).waitFor();
    await expectAccessible(page);
    await expectNoPageScroll(page);
    await shoot(page, 'kiosk-booked');
    await done();
    await hold('bookedAgain');
    await page.locator('.tk .no').waitFor();
    expect(await number()).toBe(given);
    await done();
    const { ticket } = await desk.queue.callNext({ commandId: randomUUID() });
    expect(ticket?.text).toBe(given.replace(' ', ''));
    expect(ticket?.appointmentAt).toBeDefined();
    await desk.queue.finish({ commandId: randomUUID() });
    await hold('bookedAgain');
    await page.getByText(/^Phiếu hẹn này đã dùng xong với số B\d{3}/).waitFor();
    await expectAccessible(page);
    await shoot(page, 'kiosk-booking-used');
  });

  it('says in a sentence what is wrong with a booking of yesterday, a made-up one and a foreign code', async () => {
    const { page } = kiosk;
    await hold('past');
    await page.getByText(/^Phiếu hẹn này của ngày \d\d\/\d\d\/\d{4}, đã qua/).waitFor();
    await hold('forged');
    await page.getByText(/^Mã này không phải phiếu hẹn của trung tâm/).waitFor();
    await page.locator('.tile', { hasText: 'Hộ tịch' }).first().click();
    await page.locator('.tk .no').waitFor();
    await done();
    await hold('foreign');
    await page.getByText('Máy chưa đọc được mã này').waitFor();
    await expectAccessible(page);
    await expectNoPageScroll(page);
  });

  it('tells where a ticket stands when its paper is held under the reader', async () => {
    const { page } = kiosk;
    const { groups } = await desk.queue.services();
    const group = groups.find((one) => one.vi === 'Đất đai')!;
    const ticket = await desk.queue.issue({ commandId: randomUUID(), serviceId: group.id });
    started.counter.neighbours?.kioskReader.scan(`QUAY:T:${ticket.text}:${ticket.ticketId}`.toUpperCase());
    await page.locator('.tk .no').waitFor();
    expect((await number()).replace(' ', '')).toBe(ticket.text);
    await page.getByText('Trước ông/bà còn').waitFor();
    await done();
  });

  it('speaks a language of the place beside Vietnamese and English', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'quay-e2e-language-'));
    const languages = [
      {
        code: 'rad',
        name: 'Êđê',
        words: { 'Ông/bà cần làm việc gì?': '[rad] làm việc gì?', '# người chờ': '[rad] # čô', 'Hộ tịch': '[rad] HT' },
      },
    ];
    writeFileSync(path.join(dir, 'config.json'), JSON.stringify({ site: { ...trainingSite, languages } }));
    const place = await startCounter({ dataDir: dir, build: false });
    try {
      const { page, context, complaints } = await openScreen(browser, place, 'kiosk', KIOSK);
      await page.getByRole('button', { name: 'Êđê' }).click();
      await page.getByRole('heading', { name: '[rad] làm việc gì?' }).waitFor();
      expect(await page.evaluate(() => document.documentElement.lang)).toBe('rad');
      await page.locator('.tile', { hasText: '[rad] HT' }).click();
      await page.locator('.tk .no').waitFor();
      await page.getByRole('button', { name: 'Xong' }).click();
      await page.getByRole('heading', { name: 'Ông/bà cần làm việc gì?' }).waitFor();
      await page.getByRole('button', { name: 'Êđê' }).click();
      await page.getByText('[rad] 1 čô').waitFor();
      await expectAccessible(page);
      await expectNoPageScroll(page);
      await shoot(page, 'kiosk-place-language');
      await page.getByRole('button', { name: 'English' }).click();
      await page.getByRole('heading', { name: 'What do you need today?' }).waitFor();
      await context.close();
      expect(complaints).toEqual([]);
    } finally {
      await place.close();
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('gives one number when the hub is slower than a citizen waits: the one on the screen', async () => {
    const { page, context } = await openScreen(browser, started, 'kiosk', KIOSK);
    // The answer to the press comes 6 s late, long after the kiosk's patience; everything else of the hub's arrives at once.
    let late = false;
    await page.routeWebSocket(/\/rpc/, (socket) => {
      const hub = socket.connectToServer();
      socket.onMessage((message) => hub.send(message));
      hub.onMessage((message) => {
        if (late && message.toString().includes('ticketId')) setTimeout(() => socket.send(message), 6_000);
        else socket.send(message);
      });
    });
    await page.reload();
    await page.locator('.tile').first().waitFor();
    await soon(() => page.evaluate(() => localStorage.getItem('quay.kiosk.lease') !== null)).toBe(true);
    const residence = async () => (await desk.queue.services()).groups.find((one) => one.vi === 'Cư trú')!.waiting;
    expect(await residence()).toBe(0);
    late = true;
    await page.locator('.tile', { hasText: 'Cư trú' }).click();
    await page.locator('.tk .no').waitFor();
    const shown = ((await page.locator('.tk .no').textContent()) ?? '').replace(' ', '');
    late = false;
    const fifth = await started.client('station', '5');
    await fifth.officers.signIn({ login: 'lien', password: 'tap-huan' });
    await fifth.queue.takeCounter({ commandId: randomUUID(), counterId: '5' });
    // Both answered the press; only the citizen's number stays.
    await soon(async () => {
      for await (const message of await fifth.queue.desk()) {
        if (message.type === 'snapshot') return message.snapshot.next.filter((one) => one.serviceVi === 'Cư trú').map((one) => one.text);
      }
      return [];
    }, 12_000).toEqual([shown]);
    expect(await residence()).toBe(1);
    await context.close();
  });

  it('no screen broke its own content policy or threw', async () => {
    await soon(() => kiosk.complaints).toEqual([]);
  });
});
