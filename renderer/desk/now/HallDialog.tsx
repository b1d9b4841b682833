import { useState } from 'react';
import type { DeskTicket, SupervisorView } from '../../../main/contract/queue.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { useLive } from '../../shared/live.ts';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { spaced } from '../../shared/ticketText.ts';
import { runningText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import { TicketRow } from './QueueList.tsx';

/** What an officer types of a number: `27`, `b27` and `B 027` all mean B027. */
export function isTyped(text: string, typed: string): boolean {
  const want = typed.replace(/\s/g, '').toUpperCase();
  const [, series = '', digits = ''] = /^([A-ZĐ]*)(\d*)$/.exec(want) ?? [undefined, '?', ''];
  const number = text.replace(/^[A-ZĐ]+/, '');
  return text.startsWith(series) && (digits === '' || number.replace(/^0+/, '').startsWith(digits.replace(/^0+/, '')));
}

/** Everybody who waits in the hall, longest first, and whom the counters have now: for the citizen who must be called out of turn. */
export function HallDialog({ onTicket, onClose }: { onTicket: (ticket: DeskTicket) => void; onClose: () => void }) {
  const say = useSay();
  const now = useNow();
  const [typed, setTyped] = useState('');
  const { data: view } = useLive<SupervisorView, SupervisorView>({
    key: 'hall',
    open: (signal) => client.queue.supervisor(undefined, { signal }),
    apply: (_, next) => next,
  });
  const waiting = (view?.waiting ?? []).filter((ticket) => isTyped(ticket.text, typed));
  return (
    <Dialog title={say('Cả sảnh', 'The whole hall')} onClose={onClose} wide>
      <div className="fields">
        <label>
          {say('Tìm số', 'Find a number')}
          <input className="in" value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" data-autofocus />
        </label>
      </div>
      <div className="q all">
        <h2>{say(`Đang chờ: ${waiting.length}`, `Waiting: ${waiting.length}`)}</h2>
        {waiting.length === 0 ? (
          <p className="dim">
            {view === undefined
              ? say('Đang mở sảnh…', 'Opening the hall…')
              : typed === ''
                ? say('Không còn ai chờ.', 'Nobody waits.')
                : say('Không có số này trong hàng chờ.', 'This number does not wait.')}
          </p>
        ) : (
          <ol className="scroll">
            {waiting.map((ticket) => (
              <TicketRow key={ticket.ticketId} ticket={ticket} onTicket={onTicket} />
            ))}
          </ol>
        )}
        {view === undefined || view.openCalls.length === 0 ? null : (
          <>
            <h2>{say('Đang ở quầy', 'At the counters')}</h2>
            <p className="mates">
              {view.openCalls.map((ticket) => (
                <span key={ticket.ticketId}>
                  {say(`Quầy ${ticket.counterLabel ?? ''}`, `Counter ${ticket.counterLabel ?? ''}`)} <b>{spaced(ticket.text)}</b>{' '}
                  {runningText(now - (ticket.startedAt ?? ticket.calledAt ?? now))}
                </span>
              ))}
            </p>
          </>
        )}
      </div>
      <div className="row">
        <button type="button" className="btn" onClick={onClose}>
          {say('Đóng', 'Close')}
        </button>
      </div>
    </Dialog>
  );
}
