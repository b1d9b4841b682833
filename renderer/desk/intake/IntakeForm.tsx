import { useEffect, useState } from 'react';
import type { DossierView } from '../../../main/contract/dossier-views.ts';
import { client } from '../../shared/client.ts';
import { useKeys } from '../../shared/keys.ts';
import { useSay } from '../../shared/language.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { go } from '../data/route.ts';
import { useUndo } from '../data/undo.tsx';
import { ActionBar } from './ActionBar.tsx';
import { Channel } from './Channel.tsx';
import { Checklist } from './Checklist.tsx';
import { DueDate } from './DueDate.tsx';
import { Fees } from './Fees.tsx';
import { IntakeDialogs, type IntakeDialog } from './IntakeDialogs.tsx';
import { PagePane } from './PagePane.tsx';
import { PageStrip } from './PageStrip.tsx';
import { Parties } from './Parties.tsx';
import { Procedure } from './Procedure.tsx';
import type { Draft } from './useDraft.ts';
import { useScan } from './useScan.ts';

/** Left who and what; middle papers, money, date, in the order of the talk at the counter; right the page itself. */
export function IntakeForm({ draft, dossier }: { draft: Draft; dossier: DossierView }) {
  const say = useSay();
  /** Given back by the province: what stands on the citizen's receipt (procedure, channel, fees, date) stays as it is. */
  const returned = dossier.axes.sync === 'rejected';
  const [componentKey, setComponentKey] = useState<string | null>(null);
  const [dialog, setDialog] = useState<IntakeDialog | null>(null);
  const [pageId, setPageId] = useState<string | null>(null);
  // Chosen by hand, or by F7; it never changes by itself under a scan.
  const [byHand, setByHand] = useState(false);
  const component = dossier.components.find((one) => one.key === componentKey) ?? nextToScan(dossier) ?? dossier.components[0];
  const shownKey = component?.key ?? null;
  useEffect(() => {
    if (componentKey === null && shownKey !== null) setComponentKey(shownKey);
  }, [componentKey, shownKey]);
  const scan = useScan(dossier, component);
  const { clear } = useUndo();
  const [wanted, setWanted] = useState<string | null>(null);
  const { start } = scan;
  useEffect(() => {
    if (wanted === null || wanted !== shownKey) return;
    setWanted(null);
    start();
  }, [wanted, shownKey, start]);
  /** F7: the paper chosen by hand, else the next one that has no page yet. */
  const scanNext = () => {
    const target = byHand || scan.pages.length === 0 ? component : (nextToScan(dossier) ?? component);
    if (!target || scan.scanning) return;
    setByHand(false);
    setComponentKey(target.key);
    setWanted(target.key);
  };

  const accept = async (duplicatesSeen: boolean) => {
    // The key is the same as the button, which waits for the feeder.
    if (scan.scanning) return;
    // The field under the cursor is saved by leaving it; the queue of `send` keeps the order.
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    if (returned) {
      if (!(await draft.send((order) => client.dossiers.resend(order)))) return;
      clear();
      go('outbox');
      return;
    }
    if (dossier.duplicates.length > 0 && !duplicatesSeen) {
      setDialog('duplicates');
      return;
    }
    // What left the desk is not changed by taking back a step of its intake.
    if (await draft.send((order) => client.dossiers.accept({ ...order, duplicatesSeen }))) clear();
  };

  useKeys({
    scan: scanNext,
    finish: () => void accept(false),
    ...(returned ? {} : { supplement: () => setDialog('supplement'), refuse: () => setDialog('refuse'), open: () => setDialog('pay') }),
  });

  const newest = scan.pages.at(-1)?.pageId;
  useEffect(() => {
    if (newest) setPageId(newest);
  }, [newest]);
  const page = scan.pages.find((one) => one.pageId === pageId) ?? scan.pages[0];

  return (
    <main className="page intake" tabIndex={-1} aria-label={say('Tiếp nhận hồ sơ', 'Intake')}>
      <h1 className="vh">{say('Tiếp nhận hồ sơ', 'Intake')}</h1>
      <div className="form">
        <section className="col scroll" aria-label={say('Người nộp và thủ tục', 'Applicant and procedure')}>
          {draft.trouble ? <TroubleNote trouble={draft.trouble} onClose={draft.dismiss} /> : null}
          {returned ? null : <Channel dossier={dossier} draft={draft} />}
          <Parties dossier={dossier} draft={draft} />
          <Procedure dossier={dossier} draft={draft} fixed={returned} />
        </section>
        <section className="col mid scroll" aria-label={say('Thành phần, phí, hẹn trả', 'Papers, fees, due date')}>
          <Checklist
            dossier={dossier}
            draft={draft}
            scan={scan}
            active={component?.key ?? null}
            onScan={scanNext}
            onActive={(key) => {
              setByHand(true);
              setComponentKey(key);
              setPageId(null);
            }}
          />
          <PageStrip
            scan={scan}
            selected={page?.pageId ?? null}
            component={component}
            components={dossier.components}
            onSelect={setPageId}
          />
          <Fees dossier={dossier} draft={draft} fixed={returned} />
          <DueDate dossier={dossier} {...(returned ? {} : { onChange: () => setDialog('due') })} />
        </section>
      </div>
      <PagePane scan={scan} page={page} component={component} />
      <ActionBar dossier={dossier} draft={draft} scanning={scan.scanning} onDialog={setDialog} onAccept={() => void accept(false)} />
      <IntakeDialogs dialog={dialog} dossier={dossier} draft={draft} onClose={() => setDialog(null)} onAccept={() => void accept(true)} />
    </main>
  );
}

/** The first paper that is still to be scanned: what F7 fills next. */
const nextToScan = (dossier: DossierView) =>
  dossier.components.find((one) => one.state === 'scanning') ??
  dossier.components.find((one) => (one.state === 'absent' || one.state === 'missing') && one.pageIds.length === 0);
