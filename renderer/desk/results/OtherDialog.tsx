import { useState } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';
import { FormDialog } from '../../shared/parts/FormDialog.tsx';
import { useCommand } from '../data/useCommand.ts';
import { otherSteps, type OtherAction } from './steps.ts';

/** What happens to a dossier beside its usual way: a result signed elsewhere, another agency, the citizen takes it back, its shelf. */
export function OtherDialog({ dossier, onClose }: { dossier: DossierView; onClose: () => void }) {
  const { language, say } = useLanguage();
  const { run, busy, trouble, dismiss } = useCommand();
  const steps = otherSteps(dossier);
  const [action, setAction] = useState<OtherAction>(steps[0]?.action ?? 'shelf');
  const [first, setFirst] = useState('');
  const [second, setSecond] = useState('');
  const step = steps.find((one) => one.action === action) ?? steps[0];
  const [a, b] = [first.trim(), second.trim()];
  const send = (commandId: string) => {
    const order = { commandId, dossierId: dossier.id };
    switch (action) {
      case 'finish':
        return client.dossiers.finish({ ...order, source: a });
      case 'coordinate':
        return client.dossiers.coordinate({ ...order, agency: a, reason: b });
      case 'withdraw':
        return client.dossiers.withdraw({ ...order, reason: a });
      case 'discontinue':
        return client.dossiers.discontinue({ ...order, reason: a, basis: b });
      case 'shelf':
        return client.dossiers.setShelf({ ...order, shelf: a });
    }
  };
  return (
    <FormDialog
      title={say('Việc khác với hồ sơ', 'Something else with this dossier')}
      explain={step?.explain[language]}
      confirm={say('Ghi nhận', 'Record')}
      danger={action === 'withdraw' || action === 'discontinue'}
      busy={busy !== null}
      trouble={trouble}
      onClose={onClose}
      onSubmit={() => run('other', send)}
    >
      <label>
        {say('Việc cần ghi', 'What happened')}
        <select
          className="in"
          value={action}
          onChange={(event) => {
            setAction(event.target.value as OtherAction);
            dismiss();
          }}
          data-autofocus
        >
          {steps.map((one) => (
            <option key={one.action} value={one.action}>
              {one.label[language]}
            </option>
          ))}
        </select>
      </label>
      {(step?.fields ?? []).map((field, index) => (
        <label key={`${action}${field.vi}`}>
          {field[language]}
          <input
            className="in"
            value={index === 0 ? first : second}
            onChange={(event) => (index === 0 ? setFirst : setSecond)(event.target.value)}
            required={action !== 'shelf'}
            minLength={action === 'shelf' ? 0 : 3}
            maxLength={action === 'shelf' ? 60 : 200}
          />
        </label>
      ))}
    </FormDialog>
  );
}
