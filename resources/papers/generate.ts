/**
 * Makes the sample papers of the training scanner: `node resources/papers/generate.ts`. Chromium sets the forms in Be
 * Vietnam Pro, ImageMagick lays them askew on off-white paper with a little grain, as a desk scanner would see them.
 * A4, 200 dpi, colour JPEG. The pictures are committed, so this runs only when a form changes.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { PAPERS } from './forms.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const WIDTH = 1654;
const HEIGHT = 2339;

const font = (weight: string) => {
  const file = path.join(here, `../../node_modules/@expo-google-fonts/be-vietnam-pro/${weight}/BeVietnamPro_${weight}.ttf`);
  return `data:font/ttf;base64,${readFileSync(file).toString('base64')}`;
};
const STYLE = `
@font-face { font-family: 'BVP'; font-weight: 400; src: url(${font('400Regular')}); }
@font-face { font-family: 'BVP'; font-weight: 700; src: url(${font('700Bold')}); }
@font-face { font-family: 'BVP'; font-weight: 400; font-style: italic; src: url(${font('400Regular_Italic')}); }
* { box-sizing: border-box; } body { margin: 0; width: 210mm; height: 297mm; padding: 20mm 18mm 12mm 25mm; font: 11.5pt/1.55 BVP; color: #1c1c22; background: #fff; position: relative; }
h1 { text-align: center; font-size: 17pt; margin: 9mm 0 6mm; } .red { color: #b3261e; } .centre, .motto { text-align: center; } .right { text-align: right; } .big { font-weight: 700; }
.line { margin: 2.1mm 0; border-bottom: .3mm dotted #777; } .line i { color: #20339a; } .two { display: flex; justify-content: space-between; gap: 8mm; } .two > div { flex: 1; } .motto { font-size: 11pt; white-space: nowrap; } .two .motto { font-size: 9.5pt; flex: none !important; }
hr { width: 30mm; border: 0; border-top: .3mm solid #222; } .sign { margin-left: auto; width: 84mm; text-align: center; position: relative; } .hand { font: italic 400 20pt BVP; color: #20339a; margin: 2mm 0; transform: rotate(-6deg); }
.stamp { position: absolute; left: 4mm; top: 14mm; width: 34mm; height: 34mm; border: 1mm solid #c6372b; border-radius: 50%; color: #c6372b; font: 700 7.5pt/1.3 BVP; display: flex; align-items: center; justify-content: center; transform: rotate(-8deg); opacity: .8; }
.stamp + p { margin-top: 26mm; } .frame { border: 1.4mm double #b3261e; padding: 8mm; height: 235mm; background: #fffdf4; } .emblem { text-align: center; color: #b3261e; font-size: 34pt; line-height: 1.1; }
.cells .line { border: 0; } table { width: 100%; border-collapse: collapse; font-size: 9.5pt; } td, th { border: .25mm solid #444; padding: 1.4mm 2mm; text-align: left; }
.foot { position: absolute; left: 25mm; bottom: 7mm; font-size: 8pt; color: #8a8a92; }`;

const work = mkdtempSync(path.join(tmpdir(), 'quay-papers-'));
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
try {
  const page = await browser.newPage({ viewport: { width: 794, height: 1123 }, deviceScaleFactor: 200 / 96 });
  for (const [index, paper] of PAPERS.entries()) {
    const foot = paper.html ? '<div class="foot">Giấy tờ mẫu để tập dượt. Mọi người và mọi số trong giấy này đều không có thật.</div>' : '';
    await page.setContent(`<!doctype html><meta charset="utf-8"><style>${STYLE}</style><body>${paper.html}${foot}`);
    await page.evaluate('document.fonts.ready');
    const shot = path.join(work, 'shot.png');
    writeFileSync(shot, await page.screenshot({ clip: { x: 0, y: 0, width: 794, height: 1123 } }));
    execFileSync('convert', [
      shot,
      '-background',
      '#ffffff',
      '-rotate',
      String(paper.skew),
      '-gravity',
      'center',
      '-crop',
      `${WIDTH}x${HEIGHT}+0+0`,
      '+repage',
      '-extent',
      `${WIDTH}x${HEIGHT}`,
      '-fill',
      '#fbf9f2',
      '-colorize',
      '6',
      '-blur',
      '0x0.5',
      '-seed',
      String(index + 1),
      '-attenuate',
      '0.09',
      '+noise',
      'Gaussian',
      '-units',
      'PixelsPerInch',
      '-density',
      '200',
      '-sampling-factor',
      '2x2',
      '-quality',
      '70',
      '-strip',
      '-define',
      'jpeg:optimize-coding=true',
      path.join(here, paper.file),
    ]);
  }
} finally {
  await browser.close();
  rmSync(work, { recursive: true, force: true });
}
