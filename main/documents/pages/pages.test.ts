import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureNative, loadNative, type Native } from '../../../native/index.ts';
import { paper, PAPER_NAMES } from '../../../tests/fixtures/scanning.ts';
import { part } from '../../../tests/parts.ts';
import { code128Widths, readCode128 } from './code128.ts';
import { encodeG4 } from './g4.ts';
import { srgbProfile } from './icc.ts';
import { createPageWorker, inspectJpeg, SEPARATOR_CODE, separatorSheet, splitBatch, writePagesPdf, type PageWorker } from './index.ts';
import { forkPageChild, type PageChild, type SpawnPageChild } from './page-worker.ts';
import { isBlank, skewDegrees } from './look.ts';
import { halve, rotate, type Raster } from './raster.ts';

const there = [part('g++'), part('/usr/lib/x86_64-linux-gnu/libturbojpeg.so.0')].every(Boolean);
let dir: string;
beforeAll(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-pages-'))));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const at = (name: string) => path.join(dir, name);
const sha = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');

/** Reads a portable bitmap or greymap, what poppler's tools write. */
function readPnm(file: string): { width: number; height: number; data: Buffer; bits: boolean } {
  const bytes = readFileSync(file);
  const head = /^P([456])\s+(\d+)\s+(\d+)\s+(?:(\d+)\s)?/.exec(bytes.toString('latin1', 0, 60)) as RegExpExecArray;
  const bits = head[1] === '4';
  const length = bits ? /^P4\s+\d+\s+\d+\s/.exec(head[0])?.[0].length : head[0].length;
  return { width: Number(head[2]), height: Number(head[3]), data: bytes.subarray(length), bits };
}

describe('component PDF', () => {
  const pages = PAPER_NAMES.map((name, i) => ({ kind: 'jpeg' as const, file: paper(name), quarterTurns: i % 4, dpi: 200 }));

  it.skipIf(!part('qpdf'))('is a sound file that says it is PDF/A-2b, its pictures untouched', async () => {
    const written = await writePagesPdf(pages, at('component.pdf'), {
      title: 'Giấy chứng sinh & <khác>',
      createdAt: Date.parse('2026-11-23T02:44:00Z'),
    });
    expect([written.sha256, written.bytes]).toEqual([sha(at('component.pdf')), statSync(at('component.pdf')).size]);
    execFileSync('qpdf', ['--check', at('component.pdf')]);
    execFileSync('pdfimages', ['-all', at('component.pdf'), at('out')]);
    expect(PAPER_NAMES.map((_n, i) => sha(at(`out-00${i}.jpg`)))).toEqual(pages.map((p) => sha(p.file)));
    const meta = execFileSync('pdfinfo', ['-meta', at('component.pdf')], { encoding: 'utf8' });
    expect(meta).toContain('<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>');
    expect(meta).toContain('Giấy chứng sinh &amp; &lt;khác&gt;');
    const catalog = execFileSync('qpdf', ['--show-object=1', at('component.pdf')], { encoding: 'utf8' });
    expect(catalog).toMatch(/GTS_PDFA1/);
    expect(execFileSync('qpdf', ['--show-object=4', '--filtered-stream-data', at('component.pdf')]).equals(srgbProfile())).toBe(true);
    const info = execFileSync('pdfinfo', ['-f', '1', '-l', '5', at('component.pdf')], { encoding: 'utf8' });
    expect([...info.matchAll(/rot:\s+(\d+)/g)].map((m) => m[1])).toEqual(['0', '90', '180', '270', '0']);
  });

  it.skipIf(!part('convert'))('carries a colour profile that others can read', () => {
    writeFileSync(at('srgb.icc'), srgbProfile());
    const out = execFileSync(
      'convert',
      ['-size', '3x1', 'xc:rgb(128,128,128)', '-profile', at('srgb.icc'), '-format', '%[profile:icc]', 'info:'],
      { encoding: 'utf8' },
    );
    expect(out).toContain('sRGB');
  });

  it('refuses an empty component and files that are no pictures, and leaves nothing behind', async () => {
    const options = { title: 't', createdAt: 0 };
    await expect(writePagesPdf([], at('none.pdf'), options)).rejects.toThrow(/at least one/);
    writeFileSync(at('text.jpg'), 'hello');
    await expect(
      writePagesPdf([{ kind: 'jpeg', file: at('text.jpg'), quarterTurns: 0, dpi: 200 }], at('none.pdf'), options),
    ).rejects.toThrow(/no JPEG/);
    expect(() => statSync(at('none.pdf.part'))).toThrow();
  });

  it('does not grow in memory with its pages', async () => {
    const many = Array.from({ length: 200 }, () => ({
      kind: 'jpeg' as const,
      file: paper('to-khai-khai-sinh'),
      quarterTurns: 0,
      dpi: 200,
    }));
    const before = process.memoryUsage().rss;
    let peak = 0;
    const sampler = setInterval(() => (peak = Math.max(peak, process.memoryUsage().rss)), 5);
    const { bytes } = await writePagesPdf(many, at('many.pdf'), { title: 't', createdAt: 0 });
    clearInterval(sampler);
    expect(bytes).toBeGreaterThan(40_000_000);
    expect(peak - before).toBeLessThan(100_000_000);
    rmSync(at('many.pdf'));
  });
});

describe('CCITT Group 4', () => {
  it.skipIf(!part('pdfimages'))('is read back bit for bit by poppler, whatever the runs', async () => {
    const runs = fc.array(fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1, max: 2800 })), { minLength: 1, maxLength: 300 });
    const samples = fc.sample(fc.tuple(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 40 }), runs, fc.boolean()), {
      numRuns: 60,
      seed: 4,
    });
    const pictures = samples.map(([width, height, lengths, similar], index) => {
      const ink = new Uint8Array(width * height);
      let x = 0;
      for (let i = 0; x < ink.length; i += 1) {
        const run = lengths[i % lengths.length] as number;
        if (i % 2 === 1) ink.fill(1, x, Math.min(ink.length, x + run));
        x += run;
      }
      // Lines like the one above, moved a little, use the vertical modes.
      if (similar)
        for (let y = 1; y < height; y += 1)
          for (let c = 0; c < width; c += 1) ink[y * width + c] = ink[(y - 1) * width + Math.max(0, c - ((y * 7) % 5) + 2)] ?? 0;
      writeFileSync(at(`g4-${index}`), encodeG4(ink, width, height));
      return {
        ink,
        width,
        height,
        page: { kind: 'g4' as const, file: at(`g4-${index}`), quarterTurns: 0, dpi: 200, widthPx: width, heightPx: height },
      };
    });
    await writePagesPdf(
      pictures.map((p) => p.page),
      at('g4.pdf'),
      { title: 't', createdAt: 0 },
    );
    execFileSync('pdfimages', [at('g4.pdf'), at('g4out')], { stdio: 'pipe' });
    for (const [index, { ink, width, height }] of pictures.entries()) {
      const back = readPnm(at(`g4out-${String(index).padStart(3, '0')}.pbm`));
      expect([index, back.width, back.height]).toEqual([index, width, height]);
      const stride = Math.ceil(width / 8);
      const bits = Uint8Array.from(
        ink,
        (_v, i) => ((back.data[Math.floor(i / width) * stride + ((i % width) >> 3)] as number) >> (7 - ((i % width) & 7))) & 1,
      );
      expect(Buffer.from(bits).equals(Buffer.from(ink)), `picture ${index}, ${width} × ${height}`).toBe(true);
    }
  });
});

describe('Code 128', () => {
  const draw = (text: string, module: number): Raster => {
    const widths = code128Widths(text);
    const width = Math.round((widths.reduce((a, b) => a + b, 0) + 40) * module);
    // Each pixel is as dark as the share of it that a bar covers, as a lens draws it.
    const row = new Float64Array(width);
    let x = 20 * module;
    for (const [i, w] of widths.entries()) {
      const end = x + w * module;
      if (i % 2 === 0) for (let p = Math.floor(x); p < end; p += 1) row[p] = (row[p] ?? 0) + Math.min(end, p + 1) - Math.max(x, p);
      x = end;
    }
    const data = new Uint8Array(width * 60).fill(245);
    for (let y = 5; y < 55; y += 1) for (let p = 0; p < width; p += 1) data[y * width + p] = Math.round(245 - 225 * (row[p] ?? 0));
    return { width, height: 60, channels: 1, data };
  };

  it('reads what it writes, thin or thick', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.integer({ min: 32, max: 126 }).map((c) => String.fromCharCode(c)), minLength: 1, maxLength: 20 }),
        fc.constantFrom(2, 2.6, 3, 5),
        (text, module) => {
          expect(readCode128(draw(text, module))).toEqual([text]);
        },
      ),
      { numRuns: 60 },
    );
  });

  it.skipIf(!part('zbarimg'))('is read by zbar, and reads the pairs of digits that others write', () => {
    const picture = draw('H21.1-0007', 3);
    writeFileSync(at('code.pgm'), Buffer.concat([Buffer.from(`P5 ${picture.width} ${picture.height} 255\n`), picture.data]));
    expect(execFileSync('zbarimg', ['-q', '--raw', at('code.pgm')], { encoding: 'utf8' }).trim()).toBe('H21.1-0007');
  });
});

describe('splitting a batch', () => {
  const codes = (...all: string[][]) => all.map((c) => ({ codes: c }));
  it('cuts at separator sheets, leaves them out, and keeps first pages that carry a code', () => {
    const groups = (pages: { codes: string[] }[], prefix?: string) => splitBatch(pages, prefix).map((g) => g.pages);
    expect(groups(codes([], [], [SEPARATOR_CODE], [], [SEPARATOR_CODE], [SEPARATOR_CODE], []))).toEqual([[0, 1], [3], [6]]);
    expect(splitBatch(codes(['HS-1'], [], ['HS-2'], ['X']), 'HS-')).toEqual([
      { code: 'HS-1', pages: [0, 1] },
      { code: 'HS-2', pages: [2, 3] },
    ]);
    expect(groups(codes([SEPARATOR_CODE]))).toEqual([]);
  });
});

describe.skipIf(!there)('page work', () => {
  let native: Native;
  let worker: PageWorker;
  beforeAll(async () => {
    native = loadNative(await ensureNative());
    worker = createPageWorker();
  });
  afterAll(() => worker.close());
  const grayOf = (file: string): Raster => halve({ ...native.jpeg.decode(readFileSync(file), 8, 1), channels: 1 });

  it('tells the blank back from every written page', async () => {
    const blank = await Promise.all(PAPER_NAMES.map(async (name) => [name, (await worker.look(paper(name), 200)).blank]));
    expect(blank).toEqual(PAPER_NAMES.map((name) => [name, name === 'mat-sau-trang']));
  });

  it('finds the angle of a page to a tenth of a degree', () => {
    const straight = grayOf(paper('to-khai-khai-sinh'));
    const own = skewDegrees(straight);
    for (const turn of [-3.2, -0.7, 0.4, 1.5, 4.1])
      expect(Math.abs(skewDegrees(rotate(straight, turn, 250)) - own - turn)).toBeLessThan(0.12);
    expect(skewDegrees(grayOf(paper('mat-sau-trang')))).toBe(0);
  });

  it('straightens a page and leaves the scanned file as it came', async () => {
    const scanned = at('askew.jpg');
    copyFileSync(paper('xac-nhan-cu-tru'), scanned);
    const before = sha(scanned);
    expect(Math.abs((await worker.look(scanned, 200)).skewDegrees)).toBeGreaterThan(0.8);
    const page = await worker.improve(scanned, at('straight.jpg'), 200, { deskew: true, crop: false, bilevel: false, quality: 85 });
    expect(page).toMatchObject({ kind: 'jpeg', widthPx: 1654, heightPx: 2339, dpi: 200 });
    expect(Math.abs((await worker.look(page.file, 200)).skewDegrees)).toBeLessThan(0.15);
    expect(sha(scanned)).toBe(before);
  });

  it('cuts a card out of the glass', async () => {
    // A card of 86 × 54 mm on an A4 glass: the written part of a sample paper on white.
    const card = { ...native.jpeg.decode(readFileSync(paper('giay-chung-sinh')), 8, 3), channels: 3 as const };
    const glass = Buffer.alloc(1654 * 2339 * 3, 250);
    for (let y = 0; y < 425; y += 1)
      card.data.copy(glass, ((600 + y) * 1654 + 400) * 3, ((1000 + y) * 1654 + 300) * 3, ((1000 + y) * 1654 + 977) * 3);
    writeFileSync(at('glass.jpg'), native.jpeg.encode(glass, 1654, 2339, 3, 85, 200));
    const page = await worker.improve(at('glass.jpg'), at('card.jpg'), 200, { deskew: false, crop: true, bilevel: false, quality: 85 });
    expect(page.widthPx).toBeGreaterThan(560);
    expect(page.widthPx).toBeLessThan(800);
    expect(page.heightPx).toBeLessThan(540);
    expect((await inspectJpeg(page.file)).dpi).toEqual({ x: 200, y: 200 });
  });

  it.skipIf(!part('tesseract'))('makes black and white that a reader still reads, in a fifth of the bytes', async () => {
    const page = await worker.improve(paper('to-khai-khai-sinh'), at('bw.g4'), 200, {
      deskew: true,
      crop: false,
      bilevel: true,
      quality: 80,
    });
    expect(page).toMatchObject({ kind: 'g4', dpi: 200 });
    expect(page.bytes).toBeLessThan(statSync(paper('to-khai-khai-sinh')).size / 5);
    await writePagesPdf([{ ...page, kind: 'g4', quarterTurns: 0 }], at('bw.pdf'), { title: 't', createdAt: 0 });
    execFileSync('pdftoppm', ['-r', '200', '-gray', '-singlefile', at('bw.pdf'), at('bw')]);
    const text = execFileSync('tesseract', [at('bw.pgm'), '-', '-l', 'vie', '--psm', '4'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).normalize('NFC');
    for (const words of ['CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM', 'GIA HƯNG', 'Nguyễn Thị Thùy Dương']) expect(text).toContain(words);
  });

  it('meets a size limit by dots first, never below 200, then by quality; says so when it cannot', async () => {
    const raw = native.jpeg.decode(readFileSync(paper('giay-chung-sinh')), 8, 3);
    writeFileSync(at('fine.jpg'), native.jpeg.encode(raw.data, raw.width, raw.height, 3, 95, 300));
    const pages = [
      { file: at('fine.jpg'), dpi: 300 },
      { file: paper('mat-sau-trang'), dpi: 200 },
    ];
    const whole = pages.reduce((sum, p) => sum + statSync(p.file).size, 0);
    const out = (index: number) => at(`fit-${index}.jpg`);
    expect(await worker.fit(pages, whole, out)).toEqual([null, null]);
    const [fine, back] = (await worker.fit(pages, whole / 2, out)) ?? [];
    expect(fine).toMatchObject({ dpi: 225, widthPx: 1241 });
    expect(back).toBeNull();
    expect((await inspectJpeg(out(0))).dpi).toEqual({ x: 225, y: 225 });
    expect(await worker.fit(pages, 20_000, out)).toBeNull();
    expect(() => statSync(out(0))).toThrow();
  });

  it.skipIf(!part('pdftoppm'))('reads its separator sheet askew and turned, and by its QR code alone; zbar reads it too', async () => {
    writeFileSync(at('separator.pdf'), separatorSheet());
    execFileSync('pdftoppm', ['-r', '200', '-gray', '-singlefile', at('separator.pdf'), at('separator')]);
    expect(
      execFileSync('zbarimg', ['-q', '--raw', at('separator.pgm')], { encoding: 'utf8' })
        .trim()
        .split('\n'),
    ).toContain(SEPARATOR_CODE);
    if (part('tesseract')) {
      const line = [
        '-r',
        '200',
        '-x',
        '140',
        '-y',
        '1260',
        '-W',
        '900',
        '-H',
        '90',
        '-gray',
        '-singlefile',
        at('separator.pdf'),
        at('line'),
      ];
      execFileSync('pdftoppm', line);
      const read = execFileSync('tesseract', [at('line.pgm'), '-', '-l', 'vie', '--psm', '7'], { encoding: 'utf8' });
      expect(read).toContain('Đặt giữa hai giấy tờ khi quét');
    }
    const sheet = readPnm(at('separator.pgm'));
    for (const turn of [0, 2.5, -4]) {
      const turned = rotate({ width: sheet.width, height: sheet.height, channels: 1, data: sheet.data }, turn, 255);
      writeFileSync(at('sheet.jpg'), native.jpeg.encode(turned.data, turned.width, turned.height, 1, 60, 200));
      expect((await worker.look(at('sheet.jpg'), 200)).codes).toEqual([SEPARATOR_CODE]);
    }
    expect(isBlank({ width: sheet.width, height: sheet.height, channels: 1, data: sheet.data })).toBe(false);
    // The bars torn off at the top and stained at the side: the QR code alone says it too.
    const torn = sheet.data.slice();
    torn.fill(255, 0, Math.floor(sheet.height * 0.4) * sheet.width);
    for (let y = 0; y < sheet.height; y += 1) torn.fill(255, y * sheet.width + Math.floor(sheet.width * 0.6), (y + 1) * sheet.width);
    writeFileSync(at('torn.jpg'), native.jpeg.encode(torn, sheet.width, sheet.height, 1, 60, 200));
    expect((await worker.look(at('torn.jpg'), 200)).codes).toEqual([SEPARATOR_CODE]);
  });

  it('loses its process and one page to a picture that crashes libjpeg, and goes on', async () => {
    const children: PageChild[] = [];
    const spawn: SpawnPageChild = (module, env) => {
      const child = forkPageChild(module, env);
      children.push(child);
      return child;
    };
    const fragile = createPageWorker({ spawn });
    const looking = fragile.look(paper('to-khai-khai-sinh'), 200);
    children[0]?.kill();
    await expect(looking).rejects.toThrow('the page worker ended');
    expect((await fragile.look(paper('to-khai-khai-sinh'), 200)).blank).toBe(false);
    expect(children).toHaveLength(2);
    await fragile.close();
  });

  it('ends its process when no page came for a while', async () => {
    let ended = 0;
    const spawn: SpawnPageChild = (module, env) => {
      const child = forkPageChild(module, env);
      child.onExit(() => (ended += 1));
      return child;
    };
    const idle = createPageWorker({ spawn, idleMs: 50 });
    await idle.look(paper('mat-sau-trang'), 200);
    await expect.poll(() => ended, { timeout: 20_000 }).toBe(1);
    expect((await idle.look(paper('mat-sau-trang'), 200)).blank).toBe(true);
    await idle.close();
  });

  it('survives a file that is no picture, and a worker that hangs', async () => {
    await expect(worker.look(at('text.jpg'), 200)).rejects.toThrow(/JPEG/);
    const hasty = createPageWorker({ longestMs: 1 });
    await expect(hasty.look(paper('to-khai-khai-sinh'), 200)).rejects.toThrow('the page worker ended');
    await hasty.close();
    expect((await worker.look(paper('to-khai-khai-sinh'), 200)).blank).toBe(false);
  });
});
