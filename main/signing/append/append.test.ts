import fc from 'fast-check';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PDFDocument, degrees } from 'pdf-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplePdf } from '../../../tests/fixtures/signed/document.ts';
import { opensslVerifies } from '../../../tests/fixtures/signed/openssl.ts';
import { der, makePki, type Identity, type Pki } from '../../../tests/fixtures/signed/pki.ts';
import { makePki as makeKeys, type KeyKind } from '../../../tests/fixtures/signing/pki.ts';
import { softSigner } from '../../../tests/fixtures/signing/soft-signer.ts';
import { part } from '../../../tests/parts.ts';
import { isRefusal, type Refusal } from '../../contract/refusal.ts';
import { makeAppearance, onPage, usualPlace, type VisibleForm } from '../appearance/index.ts';
import { isString, openPdf } from '../pdf/index.ts';
import { completeFile, prepareFile, type SignFile, type Signer } from '../sign.ts';
import { quickVerify } from '../verify/index.ts';
import type { HashName } from '../cms/index.ts';

const real = ['openssl', 'qpdf', 'pdfsig', 'pdftotext'].map(part).every(Boolean);

describe.skipIf(!real)('adding a signature to a file', () => {
  let dir: string;
  let pki: Pki;
  let who: Identity;
  let signer: Signer;

  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-append-'));
    pki = makePki(path.join(dir, 'pki'));
    who = pki.identity('Trần Thị Ngọc Ánh');
    signer = softSigner({ certificate: der(who.cert), keyFile: who.key });
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  let files = 0;
  const put = (bytes: Uint8Array): string => {
    files += 1;
    const file = path.join(dir, `file-${files}.pdf`);
    writeFileSync(file, bytes);
    return file;
  };
  const request = (input: string, more: Partial<SignFile> = {}): SignFile => ({
    input,
    output: input.replace(/\.pdf$/, '.signed.pdf'),
    seen: null,
    signedAt: Date.now(),
    reason: null,
    field: null,
    page: -1,
    timestampBytes: 0,
    appearance: null,
    ...more,
  });
  const sign = async (input: string, by: Signer = signer, more: Partial<SignFile> = {}): Promise<string | Refusal> => {
    const prepared = await prepareFile(request(input, more), by);
    return isRefusal(prepared) ? prepared : (await completeFile(prepared, by, null)).output;
  };
  const signed = async (input: string, by: Signer = signer, more: Partial<SignFile> = {}): Promise<string> => {
    const output = await sign(input, by, more);
    if (isRefusal(output)) throw new Error(`${output.refused}: ${output.en}`);
    return output;
  };
  const visible = (form: VisibleForm): Partial<SignFile> => ({
    appearance: (page, pdf) => {
      const place = usualPlace(form, pdf.pages(), pdf);
      const content = {
        form,
        signer: 'Trần Thị Ngọc Ánh',
        signedAt: Date.now(),
        agency: 'Ủy ban nhân dân phường An Bình',
        documentNumber: '36/TLCCHT-BS',
        copyForm: 'SAO Y' as const,
        picture: null,
        training: false,
      };
      return place && makeAppearance(content, onPage(page, place), page.rotate);
    },
  });
  /** Other programs agree, and the original is the prefix. */
  const agree = async (original: string, output: string, count: number) => {
    const [before, after] = [readFileSync(original), readFileSync(output)];
    expect(after.subarray(0, before.length).equals(before)).toBe(true);
    expect(
      (
        execFileSync('pdfsig', [output])
          .toString()
          .match(/Signature is Valid/g) ?? []
      ).length,
    ).toBe(count);
    execFileSync('qpdf', ['--check', output], { stdio: 'pipe' });
    expect(await quickVerify(output)).toMatchObject({ intact: true });
  };

  describe('continues the style of the last cross-reference section', () => {
    const style = async (file: string) => {
      const pdf = await openPdf(file);
      await pdf.close();
      return pdf.xrefStyle;
    };

    it('table, stream, and a hybrid gets a table', async () => {
      const document = await PDFDocument.create();
      document.addPage().drawText('mot');
      const table = put(await document.save({ useObjectStreams: false }));
      const stream = put(await document.save({ useObjectStreams: true }));
      for (const [file, wanted] of [
        [table, 'table'],
        [stream, 'stream'],
      ] as const) {
        const once = await signed(file, signer, visible('personal'));
        expect([await style(file), await style(once)]).toEqual([wanted, wanted]);
        await agree(file, once, 1);
        const twice = await signed(once, signer, visible('seal'));
        await agree(once, twice, 2);
        expect(
          readFileSync(twice)
            .toString('latin1')
            .match(/startxref/g),
        ).toHaveLength(3);
      }
      const hybrid = put(hybridPdf());
      expect(await style(hybrid)).toBe('hybrid');
      const output = await signed(hybrid);
      expect(await style(output)).toBe('table');
      await agree(hybrid, output, 1);
    });

    it('signs linearised files, files without a last line end, and rewritten ones', async () => {
      const plain = put(samplePdf().bytes);
      const linear = path.join(dir, 'linear.pdf');
      execFileSync('qpdf', ['--linearize', plain, linear]);
      await agree(linear, await signed(linear), 1);
      const packed = path.join(dir, 'packed.pdf');
      execFileSync('qpdf', ['--object-streams=generate', plain, packed]);
      await agree(packed, await signed(packed, signer, visible('copy')), 1);
      const bare = samplePdf().bytes;
      const unended = put(bare.subarray(0, bare.length - 1));
      await agree(unended, await signed(unended), 1);
    });
  });

  it('changes nothing but what a signature needs', async () => {
    const file = put(samplePdf().bytes);
    const output = await signed(file, signer, visible('personal'));
    const added = readFileSync(output).subarray(readFileSync(file).length).toString('latin1');
    // New: signature, widget, form, five of the font. Changed: catalogue (the form stands in it) and the page.
    expect(added.match(/^\d+ 0 obj/gm)).toHaveLength(10);
    const pdf = await openPdf(output);
    expect(pdf.signatureFields().map((field) => field.name)).toEqual(['KySo1']);
    expect(pdf.acroForm()?.fields).toHaveLength(2);
    await pdf.close();
  });

  it('fills an empty field of the file, with its own rectangle, and keeps the others', async () => {
    const document = samplePdf();
    document.update({
      20: '<</Type/Annot/Subtype/Widget/FT/Sig/T(LanhDao)/P 3 0 R/Rect[300 200 470 260]/F 4>>',
      21: '<</Type/Annot/Subtype/Widget/FT/Sig/T(VanThu)/P 3 0 R/Rect[200 200 290 260]/F 4>>',
      3: document.body(3).replace('[6 0 R]', '[6 0 R 20 0 R 21 0 R]'),
      1: document.body(1).replace('[6 0 R]', '[6 0 R 20 0 R 21 0 R]'),
    });
    const file = put(document.bytes);
    const first = await signed(file, signer, { field: 'LanhDao', ...visible('personal') });
    const second = await signed(first, signer, { field: 'VanThu', ...visible('seal') });
    await agree(file, second, 2);
    const pdf = await openPdf(second);
    expect(pdf.signatureFields().map((field) => [field.name, field.value !== undefined, field.rect?.[0]])).toEqual([
      ['LanhDao', true, 300],
      ['VanThu', true, 200],
    ]);
    await pdf.close();
    expect(execFileSync('pdftotext', [second, '-']).toString()).toContain('Trần Thị Ngọc Ánh');
    expect(await sign(second, signer, { field: 'VanThu' })).toMatchObject({ refused: 'no-empty-field' });
  });

  it('carries the lock of the field it fills into the signature, and honours it afterwards', async () => {
    const document = samplePdf();
    document.update({
      20: '<</Type/Annot/Subtype/Widget/FT/Sig/T(Khoa)/P 3 0 R/Rect[0 0 0 0]/F 132/Lock<</Type/SigFieldLock/Action/All>>>>',
      3: document.body(3).replace('[6 0 R]', '[6 0 R 20 0 R]'),
      1: document.body(1).replace('[6 0 R]', '[6 0 R 20 0 R]'),
    });
    const output = await signed(put(document.bytes), signer, { field: 'Khoa' });
    expect(readFileSync(output).toString('latin1')).toContain('/TransformMethod /FieldMDP');
    expect(await sign(output)).toMatchObject({ refused: 'field-locked' });
  });

  it('puts the block upright on turned pages', async () => {
    for (const turn of [90, 180, 270]) {
      const document = await PDFDocument.create();
      document.addPage([595, 842]).setRotation(degrees(turn));
      const file = put(await document.save());
      const output = await signed(file, signer, visible('personal'));
      await agree(file, output, 1);
      const text = execFileSync('pdftotext', ['-layout', output, '-']).toString();
      expect(text).toContain('Trần Thị Ngọc Ánh');
    }
  });

  describe('refuses with a reason and leaves the file alone', () => {
    const sample = () => samplePdf().bytes.toString('latin1');
    const cases: [string, () => Uint8Array, string][] = [
      ['certified against changes', () => samplePdf().sign(pki, { who, certify: 1 }).bytes, 'certified-no-changes'],
      ['locked by an earlier signature', () => samplePdf().sign(pki, { who, lock: '/Action/All' }).bytes, 'field-locked'],
      [
        'certified by a signature alone, without /Perms',
        () => unlisted(samplePdf().sign(pki, { who, certify: 1 }).bytes),
        'certified-no-changes',
      ],
      ['dynamic XFA', () => withCatalogue('/AcroForm<<', '/NeedsRendering true/AcroForm<</XFA(<xdp/>)'), 'pdf-xfa'],
      ['static XFA', () => withCatalogue('/AcroForm<<', '/AcroForm<</XFA[(template)(<t/>)]'), 'pdf-xfa'],
      ['usage rights', () => withCatalogue('/AcroForm<<', '/Perms<</UR3<</Type/Sig/Filter/Adobe.PPKLite>>>>/AcroForm<<'), 'usage-rights'],
      ['an entry that points beside its object', () => shifted(), 'pdf-broken-object'],
      [
        'a stream that is longer than it says',
        () => Buffer.from(sample().replace(/\/Length \d+/, '/Length 10'), 'latin1'),
        'pdf-broken-object',
      ],
      ['restricted, though no password is needed to open it', () => encrypted(dir, samplePdf().bytes, ['--modify=none']), 'pdf-encrypted'],
      ['encrypted', () => encrypted(dir, samplePdf().bytes), 'pdf-encrypted'],
      ['cut short', () => samplePdf().bytes.subarray(0, 700), 'pdf-truncated'],
      ['empty', () => new Uint8Array(0), 'pdf-not-pdf'],
      ['no PDF', () => Buffer.from('xin chào'), 'pdf-not-pdf'],
      ['xref that points elsewhere', () => Buffer.from(sample().replace(/startxref\n\d+/, 'startxref\n12'), 'latin1'), 'pdf-broken-xref'],
      ['Prev loop', () => looped(), 'pdf-looped'],
      ['numbers beyond other readers', () => Buffer.from(sample().replace(/\/Size \d+/, '/Size 2000000000'), 'latin1'), 'pdf-too-large'],
      ['page tree loop', () => Buffer.from(sample().replace('/Kids[3 0 R]/Count 1', '/Kids[2 0 R]/Count 1'), 'latin1'), 'pdf-looped'],
      ['bytes after the end', () => Buffer.concat([samplePdf().bytes, Buffer.from('phần thêm\n')]), 'pdf-bytes-after-eof'],
      ['earlier signature that does not hold', () => broken(samplePdf().sign(pki, { who }).bytes), 'earlier-signature-broken'],
      ['page that is not there', () => samplePdf().bytes, 'no-page'],
    ];
    for (const [name, make, refused] of cases) {
      it(name, async () => {
        const bytes = Buffer.from(make());
        const file = put(bytes);
        const before = readdirSync(dir).length;
        expect(await sign(file, signer, refused === 'no-page' ? { page: 7 } : {})).toMatchObject({ refused });
        expect(readFileSync(file).equals(bytes)).toBe(true);
        expect(readdirSync(dir).length).toBe(before);
      });
    }

    it('but accepts a certification that allows signing', async () => {
      const file = put(samplePdf().sign(pki, { who, certify: 2 }).bytes);
      await agree(file, await signed(file), 2);
    });
  });

  describe('keys and hashes, checked by openssl', () => {
    const combinations: [KeyKind, HashName, boolean][] = [
      ['rsa2048', 'sha256', false],
      ['rsa3072', 'sha384', false],
      ['rsa4096', 'sha512', false],
      ['rsa2048', 'sha256', true],
      ['rsa3072', 'sha512', true],
      ['p256', 'sha256', false],
      ['p384', 'sha384', false],
      ['p384', 'sha512', false],
    ];
    it('RSA, PSS and ECDSA with SHA-256, 384 and 512', async () => {
      const keys = makeKeys(path.join(dir, 'keys'));
      for (const [kind, hash, pss] of combinations) {
        const issued = keys.issued.get(`Khóa ${kind}`) ?? keys.issue(`Khóa ${kind}`, { key: kind });
        const file = put(samplePdf().bytes);
        const output = await signed(file, softSigner({ ...issued, chain: [keys.issuing.certificate] }, hash, pss));
        expect(await quickVerify(output)).toMatchObject({ intact: true });
        const pdf = await openPdf(output);
        const value = pdf.signatureFields()[0]?.value;
        const contents = value && pdf.get(value.dict, 'Contents');
        const range = value && pdf.get(value.dict, 'ByteRange');
        await pdf.close();
        if (!contents || !isString(contents) || !Array.isArray(range)) throw new Error('no signature');
        const bytes = readFileSync(output);
        const [, gap = 0, rest = 0] = range.map(Number);
        const stem = path.join(dir, 'combination');
        writeFileSync(`${stem}.bin`, Buffer.concat([bytes.subarray(0, gap), bytes.subarray(rest)]));
        writeFileSync(`${stem}.p7`, contents.bytes);
        opensslVerifies(`${stem}.p7`, `${stem}.bin`, keys.root.certificateFile);
      }
    });
  });

  it('whatever the pages and styles, two signatures hold', async () => {
    const arbitrary = fc.record({
      pages: fc.integer({ min: 1, max: 4 }),
      packed: fc.boolean(),
      forms: fc.tuple(form(), form()),
      turn: fc.constantFrom(0, 90, 180, 270),
    });
    await fc.assert(
      fc.asyncProperty(arbitrary, async ({ pages, packed, forms, turn }) => {
        const document = await PDFDocument.create();
        for (let i = 0; i < pages; i++) document.addPage([300 + i * 50, 400]).setRotation(degrees(turn));
        const file = put(await document.save({ useObjectStreams: packed }));
        const once = await signed(file, signer, visible(forms[0]));
        const twice = await signed(once, signer, visible(forms[1]));
        expect(await quickVerify(twice)).toMatchObject({
          intact: true,
          signatures: [{ intact: true }, { intact: true, coversWholeFile: true }],
        });
        expect(readFileSync(twice).subarray(0, readFileSync(once).length).equals(readFileSync(once))).toBe(true);
      }),
      { numRuns: 12 },
    );
  });
});

const form = () => fc.constantFrom<VisibleForm>('personal', 'seal', 'attachment', 'copy', 'none');

/** The sample with another catalogue. */
const withCatalogue = (before: string, after: string): Buffer => {
  const document = samplePdf();
  return document.update({ 1: document.body(1).replace(before, after) }).bytes;
};

/** The catalogue no longer says that a signature certifies; the signature itself still does. */
const unlisted = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1').replace('/Perms<<', '/Porms<<'), 'latin1');

/** The entry of the page's text points one byte too far. */
function shifted(): Buffer {
  const text = samplePdf().bytes.toString('latin1');
  const at = text.indexOf('4 0 obj');
  return Buffer.from(text.replace(String(at).padStart(10, '0'), String(at + 1).padStart(10, '0')), 'latin1');
}

function encrypted(dir: string, bytes: Uint8Array, also: readonly string[] = []): Buffer {
  const [plain, output] = [path.join(dir, 'plain.tmp'), path.join(dir, 'encrypted.tmp')];
  writeFileSync(plain, bytes);
  execFileSync('qpdf', ['--encrypt', '', 'chủ', '256', ...also, '--', plain, output]);
  const result = readFileSync(output);
  rmSync(plain);
  rmSync(output);
  return result;
}

function looped(): Buffer {
  const document = samplePdf();
  const first = document.startxref;
  document.update({ 9: '<</Nothing true>>' });
  const second = document.startxref;
  // The first section names the second as what came before it.
  const text = document.bytes.toString('latin1');
  const trailer = text.indexOf('trailer', first);
  const room = text.indexOf('/ID[<00><00>]', trailer);
  return Buffer.from(`${text.slice(0, room)}${`/Prev ${second}`.padEnd(13)}${text.slice(room + 13)}`, 'latin1');
}

/** One byte of the signed page text is changed. */
const broken = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('latin1').replace('1.000.000', '9.000.000'), 'latin1');

/** A hybrid file: a table for old readers, and a cross-reference stream for the objects in an object stream. */
function hybridPdf(): Buffer {
  const parts: string[] = ['%PDF-1.5\n%\xe2\xe3\xcf\xd3\n'];
  const offsets: Record<number, number> = {};
  let at = parts[0]?.length ?? 0;
  const put = (num: number, body: string) => {
    offsets[num] = at;
    const text = `${num} 0 obj\n${body}\nendobj\n`;
    parts.push(text);
    at += text.length;
  };
  put(1, '<</Type/Catalog/Pages 2 0 R>>');
  put(2, '<</Type/Pages/Kids[3 0 R]/Count 1>>');
  put(3, '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>');
  const inner = '5 0 <</Hidden true>>';
  put(4, `<</Type/ObjStm/N 1/First 4/Length ${inner.length}>>\nstream\n${inner}\nendstream`);
  const stream = Buffer.alloc(2 * 4);
  stream.set([2, 0, 4, 0], 0); // object 5: packed in 4, index 0
  const streamAt = at;
  stream.writeUInt8(1, 4);
  stream.writeUInt16BE(streamAt, 5);
  put(6, `<</Type/XRef/Size 7/W[1 2 1]/Index[5 2]/Root 1 0 R/Length ${stream.length}>>\nstream\n${stream.toString('latin1')}\nendstream`);
  const table = at;
  const rows = [1, 2, 3, 4].map((num) => `${String(offsets[num]).padStart(10, '0')} 00000 n \n`).join('');
  parts.push(`xref\n0 5\n0000000000 65535 f \n${rows}trailer\n<</Size 7/Root 1 0 R/XRefStm ${streamAt}>>\nstartxref\n${table}\n%%EOF\n`);
  return Buffer.from(parts.join(''), 'latin1');
}
