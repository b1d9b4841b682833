import { useEffect, useState } from 'react';
import type { CounterView } from '../../../main/contract/queue.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useSystem } from '../../shared/system.tsx';
import { useSession } from '../data/session.tsx';
import { useCommand } from '../data/useCommand.ts';

/** Before the first call of the shift: which counter is this? The station's own one is taken without asking. */
export function ChooseCounter({ waiting }: { waiting: boolean }) {
  const say = useSay();
  const { run, busy, trouble, dismiss } = useCommand();
  const station = useSystem().counterId;
  const own = useSession().counterId ?? station;
  const [counters, setCounters] = useState<readonly CounterView[] | null>(null);

  useEffect(() => {
    if (waiting) return;
    client.queue.counters().then(
      (all) => {
        setCounters(all);
        const mine = all.find((counter) => counter.counterId === own);
        if (mine) void run('take', (commandId) => client.queue.takeCounter({ commandId, counterId: mine.counterId }));
      },
      () => setCounters(null),
    );
  }, [waiting, own, run]);

  return (
    <main className="page choose" tabIndex={-1}>
      <h1>
        {counters === null || busy
          ? say('Đang nhận quầy…', 'Taking the counter…')
          : say('Anh/chị ngồi quầy nào?', 'Which counter do you sit at?')}
      </h1>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      <ul>
        {(counters ?? []).map((counter) => (
          <li key={counter.counterId}>
            <button
              type="button"
              className="btn"
              aria-disabled={busy !== null}
              onClick={() => void run('take', (commandId) => client.queue.takeCounter({ commandId, counterId: counter.counterId }))}
            >
              {say(`Quầy ${counter.label}`, `Counter ${counter.label}`)}
              <span className="small dim">{counter.officerName ?? say('trống', 'free')}</span>
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}
