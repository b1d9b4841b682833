import type { DeskView } from '../../../main/contract/queue.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { clockText } from '../../shared/time.ts';
import { useService } from '../data/service.tsx';

/** The station's clock was set while citizens wait. The hall goes on by the old time until somebody says that the new one is right. */
export function ClockDoubt({ view }: { view: DeskView }) {
  const say = useSay();
  const { command } = useService();
  if (!view.clockDoubt) return null;
  return (
    <div className="doubt" role="alert">
      <Icon name="warn" size="s" />
      <span>
        {say(
          `Đồng hồ của máy chủ hàng chờ vừa bị chỉnh. Hàng chờ vẫn tính theo giờ cũ (${clockText(view.now)}); số vé không bị ảnh hưởng.`,
          `The hub's clock was just set. The queue goes on by the old time (${clockText(view.now)}); ticket numbers are safe.`,
        )}
      </span>
      <button
        type="button"
        className="btn"
        onClick={() => void command.run('clock', (commandId) => client.queue.confirmClock({ commandId }))}
      >
        {say('Giờ mới đúng', 'The new time is right')}
      </button>
    </div>
  );
}
