import { useEffect, useId, useRef, type ReactNode } from 'react';
import './dialog.css';

/**
 * A question or a form over the page. The browser's own modal dialog keeps the focus inside, closes on Esc and gives the
 * focus back to where it was.
 */
export function Dialog({
  title,
  onClose,
  children,
  wide = false,
}: {
  title: string;
  onClose: () => void;
  children: ReactNode;
  wide?: boolean;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    const origin = document.activeElement;
    dialog?.showModal();
    // React's autoFocus comes too early: nothing in a closed dialog can have the focus.
    dialog?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      dialog?.close();
      if (origin instanceof HTMLElement && origin.isConnected) origin.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      className={wide ? 'dlg wide' : 'dlg'}
      aria-labelledby={titleId}
      onCancel={(event) => {
        // Of a dialog over this one, or of a file chooser in it: not ours.
        if (event.target !== event.currentTarget) return;
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
}
