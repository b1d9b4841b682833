import { useEffect, useRef } from 'react';
import { useLanguage } from '../../shared/language.tsx';
import type { IconName } from '../../shared/parts/Icon.tsx';
import { State } from '../../shared/parts/State.tsx';
import { ageText } from '../../shared/time.ts';
import type { OutboxRow } from './outboxState.ts';

const ICONS: Readonly<Record<OutboxRow['state'], IconName>> = {
  ready: 'doc',
  'sending-files': 'up',
  submitted: 'clock',
  unknown: 'help',
  acknowledged: 'okc',
  reconciled: 'okc',
  'waiting-retry': 'clock',
  'waiting-order': 'pause',
  'waiting-sign-in': 'key',
  'waiting-hours': 'clock',
  paused: 'pause',
  refused: 'bad',
  'needs-file': 'scan',
  moved: 'right',
  superseded: 'minus',
};
export const iconOf = (state: OutboxRow['state']): IconName => ICONS[state];

interface OutboxTableProps {
  readonly rows: readonly OutboxRow[];
  readonly now: number;
  readonly selected: string | null;
  readonly stale: boolean;
  /** Rows were asked for by their code: the field keeps the focus. */
  readonly searching: boolean;
  readonly onSelect: (id: string) => void;
  readonly onAct: (row: OutboxRow) => void;
}

/** Every row has "vì sao" and "cần làm"; "Không cần làm gì" is an answer. Arrows move, Enter does what the row needs. */
export function OutboxTable({ rows, now, selected, stale, searching, onSelect, onAct }: OutboxTableProps) {
  const { language, say } = useLanguage();
  const body = useRef<HTMLTableSectionElement>(null);
  const any = rows.length > 0;
  useEffect(() => {
    if (any && !searching) body.current?.querySelector<HTMLElement>('button.rowpick')?.focus();
  }, [any, searching]);
  const step = (from: HTMLElement, by: number) => {
    const all = [...(body.current?.querySelectorAll<HTMLElement>('button.rowpick') ?? [])];
    const next = all[all.indexOf(from) + by];
    next?.focus();
  };
  if (!any)
    return (
      <p className="empty">
        {searching
          ? say('Không có hồ sơ nào với mã này trong các việc gửi tỉnh.', 'No dossier with this code was sent or is waiting.')
          : say('Không còn việc nào chờ. Hồ sơ mới tự gửi khi tiếp nhận xong.', 'Nothing waits. New dossiers are sent by themselves.')}
      </p>
    );
  return (
    <div className="scroll">
      <table className="list" aria-busy={stale}>
        <colgroup>
          <col className="k1" />
          <col className="k2" />
          <col className="k3" />
          <col />
          <col className="k5" />
        </colgroup>
        <thead>
          <tr>
            <th>{say('Trạng thái', 'State')}</th>
            <th>{say('Hồ sơ', 'Dossier')}</th>
            <th>{say('Đã chờ', 'Waited')}</th>
            <th>{say('Vì sao', 'Why')}</th>
            <th className="r">{say('Cần làm', 'To do')}</th>
          </tr>
        </thead>
        <tbody ref={body}>
          {rows.map((row) => (
            <tr key={row.id} className={row.id === selected ? 'on' : ''} onClick={() => onSelect(row.id)}>
              <td>
                <State tone={row.tone} icon={iconOf(row.state)}>
                  {row.stateText[language]}
                </State>
                {row.progress && row.state === 'sending-files' ? (
                  <div className="pg">
                    <i style={{ width: `${row.progress.percent}%` }} />
                  </div>
                ) : null}
              </td>
              <td>
                <button
                  type="button"
                  className="rowpick code m"
                  onFocus={() => onSelect(row.id)}
                  onKeyDown={(event) => {
                    if (event.key === 'ArrowDown') step(event.currentTarget, 1);
                    else if (event.key === 'ArrowUp') step(event.currentTarget, -1);
                    else if (event.key === 'Enter' && !event.ctrlKey && row.remedy.action !== 'none') onAct(row);
                    else return;
                    event.preventDefault();
                  }}
                >
                  {row.code}
                </button>
                <small className="cut">
                  {row.kindText[language]}, {row.applicantName}
                </small>
              </td>
              <td className="age">
                <span className={row.needsPerson ? 'bad' : ''}>{ageText((row.acknowledgedAt ?? now) - row.enqueuedAt, language)}</span>
              </td>
              <td>{row.why[language]}</td>
              <td className="r">
                {row.remedy.action === 'none' ? (
                  <span className="small dim">{row.remedy[language]}</span>
                ) : (
                  <button type="button" className="btn sm" tabIndex={-1} onClick={() => onAct(row)}>
                    {row.remedy[language]}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
