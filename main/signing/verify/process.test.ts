import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createVerifier, startChild, VERIFIER_LIMITS, type Start } from './process.ts';

const dir = mkdtempSync(path.join(tmpdir(), 'verifier-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** A child that misbehaves as told, once; the next one is the real one. */
function broken(script: string): Start {
  const file = path.join(dir, `${script.length}.mjs`);
  writeFileSync(file, `process.send({ ready: true }); ${script}`);
  let first = true;
  return (heapMb) => {
    if (!first) return startChild(heapMb);
    first = false;
    return fork(file, [], { execArgv: [`--max-old-space-size=${heapMb}`], stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  };
}

const pdf = path.join(dir, 'none.pdf');
const limits = { ...VERIFIER_LIMITS, workMs: 2000 };

describe('the process of the verifier', () => {
  it.each([
    ['hangs', `process.on('message', () => { for (;;); });`, 'timeout'],
    ['falls silent', `process.on('message', () => {}); `, 'timeout'],
    ['dies', `process.on('message', () => process.abort());`, 'crash'],
    ['is gone at once', `process.exit(3);`, 'crash'],
    ['runs out of memory', `process.on('message', () => { const a = []; for (;;) a.push(new Array(1e6).fill(a.length)); });`, 'crash'],
    ['reports an error', `process.on('message', (job) => process.send({ id: job.id, error: 'TypeError: x' }));`, 'TypeError'],
  ])('answers for a child that %s, and goes on with a new one', async (_what, script, reason) => {
    const verifier = createVerifier(reason === 'crash' ? { ...limits, workMs: 20_000, heapMb: 64 } : limits, broken(script));
    const answer = await verifier.verify(pdf, {});
    expect(answer).toMatchObject({ file: pdf, verdict: 'TOTAL-FAILED', signatures: [], reason: expect.stringContaining(reason) });
    expect(answer.vi).not.toBe('');
    // The same verifier, with a fresh process behind it.
    expect((await verifier.verify(pdf, {})).reason).toContain('ENOENT');
    await verifier.close();
  });

  it('waits for the network on another clock', async () => {
    const script = `process.on('message', ({ id, file }) => { process.send({ id, network: true }); setTimeout(() => { process.send({ id, network: false }); process.send({ id, result: { file, verdict: 'NO-SIGNATURE', signatures: [] } }); }, 4500); });`;
    const verifier = createVerifier(limits, broken(script));
    expect((await verifier.verify(pdf, {})).verdict).toBe('NO-SIGNATURE');
    await verifier.close();
  });

  it('gives up on a network that never answers', async () => {
    const script = `process.on('message', ({ id }) => process.send({ id, network: true }));`;
    const verifier = createVerifier({ ...limits, networkMs: 200 }, broken(script));
    expect((await verifier.verify(pdf, {})).reason).toContain('timeout');
    await verifier.close();
  });

  it('answers files asked for at once, each with its own', async () => {
    const verifier = createVerifier({ ...VERIFIER_LIMITS, files: 2 });
    const files = [1, 2, 3, 4, 5].map((n) => path.join(dir, `absent${n}.pdf`));
    const answers = await Promise.all(files.map(async (file) => verifier.verify(file, {})));
    expect(answers.map((answer) => answer.file)).toEqual(files);
    await verifier.close();
  });
});
