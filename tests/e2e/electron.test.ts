import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { _electron, type ElectronApplication } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildScreens } from '../../main/build.ts';

const root = path.join(import.meta.dirname, '../..');

/** The Electron binary, when it could be fetched; the one part that may be missing in continuous integration too. */
function binary(): string | undefined {
  const pointer = path.join(root, 'node_modules/electron/path.txt');
  if (!existsSync(pointer)) return undefined;
  const file = path.join(root, 'node_modules/electron/dist', readFileSync(pointer, 'utf8').trim());
  return existsSync(file) && (process.platform !== 'linux' || process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY']) ? file : undefined;
}
const executablePath = binary();
if (!executablePath)
  console.warn('skipped: no Electron binary (or no display); the shell is type-checked and tested with a recording fake only');

describe.skipIf(!executablePath)('Electron itself', () => {
  let dir: string;
  let app: ElectronApplication;
  beforeAll(async () => {
    await buildScreens();
    dir = mkdtempSync(path.join(tmpdir(), 'quay-electron-'));
    app = await _electron.launch({ executablePath: executablePath!, args: ['--no-sandbox', root, '--data', dir, '--port', '0'] });
  }, 120_000);
  afterAll(async () => {
    await app?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('opens the desk over app:// and speaks the contract over a MessagePort', async () => {
    const desk = await app.firstWindow();
    await desk.getByLabel('Mật khẩu').waitFor();
    expect(desk.url()).toBe('app://quay/desk.html');
    await desk.getByLabel('Mật khẩu').fill('tap-huan');
    await desk.keyboard.press('Enter');
    await desk.getByText('Gọi tiếp').first().waitFor();
  });

  it('isolates its pages and keeps them at home', async () => {
    const desk = await app.firstWindow();
    expect(await desk.evaluate(() => typeof (globalThis as { require?: unknown }).require)).toBe('undefined');
    await desk.evaluate(() => void window.open('https://example.invalid/?next=app://quay'));
    expect(app.windows()).toHaveLength(1);
    await desk.evaluate(() => void (window.location.href = 'https://example.invalid/?next=app://quay'));
    expect(new URL(desk.url()).protocol).toBe('app:');
  });
});
