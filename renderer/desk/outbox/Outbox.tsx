import { useEffect, useRef, useState } from 'react';
import type { InferContractRouterOutputs } from '@orpc/contract';
import type { contract } from '../../../main/contract/index.ts';
import { client } from '../../shared/client.ts';
import { useKeys } from '../../shared/keys.ts';
import { useLanguage } from '../../shared/language.tsx';
import { useLive } from '../../shared/live.ts';
import { Icon } from '../../shared/parts/Icon.tsx';
import { Key } from '../../shared/parts/Key.tsx';
import { TroubleNote } from '../../shared/parts/TroubleNote.tsx';
import { useNow } from '../../shared/useNow.ts';
import type { OutboxSummary } from '../data/deskData.tsx';
import { go } from '../data/route.ts';
import { useCommand } from '../data/useCommand.ts';
import { useSession } from '../data/session.tsx';
import { read } from '../data/read.ts';
import { CarryOver } from './CarryOver.tsx';
import { Differences } from './Differences.tsx';
import { InboxDialog } from './InboxDialog.tsx';
import { LookUpBook } from './LookUpDialog.tsx';
import { OutboxSide } from './OutboxSide.tsx';
import { OutboxTable } from './OutboxTable.tsx';
import { SignInDialog } from './SignInDialog.tsx';
import { useFound } from './useFound.ts';
import { sortRows, outboxAfter, type OutboxPicture, type OutboxRow } from './outboxState.ts';
import './outbox.css';

type Delivery = InferContractRouterOutputs<typeof contract>['delivery'];
type Tab = 'unsent' | 'needs-person' | 'acknowledged-today' | 'differences';

/** What has not reached the province, why, and what to do. Who must act comes first, then age. */
export function Outbox({ id }: { id: string | null }) {
  const { say } = useLanguage();
  const now = useNow();
  const { run, busy, trouble, dismiss } = useCommand();
  const [tab, setTab] = useState<Tab>('unsent');
  const [selected, setSelected] = useState<string | null>(id);
  const [sent, setSent] = useState<readonly OutboxRow[]>([]);
  const [signIn, setSignIn] = useState(false);
  const [inbox, setInbox] = useState(false);
  const [book, setBook] = useState(false);
  const [wanted, setWanted] = useState('');
  const { has } = useSession();
  const live = useLive<OutboxPicture, { summary: OutboxSummary; changed: OutboxRow[]; removed: string[] }>({
    key: 'outbox-rows',
    open: (signal) => client.delivery.watch(undefined, { signal }),
    apply: outboxAfter,
  });
  const found = useFound(wanted, live.data);
  const summary = live.data?.summary;
  const acknowledged = summary?.acknowledgedToday;
  useEffect(() => {
    if (tab !== 'acknowledged-today') return undefined;
    return read(
      () => client.delivery.list({ tab, limit: 200 }),
      (page) => setSent(page.rows),
    );
  }, [tab, acknowledged]);

  const waiting = sortRows(live.data?.rows ?? []);
  const rows = found ?? (tab === 'acknowledged-today' ? sent : tab === 'needs-person' ? waiting.filter((row) => row.needsPerson) : waiting);
  const comparing = tab === 'differences' && found === null;
  const current = rows.find((row) => row.id === selected) ?? rows[0] ?? null;

  const act = (row: OutboxRow) => {
    switch (row.remedy.action) {
      case 'correct':
      case 'rescan':
        void run('correct', (commandId) => client.delivery.correct({ commandId, id: row.id })).then(
          (answer: Delivery['correct'] | undefined) => answer && go('intake', answer.dossierId),
        );
        return;
      case 'sign-in':
        setSignIn(true);
        return;
      case 'resume':
        void run('resume', (commandId) => client.delivery.resume({ commandId }));
        return;
      default:
        void run('retry', (commandId) => client.delivery.retryNow({ commandId, id: row.id }));
    }
  };
  /** As it is, without a correction: the province mended its list, or the file was put back. */
  const again = (row: OutboxRow) => void run('retry', (commandId) => client.delivery.retryNow({ commandId, id: row.id }));
  const retryAll = () => void run('retry', (commandId) => client.delivery.retryNow({ commandId }));
  const evidence = useRef<() => void>(() => {});
  useKeys({ retry: retryAll, evidence: () => evidence.current() });

  const choose = (next: Tab) => {
    setWanted('');
    setTab(next);
  };
  const tabs: readonly { tab: Tab; label: string; n: number }[] = [
    { tab: 'unsent', label: say('Chưa tới tỉnh', 'Not yet there'), n: summary?.unsent ?? 0 },
    { tab: 'needs-person', label: say('Cần anh/chị xử lý', 'Needs you'), n: summary?.needsPerson ?? 0 },
    { tab: 'acknowledged-today', label: say('Tỉnh đã nhận hôm nay', 'Received today'), n: summary?.acknowledgedToday ?? 0 },
    { tab: 'differences', label: say('Lệch khi đối chiếu', 'Differences'), n: summary?.differences ?? 0 },
  ];
  return (
    <main className="page outbox" tabIndex={-1} aria-label={say('Gửi tỉnh', 'Outbox')}>
      <h1 className="vh">{say('Gửi tỉnh', 'Outbox')}</h1>
      <section className="tb" aria-label={say('Việc gửi tỉnh', 'Deliveries')}>
        <div className="tabs">
          {tabs.map((one) => (
            <button
              key={one.tab}
              type="button"
              className="tab"
              aria-pressed={found === null && tab === one.tab}
              onClick={() => choose(one.tab)}
            >
              {one.label} <b>{one.n}</b>
            </button>
          ))}
          <button type="button" className="btn sm" onClick={retryAll} aria-disabled={busy !== null}>
            <Icon name="run" size="s" />
            {say('Thử gửi ngay', 'Try now')} <Key action="retry" />
          </button>
        </div>
        {trouble ? <TroubleNote trouble={trouble} onClose={dismiss} /> : null}
        {summary?.alert ? (
          <p className="warn stuck" role="status">
            <Icon name="warn" size="s" /> {say(summary.alert.vi, summary.alert.en)}
          </p>
        ) : null}
        {comparing ? (
          <Differences />
        ) : (
          <OutboxTable
            rows={rows}
            now={now}
            selected={current?.id ?? null}
            onSelect={setSelected}
            onAct={act}
            stale={live.staleSince !== null}
            searching={found !== null}
          />
        )}
        <div className="foot">
          <button type="button" className="btn sm" onClick={() => setInbox(true)}>
            <Icon name="tray" size="s" />
            {say(`Tỉnh gửi về: ${summary?.inbox ?? 0}`, `From the province: ${summary?.inbox ?? 0}`)}
          </button>
          {has('admin', 'supervisor') ? (
            <>
              <CarryOver moved={waiting.filter((row) => row.state === 'moved').length} />
              <button type="button" className="btn sm soft" onClick={() => setBook(true)}>
                {say('Sổ tra cứu dân cư', 'Book of look-ups')}
              </button>
            </>
          ) : null}
          {summary?.paused ? (
            <button
              type="button"
              className="btn sm"
              onClick={() => void run('resume', (commandId) => client.delivery.resume({ commandId }))}
            >
              {say('Gửi tiếp', 'Go on sending')}
            </button>
          ) : (
            <button
              type="button"
              className="btn sm soft"
              onClick={() => void run('pause', (commandId) => client.delivery.pause({ commandId }))}
            >
              {say('Tạm dừng gửi', 'Pause')}
            </button>
          )}
          <label className="findcode">
            <Icon name="find" size="s" />
            <input
              value={wanted}
              onChange={(event) => setWanted(event.target.value)}
              onKeyDown={(event) => {
                if (event.key === 'Escape') setWanted('');
              }}
              aria-label={say('Tìm theo mã hồ sơ hoặc mã tạm', 'Find by official or provisional code')}
              placeholder={say('Mã hồ sơ hoặc mã tạm', 'Official or provisional code')}
              autoComplete="off"
              spellCheck={false}
            />
          </label>
        </div>
      </section>
      {comparing || !current ? (
        <aside className="side none">
          <p className="dim">
            {comparing
              ? say('Chọn cách xử lý cho từng chỗ lệch.', 'Choose how to settle each difference.')
              : say('Không có việc nào ở đây.', 'Nothing here.')}
          </p>
        </aside>
      ) : (
        <OutboxSide
          key={current.id}
          row={current}
          now={now}
          onAct={() => act(current)}
          onAgain={() => again(current)}
          evidence={evidence}
        />
      )}
      {inbox ? <InboxDialog onClose={() => setInbox(false)} /> : null}
      {book ? <LookUpBook onClose={() => setBook(false)} /> : null}
      {signIn ? <SignInDialog onClose={() => setSignIn(false)} /> : null}
    </main>
  );
}
