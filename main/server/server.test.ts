import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/websocket';
import { RPCLink as PortLink } from '@orpc/client/message-port';
import type { ContractRouterClient } from '@orpc/contract';
import { request } from 'node:http';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Caller } from '../contract/context.ts';
import { officersContract } from '../contract/officers.ts';
import { systemContract } from '../contract/system.ts';
import { createOfficers, officersMigrations, type Officers } from '../officers/index.ts';
import { officersHandlers } from '../officers/handlers.ts';
import { manualClock, openStore, type Store } from '../store/index.ts';
import {
  createFiles,
  createPairing,
  serverMigrations,
  startServer,
  systemHandlers,
  type Devices,
  type Files,
  type PairedDevice,
  type Server,
} from './index.ts';

const contract = { officers: officersContract, system: systemContract };
type Client = ContractRouterClient<typeof contract>;
const clock = manualClock(Date.parse('2026-11-23T02:00:00Z'));

let dir: string;
let store: Store;
let officers: Officers;
let devices: Devices;
let files: Files;
let server: Server;
let logged: string[];
const sockets: WebSocket[] = [];

beforeEach(async () => {
  dir = mkdtempSync(path.join(tmpdir(), 'quay-server-'));
  mkdirSync(path.join(dir, 'screens'));
  writeFileSync(path.join(dir, 'screens/desk.html'), '<!doctype html><title>desk</title>');
  writeFileSync(path.join(dir, 'secret.txt'), 'outside');
  logged = [];
  store = openStore({ file: path.join(dir, 'q.sqlite'), clock, migrations: [...serverMigrations, ...officersMigrations] });
  officers = createOfficers({
    store,
    seed: [
      {
        login: 'huyen',
        name: 'Lê Thị Thanh Huyền',
        title: 'Công chức tiếp nhận',
        duties: ['reception'],
        active: true,
        password: 'mot-cua',
      },
      { login: 'quan', name: 'Trần Minh Quân', title: 'Quản trị', duties: ['admin'], active: true, password: 'mot-cua' },
    ],
  });
  devices = createPairing(store);
  files = createFiles({ dir: path.join(dir, 'uploads'), clock });
  const callerOf = (device: PairedDevice): Caller => {
    const session = officers.current(device.deviceId);
    const at = { deviceId: device.deviceId, ...(device.counterId ? { counterId: device.counterId } : {}) };
    return device.role === 'station' && session ? { ...at, role: 'officer', officer: session.officer } : { ...at, role: device.role };
  };
  server = await startServer({
    router: {
      officers: officersHandlers(officers, store),
      system: systemHandlers({
        facts: { version: '1', training: true, unit: { name: 'A', place: 'B', agencyCode: 'H15' } },
        devices,
        clock,
        clockWarning: () => null,
        addresses: () => [],
        audit: (caller, action, subject, note) => officers.audit(caller, action, subject, note),
      }),
    },
    devices,
    files,
    clock,
    screens: path.join(dir, 'screens'),
    port: 0,
    lan: false,
    callerOf,
    log: (line) => logged.push(line),
  });
});
afterEach(async () => {
  sockets.splice(0).forEach((socket) => socket.close());
  await server.close();
  store.close();
  rmSync(dir, { recursive: true, force: true });
});

const get = (target: string, headers: Record<string, string> = {}, method = 'GET', body?: string) =>
  new Promise<{ status: number; headers: Record<string, string | string[] | undefined>; body: string }>((resolve, reject) => {
    const call = request(`${server.origin}${target}`, { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    call.on('error', reject);
    call.end(body);
  });
const cookie = async (role: 'station' | 'board' = 'station') => {
  const { code } = devices.code({ role, name: role, counterId: '3' });
  const paired = await get('/pair', { 'content-type': 'application/x-www-form-urlencoded' }, 'POST', `code=${code}`);
  expect(paired.status).toBe(303);
  return String(paired.headers['set-cookie']).split(';')[0]!;
};
const connect = async (headers: Record<string, string>): Promise<Client> => {
  const socket = new WebSocket(`${server.origin.replace('http', 'ws')}/rpc`, { headers });
  sockets.push(socket);
  await new Promise<void>((resolve, reject) => void (socket.on('open', () => resolve()), socket.on('error', reject)));
  return createORPCClient(new RPCLink({ websocket: socket as unknown as globalThis.WebSocket }));
};

describe('who gets in', () => {
  it('refuses a foreign host, a foreign origin and a screen without a cookie', async () => {
    expect((await get('/', { host: 'evil.example' })).status).toBe(421);
    expect((await get('/', { origin: 'http://evil.example' })).status).toBe(403);
    expect((await get('/desk.html')).headers.location).toBe('/pair');
    await expect(connect({})).rejects.toThrow(/401/);
    const good = await cookie();
    await expect(connect({ cookie: good, origin: 'http://evil.example' })).rejects.toThrow(/403/);
    await expect(connect({ cookie: good, host: 'evil.example' })).rejects.toThrow(/421/);
    expect((await get('/desk.html', { cookie: good })).status).toBe(200);
  });

  it('takes a one-time token once, in an HttpOnly SameSite=Strict cookie', async () => {
    const token = devices.token({ role: 'station', name: 'Quầy 3', deviceId: 'station-1' });
    const first = await get(`/open?token=${token}`);
    expect(first.headers.location).toBe('/desk.html');
    expect(String(first.headers['set-cookie'])).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await get(`/open?token=${token}`)).status).toBe(403);
  });

  it('limits wrong codes and lets a code live ten minutes', async () => {
    const { code } = devices.code({ role: 'kiosk', name: 'Ki-ốt' });
    clock.advance(10 * 60_000 + 1);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await get('/pair', form, 'POST', `code=${code}`)).status).toBe(403);
    for (let i = 0; i < 9; i += 1) await get('/pair', form, 'POST', 'code=00000000');
    const fresh = devices.code({ role: 'kiosk', name: 'Ki-ốt' });
    expect((await get('/pair', form, 'POST', `code=${fresh.code}`)).status).toBe(429);
    clock.advance(60_001);
    expect((await get('/pair', form, 'POST', `code=${fresh.code}`)).status).toBe(303);
  });

  it('never leaves its folder', async () => {
    const good = await cookie();
    for (const target of ['/../secret.txt', '/%2e%2e/secret.txt', '/..%2fsecret.txt', '/a/../../secret.txt'])
      expect((await get(target, { cookie: good })).body).not.toContain('outside');
  });
});

describe('roles', () => {
  it('lets a board look and nothing more, a station sign in, and only the administrator change officers', async () => {
    const board = await connect({ cookie: await cookie('board') });
    expect((await board.system.info()).role).toBe('board');
    await expect(board.officers.names()).rejects.toMatchObject({ code: 'FORBIDDEN', defined: true });
    const desk = await connect({ cookie: await cookie() });
    await expect(desk.officers.changePassword({ old: 'x', new: 'yyyyyyyy' })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    // An empty chair lets no further screen into the hall.
    await expect(desk.system.pairingCode({ role: 'station', name: 'x' })).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect((await desk.officers.signIn({ login: 'huyen', password: 'mot-cua' })).officer?.name).toBe('Lê Thị Thanh Huyền');
    expect((await desk.system.info()).role).toBe('officer');
    expect((await desk.system.pairingCode({ role: 'kiosk', name: 'Ki-ốt 2' })).code).toMatch(/^\d{8}$/);
    await expect(desk.officers.list()).rejects.toMatchObject({ code: 'FORBIDDEN', data: { refused: 'not-your-duty' } });
    await desk.officers.signOut();
    expect((await desk.system.info()).role).toBe('station');
  });

  it('rests a login after five wrong passwords and keeps the trail whole', async () => {
    const desk = await connect({ cookie: await cookie() });
    for (let i = 0; i < 5; i += 1)
      await expect(desk.officers.signIn({ login: 'quan', password: 'no' })).rejects.toMatchObject({ data: { refused: 'wrong-password' } });
    await expect(desk.officers.signIn({ login: 'quan', password: 'mot-cua' })).rejects.toMatchObject({
      data: { refused: 'login-resting' },
    });
    clock.advance(5 * 60_000);
    await desk.officers.signIn({ login: 'quan', password: 'mot-cua' });
    expect(await desk.officers.audit({ limit: 50 })).toMatchObject({ chain: 'whole' });
    store.db.prepare(`update audit set subject = 'huyen' where seq = 2`).run();
    expect(await desk.officers.audit({ limit: 50 })).toMatchObject({ chain: 'broken' });
  });

  it('says which field does not fit, never what was in it, and hides what nobody expected', async () => {
    const desk = await connect({ cookie: await cookie() });
    await expect(desk.officers.signIn({ login: 'SAI LOGIN 001093012345', password: 'x' })).rejects.toMatchObject({
      code: 'REFUSED',
      data: { refused: 'input-not-valid', details: { fields: 'login' } },
    });
    store.db.exec('drop table officer_session');
    const failure = (await desk.officers.me().catch((error: unknown) => error)) as { code: string; data: { id: string; vi: string } };
    expect(failure.code).toBe('UNEXPECTED');
    expect(failure.data.vi).toContain(failure.data.id);
    expect(JSON.stringify(failure)).not.toContain('officer_session');
    expect(logged.join('\n')).toContain(failure.data.id);
    expect(logged.join('\n')).not.toContain('001093012345');
  });
});

it('says that the disk is full or read-only, or the database held by another program, and has written nothing', async () => {
  const desk = await connect({ cookie: await cookie() });
  const signIn = () => desk.officers.signIn({ login: 'huyen', password: 'mot-cua' });
  const other = new Database(path.join(dir, 'q.sqlite'));
  store.db.pragma('busy_timeout = 50');
  other.exec('begin immediate');
  await expect(signIn()).rejects.toMatchObject({ code: 'REFUSED', data: { refused: 'database-locked' } });
  other.exec('rollback');
  other.close();
  store.db.pragma('query_only = 1');
  await expect(signIn()).rejects.toMatchObject({ code: 'REFUSED', data: { refused: 'disk-read-only' } });
  store.db.pragma('query_only = 0');
  store.db.pragma('wal_checkpoint(TRUNCATE)');
  store.db.pragma('max_page_count = 1');
  const full = async () => {
    for (let i = 0; i < 200; i += 1) {
      await signIn();
      await desk.officers.signOut();
    }
  };
  await expect(full()).rejects.toMatchObject({ code: 'REFUSED', data: { refused: 'disk-full', vi: expect.stringContaining('Ổ đĩa') } });
  store.db.pragma('max_page_count = 100000');
  await signIn();
});

describe('over a MessagePort', () => {
  it('serves the same contract with the same checks', async () => {
    const { port1, port2 } = new MessageChannel();
    server.attachPort(port1 as never, () => ({ role: 'board', deviceId: 'b' }));
    const client: Client = createORPCClient(new PortLink({ port: port2 as never }));
    port1.start();
    port2.start();
    expect((await client.system.info()).deviceId).toBe('b');
    await expect(client.officers.names()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    port1.close();
    port2.close();
  });
});

describe('files', () => {
  it('serves a file by a ticket that ends, to a paired desk alone, in ranges', async () => {
    const file = path.join(dir, 'a.pdf');
    writeFileSync(file, '%PDF-1.7 hello');
    const link = files.link(file, 'Giấy tiếp nhận.pdf');
    const good = await cookie();
    expect((await get(link.url)).status).toBe(401);
    expect((await get(link.url, { cookie: good })).body).toBe('%PDF-1.7 hello');
    expect((await get(link.url, { cookie: good, range: 'bytes=1-3' })).body).toBe('PDF');
    clock.advance(11 * 60_000);
    expect((await get(link.url, { cookie: good })).status).toBe(404);
  });

  it('takes an upload by what it is, not by what it is called', async () => {
    const good = await cookie();
    const desk = await connect({ cookie: good });
    expect((await get('/upload', { cookie: good }, 'POST', '%PDF-1.4 x')).status).toBe(401);
    await desk.officers.signIn({ login: 'huyen', password: 'mot-cua' });
    const taken = JSON.parse((await get('/upload', { cookie: good }, 'POST', '%PDF-1.4 x')).body) as { uploadId: string; size: number };
    expect(taken.size).toBe(10);
    expect(files.upload(taken.uploadId)?.type).toBe('application/pdf');
    expect(JSON.parse((await get('/upload', { cookie: good }, 'POST', 'MZ not a pdf')).body)).toMatchObject({ refused: 'upload-type' });
    const parcel = JSON.parse((await get('/upload', { cookie: good }, 'POST', 'QUAY-UNSENT1 sealed bytes')).body) as { uploadId: string };
    expect(files.upload(parcel.uploadId)?.file).toMatch(/\.quay$/);
  });
});
