import { useEffect, useState } from 'react';
import { chooseScan, scanChoice, type ScanChoice } from './scanChoice.ts';
import type { DossierComponent } from '../../../main/contract/dossier-views.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import type { Scan, ScanPage } from './useScan.ts';

/** The page itself, as it was scanned. Turning changes how it is shown and printed, never its bytes. */
export function PagePane({ scan, page, component }: { scan: Scan; page: ScanPage | undefined; component: DossierComponent | undefined }) {
  const say = useSay();
  const [zoom, setZoom] = useState(false);
  const pageId = page?.pageId;
  useEffect(() => setZoom(false), [pageId]);
  const at = page ? scan.pages.findIndex((one) => one.pageId === page.pageId) + 1 : 0;
  return (
    <aside className="pane" aria-label={say('Xem trang', 'Page view')}>
      <div className="tools">
        <button type="button" className="btn" disabled={!page} onClick={() => page && scan.rotate(page.pageId)}>
          <Icon name="rotate" size="s" />
          {say('Xoay', 'Turn')}
        </button>
        <button type="button" className="btn" disabled={!page} onClick={() => page && scan.drop(page.pageId)}>
          <Icon name="trash" size="s" />
          {say('Bỏ trang', 'Drop')}
        </button>
        <button type="button" className="btn" disabled={!page} aria-pressed={zoom} onClick={() => setZoom((before) => !before)}>
          <Icon name="zoom" size="s" />
          {say('Phóng', 'Zoom')}
        </button>
        <span className="sp">{page ? say(`Trang ${at}/${scan.pages.length}`, `Page ${at}/${scan.pages.length}`) : ''}</span>
      </div>
      <div className={`stage${zoom ? ' zoom' : ''}`} tabIndex={zoom ? 0 : -1}>
        {page ? (
          <img
            className={`sheet q${page.quarterTurns}`}
            src={page.image.url}
            onError={scan.renewLinks}
            alt={say(`Trang ${at}: ${component?.name ?? ''}`, `Page ${at}: ${component?.name ?? ''}`)}
          />
        ) : (
          <p className="dim">
            {say('Chưa có trang nào. Đặt giấy vào khay rồi bấm F7.', 'No page yet. Put the paper into the feeder and press F7.')}
          </p>
        )}
      </div>
      <div className="qa">
        {page ? (
          <div>
            <span className={`st bare ${page.blank ? 'warn' : 'ok'}`}>
              <Icon name={page.blank ? 'warn' : 'okc'} size="s" />
              {page.separator
                ? say('Tờ ngăn cách, không vào hồ sơ', 'A separator sheet, part of no dossier')
                : page.blank
                  ? say('Có thể là trang trắng', 'Perhaps a blank page')
                  : say(`${page.dpi} dpi, ${page.widthPx} × ${page.heightPx}`, `${page.dpi} dpi, ${page.widthPx} × ${page.heightPx}`)}
            </span>
            <span className="dim">{`${Math.max(1, Math.round((page.improved?.bytes ?? page.image.size) / 1024))} kB`}</span>
          </div>
        ) : null}
        <div className="tools">
          <Better scan={scan} page={page} />
        </div>
        <Choice />
      </div>
    </aside>
  );
}

/** Straighten, crop, black and white: a better copy in the place of the picture, which is kept; pressed again it is back. */
function Better({ scan, page }: { scan: Scan; page: ScanPage | undefined }) {
  const say = useSay();
  const now = page?.improved;
  const working = page !== undefined && scan.working === page.pageId;
  const askew = page !== undefined && !now?.deskew && Math.abs(page.skewDegrees ?? 0) >= 0.5;
  return (
    <>
      {(
        [
          ['deskew', say('Thẳng', 'Straighten'), say('Xoay cho các dòng chữ nằm ngang', 'Turn until the lines lie level')],
          ['crop', say('Cắt', 'Crop'), say('Cắt bỏ nền quanh giấy tờ nhỏ', 'Cut away what lies around a small paper')],
          ['bilevel', say('Trắng đen', 'B/W'), say('Tệp nhỏ hơn nhiều; chỉ cho giấy tờ toàn chữ', 'Much smaller; for text only')],
        ] as const
      ).map(([wish, label, hint]) => (
        <button
          key={wish}
          type="button"
          className={`btn${wish === 'deskew' && askew ? ' hint' : ''}`}
          title={hint}
          disabled={!page}
          aria-disabled={scan.working !== null}
          aria-pressed={now?.[wish] ?? false}
          onClick={() => page && scan.improve(page, { [wish]: !(now?.[wish] ?? false) })}
        >
          {label}
        </button>
      ))}
      <span className="vh" role="status">
        {working ? say('Đang chỉnh trang…', 'Working on the page…') : ''}
      </span>
    </>
  );
}

/** How the next scan is made; kept on this desk. */
function Choice() {
  const say = useSay();
  const [choice, setChoice] = useState<ScanChoice>(scanChoice);
  const set = (change: Partial<ScanChoice>) => {
    const next = { ...choice, ...change };
    setChoice(next);
    chooseScan(next);
  };
  return (
    <div className="nextscan">
      <span className="dim">{say('Lần quét sau:', 'Next scan:')}</span>
      <select
        className="in sm"
        aria-label={say('Màu của lần quét sau', 'Colour of the next scan')}
        value={choice.colour}
        onChange={(event) => set({ colour: event.target.value as ScanChoice['colour'] })}
      >
        <option value="colour">{say('Màu', 'Colour')}</option>
        <option value="gray">{say('Xám', 'Grey')}</option>
        <option value="bw">{say('Trắng đen', 'Black and white')}</option>
      </select>
      <label className="check">
        <input type="checkbox" checked={choice.duplex} onChange={(event) => set({ duplex: event.target.checked })} />
        {say('Hai mặt', 'Both sides')}
      </label>
    </div>
  );
}
