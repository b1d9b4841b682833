import { useEffect, useState } from 'react';
import type { DeskTicket, IssuedTicket } from '../../../main/contract/queue.ts';
import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { spaced } from '../../shared/ticketText.ts';
import { clockText } from '../../shared/time.ts';
import { useService } from '../data/service.tsx';
import { PriorityReasons } from './PriorityReasons.tsx';
import { TransferDialog } from './TransferDialog.tsx';

interface TicketDialogProps {
  readonly ticketId: string;
  readonly text: string;
  readonly ticket?: DeskTicket;
  readonly title: string;
  readonly onClose: () => void;
}

/** One ticket and what may be done with it now: call this one, wait again, priority with its reason, print again, cancel. */
export function TicketDialog({ ticketId, text, ticket, title, onClose }: TicketDialogProps) {
  const say = useSay();
  const { command, view } = useService();
  const [heard, setHeard] = useState<IssuedTicket | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [cancelling, setCancelling] = useState(false);
  const [transferring, setTransferring] = useState(false);
  useEffect(() => {
    if (ticket) return;
    client.queue.ticket({ ticketId }).then(setHeard, (error: unknown) => setTrouble(troubleOf(error)));
  }, [ticketId, ticket]);

  const known =
    ticket ??
    [...(view?.next ?? []), ...(view?.parked ?? []), ...(view?.noShows ?? []), ...(view?.carriedOver ?? [])].find(
      (one) => one.ticketId === ticketId || one.text === text,
    );
  const id = known?.ticketId ?? heard?.ticketId;
  const act = (name: string, send: (commandId: string, ticketId: string) => Promise<unknown>) => {
    if (!id) return;
    void command.run(name, (commandId) => send(commandId, id));
    onClose();
  };
  const issuedAt = known?.issuedAt ?? heard?.issuedAt;
  const rests = known?.state === 'parked' || known?.state === 'no-show' || known?.state === 'carried-over';
  if (known && transferring) return <TransferDialog ticket={known} onClose={onClose} />;
  return (
    <Dialog title={title} onClose={onClose}>
      {trouble && !known ? <TroubleNote trouble={trouble} /> : null}
      <p>
        <b>{spaced(known?.text ?? heard?.text ?? text)}</b> {known?.serviceVi ?? heard?.serviceVi ?? ''}
      </p>
      {issuedAt === undefined ? null : (
        <p className="small dim">{say(`Lấy số lúc ${clockText(issuedAt)}`, `Issued at ${clockText(issuedAt)}`)}</p>
      )}
      {known?.reason ? <p className="small">{known.reason}</p> : null}
      {known && known.state !== 'called' && known.state !== 'serving' ? (
        <PriorityReasons
          given={known.priorityVi}
          onChoose={(reason) => act('priority', (commandId, ticketId) => client.queue.setPriority({ commandId, ticketId, reason }))}
        />
      ) : null}
      <div className="row">
        {cancelling ? (
          <button
            type="button"
            className="btn no lead"
            onClick={() =>
              act('cancel', (commandId, ticketId) =>
                client.queue.cancel({ commandId, ticketId, reason: say('Công dân không chờ nữa', 'The citizen no longer waits') }),
              )
            }
          >
            {say('Hủy vé này', 'Cancel this ticket')}
          </button>
        ) : (
          <button type="button" className="btn soft lead" onClick={() => setCancelling(true)} disabled={!id}>
            {say('Hủy vé…', 'Cancel…')}
          </button>
        )}
        <button
          type="button"
          className="btn"
          onClick={() => act('reprint', (commandId, ticketId) => client.queue.reprint({ commandId, ticketId }))}
          disabled={!id}
        >
          {say('In lại vé', 'Print again')}
        </button>
        {known?.state === 'waiting' || known?.state === 'transferred' || known?.state === 'parked' ? (
          <button type="button" className="btn" onClick={() => setTransferring(true)}>
            {say('Chuyển…', 'Transfer…')}
          </button>
        ) : null}
        {rests ? (
          <button
            type="button"
            className="btn"
            onClick={() => act('resume', (commandId, ticketId) => client.queue.resume({ commandId, ticketId }))}
          >
            {say('Cho chờ lại', 'Back to the queue')}
          </button>
        ) : null}
        <button
          type="button"
          className="btn go"
          onClick={() => act('callTicket', (commandId, ticketId) => client.queue.callTicket({ commandId, ticketId }))}
          disabled={!id}
          data-autofocus
        >
          {say('Mời số này', 'Call this one')}
        </button>
      </div>
    </Dialog>
  );
}
