import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { DeskTicket, DeskView } from '../../../main/contract/queue.ts';
import { useKeys, type KeyAction } from '../../shared/keys.ts';
import { useSay } from '../../shared/language.tsx';
import { useWire } from '../../shared/live.ts';
import { Icon, type IconName } from '../../shared/parts/Icon.tsx';
import { Key } from '../../shared/parts/Key.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { spaced } from '../../shared/ticketText.ts';
import { useService } from '../data/service.tsx';
import { CurrentTicket } from './CurrentTicket.tsx';
import { HallDialog } from './HallDialog.tsx';
import { Mates } from './Mates.tsx';
import { QueueList } from './QueueList.tsx';
import { TicketDialog } from './TicketDialog.tsx';
import { TransferDialog } from './TransferDialog.tsx';

/** Calling: the ticket, what may be done with it, the one primary button, who is next. */
export function CallColumn({ view }: { view: DeskView }) {
  const say = useSay();
  const service = useService();
  const { command } = service;
  const [transfer, setTransfer] = useState(false);
  const [ticket, setTicket] = useState<DeskTicket | null>(null);
  const [hall, setHall] = useState(false);
  const primary = useRef<HTMLButtonElement>(null);
  const { current, next, counter } = view;
  useEffect(() => primary.current?.focus(), []);
  useKeys({ transfer: () => current && setTransfer(true) });

  const action = (key: KeyAction, icon: IconName, label: string, onClick: () => void): ReactNode => (
    <button type="button" className="btn" onClick={onClick} disabled={!current}>
      <span>
        <Icon name={icon} size="s" />
        {label}
      </span>
      <Key action={key} />
    </button>
  );
  const first = next[0];
  const away = !useWire().open;
  const nothing = away || (!first && !current);
  const calling = command.busy === 'next';
  const label = calling
    ? say(`Đang gọi ${first ? spaced(first.text) : ''}`, `Calling ${first ? spaced(first.text) : ''}`)
    : first || !current
      ? say('Gọi tiếp', 'Call next')
      : say('Kết thúc', 'Finish');
  const explains = away
    ? say('Chưa gọi được: mất kết nối tới máy chủ quầy.', 'Not now: no connection to the counter server.')
    : nothing
      ? say('Không còn ai chờ. Vé mới sẽ tự hiện.', 'Nobody waits. New tickets appear by themselves.')
      : current && first
        ? say(
            `Kết thúc ${spaced(current.text)} và mời ${spaced(first.text)} đến quầy ${counter.label}`,
            `Finish ${spaced(current.text)} and call ${spaced(first.text)} to counter ${counter.label}`,
          )
        : first
          ? say(`Mời ${spaced(first.text)} đến quầy ${counter.label}`, `Call ${spaced(first.text)} to counter ${counter.label}`)
          : say(
              `Kết thúc ${current ? spaced(current.text) : ''}, không còn ai chờ`,
              `Finish ${current ? spaced(current.text) : ''}, nobody waits`,
            );
  return (
    <section className="call" aria-label={say('Gọi số', 'Calling')}>
      <CurrentTicket view={view} />
      <button type="button" className="btn open" onClick={service.openIntake}>
        <Icon name="doc" />
        <span className="cut">
          {current
            ? say(`Mở hồ sơ cho ${spaced(current.text)}`, `Open the dossier for ${spaced(current.text)}`)
            : say('Tiếp nhận không có vé', 'Intake without a ticket')}
        </span>
        <Key action="open" />
      </button>
      <div className="acts">
        {action('recall', 'bell', say('Gọi lại', 'Recall'), service.recall)}
        {action('noShow', 'noshow', say('Vắng', 'No-show'), service.noShow)}
        {action('park', 'pause', say('Tạm gác', 'Park'), service.park)}
        {action('transfer', 'swap', say('Chuyển', 'Transfer'), () => setTransfer(true))}
        {action('finish', 'flag', say('Kết thúc', 'Finish'), service.finish)}
      </div>
      {command.trouble ? <TroubleNote trouble={command.trouble} onClose={command.dismiss} /> : null}
      <button
        type="button"
        className="next"
        ref={primary}
        onClick={service.next}
        aria-disabled={nothing}
        aria-busy={calling}
        data-action="next"
      >
        <span>
          <span className="t">{label}</span>
          <span className="s">{explains}</span>
        </span>
        <Key action="next" />
      </button>
      <QueueList view={view} onTicket={setTicket} onAll={() => setHall(true)} />
      <Mates view={view} />
      {transfer && current ? <TransferDialog ticket={current} onClose={() => setTransfer(false)} /> : null}
      {hall ? (
        <HallDialog
          onTicket={(chosen) => {
            setHall(false);
            setTicket(chosen);
          }}
          onClose={() => setHall(false)}
        />
      ) : null}
      {ticket ? (
        <TicketDialog
          ticketId={ticket.ticketId}
          text={ticket.text}
          ticket={ticket}
          onClose={() => setTicket(null)}
          title={spaced(ticket.text)}
        />
      ) : null}
    </section>
  );
}
