import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutate, seeded } from '../../../tests/fixtures/hostile/fuzz.ts';
import { hostiles, makeKit, type Kit } from '../../../tests/fixtures/hostile/index.ts';
import { samplePdf } from '../../../tests/fixtures/signed/document.ts';
import { der, makePki, type Pki } from '../../../tests/fixtures/signed/pki.ts';
import { part } from '../../../tests/parts.ts';
import { createVerifier, VERIFIER_LIMITS, type Verification } from './index.ts';

const SEED = 20_261_121;

describe.skipIf(!part('openssl'))('hostile files', () => {
  const dir = mkdtempSync(path.join(tmpdir(), 'hostile-'));
  const verifier = createVerifier({ ...VERIFIER_LIMITS, files: 100_000, imagesMs: 60_000 });
  let pki: Pki;
  let kit: Kit;
  const wrong: string[] = [];

  beforeAll(() => {
    pki = makePki(dir);
    kit = makeKit(pki, pki.identity('signer'));
  });
  afterAll(async () => {
    await verifier.close();
    rmSync(dir, { recursive: true, force: true });
  });

  /** The answer; hangs and crashes are collected. */
  const look = async (bytes: Buffer, what: string, images = false): Promise<Verification> => {
    const file = path.join(dir, 'file.pdf');
    writeFileSync(file, bytes);
    const answer = await verifier.verify(file, { trustDir: pki.trust, offline: true, images });
    // The verifier ends what takes too long by itself; the test has no clock of its own.
    if (answer.reason?.includes('(timeout)') === true) wrong.push(`hang: ${what}`);
    if (/\((crash|\w*Error\b.*)\)$/.test(answer.reason ?? '')) wrong.push(`crash: ${what} ${answer.reason}`);
    if (answer.signatures.length === 0 && answer.reason === undefined) wrong.push(`no reason: ${what}`);
    return answer;
  };

  it.each(hostiles.map((hostile) => [hostile.name, hostile] as const))('%s', async (name, hostile) => {
    wrong.length = 0;
    const answer = await look(hostile.make(kit), name, hostile.images);
    expect(wrong).toEqual([]);
    if (hostile.must === 'failed') expect(answer.verdict).toBe('TOTAL-FAILED');
    else expect(answer.verdict).not.toBe('TOTAL-PASSED');
  });

  it('random damage never passes, hangs or crashes', async () => {
    wrong.length = 0;
    const { who } = kit;
    const signed = (): ReturnType<typeof samplePdf> => samplePdf().sign(pki, { who, timestamp: true, visible: 'ky' });
    const material = { certs: [der(pki.issuer.cert)], ocsps: [pki.ocsp(who)], crls: [pki.crl()] };
    const bases = [samplePdf().sign(pki, { who }), signed().sign(pki, { who, visible: 'hai' }), signed().store(material).archive(pki)].map(
      (file) => file.bytes,
    );
    for (const base of bases) expect((await look(base, 'undamaged')).verdict).toBe('TOTAL-PASSED');
    const random = seeded(SEED);
    for (let i = 0; i < 600; i++) {
      const { bytes, what } = mutate(bases[i % bases.length] ?? Buffer.alloc(0), random);
      const answer = await look(bytes, `number ${i}: ${what}`);
      if (answer.verdict === 'TOTAL-PASSED') wrong.push(`false pass: number ${i}: ${what}`);
    }
    expect(wrong).toEqual([]);
  });
});
