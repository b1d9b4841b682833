import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { part } from '../../../tests/parts.ts';
import { sampleTicket, ticketPaper } from '../../documents/ticket/index.ts';
import { createTrainingPrinter } from '../../training/escpos/index.ts';
import { blit, createBitmap, crop, decodePng, encodePng, enlarge, rowExtent, type Bitmap } from '../raster/index.ts';
import { createEncoder } from './encode.ts';
import { profileOf, type TextMode } from './profile.ts';

const zbar = part('zbarimg');
const tesseract = part('tesseract');
const goldenDir = path.join(import.meta.dirname, 'golden');

function print(mode: TextMode, profile = 'training', change: Parameters<typeof sampleTicket>[0] = {}): Bitmap {
  const bytes = createEncoder(profileOf(profile), mode).encode(ticketPaper(sampleTicket(change)));
  if (typeof bytes === 'string') throw new Error(bytes);
  const printer = createTrainingPrinter({ widthDots: profileOf(profile).widthDots });
  printer.attach(() => undefined).receive(bytes);
  return printer.slips[0]!.picture;
}

/** The papers that must not change by a dot unless somebody meant it: `QUAY_GOLDEN=write` writes them anew, for a look. */
const GOLDEN: Record<string, { picture: () => Bitmap; sha256: string }> = {
  raster: { picture: () => print('raster'), sha256: 'e8b35b7f1080dbeaa821a95f0be78aad5284fa2d2278f321ea3afcf114745b00' },
  'raster-generic': {
    picture: () => print('raster', 'generic-80'),
    sha256: '854d86fbaaac9ca4854622d95a0f7ceef12a8e410349db02661952e317a87642',
  },
  reprint: {
    picture: () => print('raster', 'training', { reprint: true, training: false, priority: 'Người cao tuổi' }),
    sha256: '156fa5b77bb408332d2a84b845f491f20fd8c77998c822d1338b9ea3489fcb4a',
  },
  tcvn3: { picture: () => print('tcvn3'), sha256: 'e12c27ee33f0e43e9dcec6ae94c62a3b074a2ed111d62644789593e910bcf85b' },
  glyphs: { picture: () => print('glyphs'), sha256: '8ade13dfb4c837e972c40ff9e33c20559e1e126cdd5ce252aa1f641e1def3e4c' },
};

describe('golden tickets', () => {
  for (const [name, { picture, sha256 }] of Object.entries(GOLDEN)) {
    it(`${name} is the same dot for dot`, () => {
      const file = path.join(goldenDir, `${name}.png`);
      const printed = picture();
      const hash = createHash('sha256').update(printed.data).digest('hex');
      if (process.env['QUAY_GOLDEN'] === 'write') {
        writeFileSync(file, encodePng(printed));
        writeFileSync(`${file}.sha256`, hash);
        return;
      }
      expect(existsSync(file)).toBe(true);
      const wanted = decodePng(readFileSync(file));
      expect([printed.width, printed.height]).toEqual([wanted.width, wanted.height]);
      expect(Buffer.from(printed.data).equals(Buffer.from(wanted.data))).toBe(true);
      expect(hash).toBe(sha256);
    });
  }
});

describe('read back by strangers', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'quay-readback-'));
  });
  afterAll(() => rmSync(dir, { recursive: true }));

  /** White around it as on a desk; small letters doubled to the 400 dpi that readers of text expect. */
  const save = (name: string, picture: Bitmap, factor = 2): string => {
    const sheet = createBitmap(picture.width + 80, picture.height + 80);
    blit(sheet, picture, 40, 40);
    const file = path.join(dir, `${name}.png`);
    writeFileSync(file, encodePng(enlarge(sheet, factor, factor), 203 * factor));
    return file;
  };
  const ocr = (file: string, mode: string, language = 'vie'): string =>
    spawnSync('tesseract', [file, '-', '-l', language, '--psm', mode], {
      encoding: 'utf8',
      env: { ...process.env, OMP_THREAD_LIMIT: '1' },
    }).stdout.normalize('NFC');
  /** The tallest run of rows with ink: the number. */
  const tallest = (picture: Bitmap): Bitmap => {
    let best = { top: 0, bottom: 0 };
    let top = 0;
    for (let y = 0; y <= picture.height; y += 1) {
      if (y < picture.height && rowExtent(picture, y)) continue;
      if (y - top > best.bottom - best.top) best = { top, bottom: y };
      top = y + 1;
    }
    return crop(picture, 0, best.top, picture.width, best.bottom);
  };

  it.skipIf(!zbar).each(['raster', 'raster-generic', 'reprint', 'tcvn3', 'glyphs'])('zbarimg reads the QR of %s', (name) => {
    const run = spawnSync('zbarimg', ['--raw', '-q', save(`qr-${name}`, GOLDEN[name]!.picture())], { encoding: 'utf8' });
    expect(run.stdout.trim()).toBe(sampleTicket().qr);
  });

  it.skipIf(!tesseract).each(['raster', 'reprint'])('tesseract reads the Vietnamese of %s', (name) => {
    const picture = GOLDEN[name]!.picture();
    const text = crop(picture, 0, 0, picture.width, picture.height - 155); // without the QR, which is no text
    const read = ocr(save(`text-${name}`, text), '11');
    expect(read).toContain('Trung tâm Phục vụ hành chính công phường');
    expect(read).toContain('Chứng thực bản sao, hộ tịch');
    expect(ocr(save(`number-${name}`, tallest(text), 1), '7', 'eng')).toMatch(/B ?027/u);
    expect(read).toContain(name === 'reprint' ? 'BẢN IN LẠI' : 'TẬP HUẤN');
    expect(read).toContain('08:05 ngày 20/11/2026');
  });
});
