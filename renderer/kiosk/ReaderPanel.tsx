import { useSay } from '../shared/language.tsx';
import { Icon, type IconName } from '../shared/parts/Icon.tsx';

/** What became of the last code that was held under the reader. */
export type ReaderNote =
  | { readonly kind: 'card'; readonly priorityVi?: string; readonly priorityEn?: string }
  | { readonly kind: 'receipt' }
  | { readonly kind: 'unreadable' };

interface Words {
  readonly icon: IconName;
  readonly tone: string;
  readonly title: string;
  readonly detail: string;
}

/** The invitation to hold a card or a booking under the reader; at the same place the answer to what was held. */
export function ReaderPanel({ note }: { note: ReaderNote | null }) {
  const say = useSay();
  const words = (): Words => {
    if (!note) {
      return {
        icon: 'qr',
        tone: '',
        title: say('Có phiếu hẹn hoặc thẻ căn cước?', 'A booking or an ID card?'),
        detail: say('Đưa mã QR vào khe đọc bên dưới màn hình', 'Hold its QR under the reader below the screen'),
      };
    }
    switch (note.kind) {
      case 'card':
        return {
          icon: 'okc',
          tone: 'ok',
          title:
            note.priorityVi === undefined
              ? say('Đã nhận thẻ. Xin chạm vào một ô.', 'Card read. Now touch a box.')
              : say(`Đã chọn ưu tiên: ${note.priorityVi}`, `Priority chosen: ${note.priorityEn ?? note.priorityVi}`),
          detail:
            note.priorityVi === undefined
              ? say('Máy không lưu gì từ thẻ', 'Nothing of the card is kept')
              : say('Xin chạm vào một ô. Máy không lưu gì từ thẻ.', 'Now touch a box. Nothing of the card is kept.'),
        };
      case 'receipt':
        return {
          icon: 'tray',
          tone: 'ok',
          title: say('Giấy hẹn trả kết quả: chọn đúng lĩnh vực', 'A result slip: choose its subject'),
          detail: say('Rồi đưa giấy hẹn cho cán bộ tại quầy', 'Then hand the slip to the officer'),
        };
      case 'unreadable':
        return {
          icon: 'warn',
          tone: 'warn',
          title: say('Máy chưa đọc được mã này', 'This code cannot be read'),
          detail: say('Đưa lại mã QR cho thẳng, hoặc chạm vào một ô', 'Hold the QR flat again, or touch a box'),
        };
    }
  };
  const { icon, tone, title, detail } = words();
  return (
    <section className={`reader ${tone}`} role="status" data-note={note?.kind ?? 'invite'}>
      <Icon name={icon} />
      <div>
        <b>{title}</b>
        <span>{detail}</span>
      </div>
      {note === null ? <Icon name="down" className="d" /> : null}
    </section>
  );
}
