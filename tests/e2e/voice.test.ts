import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { part } from '../parts.ts';
import { LARGE, openBrowser, openScreen, soon } from './browser.ts';
import { startCounter, type Client, type Started } from './counter.ts';

interface Spoken {
  readonly text: string;
  readonly from: number;
  to: number;
}

/** A panel with a Vietnamese voice of its own: what it is asked to say, and when it has said it. */
const vietnameseVoice = (): void => {
  const spoken: Spoken[] = [];
  class Utterance extends EventTarget {
    readonly text: string;
    voice: unknown = null;
    lang = '';
    rate = 1;
    constructor(text: string) {
      super();
      this.text = text;
    }
  }
  const synthesis = {
    getVoices: () => [
      { lang: 'en-US', name: 'en' },
      { lang: 'vi-VN', name: 'vi' },
    ],
    cancel: () => {},
    speak(words: Utterance) {
      const one = { text: `${words.lang} ${words.text}`, from: performance.now(), to: 0 };
      spoken.push(one);
      setTimeout(() => {
        one.to = performance.now();
        words.dispatchEvent(new Event('end'));
      }, 300);
    },
  };
  Object.defineProperty(globalThis, 'SpeechSynthesisUtterance', { value: Utterance });
  Object.defineProperty(globalThis, 'speechSynthesis', { value: synthesis });
  Object.assign(globalThis, { spoken });
};

describe.skipIf(!part('/usr/bin/chromium'))('the voice of the hall with a system voice', () => {
  let started: Started;
  let browser: Browser;
  const desks: Client[] = [];
  beforeAll(async () => {
    started = await startCounter();
    browser = await openBrowser();
    for (const [login, counterId] of [
      ['dung', '2'],
      ['huyen', '3'],
    ] as const) {
      const desk = await started.client('station', counterId);
      await desk.officers.signIn({ login, password: 'tap-huan' });
      await desk.queue.takeCounter({ commandId: randomUUID(), counterId });
      desks.push(desk);
    }
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await started?.close();
  });

  it('says each call twice in Vietnamese, digit by digit, one after the other, from one board of two', async () => {
    const boards = [await openScreen(browser, started, 'board', LARGE), await openScreen(browser, started, 'board', LARGE)];
    for (const { page } of boards) {
      await page.addInitScript(vietnameseVoice);
      await page.reload();
      await page.locator('.board').waitFor();
    }
    const [first, second] = desks as [Client, Client];
    for (let i = 0; i < 2; i += 1) await first.queue.issue({ commandId: randomUUID(), serviceId: 'ho-tich' });
    await Promise.all([first.queue.callNext({ commandId: randomUUID() }), second.queue.callNext({ commandId: randomUUID() })]);
    await second.queue.recall({ commandId: randomUUID() });
    const heard = async (): Promise<Spoken[]> =>
      (await Promise.all(boards.map(({ page }) => page.evaluate(() => (globalThis as unknown as { spoken: Spoken[] }).spoken)))).flat();
    await soon(async () => (await heard()).length, 60_000).toBe(6);
    await boards[0]!.page.waitForTimeout(4_000);
    const said = await heard();
    expect(said).toHaveLength(6);
    const byBoard = await Promise.all(
      boards.map(({ page }) => page.evaluate(() => (globalThis as unknown as { spoken: Spoken[] }).spoken.length)),
    );
    expect(byBoard.toSorted((a, b) => a - b)).toEqual([0, 6]);
    for (let i = 0; i < 6; i += 2) expect(said[i]?.text).toBe(said[i + 1]?.text);
    for (const [index, one] of said.entries()) {
      expect(one.text).toMatch(/^vi-VN Mời số bê không không (một|hai), đến quầy số (hai|ba)\.$/);
      const next = said[index + 1];
      if (next) expect(next.from).toBeGreaterThanOrEqual(one.to);
    }
    // The recalled one is the last to be heard, and is heard again.
    expect(said.at(-1)?.text).toMatch(/quầy số ba\.$/);
    expect(new Set(said.map((one) => one.text)).size).toBe(2);
  }, 120_000);
});
