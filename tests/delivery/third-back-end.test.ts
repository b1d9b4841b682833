import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const folder = path.join(root, 'tests/fixtures/third-back-end');
const own = mkdtempSync(path.join(tmpdir(), 'quay-third-tree-'));
afterEach(() => rmSync(own, { recursive: true, force: true }));

describe('a third back end', () => {
  it('is one folder and one line: mapping, name, sentences and all', { timeout: 60_000 }, async () => {
    for (const part of [
      'main/delivery',
      'main/store',
      'main/contract',
      'resources/province',
      'tests/delivery',
      'tests/fixtures/third-back-end',
    ])
      cpSync(path.join(root, part), path.join(own, part), { recursive: true });
    cpSync(path.join(root, 'package.json'), path.join(own, 'package.json'));
    symlinkSync(path.join(root, 'node_modules'), path.join(own, 'node_modules'));
    const attempt = () =>
      promisify(execFile)(process.execPath, [path.join(own, 'tests/fixtures/third-back-end/try.ts')], { timeout: 40_000 });
    // As the program comes, it knows no such interface and says so.
    await expect(attempt()).rejects.toThrow(/expected one of/);

    const place = path.join(own, 'main/delivery/adapters/third');
    mkdirSync(place);
    for (const name of readdirSync(folder).filter((one) => one !== 'try.ts'))
      writeFileSync(
        path.join(place, name),
        readFileSync(path.join(folder, name), 'utf8')
          .replaceAll('../../../main/delivery/adapters/', '../')
          .replaceAll('../../../main/delivery/', '../../'),
      );
    appendFileSync(path.join(own, 'main/delivery/adapters/all.ts'), `export { backEnd as third } from './third/index.ts';\n`);

    const { stdout } = await attempt();
    const heard = JSON.parse(stdout) as { done: Record<string, unknown>[]; doubled: number; way: string[] };
    expect(heard.done).toMatchObject([
      { ma: 'H15.50.05.13-261123-0001', loai: 'dan', giay: [{ ten: 'Giấy tờ 1', tep: [{ id: expect.stringMatching(/^[0-9a-f]{8}$/) }] }] },
      { viec: 'Tiếp nhận hồ sơ tại quầy' },
      { trangThai: 2 },
    ]);
    // Every second answer was lost: asked by key, and not sent again.
    expect(heard.doubled).toBe(0);
    expect(heard.way.join(' | ')).toMatch(/Tải tệp lên tỉnh \| Gửi hồ sơ.*Hỏi lại tỉnh.*Báo tiến trình.*Tỉnh xác nhận đã nhận/);
  });
});
