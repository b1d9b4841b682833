import { useEffect, useState } from 'react';
import type { CounterView, DeskTicket, ServiceGroup, TransferTarget } from '../../../main/contract/queue.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { spaced } from '../../shared/ticketText.ts';
import { useService } from '../data/service.tsx';

/** F8: to another service, counter or person; the ticket keeps its first time. Done at once, the undo bar takes it back. */
export function TransferDialog({ ticket, onClose }: { ticket: DeskTicket; onClose: () => void }) {
  const say = useSay();
  const service = useService();
  const [groups, setGroups] = useState<readonly ServiceGroup[]>([]);
  const [counters, setCounters] = useState<readonly CounterView[]>([]);
  const own = service.view?.counter.counterId;
  useEffect(() => {
    client.queue.services().then(
      (view) => setGroups(view.groups),
      () => setGroups([]),
    );
    client.queue.counters().then(
      (all) => setCounters(all.filter((counter) => counter.open && counter.counterId !== own)),
      () => setCounters([]),
    );
  }, [own]);
  const send = (target: TransferTarget) => {
    void service.command.run('transfer', (commandId) => client.queue.transfer({ commandId, ticketId: ticket.ticketId, target }));
    onClose();
  };
  return (
    <Dialog title={say(`Chuyển ${spaced(ticket.text)} đến`, `Transfer ${spaced(ticket.text)} to`)} onClose={onClose} wide>
      <p className="small dim">
        {say('Vé giữ nguyên giờ lấy số, không phải chờ lại từ đầu.', 'The ticket keeps its time; the citizen does not start again.')}
      </p>
      <div className="targets">
        <div>
          <h3>{say('Quầy', 'Counter')}</h3>
          {counters.map((counter) => (
            <button
              key={counter.counterId}
              type="button"
              className="btn"
              onClick={() => send({ to: 'counter', counterId: counter.counterId })}
            >
              {say(`Quầy ${counter.label}`, `Counter ${counter.label}`)}
            </button>
          ))}
        </div>
        <div>
          <h3>{say('Cán bộ, ở quầy nào cũng vậy', 'Officer, at whatever counter')}</h3>
          {counters.flatMap(({ officerId, officerName, label }) =>
            officerId === undefined
              ? []
              : [
                  <button key={officerId} type="button" className="btn" onClick={() => send({ to: 'person', officerId })}>
                    {officerName ?? officerId}
                    <span className="small dim">{say(`Quầy ${label}`, `Counter ${label}`)}</span>
                  </button>,
                ],
          )}
        </div>
        <div>
          <h3>{say('Nhóm việc', 'Service')}</h3>
          {groups
            .filter((group) => group.id !== ticket.serviceId)
            .map((group) => (
              <button key={group.id} type="button" className="btn" onClick={() => send({ to: 'service', serviceId: group.id })}>
                {say(group.vi, group.en)}
                <span className="small dim">{say(`${group.waiting} chờ`, `${group.waiting} waiting`)}</span>
              </button>
            ))}
        </div>
      </div>
      <div className="row">
        <button type="button" className="btn" onClick={onClose}>
          {say('Thôi', 'Cancel')}
        </button>
      </div>
    </Dialog>
  );
}
