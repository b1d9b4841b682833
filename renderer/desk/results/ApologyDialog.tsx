import { useState } from 'react';
import { client, serverNow } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { DateField } from '../../shared/parts/DateField.tsx';
import { FormDialog } from '../../shared/parts/FormDialog.tsx';
import { dayOf } from '../../shared/time.ts';
import { useCommand } from '../data/useCommand.ts';

const DAY_MS = 86_400_000;

/** Mẫu 04, once per dossier: why it is late, when it will be ready, who signs the apology. */
export function ApologyDialog({ dossierId, dueAt, onClose }: { dossierId: string; dueAt: number | null; onClose: () => void }) {
  const say = useSay();
  const { run, busy, trouble } = useCommand();
  const [reason, setReason] = useState('');
  const [signer, setSigner] = useState('');
  const [day, setDay] = useState(() => dayOf(Math.max(serverNow(), dueAt ?? 0) + DAY_MS));
  return (
    <FormDialog
      title={say('Xin lỗi và hẹn lại', 'Apologise and set a new day')}
      explain={say('Chỉ được xin lỗi, gia hạn một lần cho mỗi hồ sơ.', 'Only once for each dossier.')}
      confirm={say('Lập thư, in', 'Write and print')}
      busy={busy !== null}
      trouble={trouble}
      onClose={onClose}
      onSubmit={() =>
        run('apologise', (commandId) =>
          client.dossiers.apologise({
            commandId,
            dossierId,
            reason: reason.trim(),
            newDueAt: Date.parse(`${day}T16:30:00+07:00`),
            signer: signer.trim(),
          }),
        )
      }
    >
      <label>
        {say('Lý do chậm', 'Why it is late')}
        <textarea className="in" value={reason} onChange={(event) => setReason(event.target.value)} required minLength={3} data-autofocus />
      </label>
      <label>
        {say('Ngày trả mới (16:30)', 'New day (16:30)')}
        <DateField name="day" value={day} onChange={setDay} min={dayOf(serverNow())} />
      </label>
      <label>
        {say('Người ký thư', 'Who signs')}
        <input className="in" value={signer} onChange={(event) => setSigner(event.target.value)} required minLength={2} maxLength={120} />
      </label>
    </FormDialog>
  );
}
