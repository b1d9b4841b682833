import { useEffect, useState } from 'react';
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
              {page.blank
                ? say('Có thể là trang trắng', 'Perhaps a blank page')
                : say(`${page.dpi} dpi, ${page.widthPx} × ${page.heightPx}`, `${page.dpi} dpi, ${page.widthPx} × ${page.heightPx}`)}
            </span>
            <span className="dim">{`${Math.max(1, Math.round(page.image.size / 1024))} kB`}</span>
          </div>
        ) : null}
        <div className="dim">{component?.detail ?? ''}</div>
      </div>
    </aside>
  );
}
