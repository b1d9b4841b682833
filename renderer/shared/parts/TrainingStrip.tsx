import { useSay } from '../language.tsx';
import { useSystem } from '../system.tsx';
import { Icon } from './Icon.tsx';
import './training.css';

/** The hatched strip of training mode: on every page, kiosk and board; it replaces nothing and cannot be closed. */
export function TrainingStrip({ size = 'desk' }: { size?: 'desk' | 'public' }) {
  const say = useSay();
  if (!useSystem().training) return null;
  return (
    <div className={`train ${size}`}>
      <Icon name="book" size="s" />
      {size === 'desk'
        ? say(
            'TẬP HUẤN: máy chủ tỉnh là máy giả lập, công dân và hồ sơ là mẫu, không có gì được gửi thật.',
            'TRAINING: the provincial server is simulated, citizens and dossiers are samples, nothing is really sent.',
          )
        : say('TẬP HUẤN: số và vé là mẫu', 'TRAINING: numbers and tickets are samples')}
    </div>
  );
}
