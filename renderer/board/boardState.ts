import type { BoardEvent, BoardView, Call } from '../../main/contract/queue.ts';

/** How many calls stand in the list beside the big one. */
export const LIST_LENGTH = 6;

/** The board's picture: the hub's view, and the calls this screen knows, newest first, each once. */
export interface BoardPicture {
  readonly board: BoardView;
  readonly calls: readonly Call[];
}

/** Newest first, one entry per call number, a few more than are shown. */
export function mergeCalls(...lists: readonly (readonly Call[])[]): Call[] {
  const bySeq = new Map<number, Call>();
  for (const list of lists) for (const call of list) bySeq.set(call.callSeq, call);
  return [...bySeq.values()].sort((a, b) => b.callSeq - a.callSeq).slice(0, LIST_LENGTH + 6);
}

export const pictureOf = (board: BoardView, before: readonly Call[] = []): BoardPicture => ({
  board,
  // Yesterday's calls go when the day turns: what the hub still lists is today's.
  calls: board.recent.length === 0 ? [] : mergeCalls(board.recent, board.current, before),
});

export function afterEvent(picture: BoardPicture, event: BoardEvent): BoardPicture {
  switch (event.kind) {
    case 'call':
      return { ...picture, calls: mergeCalls([event.call], picture.calls) };
    case 'board':
      return pictureOf(event.board, picture.calls);
    case 'beat':
      return picture;
  }
}

/** The call on top, and the list beside it: the last calls to other places, without the one on top. */
export function shownCalls(calls: readonly Call[]): { top: Call | null; list: Call[] } {
  const [top, ...rest] = calls;
  if (!top) return { top: null, list: [] };
  const list: Call[] = [];
  for (const call of rest) {
    const again = call.text === top.text || list.some((shown) => shown.text === call.text);
    if (!again && list.length < LIST_LENGTH) list.push(call);
  }
  return { top, list };
}
