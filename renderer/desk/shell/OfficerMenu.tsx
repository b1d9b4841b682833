import { useState } from 'react';
import { useLanguage } from '../../shared/language.tsx';
import { Dialog } from '../../shared/parts/Dialog.tsx';
import { Icon, type IconName } from '../../shared/parts/Icon.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useSystem } from '../../shared/system.tsx';
import { go } from '../data/route.ts';
import { useSession } from '../data/session.tsx';
import { useCommand } from '../data/useCommand.ts';
import { contrast, setContrast } from './contrast.ts';

/** What belongs to the officer and the station, not to a citizen. */
export function OfficerMenu({ onClose }: { onClose: () => void }) {
  const { language, say, setLanguage } = useLanguage();
  const { officer, signOut } = useSession();
  const { training, version } = useSystem();
  const [high, setHigh] = useState(contrast());
  const { run, busy, trouble, dismiss } = useCommand();
  const item = (icon: IconName, label: string, onClick: () => void) => (
    <li>
      <button
        type="button"
        className="btn"
        onClick={() => {
          onClick();
          onClose();
        }}
      >
        <Icon name={icon} />
        {label}
      </button>
    </li>
  );
  return (
    <Dialog title={officer.name} onClose={onClose}>
      <p className="dim">
        {officer.title}, Quầy {version}
      </p>
      <ul className="menu">
        {item('gear', say('Thiết bị', 'Devices'), () => go('settings', 'devices'))}
        {item('qr', say('Màn hình sảnh', 'Hall screens'), () => go('settings', 'screens'))}
        {item('keyb', say('Phím tắt', 'Keys'), () => go('settings', 'keys'))}
        {training ? item('cap', say('Bảng tập huấn', 'Training panel'), () => go('settings', 'training')) : null}
        {item('contrast', high ? say('Tương phản thường', 'Normal contrast') : say('Tương phản cao', 'High contrast'), () => {
          setContrast(!high);
          setHigh(!high);
        })}
        {item('find', language === 'vi' ? 'English' : 'Tiếng Việt', () => setLanguage(language === 'vi' ? 'en' : 'vi'))}
      </ul>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      <div className="row">
        <button type="button" className="btn no lead" aria-disabled={busy !== null} onClick={() => void run('sign-out', signOut)}>
          {say('Kết thúc ca, đăng xuất', 'End of shift, sign out')}
        </button>
        <button type="button" className="btn" onClick={onClose}>
          {say('Đóng', 'Close')}
        </button>
      </div>
    </Dialog>
  );
}
