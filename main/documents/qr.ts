import { create, toString } from 'qrcode';

/** The modules of a QR code, dark is true; error correction M, no quiet zone (the drawer leaves four modules). */
export function qrModules(text: string): { size: number; dark: (row: number, column: number) => boolean } {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  return { size: modules.size, dark: (row, column) => modules.get(row, column) !== 0 };
}

/** For screens, with its quiet zone. */
export function qrSvg(text: string): Promise<string> {
  return toString(text, { type: 'svg', errorCorrectionLevel: 'M', margin: 4 });
}
