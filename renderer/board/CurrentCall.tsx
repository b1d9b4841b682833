import type { Call } from '../../main/contract/queue.ts';
import { spaced } from '../shared/ticketText.ts';

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
            <svg viewBox="0 0 190 150" className={call.arrow} data-arrow={call.arrow} aria-hidden="true" focusable="false">
              <path d="M8 75h170M118 15l60 60-60 60" />
            </svg>
            <span>Quầy</span>
            <b>{call.counterLabel}</b>
          </div>
        </>
      ) : (
        <div className="none">Chưa gọi số nào hôm nay. Xin ông/bà lấy số và ngồi chờ.</div>
      )}
    </section>
  );
}
