import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { FileStore } from '@tus/file-store';
import { Server as TusServer } from '@tus/server';
import * as tus from 'tus-js-client';
import { afterEach, describe, expect, it } from 'vitest';
import { createFaultProxy } from '../../tests/delivery/proxy.ts';
import { sampleDossier, sampleFile } from '../../tests/delivery/sample.ts';
import { setup, type Bench } from '../../tests/delivery/setup.ts';
import { certificates, pinOf } from '../../tests/delivery/certificates.ts';
import { part } from '../../tests/parts.ts';
import { isRefusal } from '../contract/refusal.ts';
import { seededRandom } from './backoff.ts';
import { checkFile } from './files.ts';
import { ProvinceProblem } from './problems.ts';
import { SecretsError, fileSecrets } from './secrets.ts';
import { createTransport } from './transport.ts';
import { TUS_CHUNK_BYTES, uploadTus } from './uploads/tus.ts';

let bench: Bench;
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  await bench?.close();
});
const listen = async (server: net.Server): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
};
const word = async (work: Promise<unknown>) =>
  work.then(() => 'passed').catch((e: unknown) => (e instanceof ProvinceProblem ? e.word : String(e)));

describe('secrets', () => {
  it('rest sealed in a file, with a key that only its owner may read', async () => {
    bench = await setup();
    const dir = path.join(bench.dir, 'safe');
    const safe = fileSecrets(dir);
    await safe.set('province.secret', 'mật khẩu rất dài');
    await safe.set('other', 'x');
    expect(await fileSecrets(dir).get('province.secret')).toBe('mật khẩu rất dài');
    expect(readFileSync(path.join(dir, 'secrets.json'), 'utf8')).not.toContain('rất dài');
    expect(statSync(path.join(dir, 'secrets.key')).mode & 0o777).toBe(0o600);
    const held = JSON.parse(readFileSync(path.join(dir, 'secrets.json'), 'utf8')) as Record<string, string>;
    writeFileSync(path.join(dir, 'secrets.json'), JSON.stringify({ 'province.secret': held['other'] }));
    await expect(safe.get('province.secret')).rejects.toThrow(SecretsError);
    chmodSync(path.join(dir, 'secrets.key'), 0o644);
    await expect(safe.get('province.secret')).rejects.toThrow(/can be read by others/);
    await expect(safe.get('absent')).resolves.toBeNull();
  });

  it('are in no evidence, event or table of the database', async () => {
    bench = await setup();
    const d = bench.open();
    bench.store.transaction(() => d.enqueue(sampleDossier('x1', [])));
    await d.drained(50_000);
    await d.desk.signIn('quay-tap-huan', 'tap-huan-2026');
    bench.store.db.pragma('wal_checkpoint(TRUNCATE)');
    expect(readFileSync(path.join(bench.dir, 'quay.sqlite')).includes('tap-huan-2026')).toBe(false);
  });
});

describe('unsent work on its way to another station', () => {
  it('goes in one sealed file, is sent there once, and is not sent here', async () => {
    bench = await setup();
    const other = await setup();
    closing.push(() => other.close());
    const d = bench.open();
    bench.province.troubles.set({ down: true });
    const file = sampleFile(bench.dir, 'to-khai.pdf', Buffer.alloc(600_000, 3));
    bench.store.transaction(() => {
      d.enqueue(sampleDossier('m1', [file, sampleFile(bench.dir, 'trong.txt', Buffer.alloc(0))]));
      d.enqueue(sampleDossier('m2', []));
    });
    expect(isRefusal(await d.moving.exportUnsent('ngắn'))).toBe(true);
    const made = await d.moving.exportUnsent('mật khẩu của gói');
    if (isRefusal(made)) throw new Error(made.en);
    expect(made.dossiers).toBe(2);
    expect(readFileSync(made.path).subarray(0, 11).toString()).toBe('QUAY-UNSENT');
    expect(readFileSync(made.path).includes('Nguyễn')).toBe(false);
    expect(d.rows().rows.map((r) => r.state)).toEqual(['moved', 'moved']);
    bench.province.troubles.clear();
    d.hurry();

    const e = other.open({ baseUrl: bench.province.lgspUrl });
    expect(await e.moving.importUnsent(made.path, 'sai mật khẩu hẳn')).toMatchObject({ refused: 'parcel-damaged' });
    const bytes = readFileSync(made.path);
    for (const spoilt of [
      bytes.subarray(0, bytes.length - 40),
      Buffer.concat([bytes.subarray(0, 300), Buffer.from([(bytes[300] ?? 0) ^ 1]), bytes.subarray(301)]),
    ]) {
      const target = path.join(other.dir, 'hong.quay');
      writeFileSync(target, spoilt);
      expect(await e.moving.importUnsent(target, 'mật khẩu của gói')).toMatchObject({ refused: 'parcel-damaged' });
    }
    expect(e.summary().unsent).toBe(0);
    expect(await e.moving.importUnsent(made.path, 'mật khẩu của gói')).toEqual({ dossiers: 2, alreadyHere: 0 });
    await e.drained(50_000);
    expect(await e.moving.importUnsent(made.path, 'mật khẩu của gói')).toEqual({ dossiers: 0, alreadyHere: 2 });
    expect(bench.province.count()).toBe(2);
    expect(readdirSync(path.join(other.dir, 'imported')).filter((n) => n.startsWith('.'))).toEqual([]);
    // Taken back by mistake: the province is asked first, and has them.
    bench.store.transaction(() => d.moving.takeBack());
    d.hurry();
    await d.drained(50_000);
    expect(bench.province.effects().filter((x) => x.kind === 'create')).toHaveLength(2);
    expect(d.desk.search('m1')[0]?.officialCode).toBe(e.desk.search('m1')[0]?.officialCode);
  });
});

const openssl = part('openssl');
describe.skipIf(!openssl)('the line', () => {
  it("takes TLS 1.2 or newer from the province's own CA with our certificate, and nothing else", async () => {
    bench = await setup();
    const file = certificates(path.join(bench.dir, 'pki'));
    const options = (name: string) => ({
      key: readFileSync(file(`${name}.key`)),
      cert: readFileSync(file(`${name}.pem`)),
      ca: readFileSync(file('ca.pem')),
      requestCert: true,
      rejectUnauthorized: true,
    });
    const answer: http.RequestListener = (_request, response) => response.end('được');
    const server = https.createServer(options('server'), answer);
    const port = await listen(server);
    const old = await listen(https.createServer({ ...options('server'), minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }, answer));
    const tls = { caFile: file('ca.pem'), certFile: file('client.pem'), keyFile: file('client.key') };
    const get = (wire: ReturnType<typeof createTransport>, p = port) => word(wire.send({ method: 'GET', url: `https://127.0.0.1:${p}/` }));
    const make = (change: object, allowHosts = ['127.0.0.1']) => {
      const wire = createTransport({ allowHosts, tls: { ...tls, ...change } });
      closing.push(() => wire.close());
      return wire;
    };
    const good = make({});
    expect(await get(good)).toBe('passed');
    expect(await get(good, old)).toBe('certificate');
    expect(await get(make({ caFile: file('client.pem') }))).toBe('certificate');
    expect(await get(make({ certFile: undefined, keyFile: undefined }))).not.toBe('passed');
    expect(await get(make({}, ['other.example.invalid']))).toBe('blocked');
    // The same name with another certificate of the same CA: refused when the certificate is pinned.
    const fingerprint = pinOf(file('server.pem'));
    const pinned = make({ pinnedSha256: fingerprint });
    expect(await get(pinned)).toBe('passed');
    server.setSecureContext(options('second'));
    server.closeAllConnections();
    expect(await get(make({ pinnedSha256: fingerprint }))).toBe('certificate');
  });

  it('tunnels TLS through the proxy of the agency, which sees where to and nothing else', async () => {
    bench = await setup();
    const file = certificates(path.join(bench.dir, 'pki'));
    const server = https.createServer(
      { key: readFileSync(file('server.key')), cert: readFileSync(file('server.pem')) },
      (_request, response) => response.end('được'),
    );
    const target = await listen(server);
    const asked: string[] = [];
    let seen = '';
    const proxy = http.createServer();
    proxy.on('connect', (request: http.IncomingMessage, client: net.Socket) => {
      asked.push(request.url ?? '');
      const up = net.connect(target, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        client.on('data', (piece) => (seen += piece.toString('latin1')));
        client.pipe(up).pipe(client);
      });
      up.on('error', () => client.destroy());
      client.on('error', () => up.destroy());
    });
    const port = await listen(proxy);
    const wire = createTransport({ allowHosts: ['127.0.0.1'], proxy: `http://127.0.0.1:${port}`, tls: { caFile: file('ca.pem') } });
    closing.push(() => wire.close());
    const reply = await wire.send({ method: 'POST', url: `https://127.0.0.1:${target}/x`, body: Buffer.from('bí mật 001099000001') });
    expect(reply.body.toString()).toBe('được');
    expect(asked).toEqual([`127.0.0.1:${target}`]);
    expect(seen).not.toContain('001099000001');
    const foreign = createTransport({
      allowHosts: ['127.0.0.1'],
      proxy: `http://127.0.0.1:${port}`,
      tls: { caFile: file('foreign-ca.pem') },
    });
    closing.push(() => foreign.close());
    expect(await word(foreign.send({ method: 'GET', url: `https://127.0.0.1:${target}/x` }))).toBe('certificate');
  });

  it('goes through the proxy of the agency', async () => {
    bench = await setup();
    const asked: string[] = [];
    const target = await listen(http.createServer((_request, response) => response.end('được')));
    const proxy = http.createServer((request, response) => {
      asked.push(request.url ?? '');
      http.get(`http://127.0.0.1:${target}/`, (r) => r.pipe(response));
    });
    const port = await listen(proxy);
    const wire = createTransport({ allowHosts: ['province.example.invalid'], proxy: `http://127.0.0.1:${port}` });
    closing.push(() => wire.close());
    const reply = await wire.send({ method: 'GET', url: 'http://province.example.invalid/x' });
    expect(reply.body.toString()).toBe('được');
    expect(asked).toEqual(['http://province.example.invalid/x']);
  });
});

describe('uploads', () => {
  it('takes up where a real tus server was cut, and sends at most one chunk again per cut', async () => {
    bench = await setup();
    const store = path.join(bench.dir, 'tus');
    mkdirSync(store);
    const server = new TusServer({ path: '/files', datastore: new FileStore({ directory: store }), relativeLocation: true });
    const port = await listen(http.createServer((request, response) => void server.handle(request, response)));
    const proxy = await createFaultProxy({ port }, seededRandom(11));
    closing.push(() => proxy.close());
    proxy.set({ resets: 0.6, resetWithinBytes: 900_000 });
    const bytes = Buffer.alloc(5_000_000);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = (i * 7919) >> 5;
    const sample = sampleFile(bench.dir, 'ban-ve.pdf', bytes);
    const file = await checkFile(bench.dir, sample);
    const wire = createTransport({ allowHosts: ['127.0.0.1'], idleMs: 3_000 });
    closing.push(() => wire.close());
    let url: string | null = null;
    let address = '';
    for (let i = 0; i < 200 && !address; i += 1) {
      try {
        address = await uploadTus({
          send: (request) => wire.send(request),
          gatewayUrl: `http://127.0.0.1:${proxy.port}/files`,
          file,
          problemOf: (r) => new ProvinceProblem('fault', `HTTP ${r.status}`),
          upload: {
            signal: new AbortController().signal,
            pace: null,
            onProgress: () => undefined,
            memory: {
              get url() {
                return url;
              },
              remember: (next) => void (url = next),
            },
          },
        });
      } catch (error) {
        expect(error).toBeInstanceOf(ProvinceProblem);
      }
    }
    const kept = readFileSync(path.join(store, address.split('/').pop() ?? ''));
    expect(kept.equals(bytes)).toBe(true);
    expect(proxy.counts.cuts).toBeGreaterThan(0);
    const again = proxy.counts.bytesUp - bytes.length - proxy.counts.connections * 2_000;
    expect(again / proxy.counts.cuts).toBeLessThan(TUS_CHUNK_BYTES + 64_000);
  });

  it('has a gateway that an independent tus client understands', async () => {
    bench = await setup();
    const bytes = Buffer.alloc(1_500_000, 5);
    const url = await new Promise<string>((resolve, reject) => {
      const upload = new tus.Upload(bytes, {
        endpoint: bench.province.gatewayUrl,
        chunkSize: 400_000,
        metadata: { filename: 'tờ khai.pdf' },
        onError: reject,
        onSuccess: () => resolve(upload.url ?? ''),
      });
      upload.start();
    });
    const wire = createTransport({ allowHosts: ['127.0.0.1'] });
    closing.push(() => wire.close());
    const head = await wire.send({ method: 'HEAD', url, headers: { 'tus-resumable': '1.0.0' } });
    expect(head.headers['upload-offset']).toBe(String(bytes.length));
  });

  it('never lets a file through that changes while it is sent', async () => {
    bench = await setup();
    const sample = sampleFile(bench.dir, 'lon.pdf', Buffer.alloc(1_000_000, 1));
    const checked = await checkFile(bench.dir, sample);
    let seen = 0;
    const read = async () => {
      for await (const chunk of checked.chunks(0)) {
        seen += chunk.length;
        writeFileSync(path.join(bench.dir, sample.path), Buffer.alloc(1_000_000, 2));
      }
    };
    expect(await word(read())).toBe('file');
    expect(seen).toBeLessThan(1_000_000);
    await expect(checkFile(bench.dir, { ...sample, path: '../../etc/passwd' })).rejects.toThrow(ProvinceProblem);
  });
});
