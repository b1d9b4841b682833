import type { DeskView } from '../../../main/contract/queue.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { spaced } from '../../shared/ticketText.ts';

const RANK = { green: 0, amber: 1, red: 2 } as const;
/** Of those who are next here, the one who is furthest over (or nearest to) the waiting target of the service. */
export const worst = (next: DeskView['next']): DeskView['next'][number] | undefined =>
  next.toSorted(
    (a, b) => RANK[b.light] - RANK[a.light] || b.waitingMinutes / b.waitTargetMinutes - a.waitingMinutes / a.waitTargetMinutes,
  )[0];

/** The day in five figures; the lamp is colour, place, icon and word. */
export function Totals({ view }: { view: DeskView }) {
  const say = useSay();
  const ticket = worst(view.next);
  const light = ticket?.light ?? 'green';
  const target = ticket?.waitTargetMinutes;
  const average = view.averageServiceMinutes;
  return (
    <dl className="tot">
      <div>
        <dt>{say('Đang chờ quầy này', 'Waiting here')}</dt>
        <dd>
          {view.waitingHere} <small>{say(`/ cả sảnh ${view.waitingHall}`, `/ hall ${view.waitingHall}`)}</small>
        </dd>
      </div>
      <div>
        <dt>{say('Chờ lâu nhất', 'Longest wait')}</dt>
        <dd>
          {Math.round(view.longestWaitMinutes)} <small>{say('phút', 'min')}</small>
        </dd>
      </div>
      <div>
        <dt>{say('Đã phục vụ', 'Served')}</dt>
        <dd>
          {view.servedToday} <small>{say('lượt', '')}</small>
        </dd>
      </div>
      <div>
        <dt>{say('Trung bình', 'Average')}</dt>
        <dd>
          {average === undefined ? '—' : average.toFixed(1).replace('.', say(',', '.'))} <small>{say('phút', 'min')}</small>
        </dd>
      </div>
      <div className={`lamp ${light}`}>
        <dt className="vh">{say('Mức chờ', 'Waiting light')}</dt>
        <dd className="lampdd">
          <span className="l3" aria-hidden="true">
            <i className={light === 'red' ? 'on' : ''} />
            <i className={light === 'amber' ? 'on' : ''} />
            <i className={light === 'green' ? 'on' : ''} />
          </span>
          <span>
            <b>
              <Icon name={light === 'green' ? 'okc' : light === 'amber' ? 'warn' : 'bad'} size="s" />
              {light === 'green'
                ? say('Trong mức chờ', 'Within the target')
                : light === 'amber'
                  ? say('Gần mức chờ', 'Near the target')
                  : say('Quá mức chờ', 'Over the target')}
              {target === undefined ? '' : say(` ${target} phút`, ` of ${target} min`)}
            </b>
            <span className="p">
              {ticket
                ? say(
                    `${spaced(ticket.text)} đã chờ ${Math.round(ticket.waitingMinutes)} phút`,
                    `${spaced(ticket.text)} has waited ${Math.round(ticket.waitingMinutes)} min`,
                  )
                : say('Không ai chờ ở quầy này', 'Nobody waits for this counter')}
            </span>
          </span>
        </dd>
      </div>
    </dl>
  );
}
