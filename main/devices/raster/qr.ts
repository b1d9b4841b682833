import QRCode from 'qrcode';
import { createBitmap, setDot, type Bitmap } from './bitmap.ts';

/**
 * The modules of a QR code, one dot each, without the quiet zone (paper around it is white). Correction level M: thermal
 * paper fades and gets folded.
 */
export function qrModules(data: string): Bitmap {
  const { modules } = QRCode.create(data, { errorCorrectionLevel: 'M' });
  const out = createBitmap(modules.size, modules.size);
  for (let y = 0; y < modules.size; y += 1) for (let x = 0; x < modules.size; x += 1) if (modules.get(y, x)) setDot(out, x, y);
  return out;
}
