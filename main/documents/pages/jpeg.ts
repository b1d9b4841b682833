import { open } from 'node:fs/promises';

/** What the headers of a JPEG say; the picture data is never decoded here. */
export interface JpegInfo {
  readonly widthPx: number;
  readonly heightPx: number;
  /** 1 grey, 3 colour, 4 CMYK. */
  readonly components: 1 | 3 | 4;
  /** From JFIF; null when the file does not say, or says something no scanner means (below 100). */
  readonly dpi: { readonly x: number; readonly y: number } | null;
  readonly progressive: boolean;
  readonly bytes: number;
}

export class NotJpegError extends Error {}

/** Start-of-frame markers (ITU-T T.81 table B.1) but for DHT, JPG and DAC, which share the range. */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/**
 * Reads the headers of a JPEG file, a few hundred bytes of it.
 * @throws NotJpegError for anything a PDF could not carry as DCTDecode (12-bit samples, unknown height, other files)
 */
export async function inspectJpeg(file: string): Promise<JpegInfo> {
  const handle = await open(file, 'r');
  try {
    const { size } = await handle.stat();
    const read = async (at: number, length: number): Promise<Buffer> => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, at);
      if (bytesRead < length) throw new NotJpegError('file ends inside its headers');
      return buffer;
    };
    if ((await read(0, 2)).readUInt16BE() !== 0xffd8) throw new NotJpegError('no JPEG start marker');
    let dpi: JpegInfo['dpi'] = null;
    for (let at = 2; at < size;) {
      const head = await read(at, 4);
      if (head[0] !== 0xff) throw new NotJpegError(`no marker at byte ${at}`);
      const marker = head[1] as number;
      if (marker === 0xff) {
        at += 1; // fill byte
        continue;
      }
      if (marker === 0xda || marker === 0xd9) break;
      const length = head.readUInt16BE(2);
      if (marker === 0xe0 && length >= 14) dpi = jfifDpi(await read(at + 4, 12)) ?? dpi;
      if (isFrame(marker)) {
        const frame = await read(at + 4, 6);
        const components = frame[5];
        const heightPx = frame.readUInt16BE(1);
        const widthPx = frame.readUInt16BE(3);
        if (frame[0] !== 8) throw new NotJpegError(`${frame[0]}-bit samples`);
        if (widthPx === 0 || heightPx === 0) throw new NotJpegError('size is not in the header');
        if (components !== 1 && components !== 3 && components !== 4) throw new NotJpegError(`${components} components`);
        return { widthPx, heightPx, components, dpi, progressive: marker === 0xc2, bytes: size };
      }
      at += 2 + length;
    }
    throw new NotJpegError('no frame header');
  } finally {
    await handle.close();
  }
}

/** JFIF 1.02: identifier, version, units (1 per inch, 2 per centimetre), densities. */
function jfifDpi(segment: Buffer): JpegInfo['dpi'] {
  if (segment.toString('latin1', 0, 5) !== 'JFIF\0') return null;
  const factor = segment[7] === 1 ? 1 : segment[7] === 2 ? 2.54 : 0;
  const x = Math.round(segment.readUInt16BE(8) * factor);
  const y = Math.round(segment.readUInt16BE(10) * factor);
  return x >= 100 && y >= 100 ? { x, y } : null;
}
