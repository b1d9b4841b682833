import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PDFDocument } from 'pdf-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { opensslVerifies } from '../../tests/fixtures/signed/openssl.ts';
import { makePki, type Issued, type Pki } from '../../tests/fixtures/signing/pki.ts';
import { makeToken, type SoftToken } from '../../tests/fixtures/signing/softhsm.ts';
import { part } from '../../tests/parts.ts';
import { isRefusal } from '../contract/refusal.ts';
import { manualClock, openStore, type Store } from '../store/index.ts';
import {
  closeVerifier,
  createSigning,
  migrations,
  TRAINING_MODULE,
  TRAINING_PIN,
  TRAINING_SERIAL,
  type SignedResult,
  type Signing,
} from './index.ts';
import { readCertificate } from './cms/index.ts';
import { openPdf, isString } from './pdf/index.ts';

const real = ['openssl', 'softhsm2-util', 'pkcs11-tool', 'pdfsig', 'qpdf', 'pdftotext', 'pdfimages', 'convert'].map(part).every(Boolean);

async function onePage(file: string, text = 'Trich luc'): Promise<void> {
  const document = await PDFDocument.create();
  document.addPage([595, 842]).drawText(text, { x: 60, y: 760 });
  writeFileSync(file, await document.save());
}

describe.skipIf(!real)('signing a result with a token', () => {
  let dir: string;
  let pki: Pki;
  let token: SoftToken;
  const clock = manualClock(Date.now() + 120_000);
  const signed: SignedResult[] = [];
  let store: Store;
  let room: Signing;

  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-signing-'));
    pki = makePki(path.join(dir, 'pki'));
    token = makeToken(path.join(dir, 'hsm'));
    token.add(pki.issue('Phạm Quang Vinh'));
    store = openStore({ file: path.join(dir, 'quay.db'), clock, migrations });
    room = createSigning({
      store,
      dataDir: path.join(dir, 'data'),
      training: true,
      modules: [token.module],
      onlyTheseModules: true,
      linkFile: (file) => ({ url: `/file/${path.basename(file)}`, name: path.basename(file), type: 'application/pdf', size: 1 }),
      onSigned: (result) => void signed.push(result),
      clock,
      agency: 'Ủy ban nhân dân phường An Bình',
      tokenProcess: { env: token.env },
    });
  });

  afterAll(async () => {
    await room.close();
    store.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const add = async (documentId: string, steps?: ('leader' | 'clerk')[]) => {
    const file = path.join(dir, `${documentId}.pdf`);
    await onePage(file);
    room.addToWorklist({
      dossierId: 'd1',
      dossierCode: 'H15.1-261121-0001',
      documentId,
      file,
      title: 'Trích lục khai sinh',
      form: 'personal',
      ...(steps ? { steps } : {}),
    });
    const seen = await room.preview(documentId);
    if (isRefusal(seen)) throw new Error(seen.en);
    return { file, sha256: seen.sha256 };
  };

  const startWith = async (documentId: string, sha256: string, commandId: string, pin = token.pin, number?: string) => {
    const { tokens } = await room.tokens();
    const found = tokens.find((one) => !one.training);
    const certificate = found?.certificates[0];
    if (!found || !certificate) throw new Error('no token');
    return room.start({
      commandId,
      module: found.module,
      tokenSerial: found.serial,
      certificateId: certificate.id,
      pin,
      confirmFinalTry: false,
      items: [{ documentId, sha256, ...(number === undefined ? {} : { number }) }],
    });
  };

  it('gives a file that openssl, pdfsig and qpdf accept, with the original as its prefix', async () => {
    const { file, sha256 } = await add('doc-1');
    const started = await startWith('doc-1', sha256, 'command-1');
    expect(isRefusal(started)).toBe(false);
    await room.idle();
    const result = signed.find((one) => one.documentId === 'doc-1');
    if (!result) throw new Error('nothing was told');
    expect(result).toMatchObject({ dossierId: 'd1', level: 'B-B', signer: 'Phạm Quang Vinh' });
    const [original, output] = [readFileSync(file), readFileSync(result.file)];
    expect(output.subarray(0, original.length).equals(original)).toBe(true);

    const info = execFileSync('pdfsig', [result.file]).toString();
    expect(info).toContain('Signature is Valid');
    expect(info).toContain('Total document signed');
    expect(info).toContain('ETSI.CAdES.detached');
    execFileSync('qpdf', ['--check', result.file]);
    const text = execFileSync('pdftotext', [result.file, '-']).toString();
    expect(text).toContain('Phạm Quang Vinh');
    expect(text).toMatch(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+07:00/);

    const pdf = await openPdf(result.file);
    const value = pdf.signatureFields()[0]?.value;
    const contents = value && pdf.get(value.dict, 'Contents');
    const range = value && pdf.get(value.dict, 'ByteRange');
    await pdf.close();
    if (!contents || !isString(contents) || !Array.isArray(range)) throw new Error('no signature');
    const [, gap = 0, rest = 0] = range.map(Number);
    writeFileSync(path.join(dir, 'signed.bin'), Buffer.concat([output.subarray(0, gap), output.subarray(rest)]));
    writeFileSync(path.join(dir, 'cms.der'), contents.bytes);
    writeFileSync(
      path.join(dir, 'cas.pem'),
      readFileSync(pki.root.certificateFile, 'utf8') + readFileSync(pki.issuing.certificateFile, 'utf8'),
    );
    opensslVerifies(path.join(dir, 'cms.der'), path.join(dir, 'signed.bin'), path.join(dir, 'cas.pem'));
  });

  it('answers the same command with the same batch and signs nothing twice', async () => {
    const { sha256 } = await add('doc-2');
    const [first, second] = await Promise.all([startWith('doc-2', sha256, 'command-2'), startWith('doc-2', sha256, 'command-2')]);
    await room.idle();
    if (isRefusal(first) || isRefusal(second)) throw new Error('refused');
    expect(first.batch.id).toBe(second.batch.id);
    expect(signed.filter((one) => one.documentId === 'doc-2')).toHaveLength(1);
  });

  it('refuses a wrong PIN, starts nothing and leaves the document waiting', async () => {
    const { sha256 } = await add('doc-3');
    const refused = await startWith('doc-3', sha256, 'command-3', '00000000');
    expect(isRefusal(refused) && refused.refused).toBe('wrong-pin');
    expect(room.worklist().find((item) => item.documentId === 'doc-3')?.state).toBe('waiting');
    expect(isRefusal(await startWith('doc-3', sha256, 'command-3b'))).toBe(false);
    await room.idle();
  });

  it('refuses bytes that changed after they were looked at', async () => {
    const { file, sha256 } = await add('doc-4');
    writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from('\n')]));
    await startWith('doc-4', sha256, 'command-4');
    await room.idle();
    expect(room.newestBatch()?.files[0]).toMatchObject({ state: 'refused', reason: { refused: 'changed-since-seen' } });
    expect(signed.some((one) => one.documentId === 'doc-4')).toBe(false);
  });

  it('goes from leader to clerk: signature, number and date, seal, each kept by the next', async () => {
    expect(room.roots.add(readFileSync(pki.root.certificateFile, 'utf8'), 'vgca')).toBe(true);
    expect(room.roots.add(readFileSync(pki.issuing.certificateFile, 'utf8'), 'added')).toBe(true);
    const pictures = ['signature', 'seal'] as const;
    for (const kind of pictures) {
      const png = execFileSync('convert', [
        '-size',
        '200x110',
        'xc:none',
        '-stroke',
        kind === 'seal' ? 'red' : 'blue',
        '-fill',
        'none',
        '-strokewidth',
        '6',
        '-draw',
        'circle 100,55 100,5',
        `PNG32:-`,
      ]);
      const certificateId = readCertificate(pki.issued.get('Phạm Quang Vinh')?.certificate ?? Buffer.alloc(0)).id;
      expect(room.savePicture(kind, certificateId, png)).toBeNull();
    }
    expect(room.savePicture('seal', null, Buffer.from('no picture'))).toMatchObject({ refused: 'bad-picture' });
    const { sha256 } = await add('doc-5', ['leader', 'clerk']);
    await startWith('doc-5', sha256, 'command-5');
    await room.idle();
    expect(signed.filter((one) => one.documentId === 'doc-5').map((one) => one.complete)).toEqual([false]);
    const item = room.worklist().find((one) => one.documentId === 'doc-5');
    expect(item).toMatchObject({ state: 'waiting', steps: ['clerk'], form: 'seal', seenSha256: null });
    const seen = await room.preview('doc-5');
    if (isRefusal(seen)) throw new Error(seen.en);
    expect(seen.signatures).toHaveLength(1);
    await startWith('doc-5', seen.sha256, 'command-5b', token.pin, '36/TLCCHT-BS');
    await room.idle();
    const result = signed.findLast((one) => one.documentId === 'doc-5');
    expect(result?.complete).toBe(true);
    const info = execFileSync('pdfsig', [result?.file ?? '']).toString();
    expect(info.match(/Signature is Valid/g)).toHaveLength(2);
    const text = execFileSync('pdftotext', [result?.file ?? '', '-']).toString();
    expect(text).toContain('Số: 36/TLCCHT-BS');
    expect(text).toMatch(/Ngày \d\d tháng \d\d năm \d{4}/);
    const images = execFileSync('pdfimages', ['-list', result?.file ?? '']).toString();
    expect(images.match(/smask/g)).toHaveLength(2);
    const verdict = await room.verify('doc-5');
    if (isRefusal(verdict)) throw new Error(verdict.en);
    expect(verdict.signatures.map((one) => [one.field, one.modifications])).toEqual([
      ['KySo1', 'FORM_FILLING'],
      ['KySo2', 'NONE'],
    ]);
    expect(verdict.verdict).toBe('TOTAL-PASSED');
    await closeVerifier();
  });

  it('takes roots as a screen sends them: DER or PEM files in base64, several in one, nothing else', () => {
    const pem = (one: Issued) => readFileSync(one.certificateFile);
    const before = room.roots.list().map((root) => root.certificate.id);
    for (const id of before) room.roots.remove(id);
    expect(room.roots.list()).toEqual([]);
    expect(room.roots.add(pem(pki.root).toString('base64'), 'neac')).toBe(true);
    expect(room.roots.add(pki.root.certificate.toString('base64'), 'neac')).toBe(true);
    expect(room.roots.list()).toHaveLength(1);
    expect(room.roots.add(Buffer.concat([pem(pki.root), pem(pki.issuing)]).toString('base64'), 'vgca')).toBe(true);
    expect(room.roots.list()).toHaveLength(2);
    const person = pki.issued.get('Phạm Quang Vinh');
    expect(person && room.roots.add(pem(person).toString('base64'), 'added')).toBe(false);
    expect(room.roots.add(Buffer.from('xin chào').toString('base64'), 'added')).toBe(false);
    expect(room.roots.list()).toHaveLength(2);
  });

  it('finds the place of a signature by the name that stands on the page', async () => {
    const file = path.join(dir, 'named.pdf');
    const document = await PDFDocument.create();
    const page = document.addPage([595, 842]);
    page.drawText('PHO CHU TICH', { x: 380, y: 300 });
    page.drawText('Pham Quang Vinh', { x: 370, y: 180 });
    writeFileSync(file, await document.save());
    room.addToWorklist({ dossierId: 'd1', dossierCode: 'H15', documentId: 'named', file, title: 'Quyết định', form: 'personal' });
    const places = await room.findPlace('named', 'pham quang  VINH');
    if (isRefusal(places)) throw new Error(places.en);
    expect(places).toHaveLength(1);
    expect(places[0]?.page).toBe(0);
    expect(places[0]?.y).toBeGreaterThan(180);
    expect(places[0]?.y).toBeLessThan(300);
    expect(await room.findPlace('named', 'nguoi khac')).toEqual([]);
  });

  it('signs with the key of training and says so in the block', async () => {
    const { sha256 } = await add('doc-6');
    const { tokens } = await room.tokens();
    const certificateId = tokens.find((one) => one.training)?.certificates[0]?.id ?? '';
    const started = await room.start({
      commandId: 'command-6',
      module: TRAINING_MODULE,
      tokenSerial: TRAINING_SERIAL,
      certificateId,
      pin: TRAINING_PIN,
      confirmFinalTry: false,
      items: [{ documentId: 'doc-6', sha256 }],
    });
    expect(isRefusal(started)).toBe(false);
    await room.idle();
    const result = signed.find((one) => one.documentId === 'doc-6');
    expect(execFileSync('pdftotext', [result?.file ?? '', '-']).toString()).toContain('TẬP HUẤN');
    expect(execFileSync('pdfsig', [result?.file ?? '']).toString()).toContain('Signature is Valid');
  });

  it('keeps no PIN anywhere in the database or the folder', () => {
    store.db.pragma('wal_checkpoint(TRUNCATE)');
    expect(readFileSync(path.join(dir, 'quay.db')).includes(token.pin)).toBe(false);
  });
});
