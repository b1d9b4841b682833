import { useEffect, useRef } from 'react';
import type { DossierComponent } from '../../../main/contract/dossier-views.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import type { Scan } from './useScan.ts';

interface PageStripProps {
  readonly scan: Scan;
  readonly selected: string | null;
  readonly component: DossierComponent | undefined;
  readonly components: readonly DossierComponent[];
  readonly onSelect: (pageId: string) => void;
}

/**
 * The pages of the chosen paper in their order. Arrows choose, Delete drops (undo bar), Ctrl+arrow moves, and 1 to 9 give a
 * page to another paper: choices inside this widget, no shortcuts of the page.
 */
export function PageStrip({ scan, selected, component, components, onSelect }: PageStripProps) {
  const say = useSay();
  const list = useRef<HTMLOListElement>(null);
  const at = Math.max(
    0,
    scan.pages.findIndex((page) => page.pageId === selected),
  );
  const focusOn = (index: number) => {
    const page = scan.pages[index];
    if (!page) return;
    onSelect(page.pageId);
    list.current?.querySelectorAll<HTMLButtonElement>('button.p')[index]?.focus();
  };
  // The focus stays in the strip when the page under it goes away.
  const refocus = useRef(false);
  const drop = (pageId: string, index: number) => {
    const neighbour = scan.pages[index + 1] ?? scan.pages[index - 1];
    refocus.current = true;
    scan.drop(pageId);
    if (neighbour) onSelect(neighbour.pageId);
  };
  const count = scan.pages.length;
  useEffect(() => {
    if (!refocus.current) return;
    refocus.current = false;
    list.current?.querySelector<HTMLButtonElement>('.th.on button.p')?.focus();
  }, [count]);
  const giveTo = (pageId: string, number: number) => {
    const other = components.find((one) => one.number === number);
    if (other && other.key !== component?.key) scan.give([pageId], other.key);
  };
  if (!component) return null;
  const from = components.findIndex((one) => one.key === component.key);
  const free = components
    .slice(from + 1)
    .filter((one) => one.pageIds.length === 0 && one.state !== 'not-applicable' && one.state !== 'in-database');
  return (
    <>
      {scan.parted && !scan.scanning ? (
        <p className="parted">
          <Icon name="warn" size="s" />
          {say('Trong tập vừa quét có tờ ngăn cách.', 'There is a separator sheet among these pages.')}
          <button type="button" className="btn sm" onClick={() => scan.split(free)}>
            {say('Tách thành từng giấy tờ', 'Part into papers')}
          </button>
        </p>
      ) : null}
      {scan.blanks > 1 && !scan.scanning ? (
        <p className="parted">
          <Icon name="warn" size="s" />
          {say(`${scan.blanks} trang gần như trắng.`, `${scan.blanks} pages are almost blank.`)}
          <button type="button" className="btn sm" onClick={scan.dropBlanks}>
            {say(`Bỏ ${scan.blanks} trang trắng`, `Drop ${scan.blanks} blank pages`)}
          </button>
        </p>
      ) : null}
      {scan.coded && !scan.parted && !scan.scanning ? (
        <p className="parted">
          <Icon name="qr" size="s" />
          {say('Có trang mang mã vạch, thường là trang đầu của một giấy tờ.', 'A page carries a bar code, as first pages do.')}
          <button type="button" className="btn sm" onClick={() => scan.split(free, true)}>
            {say('Tách ở trang có mã', 'Part at the codes')}
          </button>
        </p>
      ) : null}
      <ol className="strip" ref={list} aria-label={say(`Trang đã quét: ${component.name}`, `Scanned pages: ${component.name}`)}>
        {scan.pages.map((page, index) => (
          <li key={page.pageId} className={`th${page.pageId === selected ? ' on' : ''}`}>
            <button
              type="button"
              className="p"
              aria-pressed={page.pageId === selected}
              aria-label={say(
                `Trang ${index + 1}${page.separator ? ', tờ ngăn cách' : page.blank ? ', có thể là trang trắng' : ''}`,
                `Page ${index + 1}${page.separator ? ', separator sheet' : page.blank ? ', perhaps blank' : ''}`,
              )}
              tabIndex={index === at ? 0 : -1}
              onClick={() => onSelect(page.pageId)}
              onKeyDown={(event) => {
                if (event.key === 'ArrowRight' && event.ctrlKey) scan.move(page.pageId, 1);
                else if (event.key === 'ArrowLeft' && event.ctrlKey) scan.move(page.pageId, -1);
                else if (event.key === 'ArrowRight') focusOn(index + 1);
                else if (event.key === 'ArrowLeft') focusOn(index - 1);
                else if (event.key === 'Delete') drop(page.pageId, index);
                else if (/^[1-9]$/.test(event.key)) giveTo(page.pageId, Number(event.key));
                else return;
                event.preventDefault();
              }}
            >
              <img src={page.image.url} alt="" className={`q${page.quarterTurns}`} loading="lazy" onError={scan.renewLinks} />
              {page.blank || page.separator ? (
                <span className="wm">
                  <Icon name="warn" />
                </span>
              ) : null}
            </button>
            {index + 1}
          </li>
        ))}
        {scan.scanning ? (
          <li className="th run">
            <span className="p" />
            {scan.pages.length + 1}
          </li>
        ) : null}
        <li className="th add">
          <button
            type="button"
            className="p"
            onClick={() => scan.start('flatbed')}
            disabled={scan.scanning}
            aria-label={say('Thêm một trang từ mặt kính', 'Add a page from the glass')}
          >
            <Icon name="plus" size="l" />
          </button>
          {say('Thêm', 'Add')}
        </li>
      </ol>
    </>
  );
}
