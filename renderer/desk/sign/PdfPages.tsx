import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { useSay } from '../../shared/language.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { drawPage, openPdf, type PdfDocument } from './pdf.ts';

interface PdfPagesProps {
  readonly url: string;
  /** What the hub said these bytes are; a different file is not shown as this one. */
  readonly sha256?: string;
  readonly label: string;
  /** One page alone, or all below each other. */
  readonly page?: number;
  readonly width: number;
  readonly onCount?: (pages: number) => void;
  /** Something laid over a page, in its own box. */
  readonly overlay?: (page: number) => ReactNode;
}

/** Page images of the very bytes, drawn by pdf.js. */
export function PdfPages({ url, sha256, label, page, width, onCount, overlay }: PdfPagesProps) {
  const say = useSay();
  const [document, setDocument] = useState<PdfDocument | null>(null);
  const [failed, setFailed] = useState<'open' | 'other-bytes' | null>(null);
  const heard = useRef(onCount);
  heard.current = onCount;
  useEffect(() => {
    const ending = new AbortController();
    let opened: PdfDocument | null = null;
    setDocument(null);
    setFailed(null);
    openPdf(url, ending.signal).then(
      (result) => {
        opened = result.document;
        if (ending.signal.aborted) {
          void opened.loadingTask.destroy();
        } else if (sha256 !== undefined && result.sha256 !== null && result.sha256 !== sha256) {
          setFailed('other-bytes');
        } else {
          setDocument(opened);
          heard.current?.(opened.numPages);
        }
      },
      () => !ending.signal.aborted && setFailed('open'),
    );
    return () => {
      ending.abort();
      void opened?.loadingTask.destroy();
    };
  }, [url, sha256]);

  if (failed) {
    return (
      <TroubleNote
        trouble={{
          code: failed,
          vi:
            failed === 'open'
              ? 'Không mở được tệp. Hãy mở lại, nếu vẫn không được thì tạo lại văn bản.'
              : 'Tệp vừa tải khác với tệp máy chủ đã báo. Hãy mở lại.',
          en:
            failed === 'open'
              ? 'The file cannot be opened. Open it again, or make the document anew.'
              : 'The file differs from what the server announced. Open it again.',
        }}
      />
    );
  }
  if (!document) return <p className="dim small">{say('Đang mở trang…', 'Opening the page…')}</p>;
  const pages =
    page === undefined
      ? Array.from({ length: Math.min(document.numPages, 60) }, (_, index) => index + 1)
      : [Math.min(page, document.numPages)];
  return (
    <>
      {pages.map((number) => (
        <Page key={number} document={document} number={number} width={width} label={`${label}, ${say('trang', 'page')} ${number}`}>
          {overlay?.(number)}
        </Page>
      ))}
    </>
  );
}

/** An empty sheet would look like an empty page. */
const UNDRAWN = {
  code: 'page-undrawn',
  vi: 'Máy không vẽ được trang này. Đừng ký hay trao khi chưa xem được; hãy mở lại, nếu vẫn không được thì tạo lại văn bản.',
  en: 'This page cannot be drawn. Do not sign it or hand it over unseen; open it again, or make the document anew.',
};

function Page({
  document,
  number,
  width,
  label,
  children,
}: {
  document: PdfDocument;
  number: number;
  width: number;
  label: string;
  children: ReactNode;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [state, setState] = useState<'drawing' | 'drawn' | 'failed'>('drawing');
  useLayoutEffect(() => {
    const target = canvas.current;
    if (!target) return undefined;
    let over = false;
    setState('drawing');
    const drawing = drawPage(document, number, target, width);
    drawing.drawn.then(
      () => over || setState('drawn'),
      () => over || setState('failed'),
    );
    return () => {
      over = true;
      drawing.cancel();
    };
  }, [document, number, width]);
  return (
    <div className="pdfpage" style={{ width }}>
      {state === 'failed' ? <TroubleNote trouble={UNDRAWN} /> : null}
      <canvas ref={canvas} role="img" aria-label={label} data-page={number} data-state={state} />
      {children}
    </div>
  );
}
