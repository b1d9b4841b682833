import { useState } from 'react';
import type { DeviceHealth } from '../../../main/contract/devices.ts';
import { client } from '../../shared/client.ts';
import { newCommandId } from '../../shared/ids.ts';
import { useSay } from '../../shared/language.tsx';
import { useLive } from '../../shared/live.ts';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useCommand } from '../data/useCommand.ts';
import { pileAfter, type Pile, type PileEvent } from '../intake/useScan.ts';

/** Scans what lies in the feeder or on the glass and shows it; the pages belong to no dossier. */
export function TestScanDialog({ device, onClose }: { device: DeviceHealth; onClose: () => void }) {
  const say = useSay();
  const { run, busy, trouble, dismiss } = useCommand();
  // Its own pile each time, so that an older test is not taken for this one.
  const [pile] = useState(() => ({ draftId: 'quet-thu', component: newCommandId().slice(0, 40) }));
  const live = useLive<Pile, PileEvent>({
    key: pile.component,
    sparse: true,
    open: (signal) => client.scanner.watch(pile, { signal }),
    apply: pileAfter,
  });
  const { session = null, pages = [] } = live.data ?? {};
  const scanning = session?.state === 'scanning';
  const start = (source: 'feeder' | 'flatbed') =>
    void run('scan', (commandId) =>
      client.scanner.start({ commandId, ...pile, scannerId: device.id, source, dpi: 200, colour: 'colour', duplex: false }),
    );
  const close = () => {
    if (session && scanning) client.scanner.cancel({ commandId: newCommandId(), sessionId: session.sessionId }).catch(() => {});
    for (const page of pages) client.scanner.drop({ commandId: newCommandId(), pageId: page.pageId }).catch(() => {});
    onClose();
  };
  return (
    <Dialog title={say(`Quét thử: ${device.name}`, `Test scan: ${device.name}`)} onClose={close}>
      <p>
        {say(
          'Đặt một tờ giấy vào khay hoặc lên mặt kính rồi bấm. Trang quét thử không vào hồ sơ nào.',
          'Put a sheet into the feeder or on the glass and press. The page belongs to no dossier.',
        )}
      </p>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      {session?.trouble ? <TroubleNote trouble={{ code: session.trouble.reason, vi: session.trouble.vi, en: session.trouble.en }} /> : null}
      <p role="status" className="small">
        {scanning
          ? say(`Đang quét, đã có ${pages.length} trang…`, `Scanning, ${pages.length} pages so far…`)
          : session
            ? say(`Xong: ${pages.length} trang.`, `Done: ${pages.length} pages.`)
            : ''}
      </p>
      <div className="papers">
        {pages.map((page) => (
          <img key={page.pageId} src={page.image.url} alt={say(`Trang ${page.position}`, `Page ${page.position}`)} />
        ))}
      </div>
      <div className="row">
        <button type="button" className="btn lead" onClick={close}>
          {say('Đóng', 'Close')}
        </button>
        <button type="button" className="btn" aria-disabled={scanning || busy !== null} onClick={() => scanning || start('flatbed')}>
          {say('Quét mặt kính', 'Scan the glass')}
        </button>
        <button
          type="button"
          className="btn go"
          aria-disabled={scanning || busy !== null}
          onClick={() => scanning || start('feeder')}
          data-autofocus
        >
          {say('Quét khay nạp', 'Scan the feeder')}
        </button>
      </div>
    </Dialog>
  );
}
