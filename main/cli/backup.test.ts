import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCounter, type Counter } from '../counter.ts';
import { backupCommand, restoreCommand } from './backup.ts';
import { connectScreen } from './clients.ts';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-backup-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = async (command: typeof backupCommand, ...args: string[]) => {
  const said = { out: '', err: '' };
  const io = { stdout: { write: (t: string) => (said.out += t) }, stderr: { write: (t: string) => (said.err += t) }, cwd: dir };
  return { code: await command(args, io), ...said };
};
const open = () => openCounter({ dataDir: path.join(dir, 'data'), port: 0, lan: false });
let presses = 0;
async function issue(counter: Counter, count: number): Promise<number[]> {
  const { client, close } = await connectScreen(counter, { role: 'kiosk', name: 'Kiosk' });
  const numbers: number[] = [];
  for (let i = 0; i < count; i += 1)
    numbers.push((await client.queue.issue({ commandId: `backup-press-${(presses += 1)}`, serviceId: 'ho-tich' })).number);
  close();
  return numbers;
}

describe('quay backup and quay restore', () => {
  it('brings a station back and never gives a number twice that stands on paper', async () => {
    const counter = await open();
    expect(await issue(counter, 3)).toEqual([1, 2, 3]);
    // the counter goes on while it is copied
    expect(await run(backupCommand, '--data', 'data', '--to', 'saved')).toMatchObject({ code: 0, err: '' });
    expect(await issue(counter, 2)).toEqual([4, 5]);
    expect(await run(restoreCommand, '--data', 'data', '--from', 'saved')).toMatchObject({
      code: 1,
      err: expect.stringContaining('đang được một Quầy khác dùng') as string,
    });
    await counter.close();

    expect(await run(restoreCommand, '--data', 'data', '--from', 'saved')).toMatchObject({ code: 0, err: '' });
    const again = await open();
    // 4 and 5 are in citizens' hands although this database has never heard of them
    expect(await issue(again, 2)).toEqual([6, 7]);
    await again.close();
    expect(readdirSync(path.join(dir, 'data')).filter((name) => name.startsWith('training.before-'))).toHaveLength(1);
  });

  it('moves a station to a new machine with its settings', async () => {
    const counter = await open();
    await issue(counter, 2);
    await counter.close();
    writeFileSync(path.join(dir, 'data', 'config.json'), JSON.stringify({ training: true, counterId: '2' }));
    expect(await run(backupCommand, '--data', 'data', '--to', 'saved')).toMatchObject({ code: 0 });
    expect(await run(restoreCommand, '--data', 'elsewhere', '--from', 'saved')).toMatchObject({ code: 0 });
    const moved = await openCounter({ dataDir: path.join(dir, 'elsewhere'), port: 0, lan: false });
    expect(await issue(moved, 1)).toEqual([3]);
    await moved.close();
    expect(existsSync(path.join(dir, 'elsewhere', 'config.json'))).toBe(true);
  });

  it('changes nothing when the backup is none, is damaged, or is of the other mode', async () => {
    const counter = await open();
    await issue(counter, 1);
    await counter.close();
    expect(await run(restoreCommand, '--data', 'data', '--from', 'nowhere')).toMatchObject({ code: 1 });
    await run(backupCommand, '--data', 'data', '--to', 'saved');
    expect(await run(backupCommand, '--data', 'data', '--to', 'saved')).toMatchObject({
      code: 1,
      err: expect.stringContaining('không trống') as string,
    });
    writeFileSync(path.join(dir, 'saved', 'training', 'quay.sqlite'), 'no database at all, but long enough to be looked at');
    expect((await run(restoreCommand, '--data', 'data', '--from', 'saved')).code).toBe(1);
    writeFileSync(path.join(dir, 'data', 'config.json'), JSON.stringify({ training: false }));
    expect(await run(restoreCommand, '--data', 'data', '--from', 'saved')).toMatchObject({
      code: 1,
      err: expect.stringContaining('tập huấn') as string,
    });
    rmSync(path.join(dir, 'data', 'config.json'));
    const same = await open();
    expect(await issue(same, 1)).toEqual([2]);
    await same.close();
    expect(await run(restoreCommand)).toMatchObject({ code: 64 });
  });
});
