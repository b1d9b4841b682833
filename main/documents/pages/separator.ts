import { SEPARATOR_CODE } from '../../contract/scanner.ts';
import { outlines } from '../fonts.ts';
import { qrModules } from '../qr.ts';
import { code128Widths } from './code128.ts';

export { SEPARATOR_CODE };

/**
 * Where a batch falls apart: pages are grouped into papers at separator sheets (left out) and at pages whose code starts
 * with `barcodePrefix` (kept, they are first pages). Dropped and blank pages are the caller's to leave out before.
 * @returns groups of page indexes, none empty, in order; `code` is what the group's first page said
 */
export function splitBatch(
  pages: readonly { readonly codes: readonly string[] }[],
  barcodePrefix?: string,
): { code: string | null; pages: number[] }[] {
  const groups: { code: string | null; pages: number[] }[] = [];
  let open: { code: string | null; pages: number[] } | undefined;
  for (const [index, page] of pages.entries()) {
    if (page.codes.includes(SEPARATOR_CODE)) {
      open = undefined;
      continue;
    }
    const code = barcodePrefix === undefined ? undefined : page.codes.find((c) => c.startsWith(barcodePrefix));
    if (!open || code !== undefined) {
      open = { code: code ?? null, pages: [] };
      groups.push(open);
    }
    open.pages.push(index);
  }
  return groups;
}

/** Points; 3 mm, readable at 100 dpi. */
const QR_MODULE = 9;

/** The separator sheet as an A4 PDF to print: bars across the top and down the side, and a QR code, so that it may lie as it likes. */
export function separatorSheet(): Buffer {
  const module = 2.6; // points; almost 1 mm, readable at 100 dpi and askew
  const widths = code128Widths(SEPARATOR_CODE);
  const length = widths.reduce((a, b) => a + b, 0) * module;
  const bars: string[] = [];
  let at = 0;
  for (const [i, w] of widths.entries()) {
    if (i % 2 === 0) {
      bars.push(`${((595 - length) / 2 + at).toFixed(2)} 640 ${(w * module).toFixed(2)} 130 re`);
      bars.push(`440 ${(100 + at).toFixed(2)} 100 ${(w * module).toFixed(2)} re`);
    }
    at += w * module;
  }
  const { size, dark } = qrModules(SEPARATOR_CODE);
  for (let row = 0; row < size; row += 1)
    for (let column = 0; column < size; column += 1)
      if (dark(row, column)) bars.push(`${60 + column * QR_MODULE} ${100 + (size - 1 - row) * QR_MODULE} ${QR_MODULE} ${QR_MODULE} re`);
  const words =
    outlines('bold', 'TỜ NGĂN CÁCH', 30, 60, 400) +
    outlines('regular', 'Đặt giữa hai giấy tờ khi quét. Không thuộc hồ sơ nào.', 14, 60, 370);
  const content = `${bars.join('\n')}\nf\n${words}`;
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Count 1/Kids[3 0 R]>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>/Contents 4 0 R>>',
    `<</Length ${content.length}>>stream\n${content}endstream`,
  ];
  let text = '%PDF-1.4\n';
  const offsets = objects.map((object, i) => {
    const offset = text.length;
    text += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const xref = text.length;
  text += `xref\n0 5\n0000000000 65535 f \n${offsets.map((o) => `${String(o).padStart(10, '0')} 00000 n \n`).join('')}trailer\n<</Size 5/Root 1 0 R>>\nstartxref\n${xref}\n%%EOF\n`;
  return Buffer.from(text, 'latin1');
}
