import type { FormEvent, ReactNode } from 'react';
import type { Trouble } from '../answer.ts';
import { useSay } from '../language.tsx';
import { Dialog } from './Dialog.tsx';
import { TroubleNote } from './TroubleNote.tsx';

interface FormDialogProps {
  readonly title: string;
  readonly explain?: ReactNode;
  readonly confirm: string;
  /** For what cannot be undone. */
  readonly danger?: boolean;
  readonly wide?: boolean;
  readonly busy?: boolean;
  readonly trouble: Trouble | null;
  readonly onClose: () => void;
  /** Answers undefined when it was refused: the form stays open, with what was typed and with the reason. */
  readonly onSubmit: () => Promise<unknown>;
  readonly children: ReactNode;
}

/** A short form over the page. Nothing that was typed is lost to a refusal; a wrong field is named by the browser, in our words. */
export function FormDialog({ title, explain, confirm, danger, wide, busy, trouble, onClose, onSubmit, children }: FormDialogProps) {
  const say = useSay();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    void onSubmit().then((answer) => {
      if (answer !== undefined) onClose();
    });
  };
  return (
    <Dialog title={title} onClose={onClose} wide={wide ?? false}>
      <form onSubmit={submit} autoComplete="off">
        {explain === undefined ? null : <p className="small dim">{explain}</p>}
        <div className="fields">{children}</div>
        {trouble ? <TroubleNote trouble={trouble} /> : null}
        <div className="row">
          <button type="button" className="btn lead" onClick={onClose}>
            {say('Thôi', 'Cancel')}
          </button>
          <button type="submit" className={`btn ${danger ? 'no' : 'go'}`} aria-disabled={busy ?? false}>
            {confirm}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
