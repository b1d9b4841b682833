import { useSay } from '../../shared/language.tsx';
import { useSystem } from '../../shared/system.tsx';
import { hrefOf } from '../data/route.ts';
import { useSession } from '../data/session.tsx';
import { DevicesTab } from './DevicesTab.tsx';
import { HallTab } from './HallTab.tsx';
import { KeysTab } from './KeysTab.tsx';
import { OfficersTab } from './OfficersTab.tsx';
import { ScreensTab } from './ScreensTab.tsx';
import { SigningTab } from './SigningTab.tsx';
import { TrainingTab } from './TrainingTab.tsx';
import './settings.css';

/** What belongs to the station: its devices, the hall's screens, its keys, and the rehearsal. */
export function Settings({ tab }: { tab: string | null }) {
  const say = useSay();
  const { training } = useSystem();
  const { has } = useSession();
  const charge = has('admin', 'supervisor');
  const tabs: readonly (readonly [string, string])[] = [
    ['devices', say('Thiết bị', 'Devices')],
    ['screens', say('Màn hình sảnh', 'Hall screens')],
    ['signing', say('Ký số, chứng thư gốc', 'Signing, roots')],
    ['keys', say('Phím tắt', 'Keys')],
    ...(charge
      ? ([
          ['hall', say('Sảnh', 'Hall')],
          ['officers', say('Cán bộ, nhật ký', 'Officers, audit')],
        ] as const)
      : []),
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
        <Tab id={current ?? 'devices'} />
      </div>
    </main>
  );
}

function Tab({ id }: { id: string }) {
  switch (id) {
    case 'screens':
      return <ScreensTab />;
    case 'signing':
      return <SigningTab />;
    case 'keys':
      return <KeysTab />;
    case 'hall':
      return <HallTab />;
    case 'officers':
      return <OfficersTab />;
    case 'training':
      return <TrainingTab />;
    default:
      return <DevicesTab />;
  }
}
