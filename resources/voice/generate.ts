/**
 * Makes the clip pack `vi/*.opus` with espeak-ng (voice `vi`) and opusenc (opus-tools): `node resources/voice/generate.ts`.
 * espeak-ng is GPL-3 and is not shipped; its sound is ours to give. Each clip is cut at its silence, because 47 clips said
 * one after the other with espeak's own pauses take twice as long as the sentence.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { allWords } from '../../renderer/board/words.ts';

const folder = path.join(import.meta.dirname, 'vi');
const work = mkdtempSync(path.join(tmpdir(), 'quay-voice-'));
/** -42 dB of full scale; below it is silence. */
const SILENCE = 260;
/** Kept before and after the sound, so that no consonant is cut. */
const MARGIN_SECONDS = 0.012;

/** 16-bit mono PCM of a RIFF file. */
function readWav(file: string): { rate: number; samples: Int16Array } {
  const bytes = readFileSync(file);
  let at = 12;
  let rate = 22_050;
  while (at + 8 <= bytes.length) {
    const id = bytes.toString('latin1', at, at + 4);
    const size = bytes.readUInt32LE(at + 4);
    if (id === 'fmt ') rate = bytes.readUInt32LE(at + 12);
    if (id === 'data') {
      const end = Math.min(bytes.length, at + 8 + size);
      const count = (end - at - 8) >> 1;
      const samples = new Int16Array(count);
      for (let index = 0; index < count; index += 1) samples[index] = bytes.readInt16LE(at + 8 + index * 2);
      return { rate, samples };
    }
    at += 8 + size + (size & 1);
  }
  throw new Error(`${file}: no sound in it`);
}

function writeWav(file: string, rate: number, samples: Int16Array): void {
  const bytes = Buffer.alloc(44 + samples.length * 2);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(36 + samples.length * 2, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(1, 20);
  bytes.writeUInt16LE(1, 22);
  bytes.writeUInt32LE(rate, 24);
  bytes.writeUInt32LE(rate * 2, 28);
  bytes.writeUInt16LE(2, 32);
  bytes.writeUInt16LE(16, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(samples.length * 2, 40);
  for (const [index, sample] of samples.entries()) bytes.writeInt16LE(sample, 44 + index * 2);
  writeFileSync(file, bytes);
}

function trimmed(rate: number, samples: Int16Array): Int16Array {
  const margin = Math.round(rate * MARGIN_SECONDS);
  const loud = (sample: number) => Math.abs(sample) > SILENCE;
  const first = samples.findIndex(loud);
  const last = samples.findLastIndex(loud);
  if (first < 0) throw new Error('silence only');
  return samples.slice(Math.max(0, first - margin), Math.min(samples.length, last + margin));
}

mkdirSync(folder, { recursive: true });
try {
  for (const { clip, text } of allWords) {
    const raw = path.join(work, `${clip}.wav`);
    const cut = path.join(work, `${clip}-cut.wav`);
    execFileSync('espeak-ng', ['-v', 'vi', '-s', '150', '-p', '48', '-w', raw, text]);
    const { rate, samples } = readWav(raw);
    writeWav(cut, rate, trimmed(rate, samples));
    execFileSync('opusenc', ['--quiet', '--bitrate', '24', '--discard-comments', '--serial', '1', cut, path.join(folder, `${clip}.opus`)]);
  }
  console.log(`${allWords.length} clips in ${folder}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
