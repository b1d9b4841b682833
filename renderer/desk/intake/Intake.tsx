import { useEffect } from 'react';
import { client } from '../../shared/client.ts';
import { newCommandId } from '../../shared/ids.ts';
import { useSay } from '../../shared/language.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useDeskData } from '../data/deskData.tsx';
import { openDraft } from '../data/openDraft.ts';
import { go } from '../data/route.ts';
import { useService } from '../data/service.tsx';
import { useCommand } from '../data/useCommand.ts';
import { Accepted } from './Accepted.tsx';
import { IntakeForm } from './IntakeForm.tsx';
import { useDraft } from './useDraft.ts';
import './intake.css';
import './papers.css';
import './accepted.css';

/** One page from ID card to receipt. Without an id: the draft of the ticket in service, or the list of drafts. */
export function Intake({ id }: { id: string | null }) {
  if (id === null) return <Drafts />;
  return id.startsWith('new:') ? <Opening code={id.slice(4)} /> : <Draft key={id} id={id} />;
}

function Draft({ id }: { id: string }) {
  const say = useSay();
  const draft = useDraft(id);
  const { dossier } = draft;
  const open = dossier?.axes.business === 'draft';
  /** Given back by the province: the same form again, to be put right and sent as a new revision. */
  const returned = dossier?.axes.sync === 'rejected';
  useEffect(() => {
    if (open) openDraft.set(id);
    return () => openDraft.set(null);
  }, [id, open]);
  if (!dossier) {
    return (
      <main className="page intake-wait" tabIndex={-1}>
        <p role="status">{say('Đang mở hồ sơ…', 'Opening the dossier…')}</p>
      </main>
    );
  }
  return open || returned ? <IntakeForm draft={draft} dossier={dossier} /> : <Accepted dossier={dossier} />;
}

/** A procedure was chosen in the search: opens the ticket's draft (or a loose one) with it. */
function Opening({ code }: { code: string }) {
  const say = useSay();
  const service = useService();
  const { run, trouble, dismiss } = useCommand();
  const ticket = service.current;
  useEffect(() => {
    void run('open', async (commandId) => {
      const draft = await client.dossiers.open({ commandId, ticket: ticket ? { id: ticket.ticketId, number: ticket.text } : null });
      await client.dossiers.chooseProcedure({ commandId: newCommandId(), dossierId: draft.id, code });
      go('intake', draft.id);
    });
    // Opened once for the code that was chosen, whatever the ticket does meanwhile.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [code, run]);
  return (
    <main className="page intake-wait" tabIndex={-1}>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : <p role="status">{say('Đang mở hồ sơ…', 'Opening the dossier…')}</p>}
    </main>
  );
}

function Drafts() {
  const say = useSay();
  const service = useService();
  const { work } = useDeskData();
  const drafts = work.data?.lists.find((list) => list.name === 'drafts');
  const { current } = service;
  return (
    <main className="page intake-wait" tabIndex={-1}>
      <h1>{say('Tiếp nhận hồ sơ', 'Intake')}</h1>
      <p className="dim">
        {say(
          'Quét thẻ căn cước để mở hồ sơ mới, hoặc mở một hồ sơ đang dở. Quét giấy tiếp nhận sẽ mở hồ sơ của giấy đó.',
          'Scan an ID card to open a new dossier, or go on with a draft. Scanning a receipt opens its dossier.',
        )}
      </p>
      {service.command.trouble ? <TroubleNote trouble={service.command.trouble} onClose={service.command.dismiss} /> : null}
      <button type="button" className="btn go" onClick={service.openIntake} autoFocus>
        {current
          ? say(`Mở hồ sơ cho vé ${current.text}`, `Open a dossier for ticket ${current.text}`)
          : say('Mở hồ sơ không có vé', 'Open a dossier without a ticket')}
      </button>
      <ul className="drafts">
        {(drafts?.first ?? []).map((line) => (
          <li key={line.id}>
            <button type="button" className="btn" onClick={() => go('intake', line.id)}>
              <span className="code m">{line.title}</span>
              <span className="cut">
                {line.applicant || say('chưa có người nộp', 'no applicant yet')},{' '}
                {line.procedure || say('chưa chọn thủ tục', 'no procedure yet')}
              </span>
              <span className="small dim">{line.note}</span>
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}
