import { useEffect, useState } from 'react';
import type { RegisterRow } from '../../../main/contract/reports.ts';
import { client, serverNow } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { Icon } from '../../shared/parts/Icon.tsx';
import { State, type Tone } from '../../shared/parts/State.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { dateText, dayOf, moneyText, whenText } from '../../shared/time.ts';
import { go } from '../data/route.ts';
import { useCommand } from '../data/useCommand.ts';
import { read } from '../data/read.ts';
import { Measures } from './Measures.tsx';
import './register.css';

type Day = Awaited<ReturnType<typeof client.reports.day>>;
type Book = Awaited<ReturnType<typeof client.reports.register>>;
const TIMELINESS: Readonly<Record<RegisterRow['timeliness'], readonly [Tone, string, string]>> = {
  early: ['ok', 'Trước hạn', 'Early'],
  'on-time': ['ok', 'Đúng hạn', 'On time'],
  late: ['bad', 'Quá hạn', 'Late'],
  open: ['wait', 'Chưa xong', 'Open'],
};

/** Mẫu 07, the book of the year, newest first; the day's figures; the book as a file. */
export function Register() {
  const say = useSay();
  const { run, busy, trouble, dismiss } = useCommand();
  const [year, setYear] = useState(() => Number(dayOf(serverNow()).slice(0, 4)));
  const [book, setBook] = useState<Book | null>(null);
  const [day, setDay] = useState<Day | null>(null);
  const [measures, setMeasures] = useState(false);
  useEffect(() => {
    let ended = false;
    void run('read', () => client.reports.register({ year, limit: 100 })).then((heard) => heard && !ended && setBook(heard));
    const stop = read(() => client.reports.day({}), setDay);
    return () => {
      ended = true;
      stop();
    };
  }, [year, run]);
  const more = () => {
    const last = book?.rows.at(-1);
    if (!book || !last) return;
    void run('more', () => client.reports.register({ year, limit: 100, before: last.number })).then(
      (next) => next && setBook({ ...next, rows: [...book.rows, ...next.rows] }),
    );
  };
  const take = (format: 'pdf' | 'csv') =>
    void run('export', () => client.reports.exportRegister({ year, format })).then((link) => {
      if (!link) return;
      const anchor = document.createElement('a');
      anchor.href = link.url;
      anchor.download = link.name;
      anchor.click();
    });
  const now = serverNow();
  const figures: readonly (readonly [string, string | number])[] = day
    ? [
        [say('Tiếp nhận hôm nay', 'Accepted today'), day.received],
        [say('Đã trả', 'Handed over'), day.returned],
        [say('Đang giải quyết', 'Open'), day.open],
        [say('Quá hạn', 'Overdue'), day.overdue],
        [say('Phí đã thu', 'Fees'), moneyText(day.feesCollected)],
      ]
    : [];
  return (
    <main className="page register" tabIndex={-1} aria-label={say('Sổ theo dõi', 'Register')}>
      <div className="bar">
        <h1>{say('Sổ theo dõi hồ sơ', 'Register of dossiers')}</h1>
        <label className="year">
          <span className="vh">{say('Năm', 'Year')}</span>
          <select className="in" value={year} onChange={(event) => setYear(Number(event.target.value))}>
            {[...new Set([year, ...(book?.years ?? [])])]
              .sort((a, b) => b - a)
              .map((one) => (
                <option key={one} value={one}>
                  {one}
                </option>
              ))}
          </select>
        </label>
        <span className="dim">
          {book
            ? say(`${book.total} hồ sơ${book.closed ? ', sổ đã khóa' : ''}`, `${book.total} dossiers${book.closed ? ', closed' : ''}`)
            : ''}
        </span>
        <button type="button" className="btn sm end" aria-pressed={measures} onClick={() => setMeasures((before) => !before)}>
          <Icon name="okc" size="s" />
          {say('Chỉ số, đánh giá', 'Measures, ratings')}
        </button>
        <button type="button" className="btn sm" aria-disabled={busy !== null} onClick={() => take('pdf')}>
          <Icon name="print" size="s" />
          {say('Mẫu 07 (PDF)', 'Form 07 (PDF)')}
        </button>
        <button type="button" className="btn sm" aria-disabled={busy !== null} onClick={() => take('csv')}>
          <Icon name="save" size="s" />
          {say('Bảng tính (CSV)', 'Spreadsheet (CSV)')}
        </button>
      </div>
      <dl className="figs">
        {figures.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      {measures ? <Measures /> : null}
      <div className="scroll" hidden={measures}>
        <table className="list">
          <colgroup>
            <col className="k1" />
            <col className="k2" />
            <col />
            <col className="k4" />
            <col className="k5" />
            <col className="k6" />
          </colgroup>
          <thead>
            <tr>
              <th>{say('Số', 'No.')}</th>
              <th>{say('Mã hồ sơ', 'Code')}</th>
              <th>{say('Người nộp, thủ tục', 'Applicant, procedure')}</th>
              <th>{say('Nhận, hẹn trả', 'Received, due')}</th>
              <th>{say('Kết quả', 'Result')}</th>
              <th>{say('Thời hạn', 'Timeliness')}</th>
            </tr>
          </thead>
          <tbody>
            {(book?.rows ?? []).map((row) => (
              <tr key={row.number} onClick={() => go('results', row.dossierId)}>
                <td className="m">{row.number}</td>
                <td>
                  <button type="button" className="rowpick code m" onClick={() => go('results', row.dossierId)}>
                    {row.code}
                  </button>
                </td>
                <td>
                  <span className="m">{row.applicant}</span>
                  <small className="cut">{row.procedure}</small>
                </td>
                <td>
                  {whenText(row.receivedAt, now)}
                  <small>{row.dueAt === null ? '' : whenText(row.dueAt, now)}</small>
                </td>
                <td>
                  {row.statusText}
                  <small className="cut">{row.returnedAt === null ? row.note : `${dateText(row.returnedAt)}, ${row.receiver}`}</small>
                </td>
                <td>
                  <State tone={TIMELINESS[row.timeliness][0]}>{say(TIMELINESS[row.timeliness][1], TIMELINESS[row.timeliness][2])}</State>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {book && book.rows.length === 0 ? (
          <p className="empty">{say('Sổ năm này chưa có hồ sơ nào.', 'No dossier in this year yet.')}</p>
        ) : null}
        {book && book.rows.length < book.total ? (
          <button type="button" className="btn sm morebtn" aria-disabled={busy !== null} onClick={more}>
            {say('Xem thêm', 'More')}
          </button>
        ) : null}
      </div>
    </main>
  );
}
