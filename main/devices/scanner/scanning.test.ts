import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createRouterClient } from '@orpc/server';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { part } from '../../../tests/parts.ts';
import { isRefusal } from '../../contract/refusal.ts';
import { startEsclServer, type EsclServer } from '../../training/escl/index.ts';
import { openStore, systemClock } from '../../store/index.ts';
import { componentKey, migrations, scannerHandlers, type SessionRow } from './index.ts';
import { nextCommand, openScanning, paper, sheets, temporary } from '../../../tests/fixtures/scanning.ts';

const key = componentKey('draft-1', 'component-1');
const feeder = { source: 'feeder', dpi: 200, colour: 'colour', duplex: false } as const;
const sha = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

let folder: ReturnType<typeof temporary>;
let server: EsclServer;
let room: ReturnType<typeof openScanning>;
beforeEach(async () => {
  folder = temporary();
  server = await startEsclServer({ sheets: sheets(4) });
  room = openScanning(folder.dir, { scanners: [{ id: 'desk', url: server.url }] });
  await room.scanning.check();
});
afterEach(async () => {
  await room.close();
  await server.close();
  folder.remove();
});

const scanNow = async (): Promise<SessionRow> => {
  const started = room.scanning.sessions.start({ commandId: nextCommand(), componentKey: key, options: feeder });
  if (isRefusal(started)) throw new Error(started.en);
  await room.scanning.sessions.idle();
  return room.scanning.sessions.session(started.id) as SessionRow;
};

describe('scanning', () => {
  it.skipIf(!part('pdfimages'))('scans four pages, drops one and writes three untouched pictures at their real size', async () => {
    expect(await scanNow()).toMatchObject({ state: 'finished', reason: null });
    const { sessions } = room.scanning;
    const { pages } = sessions.pile(key);
    expect(pages).toHaveLength(4);
    sessions.drop(nextCommand(), pages[2]?.id as string, true);
    sessions.rotate(nextCommand(), pages[1]?.id as string, -1);
    sessions.move(nextCommand(), pages[3]?.id as string, pages[0]?.id as string);
    const kept = room.scanning.pagesOf(key);
    expect(kept.map((p) => sha(p.file))).toEqual(
      [paper('chung-nhan-ket-hon'), paper('to-khai-khai-sinh'), paper('giay-chung-sinh')].map(sha),
    );
    const file = path.join(folder.dir, 'component.pdf');
    const written = await room.scanning.buildPdf(kept, file);
    expect(written).toMatchObject({ pages: 3, sha256: sha(file), bytes: readFileSync(file).length });

    const list = execFileSync('pdfimages', ['-list', file], { encoding: 'utf8' }).trim().split('\n').slice(2);
    expect(list).toHaveLength(3);
    for (const row of list) expect(row.split(/\s+/).filter(Boolean)).toEqual(expect.arrayContaining(['jpeg', '1654', '2339', '200']));
    execFileSync('pdfimages', ['-j', file, path.join(folder.dir, 'out')]);
    expect(['000', '001', '002'].map((n) => sha(path.join(folder.dir, `out-${n}.jpg`)))).toEqual(kept.map((p) => sha(p.file)));
    const info = execFileSync('pdfinfo', ['-f', '1', '-l', '3', file], { encoding: 'utf8' });
    expect(info).toMatch(/Page\s+1 size:\s+595\.\d+ x 842\.\d+ pts \(A4\)/);
    expect(info).toMatch(/Page\s+3 rot:\s+270/);
  });

  it('keeps the pages before a jam, says what to do, and scans on behind them', async () => {
    server.set({ jamOnPage: 3 });
    expect(await scanNow()).toMatchObject({ state: 'stopped', reason: 'jam' });
    expect(room.scanning.scanners()[0]).toMatchObject({ state: 'attention', reason: 'jam' });
    expect(room.scanning.sessions.pile(key).pages).toHaveLength(2);
    server.set({ jamOnPage: null });
    await room.scanning.check();
    expect(room.scanning.scanners()[0]).toMatchObject({ state: 'ready', reason: null });
    expect(await scanNow()).toMatchObject({ state: 'finished' });
    expect(room.scanning.pagesOf(key).map((p) => sha(p.file))).toEqual(sheets(4).map((s) => sha(s.front)));
  });

  it('tells an empty feeder from the end of the stack', async () => {
    server.set({ empty: true });
    expect(await scanNow()).toMatchObject({ state: 'stopped', reason: 'feeder-empty' });
    expect(room.scanning.pagesOf(key)).toEqual([]);
  });

  it('answers a repeated start with the same session and refuses a second scan on a scanner that runs', async () => {
    server.set({ pageMs: 50 });
    const commandId = nextCommand();
    const { sessions } = room.scanning;
    const first = sessions.start({ commandId, componentKey: key, options: feeder });
    expect(sessions.start({ commandId, componentKey: key, options: feeder })).toMatchObject({ id: (first as SessionRow).id });
    expect(sessions.start({ commandId: nextCommand(), componentKey: key, options: feeder })).toMatchObject({ refused: 'scan-running' });
    await sessions.idle();
    expect(server.requests.filter((r) => r.startsWith('POST'))).toHaveLength(1);
  });

  it('cancels: the screen knows at once, the device is freed, pages on disk stay', async () => {
    server.set({ pageMs: 40 });
    const { sessions } = room.scanning;
    const first = sessions.start({ commandId: nextCommand(), componentKey: key, options: feeder }) as SessionRow;
    await new Promise<void>((resolve) => {
      const off = sessions.listen(key, (event) => {
        if (event.kind !== 'page') return;
        off();
        resolve();
      });
    });
    expect(sessions.cancel(nextCommand(), first.id)).toMatchObject({ state: 'cancelled' });
    await sessions.idle();
    expect(sessions.session(first.id)).toMatchObject({ state: 'cancelled', reason: null });
    expect(server.requests.at(-1)).toBe('DELETE /eSCL/ScanJobs/JOB -> 200');
    const count = sessions.pile(key).pages.length;
    expect(count).toBeGreaterThanOrEqual(1);
    expect(count).toBeLessThan(4);
    expect(readdirSync(path.join(folder.dir, 'scans', first.id)).filter((n) => n.endsWith('.part'))).toEqual([]);
  });

  it('takes in the whole pages of a process that was killed, and no half ones', async () => {
    const scanned = await scanNow();
    await room.close();
    // What a kill between a page's rename and its row leaves behind: an open session, a whole file, half a file.
    const store = openStore({ file: path.join(folder.dir, 'quay.sqlite'), clock: systemClock, migrations });
    store.db.prepare(`update scan_session set state = 'scanning', ended_at = null`).run();
    store.db.prepare(`delete from scan_page where position = 4`).run();
    store.close();
    const dir = path.join(folder.dir, 'scans', scanned.id);
    writeFileSync(path.join(dir, 'page-0005.jpg.part'), readFileSync(paper('giay-chung-sinh')).subarray(0, 5000));
    room = openScanning(folder.dir, { scanners: [{ id: 'desk', url: server.url }] });
    await room.scanning.sessions.idle();
    expect(room.scanning.sessions.session(scanned.id)).toMatchObject({ state: 'stopped', reason: 'interrupted' });
    expect(room.scanning.pagesOf(key).map((p) => sha(p.file))).toEqual(sheets(4).map((s) => sha(s.front)));
    expect(existsSync(path.join(dir, 'page-0005.jpg.part'))).toBe(false);
  });

  it('says when the scanner went away and when it is back', async () => {
    const { port } = server;
    await server.close();
    await room.scanning.check();
    expect(room.scanning.scanners()[0]).toMatchObject({ state: 'absent', reason: 'offline' });
    expect(await scanNow()).toMatchObject({ state: 'stopped', reason: 'offline' });
    server = await startEsclServer({ sheets: sheets(1), port });
    await room.scanning.check();
    expect(room.scanning.scanners()[0]).toMatchObject({ state: 'ready', reason: null });
  });
});

describe('scanner contract', () => {
  it('streams a scan to the screen page by page, then obeys drop, restore, rotate and move', async () => {
    const context = { caller: { role: 'officer', deviceId: 'desk-1' }, connectionId: 'c1' } as const;
    const client = createRouterClient(
      scannerHandlers(room.scanning, (file) => ({ url: '/file/x', name: file.name, type: file.type, size: file.size })),
      { context },
    );
    const pile = { draftId: 'draft-1', component: 'component-1' };
    expect(await client.list({})).toMatchObject([
      { id: 'desk', state: 'ready', feederLoaded: true, sources: [{ source: 'feeder', duplex: true, dpis: [200] }, { source: 'flatbed' }] },
    ]);
    const watching = new AbortController();
    const stream = await client.watch(pile, { signal: watching.signal });
    const heard: string[] = [];
    let pages: string[] = [];
    let seq = 0;
    for await (const message of stream) {
      expect(message.seq).toBe(seq);
      seq += 1;
      if (message.type === 'snapshot') {
        expect(message.snapshot).toEqual({ session: null, pages: [] });
        await client.start({ ...pile, commandId: nextCommand() });
      } else if (message.event.kind === 'page') {
        heard.push(`page ${message.event.page.position} ${message.event.page.image.size > 20_000}`);
        pages = [...pages, message.event.page.pageId];
      } else if (message.event.kind === 'session') {
        heard.push(`${message.event.session.state} ${message.event.session.pages}`);
        if (message.event.session.state !== 'scanning') break;
      }
    }
    watching.abort();
    expect(heard).toEqual([
      'scanning 0',
      'page 1 true',
      'scanning 1',
      'page 2 true',
      'scanning 2',
      'page 3 true',
      'scanning 3',
      'page 4 true',
      'scanning 4',
      'finished 4',
    ]);
    const [first, , third, fourth] = pages as [string, string, string, string];
    expect(await client.drop({ commandId: nextCommand(), pageId: third })).toMatchObject({ dropped: true, position: 3 });
    expect(await client.restore({ commandId: nextCommand(), pageId: third })).toMatchObject({ dropped: false });
    expect(await client.rotate({ commandId: nextCommand(), pageId: first, by: -1 })).toMatchObject({ quarterTurns: 3 });
    expect((await client.move({ commandId: nextCommand(), pageId: fourth, before: first })).map((p) => [p.pageId, p.position])[0]).toEqual([
      fourth,
      1,
    ]);
    await expect(client.drop({ commandId: nextCommand(), pageId: 'nobody' })).rejects.toMatchObject({
      code: 'REFUSED',
      data: { refused: 'page-unknown' },
    });
    server.set({ jamOnPage: 1 });
    server.load(sheets(2));
    await client.start({ ...pile, commandId: nextCommand() });
    await room.scanning.sessions.idle();
    const after = await client.pages(pile);
    expect(after.session).toMatchObject({ state: 'stopped', trouble: { reason: 'jam', vi: expect.stringContaining('kẹt') } });
    expect(after.pages.map((p) => p.position)).toEqual([1, 2, 3, 4]);
  });

  it('says nothing of a page that went to another paper while the screen was slow, but its new order', async () => {
    await scanNow();
    const context = { caller: { role: 'officer', deviceId: 'desk-1' }, connectionId: 'c1' } as const;
    const client = createRouterClient(
      scannerHandlers(room.scanning, (file) => ({ url: '/file/x', name: file.name, type: file.type, size: file.size })),
      { context },
    );
    const watching = new AbortController();
    const stream = await client.watch({ draftId: 'draft-1', component: 'component-1' }, { signal: watching.signal });
    const first = await stream.next();
    const { sessions } = room.scanning;
    const [page, ...others] = sessions.pile(key).pages.map((one) => one.id) as [string, ...string[]];
    // All of it before the screen asks for the next message.
    sessions.rotate(nextCommand(), page, 1);
    sessions.drop(nextCommand(), others[0] as string, true);
    sessions.assign(nextCommand(), [page], componentKey('draft-1', 'component-2'));
    const events = [await stream.next(), await stream.next()].map((message) => message.value);
    watching.abort();
    expect(first.value).toMatchObject({ type: 'snapshot', seq: 0 });
    expect(events).toMatchObject([
      { type: 'event', seq: 1, event: { kind: 'page', page: { pageId: others[0], dropped: true, position: 1 } } },
      { type: 'event', seq: 2, event: { kind: 'order', pageIds: others } },
    ]);
  });
});
