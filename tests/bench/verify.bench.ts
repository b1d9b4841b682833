import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createVerifier } from '../../main/signing/verify/index.ts';
import { samplePdf } from '../fixtures/signed/document.ts';
import { makePki } from '../fixtures/signed/pki.ts';

const FILES = 300;
const LARGE = 100 << 20;
const ROUNDS = 5;

/**
 * Full verification against a trust directory, in the verifier's own process, start of that process not counted.
 * `filesPerSecond`: small files with one timestamped signature. `large100MbMs`: one file of 100 MB, median of five.
 */
export async function run(): Promise<Record<string, number | string>> {
  const dir = mkdtempSync(path.join(tmpdir(), 'bench-verify-'));
  const verifier = createVerifier();
  try {
    const pki = makePki(dir);
    const who = pki.identity('signer');
    const small = path.join(dir, 'small.pdf');
    writeFileSync(small, samplePdf().sign(pki, { who, timestamp: true, visible: 'ky' }).bytes);
    const large = path.join(dir, 'large.pdf');
    const scan = Buffer.alloc(LARGE, 0x5a).toString('latin1');
    const big = samplePdf().update({ 20: `<</Type/XObject/Subtype/Image/Width 1/Height 1/Length ${LARGE}>>\nstream\n${scan}\nendstream` });
    const handle = openSync(large, 'w');
    writeSync(handle, big.sign(pki, { who }).bytes);
    closeSync(handle);
    const once = async (file: string): Promise<number> => {
      const from = performance.now();
      const answer = await verifier.verify(file, { trustDir: pki.trust, offline: true });
      if (answer.verdict !== 'TOTAL-PASSED') throw new Error(`${path.basename(file)}: ${answer.verdict} ${answer.reason ?? ''}`);
      return performance.now() - from;
    };
    for (let i = 0; i < 20; i++) await once(small);
    const from = performance.now();
    for (let i = 0; i < FILES; i++) await once(small);
    const perSecond = (FILES * 1000) / (performance.now() - from);
    const times: number[] = [];
    for (let i = 0; i < ROUNDS; i++) times.push(await once(large));
    times.sort((a, b) => a - b);
    return { filesPerSecond: Math.round(perSecond), large100MbMs: Math.round(times[ROUNDS >> 1] ?? 0) };
  } finally {
    await verifier.close();
    rmSync(dir, { recursive: true, force: true });
  }
}
