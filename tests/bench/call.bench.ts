import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildScreens } from '../../main/build.ts';
import { CHROMIUM, openBrowser } from '../e2e/chromium.ts';
import { percentile, round, startStation } from './station.ts';

const BOARDS = 20;
const CALLS = 150;
const PAINTED = 30;

/** From F2 to the event at each of 20 board clients, and to the painted number in one Chromium board. Server in its own process. */
export async function run(): Promise<Record<string, number>> {
  await buildScreens();
  const dir = mkdtempSync(path.join(tmpdir(), 'quay-bench-call-'));
  const station = await startStation(dir);
  try {
    const { desk } = station;
    await desk.queue.takeCounter({ commandId: 'take-counter-3', counterId: '3' });
    const kiosk = await station.screen('kiosk');
    for (let i = 0; i < CALLS + PAINTED + 5; i += 1) await kiosk.queue.issue({ commandId: `bench-issue-${i}`, serviceId: 'ho-tich' });
    await sleep(3_000); // the printer's queue drains
    let pressed = 0;
    const times: number[] = [];
    for (let b = 0; b < BOARDS; b += 1) {
      const board = await station.screen('board');
      const stream = await board.queue.live({});
      void (async () => {
        for await (const message of stream)
          if (message.type === 'event' && message.event.kind === 'call') times.push(performance.now() - pressed);
      })().catch(() => undefined);
    }
    await sleep(1_000);
    for (let i = 0; i < 5; i += 1) await desk.queue.callNext({ commandId: `bench-warm-${i}` });
    await sleep(500);
    times.length = 0;
    for (let i = 0; i < CALLS; i += 1) {
      pressed = performance.now();
      await desk.queue.callNext({ commandId: `bench-call-${i}` });
      await sleep(40);
    }
    await sleep(500);
    const heard = [...times].sort((a, b) => a - b);
    const painted = existsSync(CHROMIUM) ? await paint(station) : [];
    return {
      p50Ms: round(percentile(heard, 0.5)),
      p99Ms: round(percentile(heard, 0.99)),
      maxMs: round(heard.at(-1) ?? Number.NaN),
      deliveries: heard.length,
      missed: CALLS * BOARDS - heard.length,
      ...(painted.length > 0 ? { paintedP50Ms: round(percentile(painted, 0.5)), paintedP95Ms: round(percentile(painted, 0.95)) } : {}),
    };
  } finally {
    await station.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Milliseconds from the press to the frame after which the new number stands on the board. */
async function paint(station: Awaited<ReturnType<typeof startStation>>): Promise<number[]> {
  const browser = await openBrowser();
  try {
    const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } });
    const [name = '', value = ''] = (await station.pair('board')).split('=');
    await context.addCookies([{ name, value, domain: '127.0.0.1', path: '/' }]);
    const page = await context.newPage();
    await page.goto(`${station.origin}/board.html`);
    await page.locator('[data-call]').first().waitFor();
    // Two frames after the change the number is on the glass; the page notes the wall clock then.
    await page.evaluate(() => {
      const seen: Record<string, number> = {};
      (window as unknown as { seen: typeof seen }).seen = seen;
      new MutationObserver(() => {
        const call = document.querySelector('[data-call]')?.getAttribute('data-call');
        if (call && !(call in seen)) {
          seen[call] = 0;
          requestAnimationFrame(() => requestAnimationFrame(() => (seen[call] = performance.timeOrigin + performance.now())));
        }
      }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ['data-call'] });
    });
    const times: number[] = [];
    for (let i = 0; i < PAINTED; i += 1) {
      const before = await page.evaluate(() => Object.keys((window as unknown as { seen: Record<string, number> }).seen).length);
      const at = performance.timeOrigin + performance.now();
      await station.desk.queue.callNext({ commandId: `bench-paint-${i}` });
      for (let tries = 0; tries < 100; tries += 1) {
        await sleep(20);
        const stamps = await page.evaluate(() => Object.values((window as unknown as { seen: Record<string, number> }).seen));
        const stamp = stamps.at(-1);
        if (stamps.length > before && stamp) {
          times.push(stamp - at);
          break;
        }
      }
    }
    return times.sort((a, b) => a - b);
  } finally {
    await browser.close();
  }
}
