import { useSay } from '../shared/language.tsx';
import { Dialog } from '../shared/parts/Dialog.tsx';

/** The time limit's warning: words here, a sound from the guide; one touch anywhere extends. */
export function StillThere({ seconds, onStay }: { seconds: number; onStay: () => void }) {
  const say = useSay();
  return (
    <Dialog title={say('Ông/bà còn dùng máy không?', 'Are you still there?')} onClose={onStay}>
      <p role="alert">{say(`Màn hình sẽ về trang đầu sau ${seconds} giây.`, `The screen goes back to the start in ${seconds} seconds.`)}</p>
      <button type="button" className="big" onClick={onStay} data-autofocus>
        {say('Tôi còn dùng', 'I need more time')}
      </button>
    </Dialog>
  );
}
