import type { BoardEvent, BoardView, DeskView, KioskView, PadView, SupervisorView } from '../contract/queue.ts';
import { Channel } from './channel.ts';
import type { QueueStore } from './port.ts';
import type { LogEntry } from './types.ts';
import { boardView, callView, deskView, kioskView, padView, supervisorView, type Look } from './views.ts';

const SPEAKS = new Set(['call', 'pick', 'call-back', 'recall']);
/** Boards' pictures are drawn at most so often; calls go out at once. */
const PICTURE_MS = 200;
/** What the others do is news for a desk at most so often. */
const OTHERS_MS = 1000;
/** Screens painted in one go; then whoever pressed a key meanwhile has the turn. */
const AT_ONCE = 4;
/** A board that hears nothing for 5 s marks itself stale. */
const BEAT_MS = 2000;

type Kind = 'kiosk' | 'desk' | 'supervisor' | 'pad';

interface Screen {
  readonly kind: Kind;
  /** Counter, for desks and pads. */
  readonly counterId: string;
  readonly draw: () => unknown;
  readonly channel: Channel<unknown, unknown>;
  drawn: number;
}

interface Board {
  readonly zone: string | undefined;
  readonly channel: Channel<BoardView, BoardEvent>;
}

/** Everything that looks at the hall. Calls are pushed the moment they are committed, pictures soon after. */
export class Live {
  private readonly store: QueueStore;
  private readonly look: () => Look;
  private readonly screens = new Set<Screen>();
  private readonly boards = new Set<Board>();
  private readonly concerned = new Set<string>();
  private soon: NodeJS.Timeout | undefined;
  private later: NodeJS.Timeout | undefined;
  private now: NodeJS.Immediate | undefined;
  /** Paintings that are due, and the turn in which some of them are done. */
  private readonly due = new Map<Screen | Board, () => void>();
  private turn: NodeJS.Immediate | undefined;
  private readonly beat: NodeJS.Timeout;
  private readonly leave: () => void;
  private readonly onError: (error: unknown) => void;

  constructor(store: QueueStore, look: () => Look, onError: (error: unknown) => void) {
    this.store = store;
    this.look = look;
    this.onError = onError;
    this.leave = store.subscribe((entries) => this.hear(entries));
    this.beat = setInterval(() => this.pulse(), BEAT_MS);
    this.beat.unref();
  }

  board(zone: string | undefined, signal?: AbortSignal): Channel<BoardView, BoardEvent> {
    // joined before the snapshot is drawn: a call in between comes twice (same callSeq) rather than never
    const channel: Board['channel'] = new Channel(
      () => boardView(this.look(), zone),
      () => void this.boards.delete(board),
      signal,
    );
    const board: Board = { zone, channel };
    this.boards.add(board);
    return channel;
  }

  kiosk(signal?: AbortSignal): Channel<KioskView, KioskView> {
    return this.screen('kiosk', '', () => kioskView(this.look()), signal);
  }

  desk(counterId: string, signal?: AbortSignal): Channel<DeskView, DeskView> {
    return this.screen('desk', counterId, () => deskView(this.look(), counterId), signal);
  }

  supervisor(signal?: AbortSignal): Channel<SupervisorView, SupervisorView> {
    return this.screen('supervisor', '', () => supervisorView(this.look()), signal);
  }

  pad(counterId: string, signal?: AbortSignal): Channel<PadView, PadView> {
    return this.screen('pad', counterId, () => padView(this.look(), counterId), signal);
  }

  close(): void {
    this.leave();
    clearInterval(this.beat);
    clearTimeout(this.soon);
    clearTimeout(this.later);
    clearImmediate(this.now);
    clearImmediate(this.turn);
    for (const screen of this.screens) screen.channel.end();
    for (const board of this.boards) board.channel.end();
  }

  private screen<V>(kind: Kind, counterId: string, draw: () => V, signal?: AbortSignal): Channel<V, V> {
    const channel = new Channel<V, V>(draw, () => void this.screens.delete(screen), signal);
    const screen: Screen = { kind, counterId, draw, channel, drawn: performance.now() };
    this.screens.add(screen);
    return channel;
  }

  private hear(entries: readonly LogEntry[]): void {
    let concerns = false;
    for (const entry of entries) {
      if (SPEAKS.has(entry.action) && this.boards.size > 0) {
        const call = this.store.state.calls.find((c) => c.callSeq === entry.seq);
        if (call) {
          const view = callView(this.look(), call);
          const event: BoardEvent = { kind: 'call', call: view };
          for (const board of this.boards) if (board.zone === undefined || board.zone === view.zone) board.channel.push(event, false);
        }
      }
      if (entry.action === 'voice') continue;
      concerns = true;
      if (entry.counterId !== null) this.concerned.add(entry.counterId);
    }
    if (!concerns) return;
    // the counter that acted sees its change at once, everybody else soon
    if (this.concerned.size > 0) this.now ??= setImmediate(() => this.paintConcerned());
    this.soon ??= setTimeout(() => this.paintBoards(), PICTURE_MS);
    this.later ??= setTimeout(() => this.paintScreens(), OTHERS_MS);
  }

  private paintConcerned(): void {
    this.now = undefined;
    for (const screen of this.screens) if (screen.counterId !== '' && this.concerned.has(screen.counterId)) this.paint(screen);
    this.concerned.clear();
  }

  private paintBoards(): void {
    this.soon = undefined;
    const byZone = new Map<string | undefined, BoardEvent>();
    for (const board of this.boards) {
      this.due.set(board, () => {
        const event = byZone.get(board.zone) ?? { kind: 'board', board: boardView(this.look(), board.zone) };
        byZone.set(board.zone, event);
        board.channel.push(event, true);
      });
    }
    this.turn ??= setImmediate(() => this.paintSome());
  }

  private paintScreens(): void {
    this.later = undefined;
    for (const screen of this.screens) this.due.set(screen, () => this.paint(screen));
    this.turn ??= setImmediate(() => this.paintSome());
  }

  /** A hundred pictures take longer to draw, check and send than a call may wait: a few at a time. */
  private paintSome(): void {
    this.turn = undefined;
    let left = AT_ONCE;
    for (const [who, paint] of this.due) {
      this.due.delete(who);
      paint();
      if ((left -= 1) === 0) break;
    }
    if (this.due.size > 0) this.turn = setImmediate(() => this.paintSome());
  }

  private paint(screen: Screen): void {
    try {
      screen.channel.push(screen.draw(), true);
      screen.drawn = performance.now();
    } catch (error) {
      this.onError(error);
    }
  }

  private pulse(): void {
    const { now } = this.look();
    for (const board of this.boards) if (board.channel.waiting) board.channel.push({ kind: 'beat', now }, false);
    // minutes pass although nobody presses anything
    const old = performance.now() - 2 * BEAT_MS;
    for (const screen of this.screens) if (screen.drawn < old) this.paint(screen);
  }
}
