import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildScreens } from '../main/build.ts';

const root = path.join(import.meta.dirname, '..');
let dir: string;
const children: ChildProcess[] = [];

beforeAll(() => buildScreens(), 180_000);
beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-start-'))));
afterEach(async () => {
  await Promise.all(
    children.splice(0).map(
      (child) =>
        new Promise<void>((resolve) => {
          if (child.exitCode !== null || child.signalCode !== null) return resolve();
          child.once('exit', () => resolve());
          child.kill('SIGTERM');
          setTimeout(() => child.kill('SIGKILL'), 12_000).unref();
        }),
    ),
  );
  rmSync(dir, { recursive: true, force: true });
});

/** `npm start -- …` without npm: the same program with the same arguments. */
function start(args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [path.join(root, 'main/start.cjs'), '--no-open', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let out = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  const exited = new Promise<number | null>((resolve) => void child.once('exit', (code) => resolve(code)));
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', () => {
      const found = /^Quầy: (http:\/\/127\.0\.0\.1:\d+\/open\?token=\S+)$/m.exec(out);
      if (found?.[1]) resolve(found[1]);
    });
    void exited.then((code) => reject(new Error(`ended with ${code}: ${errors}`)));
  });
  ready.catch(() => undefined);
  return { child, ready, exited, out: () => out, errors: () => errors };
}

// Each start is a whole counter, which a busy machine takes its time for.
describe('npm start', { timeout: 180_000 }, () => {
  it('prints one line with a one-time address, serves the desk, and closes its rooms on Ctrl+C', async () => {
    const counter = start(['--headless', '--data', dir, '--port', '0']);
    const address = await counter.ready;
    expect(counter.out().trim().split('\n')).toHaveLength(1);
    const opened = await fetch(address, { redirect: 'manual' });
    expect(opened.status).toBe(303);
    const cookie = opened.headers.get('set-cookie')!.split(';')[0]!;
    const desk = await fetch(new URL('/desk.html', address), { headers: { cookie } });
    expect(desk.status).toBe(200);
    expect(desk.headers.get('content-security-policy')).not.toContain('unsafe');
    // Ctrl+C reaches the whole foreground group.
    counter.child.kill('SIGTERM');
    expect(await counter.exited).toBe(0);
    expect(existsSync(path.join(dir, 'quay.lock'))).toBe(false);
  });

  it.skipIf(process.platform === 'win32')('closes its rooms when npm and its shell are gone', async () => {
    // A signal to npm alone ends its shell and reaches nobody below.
    const entry = path.join(root, 'main/start.cjs');
    const shell = spawn('sh', ['-c', `"${process.execPath}" "${entry}" --headless --no-open --data "${dir}" --port 0; echo after`], {
      env: { ...process.env, npm_lifecycle_event: 'start' },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const ended = new Promise<void>((resolve) => void shell.stdout.once('close', () => resolve()));
    await new Promise<void>((resolve) => {
      let out = '';
      shell.stdout.on('data', (chunk) => (out += String(chunk)).includes('Quầy: ') && resolve());
    });
    expect(existsSync(path.join(dir, 'quay.lock'))).toBe(true);
    shell.kill('SIGTERM');
    // The pipe closes when the last of them has ended.
    await ended;
    expect(existsSync(path.join(dir, 'quay.lock'))).toBe(false);
  });

  it('says in one sentence that the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const counter = start(['--headless', '--data', dir, '--port', String(port)]);
    expect(await counter.exited).toBe(1);
    expect(counter.errors()).toContain(`Cổng ${port} đang có chương trình khác dùng`);
    expect(counter.errors()).toContain(`Port ${port} is in use`);
    server.close();
  });

  it('says that it may not write to the data folder', async () => {
    const file = path.join(dir, 'a-file');
    writeFileSync(file, '');
    const counter = start(['--headless', '--data', path.join(file, 'below'), '--port', '0']);
    expect(await counter.exited).toBe(1);
    expect(counter.errors()).toContain('Không ghi được vào thư mục dữ liệu');
  });

  it('refuses a second counter in the same data folder and takes over from a killed one', async () => {
    const first = start(['--headless', '--data', dir, '--port', '0']);
    await first.ready;
    const second = start(['--headless', '--data', dir, '--port', '0']);
    expect(await second.exited).toBe(1);
    expect(second.errors()).toContain('đang được một Quầy khác dùng');
    const pid = Number(readFileSync(path.join(dir, 'quay.lock'), 'utf8'));
    process.kill(pid, 'SIGKILL');
    await first.exited;
    const third = start(['--headless', '--data', dir, '--port', '0']);
    expect(await third.ready).toMatch(/^http/);
  });

  it('refuses wrong settings with the place, and wrong arguments with the usage', async () => {
    writeFileSync(path.join(dir, 'config.json'), JSON.stringify({ training: 'có' }));
    const counter = start(['--headless', '--data', dir, '--port', '0']);
    expect(await counter.exited).toBe(1);
    expect(counter.errors()).toContain('không đúng ở: training');
    for (const [args, words] of [
      [['--headless', '--port', 'tám'], '--port cần một số'],
      [['--port', '70000'], '--port cần một số'],
      [['--wrong'], 'không có tùy chọn --wrong'],
      [['--headless', 'thừa'], 'thừa "thừa"'],
      [['--port'], '--port thiếu hoặc thừa giá trị'],
    ] as const) {
      const usage = start([...args]);
      expect(await usage.exited).toBe(64);
      // Said at once: nothing is built, nothing is fetched, and each language has one line.
      expect(usage.errors()).toContain(words);
      expect(usage.errors().trim().split('\n')).toHaveLength(2);
    }
  });

  it('falls back to the browser when Electron cannot be fetched, says why, and remembers it for a day', async () => {
    if (existsSync(path.join(root, 'node_modules/electron/dist'))) return; // there is one: nothing to fetch here
    const env = {
      DISPLAY: ':77',
      QUAY_CACHE_DIR: path.join(dir, 'cache'),
      ELECTRON_MIRROR: 'http://127.0.0.1:9/',
      electron_config_cache: path.join(dir, 'electron'),
    };
    const first = start(['--data', path.join(dir, 'data'), '--port', '0'], env);
    await first.ready;
    expect(first.errors()).toContain('Không mở Electron: không tải được Electron');
    first.child.kill('SIGTERM');
    await first.exited;
    const second = start(['--data', path.join(dir, 'data'), '--port', '0'], env);
    await second.ready;
    expect(second.errors()).toContain('thử lại sau một ngày');
  });

  it('explains a wrong Node in words instead of crashing', () => {
    const lonely = path.join(dir, 'lonely/main');
    mkdirSync(lonely, { recursive: true });
    for (const file of ['node.cjs', 'start.cjs']) cpSync(path.join(root, 'main', file), path.join(lonely, file));
    const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } });`;
    const result = spawnSync(
      process.execPath,
      ['-e', `${old} process.argv.push('--headless'); require(${JSON.stringify(path.join(lonely, 'start.cjs'))})`],
      { encoding: 'utf8' },
    );
    expect(result.status).toBe(1);
    expect(result.stderr).toContain('Quầy cần Node 24 nhưng máy này đang dùng Node 20.1.0');
    expect(result.stderr).toContain('npm ci');
  });
});
