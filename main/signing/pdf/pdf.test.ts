import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { PDFDocument } from 'pdf-lib';
import { afterAll, describe, expect, it } from 'vitest';
import { part } from '../../../tests/parts.ts';
import { dict, name, openPdf, PdfError, ref, string, textString, writeObject, type PdfObject } from './index.ts';
import { Parser } from './parser.ts';
import { PDF_LIMITS } from './problems.ts';
import { MemorySource } from './source.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'pdf-reader-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const qpdf = part('qpdf');

let count = 0;
function put(bytes: Uint8Array | string): string {
  const file = path.join(dir, `${++count}.pdf`);
  writeFileSync(file, typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  return file;
}

async function sample(useObjectStreams = false): Promise<Uint8Array> {
  const doc = await PDFDocument.create();
  for (let i = 0; i < 3; i++) doc.addPage([595, 842]).drawText(`page ${i + 1}`);
  doc.getForm().createTextField('name').addToPage(doc.getPage(0));
  return doc.save({ useObjectStreams });
}

/** A classic file from objects; positions are worked out, so that tests can break one thing at a time. */
function classic(objects: Record<number, string>, trailer = '/Root 1 0 R'): string {
  let text = '%PDF-1.7\n%\xe2\xe3\xcf\xd3\n';
  const size = Math.max(...Object.keys(objects).map(Number)) + 1;
  const rows = ['0000000000 65535 f \n'];
  for (let num = 1; num < size; num++) {
    rows.push(`${String(text.length).padStart(10, '0')} 00000 n \n`);
    text += `${num} 0 obj\n${objects[num] ?? 'null'}\nendobj\n`;
  }
  const start = text.length;
  return `${text}xref\n0 ${size}\n${rows.join('')}trailer\n<</Size ${size} ${trailer}>>\nstartxref\n${start}\n%%EOF\n`;
}
const plain = {
  1: '<</Type/Catalog/Pages 2 0 R>>',
  2: '<</Type/Pages/Kids[3 0 R]/Count 1>>',
  3: '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>',
};

async function problemOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof PdfError) return error.problem.code;
    throw error;
  }
  return 'none';
}

describe('objects', () => {
  const object = fc.letrec<{ any: PdfObject }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constant(null),
      fc.boolean(),
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.integer({ min: -1e6, max: 1e6 }).map((value) => value / 1000),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => string(bytes)),
      fc.uint8Array({ maxLength: 30 }).map((bytes) => string(bytes, true)),
      fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => name(Buffer.from(bytes).toString('latin1'))),
      fc.tuple(fc.nat(100000), fc.nat(65535)).map(([num, gen]) => ref(num, gen)),
      fc.array(tie('any'), { maxLength: 5 }),
      fc.dictionary(fc.stringMatching(/^[A-Za-z]{1,8}$/), tie('any'), { maxKeys: 5 }).map((entries) => dict(entries)),
    ),
  })).any;

  it('reads back what it wrote', () => {
    fc.assert(
      fc.property(object, (value) => {
        const parser = new Parser(new MemorySource(writeObject(value)), 0, PDF_LIMITS, false);
        expect(parser.object()).toEqual(value);
      }),
    );
  });

  it('keeps Vietnamese text', async () => {
    const file = await openPdf(put(classic({ ...plain, 4: Buffer.from(writeObject(textString('Nguyễn Thị Ánh'))).toString('latin1') })));
    const value = file.resolve(ref(4));
    expect(value).toMatchObject({ kind: 'string' });
    await file.close();
  });

  it('refuses what the grammar does not know', async () => {
    for (const body of ['<</A 1', '[1 2', '(open', '<4G>', '<</A>>', '<<1 2>>', '1.2.3', 'foo', '/A#zz', '[R]']) {
      const file = await openPdf(put(classic({ ...plain, 4: body })));
      expect(() => file.resolve(ref(4)), body).toThrow(PdfError);
      await file.close();
    }
  });

  it('bounds nesting and strings', async () => {
    const deep = await openPdf(put(classic({ ...plain, 4: '['.repeat(100_000) })));
    expect(() => deep.resolve(ref(4))).toThrow(/nesting/);
    await deep.close();
  });
});

describe('openPdf', () => {
  it('reads pages, form and size of a classic file and of one with object streams', async () => {
    for (const packed of [false, true]) {
      const bytes = await sample(packed);
      const file = await openPdf(put(bytes));
      expect(file.xrefStyle).toBe(packed ? 'stream' : 'table');
      expect(file.pages()).toHaveLength(3);
      expect(file.pages()[1]?.mediaBox).toEqual([0, 0, 595, 842]);
      expect(file.acroForm()?.fields).toHaveLength(1);
      expect(file.signatureFields()).toEqual([]);
      expect(file.problems).toEqual([]);
      expect(file.audit()).toEqual([]);
      expect(file.revisions).toHaveLength(1);
      expect(file.revisions[0]).toMatchObject({ start: 0, startxref: file.startxref });
      expect(file.highestObjectNumber).toBeGreaterThan(5);
      expect(Buffer.from(file.read(0, 5)).toString()).toBe('%PDF-');
      await file.close();
    }
  });

  describe.skipIf(!qpdf)('on files by qpdf', () => {
    const variants: [string, string[], string, string[]][] = [
      ['object streams', ['--object-streams=generate'], 'stream', []],
      ['tables', ['--object-streams=disable'], 'table', []],
      ['linearised', ['--linearize'], 'table', []],
      ['linearised with object streams', ['--linearize', '--object-streams=generate'], 'stream', []],
      ['uncompressed', ['--qdf', '--object-streams=disable'], 'table', []],
      ['encrypted', ['--encrypt', 'u', 'o', '256', '--'], 'stream', ['encrypted']],
    ];
    it.each(variants)('%s', async (_title, args, _style, problems) => {
      const source = put(await sample());
      const target = path.join(dir, `${++count}.pdf`);
      execFileSync('qpdf', [...args, source, target]);
      const file = await openPdf(target);
      expect(file.pages()).toHaveLength(3);
      expect(file.revisions).toHaveLength(1);
      expect(file.problems.map((item) => item.code)).toEqual(problems);
      expect(file.audit()).toEqual([]);
      await file.close();
    });
  });

  it('cuts an updated file into revisions and shows each as it was', async () => {
    const first = classic(plain);
    const prev = first.lastIndexOf('xref\n0');
    const at = first.length;
    const object = '3 0 obj\n<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]>>\nendobj\n';
    const update = `${object}xref\n3 1\n${String(at).padStart(10, '0')} 00000 n \ntrailer\n<</Size 4/Root 1 0 R/Prev ${prev}>>\nstartxref\n${at + object.length}\n%%EOF\n`;
    const file = await openPdf(put(first + update));
    expect(file.revisions.map((item) => [item.start, item.end])).toEqual([
      [0, at],
      [at, at + update.length],
    ]);
    expect(file.pages()[0]?.mediaBox).toEqual([0, 0, 100, 100]);
    expect(file.at(0).dict(ref(3))?.entries.get('MediaBox')).toEqual([0, 0, 595, 842]);
    expect(file.audit()).toEqual([]);
    await file.close();
  });

  it('says why a file cannot be read', async () => {
    const good = classic(plain);
    const xref = good.lastIndexOf('xref\n0');
    expect(await problemOf(openPdf(path.join(dir, 'missing.pdf')))).toBe('unreadable');
    expect(await problemOf(openPdf(dir))).toBe('unreadable');
    expect(await problemOf(openPdf(put('')))).toBe('notPdf');
    expect(await problemOf(openPdf(put('hello')))).toBe('notPdf');
    expect(await problemOf(openPdf(put(good.slice(0, -20))))).toBe('truncated');
    expect(await problemOf(openPdf(put(good.replace(/startxref\n\d+/, 'startxref\n5'))))).toBe('brokenXref');
    expect(await problemOf(openPdf(put(good.replace(' 00000 n', ' 0000x n'))))).toBe('brokenXref');
    expect(await problemOf(openPdf(put(good.replace('/Root', `/Prev ${xref} /Root`))))).toBe('looped');
    expect(await problemOf(openPdf(put(good.replace('/Root', '/Prev 7 /Root'))))).toBe('brokenXref');
    expect(await problemOf(openPdf(put(good.replace('/Root', '/Boot'))))).toBe('brokenObject');
  });

  it('finds loops in the page tree and in references', async () => {
    const pages = await openPdf(put(classic({ ...plain, 2: '<</Type/Pages/Kids[2 0 R]/Count 1>>' })));
    expect(() => pages.pages()).toThrow(/comes back/);
    await pages.close();
    const refs = await openPdf(put(classic({ ...plain, 4: '5 0 R', 5: '4 0 R' })));
    expect(() => refs.resolve(ref(4))).toThrow(/references/);
    await refs.close();
    const length = await openPdf(put(classic({ ...plain, 4: '<</Length 4 0 R>>\nstream\nabc\nendstream' })));
    expect(() => length.resolve(ref(4))).toThrow(/itself/);
    await length.close();
  });

  it('points out headers, foreign bytes, unlisted objects and keys written twice', async () => {
    const good = classic(plain);
    const codes = async (text: string): Promise<string[]> => {
      const file = await openPdf(put(text));
      const found = [...file.problems, ...file.audit()].map((item) => item.code);
      await file.close();
      return [...new Set(found)];
    };
    expect(await codes(good)).toEqual([]);
    expect(await codes(`${good}hello`)).toEqual(['bytesAfterEof']);
    const shift = (extra: string): string => {
      const at = good.lastIndexOf('xref\n0');
      return (good.slice(0, at) + extra + good.slice(at)).replace(/startxref\n\d+/, `startxref\n${at + extra.length}`);
    };
    expect(await codes(shift('%PDF-1.4\n'))).toEqual(['twoHeaders']);
    expect(await codes(shift('9 0 obj\nnull\nendobj\n'))).toEqual(['duplicateObject']);
    expect(await codes(shift('garbage\n'))).toEqual(['unaccountedBytes']);
    expect(await codes(shift('%a note by the producer\n'))).toEqual([]);
    expect(await codes(classic({ ...plain, 4: '<</A 1/A 2>>' }))).toEqual(['duplicateKey']);
    expect(await codes(`x\n${good}`).catch(() => ['threw'])).toEqual(['threw']);
    // Positions one byte early, on the line end: read as every reader does, and told.
    expect(await codes(`\n${good}`)).toContain('headerNotFirst');
  });
});
