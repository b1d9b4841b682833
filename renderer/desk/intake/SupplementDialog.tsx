import { useState, type FormEvent } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import type { Draft } from './useDraft.ts';

type Stage = DossierView['supplements'][number]['stage'];

/** Everything that is missing, asked for once (Mẫu 02). What the checklist knows to be missing is filled in. */
export function SupplementDialog({
  dossier,
  draft,
  stage,
  onClose,
}: {
  dossier: DossierView;
  draft: Pick<Draft, 'send'>;
  stage: Stage;
  onClose: () => void;
}) {
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
  const ready = list.length > 0 && reason.trim().length >= 3 && basis.trim().length >= 3;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    void draft.send((order) =>
      client.dossiers.requestSupplement({
        ...order,
        items: list,
        reason: reason.trim(),
        basis: basis.trim(),
        guidance: guidance.trim(),
        stage,
      }),
    );
    onClose();
  };
  return (
    <Dialog title={say('Yêu cầu bổ sung', 'Request a supplement')} onClose={onClose} wide>
      <form onSubmit={submit}>
        <p className="small dim">
          {say('Ghi một lần cho đủ; công dân nhận phiếu hướng dẫn (Mẫu 02).', 'Ask for everything at once; the citizen receives the form.')}
        </p>
        <div className="fields">
          <label>
            {say('Giấy tờ, nội dung cần bổ sung, mỗi dòng một mục', 'What is needed, one item per line')}
            <textarea className="in" value={items} onChange={(event) => setItems(event.target.value)} data-autofocus />
          </label>
          <label>
            {say('Lý do', 'Reason')}
            <input className="in" value={reason} onChange={(event) => setReason(event.target.value)} />
          </label>
          <label>
            {say('Căn cứ pháp lý', 'Legal basis')}
            <input className="in" value={basis} onChange={(event) => setBasis(event.target.value)} />
          </label>
          <label>
            {say('Hướng dẫn thêm (nếu có)', 'Further guidance (if any)')}
            <input className="in" value={guidance} onChange={(event) => setGuidance(event.target.value)} />
          </label>
        </div>
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Thôi', 'Cancel')}
          </button>
          <button type="submit" className="btn go" disabled={!ready}>
            {say('Yêu cầu bổ sung, in phiếu', 'Request and print')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
