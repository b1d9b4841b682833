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
const GOLDEN: Record<string, () => Bitmap> = {
  raster: () => print('raster'),
  'raster-generic': () => print('raster', 'generic-80'),
  reprint: () => print('raster', 'training', { reprint: true, training: false, priority: 'Người cao tuổi' }),
  tcvn3: () => print('tcvn3'),
  glyphs: () => print('glyphs'),
};
const hashFile = path.join(goldenDir, 'sha256.json');
const readHashes = () => JSON.parse(readFileSync(hashFile, 'utf8')) as Record<string, string>;

describe('golden tickets', () => {
  for (const [name, picture] of Object.entries(GOLDEN)) {
    it(`${name} is the same dot for dot`, () => {
      const file = path.join(goldenDir, `${name}.png`);
      const printed = picture();
      const hash = createHash('sha256').update(printed.data).digest('hex');
      if (process.env['QUAY_GOLDEN'] === 'write') {
        writeFileSync(file, encodePng(printed));
        const hashes = existsSync(hashFile) ? readHashes() : {};
        writeFileSync(hashFile, `${JSON.stringify({ ...hashes, [name]: hash }, null, 2)}\n`);
      }
      const wanted = decodePng(readFileSync(file));
      expect([printed.width, printed.height]).toEqual([wanted.width, wanted.height]);
      expect(Buffer.from(printed.data).equals(Buffer.from(wanted.data))).toBe(true);
      expect(hash).toBe(readHashes()[name]);
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
    const run = spawnSync('zbarimg', ['--raw', '-q', save(`qr-${name}`, GOLDEN[name]!())], { encoding: 'utf8' });
    expect(run.stdout.trim()).toBe(sampleTicket().qr);
  });

  it.skipIf(!tesseract).each(['raster', 'reprint'])('tesseract reads the Vietnamese of %s', (name) => {
    const picture = GOLDEN[name]!();
    const text = crop(picture, 0, 0, picture.width, picture.height - 155); // without the QR, which is no text
    const read = ocr(save(`text-${name}`, text), '11');
    expect(read).toContain('Trung tâm Phục vụ hành chính công phường');
    expect(read).toContain('Chứng thực bản sao, hộ tịch');
    expect(ocr(save(`number-${name}`, tallest(text), 1), '7', 'eng')).toMatch(/B ?027/u);
    expect(read).toContain(name === 'reprint' ? 'BẢN IN LẠI' : 'TẬP HUẤN');
    expect(read).toContain('08:05 ngày 20/11/2026');
  });
});
