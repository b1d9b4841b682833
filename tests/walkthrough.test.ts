import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { walk, type Summary } from '../main/cli/walkthrough.ts';
import { opensslVerifies } from './fixtures/signed/openssl.ts';
import { makePki, type Pki } from './fixtures/signing/pki.ts';
import { makeToken, type SoftToken } from './fixtures/signing/softhsm.ts';
import { part } from './parts.ts';

const real = ['openssl', 'softhsm2-util', 'pkcs11-tool', 'pdfsig', 'qpdf', 'pdfimages', 'pdftotext', 'zbarimg'].map(part).every(Boolean);
const run = (command: string, args: string[]) => execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** The whole job with a key on a PKCS#11 token, judged by tools that are not ours. */
describe.skipIf(!real)('the walkthrough', () => {
  let dir: string;
  let pki: Pki;
  let before: string | undefined;

  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-walk-test-'));
    pki = makePki(path.join(dir, 'pki'));
    before = process.env['SOFTHSM2_CONF'];
  });
  afterAll(() => {
    if (before === undefined) delete process.env['SOFTHSM2_CONF'];
    else process.env['SOFTHSM2_CONF'] = before;
    rmSync(dir, { recursive: true, force: true });
  });

  it.each(['RSA', 'EC'] as const)(
    'serves a citizen from the ticket to the delivered result signed with an %s key',
    async (kind) => {
      const token: SoftToken = makeToken(path.join(dir, `hsm-${kind}`), `Token ${kind}`);
      token.add(pki.issue(`Nguyễn Thanh Bình ${kind}`, kind === 'EC' ? { key: 'p256' } : {}));
      process.env['SOFTHSM2_CONF'] = token.env['SOFTHSM2_CONF'];
      const out = path.join(dir, `out-${kind}`);
      const lines: string[] = [];
      const summary: Summary = await walk({
        out,
        say: (line) => lines.push(line),
        pkcs11Modules: [token.module],
        token: { label: token.label, pin: token.pin },
      });
      expect(summary.ok, lines.join('\n')).toBe(true);
      expect(JSON.parse(readFileSync(path.join(out, 'summary.json'), 'utf8'))).toEqual(summary);
      const result = (name: string) => summary.steps.find((step) => step.name === name)!.result!;
      expect(result('sign')).toMatchObject({ training: false, level: 'B-B' });

      // the ticket on paper
      expect(run('zbarimg', ['-q', '--raw', path.join(out, 'ticket.png')])).toMatch(/^QUAY:T:B001:/);
      expect(readFileSync(path.join(out, 'ticket.escpos')).length).toBe(result('kiosk')['bytes']);

      // four pages scanned, one dropped, the pictures as the scanner made them
      const images = run('pdfimages', ['-list', path.join(out, 'component.pdf')])
        .trim()
        .split('\n')
        .slice(2)
        .map((line) => line.trim().split(/\s+/));
      expect(images.map((image) => image[8])).toEqual(['jpeg', 'jpeg', 'jpeg']);
      expect(images.every((image) => Number(image[12]) >= 200)).toBe(true);
      run('pdfimages', ['-j', path.join(out, 'component.pdf'), path.join(out, 'page')]);
      const hash = (file: string) => createHash('sha256').update(readFileSync(file)).digest('hex');
      const papers = new Set(
        readdirSync('resources/papers')
          .filter((f) => f.endsWith('.jpg'))
          .map((f) => hash(path.join('resources/papers', f))),
      );
      for (const page of readdirSync(out).filter((f) => f.startsWith('page-')))
        expect(papers.has(hash(path.join(out, page))), page).toBe(true);

      // the receipt says what it must, in Vietnamese
      const receipt = run('pdftotext', ['-layout', path.join(out, 'receipt.pdf'), '-']);
      for (const words of [
        'GIẤY TIẾP NHẬN HỒ SƠ',
        'VÀ HẸN TRẢ KẾT QUẢ',
        'Nguyễn Văn An',
        String(result('accept')['code']),
        'Giấy chứng sinh hoặc giấy tờ thay thế',
      ])
        expect(receipt).toContain(words);

      // the signed result, judged by three tools
      const signed = path.join(out, 'result-signed.pdf');
      expect(run('qpdf', ['--check', signed])).toContain('No syntax or stream encoding errors found');
      const verdict = run('pdfsig', ['-nocert', signed]);
      expect(verdict).toContain('Signature is Valid');
      expect(verdict).toContain('Total document signed');
      expect(verdict).toContain('ETSI.CAdES.detached');
      expectOpenssl(signed);
      expect(run('pdftotext', [signed, '-'])).toContain('Nguyễn Thanh Bình');

      // the province: exactly one dossier, the same bytes, status 10
      const holdings = JSON.parse(readFileSync(path.join(out, 'province/holdings.json'), 'utf8')) as {
        code: string;
        status: number;
        files: { sha256: string }[];
        results: { sha256: string }[];
      }[];
      expect(holdings).toHaveLength(1);
      expect(holdings[0]).toMatchObject({ code: result('accept')['code'], status: 10 });
      expect(holdings[0]!.files.map((file) => file.sha256)).toContain(hash(path.join(out, 'component.pdf')));
      expect(holdings[0]!.results.map((file) => file.sha256)).toContain(hash(signed));
      const kept = readdirSync(path.join(out, 'province'), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.pdf'));
      expect(new Set(kept.map((file) => hash(path.join(out, 'province', file))))).toEqual(
        new Set([...holdings[0]!.files, ...holdings[0]!.results].map((file) => file.sha256)),
      );
    },
    120_000,
  );

  /** Cuts the signed bytes and the CMS out by the ByteRange, and lets OpenSSL check the CAdES attributes. */
  function expectOpenssl(file: string): void {
    const bytes = readFileSync(file);
    const range = /\/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]/.exec(bytes.toString('latin1'))!.slice(1).map(Number);
    const content = path.join(dir, 'signed-bytes');
    const signed = Buffer.concat([bytes.subarray(range[0], range[0]! + range[1]!), bytes.subarray(range[2], range[2]! + range[3]!)]);
    writeFileSync(content, signed);
    const hex = bytes
      .subarray(range[0]! + range[1]! + 1, range[2]! - 1)
      .toString('latin1')
      .replace(/(00)+$/, '');
    const cms = path.join(dir, 'cms.der');
    writeFileSync(cms, Buffer.from(hex.length % 2 ? `${hex}0` : hex, 'hex'));
    const chain = path.join(dir, 'chain.pem');
    writeFileSync(chain, [pki.root, pki.issuing].map((ca) => readFileSync(ca.certificateFile, 'utf8')).join('\n'));
    expect(opensslVerifies(cms, content, chain).equals(signed)).toBe(true);
  }
});
