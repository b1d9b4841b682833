import type { KioskView } from '../../main/contract/queue.ts';
import { useLanguage } from '../shared/language.tsx';
import { clockText, longDate } from '../shared/time.ts';
import { useNow } from '../shared/useNow.ts';

export function KioskHeader({ view, away }: { view: KioskView; away: boolean }) {
  const { language, say } = useLanguage();
  const now = useNow(1000);
  const [name, ...place] = (language === 'vi' ? view.siteVi : view.siteEn).split(/\s*,\s*/);
  return (
    <header className="hd">
      <div className="org">
        <b>{name}</b>
        {place.join(', ')}
        {away ? <span className="away"> {say('Máy đang phát số dự phòng', 'Working from reserved numbers')}</span> : null}
      </div>
      <div className="clk">
        <b>{clockText(now)}</b>
        {longDate(now, language)}
      </div>
    </header>
  );
}
