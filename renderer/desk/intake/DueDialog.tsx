import { useState, type FormEvent } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
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
  const ready = /^\d{4}-\d{2}-\d{2}$/.test(day) && /^\d{2}:\d{2}$/.test(time) && basis.trim().length >= 3;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    void draft.send((order) => client.dossiers.setDue({ ...order, dueAt: instantOf(day, time), basis: basis.trim() }));
    onClose();
  };
  return (
    <Dialog title={say('Đổi ngày hẹn', 'Change the due date')} onClose={onClose}>
      <form onSubmit={submit}>
        <p className="small dim">{dossier.due?.explanation}</p>
        <div className="fields">
          <label>
            {say('Ngày trả', 'Day')}
            <input className="in" type="date" value={day} onChange={(event) => setDay(event.target.value)} data-autofocus />
          </label>
          <label>
            {say('Giờ', 'Time')}
            <input className="in" type="time" value={time} onChange={(event) => setTime(event.target.value)} />
          </label>
          <label>
            {say('Căn cứ pháp lý', 'Legal basis')}
            <input className="in" value={basis} onChange={(event) => setBasis(event.target.value)} />
          </label>
        </div>
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Thôi', 'Cancel')}
          </button>
          <button type="submit" className="btn go" disabled={!ready}>
            {say('Đổi ngày hẹn', 'Change')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
