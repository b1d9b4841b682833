import type { Call } from '../../main/contract/queue.ts';
import { spaced } from '../shared/ticketText.ts';
import { Arrow, labelSize } from './Arrow.tsx';

/** The call of the moment. A new one blinks three times and stays; the key starts the blinking again for each call number. */
export function CurrentCall({ call }: { call: Call | null }) {
  return (
    <section className="now" aria-live="assertive" aria-label="Số đang mời">
      {call ? (
        <>
          <div className="l">{call.recall ? 'Mời lại số' : 'Mời số'}</div>
          <div className={`n${call.text.length > 5 ? ' long' : ''}`} key={`n${call.callSeq}`} data-call={call.callSeq}>
            {spaced(call.text)}
          </div>
          <div className="to" key={`t${call.callSeq}`}>
            <Arrow to={call.arrow} />
            <span>Quầy</span>
            <b className={labelSize(call.counterLabel)}>{call.counterLabel}</b>
          </div>
        </>
      ) : (
        <div className="none">Chưa gọi số nào hôm nay. Xin ông/bà lấy số và ngồi chờ.</div>
      )}
    </section>
  );
}
