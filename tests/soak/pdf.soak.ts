import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createVerifier, VERIFIER_LIMITS } from '../../main/signing/verify/index.ts';
import { mutate, seeded } from '../fixtures/hostile/fuzz.ts';
import { hostiles, makeKit } from '../fixtures/hostile/index.ts';
import { samplePdf } from '../fixtures/signed/document.ts';
import { der, makePki } from '../fixtures/signed/pki.ts';

const HANG_MS = 10_000;

export interface PdfSoak {
  soak: 'pdf';
  seed: number;
  count: number;
  hangs: number;
  crashes: number;
  falsePasses: number;
}

/**
 * Signed files, damaged at random, given to the verifier: none may hang it for more than ten seconds, crash its process, or pass. Every
 * made attack is tried once before. What went wrong goes to standard error with the place of the damage.
 */
export async function run(options: { readonly count?: number; readonly seed?: number }): Promise<{ exitCode: number; result: PdfSoak }> {
  const count = options.count ?? 10_000;
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31);
  const result: PdfSoak = { soak: 'pdf', seed, count, hangs: 0, crashes: 0, falsePasses: 0 };
  const dir = mkdtempSync(path.join(tmpdir(), 'pdf-soak-'));
  const verifier = createVerifier({ ...VERIFIER_LIMITS, files: 1_000_000, imagesMs: 60_000 });
  try {
    const pki = makePki(dir);
    const who = pki.identity('signer');
    // The second half of /ID may be anything after an update: damage there is no damage.
    const plain = (): ReturnType<typeof samplePdf> => samplePdf('/Root 1 0 R');
    const signed = (): ReturnType<typeof samplePdf> => plain().sign(pki, { who, timestamp: true, visible: 'ky' });
    const material = { certs: [der(pki.issuer.cert)], ocsps: [pki.ocsp(who)], crls: [pki.crl()] };
    const bases = [
      plain().sign(pki, { who }),
      signed(),
      signed().sign(pki, { who, visible: 'hai' }),
      signed().archive(pki),
      signed().store(material),
      signed().store(material).archive(pki),
      plain().sign(pki, { who, certify: 2 }).sign(pki, { who }),
    ];
    const file = path.join(dir, 'file.pdf');
    const judge = async (bytes: Buffer, what: string, images = false): Promise<void> => {
      writeFileSync(file, bytes);
      const started = performance.now();
      const answer = await verifier.verify(file, { trustDir: pki.trust, offline: true, images });
      const reason = answer.reason ?? '';
      const tell = (wrong: string): void => void process.stderr.write(`${wrong}: ${what} ${reason}\n`);
      // Drawing pages has its own clock, and a machine at its limit is no fault of the file.
      if ((!images && performance.now() - started > HANG_MS) || reason.includes('(timeout)')) {
        result.hangs++;
        tell('hang');
      } else if (/\((crash|\w*Error\b.*)\)$/.test(reason)) {
        result.crashes++;
        tell('crash');
      }
      if (answer.verdict === 'TOTAL-PASSED') {
        result.falsePasses++;
        tell('false pass');
      }
    };
    for (const [i, base] of bases.entries()) {
      writeFileSync(file, base.bytes);
      const answer = await verifier.verify(file, { trustDir: pki.trust, offline: true, images: false });
      // Without this, a verifier that refuses everything would look perfect.
      if (answer.verdict !== 'TOTAL-PASSED')
        throw new Error(
          `undamaged file ${i} does not pass: ${answer.verdict} ${answer.signatures.flatMap((one) => one.details).join('; ')}`,
        );
    }
    const kit = makeKit(pki, who);
    for (const hostile of hostiles) await judge(hostile.make(kit), hostile.name, hostile.images);
    const random = seeded(seed);
    for (let i = 0; i < count; i++) {
      const which = Math.floor(random() * bases.length);
      const base = bases[which]?.bytes ?? Buffer.alloc(0);
      const { bytes, what } = mutate(base, random);
      await judge(bytes, `number ${i}, file ${which}: ${what}`);
    }
  } finally {
    await verifier.close();
    rmSync(dir, { recursive: true, force: true });
  }
  return { exitCode: result.hangs + result.crashes + result.falsePasses > 0 ? 1 : 0, result };
}
