import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { PDFDocument } from 'pdf-lib';
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
    // What stands on the citizen's receipt is not offered to be changed, by button or by key.
    for (const name of ['Chọn thủ tục khác', 'Đổi ngày hẹn', 'Thu phí', 'Từ chối tiếp nhận', 'Yêu cầu bổ sung'])
      expect(await page.getByRole('button', { name }).count()).toBe(0);
    expect(await page.getByRole('radio', { name: 'Bưu chính' }).count()).toBe(0);
    for (const key of ['F10', 'Shift+F7', 'Control+F7']) await press(at.desk, key);
    expect(await page.getByRole('dialog').count()).toBe(0);
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

  it('finds a dossier by a piece of its code, sent or not, and gives the list back with Escape', async () => {
    const { page } = at.desk;
    const code = (await at.colleague.dossiers.get({ dossierId: corrected })).title;
    await page.getByLabel('Tìm theo mã hồ sơ hoặc mã tạm').focus();
    await page.keyboard.type(code.slice(-9), { delay: 50 });
    const row = page.locator('table.list tbody tr', { hasText: code });
    await row
      .filter({ hasText: /Tỉnh đã nhận|Đã đối chiếu/ })
      .first()
      .waitFor();
    await shots('desk-outbox-found');
    await press(at.desk, 'Escape');
    await page.getByText('Không còn việc nào chờ.').waitFor();
  });

  it('shows what came back for a dossier: the result as pages, each axis with who said so and when', async () => {
    const { page } = at.desk;
    const paper = await PDFDocument.create();
    paper.addPage([300, 200]);
    const code = (await at.colleague.dossiers.get({ dossierId: corrected })).title;
    const file = { name: 'ket-qua.pdf', bytes: Buffer.from(await paper.save()) };
    const { province } = at.started.counter.neighbours ?? {};
    province?.decide(code, { kind: 'KetQua', status: 9, text: 'Đã có kết quả giải quyết', file });
    province?.decide(code, { kind: 'ThanhToan', value: 'Đã thu đủ', text: 'Đã thu đủ' });
    await page.getByText('Tỉnh gửi về: 2').waitFor();
    await tabTo(at.desk, /^Tỉnh gửi về/);
    await press(at.desk, 'Enter');
    await page.getByRole('dialog').getByText('Đã có kết quả giải quyết').waitFor();
    await shots('desk-inbox');
    await tabTo(at.desk, /^Xem ket-qua/);
    await press(at.desk, 'Enter');
    await page.locator('.paperview canvas').waitFor();
    await press(at.desk, 'Escape');
    await page.locator('.paperview').waitFor({ state: 'detached' });
    await tabTo(at.desk, /^Mở hồ sơ/);
    await press(at.desk, 'Enter');
    const there = page.getByRole('region', { name: 'Ở hệ thống tỉnh' });
    await there.getByText('Đã thu đủ').first().waitFor();
    await there
      .getByText(/theo tỉnh, \d\d:\d\d/)
      .first()
      .waitFor();
    await there.getByRole('button', { name: 'Xem ket-qua.pdf' }).waitFor();
    await shots('desk-at-province');
    await press(at.desk, 'Alt+5');
    await page.locator('main.outbox').waitFor();
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

  it('records by keyboard what happens beside the usual way: the citizen takes a dossier back', async () => {
    const { page } = at.desk;
    const { id } = await acceptOne(at.colleague);
    await page.goto(`${at.started.origin}/desk.html#/results/${id}`);
    await page.getByRole('button', { name: 'Việc khác' }).waitFor();
    await tabTo(at.desk, /^Việc khác/);
    await press(at.desk, 'Enter');
    const dialog = page.getByRole('dialog');
    await dialog.waitFor();
    await press(at.desk, 'ArrowDown');
    await press(at.desk, 'ArrowDown');
    await dialog.getByText('Hồ sơ kết thúc, giấy tờ trả lại công dân.').waitFor();
    await press(at.desk, 'Tab');
    await page.keyboard.type('Đổi ý, nộp sau', { delay: 50 });
    await shots('desk-other-step');
    await press(at.desk, 'Enter');
    await soon(async () => (await at.colleague.dossiers.get({ dossierId: id })).axes.business).toBe('withdrawn');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.getByRole('button', { name: 'Việc khác' }).count()).toBe(0);
    await press(at.desk, 'Alt+5');
    await page.locator('main.outbox').waitFor();
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
