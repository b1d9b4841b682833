import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TRAINING_PASSWORD } from '../../main/counter/people.ts';
import { makeToken, type SoftToken } from '../fixtures/signing/softhsm.ts';
import { part } from '../parts.ts';
import { lookAtBothSizes, openDesk, SMALL, soon, type Screen } from './browser.ts';
import type { Client } from './counter.ts';
import { openSigningDesk, type SigningDesk } from './signing-desk.ts';

const ready = ['/usr/bin/chromium', 'openssl', 'softhsm2-util', 'pkcs11-tool', 'gcc', 'pdfsig', 'pdftotext'].map(part).every(Boolean);
const id = () => randomUUID();
const inDays = (days: number) => `${new Date(Date.now() + days * 86_400_000).toISOString().replace(/[-:T]/g, '').slice(0, 14)}Z`;

/** Issue 3: leader, then number and date and seal by the clerk, on one result, with different tokens, the same day. */
describe.skipIf(!ready)('a result that two officers sign', { timeout: 120_000 }, () => {
  let signing: SigningDesk;
  let leader: Screen;
  let clerk: Screen;
  let reception: Client;
  let agency: SoftToken;
  let dossierId = '';

  beforeAll(async () => {
    signing = await openSigningDesk('order', (pki, hsm) => {
      const person = makeToken(hsm, 'Token lãnh đạo');
      person.add(pki.issue('Nguyễn Thanh Bình', { from: '20250101000000Z', to: inDays(23.5) }));
      agency = makeToken(hsm, 'Token cơ quan', '87654321');
      agency.add(pki.issue('Ủy ban nhân dân phường An Bình'), '02');
      return person;
    });
    leader = signing.desk;
    reception = await signing.started.client('station', '3');
    await reception.officers.signIn({ login: 'huyen', password: TRAINING_PASSWORD });
    clerk = await openDesk(signing.browser, signing.started, 'lien', SMALL, '4');
    clerk.page.setDefaultTimeout(15_000);
  }, 180_000);
  afterAll(() => signing?.close());

  const both = (screen: Screen, name: string) => lookAtBothSizes(screen.page, name);
  const rows = (screen: Screen) => screen.page.locator('.sign .list button[data-document]');
  const handOver = () =>
    reception.dossiers.handOver({ commandId: id(), dossierId, receiver: 'Người nộp', relation: 'người nộp' }).then(
      () => 'handed over',
      (error: unknown) => (error as { data?: { refused?: string } }).data?.refused,
    );

  it('announces at the sign-in that a certificate ends soon, and what to do', async () => {
    const notice = leader.page.locator('[data-notice=certificate]');
    await notice.getByText('Chứng thư của Nguyễn Thanh Bình hết hạn sau 23 ngày').waitFor({ timeout: 30_000 });
    await notice.getByText('gửi đề nghị gia hạn tới nơi cấp').waitFor();
    await both(leader, 'sign-expiring');
    await notice.getByRole('button', { name: 'Đã biết' }).click();
    await notice.waitFor({ state: 'hidden' });
  });

  it('sends a result without a number to the leader and then to the clerk', async () => {
    const draft = await reception.dossiers.open({ commandId: id(), ticket: null });
    dossierId = draft.id;
    for (const [field, value] of [
      ['fullName', 'Trương Thị Bích Ngọc'],
      ['idNumber', '001190012345'],
      ['birthDate', '1990-05-02'],
      ['sex', 'Nữ'],
      ['address', 'Tổ dân phố 4, phường An Bình'],
      ['phone', '0905118264'],
    ] as const)
      await reception.dossiers.setField({ commandId: id(), dossierId, party: 'applicant', field, value });
    await reception.dossiers.chooseProcedure({ commandId: id(), dossierId, code: '1.001193' });
    const now = await reception.dossiers.get({ dossierId });
    for (const { key } of now.components)
      await reception.dossiers.setComponent({ commandId: id(), dossierId, key, state: 'complete', originals: 1 });
    if (now.fees && now.fees.due > 0) await reception.dossiers.pay({ commandId: id(), dossierId, method: 'cash', amount: now.fees.due });
    await reception.dossiers.accept({ commandId: id(), dossierId, wantsReceipt: false, duplicatesSeen: true });
    await reception.dossiers.forward({ commandId: id(), dossierId });
    await reception.dossiers.draftResult({
      commandId: id(),
      dossierId,
      number: '',
      signer: 'Nguyễn Thanh Bình',
      signerTitle: 'TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH',
    });
    expect(signing.room.worklist()).toMatchObject([{ steps: ['leader', 'clerk'], state: 'waiting' }]);
  });

  it('waits for whoever brings the token, and shows every token with its reason', async () => {
    const { page } = leader;
    signing.proxy.set({ removed: 1 });
    await page.keyboard.press('Alt+3');
    await rows(leader).first().click();
    await page.locator('.view canvas').waitFor();
    await page.getByText('Trong lô 1').waitFor();
    // The officer has no token today and leaves; the result stays on the list, for everybody.
    await page.keyboard.press('Alt+1');
    signing.proxy.set({ flags_or: 0x40000 });
    await page.keyboard.press('Alt+3');
    await page.locator('.tokenlist').getByText('Token đã bị khóa mã PIN').first().waitFor();
    expect(await page.locator('.tokenlist label').count()).toBe(3);
    await both(leader, 'sign-tokens-locked');
    signing.proxy.set({});
    await page.getByRole('button', { name: 'Tìm lại token' }).click();
    await page.locator('.tokenlist').getByText('Còn 23 ngày').waitFor();
    await page.locator('.cert', { hasText: 'Token lãnh đạo' }).waitFor();
  });

  it('lets the leader place and sign; the result is not handed over yet', async () => {
    const { page } = leader;
    await rows(leader).first().click();
    await page.locator('.view canvas').waitFor();
    await both(leader, 'sign-leader');
    await page.locator('[data-action=sign]').click();
    await signing.typePin(page, signing.token.pin);
    await soon(() => signing.room.worklist()[0]?.steps.join()).toBe('clerk');
    await soon(async () => (await reception.dossiers.get({ dossierId })).documents.some((one) => one.kind === 'result-signed')).toBe(true);
    expect((await reception.dossiers.get({ dossierId })).axes.business).not.toBe('finished');
    expect(await handOver()).toBeTypeOf('string');
    expect(await handOver()).not.toBe('handed over');
  });

  it('asks the clerk for the number, and seals with another token', async () => {
    const { page } = clerk;
    await page.keyboard.press('Alt+3');
    await rows(clerk).first().click();
    await page.locator('.view canvas').waitFor();
    await rows(clerk).first().locator('.st', { hasText: 'Chưa có số' }).waitFor();
    await page.getByText('Đã ký: Nguyễn Thanh Bình').waitFor();
    await page.locator('.tokenlist label', { hasText: 'Ủy ban nhân dân phường An Bình' }).click();
    await page.locator('.cert', { hasText: 'Token cơ quan' }).waitFor();
    await page.locator('input[name=number]').fill('36/TL-UBND');
    await rows(clerk).first().locator('.st', { hasText: 'Trong lô' }).waitFor();
    await both(clerk, 'sign-clerk');
    await page.locator('[data-action=sign]', { hasText: 'Đóng dấu 1 bản' }).click();
    await page.getByRole('dialog', { name: 'Đóng dấu cơ quan 1 văn bản' }).waitFor();
    await signing.typePin(page, agency.pin);
    await soon(async () => (await reception.dossiers.get({ dossierId })).axes.business).toBe('finished');
    const { file } = signing.room.worklist()[0]!;
    const words = execFileSync('pdfsig', [file]).toString();
    expect(words.match(/Signature is Valid/g)).toHaveLength(2);
    expect(words).toContain('Nguyễn Thanh Bình');
    expect(words).toContain('Ủy ban nhân dân phường An Bình');
    const text = execFileSync('pdftotext', ['-layout', file, '-']).toString();
    expect(text).toContain('Số: 36/TL-UBND');
    expect(text).toMatch(/An Bình, ngày \d+ tháng \d+ năm \d{4}/);
    await page.locator('[data-action=batch-table]').click();
    await page.getByRole('dialog', { name: 'Kết quả lô ký: 1 bản' }).waitFor();
    await both(clerk, 'sign-table');
    await page.keyboard.press('Escape');
    expect(await handOver()).toBe('handed over');
  });

  it('broke neither its content policy nor itself', () => expect([...leader.complaints, ...clerk.complaints]).toEqual([]));
});
