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
import { useLease } from './useLease.ts';

/** The ticket machine: one page to choose, one with the number. */
export function Kiosk() {
  const { language, setLanguage } = useLanguage();
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

  const { clear } = issue;
  const { reset: resetComfort, changed: comfortChanged } = comfort;
  const home = useCallback(() => {
    clear();
    setPriority(null);
    setHelp(false);
    resetComfort();
    setLanguage('vi');
    guide.stop();
  }, [clear, guide, resetComfort, setLanguage]);

  const something = issue.ticket !== null || priority !== null || help || language !== 'vi' || comfortChanged || issue.trouble !== null;
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
        <Issued ticket={issue.ticket} view={view} away={away} onDone={home} onReprint={issue.reprint} />
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
