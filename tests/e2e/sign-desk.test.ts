import { appendFileSync, copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PDFDocument, rgb } from 'pdf-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openPdf } from '../../main/signing/pdf/index.ts';
import { ensureNative } from '../../native/index.ts';
import { samplePdf } from '../fixtures/signed/document.ts';
import { startTsa, TSA_EXTENSIONS } from '../fixtures/signing/authorities.ts';
import { part } from '../parts.ts';
import { expectAccessible, LARGE, lookAtBothSizes, openDesk, shoot, SMALL, soon, type Screen } from './browser.ts';
import { openSigningDesk, type SigningDesk } from './signing-desk.ts';

const ready = ['/usr/bin/chromium', 'openssl', 'softhsm2-util', 'pkcs11-tool', 'gcc'].map(part).every(Boolean);

/** Issue 3 on the desk: what may not be signed, where the form goes, a hundred files, another driver. */
describe.skipIf(!ready)('the signing desk', { timeout: 120_000 }, () => {
  let signing: SigningDesk;
  let desk: Screen;
  let added = 0;

  beforeAll(async () => {
    // The pad of a token is asked through our own addon.
    await ensureNative();
    signing = await openSigningDesk('desk');
    ({ desk } = signing);
  }, 180_000);
  afterAll(() => signing?.close());

  const room = () => signing.room;
  const row = (id: string) => desk.page.locator(`.sign .list button[data-document=${id}]`);
  const named = async (): Promise<Uint8Array> => {
    const document = await PDFDocument.create();
    document.addPage([595, 842]).drawText('Trich luc', { x: 60, y: 760 });
    const last = document.addPage([595, 842]);
    last.drawText('PHO CHU TICH', { x: 380, y: 300 });
    last.drawText('Pham Quang Vinh', { x: 370, y: 180 });
    return document.save();
  };
  const add = (bytes: Uint8Array): string => {
    added += 1;
    const documentId = `ban-${added}`;
    const file = path.join(signing.dir, `${documentId}.pdf`);
    writeFileSync(file, bytes);
    room().addToWorklist({
      dossierId: `ho-so-${added}`,
      dossierCode: `H15.50.05.13-261122-${String(added).padStart(4, '0')}`,
      documentId,
      file,
      title: `Trích lục khai sinh, bản ${added}`,
      form: 'personal',
    });
    return documentId;
  };
  const both = (name: string) => lookAtBothSizes(desk.page, name);
  const toPage = async () => {
    await desk.page.keyboard.press('Alt+1');
    await desk.page.keyboard.press('Alt+3');
    await desk.page.locator('.cert', { hasText: signing.token.label }).waitFor();
  };
  let batchBefore: string | undefined;
  const sign = async () => {
    const { page } = desk;
    batchBefore = room().newestBatch()?.batch.id;
    await page.locator('[data-action=sign]:not([aria-disabled=true])').click();
    await signing.typePin(page, signing.token.pin);
  };
  /** The batch that was just started is over. */
  const idle = () =>
    soon(() => {
      const batch = room().newestBatch()?.batch;
      return batch !== undefined && batch.id !== batchBefore && batch.endedAt !== null;
    }, 60_000).toBe(true);
  /** Corner of the newest signature on the page. */
  const cornerOf = async (documentId: string): Promise<number[]> => {
    const pdf = await openPdf(room().journal.item(documentId)?.file ?? '');
    try {
      const field = pdf.signatureFields().at(-1);
      const page = pdf.pages().findIndex((one) => one.ref.num === field?.page?.num);
      return [page, Math.round(field?.rect?.[0] ?? 0), Math.round(field?.rect?.[1] ?? 0)];
    } finally {
      await pdf.close();
    }
  };

  it('says on the page what speaks against a file, and offers a clean copy that is looked at first', async () => {
    const { page } = desk;
    const sample = samplePdf();
    const xfa = add(
      sample.copy().update({ 1: sample.body(1).replace('/AcroForm<<', '/NeedsRendering true/AcroForm<</XFA(<xdp/>)') }).bytes,
    );
    const twice = add(sample.copy().update({ 9: '<</Nothing true>>' }, { extra: '4 0 obj\n<<>>\nendobj\n' }).bytes);
    await toPage();
    await row(xfa).click();
    await page.locator('.stage').getByRole('alert').getByText('Tệp là biểu mẫu XFA').waitFor();
    await row(xfa).locator('.st', { hasText: 'Không ký được' }).waitFor();
    await both('sign-refused');
    await page.locator('[data-action=clean-copy]').click();
    await row(xfa).locator('.st', { hasText: 'Trong lô' }).waitFor();
    expect(await page.locator('.stage').getByRole('alert').count()).toBe(0);
    await row(twice).click();
    await page.locator('[data-warning=duplicateObject]').waitFor();
    await row(twice).locator('.st', { hasText: 'Trong lô' }).waitFor();
    await both('sign-warned');
    await sign();
    await idle();
    expect(
      room()
        .newestBatch()
        ?.files.map((file) => file.state),
    ).toEqual(['signed', 'signed']);
  });

  it('places the form by name, by millimetres and by dragging, and keeps the place for the form', async () => {
    const { page } = desk;
    const ids = [add(await named()), add(await named()), add(await named())];
    await toPage();
    await row(ids[0]!).click();
    await page.locator('.drag.sig').waitFor();
    const boxAt = () => page.locator('.drag.sig').getAttribute('data-place');

    // Dragged on the page: as far as the mouse went, on the page where it stands.
    const place = (await page.locator('.drag.sig').boundingBox())!;
    const sheet = (await page.locator('.pdfpage').boundingBox())!;
    const from = (await boxAt())!.split(',').map(Number);
    await page.mouse.move(place.x + place.width / 2, place.y + place.height / 2);
    await page.mouse.down();
    await page.mouse.move(place.x + place.width / 2 - 90, place.y + place.height / 2 - 60, { steps: 6 });
    await page.mouse.up();
    const to = (await boxAt())!.split(',').map(Number);
    const scale = 595 / sheet.width;
    expect(Math.abs(to[0]! - (from[0]! - 90 * scale))).toBeLessThan(2);
    expect(Math.abs(to[1]! - (from[1]! + 60 * scale))).toBeLessThan(2);

    // By millimetres, and kept for every personal signature from now on.
    await row(ids[1]!).click();
    await row(ids[1]!).locator('.st', { hasText: 'Trong lô' }).waitFor();
    await page.locator('[data-action=arrange]').click();
    const dialog = page.getByRole('dialog', { name: 'Dạng ký và vị trí' });
    await dialog.locator('input[name=x]').fill('100');
    await dialog.locator('input[name=y]').fill('50');
    await dialog.locator('input[name=y]').press('Enter');
    await both('sign-arrange');
    await dialog.getByRole('button', { name: /Lưu vị trí này/ }).click();
    await dialog.getByText('Đã lưu').waitFor();
    await dialog.getByRole('button', { name: 'Xong' }).click();

    // By the name that stands on the page.
    await row(ids[2]!).click();
    await row(ids[2]!).locator('.st', { hasText: 'Trong lô' }).waitFor();
    expect(await boxAt()).toBe('283.5,141.7');
    await page.locator('[data-action=arrange]').click();
    await dialog.locator('input[name=find]').fill('pham quang vinh');
    await dialog.locator('input[name=find]').press('Enter');
    await dialog.getByText('Chỗ 1: trang 2').waitFor();
    await dialog.getByRole('button', { name: 'Xong' }).click();
    await sign();
    await idle();
    const corners = await Promise.all(ids.map(cornerOf));
    expect(corners[0]).toEqual([1, Math.round(to[0]!), Math.round(to[1]!)]);
    expect(corners[1]).toEqual([1, 283, 142]);
    // Centred above the name, which begins at 370 and stands at 180.
    expect(corners[2]?.[0]).toBe(1);
    expect(corners[2]![2]).toBeGreaterThan(180);
    expect(corners[2]![2]).toBeLessThan(230);
  });

  it('draws a page whole when the window changes while it is drawn, and says when it cannot', async () => {
    const { page } = desk;
    const document = await PDFDocument.create();
    const sheet = document.addPage([595, 842]);
    // Long to draw, and white again at its end: what stays dark was left half drawn.
    for (let i = 0; i < 30_000; i += 1)
      sheet.drawLine({ start: { x: (i * 7) % 595, y: (i * 13) % 842 }, end: { x: (i * 11) % 595, y: (i * 17) % 842 }, thickness: 0.2 });
    sheet.drawRectangle({ x: 0, y: 0, width: 595, height: 842, color: rgb(1, 1, 1) });
    sheet.drawText('TRICH LUC', { x: 60, y: 700, size: 40 });
    const id = add(await document.save());
    await toPage();
    await row(id).click();
    await page.locator('.view canvas').waitFor();
    for (const size of [LARGE, SMALL, LARGE, SMALL]) await page.setViewportSize(size);
    await page.locator('.view canvas[data-state=drawn]').waitFor({ timeout: 60_000 });
    const dark = await page.locator('.view canvas').evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let count = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i]! < 128 && data[i + 3]! > 128) count += 1;
      return count / (data.length / 4);
    });
    expect(dark).toBeGreaterThan(0);
    expect(dark).toBeLessThan(0.05);
    await page.evaluate(() => Reflect.set(HTMLCanvasElement.prototype, 'getContext', () => null));
    await row(add(samplePdf().bytes)).click();
    await page.locator('.stage').getByRole('alert').getByText('Máy không vẽ được trang này').waitFor();
    await page.reload();
    await page.locator('main.sign').waitFor();
  });

  it('shows the other forms where the decree puts them', async () => {
    const { page } = desk;
    const id = add(await named());
    await toPage();
    await row(id).click();
    await page.locator('.drag.sig').waitFor();
    await page.locator('[data-action=arrange]').click();
    const dialog = page.getByRole('dialog', { name: 'Dạng ký và vị trí' });
    await dialog.locator('select[name=form]').selectOption('copy');
    await dialog.locator('select[name=copy-kind]').selectOption('TRÍCH SAO');
    await page.locator('.drag.copy').waitFor();
    await soon(() => dialog.locator('input[name=page]').inputValue()).toBe('1');
    await dialog.getByRole('button', { name: 'Xong' }).click();
    await both('sign-copy');
    await sign();
    await idle();
    const corner = await cornerOf(id);
    expect(corner[0]).toBe(0);
    expect(corner[1]).toBeGreaterThan(350);
    expect(corner[2]).toBeGreaterThan(770);
    expect(room().journal.item(id)).toMatchObject({ state: 'signed', form: 'copy', copyKind: 'TRÍCH SAO' });
  });

  it('signs a hundred files: one key opens the next, the rest is estimated, it stops between files, the table tells each', async () => {
    const { page } = desk;
    const bytes = samplePdf().bytes;
    const ids = Array.from({ length: 100 }, () => add(bytes));
    // What a colleague has looked at counts; the last three are opened here, with one key each.
    for (const id of ids.slice(0, 97)) await room().preview(id);
    await toPage();
    await row(ids[97]!).focus();
    for (const id of ids.slice(97)) {
      await page.keyboard.press('Enter');
      await row(id).locator('.st', { hasText: 'Trong lô' }).waitFor();
    }
    await page.getByText('Trong lô 100, chưa kiểm 0.').waitFor();
    signing.proxy.set({ sign_delay_ms: 120 });
    await sign();
    const side = page.locator('.sign .side');
    await side.getByText(/\/100, còn khoảng \d+ (giây|phút)/).waitFor();
    await shoot(page, 'sign-hundred-1366');
    await page.getByRole('button', { name: /Dừng lô/ }).click();
    await idle();
    const counts = { signed: 0, skipped: 0 };
    for (const file of room().newestBatch()?.files ?? []) counts[file.state as 'signed' | 'skipped'] += 1;
    expect(counts.signed).toBeGreaterThan(0);
    expect(counts.signed + counts.skipped).toBe(100);
    signing.proxy.set({});
    await page.locator('[data-action=batch-table]').click();
    const table = page.getByRole('dialog', { name: 'Kết quả lô ký: 100 bản' });
    expect(await table.locator('tbody tr').count()).toBe(100);
    await table.getByText(`Đã ký ${counts.signed}, không ký được 0, chưa ký ${counts.skipped}.`).waitFor();
    await both('sign-hundred-table');
    await page.keyboard.press('Escape');
    // The rest is still in the batch, and is signed with the next PIN.
    await page.getByText(`Trong lô ${counts.skipped}, chưa kiểm 0.`).waitFor();
    await sign();
    await soon(() => room().newestBatch()?.batch.state, 90_000).toBe('done');
    expect(
      room()
        .worklist()
        .filter((item) => item.state !== 'signed'),
    ).toEqual([]);
  }, 180_000);

  it('lets a token with a pin pad ask for itself', async () => {
    const { page } = desk;
    const id = add(samplePdf().bytes);
    signing.proxy.forget();
    signing.proxy.set({ flags_or: 0x100, pinpad_pin: signing.token.pin });
    await toPage();
    await row(id).click();
    await row(id).locator('.st', { hasText: 'Trong lô' }).waitFor();
    await page.getByRole('button', { name: 'Tìm lại token' }).click();
    batchBefore = room().newestBatch()?.batch.id;
    await page.keyboard.press('Control+Enter');
    await page.getByRole('dialog').getByText('nhập PIN trên token').waitFor();
    expect(await page.locator('input[name=pin]').count()).toBe(0);
    await both('sign-pinpad');
    await page.keyboard.press('Enter');
    await idle();
    expect(room().journal.item(id)?.state).toBe('signed');
    expect(signing.proxy.calls()).toContain('login-pad');
    expect(signing.proxy.calls().some((word) => word === 'login-pin' || word === 'login-empty')).toBe(false);
    signing.proxy.set({});
  });

  it('signs now and owes the timestamp when none comes, and pays it later by one button', async () => {
    const { page } = desk;
    const id = add(samplePdf().bytes);
    room().saveSettings({ level: 'B-T', tsaUrl: 'http://127.0.0.1:9/' });
    await toPage();
    await row(id).click();
    await row(id).locator('.st', { hasText: 'Trong lô' }).waitFor();
    await sign();
    const question = page.getByRole('dialog', { name: 'Không xin được dấu thời gian' });
    await question.waitFor({ timeout: 60_000 });
    await both('sign-no-timestamp');
    expect(room().journal.item(id)?.state).toBe('in-batch');
    await question.getByRole('button', { name: 'Ký, nợ dấu thời gian' }).click();
    await idle();
    expect(room().journal.item(id)).toMatchObject({ state: 'signed', level: 'B-B' });
    await page.locator('[data-owed="1"]').getByText('Còn nợ dấu thời gian: 1').waitFor();
    await page.locator('[data-action=settle]').scrollIntoViewIfNeeded();
    await both('sign-owed');
    const tsa = await startTsa(signing.pki, signing.pki.issue('Máy chủ dấu thời gian', { extensions: TSA_EXTENSIONS }));
    try {
      room().saveSettings({ tsaUrl: tsa.url });
      await page.locator('[data-action=settle]').click();
      await soon(() => room().journal.owed().length, 30_000).toBe(0);
      await page.locator('[data-owed]').waitFor({ state: 'hidden' });
      expect(room().journal.item(id)).toMatchObject({ level: 'B-T' });
    } finally {
      await tsa.close();
      room().saveSettings({ level: 'B-B', tsaUrl: null });
    }
  });

  it('takes a driver that the officer points at, shows its hash, and asks again when the file changes', async () => {
    const { page } = desk;
    const driver = path.join(signing.dir, 'other-driver.so');
    copyFileSync(signing.token.module, driver);
    await page.goto(`${signing.started.origin}/desk.html#/settings/signing`);
    const section = page.getByRole('region', { name: 'Trình điều khiển token' });
    const look = async (file: string) => {
      await section.locator('input[name=module]').fill(file);
      await section.locator('input[name=module]').press('Enter');
    };
    const dialog = page.getByRole('dialog', { name: 'Trình điều khiển token' });
    await look(path.join(signing.dir, 'proxy.control'));
    await dialog.getByRole('alert').getByText('không phải trình điều khiển token').waitFor();
    await page.keyboard.press('Escape');
    await look(driver);
    await dialog.getByText(/^[0-9a-f]{64}$/).waitFor();
    await both('sign-driver');
    await dialog.getByRole('button', { name: 'Dùng tệp này' }).click();
    await section.locator('[data-driver=officer]', { hasText: 'other-driver.so' }).waitFor();
    expect((await room().tokens()).problems).toEqual([]);

    appendFileSync(driver, 'x');
    expect((await room().tokens()).problems).toMatchObject([{ module: driver, code: 'module-changed' }]);
    await page.reload();
    await section.getByText('đã thay đổi so với lần xác nhận').waitFor();
    await both('sign-driver-changed');
    await section.getByRole('button', { name: 'Xác nhận lại' }).click();
    await dialog.getByRole('button', { name: 'Dùng tệp này' }).click();
    await section.getByText('đã thay đổi so với lần xác nhận').waitFor({ state: 'hidden' });
    expect((await room().tokens()).problems).toEqual([]);
    await section.getByRole('button', { name: 'Bỏ' }).click();
    await section.locator('[data-driver=officer]').waitFor({ state: 'hidden' });
  });

  it('adds, lists and removes trusted roots as data, from files as authorities give them', async () => {
    const quan = await openDesk(signing.browser, signing.started, 'quan', SMALL, '5');
    const { page } = quan;
    await page.goto(`${signing.started.origin}/desk.html#/settings/signing`);
    const section = page.getByRole('region', { name: 'Chứng thư gốc' });
    await section.getByText('Chưa có chứng thư gốc nào').waitFor();
    await section.getByLabel(/Thêm gốc VGCA/).setInputFiles(signing.pki.root.certificateFile);
    await section.getByText('Cơ quan chứng thực số gốc (thử)').waitFor();
    const der = path.join(signing.dir, 'issuing.cer');
    writeFileSync(der, signing.pki.issuing.certificate);
    await section.getByLabel(/Thêm gốc NEAC/).setInputFiles(der);
    await section.getByText('Cơ quan chứng thực số các cơ quan Nhà nước').waitFor();
    expect(
      room()
        .roots.list()
        .map((root) => root.source),
    ).toEqual(['vgca', 'neac']);
    const wrong = path.join(signing.dir, 'no-root.cer');
    writeFileSync(wrong, signing.pki.issue('Người không phải gốc').certificate);
    await section.getByLabel(/Thêm gốc khác/).setInputFiles(wrong);
    await page.getByText('Tệp này không phải chứng thư gốc').waitFor();
    await section.scrollIntoViewIfNeeded();
    await expectAccessible(page);
    await shoot(page, 'sign-roots-1366');
    await section.getByRole('button', { name: 'Bỏ' }).first().click();
    await soon(() => room().roots.list().length).toBe(1);
    expect(quan.complaints).toEqual([]);
    await quan.context.close();
  });

  it('broke neither its content policy nor itself', () => expect(desk.complaints).toEqual([]));
});
