import { execFileSync } from 'node:child_process';
import { readFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  freePort,
  OCSP_EXTENSIONS,
  startFiles,
  startOcsp,
  startTsa,
  TSA_EXTENSIONS,
  type Tsa,
} from '../../../tests/fixtures/signing/authorities.ts';
import { makePki, openssl, type Pki } from '../../../tests/fixtures/signing/pki.ts';
import { openRoom, type TestRoom } from '../../../tests/fixtures/signing/room.ts';
import { makeToken, type SoftToken } from '../../../tests/fixtures/signing/softhsm.ts';
import { part } from '../../../tests/parts.ts';
import { isRefusal } from '../../contract/refusal.ts';
import { readTlv } from '../cms/der.ts';
import { isString, openPdf } from '../pdf/index.ts';
import { createVerifier, VERIFIER_LIMITS } from '../verify/index.ts';

const real = ['openssl', 'softhsm2-util', 'pkcs11-tool', 'pdfsig', 'qpdf'].map(part).every(Boolean);

describe.skipIf(!real)('levels with real authorities', () => {
  let dir: string;
  let pki: Pki;
  let token: SoftToken;
  let revokedToken: SoftToken;
  let tsa: Tsa;
  let test: TestRoom;
  let trustDir: string;
  /** On a busy machine its usual seconds are not enough: these tests are about levels. */
  const verifier = createVerifier({ ...VERIFIER_LIMITS, workMs: 50_000, imagesMs: 40_000 });
  const closers: (() => Promise<void>)[] = [];
  let round = 0;

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-levels-'));
    const port = await freePort();
    // Made once, below: openssl at work in this thread would eat up the time that an answer may take.
    const served: Record<'issuing' | 'root', Buffer> = { issuing: Buffer.alloc(0), root: Buffer.alloc(0) };
    const files = await startFiles({
      'issuing.crl': () => served.issuing,
      'root.crl': () => served.root,
      'issuing.cer': () => pki.issuing.certificate,
    });
    closers.push(() => files.close());
    pki = makePki(path.join(dir, 'pki'), `${files.url}root.crl`);
    // The signer has an OCSP responder, the timestamp authority and the issuing authority have lists only.
    const signer = pki.issue('Phạm Quang Vinh', { ocspUrl: `http://127.0.0.1:${port}/`, issuerUrl: `${files.url}issuing.cer` });
    const revoked = pki.issue('Đã Thu Hồi', { ocspUrl: `http://127.0.0.1:${port}/` });
    pki.revoke(revoked);
    const stamper = pki.issue('Dịch vụ cấp dấu thời gian (thử)', { extensions: TSA_EXTENSIONS, crlUrl: `${files.url}issuing.crl` });
    served.issuing = openssl('crl', '-in', pki.crl(), '-outform', 'DER');
    served.root = openssl('crl', '-in', pki.rootCrl(), '-outform', 'DER');
    const responder = pki.issue('Trả lời OCSP (thử)', { extensions: OCSP_EXTENSIONS });
    const ocsp = await startOcsp(pki, responder, port);
    closers.push(() => ocsp.close());
    tsa = await startTsa(pki, stamper);
    closers.push(() => tsa.close());
    token = makeToken(path.join(dir, 'hsm'), 'tốt');
    token.add(signer);
    revokedToken = makeToken(path.join(dir, 'hsm'), 'thu hồi');
    revokedToken.add(revoked);
    trustDir = path.join(dir, 'trust');
    execFileSync('mkdir', ['-p', trustDir]);
    execFileSync('cp', [pki.root.certificateFile, pki.issuing.certificateFile, trustDir]);
  });
  afterAll(async () => {
    await verifier.close();
    for (const close of closers.reverse()) await close();
    rmSync(dir, { recursive: true, force: true });
  });
  /** A busy machine is no silent server. */
  const patience = { timeoutMs: 30_000, tries: 2, pauseMs: 10 };
  beforeEach(() => {
    patience.timeoutMs = 30_000;
    tsa.mode = 'answer';
    round += 1;
    test = openRoom(path.join(dir, `room-${round}`), {
      modules: [token.module],
      tokenProcess: { env: token.env, settleMs: 1 },
      tsa: patience,
    });
    test.room.saveSettings({ tsaUrl: tsa.url });
    expect(test.room.roots.add(readFileSync(pki.root.certificateFile, 'utf8'), 'vgca')).toBe(true);
    expect(test.room.roots.add(readFileSync(pki.issuing.certificateFile, 'utf8'), 'added')).toBe(true);
  });
  afterEach(() => test.close());

  const signAt = async (level: 'B-B' | 'B-T' | 'B-LT' | 'B-LTA', label = 'tốt') => {
    const item = await test.add('doc');
    const started = await test.start([item], { pin: token.pin, label, level });
    return started;
  };
  const result = () => {
    const found = test.signed.at(-1);
    if (!found) throw new Error(`nothing was signed: ${JSON.stringify(test.room.newestBatch()?.files)}`);
    return found;
  };

  for (const level of ['B-T', 'B-LT', 'B-LTA'] as const) {
    it(`reaches ${level}, and the verifier, pdfsig and qpdf agree`, async () => {
      await signAt(level);
      await test.room.idle();
      expect(result().level).toBe(level);
      const verdict = await verifier.verify(result().file, { trustDir, at: test.clock.now() + 60_000, offline: level !== 'B-T' });
      expect(verdict.signatures.map((one) => [one.verdict, one.subIndication])).toEqual(
        verdict.signatures.map(() => ['TOTAL-PASSED', null]),
      );
      expect(verdict.signatures[0]).toMatchObject({ level, signer: 'Phạm Quang Vinh' });
      expect(verdict.signatures[0]?.timestampAt).not.toBeNull();
      const info = execFileSync('pdfsig', [result().file]).toString();
      expect(info.match(/Signature is Valid/g)).toHaveLength(1); // it cannot judge document timestamps
      if (level === 'B-LTA') await opensslAgrees(result().file);
      execFileSync('qpdf', ['--check', result().file]);
      const evidence = JSON.parse(readFileSync(`${result().file}.KySo1.json`, 'utf8')) as Record<string, unknown>;
      expect(evidence).toMatchObject({ level, status: 'valid', revocationCaptured: true });
    });
  }

  /** `openssl ts` checks the document timestamp over its byte range. */
  const opensslAgrees = async (file: string) => {
    const pdf = await openPdf(file);
    const value = pdf.signatureFields().at(-1)?.value;
    const contents = value && pdf.get(value.dict, 'Contents');
    const range = value && pdf.get(value.dict, 'ByteRange');
    await pdf.close();
    if (!contents || !isString(contents) || !Array.isArray(range)) throw new Error('no timestamp');
    const bytes = readFileSync(file);
    const [, gap = 0, rest = 0] = range.map(Number);
    const stem = path.join(dir, 'doc-timestamp');
    writeFileSync(`${stem}.bin`, Buffer.concat([bytes.subarray(0, gap), bytes.subarray(rest)]));
    writeFileSync(`${stem}.der`, readTlv(contents.bytes).raw);
    writeFileSync(`${stem}.pem`, readFileSync(pki.root.certificateFile, 'utf8') + readFileSync(pki.issuing.certificateFile, 'utf8'));
    const said = openssl('ts', '-verify', '-data', `${stem}.bin`, '-in', `${stem}.der`, '-token_in', '-CAfile', `${stem}.pem`).toString();
    expect(said).toContain('OK');
  };

  it('refuses a revoked certificate before anything is signed', async () => {
    expect(await signAt('B-B', 'thu hồi')).toMatchObject({ refused: 'certificate-revoked' });
    expect(test.room.newestBatch()).toBeNull();
  });

  it('signs with "not known" when no root is configured, and records that', async () => {
    for (const root of test.room.roots.list()) test.room.roots.remove(root.certificate.id);
    await signAt('B-B');
    await test.room.idle();
    const evidence = JSON.parse(readFileSync(`${result().file}.KySo1.json`, 'utf8')) as Record<string, unknown>;
    expect(evidence['status']).toBe('unknown');
    expect(String(evidence['statusVi'])).toContain('Chưa biết');
  });

  it('does not call a file signed when the timestamp does not come, and asks', async () => {
    for (const mode of ['refuse', 'wrong-nonce', 'wrong-imprint', 'silent'] as const) {
      tsa.mode = mode;
      patience.timeoutMs = mode === 'silent' ? 1000 : 30_000;
      const item = await test.add(`doc-${mode}`);
      const started = await test.start([item], { pin: token.pin, label: 'tốt', level: 'B-T' });
      if (isRefusal(started)) throw new Error(started.en);
      await test.until((view) => view.batch.why?.refused === 'timestamp-failed');
      expect(test.signed.some((one) => one.documentId === item.documentId)).toBe(false);
      if (mode === 'silent') {
        tsa.mode = 'answer';
        patience.timeoutMs = 30_000;
        test.room.answerTimestamp(started.batch.id, 'retry');
        await test.room.idle();
        expect(test.signed.at(-1)).toMatchObject({ documentId: item.documentId, level: 'B-T' });
      } else {
        test.room.answerTimestamp(started.batch.id, 'stop');
        await test.room.idle();
        expect(test.room.newestBatch()?.batch.state).toBe('cancelled');
        expect(test.room.newestBatch()?.files[0]?.state).toBe('skipped');
      }
    }
  });

  it('signs as B-B by explicit choice, leaves a to-do, and pays it later', async () => {
    tsa.mode = 'refuse';
    const started = await signAt('B-T');
    if (isRefusal(started)) throw new Error(started.en);
    await test.until((view) => view.batch.why?.refused === 'timestamp-failed');
    test.room.answerTimestamp(started.batch.id, 'without');
    await test.room.idle();
    expect(result().level).toBe('B-B');
    expect(test.room.journal.owed()).toHaveLength(1);
    expect(await test.room.settleOwed()).toEqual({ settled: 0, left: 1 });
    tsa.mode = 'answer';
    expect(await test.room.settleOwed()).toEqual({ settled: 1, left: 0 });
    await test.room.idle();
    expect(result().level).toBe('B-T');
    const verdict = await verifier.verify(result().file, { trustDir, at: test.clock.now() + 60_000 });
    expect(verdict.verdict).toBe('TOTAL-PASSED');
  });

  it('asks a slow server for at most four timestamps at once', async () => {
    tsa.mode = 'hold';
    const before = tsa.requests;
    const items = await Promise.all(Array.from({ length: 8 }, (_, i) => test.add(`many-${i}`)));
    await test.start(items, { pin: token.pin, label: 'tốt', level: 'B-T' });
    await vi.waitFor(() => expect(tsa.most).toBe(4), { timeout: 25_000 });
    tsa.mode = 'answer';
    await test.room.idle();
    expect(test.room.newestBatch()?.files.every((file) => file.state === 'signed')).toBe(true);
    expect(tsa.requests - before).toBe(8);
    expect(tsa.most).toBe(4);
  });
});
