import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addTo, samplePdf, type FixturePdf } from '../../../tests/fixtures/signed/document.ts';
import { makeSignedFiles, type SignedFiles } from '../../../tests/fixtures/signed/files.ts';
import type { Identity, Pki } from '../../../tests/fixtures/signed/pki.ts';
import { part } from '../../../tests/parts.ts';
import { Der, encode } from './der.ts';
import type { Verification } from './index.ts';

/** Habits of honest programs, as their files were found to be: iText 5.5, PDFBox 2.0, poppler 22.12, @signpdf 3.3. */
describe.skipIf(!part('openssl'))('files by other writers', () => {
  let files: SignedFiles;
  let pki: Pki;
  let who: Identity;

  beforeAll(() => {
    files = makeSignedFiles('writers');
    ({ pki } = files);
    who = pki.identity('signer');
  });
  afterAll(() => files?.remove());

  const look = (file: FixturePdf | Uint8Array): Promise<Verification> => files.look(file);
  const states = async (file: FixturePdf | Uint8Array): Promise<string[]> =>
    (await look(file)).signatures.map((one) => `${one.verdict} ${one.modifications}`);
  const signed = (): FixturePdf => samplePdf().sign(pki, { who });
  const empty = '<</Type/XObject/Subtype/Form/BBox[0 0 0 0]/Length 0>>\nstream\n\nendstream';
  const FILLED = 'TOTAL-PASSED FORM_FILLING';
  const LAST = 'TOTAL-PASSED NONE';

  it('iText: resources in a new signature field, an invisible look on a document timestamp, metadata beside it', async () => {
    const place = '/Rect[0 0 0 0]/F 132/DR<</XObject<</FRM 7 0 R>>>>';
    expect(await states(signed().sign(pki, { who, place }))).toEqual([FILLED, LAST]);
    const file = samplePdf().sign(pki, { who, certify: 1 });
    const metadata = samplePdf().body(8).replace('<x:xmpmeta', '<y:xmpmeta');
    const look = file.next + 5;
    const stamped = file.archive(pki, 'dau', { place: `/Rect[0 0 0 0]/F 132/AP<</N ${look} 0 R>>`, also: { 8: metadata, [look]: empty } });
    expect(await states(stamped)).toEqual(['TOTAL-PASSED LTA_UPDATES', LAST]);
  });

  it('iText: an elliptic curve signature under the name of its kind of key', async () => {
    const ec = pki.identity('ec', { algorithm: ['EC', '-pkeyopt', 'ec_paramgen_curve:P-256'] });
    const named = (cms: Uint8Array): Uint8Array => {
      const info = Der.whole(cms);
      const data = info.child(1).child(0);
      const signer = data.children.at(-1)?.child(0) ?? data;
      const key = encode(0x30, new Uint8Array([6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1]), new Uint8Array([5, 0]));
      const parts = signer.children.map((item, i) => (i === 4 ? key : item.raw));
      return encode(
        0x30,
        info.child(0).raw,
        encode(0xa0, encode(0x30, ...data.children.slice(0, -1).map((item) => item.raw), encode(0x31, encode(0x30, ...parts)))),
      );
    };
    expect(await states(samplePdf().sign(pki, { who: ec, twist: named }))).toEqual([LAST]);
  });

  it('iText: the states of a button drawn anew when one is chosen', async () => {
    const state = (drawing: string): string =>
      `<</Type/XObject/Subtype/Form/BBox[0 0 15 15]/Resources<<>>/Length ${drawing.length}>>\nstream\n${drawing}\nendstream`;
    const button = (states: string, more: string): string =>
      `<</Type/Annot/Subtype/Widget/Parent 20 0 R/P 3 0 R/F 4/Rect[300 300 315 315]/AP<</N<<${states}>>>>${more}>>`;
    const base = samplePdf();
    base.update({
      1: base.body(1).replace('/Fields[6 0 R]', '/Fields[6 0 R 20 0 R]'),
      3: addTo(base.body(3), 'Annots', '21 0 R'),
      20: '<</FT/Btn/Ff 49152/T(gioi)/Kids[21 0 R]>>',
      21: button('/v1 22 0 R/Off 23 0 R', '/AS/Off'),
      22: state('1 1 13 13 re f'),
      23: state('0 0 15 15 re S'),
    });
    base.sign(pki, { who });
    const chosen = base.copy().update({
      20: base.body(20).replace('/Kids', '/V/v1/Kids'),
      21: button('/v1 40 0 R/Off 23 0 R', '/AS/v1'),
      40: state('2 2 11 11 re f'),
    });
    expect(await states(chosen)).toEqual([FILLED]);
  });

  it('PDFBox: a /Size that counts the update alone', async () => {
    const file = signed();
    const num = 6;
    file.update({ [num]: file.body(num).replace(/>>$/, '/V(da tra)>>') });
    const text = file.bytes.toString('latin1');
    const at = text.lastIndexOf('/Size ');
    const bytes = Buffer.from(
      text.slice(0, at) + text.slice(at).replace(/\/Size \d+/, '/Size 7 '.padEnd(/\/Size \d+/.exec(text.slice(at))?.[0].length ?? 0)),
      'latin1',
    );
    expect(await states(bytes)).toEqual([FILLED]);
  });

  it('poppler: looks left behind that nothing uses; by themselves they have no reason', async () => {
    const file = signed();
    const litter = file.next + 5;
    expect(await states(file.copy().sign(pki, { who, also: { [litter]: empty } }))).toEqual([FILLED, LAST]);
    expect(await states(file.update({ [litter]: empty }))).toEqual(['TOTAL-FAILED OTHER']);
  });

  it('poppler: a signature on the page that is not in the form', async () => {
    const file = signed();
    const loose = (bytes: FixturePdf): FixturePdf => {
      const form = bytes.body(1);
      const both = bytes.copy().sign(pki, { who, visible: 'hai', form: false });
      expect(both.body(1)).toBe(form);
      return both;
    };
    expect(await states(loose(file))).toEqual([FILLED, LAST]);
    expect(await states(loose(samplePdf()))).toEqual([LAST]);
    expect(await states(loose(samplePdf().sign(pki, { who, certify: 1 })))).toEqual(['TOTAL-FAILED FORM_FILLING', LAST]);
  });

  it('@signpdf: positions on the line end in front, one number too many', async () => {
    const file = signed();
    const start = file.startxref;
    const bytes = Buffer.from(file.bytes.toString('latin1').replace(`startxref\n${start}\n`, `startxref\n${start - 1}\n`), 'latin1');
    // The last digits stand in the signed bytes, so the file is made that way before it is signed.
    expect((await look(bytes)).verdict).toBe('TOTAL-FAILED');
    const early = samplePdf();
    early.bytes = Buffer.from(
      early.bytes.toString('latin1').replace(/startxref\n(\d+)/, (_, n: string) => `startxref\n${Number(n) - 1}`),
      'latin1',
    );
    expect((await look(early.bytes)).verdict).toBe('NO-SIGNATURE');
  });

  it('@signpdf: the Vietnamese name of the issuer written twice over, and no other', async () => {
    const renamed =
      (change: (text: Uint8Array) => Uint8Array) =>
      (cms: Uint8Array): Uint8Array => {
        const info = Der.whole(cms);
        const data = info.child(1).child(0);
        const signer = data.children.at(-1)?.child(0) ?? data;
        const sid = signer.child(1);
        const name = sid.child(0).children.map((set) =>
          encode(
            0x31,
            ...set.children.map((item) => {
              const value = item.child(1);
              return encode(0x30, item.child(0).raw, value.tag === 0x0c ? encode(0x0c, change(value.content)) : value.raw);
            }),
          ),
        );
        const parts = signer.children.map((item, i) => (i === 1 ? encode(0x30, encode(0x30, ...name), sid.child(1).raw) : item.raw));
        const signers = encode(0x31, encode(0x30, ...parts));
        return encode(0x30, info.child(0).raw, encode(0xa0, encode(0x30, ...data.children.slice(0, -1).map((item) => item.raw), signers)));
      };
    const twice = (text: Uint8Array): Uint8Array => Buffer.from(Buffer.from(text).toString('latin1'), 'utf8');
    const plain = { who, plain: true, subFilter: 'adbe.pkcs7.detached' };
    expect(await states(samplePdf().sign(pki, { ...plain, twist: renamed(twice) }))).toEqual([LAST]);
    const other = await look(samplePdf().sign(pki, { ...plain, twist: renamed((text) => twice(text).map((byte) => byte ^ 1)) }).bytes);
    expect(other).toMatchObject({ verdict: 'INDETERMINATE', signatures: [{ subIndication: 'NO_SIGNING_CERTIFICATE_FOUND' }] });
  });

  it('lists an older object again where it stands, the signature too', async () => {
    const file = signed();
    const text = file.bytes.toString('latin1');
    const row = (num: number): string => `${String(text.lastIndexOf(`\n${num} 0 obj`) + 1).padStart(10, '0')} 00000 n`;
    expect(await states(file.update({}, { rows: { 4: row(4), 9: row(9), 10: row(10) } }))).toEqual([LAST]);
  });

  it('says what it does not know of an algorithm, and does not call it wrong', async () => {
    const strange = (cms: Uint8Array): Uint8Array => {
      const bytes = Buffer.from(cms);
      // SHA-256 (…4.2.1) to a number nobody has given out, wherever it stands.
      const oid = Buffer.from([6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1]);
      for (let at = bytes.indexOf(oid); at >= 0; at = bytes.indexOf(oid, at + 1)) bytes[at + 10] = 0x7f;
      return bytes;
    };
    const answer = await look(samplePdf().sign(pki, { who, twist: strange }).bytes);
    expect(answer).toMatchObject({ verdict: 'INDETERMINATE', signatures: [{ subIndication: 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE' }] });
  });
});
