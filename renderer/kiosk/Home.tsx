import type { KioskView } from '../../main/contract/queue.ts';
import type { Trouble } from '../shared/answer.ts';
import { useLanguage } from '../shared/language.tsx';
import { Icon } from '../shared/parts/Icon.tsx';
import { TroubleNote } from '../shared/parts/TroubleNote.tsx';
import { PriorityPanel } from './PriorityPanel.tsx';
import { ReaderPanel, type ReaderNote } from './ReaderPanel.tsx';
import { ServiceTile } from './ServiceTile.tsx';

interface HomeProps {
  readonly view: KioskView;
  readonly away: boolean;
  /** The tile that was pressed and has not been answered. */
  readonly pressed: string | null;
  readonly trouble: Trouble | null;
  /** Undefined: there is no reader, nobody is invited to it. Null: the invitation. */
  readonly note: ReaderNote | null | undefined;
  readonly priority: string | null;
  readonly onPriority: (id: string | null) => void;
  readonly onPress: (serviceId: string) => void;
}

export function Home({ view, away, pressed, trouble, note, priority, onPriority, onPress }: HomeProps) {
  const { language, pack, say, setLanguage } = useLanguage();
  return (
    <main className={`home${note === undefined && !trouble ? '' : ' withreader'}${view.paper ? '' : ' short'}`}>
      <div className="ttl">
        <h1>{say('Ông/bà cần làm việc gì?', 'What do you need today?')}</h1>
        <p>
          {say('Chạm vào một ô để lấy số.', 'Touch a box to get a number.')}
          <br />
          {say('Không cần tên hay số điện thoại.', 'No name or telephone needed.')}
        </p>
        <div className="lang" role="group" aria-label="Ngôn ngữ / Language">
          <button type="button" lang="vi" aria-pressed={language === 'vi' && !pack} onClick={() => setLanguage('vi')}>
            Tiếng Việt
          </button>
          <button type="button" lang="en" aria-pressed={language === 'en'} onClick={() => setLanguage('en')}>
            English
          </button>
          {view.languages.map((one) => (
            <button
              key={one.code}
              type="button"
              lang={one.code}
              aria-pressed={pack?.code === one.code}
              onClick={() => setLanguage('vi', one)}
            >
              {one.name}
            </button>
          ))}
        </div>
      </div>
      {view.paper ? null : (
        <p className="nopaper" role="status">
          <Icon name="ticket" />
          {say(
            'Máy hết giấy: số sẽ hiện trên màn hình, xin ghi nhớ hoặc chụp lại.',
            'No paper: the number is shown on the screen, please note it or take a photo.',
          )}
        </p>
      )}
      {trouble ? <TroubleNote trouble={trouble} /> : note === undefined ? null : <ReaderPanel note={note} />}
      <div className="tiles">
        {view.groups.map((group) => (
          <ServiceTile
            key={group.id}
            group={group}
            away={away}
            pressed={pressed === group.id}
            busy={pressed !== null}
            onPress={() => onPress(group.id)}
          />
        ))}
      </div>
      <PriorityPanel reasons={view.priorityReasons} chosen={priority} onChoose={onPriority} />
    </main>
  );
}
