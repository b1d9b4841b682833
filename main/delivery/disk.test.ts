import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { forkProvince, judge } from '../../tests/delivery/processes.ts';
import { sampleDossier } from '../../tests/delivery/sample.ts';
import { setup, type Bench } from '../../tests/delivery/setup.ts';

const script = new URL('../../tests/delivery/disk-process.ts', import.meta.url).pathname;
/** A small file system of our own needs a name space of our own; some containers allow none. */
const own = spawnSync('unshare', ['-rm', 'true']).status === 0;
if (!own) console.warn('skipped: no name space of its own may be made here (unshare -rm)');

let bench: Bench | null = null;
afterEach(async () => {
  await bench?.close();
  bench = null;
});

describe('the disk and the database of the counter', { timeout: 60_000 }, () => {
  it.skipIf(!own)('says that the disk is full, sends nothing twice, and goes on when there is room', async () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'quay-full-'));
    const province = await forkProvince(path.join(dir, 'province'), 1);
    try {
      const small = path.join(dir, 'small');
      mkdirSync(small);
      // A file system of three megabytes that is full in earnest, seen by this child alone.
      const mount = 'mount -t tmpfs -o size=3m none "$0" && exec "$@"';
      const child = spawn('unshare', ['-rm', 'sh', '-c', mount, small, process.execPath, script, small, String(province.port), '12'], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const heard = await new Promise<unknown>((resolve, reject) => {
        child.once('message', resolve);
        child.once('exit', (code) => reject(new Error(`ended with ${code}`)));
      });
      expect(heard).toEqual({
        said: {
          local: 'full',
          why: 'Ổ đĩa của máy này đã đầy nên chưa ghi được kết quả gửi. Hồ sơ còn nguyên.',
          remedy: 'free-disk',
          unsent: 12,
        },
        refused: 'SQLITE_FULL',
        left: 0,
      });
      expect(judge(await province.effects(), await province.brief(), 0, 12, false)).toEqual({ lost: 0, doubled: 0, misordered: 0 });
      expect(await province.count()).toBe(12);
    } finally {
      await province.close();
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('says that the database is locked by another program, and goes on when it is free', async () => {
    bench = await setup();
    const d = bench.open({ retryCapMs: 100 });
    d.desk.pause();
    d.follow();
    bench.store.transaction(() => {
      for (let n = 0; n < 5; n += 1) d.enqueue(sampleDossier(`d${n}`, []));
    });
    // A second program in the middle of writing (a backup tool, an administrator's console).
    const other = new Database(path.join(bench.dir, 'quay.sqlite'));
    bench.store.db.pragma('busy_timeout = 150');
    d.desk.resume();
    other.exec('begin immediate');
    d.follow();
    const until = Date.now() + 20_000;
    while (d.health().local === null && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(d.health().local?.reasonCode).toBe('locked');
    expect(d.rows().rows[0]?.why.vi).toBe('Cơ sở dữ liệu của máy này đang bận nên chưa gửi tiếp. Hồ sơ còn nguyên.');
    expect(bench.province.effects()).toEqual([]);
    other.exec('rollback');
    other.close();
    d.hurry();
    await d.drained(30_000);
    expect(judge(bench.province.effects(), bench.province.brief(), 0, 5, false)).toEqual({ lost: 0, doubled: 0, misordered: 0 });
  });

  it('says that the data folder turned read-only in the middle of the work, and goes on when it is mended', async () => {
    bench = await setup();
    const d = bench.open({ retryCapMs: 100 });
    bench.province.troubles.set({ slowMs: 60 });
    bench.store.transaction(() => {
      for (let n = 0; n < 5; n += 1) d.enqueue(sampleDossier(`d${n}`, []));
    });
    const until = async (true_: () => boolean) => {
      for (let i = 0; i < 2_000 && !true_(); i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
      expect(true_()).toBe(true);
    };
    await until(() => bench?.province.count() !== 0);
    // What SQLite answers on a file system that was mounted read-only after an error.
    bench.store.db.pragma('query_only = 1');
    await until(() => d.health().local?.reasonCode === 'read-only');
    const waiting = d.rows().rows.at(-1);
    expect(waiting?.why.vi).toContain('không ghi được nữa');
    expect(waiting?.remedy).toMatchObject({ action: 'call-support', vi: 'Báo người quản trị kiểm tra ổ đĩa' });
    expect(() => bench?.store.transaction(() => d.enqueue(sampleDossier('later', [])))).toThrow(/readonly/);
    bench.store.db.pragma('query_only = 0');
    bench.province.troubles.clear();
    d.hurry();
    await d.drained(30_000);
    expect(judge(bench.province.effects(), bench.province.brief(), 0, 5, false)).toEqual({ lost: 0, doubled: 0, misordered: 0 });
  });
});
