import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isRefusal } from '../contract/refusal.ts';
import { manualClock, openStore, type Store } from '../store/index.ts';
import { createOfficers, officersMigrations, type Officers } from './index.ts';

let dir: string;
let store: Store;
let officers: Officers;
const clock = manualClock(Date.parse('2026-11-23T09:00:00+07:00'));
const ADMIN = {
  login: 'quantri',
  name: 'Trần Minh Quân',
  title: 'Quản trị',
  duties: ['admin' as const],
  active: true,
  password: 'mot-hai-ba',
};
const LAN = { login: 'lan', name: 'Lê Thị Lan', title: '', duties: ['reception' as const], active: true, password: 'lan-2026' };

beforeEach(() => {
  dir = mkdtempSync(path.join(tmpdir(), 'quay-officers-'));
  store = openStore({ file: path.join(dir, 'quay.sqlite'), clock, migrations: officersMigrations });
  officers = createOfficers({ store });
  officers.save(ADMIN);
});
afterEach(() => {
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

describe('officers', () => {
  it('never overwrites somebody while adding somebody else', () => {
    const answer = officers.save({ ...LAN, login: 'quantri', asNew: true });
    expect(answer).toMatchObject({ refused: 'login-taken', vi: expect.stringContaining('Trần Minh Quân') as string });
    expect(officers.list()).toMatchObject([{ login: 'quantri', name: 'Trần Minh Quân', duties: ['admin'] }]);
    expect(isRefusal(officers.signIn('station-1', 'quantri', 'mot-hai-ba'))).toBe(false);
  });

  it('keeps the last administrator, and lets go of one when there is another', () => {
    const { password: _, ...same } = ADMIN;
    expect(officers.save({ ...same, active: false })).toMatchObject({ refused: 'last-admin' });
    expect(officers.save({ ...same, duties: ['reception'] })).toMatchObject({ refused: 'last-admin' });
    officers.save({ ...LAN, duties: ['admin'], asNew: true });
    expect(officers.save({ ...same, active: false })).toMatchObject({ login: 'quantri', active: false });
    expect(officers.save({ ...LAN, active: false })).toMatchObject({ refused: 'last-admin' });
  });

  it('lets a login rest after five wrong passwords and signs nobody in who is gone', () => {
    for (let i = 0; i < 5; i += 1) expect(officers.signIn('station-1', 'quantri', 'sai')).toMatchObject({ refused: 'wrong-password' });
    expect(officers.signIn('station-1', 'quantri', 'mot-hai-ba')).toMatchObject({ refused: 'login-resting' });
    officers.save({ ...LAN, active: false, asNew: true });
    expect(officers.signIn('station-1', 'lan', 'lan-2026')).toMatchObject({ refused: 'wrong-password' });
    expect(officers.trail({ limit: 10 })).toMatchObject({ chain: 'whole', rows: { length: 5 } });
  });
});
