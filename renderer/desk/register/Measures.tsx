import { useEffect, useState } from 'react';
import type { RatingReport } from '../../../main/contract/queue.ts';
import type { Indicator } from '../../../main/contract/reports.ts';
import { troubleOf, type Trouble } from '../../shared/answer.ts';
import { client, serverNow } from '../../shared/client.ts';
import { useSay, type Say } from '../../shared/language.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { dayOf } from '../../shared/time.ts';
import { useSession } from '../data/session.tsx';
import { monthsBack } from './period.ts';
import './measures.css';

const PERIODS = [
  { months: 1, vi: 'Tháng này', en: 'This month' },
  { months: 2, vi: 'Hai tháng', en: 'Two months' },
  { months: 3, vi: 'Ba tháng', en: 'Three months' },
] as const;

const SCORES = [
  ['Rất hài lòng', 'Very satisfied'],
  ['Hài lòng', 'Satisfied'],
  ['Bình thường', 'Neutral'],
  ['Không hài lòng', 'Dissatisfied'],
  ['Rất không hài lòng', 'Very dissatisfied'],
] as const;
const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  wait: ['Chờ lâu', 'Long wait'],
  guidance: ['Hướng dẫn chưa rõ', 'Unclear guidance'],
  papers: ['Phải bổ sung giấy tờ', 'More papers asked for'],
  manner: ['Thái độ phục vụ', 'Manner'],
};
const decimal = (value: number, say: Say): string => value.toFixed(2).replace('.', say(',', '.'));
const percent = (ratio: number | null, say: Say): string =>
  ratio === null ? '—' : `${(ratio * 100).toFixed(1).replace('.', say(',', '.'))} %`;

/** The measures of QĐ 766/QĐ-TTg for a period, always as so many of so many; for the head of the centre also what citizens said. */
export function Measures() {
  const say = useSay();
  const { has } = useSession();
  const head = has('leader', 'supervisor', 'admin');
  const [months, setMonths] = useState<number>(1);
  const [indicators, setIndicators] = useState<readonly Indicator[] | null>(null);
  const [ratings, setRatings] = useState<RatingReport | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  useEffect(() => {
    let ended = false;
    const period = monthsBack(dayOf(serverNow()), months);
    const failed = (error: unknown) => !ended && setTrouble(troubleOf(error));
    setTrouble(null);
    client.reports.indicators(period).then((heard) => !ended && setIndicators(heard.indicators), failed);
    if (head) client.queue.ratings(period).then((heard) => !ended && setRatings(heard), failed);
    return () => {
      ended = true;
    };
  }, [months, head]);
  return (
    <div className="scroll measures" tabIndex={0} role="group" aria-label={say('Chỉ số và đánh giá', 'Measures and ratings')}>
      <div className="period" role="group" aria-label={say('Khoảng thời gian', 'Period')}>
        {PERIODS.map((one) => (
          <button
            key={one.months}
            type="button"
            className="btn sm"
            aria-pressed={months === one.months}
            onClick={() => setMonths(one.months)}
          >
            {say(one.vi, one.en)}
          </button>
        ))}
      </div>
      {trouble ? <TroubleNote trouble={trouble} onClose={() => setTrouble(null)} /> : null}
      {head && ratings ? <Ratings report={ratings} /> : null}
      <section aria-label={say('Chỉ số', 'Measures')}>
        <h2>{say('Chỉ số theo Quyết định 766/QĐ-TTg', 'Measures of Decision 766/QĐ-TTg')}</h2>
        <table className="list">
          <thead>
            <tr>
              <th>{say('Chỉ số', 'Measure')}</th>
              <th className="num">{say('Đạt / tổng', 'Met / all')}</th>
              <th className="num">{say('Tỷ lệ', 'Share')}</th>
              <th className="num">{say('Điểm', 'Score')}</th>
            </tr>
          </thead>
          <tbody>
            {(indicators ?? []).map((one) => (
              <tr key={one.code} data-indicator={one.code}>
                <td>
                  <span className="m">{one.name}</span>
                  <small>{one.rule}</small>
                </td>
                <td className="num">{`${one.numerator} / ${one.denominator}`}</td>
                <td className="num">{percent(one.ratio, say)}</td>
                <td className="num">{`${one.score === null ? '—' : decimal(one.score, say)} / ${one.maxScore}`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </div>
  );
}

function Ratings({ report }: { report: RatingReport }) {
  const say = useSay();
  if (report.average === null) {
    return (
      <section aria-label={say('Đánh giá của công dân', 'What citizens said')} data-ratings="0">
        <h2>{say('Đánh giá của công dân', 'What citizens said')}</h2>
        <p className="empty">{say('Chưa có lượt đánh giá nào trong khoảng này.', 'Nobody rated in this period.')}</p>
      </section>
    );
  }
  const most = Math.max(...report.scores);
  const lines = (rows: RatingReport['counters'], name: (text: string) => string) => (
    <ul>
      {rows.map((row) => (
        <li key={row.id}>
          <span className="cut">{name(row.name)}</span>
          <b>{decimal(row.average, say)}</b>
          <span className="dim small">{say(`${row.count} lượt`, `${row.count} ratings`)}</span>
        </li>
      ))}
    </ul>
  );
  return (
    <section aria-label={say('Đánh giá của công dân', 'What citizens said')} data-ratings={report.count}>
      <h2>
        {say('Đánh giá của công dân', 'What citizens said')}
        <span className="sum">
          {say(
            `${decimal(report.average, say)} / 5, ${report.count} lượt`,
            `${decimal(report.average, say)} of 5, ${report.count} ratings`,
          )}
        </span>
      </h2>
      <div className="said">
        <dl className="scores">
          {report.scores.toReversed().map((count, index) => {
            const [vi, en] = SCORES[index] ?? ['', ''];
            return (
              <div key={vi}>
                <dt>{say(vi, en)}</dt>
                <dd>
                  <meter min={0} max={most} value={count} aria-hidden="true" />
                  {count}
                </dd>
              </div>
            );
          })}
        </dl>
        <div>
          <h3>{say('Theo quầy', 'By counter')}</h3>
          {lines(report.counters, (label) => say(`Quầy ${label}`, `Counter ${label}`))}
        </div>
        <div>
          <h3>{say('Theo lĩnh vực', 'By service')}</h3>
          {lines(report.services, (text) => text)}
        </div>
        <div>
          <h3>{say('Điều chưa tốt', 'What was not good')}</h3>
          {report.reasons.length === 0 ? <p className="dim small">{say('Không ai nêu', 'Nobody said')}</p> : null}
          <ul>
            {report.reasons.map(({ id, count }) => (
              <li key={id}>
                <span className="cut">{REASONS[id] ? say(...REASONS[id]) : id}</span>
                <b>{count}</b>
              </li>
            ))}
          </ul>
        </div>
      </div>
    </section>
  );
}
