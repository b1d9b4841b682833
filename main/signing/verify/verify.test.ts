import { execFileSync } from 'node:child_process';
import { createHash, sign as signWith } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commented, filled, taggedSample, tagSigned } from '../../../tests/fixtures/hostile/index.ts';
import { samplePdf, type FixturePdf } from '../../../tests/fixtures/signed/document.ts';
import { makeSignedFiles, type SignedFiles } from '../../../tests/fixtures/signed/files.ts';
import { opensslVerifies } from '../../../tests/fixtures/signed/openssl.ts';
import { der, type Identity, type Pki } from '../../../tests/fixtures/signed/pki.ts';
import { part } from '../../../tests/parts.ts';
import { Der, encode } from './der.ts';
import { quickVerify, verify, type Verification, type VerifyOptions } from './index.ts';

const openssl = part('openssl');

describe.skipIf(!openssl)('verify', () => {
  let files: SignedFiles;
  let pki: Pki;
  let who: Identity;

  beforeAll(() => {
    files = makeSignedFiles('verify');
    ({ pki } = files);
    who = pki.identity('signer');
  });
  afterAll(() => files?.remove());

  const put = (bytes: Uint8Array): string => files.put(bytes);
  const look = (file: Uint8Array | FixturePdf, options?: VerifyOptions): Promise<Verification> => files.look(file, options);
  const sign = (): FixturePdf => samplePdf().sign(pki, { who });

  it('passes a good signature, and says so in two languages', async () => {
    const answer = await look(sign());
    expect(answer).toMatchObject({
      verdict: 'TOTAL-PASSED',
      signatures: [
        {
          field: 'ky9',
          verdict: 'TOTAL-PASSED',
          subIndication: null,
          modifications: 'NONE',
          coversWholeFile: true,
          signer: 'Nguyễn Văn Mẫu',
          level: 'B-B',
          timestampAt: null,
        },
      ],
    });
    expect(answer.signatures[0]?.vi).toBe('Chữ ký hợp lệ.');
    expect(answer.signatures[0]?.signedAt).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it('knows algorithms: ECDSA, PSS, SHA-384, SHA-512, RSA 3072', async () => {
    const p256 = pki.identity('p256', { algorithm: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'] });
    const p384 = pki.identity('p384', { algorithm: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-384'] });
    const rsa = pki.identity('r3072', { algorithm: ['RSA', '-pkeyopt', 'rsa_keygen_bits:3072'] });
    const files = [
      samplePdf().sign(pki, { who: p256 }),
      samplePdf().sign(pki, { who: p384, digest: 'sha384' }),
      samplePdf().sign(pki, { who: rsa, digest: 'sha512' }),
      samplePdf().sign(pki, { who, pss: true }),
      samplePdf().sign(pki, { who, pss: true, digest: 'sha512' }),
    ];
    for (const file of files) expect((await look(file)).verdict).toBe('TOTAL-PASSED');
  });

  it('calls a good signature of an unknown issuer indeterminate', async () => {
    const file = put(sign().bytes);
    expect(await verify(file, { offline: true })).toMatchObject({
      verdict: 'INDETERMINATE',
      signatures: [{ subIndication: 'NO_CERTIFICATE_CHAIN_FOUND', modifications: 'NONE' }],
    });
  });

  it('accepts a plain PKCS#7 signature without calling it PAdES', async () => {
    const answer = await look(samplePdf().sign(pki, { who, subFilter: 'adbe.pkcs7.detached', plain: true }));
    expect(answer).toMatchObject({ verdict: 'TOTAL-PASSED', signatures: [{ level: 'CMS' }] });
  });

  it('reads a CMS whose shells have indefinite lengths', async () => {
    const open = (tag: number, inner: Uint8Array): Uint8Array => Buffer.concat([Buffer.from([tag, 0x80]), inner, Buffer.from([0, 0])]);
    const ber = (cms: Uint8Array): Uint8Array => {
      const info = Der.whole(cms);
      return open(0x30, Buffer.concat([info.child(0).raw, open(0xa0, open(0x30, info.child(1).child(0).content))]));
    };
    expect((await look(samplePdf().sign(pki, { who, twist: ber }))).verdict).toBe('TOTAL-PASSED');
    expect(
      (await look(samplePdf().sign(pki, { who, twist: (cms) => Buffer.concat([Buffer.from([0x04, 0x80]), ber(cms).subarray(2)]) })))
        .verdict,
    ).toBe('TOTAL-FAILED');
  });

  it('relies on no reference to the certificate by SHA-1', async () => {
    const older = (cms: Uint8Array): Uint8Array => {
      const info = Der.whole(cms);
      const data = info.child(1).child(0);
      const [version, sid, digest, signed, algorithm] = data.children.at(-1)?.child(0).children ?? [];
      const named = createHash('sha1').update(der(who.cert)).digest();
      const oid = new Uint8Array([6, 11, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 12]);
      const reference = encode(0x30, oid, encode(0x31, encode(0x30, encode(0x30, encode(0x30, encode(4, named))))));
      const kept = (signed?.children ?? []).filter((part) => !part.child(0).oid.endsWith('.16.2.47')).map((part) => part.raw);
      const attributes = [...kept, reference].sort((a, b) => Buffer.compare(a, b));
      const value = signWith('sha256', encode(0x31, ...attributes), readFileSync(who.key));
      const parts = [version, sid, digest].map((part) => part?.raw ?? new Uint8Array());
      const signer = encode(0x30, ...parts, encode(0xa0, ...attributes), algorithm?.raw ?? new Uint8Array(), encode(4, value));
      const inner = encode(0x30, ...data.children.slice(0, -1).map((part) => part.raw), encode(0x31, signer));
      return encode(0x30, info.child(0).raw, encode(0xa0, inner));
    };
    expect(await look(samplePdf().sign(pki, { who, twist: older }))).toMatchObject({
      verdict: 'INDETERMINATE',
      signatures: [{ subIndication: 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE', details: [expect.stringContaining('SHA-1')] }],
    });
    // Signatures of the older kind need no reference at all.
    const plain = samplePdf().sign(pki, { who, twist: older, subFilter: 'adbe.pkcs7.detached' });
    expect((await look(plain)).verdict).toBe('TOTAL-PASSED');
  });

  it('reads timestamps, and judges the certificate at their time', async () => {
    const file = samplePdf().sign(pki, { who, timestamp: true });
    const answer = await look(file);
    expect(answer).toMatchObject({ verdict: 'TOTAL-PASSED', signatures: [{ level: 'B-T' }] });
    expect(answer.signatures[0]?.timestampAt).toMatch(/Z$/);
    const short = samplePdf().sign(pki, { who: pki.identity('short', { days: 1 }) });
    expect(await look(short, { at: Date.now() + 10 * 86_400_000 })).toMatchObject({
      verdict: 'INDETERMINATE',
      signatures: [{ subIndication: 'OUT_OF_BOUNDS_NO_POE' }],
    });
    const stamped = samplePdf().sign(pki, { who: pki.identity('short2', { days: 1 }), timestamp: true });
    expect((await look(stamped, { at: Date.now() + 10 * 86_400_000 })).verdict).toBe('TOTAL-PASSED');
    expect((await look(stamped, { at: Date.now() - 86_400_000 })).verdict).toBe('INDETERMINATE');
  });

  it('passes what later revisions may do, and names it', async () => {
    const twice = sign().sign(pki, { who, visible: 'hai' });
    expect((await look(twice)).signatures.map((one) => [one.verdict, one.modifications, one.coversWholeFile])).toEqual([
      ['TOTAL-PASSED', 'FORM_FILLING', false],
      ['TOTAL-PASSED', 'NONE', true],
    ]);
    const archived = sign().archive(pki);
    expect((await look(archived)).signatures.map((one) => [one.verdict, one.modifications, one.level])).toEqual([
      ['TOTAL-PASSED', 'LTA_UPDATES', 'B-T'],
      ['TOTAL-PASSED', 'NONE', 'DocTimeStamp'],
    ]);
    expect(await look(filled(sign()))).toMatchObject({ verdict: 'TOTAL-PASSED', signatures: [{ modifications: 'FORM_FILLING' }] });
    expect(await look(filled(samplePdf().sign(pki, { who, certify: 2 })))).toMatchObject({ verdict: 'TOTAL-PASSED' });
    expect(await look(commented(samplePdf().sign(pki, { who, certify: 3 })))).toMatchObject({
      verdict: 'TOTAL-PASSED',
      signatures: [{ modifications: 'ANNOTATIONS' }],
    });
    expect(await look(filled(samplePdf().sign(pki, { who, lock: '/Action/Include/Fields[(khac)]' })))).toMatchObject({
      verdict: 'TOTAL-PASSED',
    });
    expect(await look(samplePdf().sign(pki, { who, certify: 1 }).archive(pki))).toMatchObject({ verdict: 'TOTAL-PASSED' });
    expect(await look(sign().update({}))).toMatchObject({
      verdict: 'TOTAL-PASSED',
      signatures: [{ modifications: 'NONE', coversWholeFile: false }],
    });
    expect(
      await look(sign().update({ 20: '<</Producer(x)/ModDate(D:2026)>>' }, { trailer: '/Root 1 0 R/ID[<00><01>]/Info 20 0 R' })),
    ).toMatchObject({ verdict: 'TOTAL-PASSED', signatures: [{ modifications: 'LTA_UPDATES' }] });
  });

  it('lets a later signer tag the field, once and again', async () => {
    const first = (): FixturePdf => taggedSample().sign(pki, { who });
    const answer = await look(tagSigned(first(), pki, who));
    expect(answer).toMatchObject({ verdict: 'TOTAL-PASSED', signatures: [{ modifications: 'FORM_FILLING' }, { modifications: 'NONE' }] });
    expect((await look(tagSigned(taggedSample().sign(pki, { who, certify: 2 }), pki, who))).verdict).toBe('TOTAL-PASSED');
    let tagged = 0;
    const once = tagSigned(first(), pki, who, (field) => {
      tagged = field;
      return {};
    });
    const twice = (field: number): Record<number, string> => ({
      30: '<</Type/StructTreeRoot/K[32 0 R]/ParentTree 31 0 R/ParentTreeNextKey 3>>',
      31: '<</Nums[0[33 0 R]1 70 0 R 2 80 0 R]>>',
      32: '<</Type/StructElem/S/Document/P 30 0 R/K[33 0 R 70 0 R 80 0 R]>>',
      70: `<</Type/StructElem/S/Form/P 32 0 R/Pg 3 0 R/K<</Type/OBJR/Obj ${tagged} 0 R/Pg 3 0 R>>>>`,
      80: `<</Type/StructElem/S/Form/P 32 0 R/Pg 3 0 R/K[<</Type/OBJR/Obj ${field} 0 R>>]>>`,
    });
    expect((await look(tagSigned(once, pki, who, twice, 2))).signatures.map((one) => one.verdict)).toEqual(
      Array.from({ length: 3 }, () => 'TOTAL-PASSED'),
    );
  });

  it('tells unsigned, unreadable and missing files apart', async () => {
    expect(await look(samplePdf())).toMatchObject({
      verdict: 'NO-SIGNATURE',
      signatures: [],
      reason: expect.stringContaining('no signature'),
    });
    expect(await look(Buffer.from('hello'))).toMatchObject({
      verdict: 'TOTAL-FAILED',
      signatures: [],
      reason: expect.stringContaining('notPdf'),
    });
    expect(await verify(path.join(files.dir, 'none.pdf'))).toMatchObject({
      verdict: 'TOTAL-FAILED',
      reason: expect.stringContaining('unreadable'),
    });
  });

  it('says of encrypted files that they are encrypted', async () => {
    const handler = '/Filter/Standard/V 4/R 4/Length 128/P -4/StmF/StdCF/StrF/StdCF/CF<</StdCF<</CFM/AESV2/Length 16/AuthEvent/DocOpen>>>>';
    const keys = `/O<${'00'.repeat(32)}>/U<${'00'.repeat(32)}>`;
    const locked = (): FixturePdf => samplePdf('/Root 1 0 R/Encrypt 20 0 R/ID[<00><00>]').update({ 20: `<<${handler}${keys}>>` });
    const signed = await look(locked().sign(pki, { who }));
    expect(signed.verdict).toBe('INDETERMINATE');
    expect(signed.vi).toContain('mật khẩu');
    expect(signed.en).toContain('encrypted');
    expect(await look(locked())).toMatchObject({ verdict: 'NO-SIGNATURE', reason: expect.stringContaining('encrypted') });
  });

  it.skipIf(!part('qpdf'))('says so too when the objects themselves are ciphertext', async () => {
    const [plain, packed] = [put(samplePdf().bytes), path.join(files.dir, 'packed.pdf')];
    execFileSync('qpdf', ['--object-streams=generate', '--encrypt', 'u', 'o', '256', '--', plain, packed]);
    expect(await verify(packed)).toMatchObject({ verdict: 'TOTAL-FAILED', reason: expect.stringMatching(/^encrypted: .*encrypted/) });
  });

  it("offers a quick look at one's own output", async () => {
    const twice = sign().sign(pki, { who });
    expect(await quickVerify(put(twice.bytes))).toMatchObject({
      intact: true,
      signatures: [
        { intact: true, modifications: 'FORM_FILLING' },
        { intact: true, coversWholeFile: true },
      ],
    });
    expect(await quickVerify(put(samplePdf().bytes))).toMatchObject({ intact: false, signatures: [] });
    const broken = Buffer.from(twice.bytes);
    broken[300] = (broken[300] ?? 0) ^ 1;
    expect((await quickVerify(put(broken))).intact).toBe(false);
  });

  it('agrees with openssl about its own fixtures', () => {
    const content = Buffer.from('xin chào');
    const cms = put(pki.cms(content, who));
    const data = put(content);
    const out = opensslVerifies(cms, data, path.join(pki.trust, 'root.pem'));
    expect(out.equals(readFileSync(data))).toBe(true);
  });
});
