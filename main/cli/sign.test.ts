import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeProxy } from '../../tests/fixtures/pkcs11-proxy/proxy.ts';
import { startTsa, TSA_EXTENSIONS, type Tsa } from '../../tests/fixtures/signing/authorities.ts';
import { makePki, type Pki } from '../../tests/fixtures/signing/pki.ts';
import { onePage } from '../../tests/fixtures/signing/room.ts';
import { makeToken, type SoftToken } from '../../tests/fixtures/signing/softhsm.ts';
import { part } from '../../tests/parts.ts';
import { quickVerify } from '../signing/verify/quick.ts';
import { signCommand } from './sign.ts';

const real = ['gcc', 'openssl', 'softhsm2-util', 'pkcs11-tool', 'pdfsig', 'qpdf', 'pdftotext'].map(part).every(Boolean);
const QUAY = path.join(import.meta.dirname, 'quay.ts');

interface Line {
  file: string;
  outcome: string;
  reason: string | null;
  level: string | null;
  output: string | null;
}

interface Answer {
  code: number | null;
  lines: Line[];
  text: string;
  errors: string;
}

describe.skipIf(!real)('quay sign, from a terminal', () => {
  let dir: string;
  let pki: Pki;
  let token: SoftToken;
  let tsa: Tsa;
  let serial: string;

  beforeAll(async () => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-cli-'));
    pki = makePki(path.join(dir, 'pki'));
    token = makeToken(path.join(dir, 'hsm'));
    const signer = pki.issue('Phạm Quang Vinh');
    token.add(signer);
    Object.assign(process.env, token.env);
    const expired = makeToken(path.join(dir, 'hsm'), 'hết hạn');
    expired.add(pki.issue('Hết Hạn', { from: '20200101000000Z', to: '20210101000000Z' }));
    serial = execFileSync('openssl', ['x509', '-in', signer.certificateFile, '-noout', '-serial']).toString().trim().replace('serial=', '');
    tsa = await startTsa(pki, pki.issue('Dấu thời gian (thử)', { extensions: TSA_EXTENSIONS }));
    mkdirSync(path.join(dir, 'trust'));
    execFileSync('cp', [pki.root.certificateFile, pki.issuing.certificateFile, path.join(dir, 'trust')]);
    await onePage(path.join(dir, 'một.pdf'));
    await onePage(path.join(dir, 'hai.pdf'));
    writeFileSync(path.join(dir, 'hỏng.pdf'), readFileSync(path.join(dir, 'một.pdf')).subarray(0, 400));
  });
  afterAll(async () => {
    await tsa.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** The whole program, typed in `dir` and run elsewhere, as npm does. */
  const typed = (args: string[]): Promise<Answer> =>
    new Promise((resolve) => {
      const env = { ...process.env, ...token.env, INIT_CWD: dir };
      const child = spawn(process.execPath, ['--no-warnings', QUAY, 'sign', ...args], { cwd: tmpdir(), env });
      let text = '';
      let errors = '';
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      child.stdin.on('error', () => undefined);
      child.stdin.end(`${token.pin}\nnot the PIN\n`);
      child.on('close', (code) => resolve({ code, text, errors, lines: linesOf(text) }));
    });

  /** The same command in this process, which is quicker. */
  const run = async (args: string[], input = `${token.pin}\nnot the PIN\n`): Promise<Answer> => {
    let text = '';
    let errors = '';
    const code = await signCommand(args, {
      stdin: Readable.from([Buffer.from(input)]),
      stdout: { write: (part) => (text += part) },
      stderr: { write: (part) => (errors += part) },
      cwd: dir,
    });
    return { code, text, errors, lines: linesOf(text) };
  };
  const linesOf = (text: string) =>
    text.startsWith('{')
      ? text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as Line)
      : [];
  const base = () => ['--module', token.module, '--token', token.label, '--pin-stdin', '--json'];

  it('signs files whose names are relative to where it was typed', async () => {
    const { code, lines } = await typed([
      ...base(),
      '--certificate',
      serial.toLowerCase(),
      '--form',
      'personal',
      '--page',
      '1',
      '--at',
      '300,120',
      '--out',
      'ra',
      'một.pdf',
      'hai.pdf',
    ]);
    expect(lines.map((line) => [line.file, line.outcome, line.reason, line.level])).toEqual([
      ['một.pdf', 'signed', null, 'B-B'],
      ['hai.pdf', 'signed', null, 'B-B'],
    ]);
    expect(code).toBe(0);
    const output = lines[0]?.output ?? '';
    expect(path.dirname(output)).toBe(path.join(dir, 'ra'));
    expect(execFileSync('pdfsig', [output]).toString()).toContain('Signature is Valid');
    expect(execFileSync('pdftotext', [output, '-']).toString()).toContain('Phạm Quang Vinh');
  });

  it('signs with PSS when asked to and the token has it', async () => {
    const { code, lines } = await run([...base(), '--certificate', serial, '--pss', '--out', 'pss', 'một.pdf']);
    expect([code, lines[0]?.outcome]).toEqual([0, 'signed']);
    const output = lines[0]?.output ?? '';
    const RSASSA_PSS = '06092A864886F70D01010A'; // 1.2.840.113549.1.1.10
    expect(readFileSync(output).includes(RSASSA_PSS)).toBe(true);
    expect(await quickVerify(output)).toMatchObject({ intact: true });
  });

  it('gives one line for each file, and the highest code wins', async () => {
    const mixed = await run([...base(), '--out', 'ra', 'một.pdf', 'hỏng.pdf']);
    expect(mixed.lines.map((line) => line.outcome)).toEqual(['signed', 'refused']);
    expect(mixed.code).toBe(3);
    const worse = await run([...base(), '--out', 'ra', 'hỏng.pdf', 'không-có.pdf', 'một.pdf', 'một.pdf']);
    expect(worse.lines.map((line) => line.outcome)).toEqual(['refused', 'failed', 'signed', 'signed']);
    expect(new Set(worse.lines.map((line) => line.output)).size).toBe(3);
    expect(worse.code).toBe(5);
    const folder = await run([...base(), '--out', 'ra', '.']);
    expect([folder.code, folder.lines[0]?.outcome, folder.lines[0]?.reason]).toEqual([5, 'failed', 'unreadable']);
    expect(readdirSync(path.join(dir, 'ra')).filter((name) => name.endsWith('.dang-ky'))).toEqual([]);
  });

  it('stops with 4 when the token stops it', async () => {
    const wrong = await run([...base(), '--out', 'sai', 'một.pdf', 'hai.pdf'], '00000000\n');
    expect(wrong.lines.map((line) => [line.outcome, line.reason])).toEqual([
      ['failed', 'wrong-pin'],
      ['failed', 'wrong-pin'],
    ]);
    expect(wrong.code).toBe(4);
    const absent = await run([...base(), '--token', 'token khác', '--out', 'sai', 'một.pdf']);
    expect([absent.code, absent.lines[0]?.reason]).toEqual([4, 'token-missing']);
    const silent = await run([...base(), '--out', 'sai', 'một.pdf'], '\n');
    expect([silent.code, silent.lines[0]?.reason]).toEqual([4, 'pin-missing']);
    expect(readdirSync(path.join(dir, 'sai'))).toEqual([]);
  });

  it('loads the driver once and sends the PIN once, and lets the token go', async () => {
    const proxy = makeProxy(dir, token);
    Object.assign(process.env, proxy.env);
    const { code } = await run([...base(), '--module', proxy.module, '--out', 'một lần', 'một.pdf', 'hai.pdf']);
    expect(code).toBe(0);
    // A driver that is slow to say goodbye is ended without, so there may be no word of it; never two.
    const asked = () => proxy.calls().filter((call) => /^(login|sign)/.test(call));
    expect(asked()).toEqual(['login-pin', 'sign', 'sign']);
    expect(proxy.calls().filter((call) => call === 'finalize').length).toBeLessThan(2);
    proxy.forget();
    const wrong = await run([...base(), '--module', proxy.module, '--out', 'một lần', 'một.pdf'], '00000000\n');
    expect(wrong.code).toBe(4);
    expect(asked()).toEqual(['login-pin']);
    expect(proxy.calls()).not.toContain('session-rw');
  });

  it('refuses with 3 when the certificate may not sign', async () => {
    const { code, lines } = await run([...base(), '--token', 'hết hạn', '--out', 'ra', 'một.pdf']);
    expect([code, lines[0]?.outcome, lines[0]?.reason]).toEqual([3, 'refused', 'certificate-expired']);
  });

  it('timestamps, and fails with 5 and without a result when none comes', async () => {
    tsa.mode = 'answer';
    const good = await run([...base(), '--level', 'B-T', '--tsa', tsa.url, '--trust', 'trust', '--out', 'ra', 'một.pdf']);
    expect([good.code, good.lines[0]?.level]).toEqual([0, 'B-T']);
    tsa.mode = 'refuse';
    const none = await run([...base(), '--level', 'B-T', '--tsa', tsa.url, '--out', 'không', 'một.pdf']);
    expect([none.code, none.lines[0]?.outcome, none.lines[0]?.reason]).toEqual([5, 'failed', 'timestamp-failed']);
    expect(readdirSync(path.join(dir, 'không'))).toEqual([]);
  });

  it('explains itself when asked', async () => {
    const { code, text } = await run(['--help']);
    expect([code, text]).toEqual([0, expect.stringContaining('usage: quay sign')]);
  });

  it('says 64 for wrong usage and touches nothing', async () => {
    for (const args of [
      [],
      ['--module', token.module, '--token', token.label, '--out', 'x', 'một.pdf'],
      [...base(), 'một.pdf'],
      [...base(), '--out', 'x'],
      [...base(), '--out', 'x', '--level', 'B-Z', 'một.pdf'],
      [...base(), '--out', 'x', '--level', 'B-T', 'một.pdf'],
      [...base(), '--out', 'x', '--page', '0', '--at', '1,2', '--form', 'personal', 'một.pdf'],
      [...base(), '--out', 'x', '--page', '1', '--form', 'personal', 'một.pdf'],
      [...base(), '--out', 'x', '--trust', 'nowhere', 'một.pdf'],
      [...base(), '--out', 'x', '--surprise', 'một.pdf'],
    ]) {
      const { code, text, errors } = await run(args);
      expect([code, text]).toEqual([64, '']);
      expect(errors).toContain('usage: quay sign');
    }
    expect(existsSync(path.join(dir, 'x'))).toBe(false);
  });
});
