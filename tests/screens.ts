import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { TRAINING_PASSWORD } from '../main/counter/people.ts';
import { openBrowser } from './e2e/chromium.ts';
import { startCounter } from './e2e/counter.ts';

/** `node main/node.cjs tests/screens.ts`: takes the README's pictures of desk, kiosk and board in a hall with some life. */
const out = path.join(import.meta.dirname, '../resources/screens');
const id = () => randomUUID();
mkdirSync(out, { recursive: true });
const started = await startCounter();
const browser = await openBrowser();
try {
  const kiosk = await started.client('kiosk');
  const { groups } = await kiosk.queue.services();
  for (let i = 0; i < 14; i += 1) {
    const group = groups[[0, 1, 1, 2, 0, 6, 1, 2, 3, 0, 1, 2, 4, 1][i]!]!;
    await kiosk.queue.issue({
      commandId: id(),
      serviceId: group.id,
      ...(i === 6 ? { priorityReason: (await kiosk.queue.services()).priorityReasons[0]!.id } : {}),
    });
  }
  for (const [counterId, login] of [
    ['1', 'dung'],
    ['2', 'lien'],
  ] as const) {
    const desk = await started.client('station', counterId);
    await desk.officers.signIn({ login, password: TRAINING_PASSWORD });
    await desk.queue.takeCounter({ commandId: id(), counterId });
    await desk.queue.callNext({ commandId: id() });
    await desk.queue.start({ commandId: id() });
  }
  const open = async (role: 'station' | 'kiosk' | 'board', width: number, height: number) => {
    const context = await browser.newContext({ viewport: { width, height } });
    await context.addCookies([await started.pair(role, role === 'station' ? '3' : undefined)]);
    const page = await context.newPage();
    await page.goto(`${started.origin}/${role === 'station' ? 'desk' : role}.html`);
    return page;
  };
  const board = await open('board', 1920, 1080);
  const desk = await open('station', 1366, 768);
  await desk.getByLabel('Cán bộ').selectOption({ label: 'Lê Thị Thanh Huyền, Công chức tiếp nhận' });
  await desk.getByLabel('Mật khẩu').fill(TRAINING_PASSWORD);
  await desk.keyboard.press('Enter');
  await desk.getByText('Gọi tiếp').first().waitFor();
  await desk.keyboard.press('F2');
  await desk.getByText('Mở hồ sơ').first().waitFor();
  await desk.waitForTimeout(9_000); // the undo bar goes, the call stops blinking
  const kioskPage = await open('kiosk', 1080, 1920);
  await kioskPage.waitForTimeout(1_500);
  await desk.screenshot({ path: path.join(out, 'desk.png') });
  await board.screenshot({ path: path.join(out, 'board.png') });
  await kioskPage.screenshot({ path: path.join(out, 'kiosk.png') });
} finally {
  await browser.close();
  await started.close();
}
process.exit(0);
