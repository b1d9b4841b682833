import { useEffect, useState } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useKeys } from '../../shared/keys.ts';
import { useLanguage, useSay } from '../../shared/language.tsx';
import { Key } from '../../shared/parts/Key.tsx';
import { State, type Tone } from '../../shared/parts/State.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { whenText, personalNumberText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import { go } from '../data/route.ts';
import { SupplementDialog } from '../intake/SupplementDialog.tsx';
import { useDraft } from '../intake/useDraft.ts';
import { read } from '../data/read.ts';
import { AtProvince } from './AtProvince.tsx';
import { ApologyDialog } from './ApologyDialog.tsx';
import { DocumentList } from './DocumentList.tsx';
import { HandoverDialog } from './HandoverDialog.tsx';
import { ResultDialog } from './ResultDialog.tsx';
import { OtherDialog } from './OtherDialog.tsx';
import { nextStep, otherSteps } from './steps.ts';

type History = Awaited<ReturnType<typeof client.dossiers.history>>;

/** One accepted dossier: where it stands on its four axes, what may be done now, its papers, its way. */
export function DossierPanel({ id }: { id: string }) {
  const { language, say } = useLanguage();
  const draft = useDraft(id);
  const { dossier } = draft;
  const now = useNow(30_000);
  const [history, setHistory] = useState<History>([]);
  const [dialog, setDialog] = useState<'handover' | 'result' | 'apology' | 'supplement' | 'other' | null>(null);
  const revision = dossier?.revision;
  useEffect(() => {
    if (revision === undefined) return undefined;
    return read(() => client.dossiers.history({ dossierId: id }), setHistory);
  }, [id, revision]);
  const step = dossier ? nextStep(dossier) : null;
  const act = () => {
    if (!step || draft.busy) return;
    if (step.action === 'handover' || step.action === 'result') setDialog(step.action);
    else if (step.action === 'forward') void draft.send((order) => client.dossiers.forward(order));
    else if (step.action === 'resume') void draft.send((order) => client.dossiers.resume(order));
    else if (step.action === 'intake') go('intake', id);
    else
      void draft
        .send((order) => client.dossiers.receiveSupplement(order))
        .then((done) => {
          // Never taken in: the intake goes on where it was left.
          if (done?.axes.business === 'draft') go('intake', id);
        });
  };
  useKeys({ finish: act, supplement: () => setDialog('supplement') });
  if (!dossier) return <section className="panel none">{draft.trouble ? <TroubleNote trouble={draft.trouble} /> : null}</section>;
  const business = dossier.axes.business;
  const living = business === 'accepted' || business === 'processing' || business === 'coordinating';
  return (
    <section className="panel" aria-label={say('Hồ sơ', 'Dossier')}>
      <div className="scroll body">
        {draft.trouble ? <TroubleNote trouble={draft.trouble} onClose={draft.dismiss} /> : null}
        <Axes dossier={dossier} />
        <h1 className="code" data-code={dossier.title}>
          {dossier.title}
        </h1>
        {dossier.dossierCode !== null && dossier.provisionalCode !== null ? (
          <p className="small dim">
            {say(`Mã tạm trước đó: ${dossier.provisionalCode}`, `Provisional code before: ${dossier.provisionalCode}`)}
          </p>
        ) : null}
        <p className="lead">
          <b>{dossier.applicant.fullName?.value ?? ''}</b>
          {dossier.owner?.fullName ? say(`, nộp cho ${dossier.owner.fullName.value}`, `, for ${dossier.owner.fullName.value}`) : ''}
        </p>
        <p>{dossier.procedure?.name}</p>
        <dl className="kv">
          <dt>{say('Số định danh', 'ID number')}</dt>
          <dd>{personalNumberText(dossier.applicant.idNumber?.value ?? '')}</dd>
          <dt>{say('Hẹn trả', 'Due')}</dt>
          <dd>{dossier.receivedAt === null ? '—' : (dossier.due?.text ?? '')}</dd>
          <dt>{say('Trạng thái', 'Status')}</dt>
          <dd>{dossier.statusText}</dd>
          <dt>{say('Nơi để', 'Shelf')}</dt>
          <dd>{dossier.shelf ?? '—'}</dd>
          {dossier.handover ? (
            <>
              <dt>{say('Đã trả', 'Handed over')}</dt>
              <dd>{`${whenText(dossier.handover.at, now)}, ${dossier.handover.receiver}`}</dd>
            </>
          ) : null}
          {dossier.rating ? (
            <>
              <dt>{say('Đánh giá', 'Rating')}</dt>
              <dd>{say(`${dossier.rating.stars}/5 sao`, `${dossier.rating.stars}/5`)}</dd>
            </>
          ) : null}
        </dl>
        <DocumentList dossier={dossier} />
        <AtProvince dossier={dossier} />
        <section className="docs" aria-label={say('Quá trình', 'History')}>
          <h2>{say('Quá trình', 'History')}</h2>
          <ol className="way">
            {history.map((entry) => (
              <li key={`${entry.at}${entry.what}`}>
                <span className="nw">{whenText(entry.at, now)}</span>
                <span>
                  {entry.what}
                  {entry.detail === '' ? '' : `: ${entry.detail}`}{' '}
                  <span className="dim">
                    {entry.source === '' || entry.source === entry.who ? entry.who : `${entry.who}, ${entry.source}`}
                  </span>
                </span>
              </li>
            ))}
          </ol>
        </section>
      </div>
      <div className="bar2">
        {living ? (
          <button type="button" className="btn" onClick={() => setDialog('supplement')}>
            {say('Yêu cầu bổ sung', 'Supplement')} <Key action="supplement" />
          </button>
        ) : null}
        {dossier.dossierCode !== null && dossier.provisionalCode !== null ? (
          <button
            type="button"
            className="btn"
            onClick={() => void draft.send((order) => client.dossiers.newSlip({ ...order, print: true }))}
          >
            {say('In giấy có mã chính thức', 'Print the official receipt')}
          </button>
        ) : null}
        {living && !dossier.apologised ? (
          <button type="button" className="btn" onClick={() => setDialog('apology')}>
            {say('Xin lỗi, hẹn lại', 'Apologise')}
          </button>
        ) : null}
        {otherSteps(dossier).length > 0 ? (
          <button type="button" className="btn" onClick={() => setDialog('other')}>
            {say('Việc khác', 'Other')}
          </button>
        ) : null}
        <span className="small dim msg" role="status">
          {draft.busy ? say('Đang lưu…', 'Saving…') : ''}
        </span>
        {step ? (
          <button type="button" className="btn go" onClick={act} data-action={step.action} aria-disabled={draft.busy}>
            <span>
              {step[language]}
              <small>{language === 'vi' ? step.detailVi : step.detailEn}</small>
            </span>
            <Key action="finish" />
          </button>
        ) : null}
      </div>
      {dialog === 'handover' ? <HandoverDialog dossier={dossier} draft={draft} onClose={() => setDialog(null)} /> : null}
      {dialog === 'result' ? <ResultDialog dossier={dossier} draft={draft} onClose={() => setDialog(null)} /> : null}
      {dialog === 'apology' ? (
        <ApologyDialog dossierId={id} dueAt={dossier.promises.at(-1)?.dueAt ?? null} onClose={() => setDialog(null)} />
      ) : null}
      {dialog === 'other' ? <OtherDialog dossier={dossier} onClose={() => setDialog(null)} /> : null}
      {dialog === 'supplement' ? (
        <SupplementDialog dossier={dossier} draft={draft} stage="appraisal" onClose={() => setDialog(null)} />
      ) : null}
    </section>
  );
}

const MONEY: Readonly<Record<DossierView['axes']['money'], readonly [Tone, string, string]>> = {
  none: ['off', 'Không có phí', 'No fee'],
  due: ['wait', 'Chưa thu', 'Fee due'],
  paid: ['ok', 'Đã thu', 'Paid'],
  cancelled: ['off', 'Đã hủy thu', 'Cancelled'],
  refunded: ['off', 'Đã hoàn', 'Refunded'],
};
const PAPER: Readonly<Record<DossierView['axes']['paper'], readonly [Tone, string, string]>> = {
  none: ['off', 'Không có bản giấy', 'No paper'],
  counter: ['work', 'Giấy tờ ở quầy', 'Papers at the counter'],
  agency: ['wait', 'Giấy tờ ở cơ quan', 'Papers at the agency'],
  'result-at-counter': ['ok', 'Kết quả ở quầy', 'Result at the counter'],
  citizen: ['ok', 'Công dân đã nhận', 'With the citizen'],
};
const SYNC: Readonly<Record<DossierView['axes']['sync'], readonly [Tone, string, string]>> = {
  local: ['off', 'Chỉ ở máy này', 'Only here'],
  queued: ['wait', 'Chờ gửi tỉnh', 'Waiting to be sent'],
  acknowledged: ['ok', 'Tỉnh đã nhận', 'At the province'],
  rejected: ['bad', 'Tỉnh trả lại', 'Refused by the province'],
  reconciled: ['ok', 'Đã đối chiếu', 'Reconciled'],
};

function Axes({ dossier }: { dossier: DossierView }) {
  const say = useSay();
  const { axes } = dossier;
  const business: Tone =
    axes.business === 'finished' || axes.business === 'returned'
      ? 'ok'
      : axes.business === 'refused' || axes.business === 'discontinued'
        ? 'bad'
        : axes.business === 'supplement'
          ? 'park'
          : 'work';
  return (
    <p className="axes">
      <State tone={business}>{dossier.statusText}</State>
      {[MONEY[axes.money], PAPER[axes.paper], SYNC[axes.sync]].map(([tone, vi, en]) => (
        <State key={vi} tone={tone}>
          {say(vi, en)}
        </State>
      ))}
    </p>
  );
}
