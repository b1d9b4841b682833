import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { part } from '../parts.ts';
import { expectAccessible, lookAtBothSizes, openDesk, shoot, soon, type Screen } from './browser.ts';
import { acceptOne, openDeskAndColleague, type DeskAndColleague } from './colleague.ts';
import { startCounter, type Started } from './counter.ts';

const ready = part('/usr/bin/chromium');
const PASSPHRASE = 'mang hồ sơ sang máy khác';
const press = (screen: Screen, key: string) => screen.page.keyboard.press(key);
const focused = (screen: Screen) => screen.page.evaluate(() => document.activeElement?.textContent ?? '');

describe.skipIf(!ready)('the outbox in Chromium, by keyboard alone', () => {
  let at: DeskAndColleague;
  let other: Started;
  let corrected = '';
  const trouble = (key: string, on: boolean) => at.colleague.training.setSwitch({ commandId: randomUUID(), id: 'province', key, on });
  const act = (key: string) => at.colleague.training.act({ commandId: randomUUID(), id: 'province', key });
  /** Tab until a control with these words has the focus. */
  async function tabTo(screen: Screen, words: RegExp): Promise<void> {
    for (let i = 0; i < 80; i += 1) {
      if (words.test(await focused(screen))) return;
      await press(screen, 'Tab');
    }
    throw new Error(`no way by Tab to ${String(words)}`);
  }
  const shots = (name: string) => lookAtBothSizes(at.desk.page, name);

  beforeAll(async () => {
    at = await openDeskAndColleague();
    other = await startCounter({ build: false });
  });
  afterAll(async () => {
    await other?.close();
    await at?.close();
  });

  it('brings what the province gave back with its reason, opens it to be put right, and sends it as a new revision', async () => {
    const { page } = at.desk;
    await trouble('refuse', true);
    const { id, code } = await acceptOne(at.colleague);
    corrected = id;
    await press(at.desk, 'Alt+5');
    const row = page.locator('table.list tbody tr', { hasText: code });
    await row.filter({ hasText: 'Tỉnh trả lại' }).waitFor();
    await page.locator('.side', { hasText: 'Dữ liệu hồ sơ chưa đúng danh mục của tỉnh' }).waitFor();
    await soon(() => focused(at.desk)).toContain(code);
    await shots('desk-outbox-refused');
    await press(at.desk, 'Enter');
    await page.locator('main.intake').waitFor();
    await page.getByRole('status').filter({ hasText: 'Tỉnh trả lại' }).waitFor();
    await shots('desk-correct');
    // Still refused over there: as it was, and then as a new revision.
    await trouble('refuse', false);
    await press(at.desk, 'F9');
    await page.locator('main.outbox').waitFor();
    await soon(() => row.count(), 30_000).toBe(0);
    await page.locator('.tab', { hasText: 'Tỉnh đã nhận hôm nay' }).focus();
    await press(at.desk, 'Enter');
    await page.locator('table.list tbody tr', { hasText: code }).filter({ hasText: 'Sửa, gửi lại' }).waitFor();
  });

  it('sends once more as it is when the province mended its list', async () => {
    const { page } = at.desk;
    await page.locator('.tab', { hasText: 'Chưa tới tỉnh' }).focus();
    await press(at.desk, 'Enter');
    await trouble('refuse', true);
    const { code } = await acceptOne(at.colleague);
    const row = page.locator('table.list tbody tr', { hasText: code });
    await row.filter({ hasText: 'Tỉnh trả lại' }).waitFor();
    await trouble('refuse', false);
    await tabTo(at.desk, /^Gửi lại như cũ/);
    await press(at.desk, 'Enter');
    await soon(() => row.count(), 30_000).toBe(0);
  });

  it('shows what the comparison found and settles it', async () => {
    const { page } = at.desk;
    await act('forget');
    await tabTo(at.desk, /^Lệch khi đối chiếu/);
    await press(at.desk, 'Enter');
    await tabTo(at.desk, /^Đối chiếu hôm nay ngay/);
    await press(at.desk, 'Enter');
    await page.getByText(/nhưng danh sách của tỉnh không có/).waitFor();
    // What agrees is marked in its dossier too.
    expect((await at.colleague.dossiers.get({ dossierId: corrected })).axes.sync).toBe('reconciled');
    await shots('desk-outbox-differences');
    await tabTo(at.desk, /^Gửi lại hồ sơ/);
    await press(at.desk, 'Enter');
    await page.getByText('Không có chỗ lệch nào đang chờ xử lý.').waitFor();
    await soon(() => at.started.counter.neighbours?.province.count(), 30_000).toBe(2);
  });

  it('looks a citizen up from the intake, and the book says who, why and for which dossier', async () => {
    const { page } = at.desk;
    const draft = await at.colleague.dossiers.open({ commandId: randomUUID(), ticket: null });
    const set = { commandId: randomUUID(), dossierId: draft.id, party: 'applicant' as const };
    await at.colleague.dossiers.setField({ ...set, field: 'idNumber', value: '001099000001' });
    await page.goto(`${at.started.origin}/desk.html#/intake/${draft.id}`);
    await page.locator('main.intake').waitFor();
    // The page stands before the dossier has come; the question takes the number from the dossier.
    const numbers = () =>
      page.locator('main.intake input').evaluateAll((all) => all.map((one) => (one as HTMLInputElement).value.replaceAll(' ', '')));
    await soon(numbers).toContain('001099000001');
    await tabTo(at.desk, /^Tra cứu dân cư/);
    await press(at.desk, 'Enter');
    await page.getByRole('dialog').waitFor();
    await expectAccessible(page);
    // At a person's speed: what comes faster and ends with Enter is a reader's.
    await page.keyboard.type('Thẻ không quét được', { delay: 50 });
    await press(at.desk, 'Enter');
    await page.getByRole('dialog').getByText('Nguyễn Thị Mẫu').waitFor();
    await shots('desk-look-up');
    await tabTo(at.desk, /^Ghi vào hồ sơ/);
    await press(at.desk, 'Enter');
    await soon(async () => (await at.colleague.dossiers.get({ dossierId: draft.id })).applicant.fullName?.value).toBe('Nguyễn Thị Mẫu');
    const chief = await at.started.client('station', '1');
    await chief.officers.signIn({ login: 'quan', password: 'tap-huan' });
    const [entry] = await chief.delivery.lookUps();
    expect(entry).toMatchObject({ reason: 'Thẻ không quét được', dossierId: draft.id, outcome: { vi: 'Có dữ liệu' } });
    expect(entry?.officerName).not.toBe('');
    await press(at.desk, 'Alt+5');
    await tabTo(at.desk, /^Sổ tra cứu dân cư/);
    await press(at.desk, 'Enter');
    await page.getByRole('dialog').getByText('Thẻ không quét được').waitFor();
    await expectAccessible(page);
    await shoot(page, 'desk-look-up-book-1366');
    await press(at.desk, 'Escape');
  });

  it('carries what is unsent to another station in an encrypted file, which sends it', async () => {
    const { page } = at.desk;
    await trouble('down', true);
    const { code } = await acceptOne(at.colleague);
    const row = page.locator('table.list tbody tr', { hasText: code });
    await row.waitFor();
    await tabTo(at.desk, /^Mang hồ sơ sang máy khác/);
    await press(at.desk, 'Enter');
    await page.getByRole('dialog').waitFor();
    await press(at.desk, 'Tab');
    await page.keyboard.type(PASSPHRASE, { delay: 50 });
    await press(at.desk, 'Tab');
    await page.keyboard.type(PASSPHRASE, { delay: 50 });
    await expectAccessible(page);
    const loading = page.waitForEvent('download');
    await press(at.desk, 'Enter');
    const download = await loading;
    expect(download.suggestedFilename()).toMatch(/^quay-chua-gui-\d+\.quay$/);
    const file = await download.path();
    expect(readFileSync(file).subarray(0, 11).toString()).toBe('QUAY-UNSENT');
    await page
      .getByRole('status')
      .filter({ hasText: /Đã xuất 1 hồ sơ/ })
      .waitFor();
    await shots('desk-carry-out');
    await press(at.desk, 'Escape');
    await row.filter({ hasText: 'Đã chuyển máy khác' }).waitFor();
    await shots('desk-outbox-moved');

    const there = await openDesk(at.browser, other, 'quan');
    await press(there, 'Alt+5');
    await there.page.locator('main.outbox').waitFor();
    await tabTo(there, /^Mang hồ sơ sang máy khác/);
    await press(there, 'Enter');
    await there.page.getByRole('dialog').waitFor();
    await press(there, 'ArrowDown');
    await there.page.locator('input[type=file]').setInputFiles(file);
    await there.page.locator('dialog input[type=password]').focus();
    await there.page.keyboard.type('không phải mật khẩu này', { delay: 50 });
    await press(there, 'Enter');
    await there.page.getByText(/sai mật khẩu/).waitFor();
    await expectAccessible(there.page);
    await there.page.locator('dialog input[type=password]').fill(PASSPHRASE);
    await press(there, 'Enter');
    await there.page
      .getByRole('status')
      .filter({ hasText: /Đã nhận 1 hồ sơ/ })
      .waitFor();
    await shoot(there.page, 'desk-carry-in-1366');
    await soon(() => other.counter.neighbours?.province.count(), 30_000).toBe(1);
    expect(there.complaints).toEqual([]);

    // The other station will not send after all: taken back, and it leaves from here when the line is up.
    await trouble('down', false);
    await tabTo(at.desk, /^Mang hồ sơ sang máy khác/);
    await press(at.desk, 'Enter');
    await press(at.desk, 'ArrowUp');
    await page.getByRole('button', { name: 'Nhận lại', exact: true }).waitFor();
    await press(at.desk, 'Enter');
    await page
      .getByRole('status')
      .filter({ hasText: /Máy này gửi lại/ })
      .waitFor();
    await press(at.desk, 'Escape');
    await soon(() => row.count(), 45_000).toBe(0);
  });

  it('broke no content policy', () => expect(at.desk.complaints).toEqual([]));
});
