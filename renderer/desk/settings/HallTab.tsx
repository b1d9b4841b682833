import type { DeskTicket, SupervisorView } from '../../../main/contract/queue.ts';
import { client } from '../../shared/client.ts';
import { useSay } from '../../shared/language.tsx';
import { useLive } from '../../shared/live.ts';
import { State, type Tone } from '../../shared/parts/State.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { spaced } from '../../shared/ticketText.ts';
import { runningText } from '../../shared/time.ts';
import { useNow } from '../../shared/useNow.ts';
import { useCommand } from '../data/useCommand.ts';

const TONES: Readonly<Record<'green' | 'amber' | 'red', Tone>> = { green: 'ok', amber: 'warn', red: 'bad' };

/** The supervisor's hall: open calls, waiting times against their targets, tickets that were not printed. */
export function HallTab() {
  const say = useSay();
  const now = useNow();
  const { run, trouble, dismiss } = useCommand();
  const live = useLive<SupervisorView, SupervisorView>({
    key: 'supervisor',
    open: (signal) => client.queue.supervisor(undefined, { signal }),
    apply: (_, view) => view,
  });
  const view = live.data;
  if (!view) return <p className="empty">{say('Đang mở sảnh…', 'Opening the hall…')}</p>;
  const reprint = (ticket: DeskTicket) =>
    void run('reprint', (commandId) => client.queue.reprint({ commandId, ticketId: ticket.ticketId }));
  return (
    <>
      <div className="bar">
        <h1>{say('Sảnh', 'Hall')}</h1>
        <span className="dim">
          {say(
            `Đã phát ${view.totals.issued}, xong ${view.totals.done}, vắng ${view.totals.noShow}, hủy ${view.totals.cancelled}`,
            `Issued ${view.totals.issued}, done ${view.totals.done}, no-show ${view.totals.noShow}, cancelled ${view.totals.cancelled}`,
          )}
        </span>
      </div>
      {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
      <ul className="neighbours">
        {view.counters.map((counter) => {
          const since = counter.current?.startedAt ?? counter.current?.calledAt;
          const calls = view.emergencies.some((one) => one.counterId === counter.counterId);
          return (
            <li key={counter.counterId}>
              <h2>{say(`Quầy ${counter.label}`, `Counter ${counter.label}`)}</h2>
              <p className="small dim">{counter.officerName ?? (counter.open ? say('chưa có người', 'nobody') : say('nghỉ', 'closed'))}</p>
              {counter.current ? (
                <p>
                  <b>{spaced(counter.current.text)}</b> {since === undefined ? '' : runningText(now - since)}
                </p>
              ) : (
                <p className="dim">{say('trống', 'free')}</p>
              )}
              {calls ? (
                <State tone="bad" icon="siren">
                  {say('Đang gọi hỗ trợ', 'Calls for help')}
                </State>
              ) : null}
            </li>
          );
        })}
      </ul>
      <section className="block" aria-label={say('Nhóm việc', 'Services')}>
        <h2>{say('Nhóm việc', 'Services')}</h2>
        <ul className="jobs">
          {view.groups.map((group) => (
            <li key={group.serviceId}>
              <b>{group.series}</b>
              <span className="cut">
                {say(
                  `${group.vi}: ${group.waiting} chờ, lâu nhất ${Math.round(group.longestWaitMinutes)} phút, ${group.countersOpen} quầy`,
                  `${group.en}: ${group.waiting} waiting, longest ${Math.round(group.longestWaitMinutes)} min, ${group.countersOpen} counters`,
                )}
              </span>
              <State tone={TONES[group.light]}>
                {group.light === 'green'
                  ? say('Trong mức', 'Within')
                  : group.light === 'amber'
                    ? say('Gần mức', 'Near')
                    : say('Quá mức', 'Over')}
              </State>
            </li>
          ))}
        </ul>
      </section>
      <section className="block" aria-label={say('Vé chưa in được', 'Not printed')}>
        <h2>{say(`Vé chưa in được: ${view.unprinted.length}`, `Not printed: ${view.unprinted.length}`)}</h2>
        <ul className="jobs">
          {view.unprinted.map((ticket) => (
            <li key={ticket.ticketId}>
              <b>{spaced(ticket.text)}</b>
              <span className="cut">{ticket.serviceVi}</span>
              <button type="button" className="btn sm" onClick={() => reprint(ticket)}>
                {say('In lại', 'Print again')}
              </button>
            </li>
          ))}
        </ul>
      </section>
    </>
  );
}
