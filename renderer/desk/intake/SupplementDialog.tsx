import { useState } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { FormDialog } from '../../shared/parts/FormDialog.tsx';
import type { Draft } from './useDraft.ts';

type Stage = DossierView['supplements'][number]['stage'];

interface SupplementDialogProps {
  readonly dossier: DossierView;
  readonly draft: Pick<Draft, 'send' | 'busy' | 'trouble'>;
  readonly stage: Stage;
  readonly onClose: () => void;
}

/** Everything that is missing, asked for once (Mẫu 02). What the checklist knows to be missing is filled in. */
export function SupplementDialog({ dossier, draft, stage, onClose }: SupplementDialogProps) {
  const say = useSay();
  const missing = dossier.components
    .filter((one) => one.required && (one.state === 'missing' || one.state === 'absent'))
    .map((one) => one.name);
  const [items, setItems] = useState(missing.join('\n'));
  const [reason, setReason] = useState('');
  const [basis, setBasis] = useState('Điều 17 Nghị định số 118/2025/NĐ-CP');
  const [guidance, setGuidance] = useState('');
  const list = items
    .split('\n')
    .map((item) => item.trim())
    .filter((item) => item.length >= 2);
  return (
    <FormDialog
      title={say('Yêu cầu bổ sung', 'Request a supplement')}
      explain={say(
        'Ghi một lần cho đủ; công dân nhận phiếu hướng dẫn (Mẫu 02).',
        'Ask for everything at once; the citizen receives the form.',
      )}
      confirm={say('Yêu cầu bổ sung, in phiếu', 'Request and print')}
      wide
      busy={draft.busy}
      trouble={draft.trouble}
      onClose={onClose}
      onSubmit={() =>
        draft.send((order) =>
          client.dossiers.requestSupplement({
            ...order,
            items: list,
            reason: reason.trim(),
            basis: basis.trim(),
            guidance: guidance.trim(),
            stage,
          }),
        )
      }
    >
      <label>
        {say('Giấy tờ, nội dung cần bổ sung, mỗi dòng một mục', 'What is needed, one item per line')}
        <textarea className="in" value={items} onChange={(event) => setItems(event.target.value)} required minLength={2} data-autofocus />
      </label>
      <label>
        {say('Lý do', 'Reason')}
        <input className="in" value={reason} onChange={(event) => setReason(event.target.value)} required minLength={3} maxLength={2000} />
      </label>
      <label>
        {say('Căn cứ pháp lý', 'Legal basis')}
        <input className="in" value={basis} onChange={(event) => setBasis(event.target.value)} required minLength={3} maxLength={500} />
      </label>
      <label>
        {say('Hướng dẫn thêm (nếu có)', 'Further guidance (if any)')}
        <input className="in" value={guidance} onChange={(event) => setGuidance(event.target.value)} maxLength={2000} />
      </label>
    </FormDialog>
  );
}
