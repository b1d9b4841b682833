import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type { Trouble } from '../../shared/answer.ts';
import { useLanguage } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { State } from '../../shared/parts/State.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { PdfPages } from './PdfPages.tsx';
import { ArrangeDialog } from './ArrangeDialog.tsx';
import { NumberLine } from './NumberLine.tsx';
import { fromShown, shownSize, toShown, usualPlace, type Placement } from './place.ts';
import { FORM_WORDS, PlaceBox } from './PlaceBox.tsx';
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
  /** Number and symbol that this document gets. */
  readonly number: string;
  readonly onNumber: (number: string) => void;
  /** Who would sign, to be looked for on the page. */
  readonly signer: string;
  readonly onArranged: () => void;
}

/** The page as it will be signed, the order of the signers, what to be careful about, the place of the visible form. */
export function DocumentView(props: DocumentViewProps) {
  const { item, preview, trouble, place, onPlace, onCleanCopy, number, onNumber, signer, onArranged } = props;
  const { language, say } = useLanguage();
  const stage = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 600, height: 600 });
  const [whole, setWhole] = useState(false);
  const [page, setPage] = useState(1);
  const [pages, setPages] = useState(1);
  const [dialog, setDialog] = useState<'verify' | 'arrange' | null>(null);
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
  const upright = shownSize(size);
  const fitWhole = (room.height * upright.width) / upright.height;
  const width = Math.max(200, Math.floor(whole ? Math.min(room.width, fitWhole) : Math.min(room.width, fitWhole * 1.35)));
  const signable = item !== null && item.form !== 'none' && item.state === 'waiting' && preview?.refused === null;
  const shown: Placement | null = !signable
    ? null
    : (place ?? preview?.placement ?? { page: pages - 1, ...fromShown(size, usualPlace(upright)) });
  const onPage = shown === null ? 0 : shown.page < 0 ? pages : shown.page + 1;
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
        {item && preview && item.state !== 'signed' && !preview.refused ? (
          <button
            type="button"
            className="btn sm end"
            onClick={() => setDialog('arrange')}
            data-action="arrange"
            title={say(...FORM_WORDS[item.form])}
          >
            {say('Vị trí', 'Place')}
          </button>
        ) : null}
        {item && (item.state === 'signed' || (preview?.signatures.length ?? 0) > 0) ? (
          <button type="button" className="btn sm end" onClick={() => setDialog('verify')} data-action="verify">
            <Icon name="okc" size="s" />
            {say('Kiểm tra chữ ký', 'Verify')}
          </button>
        ) : null}
        <button type="button" className="btn sm end" aria-pressed={whole} onClick={() => setWhole((before) => !before)}>
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
        {pages > 1 ? <span className="small dim">{say(`Trang ${page}/${pages}`, `Page ${page}/${pages}`)}</span> : null}
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
      {item && preview && !preview.refused && item.state !== 'signed' && (item.step === 'clerk' || item.form === 'attachment') ? (
        <NumberLine item={item} wanted={preview.numberWanted} number={number} onNumber={onNumber} />
      ) : null}
      <div className="stage scroll" ref={stage} tabIndex={0} role="group" aria-label={say('Ảnh trang', 'Page image')}>
        {trouble ? <TroubleNote trouble={trouble} /> : null}
        {!item ? (
          <p className="dim">
            {say('Chọn một văn bản ở danh sách rồi bấm Enter để xem.', 'Choose a document in the list and press Enter.')}
          </p>
        ) : null}
        {preview?.refused ? <TroubleNote trouble={preview.refused} /> : null}
        {(preview?.warnings ?? []).map((warning) => (
          <p key={warning.code} className="warnline" role="alert" data-warning={warning.code}>
            <Icon name="warn" size="s" /> {warning[language]}
          </p>
        ))}
        {preview?.cleanable && (preview.refused || preview.warnings.length > 0) && item?.state !== 'signed' ? (
          <button type="button" className="btn" onClick={onCleanCopy} data-action="clean-copy">
            {say('Tạo bản sạch rồi xem lại', 'Make a clean copy and look at it')}
          </button>
        ) : null}
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
                  place={toShown(size, shown)}
                  form={item.form}
                  page={upright}
                  withSeal={item.steps.includes('clerk') && item.step === 'leader' && item.form === 'personal'}
                  onMove={(box) => onPlace({ page: onPage - 1, ...fromShown(size, box) })}
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
      {dialog === 'verify' && item ? (
        <VerifyDialog documentId={item.documentId} title={item.title} onClose={() => setDialog(null)} />
      ) : null}
      {dialog === 'arrange' && item && preview ? (
        <ArrangeDialog
          item={item}
          preview={preview}
          place={shown}
          signer={signer}
          onPlace={onPlace}
          onArranged={onArranged}
          onClose={() => setDialog(null)}
        />
      ) : null}
    </section>
  );
}
