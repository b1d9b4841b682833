import { createHash } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { deflateSync } from 'node:zlib';
import { srgbProfile } from './icc.ts';
import { inspectJpeg } from './jpeg.ts';

/** One page of a component. The bytes of `file` go into the PDF as they are. */
export type PdfPage =
  | {
      readonly kind: 'jpeg';
      readonly file: string;
      readonly quarterTurns: number;
      /** Used when the file itself does not say. */ readonly dpi: number;
    }
  /** CCITT Group 4 data without any wrapping, black is 1. */
  | {
      readonly kind: 'g4';
      readonly file: string;
      readonly quarterTurns: number;
      readonly dpi: number;
      readonly widthPx: number;
      readonly heightPx: number;
    };

export interface PdfOptions {
  /** Stands in the metadata; no personal data. */
  readonly title: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
}

export interface WrittenPdf {
  readonly file: string;
  readonly pages: number;
  readonly bytes: number;
  /** Lower-case hexadecimal, of the whole file. */
  readonly sha256: string;
}

const xmlText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** XMP packet of a PDF/A-2b file (ISO 19005-2, 6.6.4): it says what the file claims to be, and nothing about people. */
function xmp(options: PdfOptions): string {
  const at = new Date(options.createdAt).toISOString().replace(/\.\d+Z$/, 'Z');
  return `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance><dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang="x-default">${xmlText(options.title)}</rdf:li></rdf:Alt></dc:title><xmp:CreateDate>${at}</xmp:CreateDate><xmp:ModifyDate>${at}</xmp:ModifyDate><pdf:Producer>Quầy</pdf:Producer></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`;
}

const number = (value: number): string => String(Math.round(value * 1000) / 1000);
const COLOUR_SPACE = { 1: '/DeviceGray', 3: '/DeviceRGB' } as const;

/**
 * Writes scanned pages as a PDF/A-2b file: each picture byte for byte as it was scanned (DCTDecode or CCITTFaxDecode), at
 * its real size, turned by /Rotate alone. The file is streamed page by page, so memory does not grow with the pages, and
 * appears under its name only when it is whole and on the disk.
 * @throws NotJpegError for a page that is no JPEG; Error for an empty list or for CMYK, which PDF/A with sRGB forbids
 */
export async function writePagesPdf(pages: readonly PdfPage[], file: string, options: PdfOptions): Promise<WrittenPdf> {
  if (pages.length === 0) throw new Error('a component needs at least one page');
  const part = `${file}.part`;
  const out = await open(part, 'w');
  const hash = createHash('sha256');
  // One window for all pages: a stream's fresh buffers would pile up until the next collection.
  const window = Buffer.alloc(262_144);
  const offsets: number[] = [];
  let size = 0;
  const write = async (data: string | Uint8Array): Promise<void> => {
    const bytes = typeof data === 'string' ? Buffer.from(data, 'utf8') : data;
    hash.update(bytes);
    size += bytes.length;
    await out.writeFile(bytes);
  };
  const begin = (id: number): string => {
    offsets[id] = size;
    return `${id} 0 obj\n`;
  };
  const stream = async (id: number, dictionary: string, body: Uint8Array): Promise<void> => {
    await write(`${begin(id)}<<${dictionary}/Length ${body.length}>>stream\n`);
    await write(body);
    await write('\nendstream\nendobj\n');
  };

  try {
    let next = 5;
    const kids: number[] = [];
    // Pages of one size share their content stream: it only says how large the picture stands.
    const contents = new Map<string, number>();
    await write('%PDF-1.7\n');
    await write(Buffer.from([0x25, 0xe2, 0xe3, 0xcf, 0xd3, 0x0a]));
    for (const page of pages) {
      const { dictionary, widthPt, heightPt, bytes } = await describe(page);
      const image = next;
      const leaf = next + 1;
      next += 2;
      await write(`${begin(image)}<</Type/XObject/Subtype/Image${dictionary}/Length ${bytes}>>stream\n`);
      const before = size;
      await copyFile(page.file, window, write);
      if (size - before !== bytes) throw new Error('a page changed while it was read');
      await write('\nendstream\nendobj\n');
      const box = `${number(widthPt)} ${number(heightPt)}`;
      let content = contents.get(box);
      if (content === undefined) {
        content = next;
        next += 1;
        contents.set(box, content);
        await stream(content, '', Buffer.from(`${number(widthPt)} 0 0 ${number(heightPt)} 0 0 cm/I Do`, 'latin1'));
      }
      const rotate = page.quarterTurns % 4 === 0 ? '' : `/Rotate ${90 * (((page.quarterTurns % 4) + 4) % 4)}`;
      await write(
        `${begin(leaf)}<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${box}]${rotate}/Resources<</XObject<</I ${image} 0 R>>>>/Contents ${content} 0 R>>\nendobj\n`,
      );
      kids.push(leaf);
    }
    const profile = srgbProfile();
    await stream(4, '/N 3/Filter/FlateDecode', deflateSync(profile, { level: 9 }));
    await stream(3, '/Type/Metadata/Subtype/XML', Buffer.from(xmp(options), 'utf8'));
    await write(`${begin(2)}<</Type/Pages/Count ${kids.length}/Kids[${kids.map((id) => `${id} 0 R`).join(' ')}]>>\nendobj\n`);
    await write(
      `${begin(1)}<</Type/Catalog/Pages 2 0 R/Metadata 3 0 R/Lang(vi-VN)/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)/DestOutputProfile 4 0 R>>]>>\nendobj\n`,
    );
    const xref = size;
    const id = hash.copy().digest('hex').slice(0, 32).toUpperCase();
    const rows = Array.from({ length: next - 1 }, (_, i) => `${String(offsets[i + 1]).padStart(10, '0')} 00000 n \n`).join('');
    await write(
      `xref\n0 ${next}\n0000000000 65535 f \n${rows}trailer\n<</Size ${next}/Root 1 0 R/ID[<${id}><${id}>]>>\nstartxref\n${xref}\n%%EOF\n`,
    );
    await out.sync();
  } catch (error) {
    await out.close();
    await rm(part, { force: true });
    throw error;
  }
  await out.close();
  await rename(part, file);
  return { file, pages: pages.length, bytes: size, sha256: hash.digest('hex') };
}

async function copyFile(file: string, window: Buffer, write: (data: Uint8Array) => Promise<void>): Promise<void> {
  const handle = await open(file, 'r');
  try {
    for (;;) {
      const { bytesRead } = await handle.read(window, 0, window.length);
      if (bytesRead === 0) return;
      await write(window.subarray(0, bytesRead));
    }
  } finally {
    await handle.close();
  }
}

/** The image dictionary of a page without its length, and its real size in points (1/72 inch). */
async function describe(page: PdfPage): Promise<{ dictionary: string; widthPt: number; heightPt: number; bytes: number }> {
  if (page.kind === 'g4') {
    const { size } = await stat(page.file);
    return {
      dictionary: `/Width ${page.widthPx}/Height ${page.heightPx}/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns ${page.widthPx}/Rows ${page.heightPx}>>`,
      widthPt: (page.widthPx * 72) / page.dpi,
      heightPt: (page.heightPx * 72) / page.dpi,
      bytes: size,
    };
  }
  const info = await inspectJpeg(page.file);
  if (info.components === 4) throw new Error('CMYK pictures cannot go into PDF/A with an sRGB intent');
  return {
    dictionary: `/Width ${info.widthPx}/Height ${info.heightPx}/ColorSpace${COLOUR_SPACE[info.components]}/BitsPerComponent 8/Filter/DCTDecode`,
    widthPt: (info.widthPx * 72) / (info.dpi?.x ?? page.dpi),
    heightPt: (info.heightPx * 72) / (info.dpi?.y ?? page.dpi),
    bytes: info.bytes,
  };
}
