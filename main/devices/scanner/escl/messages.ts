import type { Capabilities, Colour, ScanOptions, ScannerStatus, SourceCapabilities } from '../types.ts';
import { child, childText, descendants, parseXml, type Element } from './xml.ts';

/**
 * The documents of eSCL (Mopria eSCL Technical Specification 2.97) as a client reads and writes them. Reading is lenient,
 * because vendors leave out what they please; writing keeps to what every device takes.
 */
export interface EsclCapabilities extends Capabilities {
  readonly version: string;
  readonly uuid?: string;
  readonly serial?: string;
}

const COLOURS_OF: Readonly<Record<string, readonly Colour[]>> = { RGB24: ['colour'], Grayscale8: ['gray', 'bw'] };
/** Black and white is scanned in grey and thresholded afterwards: there is no JPEG of one bit, and thin strokes survive. */
const MODE_OF: Readonly<Record<Colour, string>> = { colour: 'RGB24', gray: 'Grayscale8', bw: 'Grayscale8' };
/** eSCL measures paper in 1/300 inch ("ThreeHundredthsOfInches"), whatever the resolution. */
const UNITS_PER_MM = 300 / 25.4;
const USUAL_DPIS = [100, 150, 200, 300, 400, 600];

const numbers = (elements: readonly Element[]): number[] =>
  elements.map((e) => Number(e.text.trim())).filter((n) => Number.isFinite(n) && n > 0);
const ascending = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b);

function source(caps: Element, name: 'feeder' | 'flatbed', duplex: boolean): SourceCapabilities {
  const colours = [...new Set(descendants(caps, 'ColorMode').flatMap((e) => COLOURS_OF[e.text.trim()] ?? []))];
  const discrete = numbers(descendants(caps, 'DiscreteResolution').flatMap((e) => child(e, 'XResolution') ?? []));
  const range = descendants(caps, 'ResolutionRange')
    .map((e) => child(e, 'XResolutionRange') ?? child(e, 'XResolution'))
    .find((e) => e !== undefined);
  const min = Number(childText(range, 'Min') ?? Number.NaN);
  const max = Number(childText(range, 'Max') ?? Number.NaN);
  const ranged = range ? USUAL_DPIS.filter((dpi) => dpi >= min && dpi <= max) : [];
  const size = (key: string, fallback: number) => Math.round(Number(childText(caps, key) ?? fallback) / UNITS_PER_MM);
  return {
    source: name,
    duplex,
    colours: colours.length > 0 ? colours : ['colour'],
    dpis: ascending([...discrete, ...ranged]),
    widthMm: size('MaxWidth', 2550),
    heightMm: size('MaxHeight', 3508),
  };
}

/** @throws Error when the text is no ScannerCapabilities document */
export function readCapabilities(text: string): EsclCapabilities {
  const root = parseXml(text);
  if (root.name !== 'ScannerCapabilities') throw new Error(`expected ScannerCapabilities, got ${root.name}`);
  const flatbed = child(child(root, 'Platen'), 'PlatenInputCaps');
  const adf = child(root, 'Adf');
  const simplex = child(adf, 'AdfSimplexInputCaps');
  const duplex = child(adf, 'AdfDuplexInputCaps');
  const feeder = simplex ?? duplex;
  const uuid = childText(root, 'UUID');
  const serial = childText(root, 'SerialNumber');
  return {
    version: childText(root, 'Version') ?? '2.0',
    makeAndModel: childText(root, 'MakeAndModel') ?? 'eSCL',
    ...(uuid ? { uuid: uuid.replace(/^urn:uuid:/i, '').toLowerCase() } : {}),
    ...(serial ? { serial } : {}),
    sources: [...(feeder ? [source(feeder, 'feeder', duplex !== undefined)] : []), ...(flatbed ? [source(flatbed, 'flatbed', false)] : [])],
  };
}

/** @throws Error when the text is no ScannerStatus document */
export function readStatus(text: string): ScannerStatus {
  const root = parseXml(text);
  if (root.name !== 'ScannerStatus') throw new Error(`expected ScannerStatus, got ${root.name}`);
  const state = childText(root, 'State') ?? 'Idle';
  const adf = childText(root, 'AdfState') ?? '';
  const loaded = adf === 'ScannerAdfEmpty' ? false : adf === 'ScannerAdfLoaded' ? true : undefined;
  const feeder = loaded === undefined ? {} : { feederLoaded: loaded };
  if (/Jam|Mispick|Multipick|DoubleFeed|TooShort|TooLong|InputTray/.test(adf)) return { state: 'attention', reason: 'jam', ...feeder };
  if (/HatchOpen|DoorOpen|CoverOpen/.test(adf)) return { state: 'attention', reason: 'cover-open', ...feeder };
  if (state === 'Processing' || state === 'Testing') return { state: 'busy', reason: 'busy', ...feeder };
  if (state === 'Down') return { state: 'error', reason: 'offline', ...feeder };
  return { state: 'ready', ...feeder };
}

/**
 * The ScanSettings document of a job: one region, the whole width of the source, JPEG.
 * @param caps of the source that is used, for its paper size
 */
export function scanSettings(version: string, options: ScanOptions, caps: SourceCapabilities): string {
  const width = Math.round(Math.min(caps.widthMm, 210) * UNITS_PER_MM);
  const height = Math.round(Math.min(caps.heightMm, 297) * UNITS_PER_MM);
  return `<?xml version="1.0" encoding="UTF-8"?>
<scan:ScanSettings xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">
  <pwg:Version>${version}</pwg:Version>
  <scan:Intent>Document</scan:Intent>
  <pwg:ScanRegions><pwg:ScanRegion>
    <pwg:ContentRegionUnits>escl:ThreeHundredthsOfInches</pwg:ContentRegionUnits>
    <pwg:XOffset>0</pwg:XOffset><pwg:YOffset>0</pwg:YOffset><pwg:Width>${width}</pwg:Width><pwg:Height>${height}</pwg:Height>
  </pwg:ScanRegion></pwg:ScanRegions>
  <pwg:InputSource>${options.source === 'feeder' ? 'Feeder' : 'Platen'}</pwg:InputSource>
  <scan:ColorMode>${MODE_OF[options.colour]}</scan:ColorMode>
  <pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>
  <scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt>
  <scan:XResolution>${options.dpi}</scan:XResolution>
  <scan:YResolution>${options.dpi}</scan:YResolution>${options.source === 'feeder' ? `\n  <scan:Duplex>${options.duplex}</scan:Duplex>` : ''}
</scan:ScanSettings>
`;
}
