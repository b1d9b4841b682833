import { useCallback, useEffect, useState } from 'react';
import { client, heardServerTime } from '../shared/client.ts';
import { useLanguage } from '../shared/language.tsx';
import { useLive } from '../shared/live.ts';
import { TrainingStrip } from '../shared/parts/TrainingStrip.tsx';
import { Closed } from './Closed.tsx';
import { Foot } from './Foot.tsx';
import { createGuide, type Guide } from './guide.ts';
import { HelpPanel } from './HelpPanel.tsx';
import { Home } from './Home.tsx';
import { Issued } from './Issued.tsx';
import { KioskHeader } from './KioskHeader.tsx';
import { OutOfOrder } from './OutOfOrder.tsx';
import { StillThere } from './StillThere.tsx';
import { useComfort } from './useComfort.ts';
import { useIdle } from './useIdle.ts';
import { useIssue } from './useIssue.ts';
import type { ReaderNote } from './ReaderPanel.tsx';
import { useLease } from './useLease.ts';
import { useScans } from './useScans.ts';

/** How long the answer to a scan stands before the invitation comes back. */
const NOTE_MS = 15_000;

/** The ticket machine: one page to choose, one with the number. */
export function Kiosk() {
  const { language, pack, setLanguage } = useLanguage();
  const [guide] = useState<Guide>(createGuide);
  const comfort = useComfort();
  const [priority, setPriority] = useState<string | null>(null);
  const [help, setHelp] = useState(false);

  const live = useLive({
    key: 'kiosk',
    open: (signal) => client.queue.kiosk(undefined, { signal }),
    apply: (_, event) => event,
    onMessage: (message) => heardServerTime((message.type === 'snapshot' ? message.snapshot : message.event).now),
  });
  const lease = useLease(live.staleSince === null && live.data !== undefined);
  const issue = useIssue(lease, live.data);

  const [note, setNote] = useState<ReaderNote | null>(null);
  const given = issue.ticket !== null;
  const reader = useScans(live.staleSince === null && live.data !== undefined, (scan) => {
    const groups = live.data;
    if (!groups?.open) return;
    setNote(null);
    if (scan.kind === 'appointment') {
      issue.press(scan.code.split('-')[0] ?? '', priority, scan.code);
      return;
    }
    if (scan.kind === 'ticket') {
      issue.look(scan.ticketId);
      return;
    }
    // Somebody is reading the number: a card held by the next in line waits for the start page.
    if (given) return;
    if (scan.kind === 'id-card') {
      const reason = groups.priorityReasons.find((one) => one.id === scan.priorityReason);
      if (reason) setPriority(reason.id);
      setNote({ kind: 'card', ...(reason ? { priorityVi: reason.vi, priorityEn: reason.en } : {}) });
    } else setNote({ kind: scan.kind });
  });
  useEffect(() => {
    if (!note) return;
    const timer = setTimeout(() => setNote(null), NOTE_MS);
    return () => clearTimeout(timer);
  }, [note]);

  const { clear } = issue;
  const { reset: resetComfort, changed: comfortChanged } = comfort;
  const home = useCallback(() => {
    clear();
    setPriority(null);
    setHelp(false);
    setNote(null);
    resetComfort();
    setLanguage('vi');
    guide.stop();
  }, [clear, guide, resetComfort, setLanguage]);

  const something =
    issue.ticket !== null ||
    priority !== null ||
    help ||
    language !== 'vi' ||
    pack !== null ||
    note !== null ||
    comfortChanged ||
    issue.trouble !== null;
  // The page with the number goes back by itself much sooner; see `Issued`.
  const idle = useIdle(something && issue.ticket === null, home, () => guide.attention(language));

  const { ticket } = issue;
  useEffect(() => {
    if (ticket) guide.issued(ticket, language);
  }, [guide, ticket, language]);

  const view = live.data;
  if (!view) return <OutOfOrder patienceMs={4_000} />;
  const away = live.staleSince !== null;
  const usable = view.open && (!away || lease.usable());
  return (
    <div className="kiosk">
      <KioskHeader view={view} away={away} />
      <TrainingStrip size="public" />
      {issue.ticket ? (
        <Issued key={issue.ticket.ticketId} ticket={issue.ticket} view={view} away={away} onDone={home} onReprint={issue.reprint} />
      ) : !view.open ? (
        <Closed view={view} />
      ) : !usable ? (
        <OutOfOrder />
      ) : (
        <Home
          view={view}
          away={away}
          pressed={issue.pressed}
          trouble={issue.trouble}
          note={reader ? note : undefined}
          priority={priority}
          onPriority={setPriority}
          onPress={(id) => issue.press(id, priority)}
        />
      )}
      <Foot
        comfort={comfort}
        onSpeak={() => guide.page(issue.ticket ? 'issued' : view.open ? 'home' : 'closed', language, view, issue.ticket)}
        onHelp={() => setHelp(true)}
      />
      {help ? <HelpPanel onClose={() => setHelp(false)} /> : null}
      {idle.warning === null ? null : <StillThere seconds={idle.warning} onStay={idle.stay} />}
    </div>
  );
}
