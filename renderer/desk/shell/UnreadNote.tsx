import { useSyncExternalStore } from 'react';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { onUnread, unreadNow } from '../data/read.ts';

/** Says that a part of the page could not be read: what is missing there is not known to be empty. */
export function UnreadNote() {
  const say = useSay();
  const unread = useSyncExternalStore(onUnread, unreadNow);
  const id = unread.find((one) => one.trouble.id)?.trouble.id;
  if (unread.length === 0) return null;
  return (
    <div className="trouble" role="alert">
      <Icon name="bad" />
      <p>
        {say(
          'Một phần của trang này chưa đọc được; chỗ trống ở đó không có nghĩa là không có gì.',
          'A part of this page could not be read; an empty place there does not mean that there is nothing.',
        )}
        {id ? <span className="small"> {say(`Mã báo lỗi: ${id}`, `Error id: ${id}`)}</span> : null}
      </p>
      <button type="button" className="btn sm" onClick={() => unread.forEach((one) => one.again())}>
        {say('Đọc lại', 'Read again')}
      </button>
    </div>
  );
}
