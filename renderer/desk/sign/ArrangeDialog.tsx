import { useState, type FormEvent } from 'react';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useCommand } from '../data/useCommand.ts';
import { FORM_WORDS } from './PlaceBox.tsx';
import { fromShown, MM, moved, shownSize, toShown, type Placement } from './place.ts';
import type { CopyKind, Form, Item, Preview } from './useSigning.ts';

const FORMS: readonly Form[] = ['personal', 'seal', 'attachment', 'copy', 'none'];
const COPIES: readonly CopyKind[] = ['SAO Y', 'SAO LỤC', 'TRÍCH SAO'];
const inMm = (points: number): string => String(Math.round((points / MM) * 10) / 10);

interface ArrangeDialogProps {
  readonly item: Item;
  readonly preview: Preview;
  /** Where the form stands now; null when it is not shown. */
  readonly place: Placement | null;
  /** Name of the one who will sign, to be looked for on the page. */
  readonly signer: string;
  readonly onPlace: (place: Placement) => void;
  /** The form changed: the place is proposed anew. */
  readonly onArranged: () => void;
  readonly onClose: () => void;
}

/** Which visible form, and where: found by a name or title on the page, by millimetres, or as it was dragged; kept for next time. */
export function ArrangeDialog({ item, preview, place, signer, onPlace, onArranged, onClose }: ArrangeDialogProps) {
  const say = useSay();
  const { run, busy, trouble, dismiss } = useCommand();
  const [text, setText] = useState(signer);
  const [found, setFound] = useState<readonly Placement[] | null>(null);
  const [said, setSaid] = useState('');
  const pages = preview.pages;
  const number = place === null ? 1 : place.page < 0 ? pages.length : place.page + 1;
  const page = pages[number - 1] ?? { width: 595.28, height: 841.89, rotate: 0 };
  const shown = place && toShown(page, place);
  const arrange = (change: { form?: Form; copyKind?: CopyKind; clerk?: boolean }) =>
    void run('arrange', (commandId) => client.signing.arrange({ commandId, documentId: item.documentId, ...change })).then(
      (done) => done && onArranged(),
    );
  const search = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim().length < 2) return;
    void run('search', () => client.signing.findPlace({ documentId: item.documentId, text: text.trim() })).then((places) => {
      if (!places) return;
      setFound(places);
      const first = places[0];
      if (first) take(first);
    });
  };
  /** A place that was found keeps the size of this form and stands centred where the signature would. */
  const take = (hit: Placement) => {
    if (!place) return onPlace(hit);
    const on = pages[hit.page] ?? page;
    const [centre, size] = [toShown(on, hit), toShown(page, place)];
    const x = centre.x + centre.width / 2 - size.width / 2;
    const box = moved({ x, y: centre.y, width: size.width, height: size.height }, shownSize(on), 0, 0);
    onPlace({ page: hit.page, ...fromShown(on, box) });
  };
  const put = (change: { page?: number; x?: number; y?: number }) => {
    if (!place || !shown) return;
    const to = change.page ?? number;
    const on = pages[to - 1];
    if (!on) return;
    const box = { ...shown, x: change.x === undefined ? shown.x : change.x * MM, y: change.y === undefined ? shown.y : change.y * MM };
    onPlace({ page: to - 1, ...fromShown(on, moved(box, shownSize(on), 0, 0)) });
  };
  const measure = (value: string): number | null => {
    const read = Number(value.replace(',', '.'));
    return value.trim() === '' || !Number.isFinite(read) ? null : read;
  };
  return (
    <Dialog title={say('Dạng ký và vị trí', 'Visible form and place')} onClose={onClose}>
      <div className="fields">
        <label>
          {say('Dạng hiện trên trang', 'Visible form')}
          <select
            className="in"
            name="form"
            value={item.form}
            onChange={(event) => arrange({ form: event.target.value as Form })}
            data-autofocus
          >
            {FORMS.map((form) => (
              <option key={form} value={form}>
                {say(...FORM_WORDS[form])}
              </option>
            ))}
          </select>
        </label>
        {item.form === 'copy' ? (
          <label>
            {say('Hình thức sao', 'Kind of copy')}
            <select
              className="in"
              name="copy-kind"
              value={item.copyKind}
              onChange={(event) => arrange({ copyKind: event.target.value as CopyKind })}
            >
              {COPIES.map((kind) => (
                <option key={kind}>{kind}</option>
              ))}
            </select>
          </label>
        ) : null}
      </div>
      {item.signedAt === null && item.form === 'personal' ? (
        <label className="check">
          <input type="checkbox" checked={item.steps.includes('clerk')} onChange={(event) => arrange({ clerk: event.target.checked })} />
          {say('Ký xong, văn thư ghi số, ngày và đóng dấu cơ quan', 'Then the clerk writes number and date, and seals')}
        </label>
      ) : null}
      {item.form === 'none' ? null : (
        <>
          <form className="findline" onSubmit={search} role="search">
            <label>
              {say('Đặt theo họ tên hoặc chức vụ trên trang', 'Place by a name or title on the page')}
              <input className="in" name="find" value={text} onChange={(event) => setText(event.target.value)} />
            </label>
            <button type="submit" className="btn" aria-disabled={busy !== null}>
              {say('Tìm', 'Find')}
            </button>
          </form>
          <div role="status" className="small">
            {found === null
              ? null
              : found.length === 0
                ? say('Không thấy chữ này trên trang (bản quét không có chữ để tìm).', 'These words are not on the page (a scan has none).')
                : found.map((hit, at) => (
                    <button key={`${hit.page}/${hit.x}/${hit.y}`} type="button" className="link" onClick={() => take(hit)}>
                      {say(`Chỗ ${at + 1}: trang ${hit.page + 1}`, `Place ${at + 1}: page ${hit.page + 1}`)}
                    </button>
                  ))}
          </div>
          {shown ? (
            <div className="fields three">
              <label>
                {say(`Trang (1–${pages.length})`, `Page (1–${pages.length})`)}
                <input
                  className="in"
                  type="number"
                  name="page"
                  min={1}
                  max={pages.length}
                  value={number}
                  onChange={(event) => put({ page: Number(event.target.value) })}
                />
              </label>
              {(['x', 'y'] as const).map((axis) => (
                <label key={axis}>
                  {axis === 'x' ? say('Cách mép trái (mm)', 'From the left (mm)') : say('Cách mép dưới (mm)', 'From below (mm)')}
                  <input
                    key={`${axis}${inMm(shown[axis])}`}
                    className="in"
                    name={axis}
                    inputMode="decimal"
                    defaultValue={inMm(shown[axis])}
                    onBlur={(event) => {
                      const value = measure(event.target.value);
                      if (value !== null && inMm(value * MM) !== inMm(shown[axis])) put({ [axis]: value });
                    }}
                    onKeyDown={(event) => {
                      if (event.key === 'Enter') event.currentTarget.blur();
                    }}
                  />
                </label>
              ))}
            </div>
          ) : null}
          {place ? (
            <p>
              <button
                type="button"
                className="btn sm"
                aria-disabled={busy !== null}
                onClick={() =>
                  void run('save', (commandId) => client.signing.savePlace({ commandId, form: item.form, placement: place })).then(
                    (kept) => kept && setSaid(say('Đã lưu. Các bản sau cùng dạng đặt ở đây.', 'Kept. The next of this form go here.')),
                  )
                }
              >
                {say(`Lưu vị trí này cho “${FORM_WORDS[item.form][0]}”`, `Keep this place for “${FORM_WORDS[item.form][1]}”`)}
              </button>{' '}
              <span className="small ok" role="status">
                {said}
              </span>
            </p>
          ) : null}
        </>
      )}
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      <div className="row">
        <button type="button" className="btn go" onClick={onClose}>
          {say('Xong', 'Done')}
        </button>
      </div>
    </Dialog>
  );
}
