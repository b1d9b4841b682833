import { useEffect, useState } from 'react';
import { useKeys } from '../../shared/keys.ts';
import { TrainingStrip } from '../../shared/parts/TrainingStrip.tsx';
import { DeskDataProvider } from '../data/deskData.tsx';
import { go, useRoute } from '../data/route.ts';
import { UndoProvider } from '../data/undo.tsx';
import { ServiceProvider } from '../data/service.tsx';
import { CertificateNotice } from './CertificateNotice.tsx';
import { OfflineBanner } from './OfflineBanner.tsx';
import { Header } from './Header.tsx';
import { PageView } from './PageView.tsx';
import { Rail } from './Rail.tsx';
import { ScanRouter } from './ScanRouter.tsx';
import { SearchDialog } from './SearchDialog.tsx';
import { Strip } from './Strip.tsx';
import { UndoBar } from './UndoBar.tsx';
import { UnreadNote } from './UnreadNote.tsx';
import './shell.css';

/** The frame that every page of the desk stands in. */
export function Shell() {
  return (
    <DeskDataProvider>
      <UndoProvider>
        <ServiceProvider>
          <Frame />
        </ServiceProvider>
      </UndoProvider>
    </DeskDataProvider>
  );
}

function Frame() {
  const route = useRoute();
  const [searching, setSearching] = useState<string | null>(null);
  useKeys({
    page1: () => go('now'),
    page2: () => go('intake'),
    page3: () => go('sign'),
    page4: () => go('results'),
    page5: () => go('outbox'),
    page6: () => go('register'),
    search: () => setSearching(''),
  });
  useEffect(() => {
    // A new page begins at its top for a screen reader; the page itself may move the focus further.
    document.querySelector<HTMLElement>('main.page')?.focus({ preventScroll: true });
  }, [route.page]);
  return (
    <div className="app">
      <Header onSearch={() => setSearching('')} />
      <div className="notes">
        <TrainingStrip />
        <OfflineBanner />
        <CertificateNotice />
        <UnreadNote />
      </div>
      <Rail page={route.page} />
      <PageView route={route} />
      <Strip />
      <UndoBar />
      <ScanRouter onUnknown={setSearching} />
      {searching === null ? null : <SearchDialog initial={searching} onClose={() => setSearching(null)} />}
    </div>
  );
}
