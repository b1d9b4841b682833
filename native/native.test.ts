import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { beforeAll, describe, expect, it } from 'vitest';
import { part } from '../tests/parts.ts';
import { addonFile, ensureNative, loadNative, type Native } from './index.ts';

const there = [part('g++'), part('/usr/include/sane/sane.h'), part('/usr/lib/x86_64-linux-gnu/libturbojpeg.so.0')].every(Boolean);
const paper = fileURLToPath(new URL('../resources/papers/giay-chung-sinh.jpg', import.meta.url));

describe('building the addon', () => {
  it.skipIf(process.platform !== 'linux')('says in one sentence what is missing', () => {
    const build = fileURLToPath(new URL('build.ts', import.meta.url));
    const dir = mkdtempSync(path.join(tmpdir(), 'quay-native-'));
    // A copy without its build folder, and a PATH without a compiler.
    execFileSync('cp', ['-r', path.dirname(build), path.join(dir, 'native')]);
    rmSync(path.join(dir, 'native/build'), { recursive: true, force: true });
    execFileSync('ln', ['-s', fileURLToPath(new URL('../node_modules', import.meta.url)), path.join(dir, 'node_modules')]);
    try {
      execFileSync(process.execPath, [path.join(dir, 'native/build.ts')], {
        env: { PATH: '/nonexistent' },
        stdio: 'pipe',
        encoding: 'utf8',
      });
      expect.unreachable('it must not build without a compiler');
    } catch (error) {
      expect((error as { stderr: string }).stderr.trim()).toBe(
        'The scanner addon needs g++, make, python3 to be built: apt-get install -y build-essential python3',
      );
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});

describe.skipIf(!there)('the addon', () => {
  let native: Native;
  beforeAll(async () => {
    native = loadNative(await ensureNative());
  });

  it('decodes and encodes JPEG with the density in its header', () => {
    const picture = native.jpeg.decode(readFileSync(paper), 2, 3);
    expect([picture.width, picture.height, picture.data.length]).toEqual([414, 585, 414 * 585 * 3]);
    const again = native.jpeg.encode(picture.data, picture.width, picture.height, 3, 85, 50);
    expect(again.readUInt16BE(14)).toBe(50);
    const back = native.jpeg.decode(again, 8, 3);
    const error = picture.data.reduce((sum, v, i) => sum + Math.abs(v - (back.data[i] ?? 0)), 0) / picture.data.length;
    expect(error).toBeLessThan(3);
  });

  it('throws on bad data and bad sizes instead of crashing', () => {
    const jpeg = readFileSync(paper);
    expect(() => native.jpeg.decode(Buffer.from('no picture at all'), 8, 3)).toThrow();
    expect(() => native.jpeg.decode(jpeg.subarray(0, 100), 8, 3)).toThrow();
    expect(() => native.jpeg.encode(Buffer.alloc(10), 100, 100, 3, 80, 200)).toThrow(/too few bytes/);
    expect(() => native.jpeg.encode(Buffer.alloc(10), -1, 100, 3, 80, 200)).toThrow(/range/);
    expect(() => native.jpeg.decode(jpeg, 9, 3)).toThrow(/range/);
  });

  it('loads in a worker thread too, and a worker ends with it loaded', async () => {
    const code = `const { parentPort, workerData } = require('node:worker_threads');
      parentPort.postMessage(require(workerData.addon).jpeg.decode(require('node:fs').readFileSync(workerData.paper), 1, 1).width);`;
    const worker = new Worker(code, { eval: true, workerData: { addon: addonFile, paper } });
    expect(await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))).toBe(207);
    expect(await worker.terminate()).toBeTypeOf('number');
  });

  it('ends at once when the process ends while a driver is at work', () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'quay-native-'));
    writeFileSync(path.join(dir, 'dll.conf'), 'test\n');
    writeFileSync(path.join(dir, 'test.conf'), readFileSync('/etc/sane.d/test.conf'));
    const script = `const { sane } = require(process.argv[1]);
      sane.open('test:0').then(() => sane.set('read-delay', true)).then(() => sane.set('read-delay-duration', 200000)).then(() => {
        sane.page(process.argv[2], 80, 200).catch(() => undefined);
        setTimeout(() => process.exit(0), 100);
      });`;
    try {
      expect(
        execFileSync(process.execPath, ['-e', script, addonFile, path.join(dir, 'page.jpg')], {
          env: { ...process.env, SANE_CONFIG_DIR: dir },
          stdio: 'pipe',
          encoding: 'utf8',
        }),
      ).toBe('');
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
