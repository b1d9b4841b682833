import type { DeskView } from '../../../main/contract/queue.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';

const worst = (view: DeskView): 'green' | 'amber' | 'red' => {
  const lights = view.next.map((ticket) => ticket.light);
  return lights.includes('red') ? 'red' : lights.includes('amber') ? 'amber' : 'green';
};

/** The day in five figures; the lamp is colour, place, icon and word. */
export function Totals({ view }: { view: DeskView }) {
  const say = useSay();
  const light = worst(view);
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
            </b>
            <span className="p">
              {say(`Lâu nhất ${Math.round(view.longestWaitMinutes)} phút`, `Longest ${Math.round(view.longestWaitMinutes)} min`)}
            </span>
          </span>
        </dd>
      </div>
    </dl>
  );
}
