import { useSay } from '../../shared/language.tsx';
import { Icon, type IconName } from '../../shared/parts/Icon.tsx';
import { Key } from '../../shared/parts/Key.tsx';
import type { KeyAction } from '../../shared/keys.ts';
import { useDeskData } from '../data/deskData.tsx';
import { hrefOf, type Page } from '../data/route.ts';

interface Place {
  readonly page: Page;
  readonly icon: IconName;
  readonly vi: string;
  readonly en: string;
  readonly key: KeyAction;
}
const PLACES: readonly Place[] = [
  { page: 'now', icon: 'home', vi: 'Quầy', en: 'Counter', key: 'page1' },
  { page: 'intake', icon: 'doc', vi: 'Tiếp nhận', en: 'Intake', key: 'page2' },
  { page: 'sign', icon: 'sign', vi: 'Ký số', en: 'Signing', key: 'page3' },
  { page: 'results', icon: 'tray', vi: 'Trả kết quả', en: 'Results', key: 'page4' },
  { page: 'outbox', icon: 'up', vi: 'Gửi tỉnh', en: 'Outbox', key: 'page5' },
  { page: 'register', icon: 'book', vi: 'Sổ theo dõi', en: 'Register', key: 'page6' },
];

/** Six places. A count is work waiting; red only when someone must act. */
export function Rail({ page }: { page: Page }) {
  const say = useSay();
  const { outbox, work } = useDeskData();
  const count = (name: string) => work.data?.lists.find((list) => list.name === name)?.count ?? 0;
  const badges: Partial<Record<Page, { n: number; bad: boolean }>> = {
    sign: { n: count('to-sign'), bad: false },
    results: { n: count('results-ready'), bad: false },
    outbox: { n: outbox.data?.unsent ?? 0, bad: (outbox.data?.needsPerson ?? 0) > 0 },
  };
  return (
    <nav className="rail" aria-label={say('Phần việc', 'Pages')}>
      {PLACES.map(({ page: place, icon, vi, en, key }) => {
        const badge = badges[place];
        return (
          <a key={place} href={hrefOf(place)} {...(page === place ? { 'aria-current': 'page' as const } : {})}>
            <Icon name={icon} size="l" />
            <span>{say(vi, en)}</span>
            <Key action={key} />
            {badge && badge.n > 0 ? <span className={`n${badge.bad ? ' bad' : ''}`}>{badge.n > 999 ? '999+' : badge.n}</span> : null}
          </a>
        );
      })}
    </nav>
  );
}
