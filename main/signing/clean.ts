import { readFile, stat, writeFile } from 'node:fs/promises';
import { PDFDict, PDFDocument, PDFName } from 'pdf-lib';
import { refuse, type Refusal } from '../contract/refusal.ts';

const MOST_BYTES = 200 << 20;

/**
 * A clean copy before the first signature: every object is read and written anew, so that readers no longer disagree about
 * the file. Never for a file that carries a signature (rewriting breaks it); the caller has checked. The officer looks at the copy before signing it.
 */
export async function cleanCopy(input: string, output: string): Promise<Refusal | null> {
  const failed = refuse(
    'not-cleanable',
    'Không tạo được bản sạch từ tệp này. Hãy tạo lại hoặc quét lại văn bản.',
    'No clean copy can be made from this file. Produce or scan the document again.',
  );
  try {
    if ((await stat(input)).size > MOST_BYTES) return failed;
    const document = await PDFDocument.load(await readFile(input), { throwOnInvalidObject: true, updateMetadata: false });
    if (document.getPageCount() === 0) return failed;
    const { catalog } = document;
    // What another program laid over the pages, or promised itself for this very file, does not go into a copy.
    for (const key of ['Perms', 'NeedsRendering']) catalog.delete(PDFName.of(key));
    catalog.lookupMaybe(PDFName.of('AcroForm'), PDFDict)?.delete(PDFName.of('XFA'));
    await writeFile(output, await document.save({ useObjectStreams: false, updateFieldAppearances: false }));
    return null;
  } catch {
    return failed;
  }
}
