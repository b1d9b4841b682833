import { readdirSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { parseAst } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { part } from '../parts.ts';
import { expectNoPageScroll, KIOSK, LARGE, openBrowser, soon } from './browser.ts';
import { startCounter, type Client, type Started } from './counter.ts';

/**
 * A television of 2020 on the wall: Chrome 68, plain http from another machine's address. What such a browser lacks is taken
 * away from Chromium before the page runs; what it could not parse is looked for in the built files.
 */
const takeAway = (): void => {
  const gone: readonly (readonly [object, readonly string[]])[] = [
    [Array.prototype, ['at', 'flat', 'flatMap', 'findLast', 'findLastIndex', 'toSorted', 'toReversed', 'toSpliced', 'with']],
    [String.prototype, ['at', 'matchAll', 'replaceAll', 'isWellFormed']],
    [Object, ['fromEntries', 'hasOwn', 'groupBy']],
    [Promise, ['allSettled', 'any', 'withResolvers', 'try']],
    [AbortSignal, ['any', 'timeout']],
    [AbortSignal.prototype, ['throwIfAborted', 'reason']],
    [Symbol, ['asyncDispose', 'dispose']],
    [Blob.prototype, ['text', 'arrayBuffer', 'stream']],
    [Element.prototype, ['replaceChildren', 'checkVisibility']],
    [
      globalThis,
      ['structuredClone', 'queueMicrotask', 'WeakRef', 'FinalizationRegistry', 'reportError', 'Iterator', 'scheduler', 'CSSLayerBlockRule'],
    ],
    [globalThis, ['globalThis']],
  ];
  for (const [target, names] of gone) for (const name of names) Reflect.deleteProperty(target, name);
};

interface Node {
  readonly type: string;
  readonly operator?: string;
  readonly kind?: string;
  readonly optional?: boolean;
  readonly regex?: { readonly flags: string; readonly pattern: string };
}
/** Why Chrome 68 would refuse this piece of program; null when it would not. */
function tooNew(node: Node): string | null {
  if (node.type === 'ChainExpression' || node.optional === true) return 'optional chaining';
  if (node.type === 'LogicalExpression' && node.operator === '??') return 'nullish coalescing';
  if (node.type === 'AssignmentExpression' && /^(\?\?|\|\||&&)=$/.test(node.operator ?? '')) return 'logical assignment';
  if (/^(PropertyDefinition|StaticBlock|PrivateIdentifier|PrivateName)$/.test(node.type)) return `class member (${node.type})`;
  if (node.regex && (/[dv]/.test(node.regex.flags) || /\(\?[imsx-]+:/.test(node.regex.pattern))) return 'regular expression';
  return null;
}
function* nodesOf(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const one of value) yield* nodesOf(one);
  else if (typeof value === 'object' && value !== null) {
    if ('type' in value && typeof value.type === 'string') yield value as Node;
    for (const [key, one] of Object.entries(value)) if (key !== 'regex') yield* nodesOf(one);
  }
}

const dist = path.join(import.meta.dirname, '../../dist/renderer');
/** The files that a hall page loads, found by following its imports. */
function filesOf(page: string): string[] {
  const found = new Set<string>();
  const follow = (file: string) => {
    if (found.has(file)) return;
    found.add(file);
    if (!file.endsWith('.js')) return;
    for (const [, next] of readFileSync(path.join(dist, 'assets', file), 'utf8').matchAll(/from\s*[`"']\.\/([^`"']+\.js)[`"']/g))
      follow(next!);
  };
  for (const [, file] of readFileSync(path.join(dist, `${page}.html`), 'utf8').matchAll(/assets\/([^"']+\.(?:js|css))/g)) follow(file!);
  return [...found];
}

const lanAddress = (): string | undefined =>
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find((one) => one.family === 'IPv4' && !one.internal)?.address;

describe.skipIf(!part('/usr/bin/chromium'))('an old television in the hall', () => {
  let started: Started;
  let browser: Browser;
  let desk: Client;
  beforeAll(async () => {
    started = await startCounter({ lan: true });
    browser = await openBrowser();
    desk = await started.client('station', '2');
    await desk.officers.signIn({ login: 'dung', password: 'tap-huan' });
    await desk.queue.takeCounter({ commandId: randomUUID(), counterId: '2' });
  }, 240_000);
  afterAll(async () => {
    await browser?.close();
    await started?.close();
  });

  it('could read every line of the hall pages', () => {
    expect(readdirSync(dist)).toContain('board.html');
    for (const page of ['board', 'kiosk', 'feedback']) {
      const files = filesOf(page);
      expect(files.filter((file) => file.endsWith('.js')).length, page).toBeGreaterThan(1);
      for (const file of files) {
        const text = readFileSync(path.join(dist, 'assets', file), 'utf8');
        if (file.endsWith('.css')) {
          const modern =
            /(?<![-\w])(?:min|max|clamp|color-mix|oklch)\(|:is\(|:where\(|:has\(|@layer|@container|(?<![-\w])inset:|\ddvh/.exec(text);
          expect(modern?.[0], `${page} ${file}`).toBeUndefined();
        } else {
          const faults = new Set<string>();
          for (const node of nodesOf(parseAst(text))) {
            const fault = tooNew(node);
            if (fault !== null) faults.add(fault);
          }
          expect([...faults], `${page} ${file}`).toEqual([]);
        }
      }
    }
    // every file is parsed: seconds on a free machine, a minute on a busy one
  }, 240_000);

  it('shows calls, gives numbers and takes ratings over plain http, without what came after Chrome 68', async () => {
    const host = lanAddress() ?? '127.0.0.1';
    const origin = started.origin.replace('127.0.0.1', host);
    const open = async (role: 'board' | 'kiosk' | 'feedback', viewport: { width: number; height: number }, place?: string) => {
      const context = await browser.newContext({ viewport });
      await context.addInitScript(takeAway);
      await context.addCookies([{ ...(await started.pair(role, place)), domain: host }]);
      const page = await context.newPage();
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(error.message));
      await page.goto(`${origin}/${role}.html`);
      return { page, context, errors };
    };
    const kiosk = await open('kiosk', KIOSK, 'kiosk-1');
    const board = await open('board', LARGE);
    const pad = await open('feedback', { width: 1280, height: 800 }, '2');
    await kiosk.page.locator('.tile', { hasText: 'Hộ tịch' }).first().click();
    await kiosk.page.locator('.tk .no').waitFor();
    const given = ((await kiosk.page.locator('.tk .no').textContent()) ?? '').trim();
    await desk.queue.callNext({ commandId: randomUUID() });
    await soon(() => board.page.locator('.now .n').textContent()).toBe(given);
    await expectNoPageScroll(board.page);
    await desk.queue.finish({ commandId: randomUUID() });
    await pad.page.getByRole('button', { name: 'Hài lòng', exact: true }).click();
    await pad.page.getByText('Cảm ơn ông/bà đã đánh giá.').waitFor();
    if (host !== '127.0.0.1') expect(await board.page.evaluate(() => isSecureContext)).toBe(false);
    expect([...kiosk.errors, ...board.errors, ...pad.errors]).toEqual([]);
    await Promise.all([kiosk, board, pad].map(({ context }) => context.close()));
  });
});
