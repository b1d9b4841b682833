import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplePdf, type FixturePdf } from '../../../tests/fixtures/signed/document.ts';
import { makeSignedFiles, type SignedFiles } from '../../../tests/fixtures/signed/files.ts';
import { der, type Identity, type Pki } from '../../../tests/fixtures/signed/pki.ts';
import { part } from '../../../tests/parts.ts';
import type { Verification, VerifyOptions } from './index.ts';

const DAY = 86_400_000;

describe.skipIf(!part('openssl'))('trust and revocation', () => {
  let files: SignedFiles;
  let pki: Pki;
  let who: Identity;
  let server: Server;
  let asked: string[] = [];
  /** What the services say: up and good, revoked, down, or nonsense. */
  let mood: 'good' | 'revoked' | 'down' | 'nonsense' | 'listOnly' | 'listRevoked' = 'good';

  beforeAll(async () => {
    files = makeSignedFiles('trust');
    ({ pki } = files);
    server = createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => {
        asked.push(request.url ?? '');
        const list = request.url === '/list.crl';
        if (mood === 'down' || (!list && mood.startsWith('list'))) response.writeHead(503).end();
        else if (mood === 'nonsense') response.end('hello');
        else if (list) response.end(Buffer.from(pki.crl(mood === 'listRevoked' ? [{ who, at: new Date(Date.now() - DAY) }] : [])));
        else
          response.end(
            Buffer.from(
              pki.ocsp(who, { request: Buffer.concat(parts), ...(mood === 'revoked' ? { revoked: new Date(Date.now() - DAY) } : {}) }),
            ),
          );
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const extensions = [
      'keyUsage=critical,digitalSignature,nonRepudiation',
      `authorityInfoAccess=OCSP;URI:${base}/ocsp`,
      `crlDistributionPoints=URI:${base}/list.crl`,
    ];
    who = pki.identity('pointed', { extensions });
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
    await files.remove();
  });

  const look = async (file: FixturePdf, options: VerifyOptions = {}): Promise<Verification> => {
    asked = [];
    return files.look(file, { offline: false, ...options });
  };
  const state = (answer: Verification): unknown[] => [answer.verdict, answer.signatures[0]?.subIndication, answer.signatures[0]?.level];
  const sign = (timestamp = false): FixturePdf => samplePdf().sign(pki, { who, timestamp });

  it('asks OCSP, then the list', async () => {
    mood = 'good';
    expect(state(await look(sign()))).toEqual(['TOTAL-PASSED', null, 'B-B']);
    expect(asked).toEqual(['/ocsp']);
    mood = 'listOnly';
    expect(state(await look(sign()))).toEqual(['TOTAL-PASSED', null, 'B-B']);
    expect(asked).toEqual(['/ocsp', '/list.crl']);
  });

  it('does not call an unreachable service valid', async () => {
    for (const down of ['down', 'nonsense'] as const) {
      mood = down;
      const answer = await look(sign());
      expect(state(answer)).toEqual(['INDETERMINATE', 'TRY_LATER', 'B-B']);
      expect(answer.vi).toContain('chưa biết');
    }
    mood = 'good';
    expect(state(await look(sign(), { offline: true }))).toEqual(['INDETERMINATE', 'TRY_LATER', 'B-B']);
    expect(asked).toEqual([]);
  });

  it('asks nobody about a chain that is not trusted', async () => {
    mood = 'good';
    const empty = path.join(files.dir, 'empty');
    mkdirSync(empty, { recursive: true });
    expect(state(await look(sign(), { trustDir: empty }))).toEqual(['INDETERMINATE', 'NO_CERTIFICATE_CHAIN_FOUND', 'B-B']);
    expect(asked).toEqual([]);
  });

  it('fails what was signed after the revocation', async () => {
    for (const revoked of ['revoked', 'listRevoked'] as const) {
      mood = revoked;
      expect(state(await look(sign()))).toEqual(['TOTAL-FAILED', 'REVOKED', 'B-B']);
    }
  });

  it('lets a timestamp prove that a signature is older than a revocation, and does without', async () => {
    const stored = (file: FixturePdf, at: Date): FixturePdf =>
      file.store({ certs: [der(pki.issuer.cert)], crls: [pki.crl([{ who, at }])] });
    const soon = new Date(Date.now() + DAY);
    expect(state(await look(stored(sign(true), soon), { offline: true, at: Date.now() + 2 * DAY }))).toEqual([
      'TOTAL-PASSED',
      null,
      'B-LT',
    ]);
    expect(state(await look(stored(sign(), soon), { offline: true, at: Date.now() + 2 * DAY }))).toEqual([
      'INDETERMINATE',
      'REVOKED_NO_POE',
      'B-B',
    ]);
  });

  it('takes revocation data from the document, and knows the levels', async () => {
    const material = { certs: [der(pki.issuer.cert)], ocsps: [pki.ocsp(who)], crls: [pki.crl([], pki.root)] };
    expect(state(await look(sign(true).store(material), { offline: true }))).toEqual(['TOTAL-PASSED', null, 'B-LT']);
    const archived = await look(sign(true).store(material).archive(pki), { offline: true });
    expect(state(archived)).toEqual(['TOTAL-PASSED', null, 'B-LTA']);
    expect(archived.signatures[0]?.modifications).toBe('LTA_UPDATES');
    expect(asked).toEqual([]);
    // Long after: the answers are old, the timestamp says when they were needed.
    expect(
      state(
        await look(sign(true).store({ certs: material.certs, ocsps: material.ocsps }).archive(pki), {
          offline: true,
          at: Date.now() + 60 * DAY,
        }),
      ),
    ).toEqual(['TOTAL-PASSED', null, 'B-LTA']);
  });

  it('does not take an answer that someone else signed', async () => {
    const stranger = pki.identity('responder', { stranger: true });
    const forged = pki.ocsp(who, { by: stranger });
    const answer = await look(sign(true).store({ certs: [der(pki.issuer.cert)], ocsps: [forged] }), { offline: true });
    expect(answer.verdict).toBe('INDETERMINATE');
  });

  it('does not take a part of a list for the whole', async () => {
    const elsewhere = 'issuingDistributionPoint=critical,@p\n[p]\nfullname=URI:http://127.0.0.1/other.crl';
    const delta = '2.5.29.27=critical,DER:020101';
    const indirect = 'issuingDistributionPoint=critical,@p\n[p]\nindirectCRL=TRUE';
    for (const extensions of [[elsewhere], [delta], [delta, 'issuingDistributionPoint=critical,@p\n[p]\nonlyuser=TRUE'], [indirect]]) {
      const file = sign(true).store({ certs: [der(pki.issuer.cert)], crls: [pki.crl([], undefined, extensions)] });
      expect((await look(file, { offline: true })).verdict).toBe('INDETERMINATE');
    }
    const file = sign(true).store({ certs: [der(pki.issuer.cert)], crls: [pki.crl()] });
    expect((await look(file, { offline: true })).verdict).toBe('TOTAL-PASSED');
  });

  it('does not take a certificate for servers, code, timestamps or responders for that of a signer', async () => {
    for (const usage of ['serverAuth', 'codeSigning', 'critical,timeStamping', 'OCSPSigning']) {
      const other = pki.identity(`for ${usage}`, { extensions: [`extendedKeyUsage=${usage}`] });
      expect(state(await look(samplePdf().sign(pki, { who: other }), { offline: true })).slice(0, 2)).toEqual([
        'INDETERMINATE',
        'CHAIN_CONSTRAINTS_FAILURE',
      ]);
    }
    const usual = pki.identity('usual', { extensions: ['extendedKeyUsage=clientAuth,emailProtection,serverAuth'] });
    expect((await look(samplePdf().sign(pki, { who: usual }), { offline: true })).verdict).toBe('TOTAL-PASSED');
  });

  it('reads roots and intermediates as PEM or DER, and leaves other files alone', async () => {
    mood = 'good';
    const mixed = path.join(files.dir, 'mixed');
    mkdirSync(mixed);
    writeFileSync(path.join(mixed, 'root.cer'), der(pki.root.cert));
    copyFileSync(pki.issuer.cert, path.join(mixed, 'issuer.crt'));
    copyFileSync(pki.root.key, path.join(mixed, 'root.key'));
    writeFileSync(path.join(mixed, 'note.txt'), 'xin chào');
    expect((await look(sign(), { trustDir: mixed })).verdict).toBe('TOTAL-PASSED');
    // An intermediate alone proves nothing.
    rmSync(path.join(mixed, 'root.cer'));
    expect(state(await look(sign(), { trustDir: mixed }))).toEqual(['INDETERMINATE', 'NO_CERTIFICATE_CHAIN_FOUND', 'B-B']);
  });

  it('does not let a signer act as an authority', async () => {
    const fake = pki.identity('fake', { title: 'Cơ quan giả' });
    const victim = path.join(files.dir, 'victim');
    const leaf = { cert: `${victim}.pem`, key: `${victim}.key`, chain: `${victim}.chain.pem` };
    pki.openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', leaf.key]);
    pki.openssl(['req', '-new', '-utf8', '-key', leaf.key, '-subj', '/CN=Nạn nhân', '-out', `${victim}.csr`]);
    pki.openssl([
      'x509',
      '-req',
      '-sha256',
      '-in',
      `${victim}.csr`,
      '-CA',
      fake.cert,
      '-CAkey',
      fake.key,
      '-set_serial',
      '7',
      '-days',
      '100',
      '-out',
      leaf.cert,
    ]);
    writeFileSync(
      leaf.chain,
      pki.openssl(['x509', '-in', fake.cert]).toString() + pki.openssl(['x509', '-in', pki.issuer.cert]).toString(),
    );
    expect(state(await look(samplePdf().sign(pki, { who: leaf }), { offline: true }))).toEqual([
      'INDETERMINATE',
      'CHAIN_CONSTRAINTS_FAILURE',
      'B-B',
    ]);
  });
});
