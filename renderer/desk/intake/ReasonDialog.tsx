import { useState } from 'react';
import type { Trouble } from '../../shared/answer.ts';
import { FormDialog } from '../../shared/parts/FormDialog.tsx';

interface ReasonDialogProps {
  readonly title: string;
  readonly explain: string;
  readonly reasonLabel: string;
  readonly basisLabel?: string;
  readonly confirm: string;
  readonly busy?: boolean;
  readonly trouble?: Trouble | null;
  readonly onClose: () => void;
  /** A promise answers undefined when it was refused; without one the caller closes the dialog. */
  readonly onConfirm: (reason: string, basis: string) => Promise<unknown> | void;
}

/** A question for what cannot be undone: the reason in words, the legal basis where the law wants one. */
export function ReasonDialog({ reasonLabel, basisLabel, onConfirm, trouble = null, ...form }: ReasonDialogProps) {
  const [reason, setReason] = useState('');
  const [basis, setBasis] = useState('');
  return (
    <FormDialog {...form} trouble={trouble} danger onSubmit={async () => onConfirm(reason.trim(), basis.trim())}>
      <label>
        {reasonLabel}
        <textarea className="in" value={reason} onChange={(event) => setReason(event.target.value)} required minLength={3} data-autofocus />
      </label>
      {basisLabel === undefined ? null : (
        <label>
          {basisLabel}
          <input className="in" value={basis} onChange={(event) => setBasis(event.target.value)} required minLength={3} />
        </label>
      )}
    </FormDialog>
  );
}
