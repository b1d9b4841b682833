import { useSay } from '../../shared/language.tsx';
import { useDeskData } from '../data/deskData.tsx';
import { ChooseCounter } from './ChooseCounter.tsx';
import { CallColumn } from './CallColumn.tsx';
import { ClockDoubt } from './ClockDoubt.tsx';
import { Totals } from './Totals.tsx';
import { Worklists } from './Worklists.tsx';
import './now.css';
import './today.css';

/** The counter's own page: left the citizen in front of you, right the paper work for a quiet minute. */
export function Now() {
  const say = useSay();
  const { desk, work } = useDeskData();
  if (!desk.data) return <ChooseCounter waiting={desk.staleSince === null} />;
  return (
    <main className="page now" tabIndex={-1} aria-label={say('Quầy', 'Counter')}>
      <CallColumn view={desk.data} />
      <section className="today" aria-label={say('Việc trong ngày', "Today's work")}>
        <div>
          <ClockDoubt view={desk.data} />
          <Totals view={desk.data} />
        </div>
        <Worklists lists={work.data} />
      </section>
    </main>
  );
}
