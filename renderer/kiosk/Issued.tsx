import { useEffect, useRef, useState } from 'react';
import type { IssuedTicket, KioskView } from '../../main/contract/queue.ts';
import { useLanguage, type Say } from '../shared/language.tsx';
import { serverNow } from '../shared/client.ts';
import { Icon, type IconName } from '../shared/parts/Icon.tsx';
import { rangeText, spaced } from '../shared/ticketText.ts';
import { clockText } from '../shared/time.ts';

const STAY_SECONDS = 15;
const AFTER_TOUCH_SECONDS = 40;
const FRESH_MS = 20_000;

interface IssuedProps {
  readonly ticket: IssuedTicket;
  readonly view: KioskView;
  readonly away: boolean;
  readonly onDone: () => void;
  readonly onReprint: () => void;
}

/** The number, large; what to do next; what became of the paper. Goes back by itself. */
export function Issued({ ticket, view, away, onDone, onReprint }: IssuedProps) {
  const { language, say } = useLanguage();
  const left = useLeaving(onDone);
  const range = rangeText(ticket.wait);
  // Given earlier and shown again: its paper left the slot long ago, unless it is printed again now.
  const [fresh, setFresh] = useState(() => serverNow() - ticket.issuedAt < FRESH_MS);
  useEffect(() => {
    if (ticket.print === 'queued') setFresh(true);
  }, [ticket.print]);
  const paper = paperWords(ticket, fresh, view.paper && !away, say);
  const group = view.groups.find((one) => one.id === ticket.serviceId);
  const hint = group ? say(group.hintVi, group.hintEn) : '';
  const late = ticket.state === 'no-show' || ticket.state === 'done' || ticket.state === 'cancelled';
  return (
    <main className="issued">
      <h1 className={`done${late ? ' warn' : ''}`} role="status">
        <Icon name={late ? 'warn' : 'okc'} />
        {standing(ticket, say)}
      </h1>
      <section className="tk">
        <div className="lb">{say('Số của ông/bà', 'Your number')}</div>
        <div className={`no${ticket.text.length > 5 ? ' long' : ''}`} data-ticket={ticket.ticketId}>
          {spaced(ticket.text)}
        </div>
        {ticket.appointmentAt === undefined ? null : (
          <div className="bk">
            <Icon name="cal" />
            {say(`Có hẹn lúc ${clockText(ticket.appointmentAt)}`, `Booked for ${clockText(ticket.appointmentAt)}`)}
          </div>
        )}
        <div className="sv">
          {language === 'vi' ? ticket.serviceVi : ticket.serviceEn}
          {hint ? <span>{hint}</span> : null}
        </div>
        <div className="go">
          <Icon name="right" />
          <span>{say('Đến quầy ghi trên bảng khi được gọi', 'Go to the counter shown on the board when called')}</span>
        </div>
        <div className="st3">
          <div>
            <span>{say('Trước ông/bà còn', 'Before you')}</span>
            <b>{ticket.ahead}</b>
            <em>{ticket.priority ? say('người, đã tính ưu tiên', 'people, priority counted') : say('người', 'people')}</em>
          </div>
          <div>
            <span>{say('Dự kiến chờ', 'Expected wait')}</span>
            <b>{range ?? '—'}</b>
            <em>
              {range === null
                ? say('xin theo dõi bảng gọi số', 'please watch the board')
                : say('phút, có thể thay đổi', 'minutes, may change')}
            </em>
          </div>
        </div>
      </section>
      <section className="cd">
        <h2>{say('Xin chuẩn bị trước', 'Please have ready')}</h2>
        <ul>
          <li>
            <Icon name="check" />
            {say('Thẻ căn cước hoặc VNeID', 'ID card or VNeID')}
          </li>
          <li>
            <Icon name="check" />
            {say('Bản chính giấy tờ', 'Original papers')}
          </li>
        </ul>
      </section>
      <section className={`print ${paper.tone}`} role="status">
        <Icon name={paper.icon} />
        <div>
          {paper.title}
          <span>{paper.detail}</span>
        </div>
        {paper.tone === 'out' ? <Icon name="down" className="d" /> : null}
      </section>
      <div className="bt">
        <button type="button" onClick={onReprint} disabled={away || !view.paper || ticket.print === 'queued'}>
          {say('In lại vé', 'Print again')}
        </button>
        <button type="button" className="p" onClick={onDone}>
          {say('Xong', 'Done')}
        </button>
      </div>
      <div className="left">
        <span>{say(`Tự về màn hình đầu sau ${left} giây`, `Back to the start in ${left} seconds`)}</span>
        <progress max={STAY_SECONDS} value={Math.min(left, STAY_SECONDS)} aria-label={say('Thời gian còn lại', 'Time left')} />
        <span>{say('Chạm màn hình để xem thêm', 'Touch the screen to stay')}</span>
      </div>
    </main>
  );
}

/** Counts down to the start page; a touch gives more time, as often as wanted. */
function useLeaving(onDone: () => void): number {
  const [left, setLeft] = useState(STAY_SECONDS);
  const end = useRef(Date.now() + STAY_SECONDS * 1000);
  const leave = useRef(onDone);
  leave.current = onDone;
  useEffect(() => {
    const more = () => {
      end.current = Date.now() + AFTER_TOUCH_SECONDS * 1000;
      setLeft(AFTER_TOUCH_SECONDS);
    };
    const timer = setInterval(() => {
      const now = Math.ceil((end.current - Date.now()) / 1000);
      setLeft(Math.max(0, now));
      if (now <= 0) leave.current();
    }, 500);
    document.addEventListener('pointerdown', more);
    document.addEventListener('keydown', more);
    return () => {
      clearInterval(timer);
      document.removeEventListener('pointerdown', more);
      document.removeEventListener('keydown', more);
    };
  }, []);
  return left;
}

/** Where this number stands: just given, or given before and held under the reader again. */
function standing(ticket: IssuedTicket, say: Say): string {
  switch (ticket.state) {
    case 'called':
      return say('Số này đang được gọi. Mời xem quầy trên bảng.', 'This number is being called. See the board.');
    case 'serving':
      return say('Số này đang được phục vụ tại quầy.', 'This number is being served.');
    case 'parked':
      return say('Cán bộ đang giữ chỗ. Xong giấy tờ, mời quay lại quầy.', 'Your place is kept. Go back to the counter when ready.');
    case 'no-show':
      return say('Số này đã gọi qua. Xin đưa vé cho cán bộ tại quầy.', 'This number was called. Show the ticket at the counter.');
    case 'done':
    case 'cancelled':
      return say('Số này đã kết thúc. Việc khác xin lấy số mới.', 'This number is finished. Take a new one for other matters.');
    default:
      return say('Đã lấy số. Mời ông/bà ngồi chờ gọi.', 'You have a number. Please take a seat.');
  }
}

interface PaperWords {
  readonly tone: 'busy' | 'out' | 'none';
  readonly icon: IconName;
  readonly title: string;
  readonly detail: string;
}

function paperWords({ print, issuedAt }: IssuedTicket, fresh: boolean, paper: boolean, say: Say): PaperWords {
  if (paper && print === 'queued') {
    return {
      tone: 'busy',
      icon: 'print',
      title: say('Đang in vé…', 'Printing your ticket…'),
      detail: say('Số đã được ghi nhận', 'Your number is recorded'),
    };
  }
  if (print === 'printed' && !fresh) {
    return {
      tone: 'busy',
      icon: 'ticket',
      title: say(`Vé đã in lúc ${clockText(issuedAt)}`, `Printed at ${clockText(issuedAt)}`),
      detail: say('Nếu mất vé, bấm “In lại vé”', 'If it is lost, press “Print again”'),
    };
  }
  if (paper && print === 'printed') {
    return {
      tone: 'out',
      icon: 'ticket',
      title: say('Xin lấy vé ở khe bên dưới', 'Please take your ticket below'),
      detail: say('Nếu lỡ lượt: đưa vé này cho cán bộ tại quầy', 'If you miss your turn, show this ticket at the counter'),
    };
  }
  return {
    tone: 'none',
    icon: 'warn',
    title: say('Xin ghi nhớ hoặc chụp lại số này', 'Please note this number or take a photo'),
    detail: say('Vé giấy không in được. Số vẫn có hiệu lực.', 'No paper ticket was printed. The number is valid.'),
  };
}
