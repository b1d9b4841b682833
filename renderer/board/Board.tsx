import { useEffect, useState } from 'react';
import { client, heardServerTime } from '../shared/client.ts';
import { useLive } from '../shared/live.ts';
import { TrainingStrip } from '../shared/parts/TrainingStrip.tsx';
import { useNow } from '../shared/useNow.ts';
import { afterEvent, pictureOf, shownCalls, type BoardPicture } from './boardState.ts';
import { BoardHeader } from './BoardHeader.tsx';
import { BoardWaiting } from './BoardWaiting.tsx';
import { CurrentCall } from './CurrentCall.tsx';
import { LastCalls } from './LastCalls.tsx';
import { Voice } from './Voice.tsx';
import { WaitingGroups } from './WaitingGroups.tsx';

/** No sign of life for this long and the board says so; the hub beats every two seconds. */
const STALE_AFTER_MS = 5_000;

/** The hall display. Shows numbers and counters, never people. */
export function Board({ zone }: { zone: string | undefined }) {
  const [heardAt, setHeardAt] = useState(() => Date.now());
  const live = useLive<BoardPicture, Parameters<typeof afterEvent>[1]>({
    key: zone ?? '',
    open: async (signal) => asPictures(await client.queue.live(zone === undefined ? {} : { zone }, { signal })),
    apply: afterEvent,
    onMessage: (message) => {
      setHeardAt(Date.now());
      if (message.type === 'snapshot') heardServerTime(message.snapshot.board.now);
      else if (message.event.kind === 'beat') heardServerTime(message.event.now);
    },
  });
  const now = useNow();
  const quiet = Date.now() - heardAt > STALE_AFTER_MS;
  const [silentSince, setSilentSince] = useState<number | null>(null);
  const stale = live.staleSince !== null || quiet;
  useEffect(() => setSilentSince(stale ? Date.now() : null), [stale]);

  if (!live.data) return <BoardWaiting />;
  const { board, calls } = live.data;
  const { top, list } = shownCalls(calls);
  const since = stale ? (live.staleSince ?? silentSince ?? heardAt) : null;
  return (
    <div className={`board public-dark${stale ? ' stale' : ''}`}>
      <BoardHeader site={board.siteVi} zone={zone} now={now} doubt={board.clockDoubt} />
      <main className={board.groups.length > 5 ? 'many' : ''}>
        <CurrentCall call={top} />
        <LastCalls calls={list} />
        <WaitingGroups groups={board.groups} total={board.waiting} staleSince={since} />
      </main>
      <Voice latestCall={top?.callSeq ?? 0} />
      <TrainingStrip size="public" />
    </div>
  );
}

type BoardStream = Awaited<ReturnType<typeof client.queue.live>>;

async function* asPictures(stream: BoardStream) {
  for await (const message of stream) {
    yield message.type === 'snapshot' ? { ...message, snapshot: pictureOf(message.snapshot) } : message;
  }
}
