import { useState } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client, serverNow } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { DateField, TimeField } from '../../shared/parts/DateField.tsx';
import { FormDialog } from '../../shared/parts/FormDialog.tsx';
import { clockText, dayOf } from '../../shared/time.ts';
import type { Draft } from './useDraft.ts';

/** Vietnam's wall clock as epoch ms; the offset is fixed. */
const instantOf = (day: string, time: string): number => Date.parse(`${day}T${time}:00+07:00`);

/** Moves the promise before acceptance; the law that allows it is asked for. */
export function DueDialog({ dossier, draft, onClose }: { dossier: DossierView; draft: Draft; onClose: () => void }) {
  const say = useSay();
  const [day, setDay] = useState(dossier.due ? dossier.due.day : dayOf(dossier.savedAt));
  const [time, setTime] = useState(dossier.due ? clockText(dossier.due.dueAt) : '16:30');
  const [basis, setBasis] = useState('');
  return (
    <FormDialog
      title={say('Đổi ngày hẹn', 'Change the due date')}
      explain={dossier.due?.explanation}
      confirm={say('Đổi ngày hẹn', 'Change')}
      busy={draft.busy}
      trouble={draft.trouble}
      onClose={onClose}
      onSubmit={() => draft.send((order) => client.dossiers.setDue({ ...order, dueAt: instantOf(day, time), basis: basis.trim() }))}
    >
      <label>
        {say('Ngày trả', 'Day')}
        <DateField name="day" value={day} onChange={setDay} min={dayOf(serverNow())} autofocus />
      </label>
      <label>
        {say('Giờ', 'Time')}
        <TimeField name="time" value={time} onChange={setTime} />
      </label>
      <label>
        {say('Căn cứ pháp lý', 'Legal basis')}
        <input className="in" value={basis} onChange={(event) => setBasis(event.target.value)} required minLength={3} maxLength={500} />
      </label>
    </FormDialog>
  );
}
