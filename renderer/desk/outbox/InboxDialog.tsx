import { useCallback, useEffect, useState } from 'react';
import { client } from '../../shared/client.ts';
import { useLanguage } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { useNow } from '../../shared/useNow.ts';
import { whenText } from '../../shared/time.ts';
import { go } from '../data/route.ts';
import { useCommand } from '../data/useCommand.ts';
import { ReturnedFiles, type InboxItem } from '../results/ReturnedFiles.tsx';

/** What the province sent to the desk: results, supplement requests, official codes. Looking at one takes it off the list. */
export function InboxDialog({ onClose }: { onClose: () => void }) {
  const { language, say } = useLanguage();
  const now = useNow(30_000);
  const { run } = useCommand();
  const [items, setItems] = useState<readonly InboxItem[] | null>(null);
  const look = useCallback(() => {
    client.delivery.inbox({ unseenOnly: true }).then(setItems, () => setItems([]));
  }, []);
  useEffect(look, [look]);
  const open = (item: InboxItem) => {
    void run('seen', (commandId) => client.delivery.inboxSeen({ commandId, id: item.id })).then(() => {
      if (item.dossierId === null) return look();
      onClose();
      go('results', item.dossierId);
    });
  };
  return (
    <Dialog title={say('Tỉnh gửi về', 'From the province')} onClose={onClose} wide>
      <ul className="inboxlist">
        {(items ?? []).map((item) => (
          <li key={item.id}>
            <span className="nw small">{whenText(item.at, now)}</span>
            <span>
              <b className="code">{item.code}</b> {item.text[language]} <ReturnedFiles item={item} />
            </span>
            <button type="button" className="btn sm" onClick={() => open(item)}>
              {item.dossierId === null ? say('Đã xem', 'Seen') : say('Mở hồ sơ', 'Open')}
            </button>
          </li>
        ))}
      </ul>
      {items?.length === 0 ? <p className="dim">{say('Không có gì mới từ tỉnh.', 'Nothing new from the province.')}</p> : null}
      <div className="row">
        <button type="button" className="btn" onClick={onClose} data-autofocus>
          {say('Đóng', 'Close')}
        </button>
      </div>
    </Dialog>
  );
}
