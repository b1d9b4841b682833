import { clockText, longDate } from '../shared/time.ts';

export function BoardHeader({ site, zone, now, doubt }: { site: string; zone: string | undefined; now: number; doubt: boolean }) {
  const [name, ...place] = site.split(/\s*,\s*/);
  return (
    <header className="hd">
      <div className="whose">
        <h1>{name}</h1>
        <span className="o">{place.join(', ')}</span>
      </div>
      {zone ? <span className="zone">Khu {zone}</span> : null}
      <span className="c">
        <span className="o">{doubt ? 'Giờ máy chủ đang kiểm tra' : longDate(now, 'vi')}</span>
        <b>{clockText(now)}</b>
      </span>
    </header>
  );
}
