import type { KioskView } from '../../main/contract/queue.ts';
import { useSay } from '../shared/language.tsx';
import { Icon } from '../shared/parts/Icon.tsx';

export function Closed({ view }: { view: KioskView }) {
  const say = useSay();
  return (
    <main className="closed">
      <Icon name="clock" />
      <h1>{say('Hiện chưa phát số', 'No numbers now')}</h1>
      <p>{say(view.hoursVi, view.hoursEn)}</p>
      <p>{say('Cần gấp, xin hỏi cán bộ tại quầy hướng dẫn.', 'If it is urgent, please ask at the information desk.')}</p>
    </main>
  );
}
