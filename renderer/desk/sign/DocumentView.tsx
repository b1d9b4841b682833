import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Trouble } from '../../shared/answer.ts';
import { useLanguage } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { State } from '../../shared/parts/State.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { PdfPages } from './PdfPages.tsx';
import { usualPlace, type Placement } from './place.ts';
import { PlaceBox } from './PlaceBox.tsx';
import { VerifyDialog } from './VerifyDialog.tsx';
import type { Item, Preview } from './useSigning.ts';

interface DocumentViewProps {
  readonly item: Item | null;
  readonly preview: Preview | undefined;
  readonly trouble: Trouble | null;
  readonly place: Placement | undefined;
  /** Null puts the form back to its usual place. */
  readonly onPlace: (place: Placement | null) => void;
  readonly onCleanCopy: () => void;
}

/** The page as it will be signed, the order of the signers, what to be careful about, the place of the visible form. */
export function DocumentView({ item, preview, trouble, place, onPlace, onCleanCopy }: DocumentViewProps) {
  const { language, say } = useLanguage();
  const stage = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 600, height: 600 });
  const [whole, setWhole] = useState(false);
  const [page, setPage] = useState(1);
  const [pages, setPages] = useState(1);
  const [verifying, setVerifying] = useState(false);
  const documentId = item?.documentId;
  useEffect(() => setPage(1), [documentId]);
  useLayoutEffect(() => {
    const box = stage.current;
    if (!box) return;
    const observer = new ResizeObserver(() => setRoom({ width: box.clientWidth - 24, height: box.clientHeight - 24 }));
    observer.observe(box);
    return () => observer.disconnect();
  }, []);

  const size = preview?.pages[page - 1] ?? { width: 595.28, height: 841.89, rotate: 0 };
  const fitWhole = (room.height * size.width) / size.height;
  const width = Math.max(200, Math.floor(whole ? Math.min(room.width, fitWhole) : Math.min(room.width, fitWhole * 1.35)));
  const signable = item !== null && item.form !== 'none' && item.state === 'waiting' && preview?.refused === null;
  const shown: Placement | null = !signable ? null : (place ?? preview?.placement ?? usualPlace(size, pages));
  const onPage = shown === null ? 0 : shown.page < 1 ? pages : shown.page;
  useEffect(() => {
    // The page with the signature block is the one to look at first.
    if (onPage > 0) setPage(onPage);
  }, [onPage, documentId]);
  return (
    <section className="view" aria-label={say('Trang văn bản', 'Document page')}>
      <div className="tools">
        <span className="steps">
          {(item?.steps ?? []).map((step, index) => (
            <span key={step} className="stepline">
              {index > 0 ? <Icon name="right" size="s" /> : null}
              <State tone={item?.step === step ? 'work' : 'wait'} icon={step === 'leader' ? 'sign' : 'seal'}>
                {step === 'leader'
                  ? say('Người có thẩm quyền ký', 'Competent person signs')
                  : say('Văn thư: số, ngày, dấu', 'Clerk: number, date, seal')}
              </State>
            </span>
          ))}
        </span>
        {item && (item.state === 'signed' || (preview?.signatures.length ?? 0) > 0) ? (
          <button type="button" className="btn sm end" onClick={() => setVerifying(true)} data-action="verify">
            <Icon name="okc" size="s" />
            {say('Kiểm tra chữ ký', 'Verify')}
          </button>
        ) : null}
        <button type="button" className="btn sm end" aria-pressed={whole} onClick={() => setWhole((before) => !before)}>
          <Icon name="zoom" size="s" />
          {whole ? say('Đọc rõ', 'Readable') : say('Cả trang', 'Whole page')}
        </button>
        {pages > 1 ? (
          <button
            type="button"
            className="btn sm"
            disabled={page <= 1}
            onClick={() => setPage(page - 1)}
            aria-label={say('Trang trước', 'Previous page')}
          >
            <Icon name="left" size="s" />
          </button>
        ) : null}
        <span className="small dim">{say(`Trang ${page}/${pages}`, `Page ${page}/${pages}`)}</span>
        {pages > 1 ? (
          <button
            type="button"
            className="btn sm"
            disabled={page >= pages}
            onClick={() => setPage(page + 1)}
            aria-label={say('Trang sau', 'Next page')}
          >
            <Icon name="right" size="s" />
          </button>
        ) : null}
      </div>
      <div className="stage scroll" ref={stage} tabIndex={0} role="group" aria-label={say('Ảnh trang', 'Page image')}>
        {trouble ? <TroubleNote trouble={trouble} /> : null}
        {!item ? (
          <p className="dim">
            {say('Chọn một văn bản ở danh sách rồi bấm Enter để xem.', 'Choose a document in the list and press Enter.')}
          </p>
        ) : null}
        {preview?.refused ? <TroubleNote trouble={preview.refused} /> : null}
        {(preview?.warnings ?? []).map((warning) => (
          <p key={warning.code} className="warnline">
            <Icon name="warn" size="s" /> {warning[language]}
            {preview?.cleanable ? (
              <button type="button" className="link" onClick={onCleanCopy}>
                {say('Làm bản sạch rồi xem lại', 'Make a clean copy and look again')}
              </button>
            ) : null}
          </p>
        ))}
        {item && preview ? (
          <PdfPages
            url={preview.file.url}
            sha256={preview.sha256}
            label={item.title}
            page={page}
            width={width}
            onCount={setPages}
            overlay={(number) =>
              shown && number === onPage ? (
                <PlaceBox
                  place={{ ...shown, page: onPage }}
                  page={size}
                  withSeal={item.steps.includes('clerk') && item.step === 'leader'}
                  onMove={onPlace}
                />
              ) : null
            }
          />
        ) : null}
      </div>
      <div className="note">
        <Icon name="grip" size="s" />
        <span className="cut">
          {say(
            'Kéo, hoặc phím mũi tên 1 mm (Shift: 5 mm). Dấu phủ 1/3 chữ ký, bên trái (NĐ 30/2020).',
            'Drag, or arrows 1 mm (Shift: 5 mm). The seal covers a third of the signature.',
          )}
        </span>
        <button type="button" className="link" disabled={!place} onClick={() => onPlace(null)}>
          {say('Về vị trí chuẩn', 'Usual place')}
        </button>
      </div>
      {verifying && item ? <VerifyDialog documentId={item.documentId} title={item.title} onClose={() => setVerifying(false)} /> : null}
    </section>
  );
}
