import { useState } from 'react';
import { useLanguage } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { Key } from '../../shared/parts/Key.tsx';
import { useSystem } from '../../shared/system.tsx';
import { spaced } from '../../shared/ticketText.ts';
import { clockText, longDate, runningText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import { useDeskData } from '../data/deskData.tsx';
import { useSession } from '../data/session.tsx';
import { OfficerMenu } from './OfficerMenu.tsx';

/** Place and counter, the ticket in service with its timer (on every page, so it is never lost), search, clock, officer. */
export function Header({ onSearch }: { onSearch: () => void }) {
  const { language, say } = useLanguage();
  const { unit } = useSystem();
  const { officer } = useSession();
  const { desk } = useDeskData();
  const now = useNow();
  const [menu, setMenu] = useState(false);
  const current = desk.data?.current;
  const counter = desk.data?.counter;
  const since = current?.startedAt ?? current?.calledAt;
  return (
    <header className="top">
      <div className="mark">Quầy</div>
      <div className="place">
        <b>{counter ? say(`Quầy ${counter.label}`, `Counter ${counter.label}`) : say('Chưa nhận quầy', 'No counter taken')}</b>
        <span className="cut">{unit.name}</span>
      </div>
      {current ? (
        <div className="serve" title={say('Vé đang phục vụ', 'Ticket in service')}>
          <span>{current.state === 'called' ? say('Đang mời', 'Called') : say('Đang phục vụ', 'Serving')}</span>
          <span className="no">{spaced(current.text)}</span>
          {since === undefined ? null : <span className="tm">{runningText(now - since)}</span>}
        </div>
      ) : null}
      <button type="button" className="find" onClick={onSearch}>
        <Icon name="find" />
        <span>{say('Tìm hồ sơ, người nộp, thủ tục', 'Find dossier, applicant, procedure')}</span>
        <Key action="search" />
      </button>
      <div className="clock">
        <b>{clockText(now)}</b>
        <span>{longDate(now, language)}</span>
      </div>
      <button type="button" className="who" onClick={() => setMenu(true)} aria-haspopup="dialog">
        <b>{officer.name}</b>
        <span>{officer.title}</span>
      </button>
      {menu ? <OfficerMenu onClose={() => setMenu(false)} /> : null}
    </header>
  );
}
