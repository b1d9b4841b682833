import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { useLanguage } from '../../shared/language.tsx';
import { shortDay } from '../../shared/time.ts';
import { dueCells, type DueCell } from './dueCells.ts';

/** Always date, hour, weekday and the days that were counted; a day off shows its name. */
export function DueDate({ dossier, onChange }: { dossier: DossierView; onChange?: () => void }) {
  const { language, say } = useLanguage();
  const { due } = dossier;
  if (!due) return null;
  const words = (cell: DueCell): string => {
    if (cell.kind === 'counted' && cell.first !== cell.last)
      return say(`Ngày ${cell.first.number}–${cell.last.number}`, `Days ${cell.first.number}–${cell.last.number}`);
    if (cell.kind === 'counted') return say(`Ngày ${cell.first.number}`, `Day ${cell.first.number}`);
    if (cell.kind === 'due')
      return cell.first.number ? say(`Ngày ${cell.first.number}: trả`, `Day ${cell.first.number}: due`) : say('Trả', 'Due');
    // A weekend is both of its days.
    return cell.first.label === cell.last.label ? cell.first.label : `${cell.first.label} – ${cell.last.label}`;
  };
  return (
    <div className="money d">
      <div className="h due">
        <h2>{say('Hẹn trả', 'Due')}</h2>
        <b>{due.text}</b>
        {onChange ? (
          <button type="button" className="link" onClick={onChange}>
            {say('Đổi ngày hẹn', 'Change')}
          </button>
        ) : null}
      </div>
      <ol className="days">
        {dueCells(due.days).map((cell) => (
          <li key={cell.first.day} className={cell.kind === 'off' ? 'offd' : cell.kind === 'due' ? 'end' : ''} title={cell.first.label}>
            <b>{cell.first === cell.last ? shortDay(cell.first.day, language) : runText(cell)}</b>
            <span className="cut">{words(cell)}</span>
          </li>
        ))}
      </ol>
      <p className="small dim" title={due.explanation}>
        {due.explanation}
      </p>
      {due.warnings.map((warning) => (
        <p key={warning} className="small warn">
          {warning}
        </p>
      ))}
    </div>
  );
}

/** A run of days: "25–26/11", or "30/11–02/12" over the end of a month. */
const runText = ({ first, last }: DueCell): string =>
  first.day.slice(0, 7) === last.day.slice(0, 7)
    ? `${first.day.slice(8)}–${last.day.slice(8)}/${last.day.slice(5, 7)}`
    : `${first.day.slice(8)}/${first.day.slice(5, 7)}–${last.day.slice(8)}/${last.day.slice(5, 7)}`;
