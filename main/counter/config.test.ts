import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trainingSite } from '../queue/index.ts';
import { ConfigError, documentLimit, readConfig } from './config.ts';
import { startFailure } from './start.ts';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-config-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const read = (settings: unknown) => {
  writeFileSync(path.join(dir, 'config.json'), typeof settings === 'string' ? settings : JSON.stringify(settings));
  return readConfig(dir);
};
const refusal = (settings: unknown): string => {
  try {
    read(settings);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as ConfigError).vi).not.toContain('\n');
    return (error as ConfigError).vi;
  }
  return '';
};
const printer = { id: 'p', kind: 'ticket-printer', name: 'Máy in', address: { via: 'tcp', host: '192.0.2.10', port: 9100 } };

describe('config.json', () => {
  it('takes the live station of the README', () => {
    const settings = {
      training: false,
      counterId: '3',
      devices: [
        { id: 'ticket-printer', kind: 'ticket-printer', name: 'Máy in phiếu', address: { via: 'tcp', host: '192.0.2.10', port: 9100 } },
      ],
      scanners: [{ id: 'adf', name: 'Máy quét', url: 'http://192.0.2.11/eSCL' }],
      pkcs11Modules: [],
      province: { adapter: 'lgsp', baseUrl: 'https://lgsp.example/dvc', agency: 'H15.50.05.13' },
    };
    expect(read(settings)).toMatchObject({ training: false, devices: [{ id: 'ticket-printer' }] });
  });

  it('refuses every mistake before anything is opened, in one sentence that names the place', () => {
    expect(refusal({ trainning: false })).toContain('không có mục "trainning"');
    expect(refusal({ training: 'có' })).toContain('không đúng ở: training');
    expect(refusal({ devices: [printer, { ...printer, id: 'q', kind: 'ticketprinter' }] })).toContain(
      'devices.1.kind (chỉ nhận: ticket-printer',
    );
    expect(refusal({ devices: [{ ...printer, address: { via: 'tcp', host: '192.0.2.10' } }] })).toContain('devices.0.address.port');
    expect(refusal({ province: { adapter: 'lgsp2', baseUrl: 'https://x.example', agency: 'H15.50' } })).toContain(
      'province.adapter (chỉ nhận: lgsp, classic)',
    );
    expect(refusal({ province: { adapter: 'lgsp', baseUrl: 'nope', agency: 'H15.50' } })).toContain('province.baseUrl');
    for (const baseUrl of ['http://lgsp.example/dvc', 'http://127.0.0.1.example/dvc'])
      expect(refusal({ province: { adapter: 'lgsp', baseUrl, agency: 'H15.50' } })).toContain('province.baseUrl (cần https');
    expect(refusal({ province: { adapter: 'lgsp', baseUrl: 'http://[::1]:4800/dvc', agency: 'H15.50' } })).toBe('');
    expect(refusal({ scanners: [{ id: 'a', name: 'b', url: '192.0.2.1' }] })).toContain('scanners.0.url (cần một địa chỉ đầy đủ');
    expect(refusal({ hall: { postgres: 'http://u:mat-khau@h/x', hub: 'a' } })).toContain(
      'hall.postgres (cần một địa chỉ đầy đủ, ví dụ postgres://quay:MẬT_KHẨU@192.0.2.20/quay)',
    );
    expect(refusal({ counterId: 3 })).toContain('counterId (cần chữ trong dấu ngoặc kép)');
    expect(refusal({ training: 'false' })).toContain('training (cần true hoặc false)');
    expect(refusal({ scanners: {} })).toContain('scanners (cần danh sách [ … ])');
    expect(refusal({ documentLimitMb: 'x' })).toContain('documentLimitMb (cần một số)');
    expect(refusal({ documentLimitMb: 0 })).toContain('documentLimitMb (ít nhất 1)');
    expect(refusal({ devices: [{ ...printer, address: { via: 'tcp', host: '192.0.2.10', port: 99_999 } }] })).toContain(
      'devices.0.address.port (nhiều nhất 65535)',
    );
    expect(refusal({ hall: { postgres: 'http://u:mat-khau@h/x', hub: 'a' } })).not.toContain('mat-khau');
    const twice = { ...trainingSite, counters: [...trainingSite.counters, ...trainingSite.counters.slice(2, 3)] };
    expect(refusal({ site: twice })).toContain('site "training": quầy "3" có hai lần');
    expect(refusal({ site: { id: 'x' } })).toContain('site.services');
    expect(refusal({ counterId: '77' })).toContain('counterId (sảnh chỉ có quầy: 1, 2, 3, 4, 5)');
    expect(refusal([])).toContain('đối tượng');
    expect(refusal('{,}')).toContain('JSON');
  });
});

describe('a start that fails', () => {
  it('names a full disk and a damaged database', () => {
    const at = { dataDir: dir, port: 0 };
    expect(startFailure(Object.assign(new Error('x'), { code: 'SQLITE_FULL' }), at).vi).toContain('đã đầy');
    expect(startFailure(Object.assign(new Error('x'), { code: 'SQLITE_NOTADB' }), at).vi).toContain('bị hỏng');
  });

  it('keeps the story of an unforeseen failure in a file and prints one sentence', () => {
    mkdirSync(path.join(dir, 'logs'));
    const { vi } = startFailure(new Error('unforeseen\nsecond line'), { dataDir: dir, port: 0 });
    expect(vi).not.toContain('\n');
    expect(vi).not.toMatch(/ at .*\.ts:\d+/);
    const file = path.join(dir, 'logs/quay-start.log');
    expect(existsSync(file) && readFileSync(file, 'utf8')).toContain('config.test.ts');
  });

  it('limits a scanned paper by its procedure, and by the station where the procedure has no limit of its own', () => {
    const config = read({ documentLimitMb: 20, documentLimitsMb: { '1.001193': 8 } });
    expect(['1.001193', '1.004859', null].map((code) => documentLimit(config, code))).toEqual([8e6, 20e6, 20e6]);
    expect(documentLimit(read({}), '1.001193')).toBe(19e6);
    expect(refusal({ documentLimitsMb: { '1.001193': 0 } })).toContain('documentLimitsMb');
  });
});
