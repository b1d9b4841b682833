import type { SaneOption } from '../../../../native/index.ts';
import type { Capabilities, Colour, ScanOptions, Source, SourceCapabilities } from '../types.ts';

/**
 * What the officer chooses, in the words of one SANE device. The well-known options (SANE standard, section 4.5) leave the
 * values to the backends, and every vendor has its own: these tables know the words, tests hold the vendors.
 */
const FLATBED = /flat ?bed|platen|^fb$|^normal$|opaque/i;
const FEEDER = /adf|feeder|document|automatic|auto.?sheet|sheet.?fed|duplex/i;
const NOT_PAPER = /trans|film|slide|negative|positive|tpu|card|back side|adf back/i;
const DUPLEX = /duplex|both|double|two.?side/i;
const COLOUR_MODE = /colou?r|rgb|24.?bit/i;
const GRAY_MODE = /gr[ae]y|8.?bit/i;
const NOT_DOCUMENT_MODE = /halftone|diffusion|dither|lineart|binary|black|threshold|infrared|48|16.?bit/i;
const USUAL_DPIS = [100, 150, 200, 300, 400, 600];
const A4 = { width: 210, height: 297 };

type Settings = readonly (readonly [option: string, value: string | number | boolean])[];

const usable = (options: readonly SaneOption[], ...names: string[]): SaneOption | undefined =>
  names.map((name) => options.find((o) => o.name === name && o.active && o.settable)).find((o) => o !== undefined);

interface Words {
  readonly flatbed?: string;
  readonly simplex?: string;
  readonly duplex?: string;
}

function sourceWords(options: readonly SaneOption[]): Words {
  const words = (usable(options, 'source', 'doc-source')?.words ?? []).filter((w) => !NOT_PAPER.test(w));
  const flatbed = words.find((w) => FLATBED.test(w));
  const feeders = words.filter((w) => FEEDER.test(w) && w !== flatbed);
  const duplex = feeders.find((w) => DUPLEX.test(w));
  const simplex = feeders.find((w) => !DUPLEX.test(w));
  return { ...(flatbed ? { flatbed } : {}), ...(simplex ? { simplex } : {}), ...(duplex ? { duplex } : {}) };
}

/** A switch of its own for both sides, for devices whose source does not say it. */
function duplexSwitch(options: readonly SaneOption[]): readonly [string, string | boolean, string | boolean] | undefined {
  const option = usable(options, 'adf-mode', 'adf_mode', 'duplex', 'scan-both-sides');
  if (!option) return undefined;
  if (option.type === 'bool') return [option.name, true, false];
  const on = option.words?.find((w) => DUPLEX.test(w));
  const off = option.words?.find((w) => !DUPLEX.test(w));
  return on !== undefined && off !== undefined ? [option.name, on, off] : undefined;
}

function modeWord(options: readonly SaneOption[], colour: Colour): string | undefined {
  const words = usable(options, 'mode')?.words ?? [];
  const fits = words.filter((w) => (colour === 'colour' ? COLOUR_MODE : GRAY_MODE).test(w) && !NOT_DOCUMENT_MODE.test(w));
  return fits.find((w) => /^(colou?r|gr[ae]y)$/i.test(w)) ?? fits[0];
}

function dpis(options: readonly SaneOption[]): number[] {
  const option = usable(options, 'resolution', 'x-resolution', 'scan-resolution');
  const { numbers, range } = option ?? {};
  if (numbers) return [...numbers].sort((a, b) => a - b);
  return range ? USUAL_DPIS.filter((dpi) => dpi >= range.min && dpi <= range.max) : [];
}

/** @param type the device's own type, which tells sheet-fed scanners that have no source option */
export function saneCapabilities(makeAndModel: string, type: string, options: readonly SaneOption[]): Capabilities {
  const words = sourceWords(options);
  const both = words.duplex !== undefined || duplexSwitch(options) !== undefined;
  const colours: Colour[] = [
    ...(modeWord(options, 'colour') ? (['colour'] as const) : []),
    ...(modeWord(options, 'gray') ? (['gray', 'bw'] as const) : []),
  ];
  const size = (name: string, fallback: number) => {
    const option = options.find((o) => o.name === name);
    return Math.round(option?.unit === 'mm' && option.range ? option.range.max : fallback);
  };
  const of = (source: Source, duplex: boolean): SourceCapabilities => ({
    source,
    duplex,
    colours: colours.length > 0 ? colours : ['colour'],
    dpis: dpis(options),
    widthMm: size('br-x', A4.width),
    heightMm: size('br-y', A4.height),
  });
  const feeder = words.simplex !== undefined || words.duplex !== undefined;
  const known = feeder || words.flatbed !== undefined;
  const sheetFed = /sheet.?fed|adf/i.test(type);
  return {
    makeAndModel,
    sources: [
      ...(feeder || (!known && sheetFed) ? [of('feeder', both)] : []),
      ...(words.flatbed !== undefined || (!known && !sheetFed) ? [of('flatbed', false)] : []),
    ],
  };
}

/**
 * The settings for a scan, in the order in which they must be made: the source first, because it changes what the others
 * allow, and the area last. Black and white is scanned in grey and thresholded afterwards, which keeps thin strokes.
 */
export function saneSettings(options: readonly SaneOption[], scan: ScanOptions): Settings {
  const words = sourceWords(options);
  const source =
    scan.source === 'flatbed' ? words.flatbed : scan.duplex ? (words.duplex ?? words.simplex) : (words.simplex ?? words.duplex);
  const both = duplexSwitch(options);
  const mode = modeWord(options, scan.colour === 'colour' ? 'colour' : 'gray');
  const sourceOption = usable(options, 'source', 'doc-source');
  const resolution = usable(options, 'resolution', 'x-resolution', 'scan-resolution');
  const depth = usable(options, 'depth');
  const set: [string, string | number | boolean][] = [];
  if (source !== undefined && sourceOption) set.push([sourceOption.name, source]);
  if (both && scan.source === 'feeder' && words.duplex === undefined) set.push([both[0], scan.duplex ? both[1] : both[2]]);
  if (mode !== undefined) set.push(['mode', mode]);
  if (depth?.numbers?.includes(8)) set.push(['depth', 8]);
  if (resolution) set.push([resolution.name, scan.dpi]);
  for (const name of ['x-resolution', 'y-resolution']) if (resolution?.name !== name && usable(options, name)) set.push([name, scan.dpi]);
  const area = (name: string, wanted: number): void => {
    const option = usable(options, name);
    if (option?.unit === 'mm' && option.range) set.push([name, Math.min(Math.max(wanted, option.range.min), option.range.max)]);
  };
  area('page-width', A4.width);
  area('page-height', A4.height);
  area('tl-x', 0);
  area('tl-y', 0);
  area('br-x', A4.width);
  area('br-y', A4.height);
  return set;
}
