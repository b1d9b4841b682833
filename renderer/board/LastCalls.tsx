import type { Call } from '../../main/contract/queue.ts';
import { Icon } from '../shared/parts/Icon.tsx';
import { spaced } from '../shared/ticketText.ts';

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
            <Icon name="right" />
            <span>
              Quầy<b>{call.counterLabel}</b>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
