import type { Call } from '../../main/contract/queue.ts';
import { spaced } from '../shared/ticketText.ts';
import { Arrow, labelSize } from './Arrow.tsx';

/** "Was I called?": the last six, so that nobody who looked away has to ask. */
export function LastCalls({ calls }: { calls: readonly Call[] }) {
  return (
    <section className="last" aria-label="Các số vừa gọi">
      <h2>
        <span>Vừa gọi</span>
        <span>Đến quầy</span>
      </h2>
      <ol>
        {calls.map((call) => (
          <li key={call.callSeq}>
            {spaced(call.text)}
            <Arrow to={call.arrow} />
            <span className={labelSize(call.counterLabel)}>
              {/* the head of the column says it too */}
              {call.counterLabel.length > 2 ? null : 'Quầy'}
              <b>{call.counterLabel}</b>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
