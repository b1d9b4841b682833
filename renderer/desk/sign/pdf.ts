import * as pdfjs from 'pdfjs-dist';
import workerUrl from 'pdfjs-dist/build/pdf.worker.min.mjs?url';

pdfjs.GlobalWorkerOptions.workerSrc = workerUrl;

export type PdfDocument = pdfjs.PDFDocumentProxy;

/**
 * Fetches the very bytes and opens them. The bytes are also hashed where the browser can (a secure context), so that the page
 * can say when what it drew is not what the hub meant.
 */
export async function openPdf(url: string, signal: AbortSignal): Promise<{ document: PdfDocument; sha256: string | null }> {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`the file answered ${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const digest = globalThis.crypto.subtle ? await crypto.subtle.digest('SHA-256', bytes) : null;
  const sha256 = digest ? [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('') : null;
  const document = await pdfjs.getDocument({ data: bytes, useWasm: false, enableXfa: false }).promise;
  return { document, sha256 };
}

/**
 * Draws one page (from 1) so that it is `cssWidth` wide; sharp on the screen's own pixels. A canvas takes one drawing at a time:
 * `cancel` ends this one before the next begins. `drawn` rejects when the page cannot be drawn, and when it was cancelled.
 */
export function drawPage(
  document: PdfDocument,
  pageNumber: number,
  canvas: HTMLCanvasElement,
  cssWidth: number,
): { readonly drawn: Promise<void>; cancel(): void } {
  const ending = new AbortController();
  const draw = async (): Promise<void> => {
    const page = await document.getPage(pageNumber);
    ending.signal.throwIfAborted();
    const natural = page.getViewport({ scale: 1 });
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    const viewport = page.getViewport({ scale: (cssWidth / natural.width) * ratio });
    canvas.width = Math.round(viewport.width);
    canvas.height = Math.round(viewport.height);
    const task = page.render({ canvas, viewport });
    ending.signal.addEventListener('abort', () => task.cancel(), { once: true });
    await task.promise;
  };
  return { drawn: draw(), cancel: () => ending.abort() };
}
