import type { Trouble } from '../answer.ts';
import { useSay } from '../language.tsx';
import { Icon } from './Icon.tsx';

/** What went wrong, in place: the sentence that says what to do, and the id for support when there is one. */
export function TroubleNote({ trouble, onClose }: { trouble: Trouble; onClose?: () => void }) {
  const say = useSay();
  return (
    <div className="trouble" role="alert">
      <Icon name="bad" />
      <p>
        {say(trouble.vi, trouble.en)}
        {trouble.id ? <span className="small"> {say(`Mã báo lỗi: ${trouble.id}`, `Error id: ${trouble.id}`)}</span> : null}
      </p>
      {onClose ? (
        <button type="button" className="btn soft sm" onClick={onClose} aria-label={say('Đóng thông báo', 'Close the message')}>
          <Icon name="x" size="s" />
        </button>
      ) : null}
    </div>
  );
}
