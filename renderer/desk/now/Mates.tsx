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
  return (
    <div className="mates">
      {view.colleagues.map((counter) => {
        const since = counter.current?.startedAt ?? counter.current?.calledAt;
        return (
          <span key={counter.counterId}>
            {say(`Quầy ${counter.label}`, `Counter ${counter.label}`)}{' '}
            {counter.current ? (
              <>
                <b>{spaced(counter.current.text)}</b> {since === undefined ? '' : runningText(now - since)}
              </>
            ) : (
              <b>{counter.open ? say('trống', 'free') : say('nghỉ', 'closed')}</b>
            )}
          </span>
        );
      })}
    </div>
  );
}
