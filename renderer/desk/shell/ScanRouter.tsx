import { useEffect, useRef, useState } from 'react';
import type { Scan } from '../../../main/contract/devices.ts';
import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { client } from '../../shared/client.ts';
import { newCommandId } from '../../shared/ids.ts';
import { useSay } from '../../shared/language.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { openDraft } from '../data/openDraft.ts';
import { go } from '../data/route.ts';
import { useService } from '../data/service.tsx';
import { TicketDialog } from '../now/TicketDialog.tsx';
import { SecondCardDialog, type SecondCard } from './SecondCardDialog.tsx';
import { cardFieldsOf, followScans } from './scans.ts';
import { listenForWedge } from './wedge.ts';

/** Any scan anywhere goes where it belongs, whatever has the focus: ID card to applicant, receipt to dossier, ticket to ticket. */
export function ScanRouter({ onUnknown }: { onUnknown: (text: string) => void }) {
  const say = useSay();
  const service = useService();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [second, setSecond] = useState<SecondCard | null>(null);
  const [ticket, setTicket] = useState<{ id: string; text: string } | null>(null);
  const current = useRef(service.current);
  current.current = service.current;

  const toApplicant = async (scan: Extract<Scan, { kind: 'id-card' }>) => {
    let dossierId = openDraft.get();
    if (dossierId === null) {
      const held = current.current;
      // The citizen stands here with the card: serving has begun.
      if (held?.state === 'called') await client.queue.start({ commandId: newCommandId() });
      const draft = await client.dossiers.open({
        commandId: newCommandId(),
        ticket: held ? { id: held.ticketId, number: held.text } : null,
      });
      dossierId = draft.id;
    }
    const card = cardFieldsOf(scan.card, scan.needsCheck, scan.warnings);
    try {
      await client.dossiers.scanCard({ commandId: newCommandId(), dossierId, card });
    } catch (error) {
      const words = troubleOf(error);
      if (words.code !== 'second-card') throw error;
      setSecond({ dossierId, card });
    }
    go('intake', dossierId);
  };

  const route = async (scan: Scan) => {
    setTrouble(null);
    try {
      switch (scan.kind) {
        case 'id-card':
          await toApplicant(scan);
          return;
        case 'receipt': {
          const dossier = await client.dossiers.byCode({ code: scan.dossierCode });
          if (dossier.axes.business === 'draft') go('intake', dossier.id);
          else go('results', dossier.id);
          return;
        }
        case 'ticket':
          setTicket({ id: scan.code, text: scan.number });
          return;
        case 'appointment': {
          const [series = ''] = scan.code.split('-');
          const given = await client.queue.issue({ commandId: newCommandId(), serviceId: series, appointmentCode: scan.code });
          setTicket({ id: given.ticketId, text: given.text });
          return;
        }
        case 'broken':
          setTrouble({ code: 'broken-scan', vi: scan.vi, en: scan.en });
          return;
        case 'unknown':
          setTrouble({ code: 'unknown-scan', vi: scan.vi, en: scan.en });
      }
    } catch (error) {
      setTrouble(troubleOf(error));
    }
  };
  const latest = useRef(route);
  latest.current = route;

  useEffect(() => {
    const ending = new AbortController();
    void followScans(ending.signal, (event) => void latest.current(event.scan));
    const stop = listenForWedge(document, async (text, gapsMs) => {
      try {
        const scan = await client.devices.typed({ text, gapsMs });
        if (!scan) return false;
        if (scan.kind === 'unknown') onUnknown(text);
        else void latest.current(scan);
        return true;
      } catch (error) {
        setTrouble(troubleOf(error));
        return false;
      }
    });
    return () => {
      ending.abort();
      stop();
    };
  }, [onUnknown]);

  useEffect(() => {
    if (!trouble) return;
    const timer = setTimeout(() => setTrouble(null), 12_000);
    return () => clearTimeout(timer);
  }, [trouble]);

  return (
    <>
      {trouble ? (
        <div className="toast">
          <TroubleNote trouble={trouble} onClose={() => setTrouble(null)} />
        </div>
      ) : null}
      {second ? <SecondCardDialog second={second} onClose={() => setSecond(null)} onTrouble={setTrouble} /> : null}
      {ticket ? (
        <TicketDialog
          ticketId={ticket.id}
          text={ticket.text}
          onClose={() => setTicket(null)}
          title={say('Vé vừa quét', 'Scanned ticket')}
        />
      ) : null}
    </>
  );
}
