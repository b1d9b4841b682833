import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openCounter } from '../counter.ts';
import { connectScreen } from './clients.ts';
import { officerCommand } from './officer.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'quay-officer-'));
  writeFileSync(path.join(dir, 'config.json'), JSON.stringify({ training: false }));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const run = async (args: string[], password = 'mat-khau-moi') => {
  const said = { out: '', err: '' };
  const io = {
    stdin: Readable.from([`${password}\n`]),
    stdout: { write: (t: string) => (said.out += t) },
    stderr: { write: (t: string) => (said.err += t) },
    cwd: dir,
  };
  return { code: await officerCommand(args, io), ...said };
};
const ADMIN = ['--login', 'quantri', '--name', 'Trần Minh Quân', '--data', '.', '--password-stdin'];

describe('quay officer', () => {
  it('makes the first administrator of a live station, who can sign in', async () => {
    expect(await run(ADMIN)).toMatchObject({ code: 0 });
    const counter = await openCounter({ dataDir: dir, port: 0, lan: false });
    const screen = await connectScreen(counter, { role: 'station', name: 'Quầy 3', counterId: '3' });
    const me = await screen.client.officers.signIn({ login: 'quantri', password: 'mat-khau-moi' });
    expect(me.officer?.duties).toContain('admin');
    // While the counter is open its folder is its own.
    expect(await run(ADMIN)).toMatchObject({ code: 1, err: expect.stringContaining('đang được một Quầy khác dùng') as string });
    screen.close();
    await counter.close();
  });

  it('gives an officer a new password without giving duties, and says when the folder is in training mode', async () => {
    await run(ADMIN);
    const counter = await openCounter({ dataDir: dir, port: 0, lan: false });
    const lan = { login: 'lan', name: 'Lê Thị Lan', title: 'Công chức', duties: ['reception' as const], active: true, password: 'cu-roi' };
    counter.rooms.officers.save(lan);
    await counter.close();
    const again = await run(['--login', 'lan', '--name', 'Ai Khác', ...ADMIN.slice(4)], 'mat-khau-khac');
    expect(again).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Lê Thị Lan') as string });
    const reopened = await openCounter({ dataDir: dir, port: 0, lan: false });
    const screen = await connectScreen(reopened, { role: 'station', name: 'Quầy 3', counterId: '3' });
    const me = await screen.client.officers.signIn({ login: 'lan', password: 'mat-khau-khac' });
    expect(me.officer).toMatchObject({ name: 'Lê Thị Lan', title: 'Công chức', duties: ['reception'] });
    screen.close();
    await reopened.close();
    rmSync(path.join(dir, 'config.json'));
    expect(await run(ADMIN)).toMatchObject({ code: 0, err: expect.stringContaining('chế độ tập huấn') as string });
  });

  it('refuses what the screen would refuse, and never prints a password', async () => {
    for (const args of [[], ['--bogus'], ADMIN.slice(0, -1)]) expect((await run(args)).code).toBe(64);
    const short = await run(ADMIN, 'x');
    expect(short).toMatchObject({ code: 64, err: expect.stringContaining('password') as string });
    const login = await run(['--login', 'SAI LOGIN', ...ADMIN.slice(2)]);
    expect(login.code).toBe(64);
    expect(login.out + login.err).not.toContain('mat-khau-moi');
    expect((await run(['--help'])).code).toBe(0);
  });
});
