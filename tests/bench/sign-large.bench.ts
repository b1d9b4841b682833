import { createHash } from 'node:crypto';
import { copyFileSync, createReadStream, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { randomFillSync } from 'node:crypto';
import { isRefusal } from '../../main/contract/refusal.ts';
import { openRoom } from '../fixtures/signing/room.ts';
import type { Bench } from './run.ts';
import { rounded, withToken } from './signing.ts';

const MEGABYTES = 100;
const ROUNDS = 3;

/**
 * A 100 MB file through the whole path, its output re-verified. `overFloorRatio`: against a copy plus two SHA-256 passes of the same file
 * in the same run; `rssGrowthMb`: the most that this process grew; `loopGapMs`: the longest time that its loop did not turn.
 */
export const run: Bench = () =>
  withToken(async (dir, token) => {
    const file = path.join(dir, 'large.pdf');
    await writeLarge(file, MEGABYTES << 20); // and synced: a file to be signed has long been on the disk
    const test = openRoom(path.join(dir, 'room'), { modules: [token.module], training: false, tokenProcess: { env: token.env } });
    try {
      const floors: number[] = [];
      const totals: number[] = [];
      let rssGrowth = 0;
      let gap = 0;
      await floor(file, dir); // brings the file into the page cache for both
      for (let round = 0; round < ROUNDS; round++) {
        floors.push(await floor(file, dir));
        const item = await test.add(`large-${round}`, { file });
        const before = process.memoryUsage.rss();
        const watch = watchLoop();
        const started = await test.start([item], { pin: token.pin });
        if (isRefusal(started)) throw new Error(started.en);
        const start = performance.now();
        await test.room.idle();
        totals.push(performance.now() - start);
        const seen = watch.stop();
        rssGrowth = Math.max(rssGrowth, (seen.rss - before) / (1 << 20));
        gap = Math.max(gap, seen.gap);
        const result = test.signed.at(-1);
        if (test.signed.length !== round + 1 || !result) throw new Error('the file was not signed');
        rmSync(result.file);
      }
      const [floorMs, totalMs] = [Math.min(...floors), Math.min(...totals)];
      return {
        megabytes: MEGABYTES,
        totalMs: rounded(totalMs, 1),
        floorMs: rounded(floorMs, 1),
        overFloorRatio: rounded(totalMs / floorMs),
        rssGrowthMb: rounded(rssGrowth, 1),
        loopGapMs: rounded(gap, 1),
      };
    } finally {
      await test.close();
    }
  });

/** A copy and two SHA-256 passes, as plainly as Node does them. */
async function floor(file: string, dir: string): Promise<number> {
  const copy = path.join(dir, 'floor.pdf');
  const start = performance.now();
  copyFileSync(file, copy);
  for (const one of [file, copy]) {
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(one, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
    hash.digest();
  }
  const taken = performance.now() - start;
  rmSync(copy);
  return taken;
}

/** A valid PDF whose one page image is noise of the wanted size. */
async function writeLarge(file: string, size: number): Promise<void> {
  const handle = await open(file, 'w');
  const offsets: number[] = [];
  let at = 0;
  const put = async (bytes: Uint8Array) => {
    await handle.write(bytes);
    at += bytes.length;
  };
  const object = async (num: number, body: string) => {
    offsets[num] = at;
    await put(Buffer.from(`${num} 0 obj\n${body}`, 'latin1'));
  };
  await put(Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1'));
  await object(1, '<</Type/Catalog/Pages 2 0 R>>\nendobj\n');
  await object(2, '<</Type/Pages/Kids[3 0 R]/Count 1>>\nendobj\n');
  await object(3, '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</XObject<</Im 4 0 R>>>>/Contents 5 0 R>>\nendobj\n');
  await object(
    4,
    `<</Type/XObject/Subtype/Image/Width 4096/Height ${size / 4096}/ColorSpace/DeviceGray/BitsPerComponent 8/Length ${size}>>\nstream\n`,
  );
  const block = Buffer.alloc(1 << 20);
  for (let done = 0; done < size; done += block.length) {
    randomFillSync(block);
    await put(block);
  }
  await put(Buffer.from('\nendstream\nendobj\n'));
  const draw = 'q 595 0 0 842 0 0 cm /Im Do Q';
  await object(5, `<</Length ${draw.length}>>\nstream\n${draw}\nendstream\nendobj\n`);
  const table = at;
  const rows = offsets.slice(1).map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`);
  await put(Buffer.from(`xref\n0 6\n0000000000 65535 f \n${rows.join('')}trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`));
  await handle.sync();
  await handle.close();
}

/** Samples the memory and the longest pause of the event loop. */
function watchLoop(): { stop(): { rss: number; gap: number } } {
  let last = performance.now();
  let gap = 0;
  let rss = process.memoryUsage.rss();
  let ticks = 0;
  const timer = setInterval(() => {
    const now = performance.now();
    gap = Math.max(gap, now - last);
    last = now;
    ticks += 1;
    if (ticks % 5 === 0) rss = Math.max(rss, process.memoryUsage.rss());
  }, 1);
  return {
    stop: () => {
      clearInterval(timer);
      return { rss: Math.max(rss, process.memoryUsage.rss()), gap: Math.max(gap, performance.now() - last) };
    },
  };
}
