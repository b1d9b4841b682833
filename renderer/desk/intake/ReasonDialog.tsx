import { useState, type FormEvent } from 'react';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';

interface ReasonDialogProps {
  readonly title: string;
  readonly explain: string;
  readonly reasonLabel: string;
  readonly basisLabel?: string;
  readonly confirm: string;
  readonly onClose: () => void;
  readonly onConfirm: (reason: string, basis: string) => void;
}

/** A question for what cannot be undone: the reason in words, the legal basis where the law wants one. */
export function ReasonDialog({ title, explain, reasonLabel, basisLabel, confirm, onClose, onConfirm }: ReasonDialogProps) {
  const say = useSay();
  const [reason, setReason] = useState('');
  const [basis, setBasis] = useState('');
  const ready = reason.trim().length >= 3 && (basisLabel === undefined || basis.trim().length >= 3);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (ready) onConfirm(reason.trim(), basis.trim());
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={submit}>
        <p>{explain}</p>
        <div className="fields">
          <label>
            {reasonLabel}
            <textarea
              className="in"
              value={reason}
              onChange={(event) => setReason(event.target.value)}
              required
              minLength={3}
              data-autofocus
            />
          </label>
          {basisLabel === undefined ? null : (
            <label>
              {basisLabel}
              <input className="in" value={basis} onChange={(event) => setBasis(event.target.value)} required minLength={3} />
            </label>
          )}
        </div>
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Thôi', 'Cancel')}
          </button>
          <button type="submit" className="btn no" disabled={!ready}>
            {confirm}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
