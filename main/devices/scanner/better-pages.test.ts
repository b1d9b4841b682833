import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureNative } from '../../../native/index.ts';
import { nextCommand, openScanning, paper, temporary } from '../../../tests/fixtures/scanning.ts';
import { part } from '../../../tests/parts.ts';
import { isRefusal } from '../../contract/refusal.ts';
import { createPageWorker, separatorSheet } from '../../documents/pages/index.ts';
import { startEsclServer, type EsclServer } from '../../training/escl/index.ts';
import { componentKey, type PageRow } from './index.ts';

const there = [part('g++'), part('/usr/lib/x86_64-linux-gnu/libturbojpeg.so.0'), part('pdftoppm')].every(Boolean);
const key = componentKey('draft-1', 'declaration');
const sha = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
const plain = { deskew: false, crop: false, bilevel: false };

let folder: ReturnType<typeof temporary>;
let server: EsclServer;
let room: ReturnType<typeof openScanning>;

async function scan(work: boolean): Promise<PageRow[]> {
  room = openScanning(folder.dir, { scanners: [{ id: 'desk', url: server.url }], ...(work ? { work: createPageWorker() } : {}) });
  await room.scanning.check();
  room.scanning.sessions.start({
    commandId: nextCommand(),
    componentKey: key,
    options: { source: 'feeder', dpi: 200, colour: 'colour', duplex: false },
  });
  await room.scanning.sessions.idle();
  return room.scanning.sessions.pile(key).pages;
}

describe.skipIf(!there)('better pages', () => {
  beforeAll(() => ensureNative());
  beforeEach(async () => {
    folder = temporary();
    const sheet = path.join(folder.dir, 'separator');
    writeFileSync(`${sheet}.pdf`, separatorSheet());
    execFileSync('pdftoppm', ['-r', '200', '-jpeg', '-singlefile', `${sheet}.pdf`, sheet]);
    const stack = [paper('to-khai-khai-sinh'), paper('mat-sau-trang'), `${sheet}.jpg`, paper('xac-nhan-cu-tru')];
    server = await startEsclServer({ sheets: stack.map((front) => ({ front })) });
  });
  afterEach(async () => {
    await room.close();
    await server.close();
    folder.remove();
  });

  it('sees blank pages, skew and codes while it scans, and splits the batch over two components', async () => {
    const pages = await scan(true);
    expect(pages.map((p) => [p.blank, p.codes, Math.abs(p.skewDegrees ?? 0) > 0.8])).toEqual([
      [false, [], false],
      [true, [], false],
      [false, ['QUAY-TACH'], false],
      [false, [], true],
    ]);
    const { sessions } = room.scanning;
    const ids = pages.map((p) => p.id) as [string, string, string, string];
    sessions.drop(nextCommand(), ids[1], true);
    const papers = sessions.split(key);
    expect(papers).toEqual([
      { code: null, pageIds: [ids[0]] },
      { code: null, pageIds: [ids[3]] },
    ]);
    const other = componentKey('draft-1', 'residence');
    const moved = sessions.assign(nextCommand(), papers[1]?.pageIds ?? [], other);
    expect(moved).toMatchObject([{ id: ids[3] }]);
    expect(room.scanning.pagesOf(other).map((p) => sha(p.file))).toEqual([sha(paper('xac-nhan-cu-tru'))]);
    expect(sessions.assign(nextCommand(), [ids[0]], componentKey('draft-2', 'x'))).toMatchObject({ refused: 'page-unknown' });
  });

  it('puts a copy in the place of a page and takes it back; the scanned picture never changes', async () => {
    const pages = await scan(true);
    const last = pages[3] as PageRow;
    const { sessions } = room.scanning;
    const straight = (await sessions.improve(nextCommand(), last.id, { ...plain, deskew: true })) as PageRow;
    expect(straight.better).toMatchObject({ kind: 'jpeg', deskew: true, dpi: 200 });
    const copy = room.scanning.pagesOf(key)[3]?.file as string;
    expect(copy).not.toBe(sessions.fileOf(last));
    const bw = (await sessions.improve(nextCommand(), last.id, { ...plain, deskew: true, bilevel: true })) as PageRow;
    expect(bw.better).toMatchObject({ kind: 'g4', bilevel: true });
    expect(existsSync(copy)).toBe(false);
    const built = await room.scanning.buildComponent(key, path.join(folder.dir, 'mixed.pdf'));
    expect(built).toMatchObject({ pages: 4 });
    const list = execFileSync('pdfimages', ['-list', path.join(folder.dir, 'mixed.pdf')], { encoding: 'utf8' });
    expect(list.match(/ jpeg /g)).toHaveLength(3);
    expect(list.match(/ ccitt /g)).toHaveLength(1);
    expect(((await sessions.improve(nextCommand(), last.id, plain)) as PageRow).better).toBeNull();
    expect(sha(sessions.fileOf(last))).toBe(sha(paper('xac-nhan-cu-tru')));
  });

  it('keeps a component under the limit of the province, and says what to do when it cannot', async () => {
    await scan(true);
    const file = path.join(folder.dir, 'small.pdf');
    const whole = await room.scanning.buildComponent(key, file);
    if (isRefusal(whole)) throw new Error(whole.en);
    const limitBytes = Math.round(whole.bytes * 0.85);
    expect(await room.scanning.buildComponent(key, file, { limitBytes })).toMatchObject({ pages: 4 });
    expect(statSync(file).size).toBeLessThanOrEqual(limitBytes);
    execFileSync('qpdf', ['--check', file]);
    expect(await room.scanning.buildComponent(key, file, { limitBytes: 50_000 })).toMatchObject({ refused: 'component-too-large' });
    expect(existsSync(file)).toBe(false);
    expect(await room.scanning.buildComponent(componentKey('draft-1', 'nothing'), file)).toMatchObject({ refused: 'component-empty' });
  });

  it('scans all the same on a computer without the image part', async () => {
    const pages = await scan(false);
    expect(pages.map((p) => p.blank)).toEqual([null, null, null, null]);
    expect(await room.scanning.sessions.improve(nextCommand(), pages[0]?.id as string, { ...plain, deskew: true })).toMatchObject({
      refused: 'page-work-missing',
    });
    expect(room.scanning.sessions.split(key)).toHaveLength(1);
  });
});
