import type { DeskView } from '../../../main/contract/queue.ts';
import { useSay } from '../../shared/language.tsx';
import { spaced } from '../../shared/ticketText.ts';
import { runningText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';

/** Colleagues' open calls, so that two counters do not wait for one citizen. */
export function Mates({ view }: { view: DeskView }) {
  const say = useSay();
  const now = useNow();
  if (view.colleagues.length === 0) return null;
  const hidden = view.countersOpen - (view.counter.open ? 1 : 0) - view.colleagues.length;
  return (
    <div className="mates">
      {view.colleagues.map(({ counterId, label, call }) => (
        <span key={counterId}>
          {say(`Quầy ${label}`, `Counter ${label}`)}{' '}
          {call ? (
            <>
              <b>{spaced(call.text)}</b> {runningText(now - call.since)}
            </>
          ) : (
            <b>{say('trống', 'free')}</b>
          )}
        </span>
      ))}
      {hidden > 0 ? <span className="dim">{say(`+${hidden} quầy khác đang mở`, `+${hidden} other counters open`)}</span> : null}
    </div>
  );
}
