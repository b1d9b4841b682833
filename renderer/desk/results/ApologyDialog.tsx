import { useState, type FormEvent } from 'react';
import { client, serverNow } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { dayOf } from '../../shared/time.ts';
import { useCommand } from '../data/useCommand.ts';

const DAY_MS = 86_400_000;

/** Mẫu 04, once per dossier: why it is late, when it will be ready, who signs the apology. */
export function ApologyDialog({ dossierId, dueAt, onClose }: { dossierId: string; dueAt: number | null; onClose: () => void }) {
  const say = useSay();
  const { run, busy, trouble, dismiss } = useCommand();
  const [reason, setReason] = useState('');
  const [signer, setSigner] = useState('');
  const [day, setDay] = useState(() => dayOf(Math.max(serverNow(), dueAt ?? 0) + DAY_MS));
  const ready = reason.trim().length >= 3 && signer.trim().length >= 2 && /^\d{4}-\d{2}-\d{2}$/.test(day) && busy === null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    const newDueAt = Date.parse(`${day}T16:30:00+07:00`);
    void run('apologise', (commandId) =>
      client.dossiers.apologise({ commandId, dossierId, reason: reason.trim(), newDueAt, signer: signer.trim() }),
    ).then((done) => done && onClose());
  };
  return (
    <Dialog title={say('Xin lỗi và hẹn lại', 'Apologise and set a new day')} onClose={onClose}>
      <form onSubmit={submit}>
        <p className="small dim">{say('Chỉ được xin lỗi, gia hạn một lần cho mỗi hồ sơ.', 'Only once for each dossier.')}</p>
        <div className="fields">
          <label>
            {say('Lý do chậm', 'Why it is late')}
            <textarea className="in" value={reason} onChange={(event) => setReason(event.target.value)} data-autofocus />
          </label>
          <label>
            {say('Ngày trả mới (16:30)', 'New day (16:30)')}
            <input className="in" type="date" value={day} onChange={(event) => setDay(event.target.value)} />
          </label>
          <label>
            {say('Người ký thư', 'Who signs')}
            <input className="in" value={signer} onChange={(event) => setSigner(event.target.value)} />
          </label>
        </div>
        {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Thôi', 'Cancel')}
          </button>
          <button type="submit" className="btn go" disabled={!ready}>
            {say('Lập thư, in', 'Write and print')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
