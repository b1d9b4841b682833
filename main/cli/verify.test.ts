import { copyFileSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplePdf } from '../../tests/fixtures/signed/document.ts';
import { makePki, type Pki } from '../../tests/fixtures/signed/pki.ts';
import { part } from '../../tests/parts.ts';
import { verifyCommand } from './verify.ts';

describe.skipIf(!part('openssl'))('quay verify', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'cli-verify-'));
  let pki: Pki;

  beforeAll(() => {
    pki = makePki(dir);
    const who = pki.identity('signer');
    const good = samplePdf().sign(pki, { who });
    writeFileSync(path.join(dir, 'tốt.pdf'), good.bytes);
    writeFileSync(path.join(dir, 'unsigned.pdf'), samplePdf().bytes);
    writeFileSync(path.join(dir, 'bad.pdf'), good.update({ 4: '<<>>' }).bytes);
    writeFileSync(path.join(dir, 'text.pdf'), 'hello');
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const run = async (...argv: string[]): Promise<{ code: number; lines: string[]; errors: string }> => {
    let out = '';
    let errors = '';
    const code = await verifyCommand(argv, {
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (errors += text) },
      cwd: dir,
    });
    return { code, lines: out.split('\n').filter(Boolean), errors };
  };
  const json = (lines: string[]): { file: string; verdict: string; reason?: string; signatures: Record<string, unknown>[] }[] =>
    lines.map((line) => JSON.parse(line));

  it('prints one line per file, relative to where it was typed', async () => {
    const { code, lines } = await run('--trust', 'trust', '--offline', '--json', 'tốt.pdf');
    expect(code).toBe(0);
    expect(json(lines)[0]).toMatchObject({ file: 'tốt.pdf', verdict: 'TOTAL-PASSED' });
    expect(Object.keys(json(lines)[0]?.signatures[0] ?? {})).toEqual(
      expect.arrayContaining([
        'field',
        'verdict',
        'subIndication',
        'modifications',
        'coversWholeFile',
        'signer',
        'level',
        'signedAt',
        'timestampAt',
        'vi',
        'en',
      ]),
    );
  });

  it('says for every file what it is, and exits with the worst', async () => {
    const all = await run(
      '--trust',
      'trust',
      '--offline',
      '--json',
      'tốt.pdf',
      'unsigned.pdf',
      'bad.pdf',
      'text.pdf',
      'missing.pdf',
      'trust',
    );
    expect(all.code).toBe(1);
    expect(json(all.lines).map((line) => line.verdict)).toEqual([
      'TOTAL-PASSED',
      'NO-SIGNATURE',
      'TOTAL-FAILED',
      'TOTAL-FAILED',
      'TOTAL-FAILED',
      'TOTAL-FAILED',
    ]);
    for (const line of json(all.lines)) expect(line.signatures.length > 0 || typeof line.reason === 'string').toBe(true);
    expect((await run('--trust', 'trust', '--offline', 'tốt.pdf', 'unsigned.pdf')).code).toBe(2);
    expect((await run('--offline', 'tốt.pdf')).code).toBe(2);
    expect((await run('bad.pdf', 'unsigned.pdf')).code).toBe(1);
  });

  it('speaks to people in two languages', async () => {
    const { lines } = await run('--trust', 'trust', '--offline', 'tốt.pdf', 'unsigned.pdf');
    expect(lines[0]).toMatch(/^TOTAL-PASSED .*tốt\.pdf .*Chữ ký hợp lệ\. \/ The signature is valid\. .*Nguyễn Văn Mẫu/);
    expect(lines[1]).toMatch(/^NO-SIGNATURE .*Tệp chưa có chữ ký số\./);
  });

  it('keeps to one line and to its own folder whatever a file is called', async () => {
    for (const name of ['-dấu.pdf', 'hai\ndòng.pdf', '$(x) `y` "z".pdf']) {
      copyFileSync(path.join(dir, 'tốt.pdf'), path.join(dir, name));
      expect(await run('--trust', 'trust', '--offline', '--', name)).toMatchObject({
        code: 0,
        lines: [expect.stringMatching(/^TOTAL-PASSED/)],
      });
      const { lines } = await run('--trust', 'trust', '--offline', '--json', '--', name);
      expect(json(lines)).toMatchObject([{ file: name, verdict: 'TOTAL-PASSED' }]);
    }
    symlinkSync('tốt.pdf', path.join(dir, 'nối.pdf'));
    symlinkSync('không-có.pdf', path.join(dir, 'đứt.pdf'));
    writeFileSync(path.join(dir, 'rỗng.pdf'), '');
    const { code, lines } = await run(
      '--trust',
      'trust',
      '--offline',
      '--json',
      'nối.pdf',
      'đứt.pdf',
      'rỗng.pdf',
      '',
      '/dev/zero',
      'tốt.pdf',
    );
    expect(code).toBe(1);
    expect(json(lines).map((line) => line.verdict === 'TOTAL-PASSED')).toEqual([true, false, false, false, false, true]);
  });

  it('says that an unsigned file is encrypted', async () => {
    writeFileSync(path.join(dir, 'khóa.pdf'), samplePdf('/Root 1 0 R/ID[<00><00>]/Encrypt<</Filter/Standard/V 2/R 3>>').bytes);
    const { code, lines } = await run('--json', 'khóa.pdf');
    expect(code).toBe(2);
    expect(json(lines)).toMatchObject([{ verdict: 'NO-SIGNATURE', reason: expect.stringContaining('encrypted') }]);
  });

  it('judges at another time', async () => {
    expect((await run('--trust', 'trust', '--offline', '--at', '2060-01-01T00:00:00Z', 'tốt.pdf')).code).toBe(2);
  });

  it.each([[[]], [['--bogus', 'x.pdf']], [['--at', 'yesterday', 'x.pdf']], [['--trust', 'nowhere', 'x.pdf']], [['--trust']]])(
    'answers 64 to %j',
    async (argv) => {
      const { code, lines, errors } = await run(...argv);
      expect(code).toBe(64);
      expect(lines).toEqual([]);
      expect(errors).toContain('usage:');
    },
  );
});
