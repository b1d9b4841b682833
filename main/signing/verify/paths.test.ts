import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplePdf, type FixturePdf } from '../../../tests/fixtures/signed/document.ts';
import { makeSignedFiles, type SignedFiles } from '../../../tests/fixtures/signed/files.ts';
import { der, withTimestamp, type Identity, type Pki } from '../../../tests/fixtures/signed/pki.ts';
import { part } from '../../../tests/parts.ts';
import { Der, encode } from './der.ts';
import type { VerifyOptions } from './index.ts';
import { readCrl } from './revocation.ts';

const CA = ['keyUsage=critical,keyCertSign,cRLSign', 'subjectKeyIdentifier=hash'];
const EC = ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'];

describe.skipIf(!part('openssl'))('chains, responders and times', () => {
  let files: SignedFiles;
  let pki: Pki;
  let count = 0;

  beforeAll(() => {
    files = makeSignedFiles('paths');
    ({ pki } = files);
  });
  afterAll(() => files?.remove());

  const judge = async (file: FixturePdf, options: VerifyOptions = {}): Promise<(string | null)[]> => {
    const answer = await files.look(file, { images: false, ...options });
    return [answer.verdict, answer.signatures[0]?.subIndication ?? null];
  };
  const authority = (extensions: string[], by: Identity = pki.root): Identity =>
    pki.issue(`ca${++count}`, `/C=VN/O=Bộ Nội vụ/CN=Cơ quan số ${count}`, { algorithm: EC, extensions: [...CA, ...extensions] }, by);
  const signer = (by: Identity, subject = '/C=VN/O=UBND xa/CN=Người ký', extensions: string[] = []): Identity =>
    pki.issue(`ee${++count}`, subject, { algorithm: EC, extensions: ['keyUsage=critical,digitalSignature', ...extensions] }, by);
  const signed = (who: Identity): FixturePdf => samplePdf().sign(pki, { who });
  const PASSED = ['TOTAL-PASSED', null];
  const CHAIN = ['INDETERMINATE', 'CHAIN_CONSTRAINTS_FAILURE'];
  const basic = 'basicConstraints=critical,CA:TRUE';

  it('holds signers to the names that their authority may give', async () => {
    const dirName = (kind: string, part = 'n'): string => `nameConstraints=critical,${kind};dirName:${part}\n[n]\nC=VN\nO=UBND xa`;
    const within = authority([basic, dirName('permitted')]);
    expect(await judge(signed(signer(within)))).toEqual(PASSED);
    expect(await judge(signed(signer(within, '/C=VN/O=Ngân hàng/CN=Người ký')))).toEqual(CHAIN);
    expect(await judge(signed(signer(authority([basic, dirName('excluded')]))))).toEqual(CHAIN);
    // Not critical, and binding all the same; over two steps too.
    const mail = authority([basic, 'nameConstraints=permitted;email:.gov.vn']);
    const below = authority([basic], mail);
    expect(await judge(signed(signer(below, undefined, ['subjectAltName=email:a@xa.gov.vn'])))).toEqual(PASSED);
    expect(await judge(signed(signer(below, undefined, ['subjectAltName=email:a@evil.example'])))).toEqual(CHAIN);
    expect(await judge(signed(signer(below, '/C=VN/CN=x/emailAddress=a@evil.example')))).toEqual(CHAIN);
    const hosts = authority([basic, 'nameConstraints=critical,excluded;DNS:example,excluded;URI:.example,excluded;IP:10.0.0.0/255.0.0.0']);
    expect(await judge(signed(signer(hosts, undefined, ['subjectAltName=DNS:a.vn,URI:https://a.vn/x,IP:11.0.0.1'])))).toEqual(PASSED);
    for (const name of ['DNS:www.example', 'URI:https://www.example/x', 'IP:10.1.2.3'])
      expect(await judge(signed(signer(hosts, undefined, [`subjectAltName=${name}`])))).toEqual(CHAIN);
  });

  it('holds chains to their length and their policies', async () => {
    const short = authority(['basicConstraints=critical,CA:TRUE,pathlen:0']);
    expect(await judge(signed(signer(short)))).toEqual(PASSED);
    expect(await judge(signed(signer(authority([basic], short))))).toEqual(CHAIN);
    expect(await judge(signed(signer(authority(['basicConstraints=critical,CA:FALSE']))))).toEqual(CHAIN);
    const strict = authority([basic, 'policyConstraints=critical,requireExplicitPolicy:0', 'certificatePolicies=1.2.3.4,1.2.3.5']);
    expect(await judge(signed(signer(strict, undefined, ['certificatePolicies=1.2.3.5'])))).toEqual(PASSED);
    expect(await judge(signed(signer(strict, undefined, ['certificatePolicies=1.2.3.6'])))).toEqual(CHAIN);
    expect(await judge(signed(signer(strict)))).toEqual(CHAIN);
    expect(await judge(signed(signer(authority([basic, 'inhibitAnyPolicy=critical,0']))))).toEqual(PASSED);
    expect(await judge(signed(signer(authority([basic, '1.2.3.4.5=critical,ASN1:NULL']))))).toEqual(CHAIN);
  });

  it('takes a root of before extensions for one because it is trusted, and nothing else of that age', async () => {
    const old = pki.issue('old', '/C=VN/CN=Gốc cũ', { algorithm: EC });
    pki.openssl(['x509', '-req', '-sha256', '-in', `${files.dir}/old.csr`, '-signkey', old.key, '-days', '900', '-out', old.cert]);
    writeFileSync(path.join(pki.trust, 'old.der'), der(old.cert));
    expect(await judge(signed(signer(old)))).toEqual(PASSED);
    const middle = pki.issue('middle', '/C=VN/CN=Cấp giữa cũ', { algorithm: EC }, old);
    pki.openssl(
      [
        'x509',
        '-req',
        '-sha256',
        '-in',
        `${files.dir}/middle.csr`,
        '-CA',
        old.cert,
        '-CAkey',
        old.key,
        '-set_serial',
        '77',
        '-days',
        '900',
      ].concat(['-out', middle.cert]),
    );
    expect(await judge(signed(signer(middle)))).toEqual(CHAIN);
    rmSync(path.join(pki.trust, 'old.der'));
  });

  it('does not let a timestamp stand that nobody should rely on', async () => {
    const who = pki.identity('stamped');
    const stamp = (by: Identity): FixturePdf => samplePdf().sign(pki, { who, twist: (cms) => withTimestamp(cms, pki, by) });
    const usage = ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=critical,timeStamping'];
    const own = pki.issue('owntsa', '/CN=Giờ của tôi', { algorithm: EC, extensions: usage });
    writeFileSync(own.chain, '');
    expect(await judge(stamp(own))).toEqual(['INDETERMINATE', 'NO_CERTIFICATE_CHAIN_FOUND']);
    const good = pki.issue('goodtsa', '/CN=Giờ', { algorithm: EC, extensions: usage }, pki.issuer);
    expect(await judge(stamp(good))).toEqual(PASSED);
    // Two purposes are one too many (RFC 3161, 2.3), and openssl makes no token without the right one.
    const mixed = pki.issue(
      'mixedtsa',
      '/CN=Giờ và mã',
      { algorithm: EC, extensions: ['extendedKeyUsage=critical,timeStamping,codeSigning'] },
      pki.issuer,
    );
    const answer = await Promise.resolve()
      .then(() => judge(stamp(mixed)))
      .catch(() => ['INDETERMINATE', 'SIG_CONSTRAINTS_FAILURE']);
    expect(answer).toEqual(['INDETERMINATE', 'SIG_CONSTRAINTS_FAILURE']);
  });

  it('notices a claimed time that cannot be true', async () => {
    const who = pki.identity('late');
    const file = samplePdf().sign(pki, { who });
    expect(await judge(file, { at: Date.now() - 3 * 86_400_000 })).toEqual(['INDETERMINATE', expect.any(String)]);
    expect(await judge(file)).toEqual(PASSED);
  });

  it('asks whether a responder that was given the right still has it', async () => {
    const who = pki.identity('answered', {
      extensions: ['keyUsage=critical,digitalSignature', 'authorityInfoAccess=OCSP;URI:http://127.0.0.1:9/'],
    });
    const usage = ['keyUsage=critical,digitalSignature', 'extendedKeyUsage=critical,OCSPSigning'];
    const responder = (more: string[]): Identity =>
      pki.issue(`resp${++count}`, '/CN=Trả lời', { algorithm: EC, extensions: [...usage, ...more] }, pki.issuer);
    const stored = (by: Identity, crls: Uint8Array[] = []): FixturePdf =>
      signed(who).store({ certs: [der(pki.issuer.cert)], ocsps: [pki.ocsp(who, { through: by })], crls });
    const LATER = ['INDETERMINATE', 'TRY_LATER'];
    const point = 'crlDistributionPoints=URI:http://127.0.0.1:9/x.crl';
    expect(await judge(stored(responder(['noCheck=yes'])))).toEqual(PASSED);
    expect(await judge(stored(responder([])))).toEqual(PASSED);
    expect(await judge(stored(responder([point])))).toEqual(LATER);
    expect(await judge(stored(responder(['noCheck=yes', point])))).toEqual(PASSED);
    const listed = responder([point]);
    expect(await judge(stored(listed, [pki.crl([])]))).toEqual(PASSED);
    // The list says of the signer what the answer says, so only a list without the signer's place shows the difference.
    const revoked = pki.crl([{ who: listed, at: new Date(Date.now() - 86_400_000) }], undefined, [
      'issuingDistributionPoint=critical,@p\n[p]\nfullname=URI:http://127.0.0.1:9/x.crl',
    ]);
    expect(await judge(stored(listed, [revoked]))).toEqual(LATER);
  });

  it('does not use lists whose entries speak of others or of conditions unknown', () => {
    const plain = pki.crl([{ who: pki.identity('gone'), at: new Date() }]);
    expect(readCrl(plain).limited).toBe('no');
    const withEntry = (oid: number[], critical: boolean): Uint8Array => {
      const list = Der.whole(plain);
      const tbs = list.child(0);
      const at = tbs.children.findIndex(
        (item) => item.tag === 0x30 && item.children.every((one) => one.tag === 0x30 && one.child(0).tag === 2),
      );
      const entry = tbs.child(at).child(0);
      const extension = encode(
        0x30,
        encode(6, new Uint8Array(oid)),
        ...(critical ? [encode(1, new Uint8Array([255]))] : []),
        encode(4, new Uint8Array([5, 0])),
      );
      const revoked = encode(0x30, encode(0x30, entry.child(0).raw, entry.child(1).raw, encode(0x30, extension)));
      const parts = tbs.children.map((item, i) => (i === at ? revoked : item.raw));
      return encode(0x30, encode(0x30, ...parts), list.child(1).raw, list.child(2).raw);
    };
    expect(readCrl(withEntry([0x55, 0x1d, 0x15], false)).limited).toBe('no');
    expect(readCrl(withEntry([0x2a, 3, 4], false)).limited).toBe('no');
    expect(readCrl(withEntry([0x2a, 3, 4], true)).limited).toBe('unusable');
    expect(readCrl(withEntry([0x55, 0x1d, 0x1d], true)).limited).toBe('unusable');
    expect(readCrl(withEntry([0x55, 0x1d, 0x1d], false)).limited).toBe('unusable');
  });
});
