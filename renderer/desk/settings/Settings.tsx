import { useSay } from '../../shared/language.tsx';
import { useSystem } from '../../shared/system.tsx';
import { hrefOf } from '../data/route.ts';
import { DevicesTab } from './DevicesTab.tsx';
import { KeysTab } from './KeysTab.tsx';
import { ScreensTab } from './ScreensTab.tsx';
import { TrainingTab } from './TrainingTab.tsx';
import './settings.css';

/** What belongs to the station: its devices, the hall's screens, its keys, and the rehearsal. */
export function Settings({ tab }: { tab: string | null }) {
  const say = useSay();
  const { training } = useSystem();
  const tabs: readonly (readonly [string, string])[] = [
    ['devices', say('Thiết bị', 'Devices')],
    ['screens', say('Màn hình sảnh', 'Hall screens')],
    ['keys', say('Phím tắt', 'Keys')],
    ...(training ? ([['training', say('Bảng tập huấn', 'Training panel')]] as const) : []),
  ];
  const current = tabs.some(([id]) => id === tab) ? tab : 'devices';
  return (
    <main className="page settings" tabIndex={-1} aria-label={say('Thiết lập', 'Settings')}>
      <nav className="tabs" aria-label={say('Thiết lập', 'Settings')}>
        {tabs.map(([id, label]) => (
          <a key={id} href={hrefOf('settings', id)} {...(id === current ? { 'aria-current': 'page' as const } : {})}>
            {label}
          </a>
        ))}
      </nav>
      <div className="scroll body" tabIndex={0} role="group" aria-label={tabs.find(([id]) => id === current)?.[1] ?? ''}>
        {current === 'devices' ? (
          <DevicesTab />
        ) : current === 'screens' ? (
          <ScreensTab />
        ) : current === 'keys' ? (
          <KeysTab />
        ) : (
          <TrainingTab />
        )}
      </div>
    </main>
  );
}
