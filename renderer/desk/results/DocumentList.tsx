import { useState } from 'react';
import type { DossierDocument, DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { dateText, clockText } from '../../shared/time.ts';
import { useDeskData } from '../data/deskData.tsx';
import { useCommand } from '../data/useCommand.ts';
import { PaperDialog } from './PaperDialog.tsx';
import './results.css';

/** The papers of a dossier, newest first; each opens as its page images and prints again. */
export function DocumentList({ dossier }: { dossier: DossierView }) {
  const say = useSay();
  const { run, trouble, dismiss, busy } = useCommand();
  const [open, setOpen] = useState<{ document: DossierDocument; url: string } | null>(null);
  const documents = dossier.documents.filter((document) => document.replacedBy === undefined).sort((a, b) => b.madeAt - a.madeAt);
  if (documents.length === 0) return null;
  const look = (document: DossierDocument) =>
    void run('open', () => client.dossiers.document({ dossierId: dossier.id, documentId: document.id })).then(
      (link) => link && setOpen({ document, url: link.url }),
    );
  const print = (document: DossierDocument) =>
    void run('print', (commandId) => client.documents.print({ commandId, documentId: document.id, copies: 1 }));
  return (
    <section className="docs" aria-label={say('Giấy tờ của hồ sơ', 'Papers of the dossier')}>
      <h2>{say('Giấy tờ đã lập', 'Papers made')}</h2>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      <PrinterNote />
      <ul>
        {documents.map((document) => (
          <li key={document.id}>
            <Icon name="doc" size="s" />
            <span className="m cut">{document.name}</span>
            <span className="small dim nw">{`${clockText(document.madeAt)} ${dateText(document.madeAt)}`}</span>
            <button
              type="button"
              className="btn sm"
              aria-disabled={busy !== null}
              onClick={() => look(document)}
              aria-label={say(`Xem: ${document.name}`, `Look at: ${document.name}`)}
            >
              {say('Xem', 'Look')}
            </button>
            <button
              type="button"
              className="btn sm"
              aria-disabled={busy !== null}
              onClick={() => print(document)}
              aria-label={say(`In: ${document.name}`, `Print: ${document.name}`)}
            >
              <Icon name="print" size="s" />
              {say('In', 'Print')}
            </button>
          </li>
        ))}
      </ul>
      {open ? <PaperDialog name={open.document.name} url={open.url} sha256={open.document.sha256} onClose={() => setOpen(null)} /> : null}
    </section>
  );
}

/** A paper is not on paper because it was made: says when the A4 printer is missing or wants a hand. */
function PrinterNote() {
  const say = useSay();
  const { devices } = useDeskData();
  if (!devices.data) return null;
  const printer = devices.data.find((device) => device.kind === 'a4-printer');
  if (printer?.state === 'ready' || printer?.state === 'busy' || printer?.state === 'connecting') return null;
  return (
    <p className="small warn" role="status">
      <Icon name="warn" size="s" />{' '}
      {printer
        ? say(`${printer.vi} Giấy chưa in được sẽ nằm chờ ở máy in.`, `${printer.en} Papers wait at the printer.`)
        : say(
            'Chưa cài máy in A4: giấy tờ dưới đây chưa được in. Bấm Xem để mở.',
            'No A4 printer is set up: the papers below were not printed. Look at them instead.',
          )}
    </p>
  );
}
