import { execFileSync, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openScanning, sheets, temporary } from '../../../../tests/fixtures/scanning.ts';
import { part } from '../../../../tests/parts.ts';
import { startEsclServer } from '../../../training/escl/index.ts';
import { decodeAnswer, decodeQuery, encodeAnswer, encodeQuery, type DnsRecord } from './dns.ts';
import { mdnsFinder, scannersIn } from './finder.ts';

const records = (port: number, uuid = 'ABCD-1'): DnsRecord[] => [
  { type: 'PTR', name: '_uscan._tcp.local', ttl: 120, target: 'Máy quét tầng 2._uscan._tcp.local' },
  { type: 'SRV', name: 'Máy quét tầng 2._uscan._tcp.local', ttl: 120, target: 'scanner2.local', port },
  {
    type: 'TXT',
    name: 'Máy quét tầng 2._uscan._tcp.local',
    ttl: 120,
    entries: { rs: '/eSCL/', ty: 'Máy quét tầng 2', uuid, is: 'adf,platen' },
  },
  { type: 'A', name: 'scanner2.local', ttl: 120, address: '127.0.0.1' },
];

/** A network of its own takes root, and a system that lets root have one. */
const ownNetwork = part('avahi-daemon') && part('unshare') && spawnSync('unshare', ['-mn', 'true']).status === 0;
if (!ownNetwork) console.warn('skipped: this user may not make a network of its own (unshare -mn), so avahi cannot announce a scanner');

describe('multicast DNS', () => {
  it.skipIf(!ownNetwork)('finds a scanner that avahi announces', () => {
    const folder = temporary();
    const fixture = (name: string) => fileURLToPath(new URL(`../../../../tests/fixtures/${name}`, import.meta.url));
    try {
      const found = execFileSync('unshare', ['-mn', 'sh', fixture('avahi.sh'), folder.dir, process.execPath, fixture('find-scanner.ts')], {
        encoding: 'utf8',
        timeout: 50_000,
      });
      expect(found.trim()).toBe('escl:11-22-33 Máy quét tầng 3 http://127.0.0.1:8085/eSCL');
    } finally {
      folder.remove();
    }
  });

  it('reads back what it writes, Vietnamese names included', () => {
    expect(decodeAnswer(encodeAnswer(0, records(8080)))).toEqual(records(8080));
    expect(decodeQuery(encodeQuery(['_uscan._tcp.local']))).toEqual({ id: 0, names: ['_uscan._tcp.local'] });
    expect(decodeAnswer(encodeQuery(['_uscan._tcp.local']))).toEqual([]);
  });

  it('follows compressed names as avahi sends them', () => {
    // Captured shape: PTR whose target is a label and a pointer to the question name at byte 12, answer at its end.
    const message = Buffer.concat([
      Buffer.from([0, 0, 0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0]),
      Buffer.from('\x06_uscan\x04_tcp\x05local\x00', 'latin1'),
      Buffer.from([0, 12, 0, 1, 0xc0, 12, 0, 12, 0, 1, 0, 0, 0, 120, 0, 5]),
      Buffer.from([2]),
      Buffer.from('HP'),
      Buffer.from([0xc0, 12]),
    ]);
    expect(decodeAnswer(message)).toEqual([{ type: 'PTR', name: '_uscan._tcp.local', ttl: 120, target: 'HP._uscan._tcp.local' }]);
  });

  it('survives any packet, loops of pointers included', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => void decodeAnswer(Buffer.from(noise))),
      { numRuns: 500 },
    );
    const whole = encodeAnswer(0, records(80));
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, value) => {
        const broken = Buffer.from(whole);
        broken[at] = value;
        void scannersIn(decodeAnswer(broken));
        void decodeAnswer(whole.subarray(0, at));
      }),
      { numRuns: 500 },
    );
    expect(decodeAnswer(Buffer.from([0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0xc0, 12]))).toEqual([]);
  });

  it('takes one device once, plain before TLS, and none that says goodbye', () => {
    const tls = records(443).map((r): DnsRecord => {
      const name = r.name.replace('_uscan.', '_uscans.');
      return r.type === 'PTR' ? { ...r, name, target: r.target.replace('_uscan.', '_uscans.') } : { ...r, name };
    });
    expect(scannersIn([...tls, ...records(80)])).toEqual([{ id: 'escl:abcd-1', name: 'Máy quét tầng 2', url: 'http://127.0.0.1:80/eSCL' }]);
    expect(scannersIn(tls)).toMatchObject([{ url: 'https://127.0.0.1:443/eSCL' }]);
    expect(scannersIn(records(80).map((r) => ({ ...r, ttl: 0 })))).toEqual([]);
    expect(scannersIn(records(80).slice(0, 3))).toEqual([]);
  });

  it('finds a scanner that answers in two packets, and the counter scans from it', async () => {
    let server = await startEsclServer({ sheets: sheets(1) });
    const responder = createSocket('udp4');
    let asked = 0;
    responder.on('message', (message, from) => {
      asked += 1;
      if (!decodeQuery(message)?.names.includes('_uscan._tcp.local')) return;
      const all = records(server.port, server.uuid);
      responder.send(encodeAnswer(0, all.slice(0, 2)), from.port, from.address);
      responder.send(encodeAnswer(0, all.slice(2)), from.port, from.address);
    });
    await new Promise<void>((resolve) => responder.bind(0, '127.0.0.1', resolve));
    const folder = temporary();
    const finder = mdnsFinder({ port: (responder.address() as AddressInfo).port, group: '127.0.0.1', interfaces: ['127.0.0.1'] });
    let room = openScanning(folder.dir, { finders: [finder] });
    try {
      await room.scanning.discover(1_000);
      expect(asked).toBeGreaterThan(0);
      expect(room.scanning.scanners()).toMatchObject([
        {
          state: 'ready',
          scanner: { id: `escl:${server.uuid}`, name: 'Máy quét tầng 2' },
          capabilities: { sources: [{ source: 'feeder' }, { source: 'flatbed' }] },
        },
      ]);
      // After a restart it is known without being asked for; switched off, it is missed rather than forgotten.
      await room.close();
      room = openScanning(folder.dir, {});
      await room.scanning.check();
      expect(room.scanning.scanners()).toMatchObject([{ state: 'ready', scanner: { id: `escl:${server.uuid}`, name: 'Máy quét tầng 2' } }]);
      await server.close();
      await room.scanning.check();
      expect(room.scanning.scanners()).toMatchObject([{ state: 'absent', reason: 'offline' }]);
      // It comes back at another address and is the same scanner.
      server = await startEsclServer({ sheets: sheets(1) });
      await room.close();
      room = openScanning(folder.dir, { finders: [finder] });
      await room.scanning.discover(1_000);
      expect(room.scanning.scanners()).toMatchObject([{ state: 'ready', scanner: { address: server.url } }]);
    } finally {
      await room.close();
      await new Promise<void>((resolve) => responder.close(() => resolve()));
      await server.close();
      folder.remove();
    }
  });
});
