import { useRef, type KeyboardEvent, type PointerEvent } from 'react';
import { useSay } from '../../shared/language.tsx';
import { MM, moved, percentBox, sealPlace, type Box } from './place.ts';
import type { Form } from './useSigning.ts';

interface PlaceBoxProps {
  /** On the page as it is shown, in points from its lower left corner. */
  readonly place: Box;
  readonly form: Form;
  readonly page: { readonly width: number; readonly height: number };
  readonly withSeal: boolean;
  readonly onMove: (place: Box) => void;
}

/** The visible forms of Decree 30/2020, as they are called on the screen. */
export const FORM_WORDS: Readonly<Record<Form, readonly [string, string]>> = {
  personal: ['Chữ ký cá nhân', 'Personal signature'],
  seal: ['Dấu cơ quan', 'Agency seal'],
  attachment: ['Phụ lục kèm theo', 'Separate attachment'],
  copy: ['Bản sao điện tử', 'Electronic copy'],
  none: ['Không hiện trên trang', 'Not shown on the page'],
};

/** The visible signature on its page: dragged, or moved by the arrows, 1 mm, with Shift 5 mm. The seal's place follows. */
export function PlaceBox({ place, form, page, withSeal, onMove }: PlaceBoxProps) {
  const say = useSay();
  const grip = useRef<{ x: number; y: number; scale: number; place: Box } | null>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = (event.shiftKey ? 5 : 1) * MM;
    const by: Record<string, readonly [number, number]> = {
      ArrowLeft: [-step, 0],
      ArrowRight: [step, 0],
      ArrowUp: [0, step],
      ArrowDown: [0, -step],
    };
    const move = by[event.key];
    if (!move) return;
    event.preventDefault();
    event.stopPropagation();
    onMove(moved(place, page, move[0], move[1]));
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>) => {
    const sheet = event.currentTarget.parentElement?.getBoundingClientRect();
    if (!sheet || sheet.width === 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    grip.current = { x: event.clientX, y: event.clientY, scale: page.width / sheet.width, place };
  };
  const onPointerMove = (event: PointerEvent) => {
    const held = grip.current;
    if (held) onMove(moved(held.place, page, (event.clientX - held.x) * held.scale, -(event.clientY - held.y) * held.scale));
  };
  const mm = (points: number): number => Math.round(points / MM);
  return (
    <>
      <div
        className={`drag sig ${form}`}
        data-place={[place.x, place.y].map((value) => value.toFixed(1)).join(',')}
        style={percentBox(place, page)}
        role="slider"
        tabIndex={0}
        aria-label={say('Vị trí chữ ký', 'Place of the signature')}
        aria-valuenow={mm(place.x)}
        aria-valuemin={0}
        aria-valuemax={mm(page.width)}
        aria-valuetext={say(
          `${mm(place.x)} mm từ trái, ${mm(place.y)} mm từ dưới`,
          `${mm(place.x)} mm from the left, ${mm(place.y)} mm from below`,
        )}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        onPointerMove={onPointerMove}
        onPointerUp={() => {
          grip.current = null;
        }}
      >
        <span className="tag">{`${say(...FORM_WORDS[form])} ${mm(place.width)} × ${mm(place.height)} mm`}</span>
      </div>
      {withSeal ? (
        <div className="drag sealbox" style={percentBox(sealPlace(place), page)} aria-hidden="true">
          <span className="tag low">{say('Chỗ dấu, đóng ở bước 2', 'Seal, at step 2')}</span>
        </div>
      ) : null}
    </>
  );
}
