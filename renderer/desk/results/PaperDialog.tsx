import { lazy, Suspense } from 'react';
import { useSay } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import './results.css';

const PdfPages = lazy(() => import('../sign/PdfPages.tsx').then((module) => ({ default: module.PdfPages })));

interface PaperProps {
  readonly name: string;
  readonly url: string;
  readonly sha256: string;
  readonly onClose: () => void;
}

/** A paper as its page images. */
export function PaperDialog({ name, url, sha256, onClose }: PaperProps) {
  const say = useSay();
  return (
    <Dialog title={name} onClose={onClose} wide>
      <div className="paperview" tabIndex={0} role="group" aria-label={name}>
        <Suspense fallback={<p className="dim">{say('Đang mở trang…', 'Opening…')}</p>}>
          <PdfPages url={url} sha256={sha256} label={name} width={680} />
        </Suspense>
      </div>
      <div className="row">
        <button type="button" className="btn" onClick={onClose} data-autofocus>
          {say('Đóng', 'Close')}
        </button>
      </div>
    </Dialog>
  );
}
