import { useState } from 'react';
import type { KioskView } from '../../../main/contract/queue.ts';
import { client } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';

/** Priority for somebody who did not ask for it at the kiosk. The reason is recorded, so it is chosen, never assumed. */
export function PriorityReasons({ given, onChoose }: { given: string | undefined; onChoose: (reasonId: string) => void }) {
  const { language, say } = useLanguage();
  const [reasons, setReasons] = useState<KioskView['priorityReasons'] | null>(null);
  if (given !== undefined) return <p className="small">{say(`Ưu tiên: ${given}`, `Priority: ${given}`)}</p>;
  const ask = () =>
    client.queue.services().then(
      (view) => setReasons(view.priorityReasons),
      () => setReasons([]),
    );
  if (reasons === null)
    return (
      <div className="row">
        <button type="button" className="btn soft" onClick={() => void ask()}>
          {say('Ưu tiên…', 'Priority…')}
        </button>
      </div>
    );
  return (
    <fieldset className="reasons">
      <legend>{say('Ưu tiên vì', 'Priority because')}</legend>
      {reasons.map((reason) => (
        <button key={reason.id} type="button" className="btn" onClick={() => onChoose(reason.id)}>
          {reason[language]}
        </button>
      ))}
    </fieldset>
  );
}
