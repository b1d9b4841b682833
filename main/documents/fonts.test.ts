import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { part } from '../../tests/parts.ts';
import { Paper } from './paper.ts';

let dir: string;
beforeEach(() => void (dir = mkdtempSync(path.join(tmpdir(), 'quay-fonts-'))));
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const FACES = ['regular', 'bold', 'italic', 'boldItalic'] as const;
const read = async (words: string): Promise<string[]> => {
  const margins = { top: 20, right: 20, bottom: 20, left: 20 };
  const paper = await Paper.open({ paper: 'A4', margins, size: 13, training: false, title: 'x', at: Date.UTC(2026, 10, 23) });
  for (const face of FACES) paper.text(words, { face });
  const file = path.join(dir, 'x.pdf');
  writeFileSync(file, await paper.finish());
  return execFileSync('pdftotext', ['-raw', file, '-'], { encoding: 'utf8' }).normalize('NFC').trim().split('\n').slice(0, FACES.length);
};

/** This file is a process of its own: what an earlier paper left behind in the parsed fonts is seen here alone. */
describe.skipIf(!part('pdftotext'))('a second paper of the same day', () => {
  it('keeps letters that the first one used only as parts of others', async () => {
    const whole = 'Ở ở Ằ ằ Ẵ ẵ Ữ ữ Ế ế Ộ ộ';
    expect(await read(whole)).toEqual(FACES.map(() => whole));
    const parts = 'Ơ ơ Ă ă Ư ư Ê ê Ô ô A a U u E e O o hồ sơ';
    expect(await read(parts)).toEqual(FACES.map(() => parts));
  });
});
