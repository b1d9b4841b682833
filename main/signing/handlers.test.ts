import { createRouterClient } from '@orpc/server';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { samplePdf } from '../../tests/fixtures/signed/document.ts';
import { onePage, openRoom, type TestRoom } from '../../tests/fixtures/signing/room.ts';
import type { CallContext } from '../contract/context.ts';
import { signingHandlers } from './handlers.ts';
import { TRAINING_MODULE, TRAINING_PIN, TRAINING_SERIAL } from './index.ts';

describe('what a screen sees of signing', () => {
  let dir: string;
  let test: TestRoom;
  const context: CallContext = { caller: { role: 'officer', deviceId: 'desk' }, connectionId: 'c1' };
  const client = () => createRouterClient(signingHandlers(test.room), { context });

  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-handlers-'));
    test = openRoom(dir, { modules: [] });
  });
  afterAll(async () => {
    await test.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('goes from worklist to signed file, live, with the key of training', async () => {
    const file = path.join(dir, 'result.pdf');
    await onePage(file);
    const live = await client().watch();
    const first = await live.next();
    expect(first.value).toMatchObject({ type: 'snapshot', seq: 0, snapshot: { worklist: [], batch: null, unlocked: false } });
    test.room.addToWorklist({
      dossierId: 'd',
      dossierCode: 'H15.1-261121-0001',
      documentId: 'doc',
      file,
      title: 'Trích lục',
      form: 'personal',
    });
    const second = await live.next();
    expect(second.value).toMatchObject({
      type: 'event',
      seq: 1,
      event: { worklist: [{ documentId: 'doc', seen: false, state: 'waiting' }] },
    });

    const { tokens } = await client().tokens();
    expect(tokens).toMatchObject([{ module: TRAINING_MODULE, training: true }]);
    const start = {
      commandId: 'command-0001',
      module: TRAINING_MODULE,
      tokenSerial: TRAINING_SERIAL,
      certificateId: tokens[0]?.certificates[0]?.id ?? '',
      pin: TRAINING_PIN,
    };
    const unseen = await client()
      .start({ ...start, items: [{ documentId: 'doc', sha256: '0'.repeat(64) }] })
      .catch((error: unknown) => error);
    expect(unseen).toMatchObject({ code: 'REFUSED', data: { refused: 'not-seen' } });
    const preview = await client().preview({ documentId: 'doc' });
    expect(preview).toMatchObject({ refused: null, cleanable: true, signatures: [], pages: [{ width: 595, height: 842 }] });
    const wrong = await client()
      .start({ ...start, commandId: 'command-0002', pin: '999999', items: [{ documentId: 'doc', sha256: preview.sha256 }] })
      .catch((error: unknown) => error);
    expect(wrong).toMatchObject({ code: 'REFUSED', data: { refused: 'wrong-pin' } });
    expect(JSON.stringify(wrong)).not.toContain('999999');
    await client().start({ ...start, commandId: 'command-0003', items: [{ documentId: 'doc', sha256: preview.sha256 }] });
    await test.room.idle();
    for (;;) {
      const next = await live.next();
      const said = next.value as { event?: { batch?: { state: string; counts: object } | null } } | undefined;
      if (said?.event?.batch?.state === 'done') {
        expect(said.event.batch.counts).toEqual({ pending: 0, signed: 1, refused: 0, failed: 0, skipped: 0 });
        break;
      }
    }
    await live.return?.();
    expect((await client().signedFile({ documentId: 'doc' })).name).toMatch(/^result_daky_/);
    const clean = await client()
      .cleanCopy({ commandId: 'command-0004', documentId: 'doc' })
      .catch((error: unknown) => error);
    expect(clean).toMatchObject({ data: { refused: 'not-cleanable' } });
  });

  it('offers a clean copy before the first signature, to be looked at again', async () => {
    const item = await test.add('dirty');
    const copy = await client().cleanCopy({ commandId: 'command-0005', documentId: 'dirty' });
    expect(copy.sha256).not.toBe(item.sha256);
    expect(copy.refused).toBeNull();
  });

  it('says before signing why a file may not be signed, and signs its clean copy only after it was looked at', async () => {
    const sample = samplePdf();
    const xfa = sample.body(1).replace('/AcroForm<<', '/NeedsRendering true/AcroForm<</XFA(<xdp/>)');
    const files: [string, Uint8Array, string][] = [
      ['xfa', sample.copy().update({ 1: xfa }).bytes, 'pdf-xfa'],
      ['rights', sample.copy().update({ 1: sample.body(1).replace('/AcroForm<<', '/Perms<</UR3<<>>>>/AcroForm<<') }).bytes, 'usage-rights'],
      ['after', Buffer.concat([sample.bytes, Buffer.from('later\n')]), 'pdf-bytes-after-eof'],
    ];
    const item = (id: string) => test.room.worklist().find((one) => one.documentId === id);
    for (const [id, bytes, code] of files) {
      const file = path.join(dir, `${id}.pdf`);
      writeFileSync(file, bytes);
      await test.add(id, { file });
      const refused = await client().preview({ documentId: id });
      expect(refused).toMatchObject({ refused: { code }, cleanable: true });
      expect(refused.warnings.map((one) => one.code)).toEqual([]);
      expect(item(id)).toMatchObject({ state: 'refused', seenSha256: null, reason: { refused: code } });
      const copy = await client().cleanCopy({ commandId: `clean-${id}-0001`, documentId: id });
      expect(copy).toMatchObject({ refused: null, warnings: [] });
      expect(item(id)).toMatchObject({ state: 'waiting', seenSha256: copy.sha256, reason: null });
      expect(readFileSync(file).equals(Buffer.from(bytes))).toBe(true);
    }
  });

  it('tells a screen which bytes were looked at, so that a file that changed since goes into no batch', async () => {
    const { file, sha256 } = await test.add('later');
    const listed = async () => {
      const live = await client().watch();
      const said = (await live.next()).value as
        | { snapshot?: { worklist: { documentId: string; seenSha256: string | null }[] } }
        | undefined;
      await live.return?.();
      return said?.snapshot?.worklist.find((one) => one.documentId === 'later')?.seenSha256;
    };
    expect(await listed()).toBe(sha256);
    writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.from('\n')]));
    // Another look is another's look: the officer who saw the first bytes may not sign the second.
    await client().preview({ documentId: 'later' });
    const { tokens } = await client().tokens();
    const refused = await client()
      .start({
        commandId: 'command-0009',
        module: TRAINING_MODULE,
        tokenSerial: TRAINING_SERIAL,
        certificateId: tokens[0]?.certificates[0]?.id ?? '',
        pin: TRAINING_PIN,
        items: [{ documentId: 'later', sha256 }],
      })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ data: { refused: 'not-seen' } });
  });

  it('points out duplicate objects before signing, and signs nonetheless', async () => {
    const file = path.join(dir, 'twice.pdf');
    const sample = samplePdf();
    writeFileSync(file, sample.update({ 9: '<</Nothing true>>' }, { extra: '4 0 obj\n<<>>\nendobj\n' }).bytes);
    await test.add('twice', { file });
    const seen = await client().preview({ documentId: 'twice' });
    expect(seen.refused).toBeNull();
    expect(seen.warnings.map((one) => one.code)).toEqual(['duplicateObject']);
  });

  it('keeps places per form, and roots as data', async () => {
    const placement = { page: 0, x: 300, y: 200, width: 156, height: 85 };
    const settings = await client().savePlace({ commandId: 'command-0006', form: 'personal', placement });
    expect(settings.places['personal']).toEqual(placement);
    await test.add('placed');
    expect((await client().preview({ documentId: 'placed' })).placement).toEqual(placement);
    const refused = await client()
      .addRoot({ commandId: 'command-0007', certificate: 'bm90IGEgY2VydGlmaWNhdGU=', source: 'added' })
      .catch((error: unknown) => error);
    expect(refused).toMatchObject({ data: { refused: 'bad-certificate' } });
    expect(await client().roots()).toEqual([]);
  });
});
