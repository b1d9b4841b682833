import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { makePki } from '../../../tests/fixtures/signing/pki.ts';
import { onePage } from '../../../tests/fixtures/signing/room.ts';
import { softSigner } from '../../../tests/fixtures/signing/soft-signer.ts';
import { part } from '../../../tests/parts.ts';
import { isRefusal } from '../../contract/refusal.ts';
import { hashFile, type WriteJob } from '../append/index.ts';
import { attributesDigest } from '../cms/index.ts';
import { finishFile, prepareFile, type SignedFile, type Signer } from '../sign.ts';
import { quickVerify } from '../verify/index.ts';
import { Writer } from './writer.ts';

describe.skipIf(!part('openssl'))('the thread that writes signed files', () => {
  let dir: string;
  let signer: Signer;
  let writer: Writer;

  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-writer-'));
    signer = softSigner(makePki(path.join(dir, 'pki')).issue('Phạm Quang Vinh'));
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  beforeEach(async () => {
    writer = new Writer();
    await vi.waitFor(() => expect(writer.threaded).toBe(true), { timeout: 20_000 });
  });
  afterEach(() => writer.close());

  /** Signs a new file and gives what has to be written to `write`. */
  const sign = async (name: string, write: (job: WriteJob) => Promise<string>): Promise<SignedFile> => {
    const input = path.join(dir, `${name}.pdf`);
    await onePage(input);
    const prepared = await prepareFile(
      {
        input,
        output: path.join(dir, `${name}.signed.pdf`),
        seen: null,
        signedAt: Date.now(),
        reason: null,
        field: null,
        page: 0,
        appearance: null,
        timestampBytes: 0,
      },
      signer,
    );
    if (isRefusal(prepared)) throw new Error(prepared.en);
    const signature = await signer.sign(attributesDigest(prepared.attributes, signer.hash), prepared.attributes);
    return finishFile(prepared, signer, signature, null, '{}', write);
  };
  const left = (name: string) => readdirSync(dir).filter((file) => file.includes(`${name}.signed.pdf`));

  it('writes several at once, each checked and with its evidence', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const signed = await Promise.all(names.map((name) => sign(name, (job) => writer.write(job))));
    for (const one of signed) {
      expect(one.sha256).toBe(await hashFile(one.output));
      expect((await quickVerify(one.output)).intact).toBe(true);
      expect(existsSync(`${one.output}.${one.field}.json`)).toBe(true);
    }
  });

  it('refuses bytes that the signature does not cover, and gives them no name', async () => {
    const spoilt = (job: WriteJob) => {
      const update = Buffer.from(job.update);
      update.write('7', update.indexOf('/Rect [') + 7);
      return writer.write({ ...job, update });
    };
    await expect(sign('spoilt', spoilt)).rejects.toThrow('does not hold');
    expect(left('spoilt')).toEqual(['.spoilt.signed.pdf.dang-ky']); // whoever asked removes it
  });

  it('leaves no result of a file that it did not answer for; the next is written without it', async () => {
    const signing = sign('lost', (job) => {
      const written = writer.write(job);
      void writer.close();
      return written;
    });
    const answered = await signing.then(
      () => 2,
      () => 0,
    );
    expect(left('lost').filter((file) => !file.startsWith('.'))).toHaveLength(answered);
    expect(writer.threaded).toBe(false);
    const { output } = await sign('later', (job) => writer.write(job));
    expect((await quickVerify(output)).intact).toBe(true);
  });
});
