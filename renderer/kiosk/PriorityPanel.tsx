import type { KioskView } from '../../main/contract/queue.ts';
import { useSay } from '../shared/language.tsx';
import { Icon } from '../shared/parts/Icon.tsx';

/** Self-declared: one reason or none; the officer sees it on the ticket. */
export function PriorityPanel({
  reasons,
  chosen,
  onChoose,
}: {
  reasons: KioskView['priorityReasons'];
  chosen: string | null;
  onChoose: (id: string | null) => void;
}) {
  const say = useSay();
  if (reasons.length === 0) return null;
  return (
    <section className="prio" aria-labelledby="prio-title">
      <h2 id="prio-title">
        <Icon name="star" />
        {say('Tôi thuộc diện ưu tiên', 'I have priority')}
        <span>{say('Chọn trước khi lấy số, nếu có', 'Choose before taking a number')}</span>
      </h2>
      <ul className={reasons.length <= 4 ? 'few' : ''}>
        {reasons.slice(0, 6).map((reason) => (
          <li key={reason.id}>
            <button type="button" aria-pressed={chosen === reason.id} onClick={() => onChoose(chosen === reason.id ? null : reason.id)}>
              <span className="bx">{chosen === reason.id ? <Icon name="check" /> : null}</span>
              {say(reason.vi, reason.en)}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
