import { useEffect, useRef, useState } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useKeys } from '../../shared/keys.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { Key } from '../../shared/parts/Key.tsx';
import { State, type Tone } from '../../shared/parts/State.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { go } from '../data/route.ts';
import { useService } from '../data/service.tsx';
import { useCommand } from '../data/useCommand.ts';
import { DocumentList } from '../results/DocumentList.tsx';
import { read } from '../data/read.ts';
import { DueDate } from './DueDate.tsx';

/** How the end of an intake looks, and which paper the citizen takes along, when it was not accepted. */
const SAID: Partial<Record<DossierView['axes']['business'], readonly [Tone, readonly [vi: string, en: string]]>> = {
  refused: ['bad', ['Trao phiếu từ chối cho công dân', 'Hand the refusal to the citizen']],
  supplement: ['park', ['Trao phiếu yêu cầu bổ sung cho công dân', 'Hand the list of what is missing to the citizen']],
};

/** What the officer says to the citizen now: the code, the day, the papers to hand out. */
export function Accepted({ dossier }: { dossier: DossierView }) {
  const say = useSay();
  const service = useService();
  const primary = useRef<HTMLButtonElement>(null);
  useEffect(() => primary.current?.focus(), []);
  const { run, busy, trouble, dismiss } = useCommand();
  const [visit, setVisit] = useState(0);
  useEffect(
    () =>
      read(
        () => client.dossiers.visitCount({ dossierId: dossier.id }),
        ({ count }) => setVisit(count),
      ),
    [dossier.id],
  );
  const here = service.current !== undefined && service.current.ticketId === dossier.ticket?.id;
  const end = () => {
    if (here) service.finish();
    go('now');
  };
  useKeys({ finish: end, open: () => go('results', dossier.id) });
  const [tone, handOut] = SAID[dossier.axes.business] ?? ['ok', ['Trao giấy tiếp nhận cho công dân', 'Hand the receipt to the citizen']];
  // Only what was taken in has a day that was promised.
  const promised = dossier.receivedAt !== null && tone === 'ok';
  const provisional = dossier.dossierCode === null && dossier.provisionalCode !== null;
  return (
    <main className="page accepted" tabIndex={-1}>
      <section>
        <State tone={tone}>{dossier.statusText}</State>
        {dossier.receivedAt === null ? (
          <h1>{tone === 'bad' ? say('Không tiếp nhận', 'Refused') : say('Chưa tiếp nhận', 'Not taken in yet')}</h1>
        ) : (
          <h1 className="code" data-code={dossier.title}>
            {dossier.title}
          </h1>
        )}
        <p>
          <b className="m">{dossier.applicant.fullName?.value}</b>, {dossier.procedure?.name}
        </p>
        {provisional ? (
          <p className="warn">
            {say(
              'Mã tạm: khi nối được tỉnh, hồ sơ sẽ nhận mã chính thức và phiếu mới được đề nghị in. Cả hai mã đều tra được.',
              'Provisional code: the official one follows when the province can be reached; both can be searched.',
            )}
          </p>
        ) : null}
        {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
        {promised ? <DueDate dossier={dossier} /> : null}
        <DocumentList dossier={dossier} />
      </section>
      <div className="bar2">
        <button type="button" className="btn" onClick={() => go('results', dossier.id)}>
          <Icon name="doc" />
          {say('Xem hồ sơ', 'Open the dossier')} <Key action="open" />
        </button>
        {visit > 1 ? (
          <button
            type="button"
            className="btn"
            aria-disabled={busy !== null}
            onClick={() => void run('visit', (commandId) => client.dossiers.visitReceipt({ commandId, dossierId: dossier.id }))}
          >
            <Icon name="print" />
            {say(`Một giấy tiếp nhận cho ${visit} hồ sơ`, `One receipt for ${visit} dossiers`)}
          </button>
        ) : null}
        <button type="button" className="btn go" ref={primary} onClick={end}>
          <span>
            {here ? say('Kết thúc phục vụ', 'Finish serving') : say('Về trang Quầy', 'Back to the counter')}
            <small>{say(...handOut)}</small>
          </span>
          <Key action="finish" />
        </button>
      </div>
    </main>
  );
}
