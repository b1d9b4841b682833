import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { verify } from '../../main/signing/index.ts';
import { onePage } from '../fixtures/signing/room.ts';
import { part } from '../parts.ts';
import { expectAccessible, expectNoPageScroll, shoot, soon, type Screen } from './browser.ts';
import { openSigningDesk, type SigningDesk } from './signing-desk.ts';

const ready = ['/usr/bin/chromium', 'openssl', 'softhsm2-util', 'pkcs11-tool', 'gcc', 'pdfsig'].map(part).every(Boolean);
const WRONG_PIN = 0xa0;
const COUNT_LOW = 0x10000;
const FINAL_TRY = 0x20000;
const LOCKED = 0x40000;

/** Issue 3: the signing page, touched by the keyboard alone, over a token that can be pulled. */
describe.skipIf(!ready)('the signing page, by keyboard alone', () => {
  let signing: SigningDesk;
  let desk: Screen;
  let added = 0;

  beforeAll(async () => {
    signing = await openSigningDesk('sign');
    ({ desk } = signing);
  });
  afterAll(() => signing?.close());
  beforeEach(async () => {
    signing.proxy.set({});
    signing.proxy.forget();
    await press('Alt+1');
    await desk.page.locator('main.now').waitFor();
  });

  const press = (key: string) => desk.page.keyboard.press(key);
  const room = () => signing.room;
  const row = (documentId: string) => desk.page.locator(`.sign .list button[data-document=${documentId}]`);
  const side = () => desk.page.locator('.sign .side');
  const logins = () => signing.proxy.calls().filter((word) => word.startsWith('login')).length;
  const files = () => room().newestBatch()?.files ?? [];
  const add = async (count: number, steps?: ('leader' | 'clerk')[]): Promise<string[]> => {
    const ids: string[] = [];
    for (let i = 0; i < count; i++) {
      added += 1;
      const documentId = `van-ban-${added}`;
      const file = path.join(signing.dir, `${documentId}.pdf`);
      await onePage(file, `Trich luc so ${added}`);
      room().addToWorklist({
        dossierId: `ho-so-${added}`,
        dossierCode: `H15.50.05.13-261121-${String(added).padStart(4, '0')}`,
        documentId,
        file,
        title: `Trích lục khai sinh, bản ${added}`,
        form: 'personal',
        ...(steps ? { steps } : {}),
      });
      ids.push(documentId);
    }
    return ids;
  };
  /** Goes to the page and, with the arrows and Enter, opens these documents. */
  const openDocuments = async (ids: readonly string[]) => {
    const { page } = desk;
    await press('Alt+3');
    await page.locator('main.sign').waitFor();
    await page.locator('.cert', { hasText: signing.token.label }).waitFor();
    await soon(() => page.evaluate(() => document.activeElement?.hasAttribute('data-document'))).toBe(true);
    const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-document'));
    for (const id of ids) {
      const order = await page.locator('.sign .list button').evaluateAll((all) => all.map((one) => one.getAttribute('data-document')));
      for (let way = order.indexOf(id) - order.indexOf((await focused()) ?? ''); way !== 0; way -= Math.sign(way))
        await press(way > 0 ? 'ArrowDown' : 'ArrowUp');
      expect(await focused()).toBe(id);
      await press('Enter');
      await row(id).locator('.st', { hasText: 'Trong lô' }).waitFor();
      await page.locator('.view canvas').waitFor();
    }
  };
  const typePin = (pin: string) => signing.typePin(desk.page, pin);
  /** Each file is there once, valid for poppler and, under the root that issued it, for our own verifier. */
  const expectGood = async (ids: readonly string[]) => {
    const trustDir = path.join(signing.dir, 'trust');
    mkdirSync(trustDir, { recursive: true });
    copyFileSync(signing.pki.root.certificateFile, path.join(trustDir, 'root.pem'));
    copyFileSync(signing.pki.issuing.certificateFile, path.join(trustDir, 'issuing.pem'));
    for (const id of ids) {
      const output = files().find((file) => file.documentId === id)?.output ?? '';
      const words = execFileSync('pdfsig', [output]).toString();
      expect(words.match(/Signature is Valid/g)).toHaveLength(1);
      const seen = await verify(output, { trustDir, offline: true });
      expect(seen.signatures).toHaveLength(1);
      expect([seen.verdict, seen.signatures[0]?.coversWholeFile]).toEqual(['TOTAL-PASSED', true]);
    }
  };

  it('signs what was opened, waits when the token is pulled, and goes on with the same token', async () => {
    const { page } = desk;
    const ids = await add(6);
    const opened = ids.slice(0, 5);
    await openDocuments(opened);
    await page.getByText('Trong lô 5, chưa kiểm 1.').waitFor();
    await expectAccessible(page);
    await expectNoPageScroll(page);
    await shoot(page, 'sign-batch-1366');

    signing.proxy.set({ hang_sign_at: 3 });
    await press('Control+Enter');
    await page.getByRole('dialog', { name: 'Ký 5 văn bản' }).waitFor();
    await expectAccessible(page);
    await shoot(page, 'sign-pin-1366');
    await typePin(signing.token.pin);
    await side().getByText('Đã ký 2').waitFor();
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('2');
    await side().getByText('Đã mở khóa').waitFor();
    await expectAccessible(page);
    await shoot(page, 'sign-running-1366');

    signing.proxy.set({ removed: 1 });
    await side().locator('[data-why=token-removed]').waitFor();
    expect(await side().locator('[data-why]').innerText()).toBe('Token đã được rút ra. Cắm lại đúng token đó để ký tiếp.');
    await page.getByRole('button', { name: /Ký tiếp/ }).waitFor();
    await expectAccessible(page);
    await expectNoPageScroll(page);
    await shoot(page, 'sign-pulled-1366');
    // Another token in its place is not taken for it.
    signing.proxy.set({ serial: 'KHAC-1' });
    await press('Control+Enter');
    await page.waitForTimeout(1_500);
    expect(room().newestBatch()?.batch.state).toBe('paused');

    signing.proxy.set({});
    await soon(() => room().newestBatch()?.batch.state, 40_000).toBe('done');
    for (const id of opened) await row(id).locator('.st', { hasText: 'Đã ký' }).waitFor();
    await row(ids[5]!).locator('.st', { hasText: 'Chưa kiểm' }).waitFor();
    expect(files().map((file) => [file.documentId, file.state])).toEqual(opened.map((id) => [id, 'signed']));
    await expectAccessible(page);
    await shoot(page, 'sign-done-1366');
    await expectGood(opened);
  });

  it('stops at a wrong PIN, keeps nothing of it and does not send it again', async () => {
    const { page } = desk;
    const [id] = await add(1);
    await openDocuments([id!]);
    signing.proxy.set({ flags_or: COUNT_LOW, login_rv: WRONG_PIN });
    signing.proxy.forget();
    await press('Control+Enter');
    await typePin('11111111');
    await page.getByRole('dialog').getByRole('alert').waitFor();
    expect(await page.getByRole('dialog').getByRole('alert').innerText()).toContain('Sai mã PIN');
    expect(await page.locator('input[name=pin]').inputValue()).toBe('');
    expect(logins()).toBe(1);
    await page.locator('input[name=pin]:focus').waitFor();
    await expectAccessible(page);
    await shoot(page, 'sign-wrong-pin-1366');
    await press('Enter');
    await page.waitForTimeout(500);
    expect(logins()).toBe(1);
    await press('Escape');
    await soon(() => page.getByRole('dialog').count()).toBe(0);
    await row(id!).locator('.st', { hasText: 'Trong lô' }).waitFor();
    expect(files().some((file) => file.documentId === id)).toBe(false);
  });

  it('stops a batch for good when the PIN is wrong after the token came back', async () => {
    const { page } = desk;
    const ids = await add(2);
    await openDocuments(ids);
    signing.proxy.set({ hang_sign_at: 1 });
    await press('Control+Enter');
    await typePin(signing.token.pin);
    await side().getByText('Đang ký 1').waitFor();
    signing.proxy.set({ removed: 1 });
    await side().locator('[data-why=token-removed]').waitFor();
    const asked = logins();
    signing.proxy.set({ login_rv: WRONG_PIN });
    await side().locator('[data-why=wrong-pin]').waitFor({ timeout: 30_000 });
    expect(room().newestBatch()?.batch.state).toBe('stopped');
    await side()
      .getByText(/^Chưa ký [1-9]/)
      .waitFor();
    await page.waitForTimeout(1_500);
    expect(logins()).toBe(asked + 1);
    await expectAccessible(page);
    await shoot(page, 'sign-stopped-1366');
  });

  it('asks for the PIN again when the driver crashed in the middle, and signs the rest', async () => {
    const { page } = desk;
    const ids = await add(2);
    await openDocuments(ids);
    signing.proxy.set({ crash_at_sign: 2 });
    await press('Control+Enter');
    await typePin(signing.token.pin);
    await side().locator('[data-why=driver-crashed]').waitFor({ timeout: 30_000 });
    signing.proxy.set({});
    await press('Control+Enter');
    await page.getByRole('dialog', { name: 'Nhập lại PIN để ký tiếp' }).waitFor();
    await typePin(signing.token.pin);
    await soon(() => room().newestBatch()?.batch.state, 30_000).toBe('done');
    await expectGood(ids);
  });

  it('takes what a reader types over the PIN for no PIN, and tells it to nobody', async () => {
    const { page } = desk;
    const [id] = await add(1);
    await openDocuments([id!]);
    await press('Control+Enter');
    await page.locator('input[name=pin]:focus').waitFor();
    // At the pace of a machine, which a busy test browser cannot keep key by key.
    const taken = await page.locator('input[name=pin]').evaluate((field: HTMLInputElement) => {
      const key = (name: string) => new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true });
      for (const letter of '001090012345|012345678|Nguyen Van An|15031990') {
        field.dispatchEvent(key(letter));
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(field, field.value + letter);
        field.dispatchEvent(new Event('input', { bubbles: true }));
      }
      return !field.dispatchEvent(key('Enter'));
    });
    expect(taken).toBe(true);
    await soon(() => page.locator('input[name=pin]').inputValue()).toBe('');
    await page.waitForTimeout(300);
    expect(await page.getByRole('dialog').count()).toBe(1);
    expect(logins()).toBe(0);
    await press('Escape');
  });

  it('needs an explicit yes for the last try', async () => {
    const { page } = desk;
    const [id] = await add(1);
    signing.proxy.set({ flags_or: FINAL_TRY });
    await openDocuments([id!]);
    await side().getByText('Chỉ còn 1 lần thử trước khi khóa').waitFor();
    await press('Control+Enter');
    await typePin(signing.token.pin);
    await page.waitForTimeout(500);
    expect(logins()).toBe(0);
    await expectAccessible(page);
    await shoot(page, 'sign-final-try-1366');
    await press('Tab');
    await press('Space');
    expect(await page.getByRole('checkbox').isChecked()).toBe(true);
    await press('Enter');
    await row(id!).locator('.st', { hasText: 'Đã ký' }).waitFor({ timeout: 30_000 });
    expect(logins()).toBe(1);
    await expectGood([id!]);
  });

  it('asks a locked token nothing', async () => {
    const { page } = desk;
    const [id] = await add(1, ['leader', 'clerk']);
    signing.proxy.set({ flags_or: LOCKED });
    await openDocuments([id!]);
    await side().getByText('Token bị khóa').waitFor();
    // The order of the signers stands whole beside the document.
    await page.getByText('Văn thư: số, ngày, dấu').waitFor();
    expect(await page.locator('.view .st').evaluateAll((all) => all.every((one) => one.scrollWidth <= one.clientWidth + 1))).toBe(true);
    await shoot(page, 'sign-steps-1366');
    await press('Control+Enter');
    await page.getByRole('dialog').getByRole('alert').waitFor();
    expect(await page.locator('input[name=pin]').count()).toBe(0);
    await expectAccessible(page);
    await shoot(page, 'sign-locked-1366');
    await press('Enter');
    expect(logins()).toBe(0);
  });

  it('broke neither its content policy nor itself', () => expect(desk.complaints).toEqual([]));
});
