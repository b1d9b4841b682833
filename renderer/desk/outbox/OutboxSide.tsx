import { useEffect, useState, type RefObject } from 'react';
import { client } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { Key } from '../../shared/parts/Key.tsx';
import { State } from '../../shared/parts/State.tsx';
import { clockSeconds, clockText, whenText } from '../../shared/time.ts';
import { go } from '../data/route.ts';
import { read } from '../data/read.ts';
import { iconOf } from './OutboxTable.tsx';
import type { OutboxRow, OutboxShow } from './outboxState.ts';

type Evidence = Awaited<ReturnType<typeof client.delivery.evidence>>;
const WAY_ICONS = { ok: 'okc', bad: 'bad', wait: 'clock', next: 'dot' } as const;

interface SideProps {
  readonly row: OutboxRow;
  readonly now: number;
  readonly onAct: () => void;
  /** Sends a refused piece of work once more as it is. */
  readonly onAgain: () => void;
  /** The page's Ctrl+I opens this panel's evidence. */
  readonly evidence: RefObject<() => void>;
}

/** One piece of work told in full: why, what to do, what it means for the citizen, its way so far and what comes. */
export function OutboxSide({ row, now, onAct, onAgain, evidence }: SideProps) {
  const { language, say } = useLanguage();
  const [show, setShow] = useState<OutboxShow | null>(null);
  const [replies, setReplies] = useState<Evidence | null>(null);
  const stamp = `${row.state}${row.attempts}${row.progress?.filesDone ?? ''}`;
  useEffect(() => {
    return read(() => client.delivery.show({ id: row.id }), setShow);
  }, [row.id, stamp]);
  const openEvidence = () => {
    read(() => client.delivery.evidence({ id: row.id }), setReplies);
  };
  evidence.current = openEvidence;
  return (
    <aside className="side" aria-label={say('Chi tiết', 'Details')}>
      <div className="scroll sidebody" tabIndex={0} role="group" aria-label={say('Vì sao và cần làm', 'Why and what to do')}>
        <div>
          <State tone={row.tone} icon={iconOf(row.state)}>
            {row.stateText[language]}
          </State>
          <h2 className="code">{row.code}</h2>
          <p className="dim small">
            {row.procedureName}, {row.applicantName}
          </p>
        </div>
        <div className={`why ${row.tone}`}>
          <p>
            <b>{say('Vì sao: ', 'Why: ')}</b>
            {row.why[language]}
          </p>
          <p>
            <b>{say('Cần làm: ', 'To do: ')}</b>
            {row.remedy[language]}
          </p>
          {show ? (
            <p>
              <b>{say('Công dân: ', 'Citizen: ')}</b>
              {show.citizen[language]}
            </p>
          ) : null}
        </div>
        <ol className="tl">
          {(show?.way ?? []).map((step, index) => (
            <li key={`${index}${step.vi}`} className={step.tone === 'next' ? 'nxt' : step.tone}>
              <span>{step.at === null ? '' : clockText(step.at)}</span>
              <Icon name={WAY_ICONS[step.tone]} size="s" />
              <span>{step[language]}</span>
            </li>
          ))}
        </ol>
        {(show?.files ?? []).some((file) => file.problem) ? (
          <ul className="small bad">
            {show?.files
              .filter((file) => file.problem)
              .map((file) => (
                <li key={file.name}>{`${file.name}: ${file.problem?.[language] ?? ''}`}</li>
              ))}
          </ul>
        ) : null}
      </div>
      <div className="btns">
        {row.remedy.action === 'none' ? null : (
          <button type="button" className="btn go" onClick={onAct}>
            {row.remedy[language]} <kbd>Enter</kbd>
          </button>
        )}
        {row.state === 'refused' || row.state === 'needs-file' ? (
          <button type="button" className="btn" onClick={onAgain}>
            <Icon name="run" size="s" />
            {say('Gửi lại như cũ', 'Send again as it is')}
          </button>
        ) : null}
        <button type="button" className="btn" onClick={() => go('results', row.dossierId)}>
          <Icon name="doc" size="s" />
          {say('Xem hồ sơ', 'Open the dossier')}
        </button>
        <button type="button" className="btn" onClick={openEvidence}>
          {say('Xem trả lời gốc của tỉnh', "The province's own reply")} <Key action="evidence" />
        </button>
      </div>
      {replies ? (
        <Dialog title={say('Trả lời gốc của tỉnh', "The province's own replies")} onClose={() => setReplies(null)} wide>
          <ol className="replies" tabIndex={0}>
            {replies.map((reply) => (
              <li key={reply.id}>
                <p>
                  <b>{`${whenText(reply.at, now)} ${clockSeconds(reply.at).slice(-2)}″`}</b> {reply.step},{' '}
                  {reply.status ?? say('không trả lời', 'no reply')}, {reply.tookMs} ms. {reply.outcome[language]}
                </p>
                <pre>{reply.reply}</pre>
              </li>
            ))}
          </ol>
          {replies.length === 0 ? <p className="dim">{say('Chưa có trả lời nào.', 'No reply yet.')}</p> : null}
          <div className="row">
            <button type="button" className="btn" onClick={() => setReplies(null)} data-autofocus>
              {say('Đóng', 'Close')}
            </button>
          </div>
        </Dialog>
      ) : null}
    </aside>
  );
}
