import { describe, expect, it } from 'vitest';
import type { SaneOption } from '../../../../native/index.ts';
import type { ScanOptions } from '../types.ts';
import { saneCapabilities, saneSettings } from './options.ts';

const option = (name: string, rest: Partial<SaneOption>): SaneOption => ({
  name,
  title: '',
  type: 'string',
  unit: 'none',
  active: true,
  settable: true,
  ...rest,
});
const mm = (name: string, max: number) => option(name, { type: 'fixed', unit: 'mm', range: { min: 0, max, quant: 0 } });
const area = [mm('tl-x', 215.9), mm('tl-y', 355.6), mm('br-x', 215.9), mm('br-y', 355.6)];
const scan: ScanOptions = { source: 'feeder', dpi: 200, colour: 'colour', duplex: true };

/** Options as these backends describe them. */
const VENDORS: Record<string, { type: string; options: SaneOption[]; sources: string[]; settings: unknown[] }> = {
  'fujitsu: sources name the sides, the paper has a size of its own': {
    type: 'scanner',
    options: [
      option('source', { words: ['ADF Front', 'ADF Back', 'ADF Duplex'] }),
      option('mode', { words: ['Lineart', 'Halftone', 'Gray', 'Color'] }),
      option('resolution', { type: 'int', unit: 'dpi', range: { min: 50, max: 600, quant: 1 } }),
      mm('page-width', 221.1),
      mm('page-height', 875.7),
      ...area,
    ],
    sources: ['feeder duplex'],
    settings: [
      ['source', 'ADF Duplex'],
      ['mode', 'Color'],
      ['resolution', 200],
      ['page-width', 210],
      ['page-height', 297],
      ['tl-x', 0],
      ['tl-y', 0],
      ['br-x', 210],
      ['br-y', 297],
    ],
  },
  'epsonscan2: a switch for both sides': {
    type: 'scanner',
    options: [
      option('source', { words: ['Flatbed', 'ADF'] }),
      option('duplex', { type: 'bool' }),
      option('mode', { words: ['Monochrome', 'Grayscale', 'Color'] }),
      option('resolution', { type: 'int', unit: 'dpi', numbers: [75, 200, 300, 600] }),
    ],
    sources: ['feeder duplex', 'flatbed'],
    settings: [
      ['source', 'ADF'],
      ['duplex', true],
      ['mode', 'Color'],
      ['resolution', 200],
    ],
  },
  'epson2: adf-mode in words': {
    type: 'flatbed scanner',
    options: [
      option('source', { words: ['Flatbed', 'Automatic Document Feeder', 'Transparency Unit'] }),
      option('adf-mode', { words: ['Simplex', 'Duplex'] }),
      option('mode', { words: ['Lineart', 'Gray', 'Color'] }),
      option('depth', { type: 'int', numbers: [8, 16] }),
      option('resolution', { type: 'int', unit: 'dpi', numbers: [300, 150, 200] }),
    ],
    sources: ['feeder duplex', 'flatbed'],
    settings: [
      ['source', 'Automatic Document Feeder'],
      ['adf-mode', 'Duplex'],
      ['mode', 'Color'],
      ['depth', 8],
      ['resolution', 200],
    ],
  },
  'brother: sources with explanations': {
    type: 'flatbed scanner',
    options: [
      option('source', { words: ['FlatBed', 'Automatic Document Feeder(left aligned)', 'Automatic Document Feeder(left aligned,Duplex)'] }),
      option('mode', { words: ['Black & White', 'Gray[Error Diffusion]', 'True Gray', '24bit Color', '24bit Color[Fast]'] }),
      option('resolution', { type: 'int', unit: 'dpi', numbers: [100, 200, 300] }),
    ],
    sources: ['feeder duplex', 'flatbed'],
    settings: [
      ['source', 'Automatic Document Feeder(left aligned,Duplex)'],
      ['mode', '24bit Color'],
      ['resolution', 200],
    ],
  },
  'a sheet-fed scanner that has no choice of source': {
    type: 'sheetfed scanner',
    options: [
      option('mode', { words: ['Gray', 'Color'] }),
      option('resolution', { type: 'int', unit: 'dpi', range: { min: 150, max: 300, quant: 1 } }),
    ],
    sources: ['feeder'],
    settings: [
      ['mode', 'Color'],
      ['resolution', 200],
    ],
  },
  'plustek: nothing but the glass': {
    type: 'flatbed scanner',
    options: [
      option('source', { words: ['Normal', 'Transparency', 'Negative'] }),
      option('mode', { words: ['Lineart', 'Gray', 'Color'] }),
      option('x-resolution', { type: 'int', unit: 'dpi', numbers: [200] }),
      option('y-resolution', { type: 'int', unit: 'dpi', numbers: [200] }),
    ],
    sources: ['flatbed'],
    settings: [
      ['mode', 'Color'],
      ['x-resolution', 200],
      ['y-resolution', 200],
    ],
  },
};

describe('the words of SANE backends', () => {
  it.each(Object.entries(VENDORS))('%s', (_name, vendor) => {
    const { sources } = saneCapabilities('x', vendor.type, vendor.options);
    expect(sources.map((s) => `${s.source}${s.duplex ? ' duplex' : ''}`)).toEqual(vendor.sources);
    for (const source of sources) expect([source.dpis.includes(200), source.colours]).toEqual([true, ['colour', 'gray', 'bw']]);
    expect(saneSettings(vendor.options, scan)).toEqual(vendor.settings);
  });

  it('takes one side of a duplex feeder, grey for black and white, and the glass when asked', () => {
    const fujitsu = VENDORS['fujitsu: sources name the sides, the paper has a size of its own']?.options ?? [];
    expect(saneSettings(fujitsu, { ...scan, duplex: false, colour: 'bw' }).slice(0, 2)).toEqual([
      ['source', 'ADF Front'],
      ['mode', 'Gray'],
    ]);
    const brother = VENDORS['brother: sources with explanations']?.options ?? [];
    expect(saneSettings(brother, { ...scan, source: 'flatbed', duplex: false, colour: 'gray' }).slice(0, 2)).toEqual([
      ['source', 'FlatBed'],
      ['mode', 'True Gray'],
    ]);
    const epson = VENDORS['epson2: adf-mode in words']?.options ?? [];
    expect(saneSettings(epson, { ...scan, duplex: false })).toContainEqual(['adf-mode', 'Simplex']);
  });
});
