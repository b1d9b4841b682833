import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { certificates, pinOf } from '../../tests/delivery/certificates.ts';
import { part } from '../../tests/parts.ts';
import { provinceConfig } from './config.ts';
import { ProvinceProblem } from './problems.ts';
import { createTransport, type Transport } from './transport.ts';

const MODULE = '/usr/lib/softhsm/libsofthsm2.so';
const ENGINE = '/usr/lib/x86_64-linux-gnu/engines-3/pkcs11.so';
const ready = [part(MODULE), part(ENGINE), part('softhsm2-util'), part('openssl')].every(Boolean);
const PIN = '12345678';

describe.skipIf(!ready)('a client certificate whose key is on a token', { timeout: 60_000 }, () => {
  let dir: string;
  let file: (name: string) => string;
  let server: https.Server;
  let env: Record<string, string>;
  let wires: Transport[];
  const said: string[] = [];

  beforeEach(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-token-line-'));
    file = certificates(path.join(dir, 'pki'));
    wires = [];
    mkdirSync(path.join(dir, 'tokens'));
    writeFileSync(path.join(dir, 'softhsm2.conf'), `directories.tokendir = ${path.join(dir, 'tokens')}\nlog.level = ERROR\n`);
    env = { SOFTHSM2_CONF: path.join(dir, 'softhsm2.conf') };
    const soft = (text: string) => execFileSync('softhsm2-util', text.split(' '), { env: { ...process.env, ...env }, stdio: 'ignore' });
    soft(`--init-token --free --label tinh --so-pin 87654321 --pin ${PIN}`);
    execFileSync('openssl', ['pkcs8', '-topk8', '-nocrypt', '-in', file('client.key'), '-out', file('client.p8')]);
    soft(`--import ${file('client.p8')} --token tinh --label khoa --id 01 --pin ${PIN}`);
    // The key is on the token and nowhere else.
    for (const name of ['client.key', 'client.p8']) rmSync(file(name));
    server = https.createServer(
      {
        key: readFileSync(file('server.key')),
        cert: readFileSync(file('server.pem')),
        ca: readFileSync(file('ca.pem')),
        requestCert: true,
        rejectUnauthorized: true,
      },
      (request, response) => {
        const socket = request.socket as TLSSocket;
        let size = 0;
        request.on('data', (part: Buffer) => (size += part.length));
        request.on('end', () => response.end(`${socket.getPeerCertificate().subject.CN} ${socket.getProtocol()} ${size}`));
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const wire of wires) wire.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    rmSync(dir, { recursive: true, force: true });
  });

  const url = () => `https://127.0.0.1:${(server.address() as AddressInfo).port}/x`;
  function open(pin: string | null, change: { caFile?: string; pinnedSha256?: string; keyUri?: string } = {}, proxy?: string): Transport {
    const { keyUri = 'pkcs11:token=tinh;object=khoa;type=private', ...rest } = change;
    const wire = createTransport({
      allowHosts: ['127.0.0.1'],
      ...(proxy ? { proxy } : {}),
      tls: {
        caFile: file('ca.pem'),
        ...rest,
        token: { module: MODULE, keyUri, certFile: file('client.pem'), env, pin: async () => (said.push('asked'), pin) },
      },
    });
    wires.push(wire);
    return wire;
  }
  const word = (wire: Transport) =>
    wire.send({ method: 'POST', url: url(), body: Buffer.alloc(70_000) }).then(
      (reply) => reply.body.toString(),
      (error: unknown) => (error instanceof ProvinceProblem ? `${error.word} ${error.facts.reasonCode}` : String(error)),
    );

  it('speaks TLS 1.3 with it, call after call and after its process died', async () => {
    const wire = open(PIN);
    expect(await word(wire)).toBe('client TLSv1.3 70000');
    expect(await word(wire)).toBe('client TLSv1.3 70000');
    const children = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'token-line/child.ts'])
      .toString()
      .trim()
      .split('\n');
    expect(children).toHaveLength(1);
    process.kill(Number(children[0]), 'SIGKILL');
    const until = Date.now() + 10_000;
    let answer = '';
    while (answer !== 'client TLSv1.3 70000' && Date.now() < until) answer = await word(wire);
    expect(answer).toBe('client TLSv1.3 70000');
    wire.close();
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('quay-tls-'))).toEqual([]);
  });

  it('goes through the proxy of the agency', async () => {
    const asked: string[] = [];
    const proxy = http.createServer();
    proxy.on('connect', (request: http.IncomingMessage, client: net.Socket) => {
      asked.push(request.url ?? '');
      const up = net.connect((server.address() as AddressInfo).port, '127.0.0.1', () => {
        client.write('HTTP/1.1 200 OK\r\n\r\n');
        client.pipe(up).pipe(client);
      });
      up.on('error', () => client.destroy());
      client.on('error', () => up.destroy());
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const wire = open(PIN, {}, `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    expect(await word(wire)).toBe('client TLSv1.3 70000');
    expect(asked).toEqual([new URL(url()).host]);
    wire.close();
    await new Promise((resolve) => proxy.close(resolve));
    expect(await word(open(PIN, {}, 'http://127.0.0.1:1'))).toMatch(/^line /);
  });

  it('tries a wrong PIN once, and again only when a person signed in', async () => {
    said.length = 0;
    const wire = open('99999999');
    expect(await word(wire)).toBe('sign-in TOKEN_KEY');
    expect(await word(wire)).toBe('sign-in TOKEN_KEY');
    expect(said).toHaveLength(1);
    wire.again?.();
    expect(await word(wire)).toBe('sign-in TOKEN_KEY');
    expect(said).toHaveLength(2);
    expect(await word(open(null))).toBe('sign-in TOKEN_PIN');
    expect(await word(open(PIN, { keyUri: 'pkcs11:token=khac;object=khoa;type=private' }))).toBe('sign-in TOKEN_KEY');
  });

  it('looks at the server all the same: CA and pinned certificate', async () => {
    expect(await word(open(PIN, { caFile: file('foreign-ca.pem') }))).toMatch(/^certificate /);
    expect(await word(open(PIN, { pinnedSha256: pinOf(file('second.pem')) }))).toBe('certificate CERT_PINNED_CHANGED');
    expect(await word(open(PIN, { pinnedSha256: pinOf(file('server.pem')) }))).toBe('client TLSv1.3 70000');
  });
});

it('takes no PIN in the configuration', () => {
  const token = { module: MODULE, certFile: 'x.pem', keyUri: 'pkcs11:token=tinh?pin-value=1234' };
  const config = { adapter: 'lgsp', baseUrl: 'https://tinh.example.invalid', agency: 'H15', tls: { token } };
  expect(provinceConfig.safeParse(config).success).toBe(false);
  expect(provinceConfig.safeParse({ ...config, tls: { token: { ...token, keyUri: 'pkcs11:token=tinh' } } }).success).toBe(true);
});
