import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectScreen, poll, type Client } from '../main/cli/clients.ts';
import { openCounter, type Counter } from '../main/counter.ts';
import { TRAINING_PASSWORD } from '../main/counter/people.ts';
import { code128Widths } from '../main/documents/pages/code128.ts';
import { separatorSheet } from '../main/documents/pages/index.ts';
import { ensureNative, loadNative } from '../native/index.ts';
import { paper } from './fixtures/scanning.ts';
import { part } from './parts.ts';

const id = () => randomUUID();
const ready = [part('pdftoppm'), part('g++'), part('/usr/include/sane/sane.h')].every(Boolean);
const FIRST = 'to-khai';
/** Birth registration, whose portal takes one megabyte here, and a procedure with the usual limit. */
const BIRTH = '1.001193';
const USUAL = '1.004859';

/** An A4 page at 200 dpi with a Code 128 in its upper part. */
function pageWithBars(text: string): Uint8Array {
  const [width, height, module] = [1654, 2339, 4];
  const data = new Uint8Array(width * height).fill(250);
  let x = 200;
  for (const [index, modules] of code128Widths(text).entries()) {
    if (index % 2 === 0) for (let y = 200; y < 340; y += 1) data.fill(20, y * width + x, y * width + x + modules * module);
    x += modules * module;
  }
  return loadNative().jpeg.encode(data, width, height, 1, 80, 200);
}

/** A page that was scanned belongs to its dossier, whoever looks at it and whichever message comes first. */
describe.skipIf(!ready)('scanned pages and their dossier', () => {
  let dir: string;
  let counter: Counter;
  let desk: Client;
  let close: () => void;

  beforeAll(async () => {
    await ensureNative();
    dir = mkdtempSync(path.join(tmpdir(), 'quay-pages-'));
    execFileSync('pdftoppm', ['-r', '200', '-jpeg', '-singlefile', '-', path.join(dir, 'separator')], { input: separatorSheet() });
    writeFileSync(path.join(dir, 'config.json'), JSON.stringify({ training: true, documentLimitsMb: { [BIRTH]: 1 } }));
    counter = await openCounter({ dataDir: dir, port: 0, lan: false });
    const screen = await connectScreen(counter, { role: 'station', name: 'Quầy 3', counterId: '3' });
    desk = screen.client;
    close = screen.close;
    await desk.officers.signIn({ login: 'huyen', password: TRAINING_PASSWORD });
  }, 120_000);
  afterAll(async () => {
    close?.();
    await counter?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const scanner = () => counter.neighbours!.scanner;
  const load = (...files: string[]) => scanner().load(files.map((front) => ({ front })));
  const open = async (code = BIRTH) => {
    const { id: dossierId } = await desk.dossiers.open({ commandId: id(), ticket: null });
    return (await desk.dossiers.chooseProcedure({ commandId: id(), dossierId, code })).id;
  };
  const begin = (draftId: string, component: string) => desk.scanner.start({ commandId: id(), draftId, component });
  const pile = async (draftId: string, component: string) =>
    (await desk.scanner.pages({ draftId, component })).pages.filter((page) => !page.dropped).map((page) => page.pageId);
  const papersOf = async (dossierId: string) =>
    Object.fromEntries((await desk.dossiers.get({ dossierId })).components.map((one) => [one.key, one.pageIds]));
  const scan = async (draftId: string, component: string) => {
    await begin(draftId, component);
    await counter.rooms.scanning.sessions.idle();
    return pile(draftId, component);
  };
  const keysOf = async (dossierId: string) => (await desk.dossiers.get({ dossierId })).components.map((one) => one.key);

  it('takes in what the feeder gives while nobody looks, and lets nothing be accepted before the stack is through', async () => {
    load(paper('to-khai-khai-sinh'), paper('giay-chung-sinh'), paper('xac-nhan-cu-tru'));
    scanner().set({ pageMs: 400 });
    const dossierId = await open();
    const [key = FIRST] = await keysOf(dossierId);
    await begin(dossierId, key);
    const accept = { dossierId, wantsReceipt: true, duplicatesSeen: true };
    await expect(desk.dossiers.accept({ commandId: id(), ...accept })).rejects.toMatchObject({ data: { refused: 'scan-running' } });
    scanner().set({ pageMs: 0 });
    await counter.rooms.scanning.sessions.idle();
    const pages = await pile(dossierId, key);
    expect(pages).toHaveLength(3);
    expect((await papersOf(dossierId))[key]).toEqual(pages);
    await expect(desk.dossiers.accept({ commandId: id(), ...accept })).rejects.toMatchObject({ data: { refused: 'incomplete' } });
  });

  it('keeps both lists the same, however orders overtake each other', async () => {
    load(paper('to-khai-khai-sinh'), paper('giay-chung-sinh'), paper('xac-nhan-cu-tru'), paper('chung-nhan-ket-hon'));
    const dossierId = await open();
    const keys = (await keysOf(dossierId)).slice(0, 3);
    const pages = await scan(dossierId, keys[0]!);
    // The same run each time; what differs is which answer comes first.
    let seed = 7;
    const some = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n;
    const one = () => pages[some(pages.length)]!;
    for (let round = 0; round < 12; round += 1) {
      const orders = Array.from({ length: 5 }, () => {
        const pageId = one();
        const commandId = id();
        const kind = some(4);
        if (kind === 0) return desk.scanner.drop({ commandId, pageId });
        if (kind === 1) return desk.scanner.restore({ commandId, pageId });
        if (kind === 2) return desk.scanner.move({ commandId, pageId, before: null });
        return desk.scanner.assign({ commandId, draftId: dossierId, component: keys[some(keys.length)]!, pageIds: [pageId, one()] });
      });
      await Promise.all(orders);
      const papers = await papersOf(dossierId);
      for (const key of keys) expect(papers[key]).toEqual(await pile(dossierId, key));
    }
  });

  it('parts a batch in one effect, and takes it back', async () => {
    const sheet = path.join(dir, 'separator.jpg');
    load(sheet, paper('to-khai-khai-sinh'), paper('giay-chung-sinh'), sheet, paper('xac-nhan-cu-tru'), sheet, paper('chung-nhan-ket-hon'));
    const dossierId = await open();
    const [first, second, third] = (await keysOf(dossierId)) as [string, string, string];
    const [sheet1, a, b, sheet2, c, sheet3, d] = await scan(dossierId, first);
    const order = { commandId: id(), draftId: dossierId, component: first, to: [second] };
    const parted = await desk.scanner.part(order);
    expect(parted).toMatchObject({ papers: 3, given: [{ component: second, pageIds: [c] }], dropped: [sheet1, sheet2, sheet3] });
    // Sent again, as after a lost answer: it was done once.
    expect(await desk.scanner.part(order)).toEqual(parted);
    expect(await papersOf(dossierId)).toMatchObject({ [first]: [a, b, d], [second]: [c], [third]: [] });
    // Taken back: every page and every sheet as it lay.
    await desk.scanner.assign({ commandId: id(), draftId: dossierId, component: first, pageIds: [...parted.tail] });
    for (const pageId of parted.dropped) await desk.scanner.restore({ commandId: id(), pageId });
    expect(await papersOf(dossierId)).toMatchObject({ [first]: [sheet1, a, b, sheet2, c, sheet3, d], [second]: [] });
    // With room for all of them.
    await desk.scanner.part({ ...order, commandId: id(), to: [second, third] });
    expect(await papersOf(dossierId)).toMatchObject({ [first]: [a, b], [second]: [c], [third]: [d] });
  });

  it('parts a batch at pages that carry a bar code, which are first pages themselves', async () => {
    const coded = path.join(dir, 'coded.jpg');
    writeFileSync(coded, pageWithBars('MAU-TK-01'));
    load(paper('to-khai-khai-sinh'), coded, paper('xac-nhan-cu-tru'));
    const dossierId = await open();
    const [first, second] = (await keysOf(dossierId)) as [string, string];
    const [a, b, c] = await scan(dossierId, first);
    const pages = { draftId: dossierId, component: first };
    expect((await desk.scanner.pages(pages)).pages.map((page) => page.codes)).toEqual([[], ['MAU-TK-01'], []]);
    await desk.scanner.part({ commandId: id(), ...pages, to: [second], barcodePrefix: '' });
    expect(await papersOf(dossierId)).toMatchObject({ [first]: [a], [second]: [b, c] });
  });

  it('marks a blank page that is recognised only after the stack is through, and keeps what the officer says of it', async () => {
    load(paper('to-khai-khai-sinh'), paper('mat-sau-trang'));
    const dossierId = await open();
    const [key = FIRST] = await keysOf(dossierId);
    const [, blank] = await scan(dossierId, key);
    const state = async () => (await desk.dossiers.get({ dossierId })).components[0]!.state;
    expect(await poll(async () => ((await state()) === 'review' ? true : undefined), 20_000, 'the note of the blank page')).toBe(true);
    await desk.dossiers.setComponent({ commandId: id(), dossierId, key, state: 'complete' });
    await desk.scanner.rotate({ commandId: id(), pageId: blank!, by: 1 });
    expect(await state()).toBe('complete');
  });

  it('finds the pages again when another procedure was chosen by mistake', async () => {
    load(paper('to-khai-khai-sinh'));
    const dossierId = await open();
    const key = (await keysOf(dossierId))[1]!;
    const pages = await scan(dossierId, key);
    const choose = (code: string) => desk.dossiers.chooseProcedure({ commandId: id(), dossierId, code });
    expect((await choose(USUAL)).components.map((one) => one.key)).not.toContain(key);
    const back = await choose(BIRTH);
    expect(back.components.find((one) => one.key === key)?.pageIds).toEqual(pages);
  });

  it('makes a paper as small as its procedure wants it, and no other', async () => {
    load(...Array.from({ length: 5 }, () => paper('to-khai-khai-sinh')));
    const sizes: number[] = [];
    for (const [code, idNumber] of [
      [BIRTH, '001090012345'],
      [USUAL, '001090012346'],
    ] as const) {
      const dossierId = await open(code);
      const card = { idNumber, fullName: 'Nguyễn Văn An', birthDate: '1990-03-15', sex: 'Nam' as const, address: 'Tổ 1, phường An Bình' };
      await desk.dossiers.scanCard({ commandId: id(), dossierId, card });
      const [key = FIRST] = await keysOf(dossierId);
      await scan(dossierId, key);
      for (const rest of (await desk.dossiers.get({ dossierId })).components)
        if (rest.required && rest.state === 'absent')
          await desk.dossiers.setComponent({ commandId: id(), dossierId, key: rest.key, state: 'complete' });
      const { dossier } = await desk.dossiers.accept({ commandId: id(), dossierId, wantsReceipt: false, duplicatesSeen: true });
      sizes.push(dossier.components.find((one) => one.key === key)?.file?.size ?? 0);
    }
    expect(sizes[0]).toBeGreaterThan(100_000);
    expect(sizes[0]).toBeLessThanOrEqual(1_000_000);
    expect(sizes[1]).toBeGreaterThan(1_000_000);
  });

  it('finishes in a second life what a scan was cut off from', async () => {
    load(paper('to-khai-khai-sinh'), paper('giay-chung-sinh'));
    const dossierId = await open();
    const [key = FIRST] = await keysOf(dossierId);
    const pages = await scan(dossierId, key);
    // As a kill in mid-scan leaves it: an open session whose pages the dossier was never told of.
    counter.rooms.store.db
      .prepare(`update scan_session set state = 'scanning', ended_at = null where component_key = ?`)
      .run(`${dossierId}/${key}`);
    await desk.dossiers.setPages({ commandId: id(), dossierId, key, pageIds: [] });
    close();
    await counter.close();
    counter = await openCounter({ dataDir: dir, port: 0, lan: false });
    await counter.rooms.scanning.sessions.idle();
    const screen = await connectScreen(counter, { role: 'station', name: 'Quầy 3', counterId: '3' });
    desk = screen.client;
    close = screen.close;
    await desk.officers.signIn({ login: 'huyen', password: TRAINING_PASSWORD });
    expect((await papersOf(dossierId))[key]).toEqual(pages);
  });
});
