import { useSay } from '../shared/language.tsx';
import { Icon, type IconName } from '../shared/parts/Icon.tsx';
import type { Comfort } from './useComfort.ts';

function FootButton({ icon, label, pressed, onClick }: { icon: IconName; label: string; pressed?: boolean; onClick: () => void }) {
  return (
    <button type="button" onClick={onClick} {...(pressed === undefined ? {} : { 'aria-pressed': pressed })}>
      <Icon name={icon} />
      {label}
    </button>
  );
}

/** What makes the machine easier to use, always at the same place within reach. */
export function Foot({ comfort, onSpeak, onHelp }: { comfort: Comfort; onSpeak: () => void; onHelp: () => void }) {
  const say = useSay();
  return (
    <footer className="foot">
      <FootButton icon="vol" label={say('Nghe đọc', 'Listen')} onClick={onSpeak} />
      <FootButton icon="size" label={say('Chữ to hơn', 'Larger text')} pressed={comfort.large} onClick={() => comfort.toggle('large')} />
      <FootButton
        icon="contrast"
        label={say('Tương phản', 'Contrast')}
        pressed={comfort.contrast}
        onClick={() => comfort.toggle('contrast')}
      />
      <FootButton icon="reach" label={say('Hạ thấp nút', 'Lower buttons')} pressed={comfort.low} onClick={() => comfort.toggle('low')} />
      <FootButton icon="users" label={say('Gọi hỗ trợ', 'Get help')} onClick={onHelp} />
    </footer>
  );
}
