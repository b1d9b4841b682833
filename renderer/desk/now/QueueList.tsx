import type { DeskTicket, DeskView } from '../../../main/contract/queue.ts';
import { useSay } from '../../shared/language.tsx';
import { State } from '../../shared/parts/State.tsx';
import { spaced } from '../../shared/ticketText.ts';

interface QueueListProps {
  readonly view: DeskView;
  readonly onTicket: (ticket: DeskTicket) => void;
  /** Opens everybody who waits in the hall. */
  readonly onAll: () => void;
}

/** Who is next, who rests. A row opens what may be done with that ticket. */
export function QueueList({ view, onTicket, onAll }: QueueListProps) {
  const say = useSay();
  const rows = [...view.next, ...view.parked, ...view.carriedOver, ...view.noShows];
  return (
    <div className="q">
      <h2>
        {say('Các số tiếp theo', 'Next numbers')}
        {view.unprinted > 0 ? (
          <span className="warn">{say(`${view.unprinted} vé chưa in được`, `${view.unprinted} tickets not printed`)}</span>
        ) : null}
        <button type="button" className="link" onClick={onAll}>
          {say(`Cả sảnh: ${view.waitingHall} số đang chờ`, `Whole hall: ${view.waitingHall} waiting`)}
        </button>
      </h2>
      <ol className="scroll">
        {rows.map((ticket) => (
          <TicketRow key={ticket.ticketId} ticket={ticket} onTicket={onTicket} />
        ))}
      </ol>
    </div>
  );
}

/** One ticket: number, why it is where it is, how long. */
export function TicketRow({ ticket, onTicket }: { ticket: DeskTicket; onTicket: (ticket: DeskTicket) => void }) {
  const say = useSay();
  return (
    <li className={ticket.state === 'parked' ? 'pk' : ticket.state === 'no-show' ? 'ns' : ''}>
      <button type="button" onClick={() => onTicket(ticket)}>
        <span className="no">{spaced(ticket.text)}</span>
        <span className="cut">{ticket.state === 'parked' && ticket.reason ? ticket.reason : ticket.serviceVi}</span>
        <Mark ticket={ticket} />
        <span className="w">{say(`${Math.round(ticket.waitingMinutes)} phút`, `${Math.round(ticket.waitingMinutes)} min`)}</span>
      </button>
    </li>
  );
}

function Mark({ ticket }: { ticket: DeskTicket }) {
  const say = useSay();
  if (ticket.state === 'parked') return <State tone="park">{say('Tạm gác', 'Parked')}</State>;
  if (ticket.state === 'no-show')
    return (
      <State tone="off" icon="noshow">
        {say('Vắng', 'No-show')}
      </State>
    );
  if (ticket.state === 'carried-over' || ticket.carriedOver) return <State tone="wait">{say('Từ hôm trước', 'From before')}</State>;
  if (ticket.priorityVi) return <State tone="prio">{ticket.priorityVi}</State>;
  if (ticket.appointmentAt !== undefined)
    return (
      <State tone="wait" icon="cal">
        {say('Có hẹn', 'Booked')}
      </State>
    );
  if (ticket.state === 'transferred')
    return (
      <State tone="work" icon="swap">
        {ticket.targetVi ?? say('Chuyển đến', 'Transferred')}
      </State>
    );
  return <span />;
}
