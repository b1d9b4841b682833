import { useState } from 'react';
import type { DossierLine, WorklistsView } from '../../../main/contract/dossier-views.ts';
import { useSay, type Say } from '../../shared/language.tsx';
import { Icon, type IconName } from '../../shared/parts/Icon.tsx';
import { go } from '../data/route.ts';
import { ApologyDialog } from '../results/ApologyDialog.tsx';

type Name = WorklistsView['lists'][number]['name'];
interface Look {
  readonly icon: IconName;
  readonly tone: string;
  readonly rows: number;
}
const LOOKS: Readonly<Record<Name, Look>> = {
  overdue: { icon: 'bad', tone: 'bad', rows: 3 },
  'due-today': { icon: 'cal', tone: 'warn', rows: 4 },
  'to-sign': { icon: 'sign', tone: 'work', rows: 2 },
  'waiting-citizen': { icon: 'tray', tone: 'park', rows: 3 },
  'results-ready': { icon: 'okc', tone: 'ok', rows: 3 },
  drafts: { icon: 'pencil', tone: 'wait', rows: 3 },
  'new-slip': { icon: 'print', tone: 'wait', rows: 2 },
};

const button = (name: Name, say: Say): string => {
  switch (name) {
    case 'overdue':
      return say('Lập thư xin lỗi', 'Write apology');
    case 'to-sign':
      return say('Ký', 'Sign');
    case 'results-ready':
      return say('Trả kết quả', 'Hand over');
    case 'drafts':
      return say('Làm tiếp', 'Continue');
    case 'new-slip':
      return say('In giấy mới', 'New slip');
    default:
      return say('Xem', 'Open');
  }
};

/** Paper work for a quiet minute: what is late, due, to be signed, waiting. */
export function Worklists({ lists }: { lists: WorklistsView | undefined }) {
  const say = useSay();
  const [apology, setApology] = useState<DossierLine | null>(null);
  const [all, setAll] = useState<ReadonlySet<Name>>(new Set());
  const act = (name: Name, line: DossierLine) => {
    if (name === 'overdue') setApology(line);
    else if (name === 'to-sign') go('sign');
    else if (name === 'drafts') go('intake', line.id);
    else go('results', line.id);
  };
  const shown = (lists?.lists ?? []).filter((list) => list.count > 0);
  return (
    <div className="lists scroll">
      {lists && shown.length === 0 ? (
        <p className="empty">
          {say(
            'Không có việc nào đang đợi. Hồ sơ đến hạn, chờ ký hoặc có kết quả sẽ hiện ở đây.',
            'No work waits. What is due, to sign or ready appears here.',
          )}
        </p>
      ) : null}
      {shown.map((list) => {
        const look = LOOKS[list.name];
        const open = all.has(list.name);
        const rows = open ? list.first : list.first.slice(0, look.rows);
        return (
          <section key={list.name} aria-label={list.title}>
            <h2>
              <span className={`st bare ${look.tone}`}>
                <Icon name={look.icon} />
              </span>
              {list.title}
              <span className="n">{list.count}</span>
              {list.count > rows.length ? (
                <button
                  type="button"
                  className="link"
                  onClick={() => {
                    if (list.name === 'to-sign') go('sign');
                    else if (list.first.length > rows.length) setAll((before) => new Set(before).add(list.name));
                    else go('register');
                  }}
                >
                  {say('Xem cả', 'See all')}
                </button>
              ) : null}
            </h2>
            <ul>
              {rows.map((line) => (
                <li key={line.id}>
                  <div className="what">
                    <div className="cut">
                      <span className="code m">{line.title}</span>
                      {'\u2002'}
                      {line.applicant}
                    </div>
                    <div className="cut small dim">{line.procedure}</div>
                  </div>
                  <div className={`why ${look.tone}`}>{line.note}</div>
                  <button
                    type="button"
                    className="btn sm"
                    onClick={() => act(list.name, line)}
                    aria-label={`${button(list.name, say)}: ${line.title}`}
                  >
                    {button(list.name, say)}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        );
      })}
      {apology ? <ApologyDialog dossierId={apology.id} dueAt={apology.dueAt} onClose={() => setApology(null)} /> : null}
    </div>
  );
}
