import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { expect } from 'vitest';
import { openBrowser } from './chromium.ts';
import type { Started } from './counter.ts';

export { openBrowser };
const artefacts = path.join(import.meta.dirname, '../artefacts');
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const SMALL = { width: 1366, height: 768 };
export const LARGE = { width: 1920, height: 1080 };
export const KIOSK = { width: 1080, height: 1920 };

export interface Screen {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page complained about: uncaught errors and breaches of the content policy. */
  readonly complaints: string[];
}

async function watched(context: BrowserContext): Promise<Screen> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /Content Security Policy|Refused to/.test(message.text())) complaints.push(message.text());
  });
  return { page, context, complaints };
}

/** A hall screen with its pairing cookie. */
export async function openScreen(
  browser: Browser,
  started: Started,
  role: 'kiosk' | 'board' | 'feedback',
  viewport: { width: number; height: number },
  query = '',
  /** Counter of a pad, place of a kiosk; the usual one when absent. */
  place?: string,
): Promise<Screen> {
  const context = await browser.newContext({ viewport });
  await context.addCookies([await started.pair(role, place ?? (role === 'feedback' ? '3' : role === 'kiosk' ? 'kiosk-1' : undefined))]);
  const screen = await watched(context);
  await screen.page.goto(`${started.origin}/${role}.html${query}`);
  return screen;
}

/** A desk where an officer has signed in. The station of this machine, or another paired one at a counter of its own. */
export async function openDesk(browser: Browser, started: Started, login: string, viewport = SMALL, counterId?: string): Promise<Screen> {
  const context = await browser.newContext({ viewport });
  if (counterId !== undefined) await context.addCookies([await started.pair('station', counterId)]);
  const screen = await watched(context);
  const { page } = screen;
  await page.goto(counterId === undefined ? started.address : `${started.origin}/desk.html`);
  await page.locator(`select[name=login] option[value=${login}]`).waitFor({ state: 'attached' });
  await page.selectOption('select[name=login]', login);
  await page.fill('input[name=password]', 'tap-huan');
  await page.keyboard.press('Enter');
  await page.locator('main.now').waitFor();
  return screen;
}

interface AxeViolation {
  readonly id: string;
  readonly nodes: readonly { readonly target: readonly string[]; readonly failureSummary?: string }[];
}

/** WCAG 2.2 A and AA by axe-core; each violation is named with its element. */
export async function expectAccessible(page: Page): Promise<void> {
  // A blinking number is judged when it is still.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  await page.evaluate(axeSource);
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as { axe: { run(root: Document, options: object): Promise<{ violations: AxeViolation[] }> } };
    const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
    return (await axe.run(document, { runOnly: { type: 'tag', values: tags } })).violations.map((violation) => ({
      id: violation.id,
      nodes: violation.nodes.slice(0, 5).map((node) => `${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
    }));
  });
  expect(violations).toEqual([]);
}

/** Contrast of 7:1 or more for every text (WCAG 1.4.6), as hall boards need it; large figures too, with no discount for their size. */
export async function expectHallContrast(page: Page): Promise<void> {
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  await page.evaluate(axeSource);
  const poor = await page.evaluate(async () => {
    interface Check {
      readonly data?: { readonly contrastRatio?: number | null; readonly fgColor?: string; readonly bgColor?: string };
    }
    interface Rule {
      readonly nodes: readonly { readonly target: readonly string[]; readonly any: readonly Check[] }[];
    }
    const { axe } = globalThis as unknown as {
      axe: { run(root: Document, options: object): Promise<{ violations: readonly Rule[]; passes: readonly Rule[] }> };
    };
    const options = {
      runOnly: { type: 'rule', values: ['color-contrast-enhanced'] },
      rules: { 'color-contrast-enhanced': { enabled: true } },
    };
    const { violations, passes } = await axe.run(document, options);
    const nodes = [...violations, ...passes].flatMap((rule) => rule.nodes);
    // The hatched training strip has no single ground to measure against.
    const measured = nodes.filter((node) => typeof node.any[0]?.data?.contrastRatio === 'number');
    if (measured.length < 5) return [`only ${measured.length} texts could be measured`];
    return measured
      .filter((node) => (node.any[0]?.data?.contrastRatio ?? 0) < 7)
      .map((node) => `${node.target.join(' ')} ${JSON.stringify(node.any[0]?.data)}`);
  });
  expect(poor).toEqual([]);
}

/** The page itself never scrolls, at no size. */
export async function expectNoPageScroll(page: Page): Promise<void> {
  const overflow = await page.evaluate(() => {
    const root = document.documentElement;
    return { x: root.scrollWidth - root.clientWidth, y: root.scrollHeight - root.clientHeight };
  });
  expect(overflow).toEqual({ x: 0, y: 0 });
}

/** Keeps a picture as an artefact of the test run (not committed). */
export async function shoot(page: Page, name: string): Promise<void> {
  mkdirSync(artefacts, { recursive: true });
  await page.screenshot({ path: path.join(artefacts, `${name}.png`) });
}

/** A page as officers have it on both sizes of screen: read by axe, nothing scrolls, a picture of each. */
export async function lookAtBothSizes(page: Page, name: string): Promise<void> {
  await expectAccessible(page);
  await expectNoPageScroll(page);
  await shoot(page, `${name}-1366`);
  await page.setViewportSize(LARGE);
  await expectNoPageScroll(page);
  await shoot(page, `${name}-1920`);
  await page.setViewportSize(SMALL);
}

/** Waits until something read from a page is as expected; the machine may be busy, so the wait is long and nothing is timed. */
export const soon = <T>(read: () => T | Promise<T>, timeout = 20_000) => expect.poll(read, { timeout, interval: 100 });
