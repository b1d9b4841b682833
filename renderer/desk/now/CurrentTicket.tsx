import type { DeskView } from '../../../main/contract/queue.ts';
import { useSay } from '../../shared/language.tsx';
import { State, type Tone } from '../../shared/parts/State.tsx';
import { spaced } from '../../shared/ticketText.ts';
import { clockText, runningText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import { useService } from '../data/service.tsx';

const TONES: Readonly<Record<'green' | 'amber' | 'red', Tone>> = { green: 'ok', amber: 'warn', red: 'bad' };
/** The track is one and a half targets long, so that being late has room to show. */
const TRACK = 1.5;

/** The number in front of you, large; its matter; how long against the service target. */
export function CurrentTicket({ view }: { view: DeskView }) {
  const say = useSay();
  const now = useNow();
  const { later } = useService();
  const { current, serviceTargetMinutes: target } = view;
  if (!current) {
    return (
      <div className="cur none">
        <h1>{say('Chưa có vé nào ở quầy', 'No ticket at the counter')}</h1>
        <p className="dim">
          {view.next.length > 0
            ? say('Bấm F2 để mời số tiếp theo.', 'Press F2 to call the next number.')
            : say('Không còn ai chờ. Vé mới sẽ tự hiện.', 'Nobody waits. New tickets appear by themselves.')}
        </p>
      </div>
    );
  }
  const since = current.startedAt ?? current.calledAt;
  const spent = since === undefined ? 0 : now - since;
  const waited = Math.max(0, Math.round(((current.calledAt ?? now) - current.issuedAt) / 60_000));
  const share = target ? spent / (target * 60_000) : 0;
  const light = target ? (share >= 1 ? 'red' : share >= 0.8 ? 'amber' : 'green') : (view.serviceLight ?? 'green');
  const words = !target
    ? runningText(spent)
    : light === 'red'
      ? say(`${runningText(spent)}, quá mức ${target} phút`, `${runningText(spent)}, over ${target} min`)
      : light === 'amber'
        ? say(`${runningText(spent)}, gần mức ${target} phút`, `${runningText(spent)}, near ${target} min`)
        : say(`${runningText(spent)}, trong mức ${target} phút`, `${runningText(spent)}, within ${target} min`);
  return (
    <div className="cur">
      <div className={`no${current.text.length > 5 ? ' long' : ''}`} data-current={current.text}>
        {spaced(current.text)}
      </div>
      <div className="about">
        <h1>{current.serviceVi}</h1>
        {current.priorityVi ? <State tone="prio">{say(`Ưu tiên: ${current.priorityVi}`, `Priority: ${current.priorityVi}`)}</State> : null}
        {later?.ticketId === current.ticketId ? (
          <p className="later" role="status">
            <State tone="wait" icon="flag">
              {say(`Đã xong lúc ${clockText(later.at)}, ghi khi nối lại`, `Finished at ${clockText(later.at)}, recorded when back`)}
            </State>
          </p>
        ) : null}
        {current.state === 'called' && later?.ticketId !== current.ticketId ? (
          <p className="m">{say('Đang mời đến quầy', 'Called to the counter')}</p>
        ) : null}
        <p className="meta">
          {say(
            `Lấy số ${clockText(current.issuedAt)}, chờ ${waited} phút, gọi lần ${current.recalls + 1}`,
            `Issued ${clockText(current.issuedAt)}, waited ${waited} min, call ${current.recalls + 1}`,
          )}
        </p>
      </div>
      <div className="sla">
        <div
          className="track"
          role="meter"
          aria-label={say('Thời gian phục vụ', 'Service time')}
          aria-valuemin={0}
          aria-valuemax={Math.round((target ?? 10) * TRACK)}
          aria-valuenow={Math.min(Math.round(spent / 60_000), Math.round((target ?? 10) * TRACK))}
          aria-valuetext={words}
        >
          <i className={light} style={{ width: `${Math.min(100, (share / TRACK) * 100)}%` }} />
          {target ? <u style={{ left: `${100 / TRACK}%` }} /> : null}
        </div>
        <State tone={TONES[light]} icon="clock">
          {words}
        </State>
      </div>
    </div>
  );
}
